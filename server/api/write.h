/* api/write.h: what every write has in common: it acts once, it is audited, it is told to the
 * registers, and a lost race starts over.
 *
 * The steps of a writing route: load (write_begin adds the look-up of the Idempotency-Key to the
 * route's own statements), decide (write_seen repeats the stored answer of a request that was
 * here before), write (write_commit opens the batch with the key's row in it; the route adds
 * record, change and audit rows; write_send), answer (write_answer). The state of such a route
 * begins with a struct write.
 *
 * The answer is rendered before the batch is sent, is stored with the key, and so is repeated byte
 * for byte; it may hold ids, codes and dates, never personal data. */
#ifndef API_WRITE_H
#define API_WRITE_H

#include "api/access.h"
#include "api/app.h"
#include "register/change.h"
#include "store/writes.h"

enum { WRITE_ATTEMPTS = 3, WRITE_KEY_BYTES_MAX = 64 };

struct write {
    struct text key;               /* Idempotency-Key; .at NULL when the route does not need one */
    unsigned char fingerprint[32]; /* SHA-256 of method, path and body */
    struct key_row found;          /* what is stored of it, if it was used before */
    int status;                    /* of the answer: stored or to be stored */
    struct text answer;
    step_fn *const *again;         /* where a lost race starts over */
    unsigned attempts;
};

/* A batch for loading, with the look-up of the key in it. NULL at the arena's ceiling. */
MUST_USE struct batch *write_begin(struct exchange *x);
/* True when the request was here before: *next is then the step's result (the stored answer, or
 * ERR_KEY_REUSE for another body). */
MUST_USE bool write_seen(struct exchange *x, enum step *next);
/* A batch for writing, with the key's row in it. */
MUST_USE struct batch *write_commit(struct exchange *x, int status, struct text answer);
/* Adds one change row / n change rows of a kind (register/change.def). */
void write_change(struct batch *b, enum change_kind kind, int64_t key, int64_t version);
void write_changes(struct batch *b, enum change_kind kind, const int64_t *keys,
                   const int64_t *versions, size_t count);
/* Adds an audit row. worker_id 0: none; detail is a JSON object of codes and ids, or empty. */
void write_audit(struct exchange *x, struct batch *b, const char *action, int64_t worker_id,
                 struct text detail);
/* The same for a list of people. */
void write_audit_list(struct exchange *x, struct batch *b, const char *action,
                      const int64_t *worker_ids, size_t count, struct text detail);
/* Sends it. ERR_CONFLICT (a version or the key was taken meanwhile) starts over from `again`, at
 * most WRITE_ATTEMPTS times. */
enum step write_send(struct exchange *x, struct batch *b, step_fn *const *again);
/* What follows when that failed. A route that has something to put back makes a step of its own the
 * exchange's on_failure once write_send has returned STEP_WAIT, and ends it with this one. */
enum step write_failed(struct exchange *x);
/* Last step: tells the follower and answers what write_commit was given. */
enum step write_answer(struct exchange *x);

#endif
