/* scoring/rules_papers.c: certificates, bans, agreements, the site's and the firm's state, and
 * signed decisions. */
#include "scoring/rule_parts.h"

/* -- certificates ------------------------------------------------------------------------------- */

enum { CERTIFICATE_LANE_TRADE, CERTIFICATE_LANE_ROLE };
_Static_assert(CERTIFICATE_LANE_ROLE + 1 == CERTIFICATE_LANES, "each lane is evaluated");

static bool needs_it(const struct certificate_need *need, unsigned lane,
                     const struct context *context)
{
    return lane == CERTIFICATE_LANE_TRADE ? need->trade != 0 && need->trade == context->trade
                                          : need->role != 0 && need->role == context->role;
}

static bool is_needed(const struct rule_certificate *r, unsigned lane,
                      const struct context *context)
{
    for (unsigned i = 0; context != NULL && i < r->need_count; i++) {
        if (needs_it(&r->needs[i], lane, context))
            return true;
    }
    return false;
}

static bool answers(const struct certificate_need *need, const struct fact *f)
{
    return in_set(need->types, f->a) && in_set(need->issuers, f->c) &&
           (need->any_class ||
            (f->b < 128 && (need->classes[f->b / 64] >> (f->b % 64) & 1) != 0));
}

/* The first day on which a certificate no longer counts, by the most lenient of the alternatives
 * that it answers; DAY_UNKNOWN: it answers none. */
static day_t counts_until(const struct rule_certificate *r, unsigned lane,
                          const struct context *context, const struct fact *f)
{
    day_t latest = DAY_UNKNOWN;

    for (unsigned i = 0; i < r->need_count; i++) {
        const struct certificate_need *need = &r->needs[i];
        day_t until = f->until;

        if (!needs_it(need, lane, context) || !answers(need, f))
            continue;
        if (need->months != 0) {
            day_t months_over = day_add_months(f->on, need->months);

            until = months_over < until ? months_over : until;
        }
        if (until > latest)
            latest = until;
    }
    return latest;
}

/* A suspension ends on its last day, or earlier by a later word that the certificate is valid. */
static bool certificate_suspended(const struct scoring_input *in, const struct fact *certificate,
                                  struct piece *p)
{
    bool suspended = false;

    FOR_FACTS(s, in, FACT_CERTIFICATE_STATUS)
    {
        if (s->ref != certificate->ref)
            continue;
        if (!piece_reached(p, s->on))
            break;
        if (s->a == CERTIFICATE_VALID)
            suspended = false;
        else if (!piece_reached(p, s->until))
            suspended = true;
    }
    return suspended;
}

/* So many violations that what is asked for by trade could not be renewed. */
static bool is_blocked(const struct rule_certificate *r, unsigned lane,
                       const struct scoring_input *in, struct piece *p)
{
    const struct fact *begin = FACTS_BEGIN(in, FACT_VIOLATION), *end;
    unsigned violations = 0;

    if (r->blocked_violations == 0 || lane != CERTIFICATE_LANE_TRADE)
        return false;
    end = first_unreached(p, begin, FACTS_END(in, FACT_VIOLATION), 0);
    for (const struct fact *v = first_unreached(p, begin, end, r->blocked_months); v < end; v++)
        violations += r->blocked_classes == 0 || in_set(r->blocked_classes, v->a);
    return violations >= r->blocked_violations;
}

/* One good certificate is enough. A suspension is reported even after the certificate's own end:
 * running out must not look better than being suspended. */
void evaluate_certificate(const struct rule *rule, unsigned lane, const struct scoring_input *in,
                          struct piece *p)
{
    const struct rule_certificate *r = &rule->certificate;
    enum scope scope = lane == CERTIFICATE_LANE_TRADE ? SCOPE_TRADE : SCOPE_ROLE;
    bool held = false, suspended = false;

    if (!is_needed(r, lane, in->context))
        return;
    FOR_FACTS(f, in, FACT_CERTIFICATE)
    {
        day_t until = counts_until(r, lane, in->context, f);

        if (until == DAY_UNKNOWN)
            continue;
        if (!piece_reached(p, f->on))
            break;
        held = true;
        if (certificate_suspended(in, f, p) || is_blocked(r, lane, in, p))
            suspended = true;
        else if (!piece_reached(p, until))
            return;
    }
    if (suspended)
        speak(p, r->suspended, scope);
    else if (held)
        speak(p, r->expired, scope);
    else
        miss(p, r->none, scope);
}

/* -- decisions and papers ----------------------------------------------------------------------- */

static bool ban_matches(const struct fact *f, const struct context *context)
{
    if (f->a == BAN_INDUSTRY)
        return true;
    if (context == NULL)
        return false;
    switch (f->a) {
    case BAN_ROLE:  return f->ref == context->role;
    case BAN_TRADE: return f->ref == context->trade;
    case BAN_SITE:  return f->ref == context->site;
    default:        return false;
    }
}

/* One lane a scope: lane 0 is BAN_INDUSTRY. */
void evaluate_ban(const struct rule *rule, unsigned lane, const struct scoring_input *in,
                  struct piece *p)
{
    static const uint8_t scopes[BAN_LANES] = {SCOPE_PERSON, SCOPE_ROLE, SCOPE_TRADE, SCOPE_SITE};

    FOR_FACTS(f, in, FACT_BAN)
    {
        if (f->a != lane + BAN_INDUSTRY || !ban_matches(f, in->context))
            continue;
        if (!piece_reached(p, f->on))
            break;
        if (!piece_reached(p, f->until)) {
            speak(p, rule->ban.banned, scopes[lane]);
            return;
        }
    }
}

void evaluate_agreement(const struct rule *rule, unsigned lane,
                        const struct scoring_input *in, struct piece *p)
{
    bool ever = false;

    (void)lane;
    FOR_FACTS(f, in, FACT_AGREEMENT)
    {
        if (!piece_reached(p, f->on))
            break;
        if (!piece_reached(p, f->until))
            return;
        ever = true;
    }
    speak(p, rule->agreement.missing, SCOPE_PERSON);
    p->missing = !ever;
}

void evaluate_site_state(const struct rule *rule, unsigned lane,
                         const struct scoring_input *in, struct piece *p)
{
    (void)lane;
    if (in->context == NULL)
        return;
    if (in->context->site_state == SITE_STOPPED)
        speak(p, rule->site_state.stopped, SCOPE_SITE);
    else if (in->context->site_state == SITE_CLOSED)
        speak(p, rule->site_state.closed, SCOPE_SITE);
}

void evaluate_permit(const struct rule *rule, unsigned lane,
                     const struct scoring_input *in, struct piece *p)
{
    (void)lane;
    if (in->context != NULL && in->context->org_permit < PERMIT_UNASKED)
        speak(p, rule->permit.is[in->context->org_permit], SCOPE_SITE);
}

/* The decision that began last governs; of two on one day, the later recorded. */
void evaluate_override(const struct rule *rule, unsigned lane,
                       const struct scoring_input *in, struct piece *p)
{
    (void)lane;
    FOR_FACTS(f, in, FACT_OVERRIDE)
    {
        if (f->c < rule->override.signers)
            continue;
        if (!piece_reached(p, f->on))
            break;
        if (!piece_reached(p, f->until))
            speak(p, (struct outcome){REASON_OVERRIDE, f->a}, SCOPE_PERSON);
    }
}
