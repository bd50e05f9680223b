/* scoring/batch_papers.c: certificates, bans, agreements, the state of site and firm, and signed
 * decisions, of a cohort (rules_papers.c). */
#include "scoring/batch_parts.h"

#include <stddef.h>

/* -- certificates --------------------------------------------------------------------------------- */

enum held { HELD_NONE, HELD_EXPIRED, HELD_SUSPENDED, HELD_GOOD }; /* the better covers the worse */

static void compile_outcomes(const struct batch_plan *plan, const struct rule_certificate *r,
                             enum scope scope, uint16_t says[4])
{
    says[HELD_NONE] = batch_says(plan, r->none, scope);
    says[HELD_EXPIRED] = batch_says(plan, r->expired, scope);
    says[HELD_SUSPENDED] = batch_says(plan, r->suspended, scope);
    says[HELD_GOOD] = 0;
}

/* Need `i` before those of its trade or role that were entered already. */
static void enter(struct step_certificate *s, uint8_t *of, unsigned i)
{
    s->next[i] = *of;
    *of = (uint8_t)(i + 1);
}

bool batch_compile_certificate(struct batch_plan *plan, const struct rule *rule,
                               struct batch_step *step)
{
    const struct rule_certificate *r = &rule->certificate;
    struct step_certificate *s = &step->certificate;
    struct batch_table *table = NULL;

    if (r->need_count > BATCH_NEEDS_MAX)
        return false;
    s->rule = r;
    for (unsigned i = 0; i < r->need_count; i++) {
        const struct certificate_need *need = &r->needs[i];

        s->after[i] = need->months == 0 ? 0 : batch_months_before(plan->on, need->months);
        if (need->trade == 0) {
            enter(s, &s->by_role[need->role], i);
            s->asked_roles |= (uint16_t)(1u << (POST_ROLE_SHIFT + need->role));
            continue;
        }
        if (table == NULL && (table = batch_table_new(plan)) == NULL)
            return false;
        enter(s, &table->of[need->trade], i);
    }
    s->by_trade = table;
    if (r->blocked_violations != 0)
        s->blocked = batch_rolling(plan->on, r->blocked_months);
    compile_outcomes(plan, r, SCOPE_TRADE, s->trade_says);
    compile_outcomes(plan, r, SCOPE_ROLE, s->role_says);
    return true;
}

static bool answers(const struct certificate_need *need, unsigned what)
{
    unsigned class = what & 0xff, issuer = what >> 8 & 0xf, type = what >> 12;
    uint64_t classes = class < 128 ? need->classes[class / 64] >> (class % 64) : 0;

    return ((unsigned)need->types >> type & (unsigned)need->issuers >> issuer &
            ((unsigned)classes | need->any_class) & 1) != 0;
}

/* What certificate k does for somebody with this need or one of its alternatives. */
static enum held worth(const struct step_certificate *s, unsigned need,
                       const struct cohort_events *e, unsigned k, day_t on)
{
    unsigned what = e->tail_what[k], best = HELD_NONE;

    do {
        unsigned runs = e->tail_more[k] > on && e->tail_on[k] > s->after[need - 1];
        unsigned is = answers(&s->rule->needs[need - 1], what) ? HELD_EXPIRED + 2 * runs : HELD_NONE;

        best = is > best ? is : best;
        need = s->next[need - 1];
    } while (need != 0);
    return (enum held)best;
}

/* Where a walk over certificates stands among the words about them: both are in order of workers. */
struct words {
    struct cohort_events events;
    unsigned at;
};

static bool is_suspended(struct words *words, unsigned worker, unsigned place, day_t on)
{
    const struct cohort_events *e = &words->events;
    bool suspended = false;

    while (words->at < e->tail_count && e->tail_worker[words->at] < worker)
        words->at++;
    for (unsigned k = words->at; k < e->tail_count && e->tail_worker[k] == worker; k++) {
        if (e->tail_what[k] >> 1 != place || e->tail_on[k] > on)
            continue;
        if ((e->tail_what[k] & 1) != 0)
            suspended = false;
        else if (on < e->tail_more[k])
            suspended = true;
    }
    return suspended;
}

/* In `held`, the best that anybody has for what is asked of him in `need`. */
static void find_held(const struct step_certificate *s, const struct batch_work *work,
                      const uint16_t *need, const uint16_t *violations, uint16_t *held)
{
    const struct cohort_events e = cohort_events(work->cohort, LIST_CERTIFICATE);
    struct words words = {.events = cohort_events(work->cohort, LIST_STATUS)};
    unsigned place = 0;

    for (unsigned k = 0; k < e.tail_count; k++) {
        unsigned i = e.tail_worker[k];
        enum held is;

        place = k > 0 && e.tail_worker[k - 1] == i ? place + 1 : 0;
        if (need[i] == 0 || e.tail_on[k] > work->on)
            continue;
        is = worth(s, need[i], &e, k, work->on);
        if (is != HELD_NONE &&
            ((violations != NULL && violations[i] >= s->rule->blocked_violations) ||
             is_suspended(&words, i, place, work->on)))
            is = HELD_SUSPENDED;
        if (is > held[i])
            held[i] = (uint16_t)is;
    }
}

static void say_of_held(const uint16_t *restrict need, const uint16_t *restrict held,
                        unsigned lanes, const uint16_t is[4], uint16_t *restrict says)
{
    const uint16_t none = is[HELD_NONE], expired = is[HELD_EXPIRED], suspended = is[HELD_SUSPENDED];

    for (unsigned i = 0; i < lanes; i++)
        says[i] |= batch_mask(need[i] != 0) & ((batch_mask(held[i] == HELD_NONE) & none) |
                                               (batch_mask(held[i] == HELD_EXPIRED) & expired) |
                                               (batch_mask(held[i] == HELD_SUSPENDED) & suspended));
}

static const uint16_t *count_violations(const struct step_certificate *s, struct batch_work *work,
                                        uint16_t *count)
{
    const struct cohort_events e = cohort_events(work->cohort, LIST_VIOLATION);

    if (s->rule->blocked_violations == 0 || e.tail_count == 0)
        return NULL;
    memset(count, 0, work->lanes * sizeof *count);
    for (unsigned k = 0; k < e.tail_count; k++)
        count[e.tail_worker[k]] = (uint16_t)(count[e.tail_worker[k]] +
                                             batch_in(s->blocked, e.tail_on[k]));
    return count;
}

/* Of those who need one, in work->a. */
static void judge(const struct step_certificate *s, struct batch_work *work,
                  const uint16_t *violations, const uint16_t says[4])
{
    memset(work->b, 0, work->lanes * sizeof work->b[0]);
    find_held(s, work, work->a, violations, work->b);
    say_of_held(work->a, work->b, work->lanes, says, work->says);
}

static unsigned need_of_role(const struct step_certificate *s, uint16_t post)
{
    for (unsigned role = ROLE_WORKER; role <= ROLE_HEAD; role++) {
        if ((post >> (POST_ROLE_SHIFT + role) & 1) != 0)
            return s->by_role[role];
    }
    return 0;
}

static void find_roles(const uint16_t *restrict post, unsigned lanes, uint16_t roles,
                       uint16_t *restrict asked)
{
    for (unsigned i = 0; i < lanes; i++)
        asked[i] = post[i] & roles;
}

void batch_run_certificate(const struct batch_step *step, struct batch_work *work)
{
    const struct step_certificate *s = &step->certificate;
    const uint16_t *trade = cohort_column(work->cohort, COLUMN_TRADE);
    const uint16_t *post = cohort_column(work->cohort, COLUMN_POST);

    if (s->by_trade != NULL) {
        for (unsigned i = 0; i < work->lanes; i++)
            work->a[i] = s->by_trade->of[trade[i]];
        judge(s, work, count_violations(s, work, work->c), s->trade_says);
    }
    if (s->asked_roles != 0) {
        find_roles(post, work->lanes, s->asked_roles, work->a);
        FOR_MARKED(i, work->a, work->lanes)
            work->a[i] = (uint16_t)need_of_role(s, post[i]);
        judge(s, work, NULL, s->role_says);
    }
}

/* -- bans ----------------------------------------------------------------------------------------- */

bool batch_compile_ban(struct batch_plan *plan, const struct rule *rule, struct batch_step *step)
{
    static const uint8_t scopes[] = {
        [BAN_INDUSTRY] = SCOPE_PERSON, [BAN_ROLE] = SCOPE_ROLE, [BAN_TRADE] = SCOPE_TRADE,
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

/* -- agreements ----------------------------------------------------------------------------------- */

bool batch_compile_agreement(struct batch_plan *plan, const struct rule *rule,
                             struct batch_step *step)
{
    step->plain.says[0] = batch_says(plan, rule->agreement.missing, SCOPE_PERSON);
    return true;
}

static void mark_running(const uint16_t *restrict from, const uint16_t *restrict until,
                         unsigned lanes, day_t on, uint16_t *restrict running)
{
    for (unsigned i = 0; i < lanes; i++)
        running[i] |= batch_mask(from[i] <= on) & batch_mask(until[i] > on);
}

static void say_where_none(const uint16_t *restrict running, unsigned lanes, uint16_t missing,
                           uint16_t *restrict says)
{
    for (unsigned i = 0; i < lanes; i++)
        says[i] |= ~running[i] & missing;
}

void batch_run_agreement(const struct batch_step *step, struct batch_work *work)
{
    const struct cohort_events e = cohort_events(work->cohort, LIST_AGREEMENT);
    const size_t lanes = work->lanes;

    for (unsigned i = 0; i < work->lanes; i++)
        work->a[i] = 0;
    for (unsigned rank = 0; rank < e.ranks; rank++)
        mark_running(e.on + rank * lanes, e.what + rank * lanes, work->lanes, work->on, work->a);
    for (unsigned k = 0; k < e.tail_count; k++) {
        if (e.tail_on[k] <= work->on && work->on < e.tail_what[k])
            work->a[e.tail_worker[k]] = UINT16_MAX;
    }
    say_where_none(work->a, work->lanes, step->plain.says[0], work->says);
}

/* -- site and firm -------------------------------------------------------------------------------- */

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

bool batch_compile_permit(struct batch_plan *plan, const struct rule *rule,
                          struct batch_step *step)
{
    const struct outcome *is = rule->permit.is;

    (void)step;
    say_of_post(plan, POST_NO_PERMIT, is[PERMIT_NONE]);
    say_of_post(plan, POST_PERMIT_SUSPENDED, is[PERMIT_SUSPENDED]);
    say_of_post(plan, POST_PERMIT_REVOKED, is[PERMIT_REVOKED]);
    say_of_post(plan, POST_PERMIT_EXPIRED, is[PERMIT_EXPIRED]);
    return batch_says(plan, is[PERMIT_VALID], SCOPE_SITE) == 0; /* a valid permit has no bit */
}

/* -- signed decisions ----------------------------------------------------------------------------- */

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

    for (unsigned k = 0; k < e.tail_count; k++) {
        uint16_t *says = &work->says[e.tail_worker[k]];

        if (e.tail_what[k] >> 8 >= step->plain.signers && e.tail_on[k] <= work->on &&
            work->on < e.tail_more[k])
            *says = (uint16_t)((*says & ~ALL) | step->plain.says[e.tail_what[k] & 0xff]);
    }
}
