/* crypto/signer.h: signs. One interface, so that an HSM or an SM2 signing server can stand behind it.
 *
 * A signer may be used by any number of threads at once: its key is only read, every call has its
 * own context. */
#ifndef CRYPTO_SIGNER_H
#define CRYPTO_SIGNER_H

#include "crypto/trust.h"

struct signer;

/* The file is a PKCS#8 PEM, mode 600. Opening: ERR_FILE_UNREADABLE, ERR_FILE_MODE, ERR_CRYPTO when
 * it holds no key of the two algorithms. Creating: ERR_ALREADY_EXISTS, ERR_FILE_UNREADABLE. The
 * public side is active, without limits in time, and permitted for live codes and heads of the log. */
MUST_USE struct err signer_open_file(const char *pem_file, struct signer **signer);
MUST_USE struct err signer_create_file(const char *pem_file, enum token_alg alg);
void signer_close(struct signer *signer);
const struct trusted_key *signer_key(const struct signer *signer); /* its public side */

/* Over the parts as if they stood one behind the other. ERR_CRYPTO. */
MUST_USE struct err signer_sign(struct signer *signer, const struct text parts[], unsigned count,
                                unsigned char signature[TOKEN_SIGNATURE_BYTES]);

#endif
