/* crypto/profile.h: the integers of the codes' CBOR that reading and writing share. */
#ifndef CRYPTO_PROFILE_H
#define CRYPTO_PROFILE_H

#include <stdint.h>

enum {
    CLAIM_EXP = 4, /* RFC 8392 */
    CLAIM_IAT = 6,
    PROFILE_PRIVATE_LABEL = -65537, /* kind in a header, [index, ...] in a payload */
    PROFILE_COLOUR_MAX = 2
};

#define PROFILE_TIME_MAX_S INT64_C(253402300799)     /* 9999-12-31T23:59:59Z */
#define PROFILE_INDEX_MAX  ((UINT64_C(1) << 53) - 1) /* what a web page's numbers hold exactly */

#endif
