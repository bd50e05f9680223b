/* register/listing: what everybody's code is worth on a day, slot by slot. */
#include <criterion/criterion.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include "register/listing.h"
#include "register/registry_write.h"
#include "support/cases.h"
#include "support/workforce.h"

#define ON "2026-11-22"

/* Someone born in a year, with what else happened to him. */
#define PERSON(born, rest)                                                                         \
    "[{\"kind\":\"identity\",\"occurred_on\":\"2024-01-01\","                                      \
    "\"recorded_at\":\"2024-01-01T08:00:00+08:00\",\"birth_date\":\"" born "\",\"sex\":\"M\"}" rest "]"
#define BANNED                                                                                     \
    ",{\"kind\":\"ban\",\"occurred_on\":\"2026-01-05\",\"recorded_at\":\"2026-01-05T08:00:00+08:00\"," \
    "\"scope\":\"industry\",\"from\":\"2026-01-05\",\"until\":\"2027-01-05\",\"basis\":\"x\"}"
#define IN_ORDER                                                                                   \
    ",{\"kind\":\"exam\",\"occurred_on\":\"2026-06-02\",\"recorded_at\":\"2026-06-02T08:00:00+08:00\","\
    "\"conclusion\":\"no_abnormality\"}"                                                           \
    ",{\"kind\":\"training\",\"occurred_on\":\"2026-06-02\",\"recorded_at\":\"2026-06-02T08:00:00+08:00\","\
    "\"type\":\"entry_company\",\"hours\":50,\"passed\":true}"                                     \
    ",{\"kind\":\"training\",\"occurred_on\":\"2026-06-02\",\"recorded_at\":\"2026-06-02T08:00:00+08:00\","\
    "\"type\":\"entry_project\",\"hours\":50,\"passed\":true}"                                     \
    ",{\"kind\":\"training\",\"occurred_on\":\"2026-06-02\",\"recorded_at\":\"2026-06-02T08:00:00+08:00\","\
    "\"type\":\"entry_team\",\"hours\":50,\"passed\":true}"                                        \
    ",{\"kind\":\"agreement\",\"occurred_on\":\"2026-06-02\",\"recorded_at\":\"2026-06-02T08:00:00+08:00\","\
    "\"type\":\"labour_contract\",\"from\":\"2026-06-01\"}"                                        \
    ",{\"kind\":\"study\",\"occurred_on\":\"2026-06-02\",\"recorded_at\":\"2026-06-02T08:00:00+08:00\","\
    "\"points\":200}"

static unsigned char packed[LISTING_BYTES];

static unsigned status_at(uint32_t slot)
{
    return (unsigned)packed[slot / 4] >> slot % 4 * 2 & 3;
}

static void give_slot(struct workforce *w, int64_t worker, uint64_t index, bool badge, bool is_void)
{
    registry_write_slot(w->registry, index, slot_value(worker, badge, is_void));
}

static const struct policy_document *policy_in(struct workforce *w, const char *region)
{
    const struct policy_document *document;

    registry_enter(w->reader);
    document = policy_find(registry_policies(w->reader), text_of(region), on_day(ON));
    registry_leave(w->reader);
    return document;
}

static struct listing *listed(struct workforce *w, const char *region)
{
    const struct policy_document *document = policy_in(w, region);
    struct listing *l = listing_new(w->registry, text_of(document->policy.region),
                                    document->policy.number, on_day(ON));

    cr_assert(survey_run(w->reader, listing_survey(l), NULL));
    cr_assert(listing_is_whole(l));
    return l;
}

static unsigned expected(struct workforce *w, int64_t worker, const char *region)
{
    static const unsigned of[] = {[COLOUR_GREEN] = LISTING_GREEN, [COLOUR_YELLOW] = LISTING_YELLOW,
                                  [COLOUR_RED] = LISTING_RED};
    const struct policy_document *document = policy_in(w, region);
    struct worker_view view;
    struct colours colours;

    registry_enter(w->reader);
    cr_assert(registry_worker(w->reader, worker, &view));
    colours = safety_colours(&view.facts, NULL, &document->policy, on_day(ON));
    registry_leave(w->reader);
    return of[colours.person_colour];
}

static struct workforce few_people(void)
{
    struct workforce w = workforce_new();
    struct engaged two[] = {engaged_at(1, 11, 30), engaged_at(3, 13, 130)};

    workforce_add(&w, 1, PERSON("1980-05-01", IN_ORDER), two, 2);
    workforce_add(&w, 2, PERSON("1950-05-01", IN_ORDER), NULL, 0);
    workforce_add(&w, 3, PERSON("1980-05-01", IN_ORDER BANNED), two, 1);
    workforce_add(&w, 700, PERSON("1967-05-01", IN_ORDER), NULL, 0);
    workforce_add(&w, 701, PERSON("1980-05-01", ""), NULL, 0);
    return w;
}

Test(listing, a_slot_says_its_holders_colour_under_the_regions_policy)
{
    static const int64_t workers[] = {1, 2, 3, 700, 701};
    static const char *const regions[] = {"", "320902"};
    struct workforce w = few_people();
    unsigned met = 0;

    for (uint32_t i = 0; i < 5; i++)
        give_slot(&w, workers[i], 1000 + i, false, false);
    for (unsigned r = 0; r < 2; r++) {
        struct listing *l = listed(&w, regions[r]);

        cr_assert(listing_pack(l, 0, packed));
        for (uint32_t i = 0; i < 5; i++) {
            cr_expect_eq(status_at(1000 + i), expected(&w, workers[i], regions[r]),
                         "worker %d, region '%s'", (int)workers[i], regions[r]);
            met |= 1u << status_at(1000 + i);
        }
        listing_free(l);
    }
    cr_expect_eq(met, 1u << LISTING_GREEN | 1u << LISTING_YELLOW | 1u << LISTING_RED,
                 "all three colours were met: %x", met);
    workforce_free(&w);
}

Test(listing, what_nobody_has_is_void_and_lists_that_nobody_has_are_not_there)
{
    struct workforce w = few_people();
    struct listing *l;
    unsigned others = 0;

    give_slot(&w, 1, 5, false, false);
    give_slot(&w, 1, (3ull << 20) + LISTING_SLOTS - 1, true, false);
    l = listed(&w, "320902");
    cr_assert(listing_pack(l, 0, packed));
    for (uint32_t i = 0; i < LISTING_SLOTS; i++)
        others += status_at(i) != LISTING_VOID;
    cr_expect_eq(others, 1);
    cr_assert(listing_pack(l, 3, packed));
    cr_expect_eq(status_at(LISTING_SLOTS - 1), LISTING_GREEN);
    cr_expect_not(listing_pack(l, 1, packed));
    cr_expect_not(listing_pack(l, 4096, packed));
    listing_free(l);
    workforce_free(&w);
}

Test(listing, a_badge_shows_its_workers_colour_until_it_is_voided)
{
    struct workforce w = few_people();
    struct listing *l;

    give_slot(&w, 1, 10, true, false);
    give_slot(&w, 1, 11, true, true);
    give_slot(&w, 3, 12, true, false);
    l = listed(&w, "320902");
    cr_assert(listing_pack(l, 0, packed));
    cr_expect_eq(status_at(10), LISTING_GREEN);
    cr_expect_eq(status_at(11), LISTING_VOID);
    cr_expect_eq(status_at(12), LISTING_RED);
    give_slot(&w, 1, 10, true, true); /* voided after the survey: packing sees it */
    cr_assert(listing_pack(l, 0, packed));
    cr_expect_eq(status_at(10), LISTING_VOID);
    listing_free(l);
    workforce_free(&w);
}

Test(listing, who_was_erased_or_joined_later_has_no_valid_code_in_it)
{
    struct workforce w = few_people();
    struct worker_view erased = {.worker_id = 900, .facts = {.version = 3}, .index = 20};
    struct listing *l;

    registry_write_workers(w.registry, &erased, 1);
    give_slot(&w, 900, 20, false, false);
    give_slot(&w, 1, 21, false, false);
    l = listed(&w, "320902");
    workforce_add(&w, 90000, PERSON("1980-05-01", IN_ORDER), NULL, 0);
    give_slot(&w, 90000, 22, false, false);
    cr_assert(listing_pack(l, 0, packed));
    cr_expect_eq(status_at(20), LISTING_VOID);
    cr_expect_eq(status_at(21), LISTING_GREEN);
    cr_expect_eq(status_at(22), LISTING_VOID);
    listing_free(l);
    workforce_free(&w);
}

Test(listing, another_policy_than_the_one_asked_for_makes_it_not_whole)
{
    struct workforce w = few_people();
    struct listing *l = listing_new(w.registry, TEXT("320902"), 4711, on_day(ON));

    cr_expect(survey_run(w.reader, listing_survey(l), NULL));
    cr_expect_not(listing_is_whole(l));
    listing_free(l);
    workforce_free(&w);
}

/* More than a block, and more events than one cohort holds. */
Test(listing, thousands_are_judged_as_each_alone)
{
    struct workforce w = workforce_new();
    struct listing *l;
    char records[2048];

    for (int64_t id = 1; id <= 1500; id++) {
        (void)snprintf(records, sizeof records,
                       PERSON("%d-%02d-01", "%s%s"), (int)(1940 + id % 60), (int)(1 + id % 12),
                       id % 7 != 0 ? IN_ORDER : "", id % 11 == 0 ? BANNED : "");
        workforce_add(&w, id, records, NULL, 0);
        give_slot(&w, id, (uint64_t)id * 611 % LISTING_SLOTS, false, false);
    }
    l = listed(&w, "320902");
    cr_assert(listing_pack(l, 0, packed));
    for (int64_t id = 1; id <= 1500; id++)
        cr_expect_eq(status_at((uint32_t)(id * 611 % LISTING_SLOTS)), expected(&w, id, "320902"),
                     "worker %d", (int)id);
    listing_free(l);
    workforce_free(&w);
}
