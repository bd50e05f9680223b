#include "crypto/log_head.h"

#include <string.h>

#include "crypto/cbor.h"
#include "crypto/hash.h"
#include "crypto/profile.h"

enum { PAYLOAD_BYTES_MAX = 96 };

void log_commitment(struct text salt, struct text content,
                    unsigned char commitment[LOG_COMMITMENT_BYTES])
{
    sha256_parts((const struct text[]){salt, content}, 2, commitment);
}

void log_leaf_hash(unsigned kind, const unsigned char commitment[LOG_COMMITMENT_BYTES],
                   struct merkle_hash *hash)
{
    char leaf[LOG_LEAF_BYTES];

    CHECK(kind >= 1 && kind <= UINT8_MAX);
    leaf[0] = (char)kind;
    memcpy(leaf + 1, commitment, LOG_COMMITMENT_BYTES);
    merkle_leaf((struct text){leaf, sizeof leaf}, hash);
}

struct err log_head_sign(struct signer *signer, const struct log_head *head, struct build *out)
{
    char payload_bytes[PAYLOAD_BYTES_MAX];
    struct build payload = build_over(payload_bytes, sizeof payload_bytes);

    CHECK(head->t_s >= 0 && head->t_s <= PROFILE_TIME_MAX_S);
    CHECK(head->sequence >= 1 && head->sequence <= PROFILE_NUMBER_MAX);
    CHECK(head->size <= PROFILE_NUMBER_MAX);
    cbor_put_head(&payload, CBOR_MAP, 3);
    cbor_put_int(&payload, CLAIM_IAT);
    cbor_put_int(&payload, head->t_s);
    cbor_put_int(&payload, CLAIM_SEQ);
    cbor_put_int(&payload, (int64_t)head->sequence);
    cbor_put_int(&payload, PROFILE_PRIVATE_LABEL);
    cbor_put_head(&payload, CBOR_ARRAY, 2);
    cbor_put_int(&payload, (int64_t)head->size);
    cbor_put_bytes(&payload, (struct text){(const char *)head->root.bytes, MERKLE_HASH_BYTES});
    CHECK(!payload.full);
    return envelope_seal(signer, TOKEN_HEAD, build_done(&payload), out);
}

bool log_head_read(struct text bytes, struct log_head *head, struct envelope *envelope)
{
    struct cbor_reader r;
    struct text root;
    uint64_t t;

    if (bytes.bytes > LOG_HEAD_BYTES_MAX || !envelope_read(bytes, envelope) ||
        envelope->kind != TOKEN_HEAD)
        return false;
    r = cbor_over(envelope->sign1.payload);
    if (!cbor_map(&r, 3) || !cbor_key(&r, CLAIM_IAT) || !cbor_uint(&r, PROFILE_TIME_MAX_S, &t) ||
        !cbor_key(&r, CLAIM_SEQ) || !cbor_uint(&r, PROFILE_NUMBER_MAX, &head->sequence) ||
        head->sequence == 0 || !cbor_key(&r, PROFILE_PRIVATE_LABEL) || !cbor_array(&r, 2) ||
        !cbor_uint(&r, PROFILE_NUMBER_MAX, &head->size) || !cbor_bytes(&r, &root) ||
        root.bytes != MERKLE_HASH_BYTES || !cbor_end(&r))
        return false;
    head->t_s = (int64_t)t;
    memcpy(head->root.bytes, root.at, MERKLE_HASH_BYTES);
    return true;
}

enum token_why log_head_judge(const struct log_head *head, const struct envelope *envelope,
                              const struct trust_list *trust)
{
    return envelope_judge(envelope, trust, head->t_s);
}
