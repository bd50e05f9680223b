/* What signing and verifying cost through the interface that everybody uses (crypto/signer.h,
 * crypto/token.h), in operations a second of CPU time: openssl speed counts it likewise, so both can be
 * held against each other on a busy machine. One line an algorithm:
 *
 *   ES256 TAB signatures TAB verifications TAB codes issued TAB codes judged */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "crypto/ecc.h"
#include "crypto/signer.h"
#include "crypto/token.h"

enum { AT_ONCE = 50, NS_PER_S = 1000000000 };

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
};

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

static double rate(void (*once)(struct work *w), struct work *w, int64_t for_ns)
{
    int64_t begun = cpu_ns(), now = begun;
    long count = 0;

    while (now < begun + for_ns) {
        for (int i = 0; i < AT_ONCE; i++)
            once(w);
        count += AT_ONCE;
        now = cpu_ns();
    }
    return (double)count * NS_PER_S / (double)(now - begun);
}

static struct signer *new_signer(enum token_alg alg)
{
    char dir[] = "/tmp/jianan-bench-XXXXXX", path[64];
    struct signer *signer;

    CHECK(mkdtemp(dir) != NULL);
    snprintf(path, sizeof path, "%s/key.pem", dir);
    CHECK(!err_is(signer_create_file(path, alg)));
    CHECK(!err_is(signer_open_file(path, &signer)));
    CHECK(unlink(path) == 0 && rmdir(dir) == 0);
    return signer;
}

static void measure(enum token_alg alg, int64_t for_ns)
{
    static void (*const works[])(struct work *w) = {sign_once, verify_once, issue_once, judge_once};
    struct work w = {.signer = new_signer(alg)};

    w.claims = (struct live_claims){.iat = clock_wall_us() / US_PER_SECOND, .index = 1 << 20 | 77,
                                    .colour = 1, .policy = 2};
    w.claims.exp = w.claims.iat + TOKEN_LIVE_S;
    CHECK(!err_is(trust_list_add(&w.trust, signer_key(w.signer))));
    printf("%s", ecc_alg_find(alg)->name);
    for (size_t i = 0; i < sizeof works / sizeof works[0]; i++)
        printf("\t%.0f", rate(works[i], &w, for_ns));
    putchar('\n');
    trust_list_clear(&w.trust);
    signer_close(w.signer);
}

int main(int argc, char **argv)
{
    int64_t ms = 1000;

    if (argc > 1 && !text_to_int(text_of(argv[1]), 10, 60000, &ms))
        return 2;
    measure(TOKEN_ES256, ms * US_PER_SECOND);
    measure(TOKEN_SM2, ms * US_PER_SECOND);
    return 0;
}
