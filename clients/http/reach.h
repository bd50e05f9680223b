/* clients/http/reach.h: which server, as whom: from options, the environment, or the file
 * ~/.config/jianan/config; and the language and manner in which we speak.
 *
 *     server   = https://jianan.example.cn:8443
 *     key_file = /etc/jianan/contractor.key     (mode 600; the key alone on its first line)
 *     ca       = /etc/jianan/ca.pem
 *
 * JIANAN_SERVER, JIANAN_KEY_FILE and JIANAN_CA stand before the file, options before both. */
#ifndef HTTP_REACH_H
#define HTTP_REACH_H

#include "clients/http/client.h"

struct reach {
    char server[256], key_file[512], ca[512]; /* "" : not said */
    char key[CLIENT_KEY_BYTES_MAX + 1];       /* read by reach_key */
    bool english;
};

/* Fills what was not said by an option already, and the language. */
void reach_complete(struct reach *reach);

/* Reads the key's file. False after saying why on standard error: it cannot be read, others may
 * read it too, or it holds no key. */
bool reach_key(struct reach *reach);
/* The same for any file. */
bool key_read(const char *file, bool english, char key[CLIENT_KEY_BYTES_MAX + 1]);
/* Writes a key to a file of mode 600 (written beside it, then renamed). */
bool key_write(const char *file, const char *key);

/* NULL after saying why. */
struct client *reach_client(const struct reach *reach);

/* Chinese unless LC_ALL, LC_MESSAGES or LANG says English. */
bool speaks_english(void);

/* What a person is told of an answer that is not good, on standard error: the message, the field,
 * what was expected; or what the network said. `key`: the Idempotency-Key to repeat a write with. */
void answer_complain(const struct answer *answer, bool english, const char *key);

#endif
