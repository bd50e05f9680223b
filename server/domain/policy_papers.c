/* domain/policy_papers.c: the rules of certificates, bans, agreements, permits and decisions, as
 * documents write them. */
#include "domain/pointer.h"
#include "domain/policy_rules.h"
#include "domain/record.h"

/* -- certificates ------------------------------------------------------------------------------- */

static void read_classes(struct cursor *c, struct certificate_need *need)
{
    size_t count;
    const json_t *array;

    if (!cursor_has(c, "classes")) {
        need->any_class = true;
        return;
    }
    array = cursor_array(c, "classes", 1, 99, &count);
    for (size_t i = 0; i < count; i++) {
        const json_t *value = json_array_get(array, i);
        int64_t class;

        if (!json_is_string(value) || json_string_length(value) != 2 ||
            !text_to_int(text_of(json_string_value(value)), 1, 99, &class)) {
            policy_refuse(c->reader,
                          pointer_index(c->reader->arena, cursor_path(c, "classes"), i),
                          "two digits like 02");
            return;
        }
        need->classes[class / 64] |= (uint64_t)1 << (class % 64);
    }
}

/* A need in the document names several trades or several roles; compiled, there is one for each. */
struct needs {
    struct certificate_need *need;
    size_t count;
};

static void needs_add(struct cursor *c, struct needs *all, struct certificate_need need)
{
    if (all->count == POLICY_TABLE_MAX)
        policy_refuse(c->reader, c->path, "at most 64 trades and roles");
    else
        all->need[all->count++] = need;
}

static void read_need(struct cursor *c, struct needs *all)
{
    struct certificate_need need = {0};
    struct trade_list trades = cursor_trades(c, "trades");
    uint32_t roles = 0;

    need.types = (uint16_t)cursor_choices(c, "types", record_choices(RECORD_CERTIFICATE, "type"), 1);
    need.issuers = (uint8_t)cursor_choices(c, "issuers",
                                           record_choices(RECORD_CERTIFICATE, "issuer"), 1);
    read_classes(c, &need);
    if (cursor_has(c, "months"))
        need.months = (uint8_t)cursor_months(c, "months");
    if (trades.count == 0)
        roles = cursor_choices(c, "roles", record_choices(RECORD_ENGAGEMENT, "role"), 1);
    cursor_close(c);
    for (unsigned i = 0; i < trades.count; i++) {
        need.trade = trades.trade[i];
        needs_add(c, all, need);
    }
    for (unsigned role = 1; role < 32; role++) {
        need.role = (uint8_t)role;
        if ((roles >> role & 1) != 0)
            needs_add(c, all, need);
    }
}

static void read_blocked_by(struct cursor *c, struct rule_certificate *r)
{
    const json_t *object = cursor_find(c, "blocked_by");
    struct cursor by;

    if (object == NULL)
        return;
    by = cursor_open(c->reader, object, cursor_path(c, "blocked_by"));
    r->blocked_violations = (uint16_t)cursor_int(&by, "violations", 1, 100, "1..100 violations");
    r->blocked_months = cursor_months(&by, "window_months");
    if (cursor_has(&by, "classes"))
        r->blocked_classes = (uint8_t)cursor_choices(
            &by, "classes", record_choices(RECORD_VIOLATION, "class"), VIOLATION_COMMAND);
    cursor_close(&by);
}

uint32_t rule_read_certificate(struct cursor *c, struct rule *rule)
{
    struct rule_certificate *r = &rule->certificate;
    struct arena *arena = c->reader->arena;
    struct needs all = {arena_new_array(arena, POLICY_TABLE_MAX, struct certificate_need), 0};
    size_t count;
    const json_t *array = cursor_array(c, "needs", 1, POLICY_TABLE_MAX, &count);

    for (size_t i = 0; all.need != NULL && i < count; i++) {
        const char *path = pointer_index(c->reader->arena, cursor_path(c, "needs"), i);
        struct cursor need = cursor_open(c->reader, json_array_get(array, i), path);

        read_need(&need, &all);
    }
    r->needs = all.need;
    r->need_count = (uint16_t)all.count;
    r->none = cursor_bad(c, "none", REASON_CERT_NONE);
    r->expired = cursor_bad(c, "expired", REASON_CERT_EXPIRED);
    r->suspended = cursor_bad(c, "suspended", REASON_CERT_SUSPENDED);
    read_blocked_by(c, r);
    return reason_bit(REASON_CERT_NONE) | reason_bit(REASON_CERT_EXPIRED) |
           reason_bit(REASON_CERT_SUSPENDED);
}

/* -- decisions and papers ----------------------------------------------------------------------- */

uint32_t rule_read_ban(struct cursor *c, struct rule *rule)
{
    rule->ban.banned = cursor_bad(c, "colour", REASON_POST_BAN);
    return reason_bit(REASON_POST_BAN);
}

uint32_t rule_read_agreement(struct cursor *c, struct rule *rule)
{
    rule->agreement.missing = cursor_bad(c, "missing", REASON_NO_CONTRACT);
    return reason_bit(REASON_NO_CONTRACT);
}

uint32_t rule_read_site_state(struct cursor *c, struct rule *rule)
{
    rule->site_state.stopped = cursor_bad(c, "stopped", REASON_SITE_STOPPED);
    rule->site_state.closed = cursor_bad(c, "closed", REASON_SITE_STOPPED);
    return reason_bit(REASON_SITE_STOPPED);
}

uint32_t rule_read_permit(struct cursor *c, struct rule *rule)
{
    struct outcome *is = rule->permit.is;

    is[PERMIT_NONE] = cursor_bad(c, "none", REASON_ENT_PERMIT);
    is[PERMIT_VALID] = (struct outcome){NO_REASON, COLOUR_GREEN};
    is[PERMIT_SUSPENDED] = cursor_bad(c, "suspended", REASON_ENT_PERMIT);
    is[PERMIT_REVOKED] = cursor_bad(c, "revoked", REASON_ENT_PERMIT);
    is[PERMIT_EXPIRED] = cursor_bad(c, "expired", REASON_ENT_PERMIT);
    is[PERMIT_UNASKED] = (struct outcome){NO_REASON, COLOUR_GREEN};
    return reason_bit(REASON_ENT_PERMIT);
}

uint32_t rule_read_override(struct cursor *c, struct rule *rule)
{
    rule->override.signers = (uint8_t)cursor_int(c, "signers", 1, RECORD_SIGNERS, "1..2 people");
    if (cursor_has(c, "never_lifts"))
        rule->override.never_lifts = cursor_choices(c, "never_lifts", policy_reason_choices, 0);
    return reason_bit(REASON_OVERRIDE);
}
