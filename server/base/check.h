/* base/check.h: assertions that stay on in release.
 *
 * CHECK is for what only a bug can make false: arguments we supply ourselves, states, counts.
 * It is never for input. It prints the place and aborts. */
#ifndef BASE_CHECK_H
#define BASE_CHECK_H

#define MUST_USE __attribute__((warn_unused_result))

#define CHECK(condition)                                                                           \
    do {                                                                                           \
        if (__builtin_expect(!(condition), 0))                                                     \
            check_failed(__FILE__, __LINE__, #condition);                                          \
    } while (0)

/* Memory that the program cannot start or go on without: dies when there is none. */
#define CHECK_ALLOCATED(pointer) CHECK((pointer) != NULL)

__attribute__((noreturn, cold)) void check_failed(const char *file, int line,
                                                  const char *condition);

#endif
