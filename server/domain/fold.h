/* domain/fold.h: from a worker's records to facts and engagements.
 *
 * The fold reads the set of records; the order of the array does not matter. Versions say what was
 * recorded after what: that decides what supersedes what, and who goes first among events of one
 * day. A correction is a record that supersedes another; a superseded correction gives the first
 * record back. What had been recorded by some instant is a prefix: records_known_at().
 *
 * Facts keep a horizon: what was over more than 60 months before the reference day is left out.
 * Kept without limit of time is what no passing of time ends: bans, certificates and what became of
 * them, engagements, violations that order off-job training and that training, entry, site and
 * transfer training; and of what is over, the newest exam and the newest passed training of each
 * type, which tell that there was one. Briefings before the shift are kept for 31 days. */
#ifndef DOMAIN_FOLD_H
#define DOMAIN_FOLD_H

#include "domain/record.h"

enum { FOLD_RECORDS_MAX = 16384, ENGAGEMENTS_MAX = 1024 };

/* The reference day is the newest record's occurred_on. facts->fact lies in the arena. Fails with
 * ERR_VERSION_UNKNOWN (a record names a version that is not there, is not earlier, or is of another
 * kind; field "/records/<index>/of"), ERR_ALREADY_EXISTS (two records of one version) or
 * ERR_TOO_LARGE (records, arena, engagements, or more facts that must stay than
 * FACTS_PER_WORKER_MAX; beyond it what was over first of the others is left out). */
MUST_USE struct err facts_fold(const struct record *records, size_t count, struct arena *arena,
                               struct facts *facts);

/* For looking back: keeps what a verdict on day `on` may need, though newer records are there. */
MUST_USE struct err facts_fold_on(const struct record *records, size_t count, day_t on,
                                  struct arena *arena, struct facts *facts);

/* How many of the records, which are in order of version, had been recorded by `at`: all up to the
 * last of those. A record that came before one that was known was known, too, even where a clock
 * was set back in between; so it is always a prefix, and always one that folds. */
size_t records_known_at(const struct record *records, size_t count, time_us at);

/* Who works where, for whom, as what: [from, until). */
struct engagement {
    int64_t org, site;
    uint32_t version; /* of the record that opened it */
    day_t from, until; /* DAY_NEVER: open. until == from: ended before it began */
    uint16_t trade;
    uint8_t role;
};

struct engagements {
    struct engagement *engagement; /* in order of version */
    size_t count;
};

/* An engagement_end ends the engagement it names by `of`, or all open ones that match the org,
 * site, trade and role that it states, on its `until` (else on occurred_on). */
MUST_USE struct err engagements_fold(const struct record *records, size_t count,
                                     struct arena *arena, struct engagements *out);

#endif
