/* The table of what reasons rest on against the rules themselves: records are taken away and added,
 * and where a rule falls silent for it, the table must have known. The seed is printed; SEED=n
 * replays a run, and WORKERS=n makes it longer. */
#include <criterion/criterion.h>
#include <string.h>

#include "domain/fold.h"
#include "domain/grounds.h"
#include "property/any.h"
#include "property/documents.h"
#include "property/lives.h"
#include "support/cases.h"

enum { WORKERS = 200, WORKERS_FOR_ALL = 4000, NEWS = 16, FIXED_SEED = 7 };

/* Bit per record kind: what was seen to end a reason. */
static uint32_t taken_away[REASON_COUNT], added[REASON_COUNT];

static void judge(const struct record *records, size_t count, const struct context *place,
                  const struct policy *policy, day_t on, struct arena *arena, struct verdict *out)
{
    struct facts facts;

    cr_assert(!err_is(facts_fold_on(records, count, on, arena, &facts)));
    safety_code(&facts, place, policy, on, out);
}

/* The rule says nothing as bad any more. */
static bool is_gone(const struct reason *reason, const struct verdict *after)
{
    for (unsigned i = 0; i < after->reason_count; i++) {
        const struct reason *now = &after->reasons[i];

        if (now->rule == reason->rule && now->scope == reason->scope &&
            now->colour >= reason->colour)
            return false;
    }
    return true;
}

typedef bool table_fn(enum reason_code reason, enum scope scope, const struct record *record);

static void compare(const char *how, const struct verdict *before, const struct verdict *after,
                    const struct record *record, table_fn *knows, uint32_t *seen)
{
    for (unsigned i = 0; i < before->reason_count; i++) {
        const struct reason *reason = &before->reasons[i];

        if (record->kind == RECORD_OVERRIDE && reason->code != REASON_OVERRIDE)
            continue; /* a decision covers reasons, it does not bear on them */
        if (!is_gone(reason, after))
            continue;
        seen[reason->code] |= UINT32_C(1) << record->kind;
        cr_assert(knows((enum reason_code)reason->code, (enum scope)reason->scope, record),
                  "%s of %s ended %s", record_kind_name(record->kind), how,
                  reason_name((enum reason_code)reason->code));
    }
}

/* Set where all that matters is whether each row of the table was ever seen to. */
static bool only_what_is_unseen;

static bool is_of_interest(const struct verdict *before, const struct record *record,
                           table_fn *knows, const uint32_t *seen)
{
    for (unsigned i = 0; i < before->reason_count && only_what_is_unseen; i++) {
        const struct reason *reason = &before->reasons[i];

        if ((seen[reason->code] & UINT32_C(1) << record->kind) == 0 &&
            knows((enum reason_code)reason->code, SCOPE_PERSON, record))
            return true;
    }
    return !only_what_is_unseen;
}

static void take_away(struct record *records, size_t count, const struct context *place,
                      const struct policy *policy, day_t on, struct arena *arena)
{
    struct verdict before, after;

    judge(records, count, place, policy, on, arena, &before);
    for (size_t i = 0; i < count; i++) {
        if (records[i].kind == RECORD_SUPERSEDE ||
            !is_of_interest(&before, &records[i], grounds_rest, taken_away))
            continue;
        records[count] = (struct record){.kind = RECORD_SUPERSEDE, .version = (uint32_t)count + 1,
                                         .occurred_on = records[count - 1].occurred_on,
                                         .supersede = {.of = records[i].version}};
        judge(records, count + 1, place, policy, on, arena, &after);
        compare("taking back", &before, &after, &records[i], grounds_rest, taken_away);
    }
}

static void add(struct record *records, size_t count, const struct context *place,
                const struct policy *policy, day_t on, struct arena *arena)
{
    static const uint8_t kinds[] = {
        RECORD_EXAM, RECORD_TRAINING, RECORD_STUDY, RECORD_VIOLATION, RECORD_RECTIFICATION,
        RECORD_CERTIFICATE, RECORD_CERTIFICATE_STATUS, RECORD_BAN, RECORD_AGREEMENT,
        RECORD_OVERRIDE, RECORD_STAR, RECORD_ENGAGEMENT, RECORD_ENGAGEMENT_END, RECORD_IDENTITY,
    };
    bool has_rows[RECORD_KINDS] = {false};
    struct verdict before, after;

    for (size_t i = 0; i < count; i++)
        has_rows[records[i].kind] = true;
    judge(records, count, place, policy, on, arena, &before);
    for (unsigned i = 0; i < NEWS; i++) {
        uint8_t kind = kinds[any_below(sizeof kinds)];

        if ((kind == RECORD_RECTIFICATION && !has_rows[RECORD_VIOLATION]) ||
            (kind == RECORD_ENGAGEMENT_END && !has_rows[RECORD_ENGAGEMENT]) ||
            (kind == RECORD_IDENTITY && !has_rows[RECORD_IDENTITY]))
            continue;
        records[count] = some_record(records, count, &kind, 1);
        for (unsigned tries = 0; tries < 8 && records[count].occurred_on > on; tries++)
            records[count] = some_record(records, count, &kind, 1);
        if (kind == RECORD_IDENTITY) { /* corrected; the day of enrolment stays */
            records[count].occurred_on = LIFE_FIRST + LIFE_DAYS;
            records[count].identity.birth_date = (day_t)(18000 + any_below(24000));
            records[count].identity.sex = (uint8_t)(1 + any_below(2));
        }
        if (!is_of_interest(&before, &records[count], grounds_mend, added))
            continue;
        judge(records, count + 1, place, policy, on, arena, &after);
        compare("adding", &before, &after, &records[count], grounds_mend, added);
    }
}

static void look_at_everybody(unsigned workers)
{
    struct arena arena;

    arena_init(&arena, 64 << 20);
    for (unsigned i = 0; i < workers; i++) {
        struct record records[LIFE_RECORDS_MAX + 2];
        size_t count = some_life(records);
        struct context place = some_place();
        const struct policy *policy = any_below(4) == 0
                                          ? &shipped_policy("default.json")->policy
                                          : &some_document(&arena)->policy;
        day_t on = some_day(records, count);

        if (count > 0) {
            take_away(records, count, &place, policy, on, &arena);
            add(records, count, &place, policy, on, &arena);
        }
        arena_clear(&arena);
    }
}

Test(grounds, what_ends_a_reason_is_what_it_rests_on_or_what_mends_it)
{
    any_seed_from_environment();
    look_at_everybody(any_setting("WORKERS", WORKERS));
}

static const struct record *of_kind(enum record_kind kind)
{
    static struct record record;

    record = (struct record){.kind = kind};
    return &record;
}

static uint32_t kinds_in(table_fn *knows, enum reason_code reason)
{
    uint32_t kinds = 0;

    for (unsigned kind = 1; kind < RECORD_KINDS; kind++) {
        if (knows(reason, SCOPE_PERSON, of_kind(kind)))
            kinds |= UINT32_C(1) << kind;
    }
    return kinds;
}

/* With the reasons of its class, which the same rules give: some lives are rare. */
static uint32_t seen_with(const uint32_t *seen, enum reason_code reason)
{
    uint32_t kinds = 0;

    for (unsigned code = 0; code < REASON_COUNT; code++) {
        if (strcmp(reason_class((enum reason_code)code), reason_class(reason)) == 0)
            kinds |= seen[code];
    }
    return kinds;
}

/* Nothing stands in the table that no rule reads. To correct is to take away and to add. */
Test(grounds, every_kind_in_the_table_was_seen_to_matter)
{
    any_seed(FIXED_SEED);
    only_what_is_unseen = true;
    look_at_everybody(WORKERS_FOR_ALL);
    for (unsigned code = 0; code < REASON_COUNT; code++) {
        enum reason_code reason = (enum reason_code)code;
        uint32_t adds = seen_with(added, reason), takes = seen_with(taken_away, reason);

        cr_expect_eq(kinds_in(grounds_rest, reason) & ~(takes | adds), 0, "%s rests: %x",
                     reason_name(reason), kinds_in(grounds_rest, reason) & ~(takes | adds));
        cr_expect_eq(kinds_in(grounds_mend, reason) & ~adds, 0, "%s mends: %x",
                     reason_name(reason), kinds_in(grounds_mend, reason) & ~adds);
    }
}

Test(grounds, only_the_sites_state_and_the_firms_permit_lie_elsewhere)
{
    for (unsigned code = 0; code < REASON_COUNT; code++)
        cr_expect_eq(grounds_elsewhere((enum reason_code)code),
                     code == REASON_SITE_STOPPED || code == REASON_ENT_PERMIT, "%s",
                     reason_name((enum reason_code)code));
}

Test(grounds, what_is_said_of_a_post_rests_on_the_engagement)
{
    cr_expect(grounds_rest(REASON_CERT_NONE, SCOPE_TRADE, of_kind(RECORD_ENGAGEMENT)));
    cr_expect(grounds_rest(REASON_SITE_STOPPED, SCOPE_SITE, of_kind(RECORD_ENGAGEMENT_END)));
    cr_expect_not(grounds_rest(REASON_HEALTH_UNFIT, SCOPE_PERSON, of_kind(RECORD_ENGAGEMENT)));
    cr_expect_not(grounds_mend(REASON_HEALTH_UNFIT, SCOPE_PERSON, of_kind(RECORD_TRAINING)));
}
