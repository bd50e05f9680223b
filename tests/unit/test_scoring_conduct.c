/* Worked cases of violations, on both sides of every threshold. By default 1, 3, 6 and 12 points,
 * yellow at 6 and red at 12, each for twelve months. */
#include <criterion/criterion.h>
#include <criterion/parameterized.h>

#include "support/worked.h"

static struct worked cases[] = {
    {"INF 记分", "5 points are green", "[" GOOD "," WRONG("2026-02-01", "2", "") ","
     WRONG("2026-02-02", "1", "") "," WRONG("2026-02-03", "1", "") "]", 0, "2026-03-01", "green",
     "none", ""},
    {"INF 记分", "6 points are yellow", "[" GOOD "," WRONG("2026-02-01", "2", "") ","
     WRONG("2026-02-02", "2", "") "]", 0, "2026-03-01", "yellow", "none",
     "VIOL_POINTS yellow person 2026-02-02 2027-02-01"},
    {"INF 记分", "11 points are yellow", "[" GOOD "," WRONG("2026-02-01", "3", "") ","
     WRONG("2026-02-02", "2", "") "," WRONG("2026-02-03", "1", "") "," WRONG("2026-02-04", "1", "")
     "]", 0, "2026-03-01", "yellow", "none", "VIOL_POINTS yellow person 2026-02-01 2027-02-01"},
    {"INF 记分", "12 points are red from their day", "[" GOOD "," WRONG("2026-02-01", "4", "") "]", 0,
     "2026-02-01", "red", "none", "VIOL_POINTS red person 2026-02-01 2027-02-01"},
    {"INF 记分", "the last day of the window counts", "[" GOOD "," WRONG("2026-02-01", "4", "") ","
     TRAINED("2026-12-01", "annual", "15", PASSED) "]", 0,
     "2027-01-31", "red", "none", "VIOL_POINTS red person 2026-02-01 2027-02-01"},
    {"INF 记分", "after the window it does not", "[" GOOD "," WRONG("2026-02-01", "4", "") ","
     TRAINED("2026-12-01", "annual", "15", PASSED) "]", 0,
     "2027-02-01", "green", "none", ""},
    {"交住建字〔2024〕80号", "off-job training ordered is red until passed",
     "[" GOOD "," WRONG("2026-02-01", "1", OFF_JOB) ","
     TRAINED("2026-12-01", "annual", "15", PASSED) "]", 0, "2030-02-01", "red", "none",
     "VIOL_OFFJOB red person 2026-02-01 -; IDLE_RETRAIN yellow person 2027-12-01 -; "
     "TRAIN_EXPIRED yellow person 2027-12-01 -"},
    {"交住建字〔2024〕80号", "passed on the violation's own day", "[" GOOD "," WRONG("2026-02-01", "1", OFF_JOB) ","
     TRAINED("2026-02-01", "off_job", "8", PASSED) "]", 0, "2026-02-01", "green", "none", ""},
    {"交住建字〔2024〕80号", "training before it does not clear it", "[" GOOD "," WRONG("2026-02-02", "1", OFF_JOB) ","
     TRAINED("2026-02-01", "off_job", "8", PASSED) "]", 0, "2026-02-02", "red", "none",
     "VIOL_OFFJOB red person 2026-02-02 -"},
    {"交住建字〔2024〕80号", "a failed exam does not clear it", "[" GOOD "," WRONG("2026-02-01", "1", OFF_JOB) ","
     TRAINED("2026-02-09", "off_job", "8", FAILED) "]", 0, "2026-03-01", "red", "none",
     "VIOL_OFFJOB red person 2026-02-01 -"},
    {"交住建字〔2024〕80号", "the day before the training it was still red",
     "[" GOOD "," WRONG("2026-02-01", "1", OFF_JOB) ","
     TRAINED("2026-02-09", "off_job", "8", PASSED) "]", 0, "2026-02-08", "red", "none",
     "VIOL_OFFJOB red person 2026-02-01 2026-02-09"},
};

ParameterizedTestParameters(scoring_conduct, in_jiangsu)
{
    return cr_make_param_array(struct worked, cases, sizeof cases / sizeof cases[0]);
}

ParameterizedTest(struct worked *w, scoring_conduct, in_jiangsu)
{
    worked_check(w);
}

/* -- rules that Jiangsu does not have, or has otherwise ------------------------------------------ */

#define POINTS(points, more, yellow)                                                             \
    "\"kind\":\"violation_points\",\"points\":[" points "],\"yellow\":" yellow ",\"red\":12," more,\
    "VIOL_POINTS"
#define DEFAULT_POINTS "1,3,6,12"
#define ROLLING "\"window_months\":12"
#define BY_YEAR POINTS(DEFAULT_POINTS, "\"period\":\"year\"", "6")
#define BY_SEVERITY POINTS("6,6,6,12", "\"months_by_severity\":[6,12,12,18]", "6")
#define NOT_DISCIPLINE POINTS(DEFAULT_POINTS, ROLLING ",\"classes\":[\"command\",\"operation\"]", "6")
#define REPEATS POINTS("2,3,6,12", ROLLING ",\"repeat_percent\":[100,150,200]", "6")
#define UNROUNDED POINTS(DEFAULT_POINTS, ROLLING ",\"repeat_percent\":[100,150]", "8")
#define CAP_EACH POINTS(DEFAULT_POINTS, ROLLING ",\"cap_each\":3,\"repeat_percent\":[100,150]", "6")
#define CAP_DAY POINTS(DEFAULT_POINTS, ROLLING ",\"cap_day\":5", "6")

static struct single singles[] = {
    {"湖南 项目经理记分", "on the year's last day it counts for that day", BY_YEAR,
     "[" BORN("1990-05-01", "M") "," VIOLATION("2026-12-31", "operation", "7.06", "3", "") "]",
     0, 0, "2026-12-31", "VIOL_POINTS yellow person 2026-12-31 2027-01-01"},
    {"湖南 项目经理记分", "and not in the next year", BY_YEAR,
     "[" BORN("1990-05-01", "M") "," VIOLATION("2026-12-31", "operation", "7.06", "3", "") "]",
     0, 0, "2027-01-01", ""},
    {"湖南 项目经理记分", "on the year's first day it counts for the year", BY_YEAR,
     "[" BORN("1990-05-01", "M") "," VIOLATION("2026-01-01", "operation", "7.06", "4", "") "]",
     0, 0, "2026-12-31", "VIOL_POINTS red person 2026-01-01 2027-01-01"},
    {"湖南 项目经理记分", "points of two years do not add up", BY_YEAR,
     "[" BORN("1990-05-01", "M") "," VIOLATION("2026-12-31", "operation", "7.06", "2", "") ","
     VIOLATION("2027-01-01", "operation", "7.06", "2", "") "]",
     0, 0, "2027-01-01", ""},
    {"湖南 项目经理记分", "points of one year do", BY_YEAR,
     "[" BORN("1990-05-01", "M") "," VIOLATION("2026-01-01", "operation", "7.06", "2", "") ","
     VIOLATION("2026-12-31", "operation", "7.06", "2", "") "]",
     0, 0, "2026-12-31", "VIOL_POINTS yellow person 2026-12-31 2027-01-01"},
    {"湖南 项目经理记分", "of 29 February, to the end of the year", BY_YEAR,
     "[" BORN("1990-05-01", "M") "," VIOLATION("2028-02-29", "operation", "7.06", "3", "") "]",
     0, 0, "2028-12-31", "VIOL_POINTS yellow person 2028-02-29 2029-01-01"},
    {"新加坡 扣分逐条失效", "six months of 31 August: the last day", BY_SEVERITY,
     "[" BORN("1990-05-01", "M") "," VIOLATION("2026-08-31", "operation", "7.06", "1", "") "]",
     0, 0, "2027-02-27", "VIOL_POINTS yellow person 2026-08-31 2027-02-28"},
    {"新加坡 扣分逐条失效", "six months of 31 August are over on 28 February", BY_SEVERITY,
     "[" BORN("1990-05-01", "M") "," VIOLATION("2026-08-31", "operation", "7.06", "1", "") "]",
     0, 0, "2027-02-28", ""},
    {"新加坡 扣分逐条失效", "a grave one's 18 months: the last day", BY_SEVERITY,
     "[" BORN("1990-05-01", "M") "," VIOLATION("2026-02-01", "operation", "7.06", "4", "") "]",
     0, 0, "2027-07-31", "VIOL_POINTS red person 2026-02-01 2027-08-01"},
    {"新加坡 扣分逐条失效", "a grave one's 18 months are over", BY_SEVERITY,
     "[" BORN("1990-05-01", "M") "," VIOLATION("2026-02-01", "operation", "7.06", "4", "") "]",
     0, 0, "2027-08-01", ""},
    {"新加坡 扣分逐条失效", "each lapses by itself: 12 on the day before", BY_SEVERITY,
     "[" BORN("1990-05-01", "M") "," VIOLATION("2026-02-01", "operation", "7.06", "2", "") ","
     VIOLATION("2026-03-01", "operation", "7.06", "1", "") "]",
     0, 0, "2026-08-31", "VIOL_POINTS red person 2026-03-01 2026-09-01"},
    {"新加坡 扣分逐条失效", "each lapses by itself: 6 are left", BY_SEVERITY,
     "[" BORN("1990-05-01", "M") "," VIOLATION("2026-02-01", "operation", "7.06", "2", "") ","
     VIOLATION("2026-03-01", "operation", "7.06", "1", "") "]",
     0, 0, "2026-09-01", "VIOL_POINTS yellow person 2026-09-01 2027-02-01"},
    {"INF 记分", "a class that is not listed counts nothing", NOT_DISCIPLINE,
     "[" BORN("1990-05-01", "M") "," VIOLATION("2026-02-01", "discipline", "7.06", "4", "") "]",
     0, 0, "2026-02-01", ""},
    {"INF 记分", "one that is listed counts", NOT_DISCIPLINE,
     "[" BORN("1990-05-01", "M") "," VIOLATION("2026-02-01", "command", "7.06", "4", "") "]",
     0, 0, "2026-02-01", "VIOL_POINTS red person 2026-02-01 2027-02-01"},
    {"某电力企业记分", "2 and 3 are 5", REPEATS,
     "[" BORN("1990-05-01", "M") "," VIOLATION("2026-02-01", "operation", "7.06", "1", "") ","
     VIOLATION("2026-03-01", "operation", "7.06", "1", "") "]",
     0, 0, "2026-03-01", ""},
    {"某电力企业记分", "the third counts double: 9", REPEATS,
     "[" BORN("1990-05-01", "M") "," VIOLATION("2026-02-01", "operation", "7.06", "1", "") ","
     VIOLATION("2026-03-01", "operation", "7.06", "1", "") ","
     VIOLATION("2026-04-01", "operation", "7.06", "1", "") "]",
     0, 0, "2026-04-01", "VIOL_POINTS yellow person 2026-04-01 2027-02-01"},
    {"某电力企业记分", "so does the fourth: 13", REPEATS,
     "[" BORN("1990-05-01", "M") "," VIOLATION("2026-02-01", "operation", "7.06", "1", "") ","
     VIOLATION("2026-03-01", "operation", "7.06", "1", "") ","
     VIOLATION("2026-04-01", "operation", "7.06", "1", "") ","
     VIOLATION("2026-05-01", "operation", "7.06", "1", "") "]",
     0, 0, "2026-05-01", "VIOL_POINTS red person 2026-05-01 2027-02-01"},
    {"某电力企业记分", "another category is no repeat: 4", REPEATS,
     "[" BORN("1990-05-01", "M") "," VIOLATION("2026-02-01", "operation", "7.06", "1", "") ","
     VIOLATION("2026-03-01", "operation", "7.07", "1", "") "]",
     0, 0, "2026-03-01", ""},
    {"某电力企业记分", "three of three categories are no repeats: 7", UNROUNDED,
     "[" BORN("1990-05-01", "M") "," VIOLATION("2026-02-01", "operation", "7.06", "2", "") ","
     VIOLATION("2026-03-01", "operation", "7.07", "2", "") ","
     VIOLATION("2026-04-01", "operation", "7.08", "1", "") "]",
     0, 0, "2026-04-01", ""},
    {"某电力企业记分", "when the first lapses the second is the first: 5", REPEATS,
     "[" BORN("1990-05-01", "M") "," VIOLATION("2026-02-01", "operation", "7.06", "1", "") ","
     VIOLATION("2026-03-01", "operation", "7.06", "1", "") ","
     VIOLATION("2026-04-01", "operation", "7.06", "1", "") "]",
     0, 0, "2027-02-01", ""},
    {"某电力企业记分", "of one day, the later recorded is the repeat: 2 and 4.5", REPEATS,
     "[" BORN("1990-05-01", "M") "," VIOLATION("2026-02-01", "operation", "7.06", "1", "") ","
     VIOLATION("2026-02-01", "operation", "7.06", "2", "") "]",
     0, 0, "2026-02-01", "VIOL_POINTS yellow person 2026-02-01 2027-02-01"},
    {"某电力企业记分", "and the other way round: 3 and 3", REPEATS,
     "[" BORN("1990-05-01", "M") "," VIOLATION("2026-02-01", "operation", "7.06", "2", "") ","
     VIOLATION("2026-02-01", "operation", "7.06", "1", "") "]",
     0, 0, "2026-02-01", "VIOL_POINTS yellow person 2026-02-01 2027-02-01"},
    {"某电力企业记分", "3 and 4.5 are 7.5 and not 8", UNROUNDED,
     "[" BORN("1990-05-01", "M") "," VIOLATION("2026-02-01", "operation", "7.06", "2", "") ","
     VIOLATION("2026-03-01", "operation", "7.06", "2", "") "]",
     0, 0, "2026-03-01", ""},
    {"某电力企业记分", "3, 4.5 and 1 are 8.5", UNROUNDED,
     "[" BORN("1990-05-01", "M") "," VIOLATION("2026-02-01", "operation", "7.06", "2", "") ","
     VIOLATION("2026-03-01", "operation", "7.06", "2", "") ","
     VIOLATION("2026-03-02", "operation", "7.07", "1", "") "]",
     0, 0, "2026-03-02", "VIOL_POINTS yellow person 2026-03-02 2027-02-01"},
    {"INF 封顶", "a grave one counts its cap: 3", CAP_EACH,
     "[" BORN("1990-05-01", "M") "," VIOLATION("2026-02-01", "operation", "7.06", "4", "") "]",
     0, 0, "2026-02-01", ""},
    {"INF 封顶", "two of them: 6", CAP_EACH,
     "[" BORN("1990-05-01", "M") "," VIOLATION("2026-02-01", "operation", "7.06", "4", "") ","
     VIOLATION("2026-03-01", "operation", "7.06", "4", "") "]",
     0, 0, "2026-03-01", "VIOL_POINTS yellow person 2026-03-01 2027-02-01"},
    {"INF 封顶", "the cap holds the repeat, too: 1, 1.5 and 3 are 5.5", CAP_EACH,
     "[" BORN("1990-05-01", "M") "," VIOLATION("2026-02-01", "operation", "7.06", "1", "") ","
     VIOLATION("2026-03-01", "operation", "7.06", "1", "") ","
     VIOLATION("2026-04-01", "operation", "7.06", "3", "") "]",
     0, 0, "2026-04-01", ""},
    {"INF 封顶", "6 of one day count 5", CAP_DAY,
     "[" BORN("1990-05-01", "M") "," VIOLATION("2026-02-01", "operation", "7.06", "2", "") ","
     VIOLATION("2026-02-01", "operation", "7.06", "2", "") "]",
     0, 0, "2026-02-01", ""},
    {"INF 封顶", "and 1 of the next makes 6", CAP_DAY,
     "[" BORN("1990-05-01", "M") "," VIOLATION("2026-02-01", "operation", "7.06", "2", "") ","
     VIOLATION("2026-02-01", "operation", "7.06", "2", "") ","
     VIOLATION("2026-02-02", "operation", "7.06", "1", "") "]",
     0, 0, "2026-02-02", "VIOL_POINTS yellow person 2026-02-02 2027-02-01"},
    {"INF 封顶", "the day's cap begins anew: 5 and 5", CAP_DAY,
     "[" BORN("1990-05-01", "M") "," VIOLATION("2026-02-01", "operation", "7.06", "4", "") ","
     VIOLATION("2026-02-02", "operation", "7.06", "4", "") "]",
     0, 0, "2026-02-02", "VIOL_POINTS yellow person 2026-02-02 2027-02-01"},
    {"INF 封顶", "a third such day: 15", CAP_DAY,
     "[" BORN("1990-05-01", "M") "," VIOLATION("2026-02-01", "operation", "7.06", "4", "") ","
     VIOLATION("2026-02-02", "operation", "7.06", "4", "") ","
     VIOLATION("2026-02-03", "operation", "7.06", "4", "") "]",
     0, 0, "2026-02-03", "VIOL_POINTS red person 2026-02-03 2027-02-01"},
};

ParameterizedTestParameters(scoring_conduct, rule_by_itself)
{
    return cr_make_param_array(struct single, singles, sizeof singles / sizeof singles[0]);
}

ParameterizedTest(struct single *s, scoring_conduct, rule_by_itself)
{
    single_check(s);
}
