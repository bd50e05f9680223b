/* crypto/log_head.h: what the log's leaves and heads are made of.
 *
 * A leaf is 33 bytes: the number of its kind, and a commitment to what the row says:
 *
 *   commitment = SHA-256(salt (16 bytes) ‖ content)      leaf hash = SHA-256(00 ‖ kind ‖ commitment)
 *
 * so leaves can be shown to anybody, and whoever is given salt and content can check one. A head is
 * signed as all our signed things are (crypto/envelope.h), kind 10:
 *
 *   {6: t, 7: sequence, -65537: [size, root (32 bytes)]}
 *
 * Sequences count up by one; neither t nor size ever goes back. A head does not expire. */
#ifndef CRYPTO_LOG_HEAD_H
#define CRYPTO_LOG_HEAD_H

#include "crypto/envelope.h"
#include "crypto/merkle.h"

enum { LOG_HEAD_BYTES_MAX = 256, LOG_COMMITMENT_BYTES = 32, LOG_LEAF_BYTES = 33 };

void log_commitment(struct text salt, struct text content,
                    unsigned char commitment[LOG_COMMITMENT_BYTES]);
void log_leaf_hash(unsigned kind, const unsigned char commitment[LOG_COMMITMENT_BYTES],
                   struct merkle_hash *hash);

struct log_head {
    int64_t t_s;       /* the server's clock, seconds since 1970 */
    uint64_t sequence; /* from 1 */
    uint64_t size;     /* leaves */
    struct merkle_hash root;
};
/* Into out, at most LOG_HEAD_BYTES_MAX. ERR_CRYPTO, ERR_TOO_LARGE when out is full. */
MUST_USE struct err log_head_sign(struct signer *signer, const struct log_head *head,
                                  struct build *out);
/* False for anything but exactly the form above. envelope views into bytes. */
MUST_USE bool log_head_read(struct text bytes, struct log_head *head, struct envelope *envelope);
/* Was it signed by a key that was in force for it then? TOKEN_UNKNOWN_KEY, TOKEN_KEY,
 * TOKEN_SIGNATURE. */
enum token_why log_head_judge(const struct log_head *head, const struct envelope *envelope,
                              const struct trust_list *trust);

#endif
