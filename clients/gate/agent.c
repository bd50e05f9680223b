#include "clients/gate/agent.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/log.h"
#include "clients/http/reach.h"
#include "crypto/signer.h"

enum { DRAIN_MS = 3000, PATH_BYTES = SETTING_TEXT_BYTES + 16 };

/* -- what the threads tell ------------------------------------------------------------------------- */

static time_us now_of(const struct agent *agent)
{
    return gate_time_at(&agent->time, gate_clocks_now());
}

static void on_news(void *arg, const struct sync_news *news)
{
    struct agent *agent = arg;

    if (news->measured)
        agent->time = news->time;
    else
        known_changed(&agent->known, news->name, now_of(agent));
}

static void on_line_up(void *arg)
{
    struct agent *agent = arg;

    sync_now(agent->sync);
}

static void on_unreachable(void *arg)
{
    struct agent *agent = arg;

    line_is_down(agent->line);
}

/* -- opening --------------------------------------------------------------------------------------- */

static bool complain(const char *what, const char *why)
{
    fprintf(stderr, "%s: %s\n", what, why);
    return false;
}

static bool complain_of(const char *what, struct err e)
{
    return complain(what, e.detail != NULL ? e.detail : err_row(e.code)->en);
}

static bool lock_folder(struct agent *agent)
{
    char path[PATH_BYTES];

    snprintf(path, sizeof path, "%s/lock", agent->settings->data_dir);
    agent->lock_file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (agent->lock_file < 0)
        return complain(path, strerror(errno));
    if (flock(agent->lock_file, LOCK_EX | LOCK_NB) != 0)
        return complain(path, "another jianan-gate works in this folder");
    return true;
}

static bool read_keys(struct agent *agent)
{
    const struct gate_settings *s = agent->settings;
    bool english = speaks_english();
    struct err e;

    if (!key_read(s->key_file, english, agent->key) ||
        (s->scan_key_file[0] != '\0' && !key_read(s->scan_key_file, english, agent->scan_key)))
        return false;
    e = signer_open_file(s->signing_key, &agent->signer);
    return err_is(e) ? complain_of(s->signing_key, e) : true;
}

static bool open_files(struct agent *agent)
{
    const struct gate_settings *s = agent->settings;
    struct err e = book_open(&agent->book, s->data_dir, &agent->put_aside);

    if (err_is(e))
        return complain_of("receipts.db", e);
    e = known_open(&agent->known, s->data_dir, s->skew_s,
                   s->trust_roots[0] != '\0' ? s->trust_roots : NULL);
    if (err_is(e))
        return complain_of("kept.db", e);
    book_read_time(&agent->book, &agent->time);
    known_load(&agent->known, now_of(agent));
    return true;
}

static bool open_line(struct agent *agent)
{
    const struct gate_settings *s = agent->settings;
    const char *why = NULL;

    agent->line = line_open(agent->loop, s, agent->key, on_line_up, agent, &why);
    if (agent->line == NULL)
        return complain("server", why);
    agent->sync = sync_open(&(struct sync_parts){.loop = agent->loop,
                                                 .settings = s,
                                                 .key = agent->key,
                                                 .signer = agent->signer,
                                                 .news = on_news,
                                                 .unreachable = on_unreachable,
                                                 .arg = agent},
                            &why);
    return agent->sync != NULL || complain("sync", why);
}

static bool listen_here(struct agent *agent)
{
    const struct gate_settings *s = agent->settings;
    struct http_handlers handlers = local_handlers(agent);
    struct err e;

    agent->router = router_new(local_routes, local_route_count);
    agent->http = http_server_new(agent->loop, &handlers);
    e = http_listen(agent->http, s->listen_address, (unsigned)s->listen_port, NULL);
    if (err_is(e))
        return complain(s->listen_address, "cannot listen there; is the port taken?");
    log_event(LOG_INFO, 0, "listening", log_text("address", s->listen_address),
              log_number("port", http_port(agent->http)));
    return true;
}

bool agent_open(struct agent *agent, const struct gate_settings *settings)
{
    *agent = (struct agent){.settings = settings, .lock_file = -1, .loop = loop_new()};
    return lock_folder(agent) && read_keys(agent) && open_files(agent) && listen_here(agent) &&
           open_line(agent);
}

unsigned agent_port(const struct agent *agent)
{
    return http_port(agent->http);
}

/* -- running and ending ---------------------------------------------------------------------------- */

void agent_run(struct agent *agent)
{
    log_event(LOG_INFO, 0, "serving", log_number("epoch", agent->book.epoch));
    loop_run(agent->loop);
}

static void on_drained(void *arg)
{
    struct agent *agent = arg;

    log_event(LOG_INFO, 0, "drained");
    loop_stop(agent->loop);
}

static void begin_drain(void *arg)
{
    struct agent *agent = arg;

    agent->stopping = true;
    http_drain(agent->http, DRAIN_MS, on_drained, agent);
}

void agent_stop(struct agent *agent)
{
    loop_post(agent->loop, begin_drain, agent);
}

void agent_close(struct agent *agent)
{
    if (agent->sync != NULL)
        sync_stop(agent->sync);
    if (agent->line != NULL)
        line_stop(agent->line);
    /* What the threads have posted is told before its memory goes. */
    CHECK(event_base_loop(loop_base(agent->loop), EVLOOP_NONBLOCK) >= 0);
    sync_free(agent->sync);
    line_free(agent->line);
    if (agent->http != NULL)
        http_server_free(agent->http);
    if (agent->router != NULL)
        router_free(agent->router);
    if (agent->known.kept.db.handle != NULL)
        known_close(&agent->known);
    if (agent->book.db.handle != NULL)
        book_close(&agent->book);
    signer_close(agent->signer);
    loop_free(agent->loop);
    if (agent->lock_file >= 0)
        (void)close(agent->lock_file);
    explicit_bzero(agent->key, sizeof agent->key);
    explicit_bzero(agent->scan_key, sizeof agent->scan_key);
}
