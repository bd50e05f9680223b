/* What signing and verifying cost through the interface that everybody uses (crypto/signer.h,
 * crypto/token.h), beside OpenSSL alone, called as `openssl speed` calls it: ECDSA over a digest that is
 * there already, with one context for all; SM2 over 20 bytes, its digest included. Ours hashes the
 * message, brings the signature into 64 bytes and has contexts of its own each time, so that any thread
 * may sign. The two take turns of 20 ms, and CPU time is counted, so that what else runs on the
 * machine hits both. One line an algorithm and operation, in operations a second:
 *
 *   ES256 TAB sign TAB ours TAB OpenSSL alone */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/clock.h"
#include "crypto/ecc.h"
#include "crypto/signer.h"
#include "crypto/token.h"
#include "support/code_maker.h"

enum { AT_ONCE = 10, NS_PER_S = 1000000000, SLICE_NS = 20000000, DIGEST_BYTES = 32, DER_MAX = 80 };

static const struct text message[] = {
    {"\x84\x6aSignature1\x50\xa3\x01\x26\x04\x44\x01\x02\x03\x04\x3a\x00\x01\x00\x00\x01", 28},
    {"\x40\x58\x20 a code's payload, as long as one", 36},
};
enum { PARTS = sizeof message / sizeof message[0] };

struct work {
    struct signer *signer;
    struct trust_list trust;
    unsigned char signature[TOKEN_SIGNATURE_BYTES];
    struct live_claims claims;
    char code[TOKEN_TEXT_MAX + 1];
    struct text text;
    /* OpenSSL alone: */
    EVP_PKEY *key;
    EVP_PKEY_CTX *signing, *verifying;
    EVP_MD_CTX *md;
    const EVP_MD *digest; /* SM2 alone: EVP makes it itself */
    unsigned char der[DER_MAX];
    size_t der_bytes;
};

static const unsigned char hashed[DIGEST_BYTES] = "a digest, or twenty bytes of it";

static void raw_sign_once(struct work *w)
{
    w->der_bytes = sizeof w->der;
    if (w->digest == NULL) {
        CHECK(EVP_PKEY_sign(w->signing, w->der, &w->der_bytes, hashed, DIGEST_BYTES) == 1);
        return;
    }
    CHECK(EVP_DigestSignInit(w->md, NULL, w->digest, NULL, w->key) == 1);
    CHECK(EVP_DigestSign(w->md, w->der, &w->der_bytes, hashed, 20) == 1);
}

static void raw_verify_once(struct work *w)
{
    if (w->digest == NULL) {
        CHECK(EVP_PKEY_verify(w->verifying, w->der, w->der_bytes, hashed, DIGEST_BYTES) == 1);
        return;
    }
    CHECK(EVP_DigestVerifyInit(w->md, NULL, w->digest, NULL, w->key) == 1);
    CHECK(EVP_DigestVerify(w->md, w->der, w->der_bytes, hashed, 20) == 1);
}

static void raw_open(struct work *w, enum token_alg alg)
{
    w->key = ecc_generate(ecc_alg_find(alg));
    CHECK(w->key != NULL);
    if (alg == TOKEN_SM2) {
        EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(w->key, NULL);

        w->digest = EVP_sm3();
        w->md = EVP_MD_CTX_new();
        CHECK(ctx != NULL && w->md != NULL && EVP_PKEY_CTX_set1_id(ctx, "1234567812345678", 16) == 1);
        EVP_MD_CTX_set_pkey_ctx(w->md, ctx);
        w->signing = ctx;
        return;
    }
    w->signing = EVP_PKEY_CTX_new(w->key, NULL);
    w->verifying = EVP_PKEY_CTX_new(w->key, NULL);
    CHECK(w->signing != NULL && w->verifying != NULL && EVP_PKEY_sign_init(w->signing) == 1 &&
          EVP_PKEY_verify_init(w->verifying) == 1);
}

static void raw_close(struct work *w)
{
    EVP_MD_CTX_free(w->md);
    EVP_PKEY_CTX_free(w->signing);
    EVP_PKEY_CTX_free(w->verifying);
    EVP_PKEY_free(w->key);
}

static void sign_once(struct work *w)
{
    CHECK(!err_is(signer_sign(w->signer, message, PARTS, w->signature)));
}

static void verify_once(struct work *w)
{
    const struct trusted_key *key = signer_key(w->signer);

    CHECK(ecc_verify_parts(ecc_alg_find(key->alg), key->public_key, message, PARTS, w->signature));
}

static void issue_once(struct work *w)
{
    struct build out = build_over(w->code, sizeof w->code);

    CHECK(!err_is(token_issue_live(w->signer, &w->claims, &out, NULL)));
    w->text = build_done(&out);
}

static void judge_once(struct work *w)
{
    unsigned char bytes[TOKEN_BYTES_MAX];
    struct token token;

    CHECK(token_read(w->text, bytes, &token) == TOKEN_OK);
    CHECK(token_judge(&token, &w->trust, w->claims.iat, TOKEN_SKEW_S) == TOKEN_OK);
}

static int64_t cpu_ns(void)
{
    struct timespec now;

    CHECK(clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now) == 0);
    return now.tv_sec * (int64_t)NS_PER_S + now.tv_nsec;
}

typedef void once_fn(struct work *w);
struct tally {
    int64_t ns;
    long count;
};

static void slice(once_fn *once, struct work *w, struct tally *tally)
{
    int64_t begun = cpu_ns(), now = begun;

    while (now < begun + SLICE_NS) {
        for (int i = 0; i < AT_ONCE; i++)
            once(w);
        tally->count += AT_ONCE;
        now = cpu_ns();
    }
    tally->ns += now - begun;
}

static double rate(const struct tally *tally)
{
    return (double)tally->count * NS_PER_S / (double)tally->ns;
}

static void measure(enum token_alg alg, int64_t for_ns)
{
    static const struct {
        const char *name;
        once_fn *ours, *raw;
    } works[] = {
        {"sign", sign_once, raw_sign_once},
        {"verify", verify_once, raw_verify_once},
        {"issue a live code", issue_once, raw_sign_once},
        {"judge a live code", judge_once, raw_verify_once},
    };
    struct work w = {.signer = maker_signer(alg)};

    w.claims = (struct live_claims){.iat = clock_wall_us() / US_PER_SECOND, .index = 1 << 20 | 77,
                                    .colour = 1, .policy = 2};
    w.claims.exp = w.claims.iat + TOKEN_LIVE_S;
    CHECK(!err_is(trust_list_add(&w.trust, signer_key(w.signer))));
    raw_open(&w, alg);
    for (size_t i = 0; i < sizeof works / sizeof works[0]; i++) {
        struct tally ours = {0}, raw = {0};

        while (ours.ns < for_ns) {
            slice(works[i].ours, &w, &ours);
            slice(works[i].raw, &w, &raw);
        }
        printf("%s\t%s\t%.0f\t%.0f\n", ecc_alg_find(alg)->name, works[i].name, rate(&ours), rate(&raw));
    }
    raw_close(&w);
    trust_list_clear(&w.trust);
    signer_close(w.signer);
}

/* Milliseconds an operation. */
int main(int argc, char **argv)
{
    int64_t ms = 2000;

    if (argc > 1 && !text_to_int(text_of(argv[1]), 10, 60000, &ms))
        return 2;
    measure(TOKEN_ES256, ms * US_PER_SECOND);
    measure(TOKEN_SM2, ms * US_PER_SECOND);
    return 0;
}
