/* register/survey.h: everybody at every post, one after another, on a thread of its own.
 *
 * Counts over the whole workforce (site alerts, the trial of a policy, reminders) need each worker
 * at each place where he is engaged on a day, with site, firm and policy found. A surveyor walks the
 * register for them, block by block, one survey after another. Its thread is the last that the
 * scheduler serves (nice 19), so gates do not notice. */
#ifndef REGISTER_SURVEY_H
#define REGISTER_SURVEY_H

#include "register/registry.h"

struct post { /* a worker at one of his posts on a day; lives as long as the visit */
    const struct worker_view *worker;
    const struct engaged *engaged;          /* NULL: engaged nowhere that day */
    const struct site *site;                /* NULL: engaged nowhere, or not known here yet */
    const struct org *org;                  /* his firm; NULL likewise */
    const struct policy_document *document; /* in force for the site that day; NULL: none */
    const struct policy_set *policies;      /* all of them, for other days; NULL: none known yet */
    uint64_t generation;                    /* of those policies: one in a whole block */
    struct context context;                 /* counts when there is a site */
};

/* Between registry_enter() and registry_leave(). engaged may be NULL. */
void post_find(const struct registry_reader *reader, const struct worker_view *worker,
               const struct engaged *engaged, day_t on, struct post *post);

struct survey {
    day_t on;
    void (*visit)(void *arg, const struct post *post); /* at least once a worker */
    void (*block_end)(void *arg); /* up to 512 workers were visited; what was lent still lives. NULL:
                                     not needed */
    void (*done)(void *arg, bool complete); /* false: the service ends. On the surveyor's thread */
    void *arg;
    _Atomic uint64_t workers_seen; /* for progress; against registry_health().workers */
};

/* On the caller's own thread; done() is not called. False: *stop became true (NULL: never). */
bool survey_run(struct registry_reader *reader, struct survey *survey, const _Atomic bool *stop);

struct surveyor;
enum { SURVEYS_WAITING_MAX = 8 };

struct surveyor *surveyor_start(struct registry *registry);
/* Queues it; the survey is the caller's and must live until done(). False: too many wait. Any
 * thread. */
MUST_USE bool surveyor_submit(struct surveyor *surveyor, struct survey *survey);
void surveyor_stop(struct surveyor *surveyor); /* every survey is told first; NULL is fine */

#endif
