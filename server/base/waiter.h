/* base/waiter.h: who is told when something that takes time has ended.
 *
 * done() is called exactly once, from an event callback of the waiter's own loop, never inside the
 * call that started the work. */
#ifndef BASE_WAITER_H
#define BASE_WAITER_H

#include "base/err.h"

struct waiter {
    void (*done)(void *arg, struct err e);
    void *arg;
};

#endif
