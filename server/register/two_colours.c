#include "register/two_colours.h"

#include <stdlib.h>

#include "scoring/batch.h"

enum {
    GROUPS = 8,         /* policies in force that are gathered at once */
    POSTS_MAX = 1024,   /* of a group; a block of the register has 512 workers */
    STAGED = 16 * 1024, /* events of a group; FACTS_PER_WORKER_MAX * 2 is the least */
};
_Static_assert((int)POSTS_MAX <= (int)COHORT_WORKERS_MAX, "a group is one cohort");

struct group {
    const struct policy_document *document; /* in force; NULL: the group is free */
    bool planned;                           /* false: its policy is too large for columns */
    struct batch_plan now;
    struct cohort_builder builder;
    struct cohort_entry staged[STAGED];
    struct post posts[POSTS_MAX];
    struct worker_view workers[POSTS_MAX];
    unsigned count;
};

struct two_colours {
    const struct policy *then;
    day_t on;
    two_colours_fn *told;
    void *arg;
    bool planned;
    struct batch_plan plan; /* of `then` */
    uint64_t generation;
    struct group *groups[GROUPS]; /* made when they are needed */
    unsigned char *cohort;        /* COHORT_ALIGN; the one that is being judged */
    size_t cohort_room;
    uint8_t person[2][COHORT_WORKERS_MAX], here[2][COHORT_WORKERS_MAX];
};

/* -- one by one ----------------------------------------------------------------------------------- */

static enum colour colour_under(const struct post *post, const struct policy *policy, day_t on)
{
    struct colours colours;

    if (policy == NULL)
        return COLOUR_NONE;
    colours = safety_colours(&post->worker->facts, post->site != NULL ? &post->context : NULL,
                             policy, on);
    return post->site != NULL ? colours.colour_here : colours.person_colour;
}

static void judge_one(const struct two_colours *j, const struct post *post)
{
    j->told(j->arg, post,
            colour_under(post, post->document != NULL ? &post->document->policy : NULL, j->on),
            colour_under(post, j->then, j->on));
}

/* -- a group --------------------------------------------------------------------------------------- */

static uint16_t gap_days(const struct two_colours *j, const struct group *group)
{
    uint16_t now = batch_gap_days(&group->document->policy), then = batch_gap_days(j->then);

    return now < then ? now : then;
}

static void group_begin(const struct two_colours *j, struct group *group)
{
    group->count = 0;
    cohort_begin(&group->builder, group->staged, STAGED, gap_days(j, group));
}

static struct group *group_make(struct two_colours *j, unsigned place,
                                const struct policy_document *document)
{
    struct group *group = j->groups[place];

    if (group == NULL) {
        group = calloc(1, sizeof *group);
        CHECK_ALLOCATED(group);
        j->groups[place] = group;
    }
    group->document = document;
    group->planned = batch_plan_init(&group->now, &document->policy, j->on);
    group_begin(j, group);
    return group;
}

/* NULL: there are more policies than groups. */
static struct group *group_of(struct two_colours *j, const struct policy_document *document)
{
    for (unsigned i = 0; i < GROUPS; i++) {
        if (j->groups[i] == NULL || j->groups[i]->document == NULL)
            return group_make(j, i, document);
        if (j->groups[i]->document == document)
            return j->groups[i];
    }
    return NULL;
}

static const struct cohort *seal(struct two_colours *j, const struct group *group)
{
    size_t bytes = cohort_bytes(&group->builder);

    if (bytes > j->cohort_room) {
        free(j->cohort);
        j->cohort_room = (bytes + bytes / 2 + COHORT_ALIGN) / COHORT_ALIGN * COHORT_ALIGN;
        j->cohort = aligned_alloc(COHORT_ALIGN, j->cohort_room);
        CHECK_ALLOCATED(j->cohort);
    }
    return cohort_seal(&group->builder, j->cohort);
}

static void judge_group(struct two_colours *j, struct group *group)
{
    const struct cohort *cohort;

    if (group->count == 0)
        return;
    cohort = seal(j, group);
    CHECK(batch_colours(&group->now, cohort, j->person[0], j->here[0]));
    CHECK(batch_colours(&j->plan, cohort, j->person[1], j->here[1]));
    for (unsigned i = 0; i < group->count; i++) {
        const struct post *post = &group->posts[i];
        bool here = post->site != NULL;

        j->told(j->arg, post, here ? j->here[0][i] : j->person[0][i],
                here ? j->here[1][i] : j->person[1][i]);
    }
    group_begin(j, group);
}

/* False: not in columns. */
static bool group_add(struct two_colours *j, struct group *group, const struct post *post)
{
    const struct context *context = post->site != NULL ? &post->context : NULL;
    enum cohort_added added;

    if (!group->planned || !j->planned)
        return false;
    if (group->count == POSTS_MAX)
        judge_group(j, group);
    added = cohort_add(&group->builder, &post->worker->facts, context);
    if (added == COHORT_FULL) {
        judge_group(j, group);
        added = cohort_add(&group->builder, &post->worker->facts, context);
    }
    if (added != COHORT_ADDED)
        return false;
    group->workers[group->count] = *post->worker;
    group->posts[group->count] = *post;
    group->posts[group->count].worker = &group->workers[group->count];
    group->count++;
    return true;
}

/* -- from outside ------------------------------------------------------------------------------------ */

struct two_colours *two_colours_new(const struct policy *then, day_t on, two_colours_fn *told,
                                    void *arg)
{
    struct two_colours *j = calloc(1, sizeof *j);

    CHECK_ALLOCATED(j);
    j->then = then;
    j->on = on;
    j->told = told;
    j->arg = arg;
    j->planned = batch_plan_init(&j->plan, then, on);
    return j;
}

void two_colours_free(struct two_colours *j)
{
    if (j == NULL)
        return;
    for (unsigned i = 0; i < GROUPS; i++)
        free(j->groups[i]);
    free(j->cohort);
    free(j);
}

void two_colours_flush(struct two_colours *j)
{
    for (unsigned i = 0; i < GROUPS; i++) {
        if (j->groups[i] != NULL && j->groups[i]->document != NULL)
            judge_group(j, j->groups[i]);
    }
}

/* Other policies are in force. Who was gathered under those before is judged by them, as he would
 * have been alone; then nothing is kept of what they said. */
static void forget_plans(struct two_colours *j, uint64_t generation)
{
    two_colours_flush(j);
    for (unsigned i = 0; i < GROUPS; i++) {
        if (j->groups[i] != NULL)
            j->groups[i]->document = NULL;
    }
    j->generation = generation;
}

void two_colours_add(struct two_colours *j, const struct post *post, uint64_t generation)
{
    struct group *group = NULL;

    if (generation != j->generation)
        forget_plans(j, generation);
    if (post->document != NULL)
        group = group_of(j, post->document);
    if (group == NULL || !group_add(j, group, post))
        judge_one(j, post);
}
