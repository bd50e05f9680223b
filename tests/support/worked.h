/* support/worked.h: worked cases of scoring: who somebody is, under which rule, and what it says.
 *
 * A case names where its rule comes from, as the basis in the policy documents does; INF is a
 * default of ours, "every rule" what holds for all of them. Cases are plain memory, without
 * pointers, because Criterion hands them to other processes. */
#ifndef SUPPORT_WORKED_H
#define SUPPORT_WORKED_H

#include "support/cases.h"

#define AT(date) "\"occurred_on\":\"" date "\",\"recorded_at\":\"" date "T08:00:00+08:00\""
#define ENROLLED(on, born, sex) \
    "{\"kind\":\"identity\"," AT(on) ",\"birth_date\":\"" born "\",\"sex\":\"" sex "\"}"
#define BORN(date, sex) ENROLLED("2026-01-01", date, sex)
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
#define VIOLATION(date, class, category, severity, more)                                     \
    "{\"kind\":\"violation\"," AT(date) ",\"class\":\"" class "\",\"category\":\"" category \
    "\",\"severity\":" severity more "}"
#define WRONG(date, severity, more) VIOLATION(date, "operation", "7.06", severity, more)
#define OFF_JOB ",\"off_job_training\":true"
#define CERTIFICATE(number, class, issuer, from, until)                                          \
    "{\"kind\":\"certificate\"," AT("2026-01-02") ",\"type\":\"special_operation\",\"class\":\"" \
    class "\",\"number\":\"" number "\",\"issuer\":\"" issuer "\",\"valid_from\":\"" from        \
    "\",\"valid_until\":\"" until "\"}"
#define ENGAGED(date, trade)                                                                \
    "{\"kind\":\"engagement\"," AT(date) ",\"org\":5,\"site\":7,\"trade\":\"" trade \
    "\",\"role\":\"worker\"}"
#define ENDED(date, of) "{\"kind\":\"engagement_end\"," AT(date) ",\"of\":" of "}"
#define STATUS(number, status, from, more)                                               \
    "{\"kind\":\"certificate_status\"," AT("2026-01-02") ",\"number\":\"" number           \
    "\",\"status\":\"" status "\",\"from\":\"" from "\"" more "}"
#define BAN(more) "{\"kind\":\"ban\"," AT("2026-01-02") ",\"basis\":\"b\"," more "}"
#define OVERRIDE(colour, from, until)                                                     \
    "{\"kind\":\"override\"," AT("2026-01-02") ",\"colour\":\"" colour "\",\"from\":\"" from \
    "\",\"until\":\"" until "\",\"evidence\":\"e\",\"signed_by\":[1,2]}"

/* Under Jiangsu's policy, on site S1, as a worker. */
struct worked {
    char source[40];
    char name[96];
    char records[3000];
    uint16_t trade; /* 0: no context at all */
    char on[12];
    char person[8], here[8];
    char reasons[400];
};
void worked_check(const struct worked *w);

/* Under a policy of one rule, or of the few that `rule` holds (policy_of_rule), and the reasons it
 * may give: a macro for a rule is both. */
struct single {
    char source[40];
    char name[96];
    char rule[900], reasons[80];
    char records[2000];
    uint16_t trade, role; /* no trade: no context at all; no role: a worker */
    char on[12];
    char said[200];
};
void single_check(const struct single *s);

/* Every row of an array of either. */
#define CHECK_EACH(check, rows)                                                                    \
    do {                                                                                           \
        for (size_t row = 0; row < sizeof(rows) / sizeof(rows)[0]; row++)                          \
            check(&(rows)[row]);                                                                   \
    } while (0)

#endif
