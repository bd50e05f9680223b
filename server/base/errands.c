#include "base/errands.h"

#include <pthread.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

struct errand {
    struct errand *next; /* of all that have not been told */
    struct errands *errands;
    struct loop *loop;
    loop_fn *run;
    void *arg;
    struct waiter waiter;
    bool taken; /* the thread has it, or has done it */
};

struct errands {
    pthread_t thread;
    pthread_mutex_t lock; /* guards all that follows */
    pthread_cond_t work;
    struct errand *first, **last;
    unsigned waiting, waiting_max;
    bool halting;
};

static struct errand *next_untaken(const struct errands *errands)
{
    struct errand *errand = errands->first;

    while (errand != NULL && errand->taken)
        errand = errand->next;
    return errand;
}

static struct errand *take(struct errands *errands)
{
    struct errand *errand = NULL;

    CHECK(pthread_mutex_lock(&errands->lock) == 0);
    while (!errands->halting && (errand = next_untaken(errands)) == NULL)
        CHECK(pthread_cond_wait(&errands->work, &errands->lock) == 0);
    if (errands->halting)
        errand = NULL;
    if (errand != NULL) {
        errand->taken = true;
        errands->waiting--;
    }
    CHECK(pthread_mutex_unlock(&errands->lock) == 0);
    return errand;
}

static void unlink_errand(struct errand *errand)
{
    struct errands *errands = errand->errands;
    struct errand **link = &errands->first;

    while (*link != errand)
        link = &(*link)->next;
    *link = errand->next;
    if (errands->last == &errand->next)
        errands->last = link;
}

static void tell(void *arg) /* on the errand's loop */
{
    struct errand *errand = arg;

    CHECK(pthread_mutex_lock(&errand->errands->lock) == 0);
    unlink_errand(errand);
    CHECK(pthread_mutex_unlock(&errand->errands->lock) == 0);
    errand->waiter.done(errand->waiter.arg, OK);
    free(errand);
}

static void *run_errands(void *arg)
{
    struct errand *errand;

    (void)setpriority(PRIO_PROCESS, (id_t)gettid(), 19); /* Linux: of this thread alone */
    while ((errand = take(arg)) != NULL) {
        errand->run(errand->arg);
        loop_post(errand->loop, tell, errand);
    }
    return NULL;
}

struct errands *errands_start(unsigned waiting_max)
{
    struct errands *errands = calloc(1, sizeof *errands);

    CHECK_ALLOCATED(errands);
    errands->last = &errands->first;
    errands->waiting_max = waiting_max;
    CHECK(pthread_mutex_init(&errands->lock, NULL) == 0);
    CHECK(pthread_cond_init(&errands->work, NULL) == 0);
    CHECK(pthread_create(&errands->thread, NULL, run_errands, errands) == 0);
    return errands;
}

bool errands_send(struct errands *errands, struct loop *loop, loop_fn *run, void *arg,
                  struct waiter waiter)
{
    struct errand *errand = malloc(sizeof *errand);
    bool sent;

    CHECK_ALLOCATED(errand);
    *errand = (struct errand){.errands = errands, .loop = loop, .run = run, .arg = arg,
                              .waiter = waiter};
    CHECK(pthread_mutex_lock(&errands->lock) == 0);
    sent = errands->waiting < errands->waiting_max && !errands->halting;
    if (sent) {
        *errands->last = errand;
        errands->last = &errand->next;
        errands->waiting++;
        CHECK(pthread_cond_signal(&errands->work) == 0);
    }
    CHECK(pthread_mutex_unlock(&errands->lock) == 0);
    if (!sent)
        free(errand);
    return sent;
}

void errands_halt(struct errands *errands)
{
    if (errands == NULL)
        return;
    CHECK(pthread_mutex_lock(&errands->lock) == 0);
    errands->halting = true;
    CHECK(pthread_cond_signal(&errands->work) == 0);
    CHECK(pthread_mutex_unlock(&errands->lock) == 0);
    CHECK(pthread_join(errands->thread, NULL) == 0);
}

/* No lock: the thread has ended, and each loop closes by itself, one after another. */
void errands_abandon(struct errands *errands, struct loop *loop)
{
    struct errand *next;

    for (struct errand *errand = errands->first; errand != NULL; errand = next) {
        next = errand->next;
        if (errand->loop != loop)
            continue;
        unlink_errand(errand);
        errand->waiter.done(errand->waiter.arg, err_make(ERR_NOT_READY));
        free(errand);
    }
}

void errands_free(struct errands *errands)
{
    if (errands == NULL)
        return;
    CHECK(errands->first == NULL);
    CHECK(pthread_cond_destroy(&errands->work) == 0);
    CHECK(pthread_mutex_destroy(&errands->lock) == 0);
    free(errands);
}
