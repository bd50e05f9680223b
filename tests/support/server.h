/* support/server.h: the real jianan-server, on a database of its own and a plain port.
 *
 * server_start() takes a fresh copy of the migrated template (pg_fixture.h) with the program's own
 * policies in force, makes keys, opens an operator's account, starts the program and waits for
 * /readyz. server_stop() sends SIGTERM and dies unless the program exits 0: a leak that the address
 * sanitizer finds in it is a failure of the test.
 *
 *     static struct server server;
 *     static void set_up(void) { fixture_open(); server_start(&server, NULL); }
 *     static void tear_down(void) { server_stop(&server); fixture_close(); }
 */
#ifndef SUPPORT_SERVER_H
#define SUPPORT_SERVER_H

#include <sys/types.h>

#include "support/http_client.h"

enum { SERVER_SETTINGS_MAX = 16 };

struct server {
    char dir[64]; /* keys, spool, log */
    unsigned port;
    pid_t pid; /* 0 when it does not run */
    char operator_key[64];
    char signing_keys[256]; /* files, spaces between them; at first its own signing.pem */
    const char *settings[SERVER_SETTINGS_MAX]; /* "--pass_ms=50", ended by NULL */
    struct http_client client;
};

/* settings: further arguments, ended by NULL; or NULL. */
void server_start(struct server *server, const char *const *settings);
void server_stop(struct server *server);
/* Waits for one that was sent SIGTERM; dies unless it exits 0. */
void server_wait(struct server *server);
/* SIGKILL, for those who look at what survives; then server_start_again(). */
void server_kill(struct server *server);
void server_start_again(struct server *server);

/* Asks over the server's own client. Dies when no answer comes. */
struct http_reply server_ask(struct server *server, const char *method, const char *path,
                             const char *key, const char *body);
/* The same, for what must go well: dies with the answer unless its status is 2xx. */
struct http_reply server_must(struct server *server, const char *method, const char *path,
                              const char *key, const char *body);

/* Runs the program once with these arguments (ended by NULL); its exit status, its first line. */
int server_run_program(const char *const *arguments, char *line, size_t line_bytes);

#endif
