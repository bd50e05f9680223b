/* crypto/profile.h: the integers of the codes' CBOR that reading and writing share. */
#ifndef CRYPTO_PROFILE_H
#define CRYPTO_PROFILE_H

#include <stdint.h>

enum {
    CLAIM_EXP = 4, /* RFC 8392 */
    CLAIM_IAT = 6,
    CLAIM_SEQ = 7, /* receipts, trust lists, rosters: a number that never goes back */
    CLAIM_CNF = 8, /* RFC 8747: whose key must have signed around it */
    PROFILE_PRIVATE_LABEL = -65537, /* kind in a header, [index, ...] in a payload */
    PROFILE_CRED_LABEL = -65538,    /* the cred inside a kbt's header */
    PROFILE_COLOUR_MAX = 2,
    PROFILE_DAY_MAX = 65534 /* days since 1900-01-01, local; 0 is no day */
};

#define PROFILE_TIME_MAX_S INT64_C(253402300799)     /* 9999-12-31T23:59:59Z */
#define PROFILE_INDEX_MAX  ((UINT64_C(1) << 53) - 1) /* what a web page's numbers hold exactly */
#define PROFILE_NUMBER_MAX ((UINT64_C(1) << 53) - 1) /* ids and sequences, for the same reason */

#endif
