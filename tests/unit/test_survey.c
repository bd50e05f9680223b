/* register/survey: everybody is visited at every post, with what scoring asks found beside him. */
#include <criterion/criterion.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "register/survey.h"
#include "support/cases.h"
#include "support/workforce.h"

static const char born_1980[] = "[{\"kind\":\"identity\",\"occurred_on\":\"2024-01-01\","
                                "\"recorded_at\":\"2024-01-01T08:00:00+08:00\","
                                "\"birth_date\":\"1980-05-01\",\"sex\":\"M\"}]";

struct seen {
    char text[4096];
    size_t bytes;
    unsigned posts, blocks;
    _Atomic bool *stop;
    _Atomic int done; /* 1: complete, 2: not */
};

static void note(void *arg, const struct post *post)
{
    struct seen *seen = arg;

    seen->posts++;
    if (seen->bytes < sizeof seen->text - 100)
        seen->bytes += (size_t)snprintf(
            seen->text + seen->bytes, sizeof seen->text - seen->bytes, "%d@%d/%d %s %d %d;",
            (int)post->worker->worker_id, post->site != NULL ? (int)post->site->id : 0,
            post->org != NULL ? (int)post->org->id : 0,
            post->document != NULL ? post->document->policy.id : "-", post->context.trade,
            post->context.org_permit);
}

static void count_block(void *arg)
{
    struct seen *seen = arg;

    if (++seen->blocks == 2 && seen->stop != NULL)
        atomic_store(seen->stop, true);
}

static void note_done(void *arg, bool complete)
{
    atomic_store(&((struct seen *)arg)->done, complete ? 1 : 2);
}

static struct survey survey_into(struct seen *seen)
{
    return (struct survey){.on = on_day("2026-11-22"), .visit = note, .block_end = count_block,
                           .done = note_done, .arg = seen};
}

static void add_few(struct workforce *w)
{
    struct engaged two[] = {engaged_at(1, 11, 30), engaged_at(3, 13, 130)};
    struct engaged past = engaged_at(2, 12, 40), later = engaged_at(2, 12, 40),
                   elsewhere = engaged_at(99, 12, 40);

    past.until = on_day("2026-11-22");
    later.from = on_day("2026-11-23");
    workforce_add(w, 5, born_1980, two, 2);
    workforce_add(w, 6, born_1980, &past, 1);
    workforce_add(w, 7, born_1980, &later, 1);
    workforce_add(w, 600, born_1980, &elsewhere, 1);
    workforce_add(w, 601, born_1980, NULL, 0);
}

Test(survey, everybody_is_visited_at_each_post_of_the_day)
{
    struct workforce w = workforce_new();
    struct seen seen = {0};
    struct survey survey = survey_into(&seen);

    add_few(&w);
    cr_assert(survey_run(w.reader, &survey, NULL));
    cr_expect_str_eq(seen.text, "5@1/11 JS-2023-05 30 1;5@3/13 CN-DEFAULT 130 0;"
                                "6@0/0 CN-DEFAULT 0 0;7@0/0 CN-DEFAULT 0 0;"
                                "600@0/12 CN-DEFAULT 0 0;601@0/0 CN-DEFAULT 0 0;");
    cr_expect_eq(atomic_load(&survey.workers_seen), 5);
    cr_expect_geq(seen.blocks, 2);
    workforce_free(&w);
}

Test(survey, the_day_before_it_began_an_engagement_does_not_count_and_on_its_last_day_it_does)
{
    struct workforce w = workforce_new();
    struct engaged one = engaged_at(1, 11, 30);
    struct seen seen = {0};
    struct survey survey = survey_into(&seen);

    one.from = on_day("2026-11-10");
    one.until = on_day("2026-11-20");
    workforce_add(&w, 1, born_1980, &one, 1);
    survey.on = on_day("2026-11-09");
    (void)survey_run(w.reader, &survey, NULL);
    survey.on = on_day("2026-11-10");
    (void)survey_run(w.reader, &survey, NULL);
    survey.on = on_day("2026-11-19");
    (void)survey_run(w.reader, &survey, NULL);
    survey.on = on_day("2026-11-20");
    (void)survey_run(w.reader, &survey, NULL);
    cr_expect_str_eq(seen.text, "1@0/0 CN-DEFAULT 0 0;1@1/11 JS-2023-05 30 1;"
                                "1@1/11 JS-2023-05 30 1;1@0/0 CN-DEFAULT 0 0;");
    workforce_free(&w);
}

struct generations {
    struct registry *registry;
    unsigned posts;
    uint64_t first, last; /* of posts 1 to 512, and of those behind */
    unsigned strays;      /* within a block, under another than its first */
};

/* Other policies come into force in the middle of the first block. */
static void note_generation(void *arg, const struct post *post)
{
    struct generations *g = arg;

    if (++g->posts == 300)
        workforce_put_policies(g->registry);
    if (post->worker->worker_id >= 512) {
        g->last = post->generation;
        return;
    }
    g->first = g->first == 0 ? post->generation : g->first;
    g->strays += post->generation != g->first;
}

Test(survey, a_block_is_judged_by_one_set_of_policies)
{
    struct workforce w = workforce_new();
    struct generations g = {.registry = w.registry};
    struct survey survey = {.on = on_day("2026-11-22"), .visit = note_generation, .arg = &g};
    struct engaged one = engaged_at(1, 11, 30), other = engaged_at(2, 12, 30);

    for (int64_t id = 1; id <= 600; id++)
        workforce_add(&w, id, born_1980, id < 350 ? &one : &other, id % 5 != 0);
    cr_assert(survey_run(w.reader, &survey, NULL));
    cr_expect_eq(g.posts, 600);
    cr_expect_eq(g.strays, 0);
    cr_expect_eq(g.last, g.first + 1, "the next block has the new ones");
    workforce_free(&w);
}

Test(survey, it_stops_at_the_end_of_a_block)
{
    struct workforce w = workforce_new();
    _Atomic bool stop = false;
    struct seen seen = {.stop = &stop};
    struct survey survey = survey_into(&seen);

    for (int64_t id = 100; id < 3000; id += 500)
        workforce_add(&w, id, born_1980, NULL, 0);
    cr_expect(!survey_run(w.reader, &survey, &stop));
    cr_expect_eq(seen.blocks, 2);
    cr_expect_eq(seen.posts, 2);
    workforce_free(&w);
}

static void wait_done(struct seen *seen)
{
    for (int i = 0; i < 1000 && atomic_load(&seen->done) == 0; i++)
        usleep(10000);
}

Test(survey, the_surveyor_does_one_after_another, .timeout = 60)
{
    struct workforce w = workforce_new();
    struct surveyor *surveyor;
    static struct seen seen[3];
    struct survey surveys[3];

    add_few(&w);
    surveyor = surveyor_start(w.registry);
    for (int i = 0; i < 3; i++) {
        surveys[i] = survey_into(&seen[i]);
        surveys[i].asked = SURVEY_FOR_PEOPLE;
        cr_assert(surveyor_reserve(surveyor, SURVEY_FOR_PEOPLE));
        cr_assert(surveyor_submit(surveyor, &surveys[i]));
    }
    for (int i = 0; i < 3; i++) {
        wait_done(&seen[i]);
        cr_expect_eq(atomic_load(&seen[i].done), 1);
        cr_expect_eq(seen[i].posts, 6);
    }
    surveyor_stop(surveyor);
    workforce_free(&w);
}

static void visit_slowly(void *arg, const struct post *post)
{
    (void)arg;
    (void)post;
    usleep(1000);
}

Test(survey, when_the_service_ends_everybody_who_waits_is_told, .timeout = 60)
{
    struct workforce w = workforce_new();
    struct surveyor *surveyor;
    static struct seen seen[SURVEYS_FOR_PEOPLE_MAX];
    struct survey surveys[SURVEYS_FOR_PEOPLE_MAX];

    for (int64_t id = 1; id < 600000; id += 512)
        workforce_add(&w, id, born_1980, NULL, 0);
    surveyor = surveyor_start(w.registry);
    for (int i = 0; i < SURVEYS_FOR_PEOPLE_MAX; i++) {
        surveys[i] = survey_into(&seen[i]);
        surveys[i].asked = SURVEY_FOR_PEOPLE;
        surveys[i].visit = visit_slowly;
        cr_assert(surveyor_reserve(surveyor, SURVEY_FOR_PEOPLE));
        cr_assert(surveyor_submit(surveyor, &surveys[i]));
    }
    surveyor_stop(surveyor);
    for (int i = 0; i < SURVEYS_FOR_PEOPLE_MAX; i++)
        cr_expect_eq(atomic_load(&seen[i].done), 2, "survey %d", i);
    workforce_free(&w);
}

/* -- places ---------------------------------------------------------------------------------- */

static struct order {
    struct order_entry {
        struct survey survey;
        char name;
        _Atomic bool *go; /* NULL: does not wait */
        _Atomic bool begun;
    } entries[SURVEYS_WAITING_MAX];
    unsigned count;
    char done[SURVEYS_WAITING_MAX + 1]; /* on the surveyor's thread, one after another */
    _Atomic unsigned ended;
} line;

static void wait_to_go(void *arg, const struct post *post)
{
    struct order_entry *entry = arg;

    (void)post;
    atomic_store(&entry->begun, true);
    while (entry->go != NULL && !atomic_load(entry->go))
        usleep(1000);
}

static void note_order(void *arg, bool complete)
{
    struct order_entry *entry = arg;
    unsigned at = atomic_load(&line.ended);

    cr_expect(complete);
    line.done[at] = entry->name;
    atomic_store(&line.ended, at + 1);
}

static struct order_entry *stand_in_line(struct surveyor *surveyor, enum survey_for asked, char name,
                                         _Atomic bool *go)
{
    struct order_entry *entry = &line.entries[line.count];

    if (!surveyor_reserve(surveyor, asked))
        return NULL;
    line.count++;
    entry->name = name;
    entry->go = go;
    entry->survey = (struct survey){.asked = asked, .on = on_day("2026-11-22"),
                                    .visit = wait_to_go, .done = note_order, .arg = entry};
    cr_assert(surveyor_submit(surveyor, &entry->survey));
    return entry;
}

Test(survey, the_service_is_served_before_gates_and_gates_before_people, .timeout = 60)
{
    struct workforce w = workforce_new();
    struct surveyor *surveyor;
    struct order_entry *first;
    static _Atomic bool go;

    workforce_add(&w, 1, born_1980, NULL, 0);
    surveyor = surveyor_start(w.registry);
    first = stand_in_line(surveyor, SURVEY_FOR_PEOPLE, 'a', &go);
    cr_assert_not_null(first);
    while (!atomic_load(&first->begun))
        usleep(1000);
    for (int i = 0; i < 3; i++)
        cr_expect_not_null(stand_in_line(surveyor, SURVEY_FOR_PEOPLE, (char)('b' + i), NULL));
    cr_expect_null(stand_in_line(surveyor, SURVEY_FOR_PEOPLE, 'x', NULL), "people's are taken");
    cr_expect_not_null(stand_in_line(surveyor, SURVEY_FOR_GATES, 'g', NULL));
    cr_expect_not_null(stand_in_line(surveyor, SURVEY_FOR_SERVICE, 's', NULL));
    cr_expect_not_null(stand_in_line(surveyor, SURVEY_FOR_GATES, 'h', NULL));
    cr_expect_not_null(stand_in_line(surveyor, SURVEY_FOR_SERVICE, 't', NULL));
    cr_expect_null(stand_in_line(surveyor, SURVEY_FOR_SERVICE, 'y', NULL));
    atomic_store(&go, true);
    for (int i = 0; i < 5000 && atomic_load(&line.ended) < 8; i++)
        usleep(1000);
    cr_expect_str_eq(line.done, "astghbcd");
    surveyor_stop(surveyor);
    workforce_free(&w);
}

Test(survey, a_place_that_was_given_back_is_there_for_the_next, .timeout = 60)
{
    struct workforce w = workforce_new();
    struct surveyor *surveyor = surveyor_start(w.registry);

    for (int i = 0; i < SURVEYS_FOR_PEOPLE_MAX; i++)
        cr_expect(surveyor_reserve(surveyor, SURVEY_FOR_PEOPLE));
    cr_expect_not(surveyor_reserve(surveyor, SURVEY_FOR_PEOPLE));
    surveyor_release(surveyor, SURVEY_FOR_PEOPLE);
    cr_expect(surveyor_reserve(surveyor, SURVEY_FOR_PEOPLE));
    cr_expect(surveyor_reserve(surveyor, SURVEY_FOR_SERVICE), "another kind's are its own");
    surveyor_stop(surveyor);
    workforce_free(&w);
}
