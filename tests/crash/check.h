/* crash/check.h: the ledger against what PostgreSQL holds. */
#ifndef CRASH_CHECK_H
#define CRASH_CHECK_H

#include "crash/ledger.h"

struct findings {
    long long records, passes;           /* that were acknowledged */
    long long lost, changed;             /* of these: not there, or with another content */
    long long forgotten;                 /* their keys are not there: they would act again */
    long long twice;                     /* a key that acted twice, a record told to two askers */
    long long broken;                    /* versions with gaps, facts behind their records */
};
/* settled: every entry was acknowledged in the end, so what was not told must not be there. */
struct findings check_ledger(const struct ledger *ledger, bool settled);
/* Of the entries that were not acknowledged: how many are kept all the same. */
long long check_kept(const struct ledger *ledger);

#endif
