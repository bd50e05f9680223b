/* Worked cases of training, study and idleness, on both sides of every threshold. */
#include <criterion/criterion.h>
#include <criterion/parameterized.h>

#include "support/worked.h"

static struct worked cases[] = {
    {"建教〔1997〕83号", "14 hours at the company are not 15",
     "[" BORN("1990-05-01", "M") "," LONG_EXAM "," STUDIED("2026-01-07", "60") "," CONTRACT("") ","
     TRAINED("2026-01-03", "entry_company", "14", PASSED) ","
     TRAINED("2026-01-04", "entry_project", "15", PASSED) ","
     TRAINED("2026-01-05", "entry_team", "20", PASSED) "]", 0, "2026-11-21", "yellow", "none",
     "TRAIN_NONE yellow person 2026-01-01 -"},
    {"建教〔1997〕83号", "hours of one level add up",
     "[" BORN("1990-05-01", "M") "," LONG_EXAM "," STUDIED("2026-01-07", "60") "," CONTRACT("") ","
     TRAINED("2026-01-03", "entry_company", "14", PASSED) ","
     TRAINED("2026-01-04", "entry_project", "15", PASSED) ","
     TRAINED("2026-01-05", "entry_team", "20", PASSED) ","
     TRAINED("2026-01-08", "entry_company", "1", PASSED) "]", 0, "2026-11-21", "green", "none", ""},
    {"安全生产法28", "failed training does not count",
     "[" BORN("1990-05-01", "M") "," LONG_EXAM "," STUDIED("2026-01-07", "60") "," CONTRACT("") ","
     TRAINED("2026-01-03", "entry_company", "15", FAILED) ","
     TRAINED("2026-01-04", "entry_project", "15", PASSED) ","
     TRAINED("2026-01-05", "entry_team", "20", PASSED) "]", 0, "2026-11-21", "yellow", "none",
     "TRAIN_NONE yellow person 2026-01-01 -"},
    {"盐城 学习积分", "59 points are yellow",
     "[" BORN("1990-05-01", "M") "," LONG_EXAM "," LEVELS "," CONTRACT("") ","
     STUDIED("2026-01-07", "59") "]", 0, "2026-11-21", "yellow", "none",
     "TRAIN_POINTS yellow person 2026-01-01 -"},
    {"盐城 学习积分", "60 points are green from their day",
     "[" BORN("1990-05-01", "M") "," LONG_EXAM "," LEVELS "," CONTRACT("") ","
     STUDIED("2026-01-07", "59") "," STUDIED("2026-02-01", "1") "]", 0, "2026-02-01", "green",
     "none", ""},
    {"盐城 学习积分", "the day before, they were not there",
     "[" BORN("1990-05-01", "M") "," LONG_EXAM "," LEVELS "," CONTRACT("") ","
     STUDIED("2026-01-07", "59") "," STUDIED("2026-02-01", "1") "]", 0, "2026-01-31", "yellow",
     "none", "TRAIN_POINTS yellow person 2026-01-01 2026-02-01"},
    {"安全生产管理条例37", "trained for another site is yellow here only",
     "[" BORN("1990-05-01", "M") "," LONG_EXAM "," LEVELS "," STUDIED("2026-01-07", "60") ","
     CONTRACT("") "," TRAINED("2026-01-06", "site_entry", "2", PASSED ",\"site\":\"S2\"") "]", 40,
     "2026-11-21", "green", "yellow", "TRAIN_SITE yellow site 2026-01-01 -"},
};

ParameterizedTestParameters(scoring_training, in_jiangsu)
{
    return cr_make_param_array(struct worked, cases, sizeof cases / sizeof cases[0]);
}

ParameterizedTest(struct worked *w, scoring_training, in_jiangsu)
{
    worked_check(w);
}

/* -- rules that Jiangsu does not have, or has otherwise ------------------------------------------ */

/* Entry training, which rules of periodic training need beside them; NEW has had it. */
#define WORDS(code)                                                                              \
    "\"basis\":[{\"text\":\"b\",\"mark\":\"INF\"}],\"texts\":{\"" code "\":{\"zh\":{\"what\":\"w\","    \
    "\"remedy\":\"r\",\"help\":\"h\"},\"en\":{\"what\":\"w\",\"remedy\":\"r\",\"help\":\"h\"}}}"
#define BESIDE_ENTRY                                                                             \
    "\"kind\":\"entry_training\",\"levels\":[{\"type\":\"entry_company\",\"hours\":15}],"          \
    "\"missing\":\"yellow\"," WORDS("TRAIN_NONE") "},{"
#define PERIODIC(type, hours, more)                                                              \
    BESIDE_ENTRY "\"kind\":\"periodic_training\",\"types\":[\"" type "\"],\"hours\":" hours ","    \
    more ",\"expired\":\"yellow\"", "TRAIN_EXPIRED"
#define QUARTERLY PERIODIC("quarterly", "4", "\"period\":\"quarter\"")
#define MONTHLY                                                                                  \
    PERIODIC("monthly", "1", "\"period\":\"month\",\"roles\":[\"safety_officer\",\"head\"]")
#define YEARLY PERIODIC("annual", "15", "\"period\":\"year\"")
#define CONTINUING                                                                               \
    PERIODIC("continuing", "24", "\"period\":\"rolling\",\"window_months\":12,\"trades\":[\"030\"]")
#define NEW(on) ENROLLED(on, "1990-05-01", "M") "," TRAINED(on, "entry_company", "15", PASSED)
#define TRANSFER                                                                                 \
    "\"kind\":\"transfer_training\",\"types\":[\"transfer\"],\"hours\":20,\"missing\":\"yellow\"",\
    "TRAIN_NONE"
#define IDLE                                                                                  \
    "\"kind\":\"idle\",\"months\":12,\"retraining\":[\"idle\",\"transfer\"],\"colour\":\"yellow\"",\
    "IDLE_RETRAIN"

static struct single singles[] = {
    {"深圳三年行动2(3)", "enrolled on a quarter's first day: it and the next are left to entry training", QUARTERLY,
     "[" NEW("2026-01-01") "]",
     0, 0, "2026-06-30", ""},
    {"深圳三年行动2(3)", "from the third on he is asked", QUARTERLY,
     "[" NEW("2026-01-01") "]",
     0, 0, "2026-07-01", "TRAIN_EXPIRED yellow person 2026-07-01 -"},
    {"深圳三年行动2(3)", "enrolled on a quarter's last day: the next quarter is left", QUARTERLY,
     "[" NEW("2025-12-31") "]",
     0, 0, "2026-03-31", ""},
    {"深圳三年行动2(3)", "and the one after it is not", QUARTERLY,
     "[" NEW("2025-12-31") "]",
     0, 0, "2026-04-01", "TRAIN_EXPIRED yellow person 2026-04-01 -"},
    {"深圳三年行动2(3)", "held on a quarter's last day, good to the end of the next", QUARTERLY,
     "[" NEW("2026-01-01") "," TRAINED("2026-06-30", "quarterly", "4", PASSED) "]",
     0, 0, "2026-09-30", ""},
    {"深圳三年行动2(3)", "and no longer", QUARTERLY,
     "[" NEW("2026-01-01") "," TRAINED("2026-06-30", "quarterly", "4", PASSED) "]",
     0, 0, "2026-10-01", "TRAIN_EXPIRED yellow person 2026-10-01 -"},
    {"深圳三年行动2(3)", "held a day later, good for a quarter more", QUARTERLY,
     "[" NEW("2026-01-01") "," TRAINED("2026-07-01", "quarterly", "4", PASSED) "]",
     0, 0, "2026-12-31", ""},
    {"深圳三年行动2(3)", "and no longer than that", QUARTERLY,
     "[" NEW("2026-01-01") "," TRAINED("2026-07-01", "quarterly", "4", PASSED) "]",
     0, 0, "2027-01-01", "TRAIN_EXPIRED yellow person 2027-01-01 -"},
    {"深圳三年行动2(3)", "hours of two quarters do not add up", QUARTERLY,
     "[" NEW("2026-01-01") "," TRAINED("2026-06-30", "quarterly", "2", PASSED) ","
     TRAINED("2026-07-01", "quarterly", "2", PASSED) "]",
     0, 0, "2026-07-01", "TRAIN_EXPIRED yellow person 2026-07-01 -"},
    {"深圳三年行动2(3)", "hours of one quarter do, from the day they are complete", QUARTERLY,
     "[" NEW("2026-01-01") "," TRAINED("2026-07-01", "quarterly", "2", PASSED) ","
     TRAINED("2026-08-15", "quarterly", "2", PASSED) "]",
     0, 0, "2026-08-15", ""},
    {"深圳三年行动2(3)", "not before that day", QUARTERLY,
     "[" NEW("2026-01-01") "," TRAINED("2026-07-01", "quarterly", "2", PASSED) ","
     TRAINED("2026-08-15", "quarterly", "2", PASSED) "]",
     0, 0, "2026-08-14", "TRAIN_EXPIRED yellow person 2026-07-01 2026-08-15"},
    {"深圳三年行动2(3)", "three hours are not four", QUARTERLY,
     "[" NEW("2026-01-01") "," TRAINED("2026-07-01", "quarterly", "3", PASSED) "]",
     0, 0, "2026-08-01", "TRAIN_EXPIRED yellow person 2026-07-01 -"},
    {"深圳三年行动2(3)", "failed training does not count", QUARTERLY,
     "[" NEW("2026-01-01") "," TRAINED("2026-07-01", "quarterly", "4", FAILED) "]",
     0, 0, "2026-08-01", "TRAIN_EXPIRED yellow person 2026-07-01 -"},
    {"深圳三年行动2(3)", "a new safety officer's second month", MONTHLY,
     "[" NEW("2026-01-01") "]",
     390, ROLE_SAFETY_OFFICER, "2026-02-28", ""},
    {"深圳三年行动2(3)", "a safety officer's third month", MONTHLY,
     "[" NEW("2026-01-01") "]",
     390, ROLE_SAFETY_OFFICER, "2026-03-01", "TRAIN_EXPIRED yellow role 2026-03-01 -"},
    {"深圳三年行动2(3)", "a worker is not asked for a key post's training", MONTHLY,
     "[" NEW("2026-01-01") "]",
     390, ROLE_WORKER, "2026-03-01", ""},
    {"深圳三年行动2(3)", "without a post nobody is", MONTHLY,
     "[" NEW("2026-01-01") "]",
     0, 0, "2026-03-01", ""},
    {"深圳三年行动2(3)", "January's is good to 29 February of a leap year", MONTHLY,
     "[" NEW("2026-01-01") "," TRAINED("2028-01-31", "monthly", "1", PASSED) "]",
     390, ROLE_HEAD, "2028-02-29", ""},
    {"深圳三年行动2(3)", "and not on 1 March", MONTHLY,
     "[" NEW("2026-01-01") "," TRAINED("2028-01-31", "monthly", "1", PASSED) "]",
     390, ROLE_HEAD, "2028-03-01", "TRAIN_EXPIRED yellow role 2028-03-01 -"},
    {"建教〔1997〕83号", "the second calendar year is left to entry training", YEARLY,
     "[" NEW("2026-01-01") "]",
     0, 0, "2027-12-31", ""},
    {"建教〔1997〕83号", "the third is not", YEARLY,
     "[" NEW("2026-01-01") "]",
     0, 0, "2028-01-01", "TRAIN_EXPIRED yellow person 2028-01-01 -"},
    {"建教〔1997〕83号", "15 hours by 31 December are good for the next year", YEARLY,
     "[" NEW("2026-01-01") "," TRAINED("2027-01-01", "annual", "5", PASSED) ","
     TRAINED("2027-12-31", "annual", "10", PASSED) "]",
     0, 0, "2028-12-31", ""},
    {"建教〔1997〕83号", "and not for the one after", YEARLY,
     "[" NEW("2026-01-01") "," TRAINED("2027-01-01", "annual", "5", PASSED) ","
     TRAINED("2027-12-31", "annual", "10", PASSED) "]",
     0, 0, "2029-01-01", "TRAIN_EXPIRED yellow person 2029-01-01 -"},
    {"建质〔2008〕75号", "a scaffolder's 24 hours a year, on the last day", CONTINUING,
     "[" NEW("2026-01-01") "," TRAINED("2026-03-01", "continuing", "24", PASSED) "]",
     30, 0, "2027-02-28", ""},
    {"建质〔2008〕75号", "and a day later", CONTINUING,
     "[" NEW("2026-01-01") "," TRAINED("2026-03-01", "continuing", "24", PASSED) "]",
     30, 0, "2027-03-01", "TRAIN_EXPIRED yellow trade 2027-03-01 -"},
    {"建质〔2008〕75号", "23 hours are too few", CONTINUING,
     "[" NEW("2026-01-01") "," TRAINED("2026-03-01", "continuing", "23", PASSED) "]",
     30, 0, "2026-03-01", "TRAIN_EXPIRED yellow trade 2026-03-01 -"},
    {"建质〔2008〕75号", "other trades are not asked", CONTINUING,
     "[" NEW("2026-01-01") "," TRAINED("2026-03-01", "continuing", "23", PASSED) "]",
     40, 0, "2026-03-01", ""},
    {"建质〔2008〕75号", "rolling, it is silent until there was one", CONTINUING,
     "[" NEW("2026-01-01") "]",
     30, 0, "2028-03-01", ""},
    {"建质〔2008〕75号", "and remembers that there was one, after five years, too", CONTINUING,
     "[" NEW("2026-01-01") "," TRAINED("2026-03-01", "continuing", "24", PASSED) ","
     STUDIED("2034-01-01", "1") "]",
     30, 0, "2034-01-01", "TRAIN_EXPIRED yellow trade 2027-03-01 -"},
    {"建教〔1997〕83号", "the first trade asks for no transfer training", TRANSFER,
     "[" BORN("1990-05-01", "M") "," ENGAGED("2026-01-05", "030") "]",
     30, 0, "2026-06-01", ""},
    {"建教〔1997〕83号", "nor does one he never worked in", TRANSFER,
     "[" BORN("1990-05-01", "M") "," ENGAGED("2026-01-05", "030") "]",
     130, 0, "2026-06-01", ""},
    {"建教〔1997〕83号", "the day before another trade is taken up", TRANSFER,
     "[" BORN("1990-05-01", "M") "," ENGAGED("2026-01-05", "030") ","
     ENGAGED("2026-06-01", "130") "]",
     130, 0, "2026-05-31", ""},
    {"建教〔1997〕83号", "another trade asks for it from its first day", TRANSFER,
     "[" BORN("1990-05-01", "M") "," ENGAGED("2026-01-05", "030") ","
     ENGAGED("2026-06-01", "130") "]",
     130, 0, "2026-06-01", "TRAIN_NONE yellow trade 2026-06-01 -"},
    {"建教〔1997〕83号", "20 hours held before", TRANSFER,
     "[" BORN("1990-05-01", "M") "," ENGAGED("2026-01-05", "030") ","
     TRAINED("2026-05-20", "transfer", "20", PASSED) "," ENGAGED("2026-06-01", "130") "]",
     130, 0, "2026-06-01", ""},
    {"建教〔1997〕83号", "19 hours are too few", TRANSFER,
     "[" BORN("1990-05-01", "M") "," ENGAGED("2026-01-05", "030") ","
     TRAINED("2026-05-20", "transfer", "19", PASSED) "," ENGAGED("2026-06-01", "130") "]",
     130, 0, "2026-06-01", "TRAIN_NONE yellow trade 2026-06-01 -"},
    {"建教〔1997〕83号", "hours add up", TRANSFER,
     "[" BORN("1990-05-01", "M") "," ENGAGED("2026-01-05", "030") ","
     TRAINED("2026-05-20", "transfer", "10", PASSED) ","
     TRAINED("2026-05-21", "transfer", "10", PASSED) "," ENGAGED("2026-06-01", "130") "]",
     130, 0, "2026-06-01", ""},
    {"建教〔1997〕83号", "failed, it does not count", TRANSFER,
     "[" BORN("1990-05-01", "M") "," ENGAGED("2026-01-05", "030") ","
     TRAINED("2026-05-20", "transfer", "20", FAILED) "," ENGAGED("2026-06-01", "130") "]",
     130, 0, "2026-06-01", "TRAIN_NONE yellow trade 2026-06-01 -"},
    {"建教〔1997〕83号", "held on the day the trade before was taken up", TRANSFER,
     "[" BORN("1990-05-01", "M") "," TRAINED("2026-01-05", "transfer", "20", PASSED) ","
     ENGAGED("2026-01-05", "030") "," ENGAGED("2026-06-01", "130") "]",
     130, 0, "2026-06-01", ""},
    {"建教〔1997〕83号", "held before that day, it was for that trade", TRANSFER,
     "[" BORN("1990-05-01", "M") "," TRAINED("2026-01-04", "transfer", "20", PASSED) ","
     ENGAGED("2026-01-05", "030") "," ENGAGED("2026-06-01", "130") "]",
     130, 0, "2026-06-01", "TRAIN_NONE yellow trade 2026-06-01 -"},
    {"建教〔1997〕83号", "held later, it ends the want on its day", TRANSFER,
     "[" BORN("1990-05-01", "M") "," ENGAGED("2026-01-05", "030") ","
     ENGAGED("2026-06-01", "130") "," TRAINED("2026-07-01", "transfer", "20", PASSED) "]",
     130, 0, "2026-06-30", "TRAIN_NONE yellow trade 2026-06-01 2026-07-01"},
    {"建教〔1997〕83号", "and on that day", TRANSFER,
     "[" BORN("1990-05-01", "M") "," ENGAGED("2026-01-05", "030") ","
     ENGAGED("2026-06-01", "130") "," TRAINED("2026-07-01", "transfer", "20", PASSED) "]",
     130, 0, "2026-07-01", ""},
    {"建教〔1997〕83号", "back in the first trade nothing is asked", TRANSFER,
     "[" BORN("1990-05-01", "M") "," ENGAGED("2026-01-05", "030") ","
     ENGAGED("2026-06-01", "130") "," ENGAGED("2026-09-01", "030") "]",
     30, 0, "2026-09-01", ""},
    {"建教〔1997〕83号", "another site in the trade before takes nothing away", TRANSFER,
     "[" BORN("1990-05-01", "M") "," ENGAGED("2026-01-05", "030") ","
     TRAINED("2026-02-01", "transfer", "20", PASSED) "," ENGAGED("2026-03-01", "030") ","
     ENGAGED("2026-06-01", "130") "]",
     130, 0, "2026-06-01", ""},
    {"建教〔1997〕83号", "a third trade needs training of its own", TRANSFER,
     "[" BORN("1990-05-01", "M") "," ENGAGED("2026-01-05", "030") ","
     TRAINED("2026-05-20", "transfer", "20", PASSED) "," ENGAGED("2026-06-01", "130") ","
     ENGAGED("2026-09-01", "240") "]",
     240, 0, "2026-09-01", "TRAIN_NONE yellow trade 2026-09-01 -"},
    {"建教〔1997〕83号", "two trades begun on one day: neither came before", TRANSFER,
     "[" BORN("1990-05-01", "M") "," ENGAGED("2026-06-01", "030") ","
     ENGAGED("2026-06-01", "130") "]",
     130, 0, "2026-06-01", ""},
    {"建教〔1997〕83号", "what ended on the day it began was no work", TRANSFER,
     "[" BORN("1990-05-01", "M") "," ENGAGED("2026-01-05", "030") "," ENDED("2026-01-05", "2")
     "," ENGAGED("2026-06-01", "130") "]",
     130, 0, "2026-06-01", ""},
    {"建教〔1997〕83号", "without a trade the rule is silent", TRANSFER,
     "[" BORN("1990-05-01", "M") "," ENGAGED("2026-01-05", "030") ","
     ENGAGED("2026-06-01", "130") "]",
     0, 0, "2026-06-01", ""},
    {"实名制管理办法2019", "a year less a day without any data", IDLE,
     "[" BORN("1990-05-01", "M") "," TRAINED("2026-01-05", "annual", "10", PASSED) "]",
     0, 0, "2027-01-04", ""},
    {"实名制管理办法2019", "a year without any data", IDLE,
     "[" BORN("1990-05-01", "M") "," TRAINED("2026-01-05", "annual", "10", PASSED) "]",
     0, 0, "2027-01-05", "IDLE_RETRAIN yellow person 2027-01-05 -"},
    {"实名制管理办法2019", "an exam after the gap does not end it", IDLE,
     "[" BORN("1990-05-01", "M") "," TRAINED("2026-01-05", "annual", "10", PASSED) ","
     EXAM("2027-02-01", CLEAN) "]",
     0, 0, "2027-02-02", "IDLE_RETRAIN yellow person 2027-01-05 -"},
    {"实名制管理办法2019", "retraining ends it", IDLE,
     "[" BORN("1990-05-01", "M") "," TRAINED("2026-01-05", "annual", "10", PASSED) ","
     EXAM("2027-02-01", CLEAN) "," TRAINED("2027-02-03", "idle", "20", PASSED) "]",
     0, 0, "2027-02-03", ""},
    {"实名制管理办法2019", "since 29 February: 27 February is within the year", IDLE,
     "[" BORN("1990-05-01", "M") "," TRAINED("2028-02-29", "idle", "10", PASSED) "]",
     0, 0, "2029-02-27", ""},
    {"实名制管理办法2019", "since 29 February: 28 February is not", IDLE,
     "[" BORN("1990-05-01", "M") "," TRAINED("2028-02-29", "idle", "10", PASSED) "]",
     0, 0, "2029-02-28", "IDLE_RETRAIN yellow person 2029-02-28 -"},
    {"实名制管理办法2019", "while an engagement runs he is not idle", IDLE,
     "[" BORN("1990-05-01", "M") "," ENGAGED("2026-01-05", "030") "]",
     0, 0, "2030-01-01", ""},
    {"实名制管理办法2019", "a year less a day after its last day", IDLE,
     "[" BORN("1990-05-01", "M") "," ENGAGED("2026-01-05", "030") "," ENDED("2026-06-01", "2")
     "]",
     0, 0, "2027-05-30", ""},
    {"实名制管理办法2019", "a year after its last day", IDLE,
     "[" BORN("1990-05-01", "M") "," ENGAGED("2026-01-05", "030") "," ENDED("2026-06-01", "2")
     "]",
     0, 0, "2027-05-31", "IDLE_RETRAIN yellow person 2027-05-31 -"},
    {"实名制管理办法2019", "an engagement after the gap does not end it, until facts no longer tell of it", IDLE,
     "[" BORN("1990-05-01", "M") "," TRAINED("2026-01-05", "annual", "10", PASSED) ","
     ENGAGED("2027-02-01", "030") "]",
     0, 0, "2027-06-01", "IDLE_RETRAIN yellow person 2027-01-05 2031-01-05"},
    {"实名制管理办法2019", "a briefing is no data", IDLE,
     "[" BORN("1990-05-01", "M") "," TRAINED("2026-01-05", "annual", "10", PASSED) ","
     TRAINED("2026-12-20", "pre_shift", "1", PASSED) "]",
     0, 0, "2027-01-05", "IDLE_RETRAIN yellow person 2027-01-05 -"},
    {"INF 五年", "years of work beyond what facts keep leave no gap behind", IDLE,
     "[" ENROLLED("2018-01-01", "1990-05-01", "M") "," EXAM("2018-10-01", CLEAN) ","
     EXAM("2019-08-01", CLEAN) "," EXAM("2020-06-01", CLEAN) "," EXAM("2021-05-01", CLEAN) ","
     EXAM("2022-04-01", CLEAN) "," EXAM("2023-03-01", CLEAN) "," EXAM("2024-02-01", CLEAN) ","
     EXAM("2025-01-01", CLEAN) "," EXAM("2025-12-01", CLEAN) "]",
     0, 0, "2026-01-01", ""},
    {"INF 五年", "nothing at all for five years is a gap", IDLE,
     "[" ENROLLED("2018-01-01", "1990-05-01", "M") "]",
     0, 0, "2026-01-01", "IDLE_RETRAIN yellow person 2019-01-01 -"},
};

ParameterizedTestParameters(scoring_training, rule_by_itself)
{
    return cr_make_param_array(struct single, singles, sizeof singles / sizeof singles[0]);
}

ParameterizedTest(struct single *s, scoring_training, rule_by_itself)
{
    single_check(s);
}
