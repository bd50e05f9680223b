/* bench_scoring: verdicts a second on one core, next to a plain read of the same facts.
 *
 *     bench_scoring                       measures; rows of text between tabs
 *     bench_scoring POLICY full|day|colours ROUNDS
 *                                         only evaluates, and prints how many verdicts: for callgrind,
 *                                         which counts what lies inside evaluate_…
 *
 * The workers (people.h), the day and the order are always the same, so instruction counts repeat.
 * Each sample takes CPU time, not wall time, and sorts of samples take turns: other load on the
 * machine moves both sides alike. */
#include <inttypes.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "bench/people.h"
#include "domain/facts_pack.h"
#include "support/cases.h"

enum {
    WORKERS = 4096,
    SAMPLES = 9,
    SAMPLE_NS = 200 * 1000 * 1000,
    ARENA_BYTES = 256 * 1024 * 1024,
    CROWDED = 3,    /* sorts of workers with many facts */
    MANY = 1000
};

static struct bench_worker workers[WORKERS];
static unsigned char *packed; /* of all workers, one after the other, each at a multiple of 8 */
static size_t packed_bytes;
static day_t today;
static volatile uint64_t sink; /* what was computed is used, so it must be computed */

/* Facts as they lie in the register: one stretch of memory, read in place. */
static void make_workers(struct arena *arena)
{
    struct err e;

    today = day_from_civil((struct civil){2026, 11, 21});
    packed = arena_alloc(arena, WORKERS * 1024);
    CHECK_ALLOCATED(packed);
    for (unsigned i = 0; i < WORKERS; i++) {
        size_t bytes;

        bench_worker_make(&workers[i], i, today, 1, arena);
        CHECK(facts_pack_bytes(&workers[i].facts) <= 1016);
        bytes = facts_pack(&workers[i].facts, packed + packed_bytes);
        e = facts_unpack(packed + packed_bytes, bytes, arena, &workers[i].facts);
        CHECK(!err_is(e));
        packed_bytes += (bytes + 7) / 8 * 8;
    }
}

/* Nobody should have so many; whoever has must not hold up the gate for the others. A fact every other
 * day until today, all of one kind, or of five. */
static struct bench_worker crowded[CROWDED];
static const char *const crowds[CROWDED] = {"study", "violations", "mixed"};

static struct fact one_of_many(unsigned crowd, unsigned i)
{
    static const uint8_t mixed[] = {FACT_EXAM, FACT_TRAINING, FACT_STUDY, FACT_VIOLATION,
                                    FACT_CERTIFICATE};
    uint8_t kind = crowd == 0 ? FACT_STUDY : crowd == 1 ? FACT_VIOLATION
                                                        : mixed[i * sizeof mixed / MANY];
    unsigned each = crowd < 2 ? MANY : MANY / sizeof mixed, nth = i % each;
    bool is_paper = kind == FACT_CERTIFICATE;

    return (struct fact){.kind = kind,
                         .on = (day_t)(today - 1800 + nth * 1800 / each),
                         .until = kind == FACT_VIOLATION ? DAY_NEVER
                                  : is_paper             ? (day_t)(today + nth) : DAY_UNKNOWN,
                         .a = kind == FACT_TRAINING ? TRAINING_ANNUAL
                              : kind == FACT_EXAM   ? EXAM_NO_ABNORMALITY
                              : is_paper            ? CERTIFICATE_SPECIAL_OPERATION : VIOLATION_OPERATION,
                         .b = (uint8_t)(is_paper ? 3 : 1),
                         .c = kind == FACT_TRAINING || is_paper,
                         .ref = kind == FACT_VIOLATION ? 701 + nth % 20 : 1 + nth};
}

static void make_crowded(void)
{
    static struct fact facts[CROWDED][MANY];

    for (unsigned crowd = 0; crowd < CROWDED; crowd++) {
        for (unsigned i = 0; i < MANY; i++)
            facts[crowd][i] = one_of_many(crowd, i);
        crowded[crowd] = workers[0];
        crowded[crowd].context.trade = 30;
        crowded[crowd].facts.fact = facts[crowd];
        crowded[crowd].facts.count = MANY;
        crowded[crowd].facts.enrolled = (day_t)(today - 1800);
    }
}

/* -- what is measured: once over all workers; the verdicts are counted by colour -------------------- */

typedef uint64_t round_fn(const struct policy *policy);

__attribute__((noinline)) static uint64_t evaluate_full(const struct policy *policy)
{
    struct verdict verdict;
    uint64_t sum = 0;

    for (unsigned i = 0; i < WORKERS; i++) {
        safety_code(&workers[i].facts, &workers[i].context, policy, today, &verdict);
        sum += (uint64_t)1 << (16 * verdict.colour_here);
    }
    return sum;
}

__attribute__((noinline)) static uint64_t evaluate_day(const struct policy *policy)
{
    struct verdict verdict;
    uint64_t sum = 0;

    for (unsigned i = 0; i < WORKERS; i++) {
        (void)safety_day(&workers[i].facts, &workers[i].context, policy, today, &verdict);
        sum += (uint64_t)1 << (16 * verdict.colour_here);
    }
    return sum;
}

__attribute__((noinline)) static uint64_t evaluate_colours(const struct policy *policy)
{
    uint64_t sum = 0;

    for (unsigned i = 0; i < WORKERS; i++)
        sum +=
            (uint64_t)1
            << (16 *
                safety_colours(&workers[i].facts, &workers[i].context, policy, today).colour_here);
    return sum;
}

__attribute__((noinline)) static uint64_t read_memory(const struct policy *policy)
{
    const uint64_t *at = (const uint64_t *)(const void *)packed;
    uint64_t sum[4] = {0};

    (void)policy;
    for (size_t i = 0; i + 4 <= packed_bytes / 8; i += 4) {
        sum[0] += at[i];
        sum[1] += at[i + 1];
        sum[2] += at[i + 2];
        sum[3] += at[i + 3];
    }
    return sum[0] + sum[1] + sum[2] + sum[3];
}

static int64_t cpu_ns(void)
{
    struct timespec now;

    CHECK(clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now) == 0);
    return now.tv_sec * 1000000000ll + now.tv_nsec;
}

/* One verdict each, of somebody with many facts: the least of some, in microseconds. */
static double crowded_us(const struct policy *policy, const struct bench_worker *worker, bool full)
{
    enum { TIMES = 15 };
    double least = 1e12;

    for (unsigned i = 0; i < TIMES; i++) {
        struct verdict verdict;
        int64_t started = cpu_ns(), took;

        if (full)
            safety_code(&worker->facts, &worker->context, policy, today, &verdict);
        else
            (void)safety_day(&worker->facts, &worker->context, policy, today, &verdict);
        took = cpu_ns() - started;
        sink += verdict.reason_count;
        least = (double)took < least ? (double)took : least;
    }
    return least / 1000;
}

static void print_crowded(const char *name, const struct policy *policy)
{
    for (unsigned i = 0; i < CROWDED; i++)
        printf("# %s, %d facts (%s): a day's verdict %.0f us, in full %.0f us\n", name, MANY,
               crowds[i], crowded_us(policy, &crowded[i], false),
               crowded_us(policy, &crowded[i], true));
}

/* -- measuring -------------------------------------------------------------------------------------- */

struct subject {
    const char *name;
    const struct policy *policy;
    round_fn *round;
    double ns[SAMPLES]; /* a round */
};

static double sample(const struct subject *s)
{
    int64_t started = cpu_ns(), now;
    unsigned rounds = 0;

    do {
        for (int i = 0; i < 8; i++)
            sink += s->round(s->policy);
        rounds += 8;
        now = cpu_ns();
    } while (now - started < SAMPLE_NS);
    return (double)(now - started) / rounds;
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

static double median(struct subject *s)
{
    qsort(s->ns, SAMPLES, sizeof s->ns[0], compare);
    return s->ns[SAMPLES / 2];
}

static void print_colours(const struct subject *s)
{
    uint64_t sum = s->round(s->policy);

    printf("# %s: green %.1f yellow %.1f red %.1f %%\n", s->name,
           (double)(sum & 0xffff) * 100 / WORKERS, (double)(sum >> 16 & 0xffff) * 100 / WORKERS,
           (double)(sum >> 32 & 0xffff) * 100 / WORKERS);
}

static void measure(struct subject *subjects, size_t count)
{
    struct subject *reading = &subjects[count - 1];
    double read_ns;

    for (int i = 0; i < SAMPLES; i++) {
        for (size_t k = 0; k < count; k++)
            subjects[k].ns[i] = sample(&subjects[k]);
    }
    read_ns = median(reading);
    printf("# %u workers, %zu bytes of facts each; a plain read: %.1f GB/s\n", WORKERS,
           packed_bytes / WORKERS, (double)packed_bytes / read_ns);
    for (size_t k = 0; k + 1 < count; k++) {
        double ns = median(&subjects[k]);

        printf("%s\t%.2f M/s\t%.0f M/s read\t%.4f\t%.0f ns a verdict, spread %.0f-%.0f\n",
               subjects[k].name, WORKERS * 1e3 / ns, WORKERS * 1e3 / read_ns, read_ns / ns,
               ns / WORKERS, subjects[k].ns[0] / WORKERS, subjects[k].ns[SAMPLES - 1] / WORKERS);
    }
}

/* One core, the last one: interrupts are mostly on the first. */
static void stay_on_one_core(void)
{
    cpu_set_t set;
    long cores = sysconf(_SC_NPROCESSORS_ONLN);

    CPU_ZERO(&set);
    CPU_SET((size_t)(cores - 1), &set);
    if (sched_setaffinity(0, sizeof set, &set) != 0)
        perror("# not pinned to a core");
}

static int evaluate_only(const char *file, const char *what, unsigned long rounds)
{
    const struct policy *policy = &shipped_policy(file)->policy;

    round_fn *round = strcmp(what, "full") == 0      ? evaluate_full
                      : strcmp(what, "day") == 0     ? evaluate_day
                      : strcmp(what, "colours") == 0 ? evaluate_colours
                                                     : NULL;

    if (round == NULL)
        return 2;
    for (unsigned long i = 0; i < rounds; i++)
        sink += round(policy);
    printf("%lu\n", rounds * WORKERS);
    return 0;
}

int main(int argc, char **argv)
{
    struct arena arena;
    int status = 0;

    if (argc != 1 && argc != 4) {
        fprintf(stderr, "bench_scoring [POLICY full|day|colours ROUNDS]\n");
        return 2;
    }
    arena_init(&arena, ARENA_BYTES);
    make_workers(&arena);
    make_crowded();
    if (argc == 4) {
        status = evaluate_only(argv[1], argv[2], strtoul(argv[3], NULL, 10));
    } else {
        const struct policy *jiangsu = &shipped_policy("jiangsu-2023-05.json")->policy;
        const struct policy *otherwise = &shipped_policy("default.json")->policy;
        struct subject subjects[] = {
            {"verdict, Jiangsu", jiangsu, evaluate_full, {0}},
            {"day, Jiangsu", jiangsu, evaluate_day, {0}},
            {"colours, Jiangsu", jiangsu, evaluate_colours, {0}},
            {"verdict, default", otherwise, evaluate_full, {0}},
            {"day, default", otherwise, evaluate_day, {0}},
            {"colours, default", otherwise, evaluate_colours, {0}},
            {"a plain read", NULL, read_memory, {0}},
        };

        stay_on_one_core();
        print_colours(&subjects[0]);
        print_colours(&subjects[3]);
        print_crowded("Jiangsu", jiangsu);
        print_crowded("default", otherwise);
        measure(subjects, sizeof subjects / sizeof subjects[0]);
    }
    arena_clear(&arena);
    return status;
}
