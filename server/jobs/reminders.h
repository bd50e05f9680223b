/* jobs/reminders.h: who is about to lose a colour is told in time: 90, 30 and 7 days before.
 *
 * Once a day, from a local hour on, one server walks the whole workforce on the surveyor's thread
 * (register/survey.h) and looks 90 days ahead (domain/forecast.h). Each change for the worse becomes
 * an event reminder.expiry for its firm, site and region. (worker and engagement and stage, due)
 * makes it one event however often the walk is made; a day that was missed is made up for. */
#ifndef JOBS_REMINDERS_H
#define JOBS_REMINDERS_H

#include "register/survey.h"
#include "store/outbox.h"

enum {
    REMINDER_STAGES = 3,
    REMINDER_DAYS_MAX = 90,
    REMINDERS_AT_ONCE = 4096, /* found before they are written; the walk then begins anew behind them */
    REMINDERS_TICK_MS = 5000,
    REMINDERS_LEASE_MS = 5 * 60 * 1000
};
extern const unsigned reminder_stages[REMINDER_STAGES]; /* days before, descending */

struct reminders;
struct reminders_options { /* all of it outlives the reminders */
    struct loop *loop;
    struct pg_pool *pool; /* of this loop */
    const struct registry *registry;
    struct surveyor *surveyor;
    const unsigned char *server_id;
    int64_t fresh_ms; /* nobody is reminded from what is older */
    int hour;         /* local, 0..23 */
};
struct reminders *reminders_start(const struct reminders_options *options);
/* No walk begins any more; one that is under way ends with the surveyor. From the loop. */
void reminders_drain(struct reminders *reminders);
void reminders_stop(struct reminders *reminders); /* after pool and surveyor */

#endif
