/* scoring/batch_papers.c: certificates, bans, agreements, the state of site and firm, and signed
 * decisions, of a cohort (rules_papers.c). */
#include "scoring/batch_parts.h"

#include <stddef.h>

/* -- certificates ----------------------------------------------------------------------------- */

enum held { HELD_NONE, HELD_EXPIRED, HELD_SUSPENDED, HELD_GOOD }; /* the better covers the worse */

/* Before those of its trade or role that were entered already. */
static void enter(struct batch_plan *plan, const struct certificate_need *need, uint8_t *first)
{
    uint64_t others = need->any_class ? UINT64_MAX : 0;

    plan->needs[++plan->need_count] = (struct batch_need){
        .classes = {need->classes[0] | others, need->classes[1] | others, others, others},
        .types = need->types,
        .issuers = need->issuers,
        .after = need->months == 0 ? 0 : batch_months_before(plan->on, need->months),
        .next = *first,
    };
    *first = (uint8_t)plan->need_count;
}

static bool compile_needs(struct batch_plan *plan, const struct rule_certificate *r,
                          struct step_certificate *s)
{
    struct batch_table *table = NULL;

    for (unsigned i = 0; i < r->need_count; i++) {
        const struct certificate_need *need = &r->needs[i];

        if (plan->need_count == BATCH_NEEDS_MAX)
            return false;
        if (need->trade == 0) {
            enter(plan, need, &s->by_role[need->role]);
            s->asked_roles |= (uint16_t)(1u << (POST_ROLE_SHIFT + need->role));
            continue;
        }
        if (table == NULL && (table = batch_table_new(plan)) == NULL)
            return false;
        enter(plan, need, &table->of[need->trade]);
    }
    s->needs = plan->needs;
    s->by_trade = table;
    return true;
}

bool batch_compile_certificate(struct batch_plan *plan, const struct rule *rule,
                               struct batch_step *step)
{
    const struct rule_certificate *r = &rule->certificate;
    struct step_certificate *s = &step->certificate;

    s->blocked_violations = r->blocked_violations;
    s->blocked_classes = r->blocked_classes != 0 ? r->blocked_classes : UINT16_MAX;
    if (r->blocked_violations != 0)
        s->blocked = batch_rolling(plan->on, r->blocked_months);
    s->none = batch_says(plan, r->none, SCOPE_TRADE);
    s->expired = batch_says(plan, r->expired, SCOPE_TRADE);
    s->suspended = batch_says(plan, r->suspended, SCOPE_TRADE);
    return compile_needs(plan, r, s);
}

/* What a certificate does for somebody with this need or one of its alternatives. */
static inline unsigned worth(const struct batch_need *needs, unsigned need, unsigned what,
                             day_t from, bool runs)
{
    unsigned best = HELD_NONE;

    while (need != 0) {
        const struct batch_need *n = &needs[need];
        unsigned answers = (unsigned)(n->classes[what >> 6 & 3] >> (what & 63)) &
                           (unsigned)n->issuers >> (what >> 8 & 15) &
                           (unsigned)n->types >> (what >> 12) & 1;
        unsigned good = runs & (from > n->after);
        unsigned is = answers * (HELD_EXPIRED + good * (HELD_GOOD - HELD_EXPIRED));

        best = is > best ? is : best;
        need = n->next;
    }
    return best;
}

/* Where a walk over certificates stands among the words about them: both are in order of workers. */
struct words {
    struct cohort_events events;
    unsigned at;
};

/* By the last word that says something of the day: valid again, or suspended and not yet over. */
static bool suspends(struct words *words, unsigned worker, unsigned place, day_t on)
{
    const struct cohort_events *e = &words->events;

    while (words->at < e->tail_count && e->tail_worker[words->at] < worker)
        words->at++;
    for (unsigned k = words->at; k < e->tail_count && e->tail_worker[k] == worker; k++) {
        bool valid = (e->tail_what[k] & 1) != 0;

        if (e->tail_what[k] >> 1 == place && e->tail_on[k] <= on && (valid || on < e->tail_more[k]))
            return !valid;
    }
    return false;
}

/* What is needed and what is held, in one column each: for the trade, and for the role above it. */
enum { NEED_BITS = 8, HELD_BITS = 2, NEED = 0xff, HELD = 3 };

static inline uint16_t better(uint16_t held, unsigned trade, unsigned role)
{
    unsigned of_trade = held & HELD, of_role = held >> HELD_BITS;

    of_trade = trade > of_trade ? trade : of_trade;
    of_role = role > of_role ? role : of_role;
    return (uint16_t)(of_trade | of_role << HELD_BITS);
}

static unsigned suspended(unsigned held)
{
    return held != HELD_NONE ? HELD_SUSPENDED : HELD_NONE;
}

/* The place of entry k among its worker's. */
static unsigned place_of(const uint16_t *worker, unsigned k)
{
    unsigned place = 0;

    while (place < k && worker[k - place - 1] == worker[k])
        place++;
    return place;
}

/* In `held`, the best that anybody has for what is asked of him in `need`. violations: NULL, or how
 * many of everybody's count. */
static void find_held(const struct step_certificate *s, const struct batch_work *work,
                      const uint16_t *restrict need, const uint16_t *restrict violations,
                      uint16_t *restrict held)
{
    const struct cohort_events e = cohort_events(work->cohort, LIST_CERTIFICATE);
    struct words words = {.events = cohort_events(work->cohort, LIST_STATUS)};
    const day_t on = work->on;

    for (unsigned k = 0; k < e.tail_count; k++) {
        const unsigned i = e.tail_worker[k], asked = need[i], what = e.tail_what[k];
        const day_t from = e.tail_on[k];
        const bool runs = e.tail_more[k] > on;
        unsigned trade, role;

        if (asked == 0 || from > on)
            continue;
        trade = worth(s->needs, asked & NEED, what, from, runs);
        role = worth(s->needs, asked >> NEED_BITS, what, from, runs);
        if (violations != NULL && violations[i] >= s->blocked_violations)
            trade = suspended(trade);
        if (words.at < words.events.tail_count &&
            suspends(&words, i, place_of(e.tail_worker, k), on)) {
            trade = suspended(trade);
            role = suspended(role);
        }
        held[i] = better(held[i], trade, role);
    }
}

static inline uint16_t of_held(uint16_t held, uint16_t none, uint16_t expired,
                               uint16_t suspended_is)
{
    return (batch_mask(held == HELD_NONE) & none) | (batch_mask(held == HELD_EXPIRED) & expired) |
           (batch_mask(held == HELD_SUSPENDED) & suspended_is);
}

BATCH_LANES static void say_of_held(const struct step_certificate *s, const uint16_t *restrict need,
                                    const uint16_t *restrict held, unsigned lanes,
                                    uint16_t *restrict says)
{
    const uint16_t none = s->none, expired = s->expired, suspended_is = s->suspended;

    for (unsigned i = 0; i < lanes; i++) {
        uint16_t trade = of_held(held[i] & HELD, none, expired, suspended_is);
        uint16_t role = of_held(held[i] >> HELD_BITS, none, expired, suspended_is);

        says[i] |= (batch_mask((need[i] & NEED) != 0) & trade) |
                   (batch_mask(need[i] >> NEED_BITS != 0) & role);
    }
}

static const uint16_t *count_violations(const struct step_certificate *s, struct batch_work *work,
                                        uint16_t *count)
{
    const struct cohort_events e = cohort_events(work->cohort, LIST_VIOLATION);

    if (s->blocked_violations == 0 || e.tail_count == 0)
        return NULL;
    memset(count, 0, work->lanes * sizeof *count);
    for (unsigned k = 0; k < e.tail_count; k++) {
        unsigned class = e.tail_what[k] >> VIOLATION_CLASS_SHIFT & 7u;

        count[e.tail_worker[k]] =
            (uint16_t)(count[e.tail_worker[k]] +
                       ((s->blocked_classes >> class & 1) & batch_in(s->blocked, e.tail_on[k])));
    }
    return count;
}

static unsigned need_of_role(const struct step_certificate *s, uint16_t post)
{
    for (unsigned role = ROLE_WORKER; role <= ROLE_HEAD; role++) {
        if ((post >> (POST_ROLE_SHIFT + role) & 1) != 0)
            return s->by_role[role];
    }
    return 0;
}

BATCH_LANES static void find_roles(const uint16_t *restrict post, unsigned lanes, uint16_t roles,
                                   uint16_t *restrict asked)
{
    for (unsigned i = 0; i < lanes; i++)
        asked[i] = post[i] & roles;
}

static void find_needs(const struct step_certificate *s, struct batch_work *work, uint16_t *need)
{
    const uint16_t *trade = cohort_column(work->cohort, COLUMN_TRADE);
    const uint16_t *post = cohort_column(work->cohort, COLUMN_POST);

    if (s->by_trade != NULL)
        batch_look_up(s->by_trade, trade, work->lanes, need);
    else
        batch_fill(need, work->lanes, 0);
    if (s->asked_roles == 0)
        return;
    find_roles(post, work->lanes, s->asked_roles, work->d);
    FOR_MARKED(i, work->d, work->lanes)
    need[i] |= (uint16_t)(need_of_role(s, post[i]) << NEED_BITS);
}

void batch_run_certificate(const struct batch_step *step, struct batch_work *work)
{
    const struct step_certificate *s = &step->certificate;

    find_needs(s, work, work->a);
    batch_fill(work->b, work->lanes, 0);
    find_held(s, work, work->a, count_violations(s, work, work->c), work->b);
    say_of_held(s, work->a, work->b, work->lanes, work->says);
}

/* -- bans ------------------------------------------------------------------------------------- */

bool batch_compile_ban(struct batch_plan *plan, const struct rule *rule, struct batch_step *step)
{
    static const uint8_t scopes[] = {[BAN_INDUSTRY] = SCOPE_PERSON,
                                     [BAN_ROLE] = SCOPE_ROLE,
                                     [BAN_TRADE] = SCOPE_TRADE,
                                     [BAN_SITE] = SCOPE_SITE};

    for (unsigned scope = BAN_INDUSTRY; scope <= BAN_SITE; scope++)
        step->plain.says[scope] = batch_says(plan, rule->ban.banned, scopes[scope]);
    return true;
}

void batch_run_ban(const struct batch_step *step, struct batch_work *work)
{
    const struct cohort_events e = cohort_events(work->cohort, LIST_BAN);

    for (unsigned k = 0; k < e.tail_count; k++) {
        if (e.tail_on[k] <= work->on && work->on < e.tail_more[k])
            work->says[e.tail_worker[k]] |= step->plain.says[e.tail_what[k]];
    }
}

/* -- agreements ------------------------------------------------------------------------------- */

bool batch_compile_agreement(struct batch_plan *plan, const struct rule *rule,
                             struct batch_step *step)
{
    step->plain.says[0] = batch_says(plan, rule->agreement.missing, SCOPE_PERSON);
    return true;
}

BATCH_LANES static void mark_running(const uint16_t *restrict from, const uint16_t *restrict until,
                                     unsigned lanes, day_t on, uint16_t *restrict running)
{
    for (unsigned i = 0; i < lanes; i++)
        running[i] |= batch_mask(from[i] <= on) & batch_mask(until[i] > on);
}

BATCH_LANES static void say_where_none(const uint16_t *restrict running, unsigned lanes,
                                       uint16_t missing, uint16_t *restrict says)
{
    for (unsigned i = 0; i < lanes; i++)
        says[i] |= ~running[i] & missing;
}

void batch_run_agreement(const struct batch_step *step, struct batch_work *work)
{
    const struct cohort_events e = cohort_events(work->cohort, LIST_AGREEMENT);

    batch_fill(work->a, work->lanes, 0);
    for (unsigned rank = 0; rank < e.ranks; rank++)
        mark_running(e.on + rank * e.pitch, e.what + rank * e.pitch, work->lanes, work->on,
                     work->a);
    for (unsigned k = 0; k < e.tail_count; k++) {
        if (e.tail_on[k] <= work->on && work->on < e.tail_what[k])
            work->a[e.tail_worker[k]] = UINT16_MAX;
    }
    say_where_none(work->a, work->lanes, step->plain.says[0], work->says);
}

/* -- site and firm ---------------------------------------------------------------------------- */

static void say_of_post(struct batch_plan *plan, unsigned bit, struct outcome is)
{
    unsigned says = batch_says(plan, is, SCOPE_SITE);

    if (says == SAYS_YELLOW_HERE)
        plan->yellow_posts |= (uint16_t)bit;
    else if (says == SAYS_RED_HERE)
        plan->red_posts |= (uint16_t)bit;
}

bool batch_compile_site_state(struct batch_plan *plan, const struct rule *rule,
                              struct batch_step *step)
{
    (void)step;
    say_of_post(plan, POST_STOPPED, rule->site_state.stopped);
    say_of_post(plan, POST_CLOSED, rule->site_state.closed);
    return true;
}

bool batch_compile_permit(struct batch_plan *plan, const struct rule *rule, struct batch_step *step)
{
    const struct outcome *is = rule->permit.is;

    (void)step;
    say_of_post(plan, POST_NO_PERMIT, is[PERMIT_NONE]);
    say_of_post(plan, POST_PERMIT_SUSPENDED, is[PERMIT_SUSPENDED]);
    say_of_post(plan, POST_PERMIT_REVOKED, is[PERMIT_REVOKED]);
    say_of_post(plan, POST_PERMIT_EXPIRED, is[PERMIT_EXPIRED]);
    return batch_says(plan, is[PERMIT_VALID], SCOPE_SITE) == 0; /* a valid permit has no bit */
}

/* -- signed decisions ------------------------------------------------------------------------- */

bool batch_compile_override(struct batch_plan *plan, const struct rule *rule,
                            struct batch_step *step)
{
    (void)plan;
    step->plain.signers = rule->override.signers;
    step->plain.says[COLOUR_GREEN] = SAYS_DECIDED;
    step->plain.says[COLOUR_YELLOW] = SAYS_DECIDED | SAYS_YELLOW_DECIDED;
    step->plain.says[COLOUR_RED] = SAYS_DECIDED | SAYS_RED_DECIDED;
    step->plain.says[COLOUR_NONE] = 0; /* as if there were none */
    return true;
}

void batch_run_override(const struct batch_step *step, struct batch_work *work)
{
    enum { ALL = SAYS_DECIDED | SAYS_YELLOW_DECIDED | SAYS_RED_DECIDED };
    const struct cohort_events e = cohort_events(work->cohort, LIST_OVERRIDE);
    unsigned decided = COHORT_WORKERS_MAX; /* whose last decision in force was found */

    for (unsigned k = 0; k < e.tail_count; k++) {
        unsigned i = e.tail_worker[k];

        if (i == decided || e.tail_what[k] >> 8 < step->plain.signers || e.tail_on[k] > work->on ||
            work->on >= e.tail_more[k])
            continue;
        work->says[i] =
            (uint16_t)((work->says[i] & ~ALL) | step->plain.says[e.tail_what[k] & 0xff]);
        decided = i;
    }
}
