#include "api/metrics.h"

#include <inttypes.h>
#include <stdlib.h>

#include "domain/record.h"

static const struct {
    int64_t us;
    const char *seconds;
} buckets[METRICS_BUCKETS] = {
    {100, "0.0001"}, {250, "0.00025"}, {500, "0.0005"}, {1000, "0.001"},
    {2500, "0.0025"}, {5000, "0.005"}, {10000, "0.01"}, {25000, "0.025"},
    {50000, "0.05"}, {100000, "0.1"}, {300000, "0.3"}, {1500000, "1.5"},
};

struct metrics *metrics_new(void)
{
    struct metrics *metrics = calloc(1, sizeof *metrics);

    CHECK_ALLOCATED(metrics);
    return metrics;
}

void metrics_free(struct metrics *metrics)
{
    free(metrics);
}

static void count(_Atomic uint64_t *counter, uint64_t by)
{
    atomic_fetch_add_explicit(counter, by, memory_order_relaxed);
}

static uint64_t read_count(const _Atomic uint64_t *counter)
{
    return atomic_load_explicit(counter, memory_order_relaxed);
}

void metrics_gate(struct metrics *metrics, const struct gate_answer *answer, int64_t took_us)
{
    struct histogram *h = &metrics->gate[answer->verdict];
    unsigned place = 0;

    while (place < METRICS_BUCKETS && took_us > buckets[place].us)
        place++;
    count(&h->bucket[place], 1);
    count(&h->sum_us, took_us > 0 ? (uint64_t)took_us : 0);
    count(&metrics->why[answer->why], 1);
}

void metrics_refused(struct metrics *metrics, enum err_code code)
{
    CHECK(code < ERR_COUNT);
    count(&metrics->refused[code], 1);
}

void metrics_records(struct metrics *metrics, unsigned kind, uint64_t by)
{
    CHECK(kind < METRICS_RECORD_KINDS);
    count(&metrics->records[kind], by);
}

void metrics_family(struct build *out, const char *name, const char *type, const char *help)
{
    build_format(out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

static void render_histogram(const struct histogram *h, const char *verdict, struct build *out)
{
    static const char name[] = "jianan_gate_decision_seconds";
    uint64_t sum = 0;

    for (unsigned i = 0; i < METRICS_BUCKETS; i++) {
        sum += read_count(&h->bucket[i]);
        build_format(out, "%s_bucket{verdict=\"%s\",le=\"%s\"} %" PRIu64 "\n", name, verdict,
                     buckets[i].seconds, sum);
    }
    sum += read_count(&h->bucket[METRICS_BUCKETS]);
    build_format(out, "%s_bucket{verdict=\"%s\",le=\"+Inf\"} %" PRIu64 "\n", name, verdict, sum);
    build_format(out, "%s_sum{verdict=\"%s\"} %.6f\n", name, verdict,
                 (double)read_count(&h->sum_us) / 1e6);
    build_format(out, "%s_count{verdict=\"%s\"} %" PRIu64 "\n", name, verdict, sum);
}

static void render_errors(const struct metrics *metrics, struct build *out)
{
    metrics_family(out, "jianan_requests_refused_total", "counter",
                   "Requests refused before they reached a route, by error.");
    for (int code = ERR_NONE + 1; code < ERR_COUNT; code++) {
        uint64_t n = read_count(&metrics->refused[code]);

        if (n > 0)
            build_format(out, "jianan_requests_refused_total{code=\"%s\"} %" PRIu64 "\n",
                         err_row((enum err_code)code)->code, n);
    }
}

static void render_records(const struct metrics *metrics, struct build *out)
{
    metrics_family(out, "jianan_records_total", "counter", "Records committed, by kind.");
    for (unsigned kind = 1; kind < RECORD_KINDS; kind++)
        build_format(out, "jianan_records_total{kind=\"%s\"} %" PRIu64 "\n",
                     record_kind_name((enum record_kind)kind),
                     read_count(&metrics->records[kind]));
}

static void render_tokens(const struct metrics *metrics, struct build *out)
{
    metrics_family(out, "jianan_codes_total", "counter", "Live codes, by what was done with them.");
    build_format(out, "jianan_codes_total{did=\"issued\"} %" PRIu64 "\n",
                 read_count(&metrics->tokens_issued));
    build_format(out, "jianan_codes_total{did=\"recognised\"} %" PRIu64 "\n",
                 read_count(&metrics->tokens_recognised));
    build_format(out, "jianan_codes_total{did=\"verified\"} %" PRIu64 "\n",
                 read_count(&metrics->tokens_verified));
}

void metrics_render(const struct metrics *metrics, struct build *out)
{
    metrics_family(out, "jianan_gate_decision_seconds", "histogram",
                   "From a gate's question to its durable answer.");
    for (int kind = VERDICT_OPEN; kind <= VERDICT_CANNOT_TELL; kind++)
        render_histogram(&metrics->gate[kind], verdict_kind_name((enum verdict_kind)kind), out);
    metrics_family(out, "jianan_gate_answers_total", "counter", "Gate answers, by reason.");
    for (int why = 0; why < WHY_COUNT; why++)
        build_format(out, "jianan_gate_answers_total{why=\"%s\"} %" PRIu64 "\n",
                     why_row((enum why)why)->code, read_count(&metrics->why[why]));
    render_tokens(metrics, out);
    render_records(metrics, out);
    render_errors(metrics, out);
}
