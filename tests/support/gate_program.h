/* support/gate_program.h: the real jianan-gate, in a folder of its own, beside a server that may come
 * and go.
 *
 *     gate_start(&gate, server.port, cast.gate_account.key, NULL);
 *     told = gate_scan(&gate, code, "in");            // as the turnstile's board asks
 *     gate_stop(&gate);                               // dies unless it exits 0 */
#ifndef SUPPORT_GATE_PROGRAM_H
#define SUPPORT_GATE_PROGRAM_H

#include <sys/types.h>

#include "support/http_client.h"

enum { GATE_SETTINGS_MAX = 8 };

struct gate_program {
    char dir[64]; /* key, signing key, data/, log */
    unsigned server_port, port;
    pid_t pid; /* 0 when it does not run */
    const char *settings[GATE_SETTINGS_MAX];
    long file_bytes_max; /* 0: no limit; else no file of it may grow beyond */
    struct http_client client;
};

/* settings: further arguments, ended by NULL; or NULL. */
void gate_start(struct gate_program *gate, unsigned server_port, const char *key,
                const char *const *settings);
void gate_start_again(struct gate_program *gate);
void gate_end(struct gate_program *gate);  /* SIGTERM; dies unless it exits 0 */
void gate_kill(struct gate_program *gate); /* SIGKILL */
void gate_stop(struct gate_program *gate); /* gate_end() if it runs, and removes the folder */

struct http_reply gate_scan(struct gate_program *gate, const char *code, const char *direction);
/* POST /scan with this body. */
struct http_reply gate_post(struct gate_program *gate, const char *body);
struct http_reply gate_get(struct gate_program *gate, const char *path);

/* A member of /status. */
long long gate_status_int(struct gate_program *gate, const char *member);
bool gate_status_is(struct gate_program *gate, const char *member);
/* Waits for a member of /status to become this; dies after 30 s. */
void gate_wait_int(struct gate_program *gate, const char *member, long long value);
/* The same for what only grows, and may have passed by. */
void gate_wait_count(struct gate_program *gate, const char *member, long long least);
void gate_wait_is(struct gate_program *gate, const char *member, bool value);
/* The address space that lay in memory at most, in KiB (VmHWM). */
long gate_peak_kib(const struct gate_program *gate);

#endif
