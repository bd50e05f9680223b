#include "register/survey.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/check.h"

/* -- posts ----------------------------------------------------------------------------------------- */

static void post_resolve(const struct registry_reader *reader, const struct policy_set *policies,
                         const struct engaged *engaged, day_t on, struct post *post)
{
    post->site = engaged != NULL ? registry_site(reader, engaged->site_id) : NULL;
    post->org = engaged != NULL ? registry_org(reader, engaged->org_id) : NULL;
    post->policies = policies;
    post->document = NULL;
    post->generation = policies != NULL ? policies->generation : 0;
    if (policies != NULL)
        post->document =
            policy_find(policies, post->site != NULL ? post->site->region : TEXT(""), on);
}

static void post_ask(const struct engaged *engaged, day_t on, struct post *post)
{
    post->context = (struct context){0};
    if (engaged == NULL || post->site == NULL)
        return;
    post->context = (struct context){
        .trade = engaged->trade,
        .role = engaged->role,
        .site_state = (uint8_t)post->site->state,
        .org_permit = (uint8_t)(post->org != NULL ? org_permit_on(post->org, on) : PERMIT_UNASKED),
        .site = (uint32_t)post->site->id,
    };
}

void post_find(const struct registry_reader *reader, const struct worker_view *worker,
               const struct engaged *engaged, day_t on, struct post *post)
{
    post->worker = worker;
    post->engaged = engaged;
    post_resolve(reader, registry_policies(reader), engaged, on, post);
    post_ask(engaged, on, post);
}

/* -- walking --------------------------------------------------------------------------------------- */

/* People of a site stand close together, so within a block the same few places come up again and
 * again. Forgotten at each block's end, because the register lends no longer. So is the policy set,
 * which is asked for once a block: another may come into force in the middle of one, and a block is
 * judged by one of them. */
enum { PLACES = 64 };

struct walk {
    struct registry_reader *reader;
    struct survey *survey;
    const _Atomic bool *stop;
    struct place_found {
        int64_t site_id, org_id; /* site_id 0: empty */
        struct post post;
    } places[PLACES];
    const struct policy_set *policies; /* of this block, once block_begun */
    bool block_begun, stopped;
};

static void find_place(struct walk *w, const struct engaged *engaged, struct post *post)
{
    struct place_found *place =
        &w->places[((uint64_t)engaged->site_id * 31 + (uint64_t)engaged->org_id) % PLACES];

    if (place->site_id != engaged->site_id || place->org_id != engaged->org_id) {
        place->site_id = engaged->site_id;
        place->org_id = engaged->org_id;
        post_resolve(w->reader, w->policies, engaged, w->survey->on, &place->post);
    }
    *post = place->post;
}

static void visit_posts(struct walk *w, const struct worker_view *worker)
{
    struct post post = {.worker = worker};
    bool any = false;

    for (unsigned i = 0; i < worker->engaged_count; i++) {
        const struct engaged *engaged = &worker->engaged[i];

        if (w->survey->on < engaged->from || w->survey->on >= engaged->until)
            continue;
        find_place(w, engaged, &post);
        post.worker = worker;
        post.engaged = engaged;
        post_ask(engaged, w->survey->on, &post);
        w->survey->visit(w->survey->arg, &post);
        any = true;
    }
    if (!any) {
        post_resolve(w->reader, w->policies, NULL, w->survey->on, &post);
        post_ask(NULL, w->survey->on, &post);
        w->survey->visit(w->survey->arg, &post);
    }
}

static bool on_worker(void *arg, const struct worker_view *worker)
{
    struct walk *w = arg;

    if (!w->block_begun)
        w->policies = registry_policies(w->reader);
    w->block_begun = true;
    visit_posts(w, worker);
    atomic_fetch_add_explicit(&w->survey->workers_seen, 1, memory_order_relaxed);
    return true;
}

static bool on_block_end(void *arg)
{
    struct walk *w = arg;

    if (w->survey->block_end != NULL)
        w->survey->block_end(w->survey->arg);
    memset(w->places, 0, sizeof w->places);
    w->block_begun = false;
    w->stopped = w->stop != NULL && atomic_load(w->stop);
    return !w->stopped;
}

bool survey_run(struct registry_reader *reader, struct survey *survey, const _Atomic bool *stop)
{
    struct walk w = {.reader = reader, .survey = survey, .stop = stop};

    atomic_store(&survey->workers_seen, 0);
    registry_scan_blocks(reader, on_worker, on_block_end, &w);
    return !w.stopped;
}

/* -- the thread ------------------------------------------------------------------------------------ */

struct surveyor {
    struct registry_reader *reader;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t work;
    struct survey *waiting[SURVEYS_WAITING_MAX]; /* the first of them is at work */
    unsigned count;
    unsigned taken[SURVEY_FORS]; /* places: reserved, waiting and at work */
    _Atomic bool stopping;
};

static const unsigned places_max[SURVEY_FORS] = {
    [SURVEY_FOR_SERVICE] = SURVEYS_FOR_SERVICE_MAX,
    [SURVEY_FOR_GATES] = SURVEYS_FOR_GATES_MAX,
    [SURVEY_FOR_PEOPLE] = SURVEYS_FOR_PEOPLE_MAX,
};

static struct survey *next_survey(struct surveyor *s)
{
    struct survey *survey;

    CHECK(pthread_mutex_lock(&s->lock) == 0);
    while (s->count == 0 && !atomic_load(&s->stopping))
        CHECK(pthread_cond_wait(&s->work, &s->lock) == 0);
    survey = s->count > 0 ? s->waiting[0] : NULL;
    CHECK(pthread_mutex_unlock(&s->lock) == 0);
    return survey;
}

static void take_off(struct surveyor *s)
{
    CHECK(pthread_mutex_lock(&s->lock) == 0);
    s->taken[s->waiting[0]->asked]--;
    s->count--;
    memmove(s->waiting, s->waiting + 1, s->count * sizeof s->waiting[0]);
    CHECK(pthread_mutex_unlock(&s->lock) == 0);
}

static void *surveyor_run(void *arg)
{
    struct surveyor *s = arg;
    struct survey *survey;

    (void)setpriority(PRIO_PROCESS, (id_t)gettid(), 19); /* Linux: of this thread alone */
    while ((survey = next_survey(s)) != NULL) {
        bool complete = !atomic_load(&s->stopping) && survey_run(s->reader, survey, &s->stopping);

        take_off(s); /* before done(), after which the survey may be gone */
        survey->done(survey->arg, complete);
    }
    return NULL;
}

struct surveyor *surveyor_start(struct registry *registry)
{
    struct surveyor *s = calloc(1, sizeof *s);

    CHECK_ALLOCATED(s);
    s->reader = registry_reader_new(registry, NULL);
    CHECK(pthread_mutex_init(&s->lock, NULL) == 0);
    CHECK(pthread_cond_init(&s->work, NULL) == 0);
    CHECK(pthread_create(&s->thread, NULL, surveyor_run, s) == 0);
    return s;
}

bool surveyor_reserve(struct surveyor *s, enum survey_for asked)
{
    bool taken;

    CHECK(pthread_mutex_lock(&s->lock) == 0);
    taken = s->taken[asked] < places_max[asked] && !atomic_load(&s->stopping);
    s->taken[asked] += taken;
    CHECK(pthread_mutex_unlock(&s->lock) == 0);
    return taken;
}

void surveyor_release(struct surveyor *s, enum survey_for asked)
{
    CHECK(pthread_mutex_lock(&s->lock) == 0);
    CHECK(s->taken[asked] > 0);
    s->taken[asked]--;
    CHECK(pthread_mutex_unlock(&s->lock) == 0);
}

/* Behind those of its own kind and of the kinds before it; never before the one at work. */
static void queue(struct surveyor *s, struct survey *survey)
{
    unsigned at = s->count++;

    for (; at > 1 && s->waiting[at - 1]->asked > survey->asked; at--)
        s->waiting[at] = s->waiting[at - 1];
    s->waiting[at] = survey;
}

bool surveyor_submit(struct surveyor *s, struct survey *survey)
{
    bool goes_on;

    CHECK(pthread_mutex_lock(&s->lock) == 0);
    CHECK(s->taken[survey->asked] > 0 && s->count < SURVEYS_WAITING_MAX);
    goes_on = !atomic_load(&s->stopping);
    if (goes_on) {
        queue(s, survey);
        CHECK(pthread_cond_signal(&s->work) == 0);
    } else {
        s->taken[survey->asked]--;
    }
    CHECK(pthread_mutex_unlock(&s->lock) == 0);
    return goes_on;
}

void surveyor_stop(struct surveyor *s)
{
    if (s == NULL)
        return;
    CHECK(pthread_mutex_lock(&s->lock) == 0);
    atomic_store(&s->stopping, true);
    CHECK(pthread_cond_signal(&s->work) == 0);
    CHECK(pthread_mutex_unlock(&s->lock) == 0);
    CHECK(pthread_join(s->thread, NULL) == 0);
    registry_reader_free(s->reader);
    pthread_cond_destroy(&s->work);
    pthread_mutex_destroy(&s->lock);
    free(s);
}
