/* domain/facts_pack.h: facts as bytes, for the facts row and the register.
 *
 * Little-endian: format (1), sex (1), count (2), birth (2), enrolled (2), version (4), then 12
 * bytes a fact in the order of struct fact's members. */
#ifndef DOMAIN_FACTS_PACK_H
#define DOMAIN_FACTS_PACK_H

#include "base/arena.h"
#include "base/err.h"
#include "scoring/facts.h"

enum { FACTS_PACK_FORMAT = 1, FACTS_PACK_HEADER = 12 };
enum { FACTS_PACK_BYTES_MAX = FACTS_PACK_HEADER + 12 * FACTS_PER_WORKER_MAX };

/* at[FACTS_PACK_HEADER + 12 * count] must be there; returns the bytes written. */
size_t facts_pack_bytes(const struct facts *facts);
size_t facts_pack(const struct facts *facts, unsigned char *at);

/* Where the bytes are aligned and the machine is little-endian, facts->fact points into them;
 * elsewhere they are copied into the arena. Fails with ERR_INTERNAL (detail says what is wrong:
 * these bytes are our own) or ERR_TOO_LARGE. */
MUST_USE struct err facts_unpack(const unsigned char *at, size_t bytes, struct arena *arena,
                                 struct facts *facts);

#endif
