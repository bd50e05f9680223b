/* bench_batch: the colours of millions, down columns, next to a plain read of the same bytes.
 *
 *     bench_batch                    8 and 50 million workers; about 4 GB of memory
 *     bench_batch MILLIONS...        those
 *     bench_batch facts              only from facts: building columns, and one by one
 *
 * Rows of text between tabs. Workers are made up (nation.h), no two alike. Reading and scoring take
 * turns over the same memory with the same threads; medians. Ratios are by wall time, which is what
 * memory bandwidth shows in, and by CPU time, which holds on a busy machine. */
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

#include "bench/nation.h"
#include "scoring/batch.h"
#include "support/cases.h"

enum {
    THREADS_MAX = 2,
    SAMPLES = 5,
    BYTES_A_WORKER_MAX = 160, /* room that is set aside; only what is used becomes memory */
    STAGED = COHORT_WORKERS_MAX * NATION_FACTS_MAX,
    FACTS_WORKERS = 64 * 1024
};

static day_t today;
static volatile uint64_t sink; /* what was computed is used, so it must be computed */

static double now_s(clockid_t clock)
{
    struct timespec t;

    CHECK(clock_gettime(clock, &t) == 0);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

static double median(double *values, size_t count)
{
    qsort(values, count, sizeof *values, compare);
    return values[count / 2];
}

/* -- the nation ------------------------------------------------------------------------------- */

struct part { /* what one thread built */
    unsigned char *memory;
    size_t bytes, room;
    uint64_t first, count; /* workers */
    uint64_t facts;
};

static struct part parts[THREADS_MAX];

static void *room_for(size_t bytes)
{
    void *at = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
                    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

    CHECK(at != MAP_FAILED);
    (void)madvise(at, bytes,
                  MADV_HUGEPAGE); /* without it, pages are small: slower for both sides */
    return at;
}

static void *build(void *arg)
{
    struct part *part = arg;
    struct cohort_builder *builder = malloc(sizeof *builder);
    struct cohort_entry *staged = malloc(STAGED * sizeof *staged);
    uint64_t made = 0;

    CHECK(builder != NULL && staged != NULL);
    while (made < part->count) {
        struct nation_worker worker;

        cohort_begin(builder, staged, STAGED, 300);
        while (made < part->count && builder->workers < COHORT_WORKERS_MAX) {
            nation_worker_make(&worker, part->first + made++, today);
            CHECK(cohort_add(builder, &worker.facts, &worker.context) == COHORT_ADDED);
            part->facts += worker.facts.count;
        }
        CHECK(part->bytes + cohort_bytes(builder) <= part->room);
        part->bytes += cohort_seal(builder, part->memory + part->bytes)->bytes;
    }
    free(staged);
    free(builder);
    return NULL;
}

static void build_nation(uint64_t workers)
{
    pthread_t threads[THREADS_MAX];

    for (unsigned i = 0; i < THREADS_MAX; i++) {
        struct part *part = &parts[i];

        *part = (struct part){.first = i * (workers / THREADS_MAX), .count = workers / THREADS_MAX};
        part->room = part->count * BYTES_A_WORKER_MAX + 4 * 1024 * 1024;
        part->memory = room_for(part->room);
        CHECK(pthread_create(&threads[i], NULL, build, part) == 0);
    }
    for (unsigned i = 0; i < THREADS_MAX; i++)
        CHECK(pthread_join(threads[i], NULL) == 0);
}

static void drop_nation(void)
{
    for (unsigned i = 0; i < THREADS_MAX; i++)
        munmap(parts[i].memory, parts[i].room);
}

/* -- what is measured ------------------------------------------------------------------------- */

struct job {                       /* a thread's share of one sample */
    const struct batch_plan *plan; /* NULL: only read */
    unsigned first, count;         /* parts */
    uint64_t colours[4];
    double cpu_s;
};

static void read_part(const struct part *part)
{
    const uint64_t *at = (const uint64_t *)(const void *)part->memory;
    uint64_t sum[8] = {0};

    for (size_t i = 0; i + 8 <= part->bytes / 8; i += 8) {
        for (unsigned k = 0; k < 8; k++)
            sum[k] += at[i + k];
    }
    for (unsigned k = 0; k < 8; k++)
        sink += sum[k];
}

/* Who asks for colours counts them: that is part of it. */
static void count_colours(const uint8_t *restrict here, unsigned count, uint64_t colours[4])
{
    for (unsigned colour = 0; colour < 4; colour++) {
        unsigned sum = 0;

        for (unsigned i = 0; i < count; i++)
            sum += here[i] == colour;
        colours[colour] += sum;
    }
}

static void score_part(const struct part *part, struct job *job)
{
    uint8_t person[COHORT_WORKERS_MAX], here[COHORT_WORKERS_MAX];

    for (size_t at = 0; at < part->bytes;) {
        const struct cohort *cohort = (const struct cohort *)(const void *)(part->memory + at);

        CHECK(batch_colours(job->plan, cohort, person, here));
        count_colours(here, cohort->workers, job->colours);
        at += cohort->bytes;
    }
}

static void *work(void *arg)
{
    struct job *job = arg;
    double started = now_s(CLOCK_THREAD_CPUTIME_ID);

    for (unsigned i = job->first; i < job->first + job->count; i++) {
        if (job->plan == NULL)
            read_part(&parts[i]);
        else
            score_part(&parts[i], job);
    }
    job->cpu_s = now_s(CLOCK_THREAD_CPUTIME_ID) - started;
    return NULL;
}

struct sample {
    double wall_s, cpu_s;
    uint64_t colours[4];
};

static struct sample run(const struct batch_plan *plan, unsigned threads)
{
    struct job jobs[THREADS_MAX];
    pthread_t thread[THREADS_MAX];
    struct sample sample = {0};
    double started = now_s(CLOCK_MONOTONIC);

    for (unsigned i = 0; i < threads; i++) {
        unsigned share = THREADS_MAX / threads;

        jobs[i] = (struct job){.plan = plan, .first = i * share, .count = share};
        CHECK(pthread_create(&thread[i], NULL, work, &jobs[i]) == 0);
    }
    for (unsigned i = 0; i < threads; i++) {
        CHECK(pthread_join(thread[i], NULL) == 0);
        sample.cpu_s += jobs[i].cpu_s;
        for (unsigned k = 0; k < 4; k++)
            sample.colours[k] += jobs[i].colours[k];
    }
    sample.wall_s = now_s(CLOCK_MONOTONIC) - started;
    return sample;
}

/* -- over millions ---------------------------------------------------------------------------- */

static const char *const policies[] = {"jiangsu-2023-05.json", "default.json"};
enum { POLICIES = sizeof policies / sizeof policies[0], READING = POLICIES };

static struct batch_plan plans[POLICIES];

static void print_size(uint64_t workers, double built_s)
{
    uint64_t bytes = parts[0].bytes + parts[1].bytes, facts = parts[0].facts + parts[1].facts;

    printf("# %.0f M workers, %.1f events each, %.1f bytes each (%.2f GB); made up and built in "
           "%.0f s\n",
           (double)workers / 1e6, (double)facts / (double)workers, (double)bytes / (double)workers,
           (double)bytes / 1e9, built_s);
}

static void measure(uint64_t workers, unsigned threads)
{
    double wall[POLICIES + 1][SAMPLES], cpu[POLICIES + 1][SAMPLES], read_wall, read_cpu;
    uint64_t bytes = parts[0].bytes + parts[1].bytes, colours[POLICIES][4];

    for (int i = 0; i < SAMPLES; i++) {
        for (unsigned k = 0; k <= POLICIES; k++) {
            struct sample s = run(k == READING ? NULL : &plans[k], threads);

            wall[k][i] = s.wall_s;
            cpu[k][i] = s.cpu_s;
            if (k != READING)
                memcpy(colours[k], s.colours, sizeof s.colours);
        }
    }
    read_wall = median(wall[READING], SAMPLES);
    read_cpu = median(cpu[READING], SAMPLES);
    for (unsigned k = 0; k < POLICIES; k++) {
        double own = median(wall[k], SAMPLES), n = (double)workers;

        double own_cpu = median(cpu[k], SAMPLES);

        printf("batch %.0f M, %u thread%s, %s\t%.0f M/s\t%.0f M/s, %.1f GB/s read\t%.3f\t%.3f\t"
               "%.0f ms, spread %.0f-%.0f; CPU %.1f ns a worker, reading %.1f (%.1f GB/s); green "
               "%.1f yellow %.1f red %.1f %%\n",
               n / 1e6, threads, threads > 1 ? "s" : "", policies[k], n / own / 1e6,
               n / read_wall / 1e6, (double)bytes / read_wall / 1e9, read_wall / own,
               read_cpu / own_cpu, own * 1e3, wall[k][0] * 1e3, wall[k][SAMPLES - 1] * 1e3,
               own_cpu * 1e9 / n, read_cpu * 1e9 / n, (double)bytes / read_cpu / 1e9,
               (double)colours[k][0] * 100 / n, (double)colours[k][1] * 100 / n,
               (double)colours[k][2] * 100 / n);
    }
}

static void over_millions(uint64_t workers)
{
    double started = now_s(CLOCK_MONOTONIC);

    build_nation(workers);
    print_size(workers, now_s(CLOCK_MONOTONIC) - started);
    for (unsigned threads = 1; threads <= THREADS_MAX; threads++)
        measure(workers, threads);
    drop_nation();
}

/* -- from facts ------------------------------------------------------------------------------- */

static struct nation_worker *people;

enum way { WAY_COLUMNS, WAY_BUILD, WAY_ONE_BY_ONE, WAY_VERDICTS, WAY_READ, WAYS };

static const struct cohort *cohort_of(unsigned first, uint16_t gap_days)
{
    static struct cohort_builder builder;
    static struct cohort_entry staged[STAGED];
    static _Alignas(COHORT_ALIGN) unsigned char memory[COHORT_WORKERS_MAX * BYTES_A_WORKER_MAX];

    cohort_begin(&builder, staged, STAGED, gap_days);
    for (unsigned i = first; i < first + COHORT_WORKERS_MAX; i++)
        CHECK(cohort_add(&builder, &people[i].facts, &people[i].context) == COHORT_ADDED);
    CHECK(cohort_bytes(&builder) <= sizeof memory);
    return cohort_seal(&builder, memory);
}

static void go_through_columns(const struct batch_plan *plan, bool score)
{
    uint8_t person[COHORT_WORKERS_MAX], here[COHORT_WORKERS_MAX];

    for (unsigned i = 0; i < FACTS_WORKERS; i += COHORT_WORKERS_MAX) {
        const struct cohort *cohort = cohort_of(i, plan->gap_days);

        sink += cohort->bytes;
        if (score && batch_colours(plan, cohort, person, here))
            sink += here[i % COHORT_WORKERS_MAX];
    }
}

/* What is measured is what is right: the release build's wide vectors, too. */
static void check_alike(const struct batch_plan *plan)
{
    uint8_t person[COHORT_WORKERS_MAX], here[COHORT_WORKERS_MAX];

    for (unsigned i = 0; i < FACTS_WORKERS; i += COHORT_WORKERS_MAX) {
        CHECK(batch_colours(plan, cohort_of(i, plan->gap_days), person, here));
        for (unsigned k = 0; k < COHORT_WORKERS_MAX; k++) {
            struct colours one =
                safety_colours(&people[i + k].facts, &people[i + k].context, plan->policy, today);

            CHECK(person[k] == one.person_colour && here[k] == one.colour_here);
        }
    }
}

static void go(enum way way, const struct batch_plan *plan)
{
    struct verdict verdict;

    switch (way) {
    case WAY_COLUMNS:
    case WAY_BUILD:
        go_through_columns(plan, way == WAY_COLUMNS);
        break;
    case WAY_ONE_BY_ONE:
        for (unsigned i = 0; i < FACTS_WORKERS; i++)
            sink += safety_colours(&people[i].facts, &people[i].context, plan->policy, today)
                        .colour_here;
        break;
    case WAY_VERDICTS:
        for (unsigned i = 0; i < FACTS_WORKERS; i++) {
            safety_code(&people[i].facts, &people[i].context, plan->policy, today, &verdict);
            sink += verdict.colour_here;
        }
        break;
    default:
        for (unsigned i = 0; i < FACTS_WORKERS; i++) {
            const struct facts *facts = &people[i].facts;

            for (unsigned k = 0; k < facts->count; k++)
                sink += facts->fact[k].ref + facts->fact[k].on;
        }
    }
}

static void from_facts(void)
{
    static const char *const names[] = {"build and score", "build", "colours one by one",
                                        "verdicts one by one"};
    double cpu[WAYS][SAMPLES], read;

    people = calloc(FACTS_WORKERS, sizeof *people);
    CHECK(people != NULL);
    for (unsigned i = 0; i < FACTS_WORKERS; i++)
        nation_worker_make(&people[i], i, today);
    for (unsigned k = 0; k < POLICIES; k++)
        check_alike(&plans[k]);
    for (int i = 0; i < SAMPLES; i++) {
        for (enum way way = 0; way < WAYS; way++) {
            double started = now_s(CLOCK_THREAD_CPUTIME_ID);

            go(way, &plans[0]);
            cpu[way][i] = now_s(CLOCK_THREAD_CPUTIME_ID) - started;
        }
    }
    read = median(cpu[WAY_READ], SAMPLES);
    for (enum way way = 0; way < WAY_READ; way++) {
        double own = median(cpu[way], SAMPLES);

        printf("from facts, %s, %s\t%.2f M/s\t%.1f M/s facts looked at\t%.3f\t%.3f\t%.0f ns a "
               "worker\n",
               names[way], policies[0], FACTS_WORKERS / own / 1e6, FACTS_WORKERS / read / 1e6,
               read / own, read / own, own * 1e9 / FACTS_WORKERS);
    }
    free(people);
}

int main(int argc, char **argv)
{
    static const uint64_t nations[] = {8, 50};

    today = day_from_civil((struct civil){2026, 11, 21});
    for (unsigned i = 0; i < POLICIES; i++)
        CHECK(batch_plan_init(&plans[i], &shipped_policy(policies[i])->policy, today));
    if (argc == 1 || strcmp(argv[1], "facts") == 0)
        from_facts();
    for (unsigned i = 0; argc == 1 && i < sizeof nations / sizeof nations[0]; i++)
        over_millions(nations[i] * 1000000);
    for (int i = 1; i < argc; i++) {
        uint64_t millions = strtoull(argv[i], NULL, 10);

        if (millions != 0)
            over_millions(millions * 1000000);
    }
    return 0;
}
