/* store/writes.h: the rows that every write has in common: its key, its changes, its audit. */
#ifndef STORE_WRITES_H
#define STORE_WRITES_H

#include "store/pg.h"

struct key_row { /* what is stored of a request that was here before */
    bool found;
    unsigned char fingerprint[32];
    int16_t status;
    struct text answer;
};
void key_find(struct batch *b, int64_t tenant, struct text route, struct text key,
              struct key_row *row);
void key_insert(struct batch *b, int64_t tenant, struct text route, struct text key,
                const unsigned char fingerprint[32], int16_t status, struct text answer);

void changes_insert(struct batch *b, int16_t kind, const int64_t *keys, const int64_t *versions,
                    size_t count);

struct audit_row {
    int64_t account_id;
    const char *action;
    int64_t worker_id;         /* 0: none */
    const int64_t *worker_ids; /* NULL: none */
    size_t worker_count;
    struct text detail; /* JSON object, or empty */
    int64_t request_id;
};
void audit_insert(struct batch *b, const struct audit_row *row);

#endif
