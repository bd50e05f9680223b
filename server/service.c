#include "service.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "api/app.h"
#include "api/health.h"
#include "api/import_job.h"
#include "api/list_board.h"
#include "api/metrics.h"
#include "api/passes.h"
#include "api/trial_job.h"
#include "base/errands.h"
#include "base/log.h"
#include "crypto/ecc.h"
#include "jobs/jobs.h"
#include "jobs/outbox.h"
#include "jobs/site_alerts.h"
#include "net/files.h"
#include "print/sheet.h"
#include "register/presence.h"
#include "register/recent.h"
#include "register/survey.h"
#include "store/keys.h"
#include "store/migrate.h"
#include "store/safety.h"

struct service_loop {
    struct service *service;
    struct app app;
    pthread_t thread;
};

struct service {
    const struct settings *settings;
    struct shared shared;
    struct signing_key first_key; /* what signs where nothing does yet */
    SSL_CTX *tls;
    unsigned loop_count;
    struct service_loop *loops;
    struct jobs *jobs; /* on the first loop, like those below */
    struct site_alerts *alerts;
    struct outbox *outbox; /* a thread of its own */
};

/* -- refusing to start ---------------------------------------------------------------------------- */

/* A database that is down may come; one that is unsafe or of another schema must be mended. */
static struct err check_database(const struct settings *s, struct arena *arena)
{
    struct err e = safety_check(s->database, arena);

    if (e.code == ERR_UNSAFE_DATABASE && s->unsafe_database) {
        log_event(LOG_ERROR, 0, "acknowledged_records_may_be_lost", log_text("setting", e.field),
                  log_text("expected", e.expected), log_text("allowed_by", "unsafe_database"));
        e = OK;
    }
    if (!err_is(e))
        e = migrate_check(s->database, &migrations_embedded, arena);
    if (e.code == ERR_DATABASE) {
        log_event(LOG_WARN, 0, "database_unreachable", log_text("detail", e.detail));
        return OK;
    }
    return e;
}

/* The first of the files: what signs on a service that has no keys yet. */
static struct err take_first_key(const struct signers *signers, struct signing_key *first)
{
    const struct trusted_key *key;

    if (signers->count == 0)
        return err_field(ERR_FILE_UNREADABLE, "signing_key", "a file");
    key = signer_key(signers->at[0]);
    *first = (struct signing_key){.alg = key->alg, .kinds = KEYRING_KINDS, .exp_s = key->exp};
    memcpy(first->kid, key->kid, sizeof first->kid);
    return ecc_point(key->public_key, first->point) ? OK : err_make(ERR_CRYPTO);
}

/* What main prints: which file it was about. */
static struct err about_file(struct err e, const char *setting, struct text file,
                             struct arena *arena)
{
    if (err_is(e))
        e.detail = arena_format(arena, "%s: %.*s%s%s", setting, (int)file.bytes, file.at,
                                e.detail != NULL ? ": " : "", e.detail != NULL ? e.detail : "");
    return e;
}

static struct err open_keys(struct service *service, struct arena *arena)
{
    const struct settings *s = service->settings;
    struct shared *shared = &service->shared;
    struct text wrong = {NULL, 0};
    struct err e = vault_open(s->vault_file, &shared->vault);

    if (!err_is(e))
        e = about_file(signers_open(text_of(s->signing_key), &shared->signers, &wrong),
                       "signing_key", wrong, arena);
    if (!err_is(e))
        e = take_first_key(&shared->signers, &service->first_key);
    if (!err_is(e) && s->trust_roots[0] != '\0')
        e = about_file(trust_roots_open(s->trust_roots, &shared->roots), "trust_roots",
                       text_of(s->trust_roots), arena);
    if (err_is(e))
        return e;
    return random_bytes(shared->server_id, sizeof shared->server_id);
}

/* A service without a key gets this server's first one. Without a database the sealer does it later. */
static struct err open_first_key(const struct service *service)
{
    struct err e = signing_key_first_open(service->settings->database, &service->first_key);

    return e.code == ERR_DATABASE || e.code == ERR_DATABASE_TIMEOUT ? OK : e;
}

static struct err open_tls(struct service *service)
{
    const struct settings *s = service->settings;

    if (s->listen_port == 0)
        return OK;
    return tls_context_new(s->tls_certificate, s->tls_key, &service->tls);
}

/* -- parts ---------------------------------------------------------------------------------------- */

/* `count` in a period, and as many at once. */
static struct buckets *new_buckets(int64_t period_us, int64_t count)
{
    struct buckets *buckets = calloc(1, sizeof *buckets);

    CHECK_ALLOCATED(buckets);
    buckets->interval_us = period_us / count;
    buckets->burst_us = period_us;
    return buckets;
}

enum { ERRANDS_WAITING_MAX = 64, PASSWORDS_WAITING_MAX = 32, SHORT_FAILURES_PER_MIN = 10 };

static void fill_shared(struct service *service)
{
    const struct settings *s = service->settings;
    struct shared *shared = &service->shared;

    shared->registry = registry_new();
    shared->surveyor = surveyor_start(shared->registry);
    shared->errands = errands_start(ERRANDS_WAITING_MAX);
    shared->passwords = errands_start(PASSWORDS_WAITING_MAX);
    shared->origin = s->origin;
    shared->session_limits = (struct session_limits){s->session_idle_min * 60,
                                                     s->session_hours * 3600};
    shared->presence = presence_new(PRESENCE_ENTRIES);
    shared->recent = recent_new(RECENT_ENTRIES);
    shared->metrics = metrics_new();
    shared->lists = list_board_new(shared, s->list_ttl_s);
    shared->router = router_new(routes, route_count);
    shared->issuer = s->issuer;
    shared->spool_dir = s->spool_dir;
    shared->pass_ms = s->pass_ms;
    shared->appeal_days = s->appeal_days;
    shared->fresh_ms = s->fresh_ms;
    shared->queue_max = s->queue_max;
    shared->unsafe_database = s->unsafe_database;
    shared->webhook_rules.plain = s->webhook_plain;
    CHECK(network_list_parse(text_of(s->webhook_networks), &shared->webhook_rules.networks));
    shared->key_requests = new_buckets(US_PER_SECOND, s->key_requests_per_s);
    shared->short_failures = new_buckets(60 * (int64_t)US_PER_SECOND, SHORT_FAILURES_PER_MIN);
    shared->address_failures = new_buckets(60 * (int64_t)US_PER_SECOND,
                                           s->address_failures_per_min);
}

static struct pg_pool *open_pool(struct service *service, struct app *app, int64_t connections)
{
    const struct settings *s = service->settings;

    return pg_pool_new(app->loop, &(struct pg_options){.conninfo = s->database,
                                                       .connections = (unsigned)connections,
                                                       .queue_max = (unsigned)s->queue_max,
                                                       .batch_ms = s->database_ms,
                                                       .allow_unsafe = s->unsafe_database});
}

static struct err listen_on(struct service *service, struct app *app)
{
    const struct settings *s = service->settings;
    struct err e = OK;

    if (s->plain_port != 0)
        e = http_listen(app->http, "127.0.0.1", (unsigned)s->plain_port, NULL);
    if (!err_is(e) && service->tls != NULL)
        e = http_listen(app->http, s->listen_address, (unsigned)s->listen_port, service->tls);
    return e;
}

static struct err open_loop(struct service *service, unsigned number)
{
    struct service_loop *l = &service->loops[number];
    struct app *app = &l->app;
    struct http_handlers handlers;
    struct err e;

    l->service = service;
    app->shared = &service->shared;
    app->number = number;
    app->loop = loop_new();
    app->reader = registry_reader_new(service->shared.registry, app->loop);
    app->pg = open_pool(service, app, service->settings->database_connections);
    app->pass_pg = open_pool(service, app, service->settings->pass_connections);
    e = passes_open(app, service->loop_count, &app->passes);
    if (err_is(e))
        return e;
    handlers = app_handlers(app);
    app->http = http_server_new(app->loop, &handlers);
    if (service->settings->unsafe_database)
        http_server_mark(app->http, "Jianan-Unsafe-Database: 1\r\n");
    health_watch(app);
    return listen_on(service, app);
}

static void start_follower(struct service *service)
{
    const struct settings *s = service->settings;
    struct follower_options options = {.conninfo = s->database,
                                       .poll_ms = 1000,
                                       .heartbeat_ms = 1000,
                                       .load_connections = (unsigned)s->load_connections};

    memcpy(options.server_id, service->shared.server_id, sizeof options.server_id);
    service->shared.follower = follower_start(service->shared.registry, &options);
}

static void start_jobs(struct service *service)
{
    const struct shared *shared = &service->shared;
    const struct app *first = &service->loops[0].app;

    service->jobs = jobs_start(first->loop, first->pg);
    service->alerts = site_alerts_start(&(struct site_alerts_options){
        .loop = first->loop,
        .pool = first->pg,
        .registry = shared->registry,
        .surveyor = shared->surveyor,
        .follower = shared->follower,
        .period_ms = service->settings->alert_s * 1000,
        .fresh_ms = service->settings->fresh_ms,
    });
}

static void start_outbox(struct service *service)
{
    const struct settings *s = service->settings;
    struct shared *shared = &service->shared;

    service->outbox = outbox_start(&(struct outbox_options){
        .conninfo = s->database,
        .batch_ms = s->database_ms,
        .allow_unsafe = s->unsafe_database,
        .vault = shared->vault,
        .rules = &shared->webhook_rules,
        .ca = s->webhook_ca[0] != '\0' ? s->webhook_ca : NULL,
        .figures = &shared->outbox,
        .registry = shared->registry,
        .surveyor = shared->surveyor,
        .server_id = shared->server_id,
        .fresh_ms = s->fresh_ms,
        .reminder_hour = (int)s->reminder_hour,
        .signers = &shared->signers,
        .first_key = &service->first_key,
        .seal_ms = s->seal_s * 1000,
        .log = &shared->log,
    });
}

struct err service_open(const struct settings *settings, struct arena *arena,
                        struct service **result)
{
    struct service *service = calloc(1, sizeof *service);
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    struct err e;

    CHECK_ALLOCATED(service);
    service->settings = settings;
    *result = service;
    e = check_database(settings, arena);
    if (!err_is(e))
        e = open_keys(service, arena);
    if (!err_is(e))
        e = open_first_key(service);
    if (!err_is(e))
        e = open_tls(service);
    if (err_is(e))
        return e;
    if (settings->web_root[0] != '\0')
        e = files_read(settings->web_root, &service->shared.pages);
    if (err_is(e))
        return e;
    fill_shared(service);
    service->loop_count = settings->loops > 0 ? (unsigned)settings->loops
                        : cores > 0           ? (unsigned)cores
                                              : 1;
    service->loops = calloc(service->loop_count, sizeof *service->loops);
    CHECK_ALLOCATED(service->loops);
    start_follower(service);
    for (unsigned i = 0; i < service->loop_count && !err_is(e); i++)
        e = open_loop(service, i);
    if (!err_is(e))
        start_jobs(service);
    if (!err_is(e))
        start_outbox(service);
    return e;
}

/* -- running and draining ------------------------------------------------------------------------- */

static void *run_loop(void *arg)
{
    struct service_loop *l = arg;

    loop_run(l->app.loop);
    return NULL;
}

void service_run(struct service *service)
{
    log_event(LOG_INFO, 0, "serving", log_number("loops", service->loop_count),
              log_number("port", service->settings->listen_port),
              log_number("plain_port", service->settings->plain_port));
    for (unsigned i = 0; i < service->loop_count; i++)
        CHECK(pthread_create(&service->loops[i].thread, NULL, run_loop, &service->loops[i]) == 0);
    for (unsigned i = 0; i < service->loop_count; i++)
        CHECK(pthread_join(service->loops[i].thread, NULL) == 0);
    log_event(LOG_INFO, 0, "drained");
}

static void on_drained(void *arg)
{
    struct service_loop *l = arg;

    loop_stop(l->app.loop);
}

static void drain_loop(void *arg)
{
    struct service_loop *l = arg;

    http_drain(l->app.http, l->service->settings->drain_ms, on_drained, l);
}

void service_stop(struct service *service)
{
    log_event(LOG_INFO, 0, "draining");
    atomic_store(&service->shared.stopping, true);
    for (unsigned i = 0; i < service->loop_count; i++)
        loop_post(service->loops[i].app.loop, drain_loop, &service->loops[i]);
}

/* In the reverse order of opening; parts that were never opened are NULL. */
static void close_loop(struct service_loop *l)
{
    struct app *app = &l->app;

    if (app->loop == NULL)
        return;
    if (app->http != NULL) {
        health_unwatch(app);
        http_server_free(app->http);
    }
    pg_pool_free(app->pass_pg);
    pg_pool_free(app->pg);
    errands_abandon(app->shared->errands, app->loop);
    errands_abandon(app->shared->passwords, app->loop);
    if (app->number == 0) { /* their batches have gone with the pool */
        jobs_stop(l->service->jobs);
        site_alerts_stop(l->service->alerts);
    }
    imports_abandon(app);
    trials_abandon(app);
    if (app->passes != NULL)
        passes_close(app->passes);
    keyring_clear(&app->keyring);
    registry_reader_free(app->reader);
    loop_free(app->loop);
}

void service_close(struct service *service)
{
    struct shared *shared = &service->shared;

    outbox_stop(service->outbox);
    surveyor_stop(shared->surveyor); /* who waits for it is told by posting to a loop */
    errands_halt(shared->errands);
    errands_halt(shared->passwords);
    outbox_free(service->outbox);
    if (shared->follower != NULL)
        follower_stop(shared->follower);
    list_board_free(shared->lists);
    for (unsigned i = 0; i < service->loop_count && service->loops != NULL; i++)
        close_loop(&service->loops[i]);
    free(service->loops);
    errands_free(shared->errands);
    errands_free(shared->passwords);
    files_free(shared->pages);
    sheet_close();
    free(shared->key_requests);
    free(shared->short_failures);
    free(shared->address_failures);
    if (shared->registry != NULL) {
        router_free(shared->router);
        metrics_free(shared->metrics);
        recent_free(shared->recent);
        presence_free(shared->presence);
        registry_free(shared->registry);
    }
    SSL_CTX_free(service->tls);
    trust_list_clear(&shared->roots);
    signers_close(&shared->signers);
    vault_close(shared->vault);
    free(service);
}
