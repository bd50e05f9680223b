/* clients/sim/talk.h: how the simulator asks: again when the server is busy, with the same key; and
 * aloud when something will not do. */
#ifndef SIM_TALK_H
#define SIM_TALK_H

#include "clients/http/reach.h"

/* A write under this Idempotency-Key. NULL after saying what was refused; else the answer's JSON,
 * the caller's to json_decref. Takes the body over. */
json_t *talk_write(struct client *client, const char *key, const char *path, json_t *body,
                   const char *idempotency);
/* The same for reading. */
json_t *talk_read(struct client *client, const char *key, const char *path);

#endif
