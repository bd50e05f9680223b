/* crypto/code_recall.c: remembers which codes were shown lately, in a table of a fixed size. */
#include "crypto/code.h"

static struct code_recalled *set_of(struct code_recall *recall, const struct code_use *use)
{
    size_t sets = recall->count / CODE_RECALL_WAYS;
    uint64_t mixed = (use->index ^ (uint64_t)use->time_s << 32) * UINT64_C(0x9E3779B97F4A7C15);

    CHECK(sets > 0 && recall->count % CODE_RECALL_WAYS == 0);
    return &recall->places[(mixed >> 32) % sets * CODE_RECALL_WAYS];
}

static bool is_same_code(const struct code_use *a, const struct code_use *b)
{
    return a->kind == b->kind && a->index == b->index && a->time_s == b->time_s && a->site == b->site &&
           a->direction == b->direction;
}

static bool is_alive(const struct code_recalled *place, int64_t now_s)
{
    return place->use.until_s > now_s;
}

/* A door that stayed shut leaves the code free for another gate; "cannot tell" may have opened. */
static enum code_seen look(void *arg, const struct code_use *use, int64_t now_s,
                           struct code_answer *earlier)
{
    struct code_recalled *set = set_of(arg, use);
    enum code_seen seen = CODE_NEW;

    for (unsigned i = 0; i < CODE_RECALL_WAYS; i++) {
        if (!is_alive(&set[i], now_s) || !is_same_code(&set[i].use, use))
            continue;
        if (set[i].use.gate == use->gate) {
            *earlier = set[i].answer;
            return CODE_SAME;
        }
        if (set[i].answer.verdict != CODE_REFUSE)
            seen = CODE_AT_ANOTHER_GATE;
    }
    return seen;
}

static void keep(void *arg, const struct code_use *use, const struct code_answer *answer)
{
    struct code_recalled *set = set_of(arg, use), *place = &set[0];

    for (unsigned i = 1; i < CODE_RECALL_WAYS; i++) {
        if (set[i].use.until_s < place->use.until_s)
            place = &set[i];
    }
    *place = (struct code_recalled){*use, *answer};
}

struct code_memory code_recall_memory(struct code_recall *recall)
{
    return (struct code_memory){.look = look, .keep = keep, .arg = recall};
}
