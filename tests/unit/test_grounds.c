/* Which records a reason rests on, on a day: those that count, or the last that did. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "domain/grounds.h"
#include "support/cases.h"

#define ENTRY(kind, day, rest)                                                                     \
    "{\"kind\":\"" kind "\",\"occurred_on\":\"" day "\",\"recorded_at\":\"" day                      \
    "T08:00:00+08:00\"," rest "}"
#define RECORD(kind, day, rest) "," ENTRY(kind, day, rest)
#define IDENTITY ENTRY("identity", "2024-01-01", "\"birth_date\":\"1990-01-01\",\"sex\":\"M\"")
#define VIOLATION(day, severity)                                                                   \
    RECORD("violation", day, "\"class\":\"operation\",\"category\":\"7.06\",\"severity\":" #severity)
#define EXAM(day, conclusion) RECORD("exam", day, "\"conclusion\":\"" conclusion "\"")
#define TRAINING(day, type)                                                                        \
    RECORD("training", day, "\"type\":\"" type "\",\"hours\":20,\"passed\":true")
#define AGREEMENT(day, until)                                                                      \
    RECORD("agreement", day,                                                                       \
           "\"type\":\"labour_contract\",\"from\":\"" day "\",\"until\":\"" until "\"")
#define CERTIFICATE(day, class, until)                                                             \
    RECORD("certificate", day, "\"type\":\"special_operation\",\"class\":\"" class                 \
           "\",\"number\":\"N1\",\"issuer\":\"housing\",\"valid_from\":\"" day                      \
           "\",\"valid_until\":\"" until "\"")

enum { SCAFFOLDER = 30 };

static const char *versions(const struct grounds_question *question, const struct record *records,
                            size_t count)
{
    static char text[256];
    const struct record *out[GROUNDS_MAX];
    size_t found = grounds_on(question, records, count, out), at = 0;

    text[0] = '\0';
    for (size_t i = 0; i < found; i++)
        at += (size_t)snprintf(text + at, sizeof text - at, "%s%u", i > 0 ? " " : "",
                               out[i]->version);
    return text;
}

/* What the reason rests on; "no reason" when the default policy gives none of that code. */
static const char *rests_on(const char *json, enum reason_code code, const char *day,
                            uint32_t engagement, struct arena *arena)
{
    const struct policy *policy = &shipped_policy("default.json")->policy;
    const struct context context = {.trade = SCAFFOLDER, .role = ROLE_WORKER,
                                    .site_state = SITE_OPEN, .org_permit = PERMIT_VALID, .site = 1};
    struct verdict verdict;
    struct record *records;
    struct facts facts;
    size_t count;

    records = records_of(json, arena, &count);
    cr_assert(!err_is(facts_fold_on(records, count, on_day(day), arena, &facts)));
    safety_code(&facts, &context, policy, on_day(day), &verdict);
    for (unsigned i = 0; i < verdict.reason_count; i++) {
        const struct reason *reason = &verdict.reasons[i];
        struct grounds_question question = {&policy->rules[reason->rule], reason, &context,
                                            reason->scope == SCOPE_PERSON ? 0 : engagement,
                                            on_day(day)};

        if (reason->code == code)
            return versions(&question, records, count);
    }
    return "no reason";
}

Test(grounds, a_reason_names_what_counts_or_the_last_that_did)
{
    static const struct {
        const char *what, *records;
        enum reason_code code;
        const char *day, *versions;
    } table[] = {
        {"violations within the window, not the one before it",
         VIOLATION("2025-01-10", 3) VIOLATION("2026-02-10", 3) VIOLATION("2026-03-10", 2),
         REASON_VIOL_POINTS, "2026-04-01", "3 4"},
        {"nor one of a later day", VIOLATION("2026-02-10", 3) VIOLATION("2026-05-10", 4),
         REASON_VIOL_POINTS, "2026-04-01", "2"},
        {"nor one that was taken back",
         VIOLATION("2026-02-10", 3) VIOLATION("2026-03-10", 4)
             RECORD("supersede", "2026-03-11", "\"of\":3"),
         REASON_VIOL_POINTS, "2026-04-01", "2"},
        {"the last exam", EXAM("2026-01-10", "no_abnormality") EXAM("2026-02-10", "unfit"),
         REASON_HEALTH_UNFIT, "2026-03-01", "3"},
        {"the exam that ran out", EXAM("2024-01-10", "no_abnormality"), REASON_HEALTH_EXPIRED,
         "2026-03-01", "2"},
        {"for want of any exam", "", REASON_HEALTH_NONE, "2026-03-01", ""},
        {"the contract that ended", AGREEMENT("2024-01-10", "2025-01-10")
             AGREEMENT("2025-01-10", "2026-01-10"), REASON_NO_CONTRACT, "2026-03-01", "3"},
        {"the training that is there beside what lacks",
         TRAINING("2026-01-10", "entry_company") TRAINING("2026-01-11", "drill"), REASON_TRAIN_NONE,
         "2026-03-01", "2"},
        {"the certificate that ran out, and his post",
         CERTIFICATE("2023-01-10", "02", "2025-01-10")
             RECORD("engagement", "2026-01-01",
                    "\"org\":5,\"site\":1,\"trade\":\"030\",\"role\":\"worker\""),
         REASON_CERT_EXPIRED, "2026-03-01", "2 3"},
        {"violations of the class that blocks his certificate, and no other",
         CERTIFICATE("2026-01-10", "02", "2027-12-31")
             RECORD("engagement", "2026-01-10",
                    "\"org\":5,\"site\":1,\"trade\":\"030\",\"role\":\"worker\"")
                 VIOLATION("2026-02-10", 1) VIOLATION("2026-02-11", 1)
                     RECORD("violation", "2026-02-12",
                            "\"class\":\"discipline\",\"category\":\"7.06\",\"severity\":1")
                         VIOLATION("2026-02-13", 1),
         REASON_CERT_SUSPENDED, "2026-03-01", "2 3 4 5 7"},
        {"his post alone", RECORD("study", "2026-01-01", "\"points\":5")
             RECORD("engagement", "2026-01-01",
                    "\"org\":5,\"site\":1,\"trade\":\"030\",\"role\":\"worker\""),
         REASON_CERT_NONE, "2026-03-01", "3"},
        {"the last sign of work before the gap",
         EXAM("2024-02-01", "no_abnormality") EXAM("2024-03-01", "no_abnormality")
             EXAM("2026-01-10", "no_abnormality"),
         REASON_IDLE_RETRAIN, "2026-02-01", "3"},
    };

    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        struct arena arena;
        char json[4096];

        arena_init(&arena, 1 << 20);
        snprintf(json, sizeof json, "[%s%s]", IDENTITY, table[i].records);
        cr_expect_str_eq(rests_on(json, table[i].code, table[i].day, 3, &arena),
                         table[i].versions, "%s", table[i].what);
        arena_clear(&arena);
    }
}

#define BORN(enrolled, on)                                                                         \
    ENTRY("identity", enrolled, "\"birth_date\":\"" on "\",\"sex\":\"M\"")

Test(grounds, an_age_rests_on_the_identity_that_counts_on_every_day)
{
    static const struct {
        const char *what, *records, *day, *versions;
    } table[] = {
        {"after he came", "[" BORN("2024-01-01", "2012-01-01") "]", "2024-06-01", "1"},
        {"before he came", "[" BORN("2024-01-01", "2012-01-01") "]", "2023-06-01", "1"},
        {"of two that stand the later recorded, whatever its day",
         "[" BORN("2024-01-02", "1990-01-01") "," BORN("2024-01-01", "2012-01-01") "]", "2024-06-01",
         "2"},
    };

    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        struct arena arena;

        arena_init(&arena, 1 << 20);
        cr_expect_str_eq(rests_on(table[i].records, REASON_AGE_UNDER, table[i].day, 0, &arena),
                         table[i].versions, "%s", table[i].what);
        arena_clear(&arena);
    }
}
