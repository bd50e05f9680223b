/* domain/signing_key.h: the keys that the service signs with: which signs what, and which may
 * follow which state.
 *
 * announced -> active -> retired, and from each of them removed. A key is made known before it is
 * used, so that gates without network have met it when its first code is shown: SIGNING_PUBLISH_S
 * lie between. A retired key signs nothing more and goes on verifying until the last thing that it
 * signed is over. A removed one verifies nothing from the moment the row is committed: for a key that
 * somebody else may have. Rows hold public halves and are only ever added; the private halves are
 * behind crypto/signer.h. Nothing here waits or allocates. */
#ifndef DOMAIN_SIGNING_KEY_H
#define DOMAIN_SIGNING_KEY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/text.h"

enum { SIGNING_KEYS_MAX = 64, SIGNING_KID_BYTES = 4, SIGNING_POINT_BYTES = 64 };
enum { SIGNING_PUBLISH_S = 24 * 3600 };

/* The numbers are those of trust lists (crypto/trust.h). */
enum signing_state {
    SIGNING_ANNOUNCED = 1, SIGNING_ACTIVE, SIGNING_RETIRED, SIGNING_REMOVED, SIGNING_STATES
};
const char *signing_state_name(enum signing_state state);
enum signing_state signing_state_of(struct text name); /* 0: none of these */

struct signing_key {
    int32_t number, version;
    unsigned char kid[SIGNING_KID_BYTES];
    unsigned char point[SIGNING_POINT_BYTES]; /* x, y */
    int32_t alg;          /* -7 ES256, -65537 SM2 */
    uint32_t kinds;       /* bit 1 << kind of what it may sign */
    int64_t nbf_s, exp_s; /* what it signed counts in [nbf, exp), seconds since 1970 */
    enum signing_state state;
    int64_t activated_us; /* 0: never */
};

/* All keys, as of one moment, and the newest list of them that a root has signed. */
struct signing_keys {
    uint64_t generation; /* of this process: another number, perhaps other keys */
    uint64_t sequence;   /* what the next trust list counts; rises with every change */
    unsigned count;
    struct signing_key keys[SIGNING_KEYS_MAX];
    uint64_t trust_sequence; /* of the signed list; 0: there is none */
    struct text trust;       /* its bytes, as they were handed in */
};

const struct signing_key *signing_key_find(const struct signing_keys *keys,
                                           const unsigned char kid[SIGNING_KID_BYTES]);
/* What signs a kind now: of the active keys permitted for it, the one activated last. What it signs
 * lives for life_s and must not outlive the key. NULL: none. */
const struct signing_key *signing_key_for(const struct signing_keys *keys, unsigned kind,
                                          int64_t now_s, int64_t life_s);

struct signing_move {
    const struct signing_keys *keys;
    const struct signing_key *key;
    enum signing_state to;
    int64_t now_s;
    int64_t published_s; /* when everybody could first know of it */
    bool emergency;      /* activation that cannot wait */
};
/* May the key be brought there? ERR_FIELD_CHOICE (expected: what may follow); ERR_KEY_EARLY before
 * SIGNING_PUBLISH_S and its own nbf; an emergency goes before that, but only where no other key signs
 * what this one would: gates without network do not know it yet, but nothing would be signed at all.
 * ERR_KEY_NEEDED: it signs something that no other active key may sign, and can only be removed. */
MUST_USE struct err signing_move_admit(const struct signing_move *move);

#endif
