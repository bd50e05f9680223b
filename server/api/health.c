#include "api/health.h"

#include <inttypes.h>
#include <stdatomic.h>

#include "api/metrics.h"
#include "api/passes.h"
#include "api/resource.h"
#include "base/embedded.h"

enum { PUBLISH_MS = 1000, METRICS_BYTES_MAX = 128 * 1024, READY_BYTES_MAX = 512, CLASSES = 6 };

/* -- what each loop counts ------------------------------------------------------------------ */

struct figures {
    _Atomic uint64_t requests, refused, accepted, connections, late, dropped, accept_pauses;
    _Atomic uint64_t answered[CLASSES]; /* by status class: 2xx is [2] */
    _Atomic uint64_t queued, pass_queued;
    _Atomic bool watched, up, pass_up;
    struct app *app;
    struct loop_timer *timer;
};
static struct figures loops[HEALTH_LOOPS_MAX]; /* by the loop's number */

static void publish(struct figures *f)
{
    const struct app *app = f->app;
    struct http_counts http = http_counts(app->http);

    f->requests = http.requests;
    f->refused = http.refused;
    f->accepted = http.accepted;
    f->connections = http.connections_now;
    f->late = http.late;
    f->dropped = http.dropped;
    f->accept_pauses = http.accept_pauses;
    for (int i = 0; i < CLASSES; i++)
        f->answered[i] = http.answered[i];
    f->queued = pg_pool_queued(app->pg);
    f->pass_queued = pg_pool_queued(app->pass_pg);
    f->up = pg_pool_is_up(app->pg);
    f->pass_up = pg_pool_is_up(app->pass_pg);
}

static void on_timer(void *arg)
{
    struct figures *f = arg;

    publish(f);
    loop_timer_start(f->timer, PUBLISH_MS);
}

void health_watch(struct app *app)
{
    struct figures *f = &loops[app->number];

    CHECK(app->number < HEALTH_LOOPS_MAX && !f->watched);
    f->app = app;
    f->timer = loop_timer_new(app->loop, on_timer, f);
    publish(f);
    loop_timer_start(f->timer, PUBLISH_MS);
    f->watched = true;
}

void health_unwatch(struct app *app)
{
    struct figures *f = &loops[app->number];

    CHECK(f->watched && f->app == app);
    f->watched = false;
    loop_timer_free(f->timer);
    f->timer = NULL;
}

/* -- GET /healthz, /readyz ------------------------------------------------------------------ */

static enum step alive_answer(struct exchange *x)
{
    return exchange_answer_json(x, 200, TEXT("{\"alive\":true}"));
}

step_fn *const health_alive[] = {alive_answer, NULL};

static unsigned put_reasons(struct json_writer *w, const struct app *app,
                            const struct registry_health *health)
{
    const struct {
        bool holds;
        const char *reason;
    } reasons[] = {
        {app->shared->stopping, "stopping"},
        {!health->ready, "register_loading"},
        {health->ready && (health->fresh_ms < 0 || health->fresh_ms > app->shared->fresh_ms),
         "register_stale"},
        {!pg_pool_is_up(app->pg), "database_unreachable"},
        {!passes_are_ready(app->passes), "passes_recovering"},
        {health->ready && app->keyring.trust.count == 0, "signing_key_missing"},
    };
    unsigned count = 0;

    json_open_array(w, "reasons");
    for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++) {
        if (reasons[i].holds) {
            json_put_string(w, NULL, reasons[i].reason);
            count++;
        }
    }
    json_close_array(w);
    return count;
}

static enum step ready_answer(struct exchange *x)
{
    struct app *app = app_of(x);
    struct registry_health health = registry_health(app->shared->registry);
    struct build out = answer_build(x, READY_BYTES_MAX);
    struct json_writer w = json_writer_over(&out);
    unsigned reasons;

    json_open_object(&w, NULL);
    reasons = put_reasons(&w, app, &health);
    json_put_bool(&w, "ready", reasons == 0);
    json_put_int(&w, "fresh_ms", health.fresh_ms);
    json_put_int(&w, "workers", (int64_t)health.workers);
    json_close_object(&w);
    return exchange_answer_json(x, reasons == 0 ? 200 : 503, build_done(&out));
}

step_fn *const health_ready[] = {ready_answer, NULL};

/* -- GET /metrics --------------------------------------------------------------------------- */

static void put_gauge(struct build *out, const char *name, const char *help, double value)
{
    metrics_family(out, name, "gauge", help);
    build_format(out, "%s %.9g\n", name, value);
}

static void put_counter(struct build *out, const char *name, const char *help, uint64_t value)
{
    metrics_family(out, name, "counter", help);
    build_format(out, "%s %" PRIu64 "\n", name, value);
}

/* One figure summed over the loops; `at` is its place in struct figures. */
static uint64_t sum(size_t at)
{
    uint64_t total = 0;

    for (int i = 0; i < HEALTH_LOOPS_MAX; i++) {
        if (loops[i].watched)
            total += *(_Atomic uint64_t *)((char *)&loops[i] + at);
    }
    return total;
}

static void put_http(struct build *out)
{
    static const struct {
        const char *name, *help;
        size_t at;
    } counters[] = {
        {"jianan_http_requests_total", "Complete requests.", offsetof(struct figures, requests)},
        {"jianan_http_refused_total", "Requests refused before they were complete.",
         offsetof(struct figures, refused)},
        {"jianan_http_connections_total", "Connections accepted.",
         offsetof(struct figures, accepted)},
        {"jianan_http_late_total", "Handlers that took too long.", offsetof(struct figures, late)},
        {"jianan_http_dropped_total", "Answers to peers that had gone.",
         offsetof(struct figures, dropped)},
        {"jianan_http_accept_pauses_total", "Times that descriptors ran out.",
         offsetof(struct figures, accept_pauses)},
    };

    for (size_t i = 0; i < sizeof counters / sizeof *counters; i++)
        put_counter(out, counters[i].name, counters[i].help, sum(counters[i].at));
    put_gauge(out, "jianan_http_connections", "Connections open now.",
              (double)sum(offsetof(struct figures, connections)));
    metrics_family(out, "jianan_http_answers_total", "counter", "Answers, by class of status.");
    for (size_t i = 1; i < CLASSES; i++)
        build_format(out, "jianan_http_answers_total{class=\"%zuxx\"} %" PRIu64 "\n", i,
                     sum(offsetof(struct figures, answered) + i * sizeof(_Atomic uint64_t)));
}

static void put_pools(struct build *out)
{
    unsigned up = 0, pass_up = 0, watched = 0;

    for (int i = 0; i < HEALTH_LOOPS_MAX; i++) {
        watched += loops[i].watched;
        up += loops[i].watched && loops[i].up;
        pass_up += loops[i].watched && loops[i].pass_up;
    }
    put_gauge(out, "jianan_loops", "Event loops.", watched);
    metrics_family(out, "jianan_database_up", "gauge",
                   "Loops that have a connection to PostgreSQL, by pool.");
    build_format(out, "jianan_database_up{pool=\"people\"} %u\n", up);
    build_format(out, "jianan_database_up{pool=\"passes\"} %u\n", pass_up);
    metrics_family(out, "jianan_database_queued", "gauge",
                   "Batches that wait for a connection, by pool.");
    build_format(out, "jianan_database_queued{pool=\"people\"} %" PRIu64 "\n",
                 sum(offsetof(struct figures, queued)));
    build_format(out, "jianan_database_queued{pool=\"passes\"} %" PRIu64 "\n",
                 sum(offsetof(struct figures, pass_queued)));
}

static void put_register(struct build *out, const struct registry_health *health)
{
    put_gauge(out, "jianan_register_ready", "1 once the register has caught up.", health->ready);
    put_gauge(out, "jianan_register_fresh_seconds",
              "Age of the newest heartbeat that came back; -1 before the first.",
              health->fresh_ms < 0 ? -1.0 : (double)health->fresh_ms / 1e3);
    put_gauge(out, "jianan_register_lag_seconds",
              "Last change: from its commit to being visible here.", (double)health->lag_us / 1e6);
    put_gauge(out, "jianan_clock_offset_seconds", "This server's clock minus the database's.",
              (double)health->clock_offset_ms / 1e3);
    put_gauge(out, "jianan_register_workers", "Workers in the register.",
              (double)health->workers);
    put_counter(out, "jianan_register_changes_total", "Changes applied.", health->changes);
    put_counter(out, "jianan_register_reloads_total", "Times that all was loaded anew.",
                health->reloads);
}

static struct passes_counts passes_of_all_loops(void)
{
    struct passes_counts all = {0};

    for (int i = 0; i < HEALTH_LOOPS_MAX; i++) {
        struct passes_counts c;

        if (!loops[i].watched)
            continue;
        c = passes_counts(loops[i].app->passes); /* any thread */
        all.committed += c.committed;
        all.spooled += c.spooled;
        all.none += c.none;
        all.duplicates += c.duplicates;
        all.batches += c.batches;
        all.repeated += c.repeated;
        all.drained += c.drained;
        all.waiting += c.waiting;
        all.refused += c.refused;
    }
    return all;
}

static void put_passes(struct build *out)
{
    struct passes_counts all = passes_of_all_loops();

    metrics_family(out, "jianan_passes_total", "counter", "Passes, by where they were recorded.");
    build_format(out, "jianan_passes_total{recorded=\"db\"} %" PRIu64 "\n", all.committed);
    build_format(out, "jianan_passes_total{recorded=\"spool\"} %" PRIu64 "\n", all.spooled);
    build_format(out, "jianan_passes_total{recorded=\"none\"} %" PRIu64 "\n", all.none);
    put_counter(out, "jianan_pass_duplicates_total", "Passes that were there already.",
                all.duplicates);
    put_counter(out, "jianan_pass_batches_total", "Batches of passes sent.", all.batches);
    put_counter(out, "jianan_pass_batches_repeated_total",
                "Batches sent again after an unknown outcome.", all.repeated);
    put_counter(out, "jianan_passes_drained_total", "Passes taken out of the spools.",
                all.drained);
    put_gauge(out, "jianan_passes_waiting", "Passes still in the spools.", (double)all.waiting);
    put_gauge(out, "jianan_passes_refused",
              "Passes set aside, because the database never takes them. More than 0 is an alarm: "
              "see passes-N.refused in the spool's folder.", (double)all.refused);
}

static void put_outbox(struct build *out, const struct outbox_figures *outbox)
{
    const struct {
        const char *end;
        uint64_t count;
    } ends[] = {{"delivered", atomic_load(&outbox->delivered)},
                {"failed", atomic_load(&outbox->failed)},
                {"dead", atomic_load(&outbox->dead)}};

    metrics_family(out, "jianan_deliveries_total", "counter",
                   "Attempts to tell a webhook, by their end; dead: the last one that is made.");
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
        build_format(out, "jianan_deliveries_total{end=\"%s\"} %" PRIu64 "\n", ends[i].end,
                     ends[i].count);
    put_gauge(out, "jianan_outbox_pending", "Messages that are still to be told.",
              (double)atomic_load(&outbox->pending));
    put_gauge(out, "jianan_outbox_dead", "Messages that were given up.",
              (double)atomic_load(&outbox->given_up));
    put_gauge(out, "jianan_outbox_oldest_seconds", "Age of the oldest message still to be told.",
              (double)atomic_load(&outbox->oldest_s));
}

static void put_log(struct build *out, const struct log_figures *log)
{
    put_gauge(out, "jianan_log_leaves", "Leaves of the log, by its newest signed head.",
              (double)atomic_load(&log->leaves));
    put_gauge(out, "jianan_log_head_timestamp_seconds",
              "When the newest head was signed; more than a few minutes ago is an alarm.",
              (double)atomic_load(&log->head_at_s));
    put_gauge(out, "jianan_log_broken",
              "1: what is stored contradicts the newest head. Run jianan-server --verify-log.",
              (double)atomic_load(&log->broken));
}

static void put_keys(struct build *out, const struct keyring *keyring, int64_t now_s)
{
    uint32_t missing = keyring_unsigned_kinds(keyring, now_s);

    metrics_family(out, "jianan_no_signer", "gauge",
                   "1: this server holds no active key for this kind; above 0 is an alarm.");
    for (unsigned kind = TOKEN_LIVE; kind <= TOKEN_KIND_MAX; kind++) {
        if ((KEYRING_KINDS & 1u << kind) != 0)
            build_format(out, "jianan_no_signer{kind=\"%s\"} %d\n",
                         token_kind_name((enum token_kind)kind), (missing & 1u << kind) != 0);
    }
    put_gauge(out, "jianan_trust_list_end_timestamp_seconds",
              "When the list of keys that a root has signed ends; 0: there is none.",
              (double)keyring->signed_until_s);
}

static enum step metrics_answer(struct exchange *x)
{
    const struct shared *shared = app_of(x)->shared;
    struct registry_health health = registry_health(shared->registry);
    struct build out = answer_build(x, METRICS_BYTES_MAX);

    if (loops[app_of(x)->number].watched)
        publish(&loops[app_of(x)->number]); /* its own figures to the moment */
    metrics_family(&out, "jianan_build_info", "gauge", "Which program this is.");
    build_format(&out, "jianan_build_info{version=\"%s\"} 1\n", JIANAN_VERSION);
    put_http(&out);
    put_pools(&out);
    put_register(&out, &health);
    put_passes(&out);
    put_outbox(&out, &shared->outbox);
    put_log(&out, &shared->log);
    put_keys(&out, &app_of(x)->keyring, x->now / US_PER_SECOND);
    metrics_render(shared->metrics, &out);
    if (out.full)
        return exchange_fail(x, err_make(ERR_TOO_LARGE));
    return exchange_answer(x, 200, "text/plain; version=0.0.4; charset=utf-8", build_done(&out),
                           NULL);
}

step_fn *const health_metrics[] = {metrics_answer, NULL};

/* -- GET /openapi.yaml ---------------------------------------------------------------------- */

static enum step openapi_answer(struct exchange *x)
{
    return exchange_answer(x, 200, "application/yaml", openapi_embedded[0].text, NULL);
}

step_fn *const health_openapi[] = {openapi_answer, NULL};
