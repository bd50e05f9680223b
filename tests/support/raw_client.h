/* support/raw_client.h: a peer that sends exactly the bytes it is told to, over TCP or TLS. */
#ifndef SUPPORT_RAW_CLIENT_H
#define SUPPORT_RAW_CLIENT_H

#include <stdbool.h>
#include <stddef.h>

#include <openssl/ssl.h>

enum { RAW_WAIT_MS = 5000, RAW_BYTES_MAX = 512 * 1024 };

struct raw_client {
    int fd;
    SSL_CTX *context; /* NULL: plain text */
    SSL *tls;
    char *bytes; /* received and not yet taken; ends in NUL */
    size_t count;
    bool closed; /* the server has ended the connection */
};

struct raw_answer {
    int status; /* 0: the connection ended, or nothing came in RAW_WAIT_MS */
    bool close; /* Connection: close */
    bool timed_out;
    char head[4096];
    char *body; /* NUL-terminated; freed by raw_answer_clear() */
    size_t body_bytes;
};

bool raw_open(struct raw_client *client, unsigned port);
/* version: TLS1_2_VERSION and its kin, as lowest and highest. false: the handshake failed. */
bool raw_open_tls(struct raw_client *client, unsigned port, int version);
void raw_close(struct raw_client *client);
void raw_reset(struct raw_client *client); /* closes by RST */
bool raw_send(struct raw_client *client, const void *bytes, size_t count);
bool raw_send_text(struct raw_client *client, const char *text);
void raw_half_close(struct raw_client *client);

/* The next final answer; 100 Continue is skipped (see raw_read_head()). */
struct raw_answer raw_read(struct raw_client *client, bool to_head_request);
struct raw_answer raw_read_head(struct raw_client *client); /* any answer, without its body */
void raw_answer_clear(struct raw_answer *answer);
const char *raw_header(const struct raw_answer *answer, const char *name, char value[256]);

/* Waits for the server to close; false when it has not after wait_ms. Other bytes are dropped. */
bool raw_is_closed(struct raw_client *client, int wait_ms);

/* Sends one request on a new connection and returns the status of its answer. */
int raw_ask(unsigned port, const char *request, bool *closed);

#endif
