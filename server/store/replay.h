/* store/replay.h: passes, and everything that they were decided from, as the database has kept it. */
#ifndef STORE_REPLAY_H
#define STORE_REPLAY_H

#include "domain/policy.h"
#include "domain/replay.h"
#include "store/pg.h"

enum { REPLAY_PASSES_MAX = 500 }; /* at once */

/* Passes of a day in the order of their keys. */
struct replay_page {
    struct pass *passes;
    size_t count;
};
/* At most max of them, behind *after: gate_id, epoch, seq and told of a pass; all 0 but told -1 for
 * the first page. */
void replay_passes(struct batch *b, day_t day, const struct pass *after, int32_t max,
                   struct replay_page *page);

struct replay_worker {
    int64_t worker_id;
    struct record *records; /* by version */
    size_t record_count;
    bool unreadable; /* one of them makes no sense any more */
};
struct replay_policy {
    int32_t number;
    bool whole; /* its document is what it was, and can be read */
    struct policy_document document;
};
/* What a number of passes name. Everything lies in the batch's arena. */
struct replay_set {
    struct site *sites;
    struct device *devices;
    struct org *orgs;
    struct replay_policy *policies;
    struct replay_worker *workers;
    size_t site_count, device_count, org_count, policy_count, worker_count;
};

/* Adds the statements to b; *set (zeroed) is filled by the time b ends. count <= REPLAY_PASSES_MAX.
 * Fails with ERR_TOO_LARGE at the arena's ceiling. */
MUST_USE struct err replay_load(struct batch *b, struct arena *arena, const struct pass *passes,
                                size_t count, struct replay_set *set);

/* What is there for one pass. *document may be NULL; it gets the policy with its words. */
void replay_inputs_of(const struct replay_set *set, const struct pass *pass,
                      struct replay_inputs *inputs, const struct policy_document **document);

#endif
