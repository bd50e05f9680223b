/* base/loop.h: an event loop per thread, and the one way for threads to wake one another.
 *
 * A base is used by its own thread only (EVENT_BASE_FLAG_NOLOCK). Another thread may only
 * loop_post(): the function then runs on the loop's thread, in the order of posting. */
#ifndef BASE_LOOP_H
#define BASE_LOOP_H

#include <event2/event.h>

#include "base/check.h"

struct loop;

struct loop *loop_new(void); /* dies when the system gives no base or eventfd */
void loop_free(struct loop *loop);
struct event_base *loop_base(const struct loop *loop);
void loop_run(struct loop *loop);  /* until loop_stop */
void loop_stop(struct loop *loop); /* from its own thread; others post it */

typedef void loop_fn(void *arg);
void loop_post(struct loop *loop, loop_fn *run, void *arg); /* any thread */

/* A timer of this loop: runs once after delay_ms unless cancelled. Own thread only. */
struct loop_timer;
struct loop_timer *loop_timer_new(struct loop *loop, loop_fn *run, void *arg);
void loop_timer_start(struct loop_timer *timer, int64_t delay_ms); /* restarts when running */
void loop_timer_cancel(struct loop_timer *timer);
void loop_timer_free(struct loop_timer *timer);

#endif
