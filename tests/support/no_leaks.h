/* support/no_leaks.h: Criterion ends a test's process without the leak check; .fini = no_leaks does
 * it. Nothing in builds without the address sanitizer. */
#ifndef SUPPORT_NO_LEAKS_H
#define SUPPORT_NO_LEAKS_H

#include <criterion/criterion.h>

#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/lsan_interface.h>
static inline void no_leaks(void)
{
    cr_assert(__lsan_do_recoverable_leak_check() == 0, "memory was leaked");
}
#else
static inline void no_leaks(void)
{
}
#endif

#endif
