#include "register/trial.h"

#include <stdlib.h>
#include <string.h>

#include "base/check.h"

enum { TABLE_ROOM = 64 };

/* -- tables ---------------------------------------------------------------------------------------- */

static size_t place_of(const struct trial_table *t, int64_t key)
{
    size_t at = (size_t)((uint64_t)key * UINT64_C(0x9E3779B97F4A7C15) >> 32) & (t->room - 1);

    while (t->rows[at].key != -1 && t->rows[at].key != key)
        at = (at + 1) & (t->room - 1);
    return at;
}

static void table_make(struct trial_table *t, size_t room)
{
    t->rows = calloc(room, sizeof *t->rows);
    CHECK_ALLOCATED(t->rows);
    t->room = room;
    for (size_t i = 0; i < room; i++)
        t->rows[i].key = -1;
}

static void table_grow(struct trial_table *t)
{
    struct trial_table bigger = {.count = t->count};

    table_make(&bigger, t->room * 2);
    for (size_t i = 0; i < t->room; i++)
        if (t->rows[i].key != -1)
            bigger.rows[place_of(&bigger, t->rows[i].key)] = t->rows[i];
    free(t->rows);
    *t = bigger;
}

static struct trial_counts *table_counts(struct trial_table *t, int64_t key)
{
    size_t at = place_of(t, key);

    if (t->rows[at].key != key && t->count * 4 >= t->room * 3) {
        table_grow(t);
        at = place_of(t, key);
    }
    t->count += t->rows[at].key != key;
    t->rows[at].key = key;
    return &t->rows[at].counts;
}

uint64_t trial_posts(const struct trial_counts *counts)
{
    uint64_t posts = 0;

    for (unsigned from = 0; from < TRIAL_COLOURS; from++)
        for (unsigned to = 0; to < TRIAL_COLOURS; to++)
            posts += counts->from_to[from][to];
    return posts;
}

uint64_t trial_changed(const struct trial_counts *counts)
{
    uint64_t same = 0;

    for (unsigned colour = 0; colour < TRIAL_COLOURS; colour++)
        same += counts->from_to[colour][colour];
    return trial_posts(counts) - same;
}

static bool changes_more(const struct trial_row *a, const struct trial_row *b)
{
    uint64_t changed_a = trial_changed(&a->counts), changed_b = trial_changed(&b->counts);

    return changed_a != changed_b ? changed_a > changed_b : a->key < b->key;
}

size_t trial_most(const struct trial *trial, enum trial_by by, struct trial_row *into, size_t max)
{
    const struct trial_table *t = &trial->by[by];
    size_t count = 0;

    for (size_t i = 0; i < t->room; i++) {
        size_t at = count;

        if (t->rows[i].key == -1)
            continue;
        if (count == max && (max == 0 || !changes_more(&t->rows[i], &into[max - 1])))
            continue;
        at = count < max ? count++ : max - 1;
        for (; at > 0 && changes_more(&t->rows[i], &into[at - 1]); at--)
            into[at] = into[at - 1];
        into[at] = t->rows[i];
    }
    return count;
}

/* -- judging --------------------------------------------------------------------------------------- */

/* The policy for the post's place were the draft in force; the one there is now, when it would be
 * the same. */
static const struct policy_document *document_then(const struct trial *t, const struct post *post)
{
    const struct policy_document *both[] = {post->document, t->draft};
    struct policy_set set = {.documents = post->document != NULL ? both : both + 1,
                             .count = post->document != NULL ? 2 : 1};
    struct text region = post->site != NULL ? post->site->region : TEXT("");

    return policy_find(&set, region, t->survey.on);
}

static uint32_t reasons_under(const struct post *post, const struct policy_document *document,
                              day_t on)
{
    const struct context *context = post->site != NULL ? &post->context : NULL;

    return document != NULL
               ? safety_reasons(&post->worker->facts, context, &document->policy, on).all : 0;
}

static void count_reasons(struct trial *t, const struct post *post)
{
    uint32_t now = reasons_under(post, post->document, t->survey.on);
    uint32_t then = reasons_under(post, t->draft, t->survey.on);

    for (unsigned code = 0; code < REASON_COUNT; code++) {
        t->began[code] += then >> code & ~(now >> code) & 1;
        t->ended[code] += now >> code & ~(then >> code) & 1;
    }
}

static void keep_example(struct trial_examples *examples, const struct post *post)
{
    if (examples->count == TRIAL_EXAMPLES)
        return;
    examples->example[examples->count++] = (struct trial_example){
        post->worker->worker_id, post->site != NULL ? post->site->id : 0};
}

static int64_t region_key(const struct post *post)
{
    int64_t region = 0;

    if (post->site == NULL || !text_to_int(post->site->region, 0, 999999, &region))
        return 0;
    return region;
}

static void count_post(void *arg, const struct post *post, enum colour now, enum colour then)
{
    struct trial *t = arg;

    t->total.from_to[now][then]++;
    table_counts(&t->by[TRIAL_BY_REGION], region_key(post))->from_to[now][then]++;
    if (post->site != NULL) {
        table_counts(&t->by[TRIAL_BY_TRADE], post->context.trade)->from_to[now][then]++;
        table_counts(&t->by[TRIAL_BY_ORG], post->engaged->org_id)->from_to[now][then]++;
        table_counts(&t->by[TRIAL_BY_SITE], post->site->id)->from_to[now][then]++;
    }
    if (now == then)
        return;
    keep_example(&t->examples[now][then], post);
    count_reasons(t, post);
}

static void visit(void *arg, const struct post *post)
{
    struct trial *t = arg;

    if (document_then(t, post) == t->draft)
        two_colours_add(t->judge, post, post->generation);
    else
        t->other_policy++;
}

static void block_end(void *arg)
{
    struct trial *t = arg;

    two_colours_flush(t->judge);
}

static void on_done(void *arg, bool complete)
{
    struct trial *t = arg;

    t->done(t->done_arg, complete);
}

struct trial *trial_new(const struct policy_document *draft, day_t on)
{
    struct trial *t = calloc(1, sizeof *t);

    CHECK_ALLOCATED(t);
    t->draft = draft;
    t->survey = (struct survey){
        .asked = SURVEY_FOR_PEOPLE, .on = on, .visit = visit, .block_end = block_end,
        .done = on_done, .arg = t};
    t->judge = two_colours_new(&draft->policy, on, count_post, t);
    for (unsigned by = 0; by < TRIAL_BYS; by++)
        table_make(&t->by[by], TABLE_ROOM);
    return t;
}

void trial_free(struct trial *trial)
{
    if (trial == NULL)
        return;
    for (unsigned by = 0; by < TRIAL_BYS; by++)
        free(trial->by[by].rows);
    two_colours_free(trial->judge);
    free(trial);
}
