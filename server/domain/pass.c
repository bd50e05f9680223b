/* domain/pass.c: see pass.h. */
#include "domain/pass.h"

#include "domain/mix.h"

bool pass_is_same_key(const struct pass *a, const struct pass *b)
{
    return a->gate_id == b->gate_id && a->epoch == b->epoch && a->seq == b->seq &&
           a->day == b->day && a->told == b->told;
}

bool pass_is_same_question(const struct pass *a, const struct pass *b)
{
    return a->direction == b->direction && a->token_index == b->token_index &&
           a->token_iat == b->token_iat && (a->token_index >= 0 || a->worker_id == b->worker_id);
}

static uint64_t row_hash(const struct pass *pass)
{
    struct pass row = *pass;
    uint64_t hash = MIX_BEGIN;

    row.source = 0;
    row.inputs_hash = 0;
#define PASS(name, type) mix_put(&hash, (uint64_t)row.name);
#include "domain/pass.def"
#undef PASS
    return hash;
}

/* Joined by exclusive or, so that the outer part can be taken from a stored row when the device is
 * told something else and the inputs themselves are not at hand any more. */
void pass_stamp(struct pass *pass, uint64_t case_hash)
{
    pass->inputs_hash = (int64_t)(row_hash(pass) ^ case_hash);
}

uint64_t pass_case_hash(const struct pass *pass)
{
    return (uint64_t)pass->inputs_hash ^ row_hash(pass);
}
