/* crypto/signers.h: the private halves that this process holds, found by their kid. Which of them
 * signs what is the key table's business; this is only what can be asked to. */
#ifndef CRYPTO_SIGNERS_H
#define CRYPTO_SIGNERS_H

#include "crypto/signer.h"

enum { SIGNERS_MAX = 8 };

struct signers {
    unsigned count;
    struct signer *at[SIGNERS_MAX]; /* in the order of the files */
};

/* files: paths with spaces between them; each is opened as signer_open_file() does, which see for how
 * it fails; also ERR_TOO_LARGE for more than SIGNERS_MAX, ERR_ALREADY_EXISTS for one key twice. After a
 * failure *signers is empty, and *wrong (if it is not NULL) the path that it was about. */
MUST_USE struct err signers_open(struct text files, struct signers *signers, struct text *wrong);
void signers_close(struct signers *signers);
/* NULL: this process does not hold it. */
struct signer *signers_find(const struct signers *signers,
                            const unsigned char kid[TOKEN_KID_BYTES]);

#endif
