/* jobs/jobs.h: what has to be done again and again: one table, run by one loop of each server.
 *
 * A job is one statement with a bound on its rows; an advisory lock, held for its transaction,
 * lets one server at a time do it; a server that has not run it yet asks again soon. Doing one
 * twice does no harm, so nothing is remembered about when it last ran: each server runs each job
 * at its start and then in its period. A job that did as much as it was allowed to runs again at
 * once. */
#ifndef JOBS_JOBS_H
#define JOBS_JOBS_H

#include "base/loop.h"
#include "store/pg.h"

enum { JOB_ROWS_MAX = 10000, JOB_RETRY_S = 10 };

struct job {
    const char *name;
    int64_t period_s;
    int64_t lock_key;
    enum statement statement; /* $1 lock_key, $2 today, $3 limit_rows; returns done, NULL when another
                                 server holds the lock */
};
extern const struct job job_table[];
extern const size_t job_count;

struct jobs;
/* The pool is the loop's own. */
struct jobs *jobs_start(struct loop *loop, struct pg_pool *pool);
void jobs_stop(struct jobs *jobs); /* after the pool was freed */
/* Every job has been run by this server at least once, so a day's passes have somewhere to go. A job
 * that another server was at does not count until it is over there and was run here. */
bool jobs_have_run(const struct jobs *jobs);

#endif
