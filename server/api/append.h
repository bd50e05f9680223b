/* api/append.h: how records join a worker: one engine behind every route that posts some.
 *
 * A body is one item or an array of up to APPEND_ITEMS_MAX. Each names its worker ("worker": id, or
 * "document_type" and "document_number"), carries the record's fields flat, and is answered by
 * itself: one bad item does not spoil the others. All items of a request are one transaction, one
 * round trip: records keyed (worker, version + 1), facts, engagements, changes, audit, key.
 *
 * One item: 201 {"worker":…,"version":…,"kind":…,…}, or problem details. An array: 200
 * {"items":[{"status":201,…} | {"status":4xx,"code":…,"errors":[…]}],"accepted":n,"refused":m}. */
#ifndef API_APPEND_H
#define API_APPEND_H

#include "api/write.h"
#include "store/persons.h"
#include "store/posting.h"

enum { APPEND_ITEMS_MAX = 500 };

/* The three steps, for routes whose kinds are in append_kinds[] (append.c). */
extern step_fn *const append_steps[];
extern const size_t append_state_bytes;

/* One worker's new records on their way into a batch: used by append, enrolment and imports. */
struct joining {
    const struct person *person; /* as loaded; record_count may be 0 for somebody new */
    const struct record *records; /* new ones, versions already given */
    const struct text *bodies;    /* the JSON that is stored, one a record */
    const struct text *secrets;   /* sealed personal words of each record; .at NULL: none */
    size_t count;
};

/* Adds to b what `count` workers' new records need: record, record_secret, facts, engagement and
 * change rows. Folds each worker anew; ERR_TOO_LARGE or the fold's own errors. */
MUST_USE struct err append_write(const struct work *work, struct batch *b,
                                 const struct joining *joining, size_t count);

/* One record about a loaded person that joins as part of something else: given its version, decided
 * on as if the caller posted it alone, sealed. rows hold what the record names (posting_signers).
 * upheld: the record that the caller upholds an appeal against, which is his to take back; 0: none.
 * Fills *joining for append_write; fails as an item of a post would. */
MUST_USE struct err append_join(struct exchange *x, const struct posting_rows *rows,
                                uint32_t upheld, const struct person *person,
                                struct record *record, struct joining *joining);
/* Who signed an override beside the caller; 0: the record is none. */
int64_t append_second_signer(const struct caller *caller, const struct record *record);

/* May the caller see this worker (and so post about him)? Contractors: engaged by them today or
 * later. Safety officers: on their site. Inspectors, regulators: on a site of their region. A
 * worker: himself. Clinics and training centres: whoever shows his document; they see nothing of
 * him, and name him by his number only when they named him by document before. */
bool append_may_see(const struct caller *caller, const struct person *person, uint16_t today);

/* Whoever this is posts about those who come to him with their document. */
static inline bool append_is_shown_documents(const struct caller *caller)
{
    return caller->role == ACCOUNT_CLINIC || caller->role == ACCOUNT_TRAINING_CENTRE;
}

#endif
