/* clients/gate/agent.h: the parts of the agent, and its life. Everything belongs to the loop's thread;
 * line and sync have threads of their own behind them. */
#ifndef GATE_AGENT_H
#define GATE_AGENT_H

#include "clients/gate/book.h"
#include "clients/gate/gate_settings.h"
#include "clients/gate/known.h"
#include "clients/gate/line.h"
#include "clients/gate/passing.h"
#include "clients/gate/sync.h"
#include "clients/http/client.h"
#include "net/router.h"

struct agent {
    const struct gate_settings *settings;
    struct loop *loop;
    struct http_server *http;
    struct router *router;
    struct line *line;
    struct sync *sync;
    struct signer *signer;
    struct book book;
    struct known known;
    struct gate_time time;
    struct passings passings;
    uint64_t questions; /* asked of the server under book.epoch + 1 */
    int lock_file;      /* held: two agents in one folder would write two chains */
    char key[CLIENT_KEY_BYTES_MAX + 1], scan_key[CLIENT_KEY_BYTES_MAX + 1];
    bool put_aside;     /* the receipts' file was damaged at the start */
    bool unrecorded;    /* the last receipt could not be written */
    bool stopping;
};

/* False after saying why on standard error. The settings must outlive the agent. */
MUST_USE bool agent_open(struct agent *agent, const struct gate_settings *settings);
void agent_run(struct agent *agent);  /* until agent_stop() */
void agent_stop(struct agent *agent); /* any thread */
void agent_close(struct agent *agent);
unsigned agent_port(const struct agent *agent);

static inline struct agent *agent_of(const struct exchange *x)
{
    return x->app;
}

/* local.c: what the agent serves. */
extern const struct route local_routes[];
extern const size_t local_route_count;
struct http_handlers local_handlers(struct agent *agent);
/* A step: answers 401 unless the board sent its key, where one is set. */
enum step local_permit(struct exchange *x);

/* guard.c: what shows people; a step that lets nobody else look, and the part of the page. */
enum step guard_permit(struct exchange *x);
extern step_fn *const photo_get[];
void put_passings(struct build *out, const struct agent *agent, time_us now, bool english);

/* scan.c, status.c */
extern step_fn *const scan_post[];
extern const size_t scan_state_bytes;
extern step_fn *const status_page[];
extern step_fn *const status_get[];
void put_html(struct build *out, struct text text); /* escaped */

#endif
