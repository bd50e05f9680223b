/* Worked cases, one row each, on both sides of every threshold. A case's name begins with where its
 * rule comes from: a row of the rulebook that the policies quote (A age, H health, T training, K
 * certificates, V violations, G papers, B calendar), or "shape" for what holds for every rule. */
#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <stdio.h>
#include <string.h>

#include "scoring/scoring.h"
#include "support/cases.h"

#define AT(date) "\"occurred_on\":\"" date "\",\"recorded_at\":\"" date "T08:00:00+08:00\""
#define BORN(date, sex) \
    "{\"kind\":\"identity\"," AT("2026-01-01") ",\"birth_date\":\"" date "\",\"sex\":\"" sex "\"}"
#define EXAM(date, more) "{\"kind\":\"exam\"," AT(date) "," more "}"
#define CLEAN "\"conclusion\":\"no_abnormality\""
#define TRAINED(date, type, hours, more) \
    "{\"kind\":\"training\"," AT(date) ",\"type\":\"" type "\",\"hours\":" hours more "}"
#define PASSED ",\"passed\":true"
#define FAILED ",\"passed\":false"
#define LEVELS                                             \
    TRAINED("2026-01-03", "entry_company", "15", PASSED) "," \
    TRAINED("2026-01-04", "entry_project", "15", PASSED) "," \
    TRAINED("2026-01-05", "entry_team", "20", PASSED)
#define ON_SITE TRAINED("2026-01-06", "site_entry", "2", PASSED ",\"site\":\"S1\"")
#define STUDIED(date, points) "{\"kind\":\"study\"," AT(date) ",\"points\":" points "}"
#define CONTRACT(more)                                                                        \
    "{\"kind\":\"agreement\"," AT("2026-01-01") ",\"type\":\"labour_contract\",\"from\":" \
    "\"2026-01-01\"" more "}"
#define LONG_EXAM EXAM("2026-01-02", CLEAN ",\"valid_until\":\"2040-01-01\"")
/* Somebody whom the Jiangsu policy finds green everywhere, and what he has besides an exam. */
#define BESIDES LEVELS "," ON_SITE "," STUDIED("2026-01-07", "60") "," CONTRACT("")
#define GOOD BORN("1990-05-01", "M") "," LONG_EXAM "," BESIDES
#define WRONG(date, severity, more)                                                      \
    "{\"kind\":\"violation\"," AT(date) ",\"class\":\"operation\",\"category\":\"7.06\"," \
    "\"severity\":" severity more "}"
#define OFF_JOB ",\"off_job_training\":true"
#define CERTIFICATE(number, class, issuer, from, until)                                          \
    "{\"kind\":\"certificate\"," AT("2026-01-02") ",\"type\":\"special_operation\",\"class\":\"" \
    class "\",\"number\":\"" number "\",\"issuer\":\"" issuer "\",\"valid_from\":\"" from        \
    "\",\"valid_until\":\"" until "\"}"
#define STATUS(number, status, from, more)                                               \
    "{\"kind\":\"certificate_status\"," AT("2026-01-02") ",\"number\":\"" number           \
    "\",\"status\":\"" status "\",\"from\":\"" from "\"" more "}"
#define BAN(more) "{\"kind\":\"ban\"," AT("2026-01-02") ",\"basis\":\"b\"," more "}"
#define OVERRIDE(colour, from, until)                                                     \
    "{\"kind\":\"override\"," AT("2026-01-02") ",\"colour\":\"" colour "\",\"from\":\"" from \
    "\",\"until\":\"" until "\",\"evidence\":\"e\",\"signed_by\":[1,2]}"

enum { NO_CONTEXT = 0, WORKER = ROLE_WORKER };

struct worked {
    char name[96];
    char records[3000];
    uint16_t trade; /* 0: no context at all */
    char on[12];
    char person[8], here[8];
    char reasons[400];
};

/* Under Jiangsu's policy, on site S1, as a worker. */
static struct worked cases[] = {
    {"shape: a worker with everything is green", "[" GOOD "]", 40, "2026-11-21", "green", "green",
     ""},
    {"shape: nobody knows anything: yellow, never green", "[]", 0, "2026-11-21", "yellow", "none",
     "AGE_YELLOW yellow person - -; HEALTH_NONE yellow person - -; NO_CONTRACT yellow person - -; "
     "TRAIN_NONE yellow person - -; TRAIN_POINTS yellow person - -"},

    /* 1.2 age: women [18, 55) [55, 60), men [18, 60) [60, 65) */
    {"A Jiangsu: the day before 18 is red", "[" BORN("2008-11-22", "M") "," LONG_EXAM "," BESIDES "]",
     0, "2026-11-21", "red", "none", "AGE_UNDER red person - 2026-11-22"},
    {"A Jiangsu: 18 is green", "[" BORN("2008-11-21", "M") "," LONG_EXAM "," BESIDES "]", 0,
     "2026-11-21", "green", "none", ""},
    {"A Jiangsu: a man the day before 60 is green",
     "[" BORN("1966-11-22", "M") "," LONG_EXAM "," BESIDES "]", 0, "2026-11-21", "green", "none", ""},
    {"A Jiangsu: a man of 60 is yellow until 65",
     "[" BORN("1966-11-21", "M") "," LONG_EXAM "," BESIDES "]", 0, "2026-11-21", "yellow", "none",
     "AGE_YELLOW yellow person 2026-11-21 2031-11-21"},
    {"A Jiangsu: a man the day before 65 is yellow",
     "[" BORN("1961-11-22", "M") "," LONG_EXAM "," BESIDES "]", 0, "2026-11-21", "yellow", "none",
     "AGE_YELLOW yellow person 2021-11-22 2026-11-22"},
    {"A Jiangsu: a man of 65 is red", "[" BORN("1961-11-21", "M") "," LONG_EXAM "," BESIDES "]", 0,
     "2026-11-21", "red", "none", "AGE_RED red person 2026-11-21 -"},
    {"A Jiangsu: a woman the day before 55 is green",
     "[" BORN("1971-11-22", "F") "," LONG_EXAM "," BESIDES "]", 0, "2026-11-21", "green", "none", ""},
    {"A Jiangsu: a woman of 55 is yellow",
     "[" BORN("1971-11-21", "F") "," LONG_EXAM "," BESIDES "]", 0, "2026-11-21", "yellow", "none",
     "AGE_YELLOW yellow person 2026-11-21 2031-11-21"},
    {"A Jiangsu: a woman of 60 is red", "[" BORN("1966-11-21", "F") "," LONG_EXAM "," BESIDES "]", 0,
     "2026-11-21", "red", "none", "AGE_RED red person 2026-11-21 -"},
    {"B5: born on 29 February, not 18 on 28 February",
     "[" BORN("2008-02-29", "M") "," LONG_EXAM "," BESIDES "]", 0, "2026-02-28", "red", "none",
     "AGE_UNDER red person - 2026-03-01"},
    {"B5: born on 29 February, 18 on 1 March",
     "[" BORN("2008-02-29", "M") "," LONG_EXAM "," BESIDES "]", 0, "2026-03-01", "green", "none", ""},

    /* 1.3 health */
    {"H10: no exam is yellow since enrolment, not red", "[" BORN("1990-05-01", "M") "," BESIDES "]", 0,
     "2026-11-21", "yellow", "none", "HEALTH_NONE yellow person 2026-01-01 -"},
    {"H10: 12 months less a day is valid",
     "[" BORN("1990-05-01", "M") "," BESIDES "," EXAM("2026-01-02", CLEAN) "]", 40, "2027-01-01",
     "green", "green", ""},
    {"H10: after 12 months it is expired",
     "[" BORN("1990-05-01", "M") "," BESIDES "," EXAM("2026-01-02", CLEAN) "]", 40, "2027-01-02",
     "yellow", "yellow", "HEALTH_EXPIRED yellow person 2027-01-02 -"},
    {"H2: an electrician's lasts 24 months less a day",
     "[" BORN("1990-05-01", "M") "," BESIDES "," EXAM("2026-01-02", CLEAN) ","
     CERTIFICATE("E1", "01", "housing", "2026-01-01", "2030-01-01") "]", 130, "2028-01-01",
     "green", "green", ""},
    {"H2: an electrician's is expired after 24 months",
     "[" BORN("1990-05-01", "M") "," BESIDES "," EXAM("2026-01-02", CLEAN) ","
     CERTIFICATE("E1", "01", "housing", "2026-01-01", "2030-01-01") "]", 130, "2028-01-02",
     "yellow", "yellow", "HEALTH_EXPIRED yellow person 2028-01-02 -"},
    {"H10: an end that the clinic states goes before the policy's months",
     "[" BORN("1990-05-01", "M") "," BESIDES ","
     EXAM("2026-01-02", CLEAN ",\"valid_until\":\"2026-06-01\"") "]", 0, "2026-06-01", "yellow",
     "none", "HEALTH_EXPIRED yellow person 2026-06-01 -"},
    {"H10: recheck is yellow", "[" GOOD "," EXAM("2026-02-01", "\"conclusion\":\"recheck\"") "]", 0,
     "2026-03-01", "yellow", "none", "HEALTH_RECHECK yellow person 2026-02-01 2027-02-01"},
    {"H10: unfit is red", "[" GOOD "," EXAM("2026-02-01", "\"conclusion\":\"unfit\"") "]", 0,
     "2026-03-01", "red", "none", "HEALTH_UNFIT red person 2026-02-01 2027-02-01"},
    {"H10: a suspected occupational disease is red",
     "[" GOOD "," EXAM("2026-02-01", "\"conclusion\":\"suspected_occupational\"") "]", 0,
     "2026-03-01", "red", "none", "HEALTH_UNFIT red person 2026-02-01 2027-02-01"},
    {"H10: unfit yesterday, cleared today: the later exam governs",
     "[" GOOD "," EXAM("2026-02-01", "\"conclusion\":\"unfit\"") "," EXAM("2026-02-02", CLEAN) "]",
     0, "2026-02-02", "green", "none", ""},
    {"H10: two exams of one day: the later recorded governs",
     "[" GOOD "," EXAM("2026-02-01", CLEAN) "," EXAM("2026-02-01", "\"conclusion\":\"unfit\"") "]",
     0, "2026-02-01", "red", "none", "HEALTH_UNFIT red person 2026-02-01 2027-02-01"},
    {"H1: contraindicated for the current trade is red for it, yellow for the person",
     "[" GOOD "," EXAM("2026-02-01", "\"conclusion\":\"contraindicated\",\"contraindicated_for\":"
     "[\"heavy\"]") "]", 390, "2026-03-01", "yellow", "red",
     "HEALTH_CONTRA red trade 2026-02-01 2027-02-01; "
     "HEALTH_CONTRA yellow person 2026-02-01 2027-02-01"},
    {"H1: contraindicated for other work is yellow",
     "[" GOOD "," EXAM("2026-02-01", "\"conclusion\":\"contraindicated\",\"contraindicated_for\":"
     "[\"height\"]") "]", 390, "2026-03-01", "yellow", "yellow",
     "HEALTH_CONTRA yellow person 2026-02-01 2027-02-01"},

    /* 1.4 training */
    {"T2: 14 hours at the company are not 15",
     "[" BORN("1990-05-01", "M") "," LONG_EXAM "," STUDIED("2026-01-07", "60") "," CONTRACT("") ","
     TRAINED("2026-01-03", "entry_company", "14", PASSED) ","
     TRAINED("2026-01-04", "entry_project", "15", PASSED) ","
     TRAINED("2026-01-05", "entry_team", "20", PASSED) "]", 0, "2026-11-21", "yellow", "none",
     "TRAIN_NONE yellow person 2026-01-01 -"},
    {"T2: hours of one level add up",
     "[" BORN("1990-05-01", "M") "," LONG_EXAM "," STUDIED("2026-01-07", "60") "," CONTRACT("") ","
     TRAINED("2026-01-03", "entry_company", "14", PASSED) ","
     TRAINED("2026-01-04", "entry_project", "15", PASSED) ","
     TRAINED("2026-01-05", "entry_team", "20", PASSED) ","
     TRAINED("2026-01-08", "entry_company", "1", PASSED) "]", 0, "2026-11-21", "green", "none", ""},
    {"T5: failed training does not count",
     "[" BORN("1990-05-01", "M") "," LONG_EXAM "," STUDIED("2026-01-07", "60") "," CONTRACT("") ","
     TRAINED("2026-01-03", "entry_company", "15", FAILED) ","
     TRAINED("2026-01-04", "entry_project", "15", PASSED) ","
     TRAINED("2026-01-05", "entry_team", "20", PASSED) "]", 0, "2026-11-21", "yellow", "none",
     "TRAIN_NONE yellow person 2026-01-01 -"},
    {"T1: 59 points are yellow",
     "[" BORN("1990-05-01", "M") "," LONG_EXAM "," LEVELS "," CONTRACT("") ","
     STUDIED("2026-01-07", "59") "]", 0, "2026-11-21", "yellow", "none",
     "TRAIN_POINTS yellow person 2026-01-01 -"},
    {"T1: 60 points are green from their day",
     "[" BORN("1990-05-01", "M") "," LONG_EXAM "," LEVELS "," CONTRACT("") ","
     STUDIED("2026-01-07", "59") "," STUDIED("2026-02-01", "1") "]", 0, "2026-02-01", "green",
     "none", ""},
    {"T1: the day before, they were not there",
     "[" BORN("1990-05-01", "M") "," LONG_EXAM "," LEVELS "," CONTRACT("") ","
     STUDIED("2026-01-07", "59") "," STUDIED("2026-02-01", "1") "]", 0, "2026-01-31", "yellow",
     "none", "TRAIN_POINTS yellow person 2026-01-01 2026-02-01"},
    {"T5: trained for another site is yellow here only",
     "[" BORN("1990-05-01", "M") "," LONG_EXAM "," LEVELS "," STUDIED("2026-01-07", "60") ","
     CONTRACT("") "," TRAINED("2026-01-06", "site_entry", "2", PASSED ",\"site\":\"S2\"") "]", 40,
     "2026-11-21", "green", "yellow", "TRAIN_SITE yellow site 2026-01-01 -"},

    /* 1.5 certificates */
    {"K1: a scaffolder without a certificate is yellow here",
     "[" GOOD "]", 30, "2026-11-21", "green", "yellow", "CERT_NONE yellow trade 2026-01-01 -"},
    {"K1: the other class of scaffolding will do",
     "[" GOOD "," CERTIFICATE("N1", "03", "housing", "2026-01-01", "2028-01-01") "]", 30,
     "2026-11-21", "green", "green", ""},
    {"K1: an electrician's certificate is none for a scaffolder",
     "[" GOOD "," CERTIFICATE("N1", "01", "housing", "2026-01-01", "2028-01-01") "]", 30,
     "2026-11-21", "green", "yellow", "CERT_NONE yellow trade 2026-01-01 -"},
    {"K4: the emergency department's certificate is another issuer's",
     "[" GOOD "," CERTIFICATE("N1", "02", "emergency", "2026-01-01", "2028-01-01") "]", 30,
     "2026-11-21", "green", "yellow", "CERT_NONE yellow trade 2026-01-01 -"},
    {"K2: valid on its last day", "[" GOOD ","
     CERTIFICATE("N1", "02", "housing", "2026-01-01", "2026-11-22") "]", 30, "2026-11-21", "green",
     "green", ""},
    {"K2: expired on its until", "[" GOOD ","
     CERTIFICATE("N1", "02", "housing", "2026-01-01", "2026-11-21") "]", 30, "2026-11-21", "green",
     "yellow", "CERT_EXPIRED yellow trade 2026-11-21 -"},
    {"K suspended: red from its day until its end",
     "[" GOOD "," CERTIFICATE("N1", "02", "housing", "2026-01-01", "2028-01-01") ","
     STATUS("N1", "suspended", "2026-03-01", ",\"until\":\"2026-06-01\"") "]", 30, "2026-03-01",
     "green", "red", "CERT_SUSPENDED red trade 2026-03-01 2026-06-01"},
    {"K suspended: over on its until",
     "[" GOOD "," CERTIFICATE("N1", "02", "housing", "2026-01-01", "2028-01-01") ","
     STATUS("N1", "suspended", "2026-03-01", ",\"until\":\"2026-06-01\"") "]", 30, "2026-06-01",
     "green", "green", ""},
    {"K suspended: another certificate of the trade is enough",
     "[" GOOD "," CERTIFICATE("N1", "02", "housing", "2026-01-01", "2028-01-01") ","
     CERTIFICATE("N2", "03", "housing", "2026-01-01", "2028-01-01") ","
     STATUS("N1", "revoked", "2026-03-01", "") "]", 30, "2026-04-01", "green", "green", ""},
    {"K suspended: running out does not make it better",
     "[" GOOD "," CERTIFICATE("N1", "02", "housing", "2026-01-01", "2026-05-01") ","
     STATUS("N1", "revoked", "2026-03-01", "") "]", 30, "2026-05-01", "green", "red",
     "CERT_SUSPENDED red trade 2026-03-01 -"},
    {"K suspended: lifted early by a later word",
     "[" GOOD "," CERTIFICATE("N1", "02", "housing", "2026-01-01", "2028-01-01") ","
     STATUS("N1", "suspended", "2026-03-01", "") "," STATUS("N1", "valid", "2026-04-01", "") "]",
     30, "2026-04-01", "green", "green", ""},

    /* 1.6 violations: 1, 3, 6, 12 points; 6 yellow, 12 red, rolling 12 months */
    {"V: 5 points are green", "[" GOOD "," WRONG("2026-02-01", "2", "") ","
     WRONG("2026-02-02", "1", "") "," WRONG("2026-02-03", "1", "") "]", 0, "2026-03-01", "green",
     "none", ""},
    {"V: 6 points are yellow", "[" GOOD "," WRONG("2026-02-01", "2", "") ","
     WRONG("2026-02-02", "2", "") "]", 0, "2026-03-01", "yellow", "none",
     "VIOL_POINTS yellow person 2026-02-02 2027-02-01"},
    {"V: 11 points are yellow", "[" GOOD "," WRONG("2026-02-01", "3", "") ","
     WRONG("2026-02-02", "2", "") "," WRONG("2026-02-03", "1", "") "," WRONG("2026-02-04", "1", "")
     "]", 0, "2026-03-01", "yellow", "none", "VIOL_POINTS yellow person 2026-02-01 2027-02-01"},
    {"V: 12 points are red from their day", "[" GOOD "," WRONG("2026-02-01", "4", "") "]", 0,
     "2026-02-01", "red", "none", "VIOL_POINTS red person 2026-02-01 2027-02-01"},
    {"V: the last day of the window counts", "[" GOOD "," WRONG("2026-02-01", "4", "") "]", 0,
     "2027-01-31", "red", "none", "VIOL_POINTS red person 2026-02-01 2027-02-01"},
    {"V: after the window it does not", "[" GOOD "," WRONG("2026-02-01", "4", "") "]", 0,
     "2027-02-01", "green", "none", ""},
    {"T7: off-job training ordered is red until passed",
     "[" GOOD "," WRONG("2026-02-01", "1", OFF_JOB) "]", 0, "2030-02-01", "red", "none",
     "VIOL_OFFJOB red person 2026-02-01 -"},
    {"T7: passed on the violation's own day", "[" GOOD "," WRONG("2026-02-01", "1", OFF_JOB) ","
     TRAINED("2026-02-01", "off_job", "8", PASSED) "]", 0, "2026-02-01", "green", "none", ""},
    {"T7: training before it does not clear it", "[" GOOD "," WRONG("2026-02-02", "1", OFF_JOB) ","
     TRAINED("2026-02-01", "off_job", "8", PASSED) "]", 0, "2026-02-02", "red", "none",
     "VIOL_OFFJOB red person 2026-02-02 -"},
    {"T7: a failed exam does not clear it", "[" GOOD "," WRONG("2026-02-01", "1", OFF_JOB) ","
     TRAINED("2026-02-09", "off_job", "8", FAILED) "]", 0, "2026-03-01", "red", "none",
     "VIOL_OFFJOB red person 2026-02-01 -"},
    {"T7: the day before the training it was still red",
     "[" GOOD "," WRONG("2026-02-01", "1", OFF_JOB) ","
     TRAINED("2026-02-09", "off_job", "8", PASSED) "]", 0, "2026-02-08", "red", "none",
     "VIOL_OFFJOB red person 2026-02-01 2026-02-09"},

    /* bans, papers, decisions */
    {"X2: an industry ban is the person's", "[" GOOD ","
     BAN("\"scope\":\"industry\",\"from\":\"2026-02-01\",\"until\":\"2027-02-01\"") "]", 0,
     "2026-02-01", "red", "none", "POST_BAN red person 2026-02-01 2027-02-01"},
    {"X2: a ban is over on its until", "[" GOOD ","
     BAN("\"scope\":\"industry\",\"from\":\"2026-02-01\",\"until\":\"2027-02-01\"") "]", 0,
     "2027-02-01", "green", "none", ""},
    {"X2: a trade ban bars from that trade", "[" GOOD ","
     BAN("\"scope\":\"trade\",\"subject\":\"040\",\"from\":\"2026-02-01\"") "]", 40, "2026-03-01",
     "green", "red", "POST_BAN red trade 2026-02-01 -"},
    {"X2: and from no other", "[" GOOD ","
     BAN("\"scope\":\"trade\",\"subject\":\"050\",\"from\":\"2026-02-01\"") "]", 40, "2026-03-01",
     "green", "green", ""},
    {"X2: a site ban bars from that site", "[" GOOD ","
     BAN("\"scope\":\"site\",\"subject\":\"S1\",\"from\":\"2026-02-01\"") "]", 40, "2026-03-01",
     "green", "red", "POST_BAN red site 2026-02-01 -"},
    {"X2: a role ban bars from that role", "[" GOOD ","
     BAN("\"scope\":\"role\",\"subject\":\"worker\",\"from\":\"2026-02-01\"") "]", 40,
     "2026-03-01", "green", "red", "POST_BAN red role 2026-02-01 -"},
    {"G6: the agreement's last day", "[" BORN("1990-05-01", "M") "," LONG_EXAM "," LEVELS ","
     STUDIED("2026-01-07", "60") "," CONTRACT(",\"until\":\"2026-11-22\"") "]", 0, "2026-11-21",
     "green", "none", ""},
    {"G6: after the agreement", "[" BORN("1990-05-01", "M") "," LONG_EXAM "," LEVELS ","
     STUDIED("2026-01-07", "60") "," CONTRACT(",\"until\":\"2026-11-21\"") "]", 0, "2026-11-21",
     "yellow", "none", "NO_CONTRACT yellow person 2026-11-21 -"},
    {"G5: a signed decision takes the rules' place, the reasons stay",
     "[" GOOD "," WRONG("2026-02-01", "4", "") "," OVERRIDE("green", "2026-03-01", "2026-04-01")
     "]", 40, "2026-03-01", "green", "green",
     "VIOL_POINTS red person 2026-02-01 2027-02-01; OVERRIDE green person 2026-03-01 2026-04-01"},
    {"G5: and ends on its day",
     "[" GOOD "," WRONG("2026-02-01", "4", "") "," OVERRIDE("green", "2026-03-01", "2026-04-01")
     "]", 40, "2026-04-01", "red", "red", "VIOL_POINTS red person 2026-02-01 2027-02-01"},
    {"G5: it does not lift what belongs to the trade",
     "[" GOOD "," OVERRIDE("green", "2026-03-01", "2026-04-01") "]", 30, "2026-03-01", "green",
     "yellow", "CERT_NONE yellow trade 2026-01-01 -; OVERRIDE green person 2026-03-01 2026-04-01"},
    {"G5: it may make red what was green", "[" GOOD "," OVERRIDE("red", "2026-03-01", "2026-04-01")
     "]", 40, "2026-03-01", "red", "red", "OVERRIDE red person 2026-03-01 2026-04-01"},
    {"G5: it never makes a child an adult",
     "[" BORN("2010-11-22", "M") "," LONG_EXAM "," BESIDES ","
     OVERRIDE("green", "2026-03-01", "2027-04-01") "]", 0, "2026-11-21", "red", "none",
     "AGE_UNDER red person - 2028-11-22; OVERRIDE green person 2026-03-01 2027-04-01"},
};

ParameterizedTestParameters(scoring, worked_case)
{
    return cr_make_param_array(struct worked, cases, sizeof cases / sizeof cases[0]);
}

ParameterizedTest(struct worked *w, scoring, worked_case)
{
    const struct policy_document *js = shipped_policy("jiangsu-2023-05.json");
    struct context here = {w->trade, WORKER, SITE_OPEN, PERMIT_VALID, 0};
    struct record site;
    struct verdict v;
    struct facts facts;
    struct arena arena;
    size_t count;

    arena_init(&arena, 4 << 20);
    site = records_of("[" ON_SITE "]", &arena, &count)[0];
    here.site = (uint32_t)site.training.site;
    facts = facts_of(w->records, &arena);
    safety_code(&facts, w->trade != 0 ? &here : NULL, &js->policy, on_day(w->on), &v);
    cr_expect_str_eq(verdict_text(&v, &arena), w->reasons, "%s\n  said:     %s\n  expected: %s",
                     w->name, verdict_text(&v, &arena), w->reasons);
    cr_expect_str_eq(colour_name(v.person_colour), w->person, "%s: person", w->name);
    cr_expect_str_eq(colour_name(v.colour_here), w->here, "%s: here", w->name);
    arena_clear(&arena);
}

/* -- rules that no shipped policy has, or has otherwise ----------------------------------------- */

struct single {
    char name[96];
    char rule[400], reasons[64];
    char records[1200];
    uint16_t trade;
    char on[12];
    char said[200];
};

#define JINGZHOU                                                                                \
    "\"kind\":\"age\",\"men\":[{\"below\":18,\"colour\":\"red\",\"reason\":\"AGE_UNDER\"},"     \
    "{\"from\":18,\"to\":60,\"colour\":\"green\"},{\"over\":60,\"colour\":\"red\",\"reason\":"  \
    "\"AGE_RED\"}],\"women\":[{\"colour\":\"green\"}],\"unknown\":\"yellow\""
#define NANCHANG                                                                              \
    "\"kind\":\"age\",\"trades\":[\"030\"],\"men\":[{\"below\":60,\"colour\":\"green\"},"     \
    "{\"from\":60,\"colour\":\"red\"}],\"women\":[{\"below\":50,\"colour\":\"green\"},"       \
    "{\"from\":50,\"colour\":\"red\"}],\"unknown\":\"yellow\""
#define IDLE                                                                                  \
    "\"kind\":\"idle\",\"months\":12,\"retraining\":[\"idle\",\"transfer\"],\"colour\":\"yellow\""

static struct single singles[] = {
    {"A Jingzhou: 超过60 begins at 61", JINGZHOU, "AGE_UNDER AGE_RED AGE_YELLOW",
     "[" BORN("1966-01-01", "M") "]", 0, "2026-12-31", ""},
    {"A Jingzhou: 61 is over 60", JINGZHOU, "AGE_UNDER AGE_RED AGE_YELLOW",
     "[" BORN("1966-01-01", "M") "]", 0, "2027-01-01", "AGE_RED red person 2027-01-01 -"},
    {"A Nanchang: a man of 60 in a listed trade", NANCHANG, "AGE_TRADE",
     "[" BORN("1966-01-01", "M") "]", 30, "2026-01-01", "AGE_TRADE red trade 2026-01-01 -"},
    {"A Nanchang: the day before", NANCHANG, "AGE_TRADE", "[" BORN("1966-01-01", "M") "]", 30,
     "2025-12-31", ""},
    {"A Nanchang: in another trade", NANCHANG, "AGE_TRADE", "[" BORN("1966-01-01", "M") "]", 40,
     "2026-06-01", ""},
    {"A Nanchang: without a place the rule is silent", NANCHANG, "AGE_TRADE",
     "[" BORN("1966-01-01", "M") "]", 0, "2026-06-01", ""},
    {"T12: a year less a day without any data", IDLE, "IDLE_RETRAIN",
     "[" BORN("1990-05-01", "M") "," TRAINED("2026-01-05", "annual", "10", PASSED) "]", 0, "2027-01-04", ""},
    {"T12: a year without any data", IDLE, "IDLE_RETRAIN",
     "[" BORN("1990-05-01", "M") "," TRAINED("2026-01-05", "annual", "10", PASSED) "]", 0, "2027-01-05",
     "IDLE_RETRAIN yellow person 2027-01-05 -"},
    {"T12: an exam after the gap does not end it", IDLE, "IDLE_RETRAIN",
     "[" BORN("1990-05-01", "M") "," TRAINED("2026-01-05", "annual", "10", PASSED) "," EXAM("2027-02-01", CLEAN) "]", 0,
     "2027-02-02", "IDLE_RETRAIN yellow person 2027-01-05 -"},
    {"T12: retraining ends it", IDLE, "IDLE_RETRAIN",
     "[" BORN("1990-05-01", "M") "," TRAINED("2026-01-05", "annual", "10", PASSED) "," EXAM("2027-02-01", CLEAN) ","
     TRAINED("2027-02-03", "idle", "20", PASSED) "]", 0, "2027-02-03", ""},
};

ParameterizedTestParameters(scoring, rule_by_itself)
{
    return cr_make_param_array(struct single, singles, sizeof singles / sizeof singles[0]);
}

ParameterizedTest(struct single *s, scoring, rule_by_itself)
{
    const struct policy_document *d = policy_of_rule(s->rule, s->reasons);
    struct context here = {s->trade, WORKER, SITE_OPEN, PERMIT_VALID, 0};
    struct verdict v;
    struct facts facts;
    struct arena arena;

    arena_init(&arena, 4 << 20);
    facts = facts_of(s->records, &arena);
    safety_code(&facts, s->trade != 0 ? &here : NULL, &d->policy, on_day(s->on), &v);
    cr_expect_str_eq(verdict_text(&v, &arena), s->said, "%s\n  said:     %s\n  expected: %s",
                     s->name, verdict_text(&v, &arena), s->said);
    arena_clear(&arena);
}

/* -- what holds for every rule ------------------------------------------------------------------ */

static struct verdict verdict_in(const char *records, const struct context *context,
                                 const char *on, struct arena *arena)
{
    const struct policy_document *js = shipped_policy("jiangsu-2023-05.json");
    struct facts facts = facts_of(records, arena);
    struct verdict v;

    safety_code(&facts, context, &js->policy, on_day(on), &v);
    return v;
}

Test(scoring, a_stopped_site_and_a_suspended_permit_are_red_here_and_not_the_persons)
{
    struct context here = {40, WORKER, SITE_STOPPED, PERMIT_SUSPENDED, 0};
    struct verdict v;
    struct arena arena;

    arena_init(&arena, 4 << 20);
    v = verdict_in("[" GOOD "]", &here, "2026-11-21", &arena);
    cr_assert_str_eq(verdict_text(&v, &arena), "ENT_PERMIT red site - -; SITE_STOPPED red site - -");
    cr_assert_eq(v.person_colour, COLOUR_GREEN);
    cr_assert_eq(v.colour_here, COLOUR_RED);
    arena_clear(&arena);
}

Test(scoring, an_unknown_permit_is_yellow_and_one_that_nobody_asks_about_is_silent)
{
    struct context here = {40, WORKER, SITE_OPEN, PERMIT_NONE, 0};
    struct arena arena;

    arena_init(&arena, 4 << 20);
    cr_assert_eq(verdict_in("[" GOOD "]", &here, "2026-11-21", &arena).colour_here, COLOUR_YELLOW);
    here.org_permit = PERMIT_UNASKED;
    cr_assert_eq(verdict_in("[" GOOD "]", &here, "2026-11-21", &arena).colour_here, COLOUR_GREEN);
    arena_clear(&arena);
}

Test(scoring, a_trade_outside_the_codes_scope_is_none_never_green)
{
    const struct policy_document *js = shipped_policy("jiangsu-2023-05.json");
    static const uint16_t trades[] = {390};
    struct policy with_exempt = js->policy;
    struct context here = {390, WORKER, SITE_OPEN, PERMIT_VALID, 0};
    struct verdict v;
    struct facts facts;
    struct arena arena;

    arena_init(&arena, 4 << 20);
    with_exempt.exempt = (struct trade_list){trades, 1};
    facts = facts_of("[" GOOD "]", &arena);
    safety_code(&facts, &here, &with_exempt, on_day("2026-11-21"), &v);
    cr_assert_eq(v.colour_here, COLOUR_NONE);
    cr_assert_eq(v.person_colour, COLOUR_GREEN);
    arena_clear(&arena);
}

/* T3: 15 hours in 12 months; entry training counts for the first year (default policy). */
/* At work all the time: the default policy's rule of long absence stays silent. */
#define ENGAGED                                                                                  \
    ",{\"kind\":\"engagement\"," AT("2026-01-02") ",\"org\":1,\"site\":1,\"trade\":\"020\","       \
    "\"role\":\"worker\"}"

Test(scoring, yearly_training_runs_out_when_too_few_hours_are_left_in_the_window)
{
    static const struct {
        const char *more, *on, *said;
    } rows[] = {
        {"", "2027-01-04", ""},
        {"", "2027-01-05", "TRAIN_EXPIRED yellow person 2027-01-05 -"},
        {"," TRAINED("2026-06-01", "annual", "14", PASSED), "2027-01-05",
         "TRAIN_EXPIRED yellow person 2027-01-05 -"},
        {"," TRAINED("2026-06-01", "annual", "15", PASSED), "2027-01-05", ""},
        {"," TRAINED("2026-06-01", "annual", "15", PASSED), "2027-06-01",
         "TRAIN_EXPIRED yellow person 2027-06-01 -"},
    };
    const struct policy_document *d = shipped_policy("default.json");
    struct arena arena;

    arena_init(&arena, 16 << 20);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const char *json = arena_format(&arena, "[" GOOD ENGAGED "%s]", rows[i].more);
        struct facts facts = facts_of(json, &arena);
        struct verdict v;

        safety_code(&facts, NULL, &d->policy, on_day(rows[i].on), &v);
        cr_expect_str_eq(verdict_text(&v, &arena), rows[i].said, "row %zu: %s", i,
                         verdict_text(&v, &arena));
    }
    arena_clear(&arena);
}

Test(scoring, the_next_change_is_the_first_of_all_rules)
{
    struct verdict v;
    struct arena arena;

    arena_init(&arena, 4 << 20);
    v = verdict_in("[" GOOD "," WRONG("2026-02-01", "4", "") "]", NULL, "2026-03-01", &arena);
    cr_assert_eq(v.next_change, on_day("2027-02-01"));
    v = verdict_in("[" GOOD "]", NULL, "2026-03-01", &arena);
    cr_assert_eq(v.next_change, on_day("2031-01-07")); /* study points roll off after 60 months */
    arena_clear(&arena);
}

Test(scoring, reasons_are_listed_by_name)
{
    for (unsigned code = 1; code < REASON_COUNT; code++)
        cr_assert_lt(strcmp(reason_name(code - 1), reason_name(code)), 0, "%s", reason_name(code));
}

Test(scoring, worse_is_red_then_yellow_then_green_then_none)
{
    cr_assert_eq(colour_worse(COLOUR_RED, COLOUR_NONE), COLOUR_RED);
    cr_assert_eq(colour_worse(COLOUR_NONE, COLOUR_GREEN), COLOUR_GREEN);
    cr_assert_eq(colour_worse(COLOUR_YELLOW, COLOUR_GREEN), COLOUR_YELLOW);
    cr_assert_eq(colour_worse(COLOUR_YELLOW, COLOUR_RED), COLOUR_RED);
}
