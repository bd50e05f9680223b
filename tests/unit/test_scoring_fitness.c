/* Worked cases of age and health, on both sides of every threshold. */
#include <criterion/criterion.h>
#include <criterion/parameterized.h>

#include "support/worked.h"

static struct worked cases[] = {
    {"江苏2023-05", "the day before 18 is red", "[" BORN("2008-11-22", "M") "," LONG_EXAM "," BESIDES "]",
     0, "2026-11-21", "red", "none", "AGE_UNDER red person - 2026-11-22"},
    {"江苏2023-05", "18 is green", "[" BORN("2008-11-21", "M") "," LONG_EXAM "," BESIDES "]", 0,
     "2026-11-21", "green", "none", ""},
    {"江苏2023-05", "a man the day before 60 is green",
     "[" BORN("1966-11-22", "M") "," LONG_EXAM "," BESIDES "]", 0, "2026-11-21", "green", "none", ""},
    {"江苏2023-05", "a man of 60 is yellow until 65",
     "[" BORN("1966-11-21", "M") "," LONG_EXAM "," BESIDES "]", 0, "2026-11-21", "yellow", "none",
     "AGE_YELLOW yellow person 2026-11-21 2031-11-21"},
    {"江苏2023-05", "a man the day before 65 is yellow",
     "[" BORN("1961-11-22", "M") "," LONG_EXAM "," BESIDES "]", 0, "2026-11-21", "yellow", "none",
     "AGE_YELLOW yellow person 2021-11-22 2026-11-22"},
    {"江苏2023-05", "a man of 65 is red", "[" BORN("1961-11-21", "M") "," LONG_EXAM "," BESIDES "]", 0,
     "2026-11-21", "red", "none", "AGE_RED red person 2026-11-21 -"},
    {"江苏2023-05", "a woman the day before 55 is green",
     "[" BORN("1971-11-22", "F") "," LONG_EXAM "," BESIDES "]", 0, "2026-11-21", "green", "none", ""},
    {"江苏2023-05", "a woman of 55 is yellow",
     "[" BORN("1971-11-21", "F") "," LONG_EXAM "," BESIDES "]", 0, "2026-11-21", "yellow", "none",
     "AGE_YELLOW yellow person 2026-11-21 2031-11-21"},
    {"江苏2023-05", "a woman of 60 is red", "[" BORN("1966-11-21", "F") "," LONG_EXAM "," BESIDES "]", 0,
     "2026-11-21", "red", "none", "AGE_RED red person 2026-11-21 -"},
    {"INF 周岁", "born on 29 February, not 18 on 28 February",
     "[" BORN("2008-02-29", "M") "," LONG_EXAM "," BESIDES "]", 0, "2026-02-28", "red", "none",
     "AGE_UNDER red person - 2026-03-01"},
    {"INF 周岁", "born on 29 February, 18 on 1 March",
     "[" BORN("2008-02-29", "M") "," LONG_EXAM "," BESIDES "]", 0, "2026-03-01", "green", "none", ""},
    {"INF 体检", "no exam is yellow since enrolment, not red", "[" BORN("1990-05-01", "M") "," BESIDES "]", 0,
     "2026-11-21", "yellow", "none", "HEALTH_NONE yellow person 2026-01-01 -"},
    {"INF 体检", "12 months less a day is valid",
     "[" BORN("1990-05-01", "M") "," BESIDES "," EXAM("2026-01-02", CLEAN) "]", 40, "2027-01-01",
     "green", "green", ""},
    {"INF 体检", "after 12 months it is expired",
     "[" BORN("1990-05-01", "M") "," BESIDES "," EXAM("2026-01-02", CLEAN) "]", 40, "2027-01-02",
     "yellow", "yellow", "HEALTH_EXPIRED yellow person 2027-01-02 -"},
    {"GBZ 188-2014", "an electrician's lasts 24 months less a day",
     "[" BORN("1990-05-01", "M") "," BESIDES "," EXAM("2026-01-02", CLEAN) ","
     CERTIFICATE("E1", "01", "housing", "2026-01-01", "2030-01-01") "]", 130, "2028-01-01",
     "yellow", "yellow", /* other things have ended, the exam has not */
     "CERT_EXPIRED yellow trade 2028-01-01 -; IDLE_RETRAIN yellow person 2027-01-07 -; "
     "TRAIN_EXPIRED yellow person 2027-01-05 -"},
    {"GBZ 188-2014", "an electrician's is expired after 24 months",
     "[" BORN("1990-05-01", "M") "," BESIDES "," EXAM("2026-01-02", CLEAN) ","
     CERTIFICATE("E1", "01", "housing", "2026-01-01", "2030-01-01") "]", 130, "2028-01-02",
     "yellow", "yellow",
     "CERT_EXPIRED yellow trade 2028-01-01 -; HEALTH_EXPIRED yellow person 2028-01-02 -; "
     "IDLE_RETRAIN yellow person 2027-01-07 -; TRAIN_EXPIRED yellow person 2027-01-05 -"},
    {"INF 体检", "an end that the clinic states goes before the policy's months",
     "[" BORN("1990-05-01", "M") "," BESIDES ","
     EXAM("2026-01-02", CLEAN ",\"valid_until\":\"2026-06-01\"") "]", 0, "2026-06-01", "yellow",
     "none", "HEALTH_EXPIRED yellow person 2026-06-01 -"},
    {"INF 体检", "recheck is yellow", "[" GOOD "," EXAM("2026-02-01", "\"conclusion\":\"recheck\"") "]", 0,
     "2026-03-01", "yellow", "none", "HEALTH_RECHECK yellow person 2026-02-01 2027-02-01"},
    {"INF 体检", "unfit is red", "[" GOOD "," EXAM("2026-02-01", "\"conclusion\":\"unfit\"") "]", 0,
     "2026-03-01", "red", "none", "HEALTH_UNFIT red person 2026-02-01 2027-02-01"},
    {"INF 体检", "a suspected occupational disease is red",
     "[" GOOD "," EXAM("2026-02-01", "\"conclusion\":\"suspected_occupational\"") "]", 0,
     "2026-03-01", "red", "none", "HEALTH_UNFIT red person 2026-02-01 2027-02-01"},
    {"INF 体检", "unfit yesterday, cleared today: the later exam governs",
     "[" GOOD "," EXAM("2026-02-01", "\"conclusion\":\"unfit\"") "," EXAM("2026-02-02", CLEAN) "]",
     0, "2026-02-02", "green", "none", ""},
    {"INF 体检", "two exams of one day: the later recorded governs",
     "[" GOOD "," EXAM("2026-02-01", CLEAN) "," EXAM("2026-02-01", "\"conclusion\":\"unfit\"") "]",
     0, "2026-02-01", "red", "none", "HEALTH_UNFIT red person 2026-02-01 2027-02-01"},
    {"职业病防治法35", "contraindicated for the current trade is red for it, yellow for the person",
     "[" GOOD "," EXAM("2026-02-01", "\"conclusion\":\"contraindicated\",\"contraindicated_for\":"
     "[\"heavy\"]") "]", 390, "2026-03-01", "yellow", "red",
     "HEALTH_CONTRA red trade 2026-02-01 2027-02-01; "
     "HEALTH_CONTRA yellow person 2026-02-01 2027-02-01"},
    {"职业病防治法35", "contraindicated for other work is yellow",
     "[" GOOD "," EXAM("2026-02-01", "\"conclusion\":\"contraindicated\",\"contraindicated_for\":"
     "[\"height\"]") "]", 390, "2026-03-01", "yellow", "yellow",
     "HEALTH_CONTRA yellow person 2026-02-01 2027-02-01"},
};

ParameterizedTestParameters(scoring_fitness, in_jiangsu)
{
    return cr_make_param_array(struct worked, cases, sizeof cases / sizeof cases[0]);
}

ParameterizedTest(struct worked *w, scoring_fitness, in_jiangsu)
{
    worked_check(w);
}

/* -- rules that Jiangsu does not have, or has otherwise ------------------------------------------ */

#define JINGZHOU                                                                                \
    "\"kind\":\"age\",\"men\":[{\"below\":18,\"colour\":\"red\",\"reason\":\"AGE_UNDER\"},"     \
    "{\"from\":18,\"to\":60,\"colour\":\"green\"},{\"over\":60,\"colour\":\"red\",\"reason\":"  \
    "\"AGE_RED\"}],\"women\":[{\"colour\":\"green\"}],\"unknown\":\"yellow\"",                   \
    "AGE_UNDER AGE_RED AGE_YELLOW"
#define JINGZHOU_ROLES                                                                         \
    "\"kind\":\"age\",\"roles\":[\"project_manager\",\"supervisor\"],\"men\":[{\"to\":65,"    \
    "\"colour\":\"green\"},{\"over\":65,\"colour\":\"red\"}],\"women\":[{\"to\":65,\"colour\":" \
    "\"green\"},{\"over\":65,\"colour\":\"red\"}],\"unknown\":\"yellow\"", "AGE_TRADE"
#define NANCHANG                                                                              \
    "\"kind\":\"age\",\"trades\":[\"030\"],\"men\":[{\"below\":60,\"colour\":\"green\"},"     \
    "{\"from\":60,\"colour\":\"red\"}],\"women\":[{\"below\":50,\"colour\":\"green\"},"       \
    "{\"from\":50,\"colour\":\"red\"}],\"unknown\":\"yellow\"", "AGE_TRADE"
#define CHENGDU                                                                                  \
    "\"kind\":\"age\",\"men\":[{\"to\":60,\"colour\":\"green\"},{\"over\":60,\"colour\":\"yellow\","  \
    "\"reason\":\"AGE_YELLOW\",\"lifted_by_exam_months\":12}],\"women\":[{\"colour\":\"green\"}],"   \
    "\"unknown\":\"yellow\"", "AGE_YELLOW"
/* As published: each limit stands in both bands. */
#define JIANGSU(mode)                                                                            \
    "\"kind\":\"age\",\"boundary_mode\":\"" mode "\",\"men\":[{\"below\":18,\"colour\":\"red\","      \
    "\"reason\":\"AGE_UNDER\"},{\"from\":18,\"to\":60,\"colour\":\"green\"},{\"from\":60,\"to\":65,"  \
    "\"colour\":\"yellow\",\"reason\":\"AGE_YELLOW\"},{\"from\":65,\"colour\":\"red\",\"reason\":"  \
    "\"AGE_RED\"}],\"women\":[{\"to\":55,\"colour\":\"green\"},{\"from\":55,\"to\":60,\"colour\":"    \
    "\"yellow\",\"reason\":\"AGE_YELLOW\"},{\"from\":60,\"colour\":\"red\",\"reason\":\"AGE_RED\"}]," \
    "\"unknown\":\"yellow\"", "AGE_UNDER AGE_YELLOW AGE_RED"
#define HEALTH                                                                                   \
    "\"kind\":\"exam\",\"validity_months\":12,\"hazards_by_trade\":{\"030\":[\"height\"],"       \
    "\"390\":[]},\"conclusions\":{\"no_abnormality\":\"green\",\"recheck\":\"yellow\","          \
    "\"suspected_occupational\":\"red\",\"unfit\":\"red\",\"other\":\"yellow\"},\"none\":"        \
    "\"yellow\",\"expired\":\"yellow\",\"contraindicated_for_trade\":\"red\","                   \
    "\"contraindicated_otherwise\":\"yellow\",\"adverse_outlasts_validity\":true",               \
    "HEALTH_NONE HEALTH_EXPIRED HEALTH_RECHECK HEALTH_UNFIT HEALTH_CONTRA"

static struct single singles[] = {
    {"荆州", "超过60 begins at 61", JINGZHOU,
     "[" BORN("1966-01-01", "M") "]",
     0, 0, "2026-12-31", ""},
    {"荆州", "61 is over 60", JINGZHOU,
     "[" BORN("1966-01-01", "M") "]",
     0, 0, "2027-01-01", "AGE_RED red person 2027-01-01 -"},
    {"荆州", "a supervisor the day before 66", JINGZHOU_ROLES,
     "[" BORN("1960-05-01", "F") "]",
     390, ROLE_SUPERVISOR, "2026-04-30", ""},
    {"荆州", "a supervisor of 66 is over 65", JINGZHOU_ROLES,
     "[" BORN("1960-05-01", "F") "]",
     390, ROLE_SUPERVISOR, "2026-05-01", "AGE_TRADE red role 2026-05-01 -"},
    {"荆州", "a worker of 66 is none of the listed roles", JINGZHOU_ROLES,
     "[" BORN("1960-05-01", "F") "]",
     390, ROLE_WORKER, "2026-05-01", ""},
    {"荆州", "without a post the rule of roles is silent", JINGZHOU_ROLES,
     "[" BORN("1960-05-01", "F") "]",
     0, 0, "2026-05-01", ""},
    {"荆州", "a supervisor without a birth date", JINGZHOU_ROLES,
     "[" "]",
     390, ROLE_SUPERVISOR, "2026-05-01", "AGE_TRADE yellow role - -"},
    {"南昌2021-06", "a man of 60 in a listed trade", NANCHANG,
     "[" BORN("1966-01-01", "M") "]",
     30, 0, "2026-01-01", "AGE_TRADE red trade 2026-01-01 -"},
    {"南昌2021-06", "the day before", NANCHANG,
     "[" BORN("1966-01-01", "M") "]",
     30, 0, "2025-12-31", ""},
    {"南昌2021-06", "in another trade", NANCHANG,
     "[" BORN("1966-01-01", "M") "]",
     40, 0, "2026-06-01", ""},
    {"南昌2021-06", "without a place the rule is silent", NANCHANG,
     "[" BORN("1966-01-01", "M") "]",
     0, 0, "2026-06-01", ""},
    {"成都2021-10", "60 is not over 60", CHENGDU,
     "[" BORN("1965-06-01", "M") "]",
     0, 0, "2026-05-31", ""},
    {"成都2021-10", "61 without a certificate", CHENGDU,
     "[" BORN("1965-06-01", "M") "]",
     0, 0, "2026-06-01", "AGE_YELLOW yellow person 2026-06-01 -"},
    {"成都2021-10", "61 with a clean exam", CHENGDU,
     "[" BORN("1965-06-01", "M") "," EXAM("2026-01-02", CLEAN) "]",
     0, 0, "2026-06-01", ""},
    {"成都2021-10", "the last day of its year", CHENGDU,
     "[" BORN("1965-06-01", "M") "," EXAM("2026-01-02", CLEAN) "]",
     0, 0, "2027-01-01", ""},
    {"成都2021-10", "after its year", CHENGDU,
     "[" BORN("1965-06-01", "M") "," EXAM("2026-01-02", CLEAN) "]",
     0, 0, "2027-01-02", "AGE_YELLOW yellow person 2027-01-02 -"},
    {"成都2021-10", "the day before the end that it states", CHENGDU,
     "[" BORN("1965-06-01", "M") "," EXAM("2026-01-02", CLEAN ",\"valid_until\":\"2026-09-01\"")
     "]",
     0, 0, "2026-08-31", ""},
    {"成都2021-10", "an end that it states goes before the year", CHENGDU,
     "[" BORN("1965-06-01", "M") "," EXAM("2026-01-02", CLEAN ",\"valid_until\":\"2026-09-01\"")
     "]",
     0, 0, "2026-09-01", "AGE_YELLOW yellow person 2026-09-01 -"},
    {"成都2021-10", "a later end than the year does not help", CHENGDU,
     "[" BORN("1965-06-01", "M") "," EXAM("2026-01-02", CLEAN ",\"valid_until\":\"2028-01-02\"")
     "]",
     0, 0, "2027-01-02", "AGE_YELLOW yellow person 2027-01-02 -"},
    {"成都2021-10", "an exam that asks for a recheck lifts nothing", CHENGDU,
     "[" BORN("1965-06-01", "M") "," EXAM("2026-01-02", "\"conclusion\":\"recheck\"") "]",
     0, 0, "2026-06-01", "AGE_YELLOW yellow person 2026-06-01 -"},
    {"成都2021-10", "the last exam counts: clean until the day before", CHENGDU,
     "[" BORN("1965-06-01", "M") "," EXAM("2026-01-02", CLEAN) ","
     EXAM("2026-07-01", "\"conclusion\":\"recheck\"") "]",
     0, 0, "2026-06-30", ""},
    {"成都2021-10", "the last exam counts: no longer clean", CHENGDU,
     "[" BORN("1965-06-01", "M") "," EXAM("2026-01-02", CLEAN) ","
     EXAM("2026-07-01", "\"conclusion\":\"recheck\"") "]",
     0, 0, "2026-07-01", "AGE_YELLOW yellow person 2026-07-01 -"},
    {"江苏2023-05", "read as worse, the day before 60", JIANGSU("worse"),
     "[" BORN("1966-11-21", "M") "]",
     0, 0, "2026-11-20", ""},
    {"江苏2023-05", "read as worse, 60 is yellow", JIANGSU("worse"),
     "[" BORN("1966-11-21", "M") "]",
     0, 0, "2026-11-21", "AGE_YELLOW yellow person 2026-11-21 2031-11-21"},
    {"江苏2023-05", "read as worse, the day before 65 is yellow", JIANGSU("worse"),
     "[" BORN("1961-11-21", "M") "]",
     0, 0, "2026-11-20", "AGE_YELLOW yellow person 2021-11-21 2026-11-21"},
    {"江苏2023-05", "read as worse, 65 is red", JIANGSU("worse"),
     "[" BORN("1961-11-21", "M") "]",
     0, 0, "2026-11-21", "AGE_RED red person 2026-11-21 -"},
    {"江苏2023-05", "read as milder, 60 is green to its last day", JIANGSU("milder"),
     "[" BORN("1966-11-21", "M") "]",
     0, 0, "2027-11-20", ""},
    {"江苏2023-05", "read as milder, 61 is yellow", JIANGSU("milder"),
     "[" BORN("1966-11-21", "M") "]",
     0, 0, "2027-11-21", "AGE_YELLOW yellow person 2027-11-21 2032-11-21"},
    {"江苏2023-05", "read as milder, 65 is yellow to its last day", JIANGSU("milder"),
     "[" BORN("1961-11-21", "M") "]",
     0, 0, "2027-11-20", "AGE_YELLOW yellow person 2022-11-21 2027-11-21"},
    {"江苏2023-05", "read as milder, 66 is red", JIANGSU("milder"),
     "[" BORN("1961-11-21", "M") "]",
     0, 0, "2027-11-21", "AGE_RED red person 2027-11-21 -"},
    {"江苏2023-05", "read as worse, a woman of 55 is yellow", JIANGSU("worse"),
     "[" BORN("1971-11-21", "F") "]",
     0, 0, "2026-11-21", "AGE_YELLOW yellow person 2026-11-21 2031-11-21"},
    {"江苏2023-05", "read as milder, a woman of 55 is green", JIANGSU("milder"),
     "[" BORN("1971-11-21", "F") "]",
     0, 0, "2026-11-21", ""},
    {"INF 周岁", "born on 29 February, 60 on 29 February of a leap year", JIANGSU("worse"),
     "[" BORN("1964-02-29", "M") "]",
     0, 0, "2024-02-29", "AGE_YELLOW yellow person 2024-02-29 2029-03-01"},
    {"INF 周岁", "born on 29 February, not 60 the day before", JIANGSU("worse"),
     "[" BORN("1964-02-29", "M") "]",
     0, 0, "2024-02-28", ""},
    {"INF 周岁", "born on 29 February, not 65 on 28 February", JIANGSU("worse"),
     "[" BORN("1964-02-29", "M") "]",
     0, 0, "2029-02-28", "AGE_YELLOW yellow person 2024-02-29 2029-03-01"},
    {"INF 周岁", "born on 29 February, 65 on 1 March", JIANGSU("worse"),
     "[" BORN("1964-02-29", "M") "]",
     0, 0, "2029-03-01", "AGE_RED red person 2029-03-01 -"},
    {"职业病防治法35", "where it may outlast its validity, unfit stays until the next exam", HEALTH,
     "[" BORN("1990-05-01", "M") "," EXAM("2026-01-02", "\"conclusion\":\"unfit\"") "]",
     0, 0, "2027-01-02", "HEALTH_UNFIT red person 2026-01-02 -"},
    {"职业病防治法35", "the next exam ends it", HEALTH,
     "[" BORN("1990-05-01", "M") "," EXAM("2026-01-02", "\"conclusion\":\"unfit\"") ","
     EXAM("2027-03-01", CLEAN) "]",
     0, 0, "2027-03-01", ""},
    {"职业病防治法35", "a recheck does not outlast its validity", HEALTH,
     "[" BORN("1990-05-01", "M") "," EXAM("2026-01-02", "\"conclusion\":\"recheck\"") "]",
     0, 0, "2027-01-02", "HEALTH_EXPIRED yellow person 2027-01-02 -"},
    {"职业病防治法35", "a contraindication stays, expired or not", HEALTH,
     "[" BORN("1990-05-01", "M") ","
     EXAM("2026-01-02", "\"conclusion\":\"contraindicated\",\"contraindicated_for\":[\"height\"]")
     "]",
     30, 0, "2027-01-02",
     "HEALTH_CONTRA red trade 2026-01-02 -; HEALTH_CONTRA yellow person 2026-01-02 -; "
     "HEALTH_EXPIRED yellow person 2027-01-02 -"},
    {"职业病防治法35", "a trade listed without hazards has none", HEALTH,
     "[" BORN("1990-05-01", "M") ","
     EXAM("2026-01-02", "\"conclusion\":\"contraindicated\",\"contraindicated_for\":[\"height\"]")
     "]",
     390, 0, "2026-01-02", "HEALTH_CONTRA yellow person 2026-01-02 -"},
    {"INF 体检", "held on 29 February, valid on 27 February", HEALTH,
     "[" BORN("1990-05-01", "M") "," EXAM("2028-02-29", CLEAN) "]",
     0, 0, "2029-02-27", ""},
    {"INF 体检", "held on 29 February, expired on 28 February", HEALTH,
     "[" BORN("1990-05-01", "M") "," EXAM("2028-02-29", CLEAN) "]",
     0, 0, "2029-02-28", "HEALTH_EXPIRED yellow person 2029-02-28 -"},
};

ParameterizedTestParameters(scoring_fitness, rule_by_itself)
{
    return cr_make_param_array(struct single, singles, sizeof singles / sizeof singles[0]);
}

ParameterizedTest(struct single *s, scoring_fitness, rule_by_itself)
{
    single_check(s);
}
