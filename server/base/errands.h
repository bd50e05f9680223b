/* base/errands.h: arithmetic that would hold up a loop, done on a thread of its own.
 *
 * Checking a policy, drawing a sheet, hashing a password take tens or hundreds of milliseconds; a
 * gate on the same loop must not wait for them. The thread does one errand after another and is the
 * last that the scheduler serves (nice 19). */
#ifndef BASE_ERRANDS_H
#define BASE_ERRANDS_H

#include "base/loop.h"
#include "base/waiter.h"

struct errands;

struct errands *errands_start(unsigned waiting_max);
/* Runs run(arg) on the thread, then tells the waiter on `loop`. arg is the errand's alone until then.
 * False, and nothing is told: waiting_max errands wait already. Any thread. */
MUST_USE bool errands_send(struct errands *errands, struct loop *loop, loop_fn *run, void *arg,
                           struct waiter waiter);
/* Ends the thread after the errand at work; NULL is fine. Nothing is sent any more. */
void errands_halt(struct errands *errands);
/* The loop runs no more: tells whoever still waits there ERR_NOT_READY. After errands_halt(). */
void errands_abandon(struct errands *errands, struct loop *loop);
void errands_free(struct errands *errands); /* every loop's were abandoned; NULL is fine */

#endif
