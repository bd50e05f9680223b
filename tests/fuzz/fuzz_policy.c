/* A policy document from anybody: compiled or refused by place; what compiles can judge. */
#include <stddef.h>
#include <stdint.h>

#include "domain/policy.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct fact facts[] = {
        {46000, 0, FACT_EXAM, EXAM_CONTRAINDICATED, HAZARD_HEIGHT, 0, 0},
        {46000, 0, FACT_TRAINING, TRAINING_ANNUAL, 10, 1, 1},
        {46010, 0, FACT_TRAINING, TRAINING_QUARTERLY, 2, 1, 1},
        {46090, DAY_NEVER, FACT_VIOLATION, VIOLATION_OPERATION, 2, 0, 706},
        {46100, DAY_NEVER, FACT_VIOLATION, VIOLATION_COMMAND, 4, 1, 706},
        {46100, DAY_NEVER, FACT_VIOLATION, VIOLATION_DISCIPLINE, 1, 0, 707},
        {46020, 46800, FACT_CERTIFICATE, CERTIFICATE_SPECIAL_OPERATION, 2, ISSUER_HOUSING, 9},
        {45900, 46050, FACT_ENGAGEMENT, ROLE_WORKER, 4, 0, 1},
        {46060, DAY_NEVER, FACT_ENGAGEMENT, ROLE_WORKER, 3, 0, 1},
    };
    struct facts known = {facts, sizeof facts / sizeof facts[0], 33000, 46000, SEX_MALE, 9};
    struct context here = {30, ROLE_SAFETY_OFFICER, SITE_STOPPED, PERMIT_NONE, 1};
    struct policy_document document;
    struct verdict verdict;
    struct arena arena;
    struct err e;

    arena_init(&arena, 4 << 20);
    e = policy_compile((struct text){(const char *)data, size}, &arena, &document);
    if (!err_is(e)) {
        safety_code(&known, &here, &document.policy, 46200, &verdict);
        for (unsigned i = 0; i < verdict.reason_count; i++)
            CHECK(policy_explain(&document, &verdict.reasons[i]) != NULL);
    } else {
        CHECK(e.code != ERR_POLICY_INVALID || e.field != NULL);
    }
    arena_clear(&arena);
    return 0;
}
