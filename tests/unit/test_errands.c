/* base/errands: off the loop and back, one after another, and nobody is left waiting. */
#include <criterion/criterion.h>
#include <pthread.h>
#include <semaphore.h>

#include "base/errands.h"

enum { WAITING_MAX = 3 };

static struct loop *loop;
static struct errands *errands;
static pthread_t loop_thread;
static int told, failed;
static char order[8], letters[] = "abcx";
static int ran;
static sem_t at_work, go_on;

static void set_up(void)
{
    loop = loop_new();
    errands = errands_start(WAITING_MAX);
    told = failed = ran = 0;
    cr_assert_eq(sem_init(&at_work, 0, 0), 0);
    cr_assert_eq(sem_init(&go_on, 0, 0), 0);
}

static void tear_down(void)
{
    errands_free(errands);
    loop_free(loop);
}

TestSuite(errands, .init = set_up, .fini = tear_down);

static void note(void *arg)
{
    cr_expect_neq(pthread_self(), loop_thread); /* off the loop */
    order[ran++] = *(const char *)arg;
}

static void hold(void *arg) /* until somebody says go on */
{
    (void)arg;
    sem_post(&at_work);
    sem_wait(&go_on);
}

static void tell(void *arg, struct err e)
{
    told++;
    failed += err_is(e);
    if (told == *(const int *)arg)
        loop_stop(loop);
}

static void tell_on_loop(void *arg, struct err e)
{
    cr_expect_eq(pthread_self(), loop_thread);
    tell(arg, e);
}

static bool send_errand(loop_fn *run, void *arg, int *last)
{
    return errands_send(errands, loop, run, arg, (struct waiter){tell_on_loop, last});
}

Test(errands, run_one_after_another_off_the_loop_and_are_told_on_it)
{
    int three = 3;

    loop_thread = pthread_self();
    cr_assert(send_errand(note, &letters[0], &three));
    cr_assert(send_errand(note, &letters[1], &three));
    cr_assert(send_errand(note, &letters[2], &three));
    loop_run(loop);
    errands_halt(errands);
    cr_expect_str_eq(order, "abc");
    cr_expect_eq(failed, 0);
}

Test(errands, no_more_wait_than_may)
{
    int four = 4;

    loop_thread = pthread_self();
    cr_assert(send_errand(hold, NULL, &four));
    sem_wait(&at_work); /* the thread has it: it waits no more */
    for (int i = 0; i < WAITING_MAX; i++)
        cr_assert(send_errand(note, &letters[3], &four));
    cr_expect_not(send_errand(note, &letters[3], &four));
    sem_post(&go_on);
    loop_run(loop);
    errands_halt(errands);
    cr_expect_eq(told, 4);
}

Test(errands, when_the_service_ends_whoever_waits_is_told)
{
    int never = -1;

    loop_thread = pthread_self();
    cr_assert(send_errand(hold, NULL, &never));
    sem_wait(&at_work);
    cr_assert(send_errand(note, &letters[3], &never));
    sem_post(&go_on);
    errands_halt(errands);
    cr_expect_not(send_errand(note, &letters[3], &never));
    errands_abandon(errands, loop);
    cr_expect_eq(told, 2);
    cr_expect_eq(failed, 2);
}
