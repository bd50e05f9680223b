/* support/receiver.h: an outside system that is told of things: a real HTTP server on a thread of
 * its own that keeps what it was sent, and answers as it is told to. */
#ifndef SUPPORT_RECEIVER_H
#define SUPPORT_RECEIVER_H

#include <openssl/ssl.h>
#include <stdbool.h>

enum { RECEIPTS_MAX = 256, RECEIPT_BODY_MAX = 4096 };

struct receipt {
    char path[128], id[80], timestamp[32], signature[256], type[64];
    char body[RECEIPT_BODY_MAX];
};

struct receiver;
struct receiver *receiver_start(SSL_CTX *tls); /* NULL: plain; answers 204 */
void receiver_stop(struct receiver *receiver);
unsigned receiver_port(const struct receiver *receiver);

/* From now on: this status, with these header lines (each ended by \r\n; NULL: none). 0: not at all,
 * until receiver_release() answers all that wait with 204. */
void receiver_answer(struct receiver *receiver, int status, const char *extra);
void receiver_release(struct receiver *receiver);

unsigned receiver_count(struct receiver *receiver);
/* Dies when so many have not come within 30 s. */
void receiver_wait(struct receiver *receiver, unsigned count);
struct receipt receiver_get(struct receiver *receiver, unsigned place);

#endif
