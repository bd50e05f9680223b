/* scoring/rules_conduct.c: violations (三违): their points, and the off-job training they order. */
#include "scoring/rule_parts.h"
#include "scoring/sums.h"

static day_t counts_until(const struct rule_violation_points *r, unsigned severity, day_t on)
{
    return r->months[severity] != 0 ? day_add_months(on, r->months[severity])
                                    : day_of_period(on, 12, 1);
}

/* Those that have happened, and by severity the first that still counts; found when there is one of
 * that severity. */
struct counting {
    const struct rule_violation_points *rule;
    struct piece *piece;
    const struct fact *begin, *end;
    const struct fact *first[5]; /* NULL: not looked for yet */
};

/* By halving, as first_unreached() does. */
static const struct fact *first_counting(const struct counting *c, unsigned severity)
{
    const struct fact *begin = c->begin, *end = c->end;

    while (begin < end) {
        const struct fact *middle = begin + (end - begin) / 2;

        if (piece_reached(c->piece, counts_until(c->rule, severity, middle->on)))
            begin = middle + 1;
        else
            end = middle;
    }
    return begin;
}

static bool counts(struct counting *c, const struct fact *f)
{
    if (f->b >= 5 || !in_set(c->rule->classes, f->a))
        return false;
    if (c->first[f->b] == NULL)
        c->first[f->b] = first_counting(c, f->b);
    return f >= c->first[f->b];
}

/* How often each category was met so far: a table of open addresses, no larger than it must be, so
 * that a walk over the pieces of somebody with a thousand violations stays a walk. */
struct repeats {
    unsigned slots; /* a power of two, at least twice the violations */
    struct {
        uint32_t category;
        uint32_t times; /* 0: free */
    } of[2 * FACTS_PER_WORKER_MAX];
};

static void repeats_begin(struct repeats *repeats, size_t violations)
{
    repeats->slots = 4;
    while (repeats->slots < 2 * violations)
        repeats->slots *= 2;
    for (unsigned i = 0; i < repeats->slots; i++)
        repeats->of[i].times = 0;
}

/* How many of that category came before; none of an unknown one ever did. */
static uint32_t repeats_add(struct repeats *repeats, uint32_t category)
{
    unsigned i = category & (repeats->slots - 1);

    if (category == 0)
        return 0;
    while (repeats->of[i].times != 0 && repeats->of[i].category != category)
        i = (i + 1) & (repeats->slots - 1);
    repeats->of[i].category = category;
    return repeats->of[i].times++;
}

static uint32_t at_most(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

/* In hundredths of a point: each violation up to its cap, those of one day up to the day's. */
static uint32_t points_of(const struct rule_violation_points *r, const struct scoring_input *in,
                          struct piece *p)
{
    struct counting counting = {.rule = r, .piece = p, .begin = FACTS_BEGIN(in, FACT_VIOLATION)};
    uint32_t sum = 0, of_day = 0;
    day_t day = DAY_UNKNOWN;
    struct repeats repeats;

    counting.end = first_unreached(p, counting.begin, FACTS_END(in, FACT_VIOLATION), 0);
    repeats_begin(&repeats, (size_t)(counting.end - counting.begin));
    for (const struct fact *f = counting.begin; f < counting.end; f++) {
        uint32_t before, nth;

        if (!counts(&counting, f))
            continue;
        nth = at_most(repeats_add(&repeats, f->ref), r->repeat_count - 1u);
        if (f->on != day)
            of_day = 0;
        day = f->on;
        before = at_most(of_day, r->day_max);
        of_day += at_most(r->points[f->b] * r->repeat_percent[nth], r->each_max);
        sum += at_most(of_day, r->day_max) - before;
    }
    return sum;
}

uint32_t violation_points_on(const struct rule *rule, const struct facts *facts, day_t on)
{
    struct piece piece = {.day = on};
    struct scoring_input in;

    scoring_input_init(&in, facts, NULL);
    return points_of(&rule->violation_points, &in, &piece);
}

bool violation_counts_on(const struct rule *rule, const struct fact *violation, day_t on)
{
    struct piece piece = {.day = on};
    struct counting alone = {.rule = &rule->violation_points, .piece = &piece, .begin = violation,
                             .end = first_unreached(&piece, violation, violation + 1, 0)};

    return alone.begin < alone.end && counts(&alone, violation);
}

void evaluate_violation_points(const struct rule *rule, unsigned lane,
                               const struct scoring_input *in, struct piece *p)
{
    const struct rule_violation_points *r = &rule->violation_points;
    uint32_t points = points_of(r, in, p);

    (void)lane;
    if (points >= r->red)
        speak(p, (struct outcome){REASON_VIOL_POINTS, COLOUR_RED}, SCOPE_PERSON);
    else if (points >= r->yellow)
        speak(p, (struct outcome){REASON_VIOL_POINTS, COLOUR_YELLOW}, SCOPE_PERSON);
}

/* Training on the violation's own day or later clears it, and with it all earlier ones. */
void evaluate_off_job(const struct rule *rule, unsigned lane,
                      const struct scoring_input *in, struct piece *p)
{
    const struct fact *due = NULL;

    (void)lane;
    FOR_FACTS(v, in, FACT_VIOLATION)
    {
        if (v->c != 1)
            continue;
        if (!piece_reached(p, v->on))
            break;
        due = v;
    }
    if (due == NULL)
        return;
    FOR_FACTS(t, in, FACT_TRAINING)
    {
        if (is_passed_training(t, 1u << TRAINING_OFF_JOB) && t->on >= due->on &&
            piece_reached(p, t->on))
            return;
    }
    speak(p, rule->off_job.due, SCOPE_PERSON);
}
