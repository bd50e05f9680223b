/* register/registry: lookups, publishing, and that nothing a reader holds is freed under it. */
#include <criterion/criterion.h>
#include <string.h>

#include "register/registry_write.h"

static const struct fact some_facts[] = {
    {45000, 45365, FACT_EXAM, EXAM_NO_ABNORMALITY, 0, 0, 0},
    {45010, 0, FACT_TRAINING, TRAINING_ENTRY_COMPANY, 24, 1, 7},
    {45020, DAY_NEVER, FACT_VIOLATION, VIOLATION_OPERATION, 2, 0, 706},
};
static const struct engaged some_engagements[] = {
    {.org_id = 3, .site_id = 4, .version = 2, .from = 45000, .until = DAY_NEVER, .trade = 30, .role = 1},
    {.org_id = 5, .site_id = 6, .version = 9, .from = 45100, .until = 45200, .trade = 40, .role = 2},
};

static struct worker_view worker(int64_t id, uint32_t version, unsigned facts, unsigned engaged)
{
    return (struct worker_view){
        .worker_id = id,
        .facts = {some_facts, (uint16_t)facts, 30000, 45000, SEX_MALE, version},
        .engaged = some_engagements,
        .engaged_count = engaged,
        .name_masked = TEXT("张*"),
        .index = (uint64_t)id + 100,
        .access_version = 1,
    };
}

struct setting {
    struct registry *registry;
    struct registry_reader *reader;
};

static struct setting setting_new(void)
{
    struct setting s = {.registry = registry_new()};

    s.reader = registry_reader_new(s.registry, NULL);
    return s;
}

static void setting_free(struct setting *s)
{
    registry_reader_free(s->reader);
    registry_free(s->registry);
}

static bool find(struct setting *s, int64_t id, struct worker_view *view)
{
    bool found;

    registry_enter(s->reader);
    found = registry_worker(s->reader, id, view);
    registry_leave(s->reader);
    return found;
}

Test(registry, a_worker_comes_back_as_written)
{
    struct setting s = setting_new();
    struct worker_view in = worker(1000, 7, 3, 2), out;

    registry_write_workers(s.registry, &in, 1);
    registry_enter(s.reader);
    cr_assert(registry_worker(s.reader, 1000, &out));
    cr_expect_eq(out.facts.version, 7);
    cr_expect_eq(out.facts.birth, 30000);
    cr_expect_eq(out.facts.enrolled, 45000);
    cr_expect_eq(out.facts.sex, SEX_MALE);
    cr_assert_eq(out.facts.count, 3);
    cr_expect_eq(memcmp(out.facts.fact, some_facts, sizeof some_facts), 0);
    cr_assert_eq(out.engaged_count, 2);
    cr_expect_eq(out.engaged[1].org_id, 5);
    cr_expect_eq(out.engaged[1].until, 45200);
    cr_expect(text_is(out.name_masked, "张*"));
    cr_expect_eq(out.index, 1100);
    cr_expect_eq(out.access_version, 1);
    registry_leave(s.reader);
    setting_free(&s);
}

Test(registry, unknown_ids_are_not_found_wherever_they_lie)
{
    static const int64_t unknown[] = {INT64_MIN, -1, 0, 1, 999, 1001, 1023, 1024, 1 << 20,
                                      WORKER_ID_MAX, WORKER_ID_MAX + 1, INT64_MAX};
    struct setting s = setting_new();
    struct worker_view in = worker(1000, 7, 3, 2), out;

    registry_write_workers(s.registry, &in, 1);
    for (size_t i = 0; i < sizeof unknown / sizeof unknown[0]; i++)
        cr_expect(!find(&s, unknown[i], &out), "%lld", (long long)unknown[i]);
    setting_free(&s);
}

Test(registry, the_last_possible_id_has_a_place)
{
    struct setting s = setting_new();
    struct worker_view in = worker(WORKER_ID_MAX, 1, 1, 0), out;

    registry_write_workers(s.registry, &in, 1);
    cr_expect(find(&s, WORKER_ID_MAX, &out));
    cr_expect_eq(registry_health(s.registry).workers, 1);
    setting_free(&s);
}

Test(registry, a_write_leaves_the_neighbours_of_its_block_alone)
{
    struct setting s = setting_new();
    struct worker_view first[] = {worker(511, 1, 3, 1), worker(512, 1, 1, 1), worker(700, 1, 2, 2),
                                  worker(1023, 1, 0, 0), worker(1024, 1, 3, 2)};
    struct worker_view later[] = {worker(513, 1, 3, 2), worker(700, 2, 3, 1)};
    static const struct {
        int64_t id;
        uint32_t version;
        unsigned facts, engaged;
    } expected[] = {{511, 1, 3, 1}, {512, 1, 1, 1}, {513, 1, 3, 2},
                    {700, 2, 3, 1}, {1023, 1, 0, 0}, {1024, 1, 3, 2}};

    registry_write_workers(s.registry, first, 5);
    registry_write_workers(s.registry, later, 2);
    for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++) {
        struct worker_view out;

        cr_assert(find(&s, expected[i].id, &out), "%lld", (long long)expected[i].id);
        cr_expect_eq(out.facts.version, expected[i].version);
        cr_expect_eq(out.facts.count, expected[i].facts);
        cr_expect_eq(out.engaged_count, expected[i].engaged);
    }
    cr_expect_eq(registry_health(s.registry).workers, 6);
    setting_free(&s);
}

Test(registry, version_0_takes_a_worker_out_and_replacing_takes_out_who_is_left)
{
    struct setting s = setting_new();
    struct worker_view three[] = {worker(1, 1, 1, 0), worker(2, 1, 1, 0), worker(600, 1, 1, 0)};
    struct worker_view gone = {.worker_id = 1}, out;

    registry_write_workers(s.registry, three, 3);
    registry_write_workers(s.registry, &gone, 1);
    cr_expect(!find(&s, 1, &out));
    cr_expect(find(&s, 2, &out));
    registry_replace_workers(s.registry, 0, 1024, &three[2], 1);
    cr_expect(!find(&s, 2, &out));
    cr_expect(find(&s, 600, &out));
    registry_replace_workers(s.registry, 512, 1024, NULL, 0);
    cr_expect(!find(&s, 600, &out));
    cr_expect_eq(registry_health(s.registry).workers, 0);
    setting_free(&s);
}

Test(registry, an_erased_worker_keeps_facts_and_loses_name_and_access)
{
    struct setting s = setting_new();
    struct worker_view in = worker(9, 4, 2, 1), out;

    in.name_masked = TEXT("");
    in.access_version = 0;
    in.index = INDEX_NONE;
    registry_write_workers(s.registry, &in, 1);
    cr_assert(find(&s, 9, &out));
    cr_expect_eq(out.facts.count, 2);
    cr_expect_eq(out.name_masked.bytes, 0);
    cr_expect_eq(out.access_version, 0);
    cr_expect_eq(out.index, INDEX_NONE);
    setting_free(&s);
}

Test(registry, what_a_reader_sees_stays_as_it_was_until_it_leaves)
{
    struct setting s = setting_new();
    struct worker_view in = worker(5, 1, 3, 2), old, now;

    registry_write_workers(s.registry, &in, 1);
    registry_enter(s.reader);
    cr_assert(registry_worker(s.reader, 5, &old));
    in = worker(5, 2, 0, 0);
    registry_write_workers(s.registry, &in, 1);
    cr_expect_eq(registry_reclaim(s.registry), 1);
    cr_expect_eq(memcmp(old.facts.fact, some_facts, sizeof some_facts), 0);
    cr_expect(text_is(old.name_masked, "张*"));
    cr_assert(registry_worker(s.reader, 5, &now));
    cr_expect_eq(now.facts.version, 2);
    registry_leave(s.reader);
    cr_expect_eq(registry_reclaim(s.registry), 0);
    setting_free(&s);
}

Test(registry, who_enters_later_does_not_hold_up_what_was_replaced_before)
{
    struct setting s = setting_new();
    struct worker_view in = worker(5, 1, 1, 0);

    registry_write_workers(s.registry, &in, 1);
    registry_write_workers(s.registry, &in, 1);
    registry_enter(s.reader);
    cr_expect_eq(registry_reclaim(s.registry), 0);
    registry_leave(s.reader);
    setting_free(&s);
}

Test(registry, slots_tell_worker_badge_and_void)
{
    struct setting s = setting_new();
    uint64_t index = UINT64_C(100) << SLOT_BITS | 12345;
    struct slot_view slot;

    registry_write_slot(s.registry, index, slot_value(77, true, true));
    registry_write_slot(s.registry, 0, slot_value(WORKER_ID_MAX, false, false));
    registry_enter(s.reader);
    cr_assert(registry_slot(s.reader, index, &slot));
    cr_expect_eq(slot.worker_id, 77);
    cr_expect(slot.badge && slot.is_void);
    cr_assert(registry_slot(s.reader, 0, &slot));
    cr_expect_eq(slot.worker_id, WORKER_ID_MAX);
    cr_expect(!slot.badge && !slot.is_void);
    cr_expect(!registry_slot(s.reader, index + 1, &slot));
    cr_expect(!registry_slot(s.reader, UINT64_C(101) << SLOT_BITS, &slot));
    cr_expect(!registry_slot(s.reader, (uint64_t)SLOT_LISTS_MAX << SLOT_BITS, &slot));
    cr_expect(!registry_slot(s.reader, UINT64_MAX, &slot));
    registry_leave(s.reader);
    setting_free(&s);
}

static struct entry org_entry(int64_t id, const char *name)
{
    struct org org = {.id = id, .version = 1, .kind = ORG_CONTRACTOR, .name = text_of(name),
                      .uscc = TEXT("91320900MA1234567X"), .region = TEXT("320900"), .active = true};

    return (struct entry){(uint64_t)id, org_keep(&org)};
}

static struct entry account_entry(int64_t id, const char *prefix)
{
    struct account account = {.id = id, .version = 1, .role = ACCOUNT_GATE, .active = true};

    memcpy(account.key_prefix, prefix, 12);
    return (struct entry){(uint64_t)id, account_keep(&account)};
}

Test(registry, organisations_are_added_replaced_and_dropped)
{
    struct setting s = setting_new();
    struct entry first[] = {org_entry(3, "three"), org_entry(9, "nine")};
    struct entry second[] = {org_entry(1, "one"), org_entry(9, "nine again")};
    struct entry third[] = {org_entry(4, "four")};

    registry_write_catalogue(s.registry, CATALOGUE_ORG, first, 2, false);
    registry_write_catalogue(s.registry, CATALOGUE_ORG, second, 2, false);
    registry_enter(s.reader);
    cr_expect(text_is(registry_org(s.reader, 1)->name, "one"));
    cr_expect(text_is(registry_org(s.reader, 3)->name, "three"));
    cr_expect(text_is(registry_org(s.reader, 9)->name, "nine again"));
    cr_expect(text_is(registry_org(s.reader, 9)->region, "320900"));
    cr_expect_null(registry_org(s.reader, 2));
    cr_expect_null(registry_org(s.reader, -1));
    cr_expect_null(registry_site(s.reader, 3));
    registry_leave(s.reader);
    registry_write_catalogue(s.registry, CATALOGUE_ORG, third, 1, true);
    registry_enter(s.reader);
    cr_expect_null(registry_org(s.reader, 3));
    cr_expect_not_null(registry_org(s.reader, 4));
    registry_leave(s.reader);
    setting_free(&s);
}

Test(registry, accounts_are_found_by_the_prefix_they_have_now)
{
    struct setting s = setting_new();
    struct entry first[] = {account_entry(1, "0123456789ab"), account_entry(2, "ffffffffffff")};
    struct entry second[] = {account_entry(1, "000000000001")};

    registry_write_catalogue(s.registry, CATALOGUE_ACCOUNT, first, 2, false);
    registry_enter(s.reader);
    cr_assert_not_null(registry_account(s.reader, TEXT("0123456789ab")));
    cr_expect_eq(registry_account(s.reader, TEXT("ffffffffffff"))->id, 2);
    cr_expect_null(registry_account(s.reader, TEXT("0123456789AB")));
    cr_expect_null(registry_account(s.reader, TEXT("0123456789a")));
    cr_expect_null(registry_account(s.reader, TEXT("")));
    registry_leave(s.reader);
    registry_write_catalogue(s.registry, CATALOGUE_ACCOUNT, second, 1, false);
    registry_enter(s.reader);
    cr_expect_null(registry_account(s.reader, TEXT("0123456789ab")));
    cr_expect_eq(registry_account(s.reader, TEXT("000000000001"))->id, 1);
    registry_leave(s.reader);
    setting_free(&s);
}

Test(registry, a_prefix_that_two_accounts_share_opens_neither)
{
    struct setting s = setting_new();
    struct entry entries[] = {account_entry(1, "00000000000a"), account_entry(2, "00000000000b"),
                              account_entry(3, "00000000000a"), account_entry(4, "00000000000a"),
                              account_entry(5, "00000000000c")};

    registry_write_catalogue(s.registry, CATALOGUE_ACCOUNT, entries, 5, false);
    registry_enter(s.reader);
    cr_expect_null(registry_account(s.reader, TEXT("00000000000a")));
    cr_expect_eq(registry_account(s.reader, TEXT("00000000000b"))->id, 2);
    cr_expect_eq(registry_account(s.reader, TEXT("00000000000c"))->id, 5);
    registry_leave(s.reader);
    setting_free(&s);
}

static bool sum_ids(void *arg, const struct worker_view *view)
{
    int64_t *sum = arg;

    *sum += view->worker_id;
    return view->worker_id != 2000;
}

Test(registry, a_scan_visits_everybody_once_and_stops_when_told)
{
    struct setting s = setting_new();
    struct worker_view views[] = {worker(1, 1, 0, 0), worker(511, 1, 0, 0), worker(512, 1, 0, 0),
                                  worker(1500, 1, 0, 0)};
    struct worker_view more[] = {worker(2000, 1, 0, 0), worker(2001, 1, 0, 0)};
    int64_t sum = 0;

    registry_write_workers(s.registry, views, 4);
    registry_scan(s.reader, sum_ids, &sum);
    cr_expect_eq(sum, 1 + 511 + 512 + 1500);
    registry_write_workers(s.registry, more, 2);
    sum = 0;
    registry_scan(s.reader, sum_ids, &sum);
    cr_expect_eq(sum, 1 + 511 + 512 + 1500 + 2000);
    setting_free(&s);
}

struct told {
    struct loop *loop;
    int times;
};

static void on_told(void *arg, struct err e)
{
    struct told *told = arg;

    cr_expect(!err_is(e));
    told->times++;
    loop_stop(told->loop);
}

Test(registry, a_waiter_is_told_once_after_a_change_or_after_its_time)
{
    struct registry *registry = registry_new();
    struct loop *loop = loop_new();
    struct registry_reader *reader = registry_reader_new(registry, loop);
    struct told changed = {loop, 0}, timed = {loop, 0};
    struct worker_view in = worker(5, 1, 1, 0);

    registry_await(reader, 60000, (struct waiter){on_told, &changed});
    cr_expect_eq(changed.times, 0);
    registry_write_workers(registry, &in, 1);
    registry_published(registry);
    cr_expect_eq(changed.times, 0, "never inside the call");
    loop_run(loop);
    cr_expect_eq(changed.times, 1);
    registry_await(reader, 1, (struct waiter){on_told, &timed});
    loop_run(loop);
    cr_expect_eq(timed.times, 1);
    cr_expect_eq(changed.times, 1);
    registry_await(reader, 60000, (struct waiter){on_told, &timed}); /* dropped with the reader */
    registry_reader_free(reader);
    registry_published(registry);
    cr_expect_eq(timed.times, 1);
    loop_free(loop);
    registry_free(registry);
}
