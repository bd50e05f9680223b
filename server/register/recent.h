/* register/recent.h: what was verified, used and answered lately, so that nothing is done twice.
 *
 *   digests   codes that this server signed or has verified: the signature need not be checked
 *             again. Key, times, list and replay still are, every time.
 *   uses      live codes at gates: the same code at the same gate in the same direction is the same
 *             pass; at another gate of the site it is a replay, once the first has opened or may.
 *   answers   passes by the gate's own number: a re-sent question gets the same answer.
 *
 * Tables of a fixed size, shared by all loops, in parts with a lock each that is held for a few
 * instructions. When a set runs over, its oldest entry goes: then a signature is checked once more,
 * and PostgreSQL's key still keeps a pass from being written twice. */
#ifndef REGISTER_RECENT_H
#define REGISTER_RECENT_H

#include "store/passes.h"

enum { RECENT_ENTRIES = 128 * 1024 }; /* of each table; 50 MB when every place is taken */

struct recent;
struct recent *recent_new(size_t entries_max);
void recent_free(struct recent *recent);

void recent_verified(struct recent *recent, const unsigned char digest[32], int64_t until_s);
bool recent_is_verified(struct recent *recent, const unsigned char digest[32]);

struct recent_use {
    int64_t site_id, gate_id;
    int64_t index, iat; /* of the code */
    int64_t until_s;    /* the code is dead then */
    int64_t seq;        /* of the pass that it became */
    int32_t epoch;
    day_t day;
    int16_t direction;
};

enum recent_seen { RECENT_NEW, RECENT_SAME, RECENT_ELSEWHERE };

/* Looks and claims in one go, so that of two gates that ask at the same moment one is first. NEW:
 * this use is now known, and counts against other gates until recent_release(). SAME: *earlier is
 * the first one. ELSEWHERE: used at another gate of the site in this direction; claimed as well. */
enum recent_seen recent_claim(struct recent *recent, const struct recent_use *use, int64_t now_s,
                              struct recent_use *earlier);
/* The gate did not open: other gates may take the code; here it stays known. */
void recent_release(struct recent *recent, const struct recent_use *use);
/* The device was told something else than was decided: the next scan is a new question. */
void recent_forget(struct recent *recent, const struct recent_use *use);

enum recent_recorded { RECENT_PENDING, RECENT_NONE, RECENT_SPOOL, RECENT_DB };

/* Keeps the answer under (gate, epoch, seq, day), or raises where it is recorded. */
void recent_answered(struct recent *recent, const struct pass *pass, enum recent_recorded recorded);
/* Finds the pass of this key; day is the key's as well. */
bool recent_find(struct recent *recent, int64_t gate_id, int32_t epoch, int64_t seq, day_t day,
                 struct pass *pass, enum recent_recorded *recorded);
void recent_drop(struct recent *recent, const struct pass *pass);

struct recent_counts {
    uint64_t evicted_digests, evicted_uses, evicted_answers; /* that were still alive */
};
struct recent_counts recent_counts(struct recent *recent);

#endif
