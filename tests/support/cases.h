/* support/cases.h: workers and policies written as JSON, for tests of scoring and of the fold. */
#ifndef SUPPORT_CASES_H
#define SUPPORT_CASES_H

#include "domain/fold.h"
#include "domain/policy.h"

/* A policy that ships with the product: "default.json". Lives as long as the process. */
const struct policy_document *shipped_policy(const char *name);

/* Compiles a policy of one rule, with words for `reasons` ("AGE_TRADE VIOL_POINTS"). `rule` is the
 * inside of the rule's object but for basis and texts. Lives as long as the process. */
const struct policy_document *policy_of_rule(const char *rule, const char *reasons);

/* Reads a JSON array of records; those without a version are numbered by their place. Aborts the
 * test when the case itself cannot be read. */
struct record *records_of(const char *json, struct arena *arena, size_t *count);
struct facts facts_of(const char *json, struct arena *arena);

day_t on_day(const char *date);

/* "CERT_NONE yellow trade 2026-01-01 -; ..." in the verdict's order; - is an open end. */
const char *verdict_text(const struct verdict *verdict, struct arena *arena);

#endif
