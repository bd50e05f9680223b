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

/* Who asked for it, in the order in which those who wait are served. Each has places of its own, so
 * that none keeps another from being counted. */
enum survey_for { SURVEY_FOR_SERVICE, SURVEY_FOR_GATES, SURVEY_FOR_PEOPLE, SURVEY_FORS };

struct survey {
    enum survey_for asked; /* site alerts, reminders; status lists; trials of policies */
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
enum {
    SURVEYS_FOR_SERVICE_MAX = 2, /* each of its jobs has one at a time */
    SURVEYS_FOR_GATES_MAX = 4,
    SURVEYS_FOR_PEOPLE_MAX = 4,
    SURVEYS_WAITING_MAX = SURVEYS_FOR_SERVICE_MAX + SURVEYS_FOR_GATES_MAX + SURVEYS_FOR_PEOPLE_MAX
};

struct surveyor *surveyor_start(struct registry *registry);
/* Takes a place, so that a survey can be promised before it is submitted. False: all places are
 * taken, or the service ends. Any thread; so are the next two. */
MUST_USE bool surveyor_reserve(struct surveyor *surveyor, enum survey_for asked);
void surveyor_release(struct surveyor *surveyor, enum survey_for asked); /* it was not needed */
/* Queues it on a place that was taken, which is free again before done(). The survey is the caller's
 * and must live until then. False: the service ends; the place is given back. */
MUST_USE bool surveyor_submit(struct surveyor *surveyor, struct survey *survey);
void surveyor_stop(struct surveyor *surveyor); /* every survey is told first; NULL is fine */

#endif
