/* store/access.h: looks up who asks, for keys that the register does not hold yet. */
#ifndef STORE_ACCESS_H
#define STORE_ACCESS_H

#include "domain/directory.h"
#include "store/pg.h"

/* account->id stays 0 when no account has this prefix. */
void access_find_account(struct batch *b, struct text key_prefix, struct account *account);
/* *access_version stays 0 when there is no such person, or the person was erased. */
void access_find_worker(struct batch *b, int64_t worker_id, int32_t *access_version);

#endif
