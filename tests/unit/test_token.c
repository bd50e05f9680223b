/* Codes: what is issued, what is read, what is refused, and for which reason. */
#include <criterion/criterion.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/base32.h"
#include "crypto/cbor.h"
#include "crypto/cose.h"
#include "crypto/profile.h"
#include "crypto/seal.h"
#include "support/code_maker.h"
#include "support/hex.h"

enum { NOW = MAKER_IAT + 10, LIVE_BIT = 1 << TOKEN_LIVE, BADGE_BIT = 1 << TOKEN_BADGE };

static struct maker es256, sm2, stranger;
static struct trust_list trust;

static void set_up(void)
{
    struct err e;

    maker_init(&es256, TOKEN_ES256, LIVE_BIT | BADGE_BIT);
    maker_init(&sm2, TOKEN_SM2, LIVE_BIT);
    maker_init(&stranger, TOKEN_ES256, LIVE_BIT);
    e = trust_list_add(&trust, &es256.pinned);
    cr_assert(!err_is(e));
    e = trust_list_add(&trust, &sm2.pinned);
    cr_assert(!err_is(e));
}

static void tear_down(void)
{
    trust_list_clear(&trust);
    maker_clear(&es256);
    maker_clear(&sm2);
    maker_clear(&stranger);
}

TestSuite(token, .init = set_up, .fini = tear_down);

/* Reads and judges at NOW, or at another time. */
static enum token_why judge_at(struct text code, int64_t now_s, int64_t skew_s)
{
    unsigned char bytes[TOKEN_BYTES_MAX];
    struct token token;
    enum token_why why = token_read(code, bytes, &token);

    return why == TOKEN_OK ? token_judge(&token, &trust, now_s, skew_s) : why;
}

static enum token_why judge(struct text code)
{
    return judge_at(code, NOW, TOKEN_SKEW_S);
}

/* The code that `parts` makes, signed by maker: its verdict. */
static enum token_why judge_parts(const struct maker *maker, const struct parts *parts)
{
    char text[TOKEN_TEXT_MAX + 512];
    struct build out = build_over(text, sizeof text);

    maker_code(maker, parts, &out);
    return judge(build_done(&out));
}

#define expect_why(got, wanted, name)                                                              \
    cr_expect_eq((got), (wanted), "%s: got %s", (name), token_why_name(got))

static struct text good_code(const struct maker *maker, char text[TOKEN_TEXT_MAX])
{
    struct parts parts = maker_parts(maker);
    struct build out = build_over(text, TOKEN_TEXT_MAX);

    maker_code(maker, &parts, &out);
    return build_done(&out);
}

Test(token, a_good_code_of_either_algorithm_is_accepted)
{
    char text[TOKEN_TEXT_MAX];
    unsigned char bytes[TOKEN_BYTES_MAX];
    struct token token;

    expect_why(judge(good_code(&es256, text)), TOKEN_OK, "ES256");
    expect_why(judge(good_code(&sm2, text)), TOKEN_OK, "SM2");
    cr_assert_eq(token_read(build_done(&(struct build){text, strlen(text), 0, 0}), bytes, &token),
                 TOKEN_OK);
    cr_expect_eq(token.kind, TOKEN_LIVE);
    cr_expect_eq(token.envelope.alg, TOKEN_SM2);
    cr_expect_eq(token.live.iat, MAKER_IAT);
    cr_expect_eq(token.live.exp, MAKER_EXP);
    cr_expect_eq(token.live.index, 1048577);
    cr_expect_eq(token.live.colour, 0);
    cr_expect_eq(token.live.policy, 7);
}

/* -- step 1: text ------------------------------------------------------------------------------ */

Test(token, what_a_reader_may_do_to_the_text_has_its_reason)
{
    static const struct {
        const char *name, *before, *behind;
        enum token_why why;
    } cases[] = {
        {"as it is", "", "", TOKEN_OK},
        {"trailing CR", "", "\r", TOKEN_FORMAT},
        {"trailing LF", "", "\n", TOKEN_FORMAT},
        {"trailing CR LF", "", "\r\n", TOKEN_FORMAT},
        {"trailing blank", "", " ", TOKEN_FORMAT},
        {"padding", "", "=", TOKEN_FORMAT},
        {"one more character", "", "A", TOKEN_FORMAT},
        {"eight more characters", "", "AAAAAAAA", TOKEN_FORMAT},
        {"leading blank", " ", "", TOKEN_NOT_OURS},
        {"a web address before it", "HTTPS://EXAMPLE.ORG/V/", "", TOKEN_NOT_OURS},
    };
    char code[TOKEN_TEXT_MAX], text[2 * TOKEN_TEXT_MAX];

    good_code(&es256, code);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct build out = build_over(text, sizeof text);

        build_format(&out, "%s%s%s", cases[i].before, code, cases[i].behind);
        expect_why(judge(build_done(&out)), cases[i].why, cases[i].name);
    }
}

Test(token, two_codes_in_one_scan_are_refused)
{
    char code[TOKEN_TEXT_MAX], text[2 * TOKEN_TEXT_MAX];
    struct build out = build_over(text, sizeof text);

    good_code(&es256, code);
    build_format(&out, "%s%s", code, code);
    expect_why(judge(build_done(&out)), TOKEN_FORMAT, "side by side");
    out = build_over(text, sizeof text);
    build_format(&out, "%s\n%s", code, code);
    expect_why(judge(build_done(&out)), TOKEN_FORMAT, "line by line");
}

Test(token, other_texts_have_their_reason)
{
    static const struct {
        const char *text;
        enum token_why why;
    } cases[] = {
        {"", TOKEN_NOT_OURS},
        {"JA1", TOKEN_NOT_OURS},
        {"JA1.", TOKEN_FORMAT},
        {"JA1.A", TOKEN_FORMAT},
        {"JA1.AAAA", TOKEN_FORMAT},
        {"JA2.AAAA", TOKEN_NOT_OURS},
        {"HC1:NCFOXN", TOKEN_NOT_OURS},
        {"shc:/567629", TOKEN_NOT_OURS},
        {"https://example.org/", TOKEN_NOT_OURS},
        {"建安码", TOKEN_NOT_OURS},
        {"ja1.AAAA", TOKEN_FORMAT},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        expect_why(judge(text_of(cases[i].text)), cases[i].why, cases[i].text);
    expect_why(judge((struct text){NULL, 0}), TOKEN_NOT_OURS, "no memory behind it");
}

Test(token, lower_case_is_refused_as_a_whole_and_at_every_letter)
{
    char code[TOKEN_TEXT_MAX], text[TOKEN_TEXT_MAX];
    struct text good = good_code(&es256, code);

    for (size_t i = 0; i < good.bytes; i++) {
        memcpy(text, code, good.bytes);
        if (text[i] < 'A' || text[i] > 'Z')
            continue;
        text[i] = (char)(text[i] + 32);
        expect_why(judge((struct text){text, good.bytes}), TOKEN_FORMAT, "one letter");
    }
    for (size_t i = 0; i < good.bytes; i++)
        text[i] = code[i] >= 'A' && code[i] <= 'Z' ? (char)(code[i] + 32) : code[i];
    expect_why(judge((struct text){text, good.bytes}), TOKEN_FORMAT, "all letters");
}

Test(token, a_text_over_1024_characters_is_refused_before_it_is_looked_at)
{
    char text[TOKEN_TEXT_MAX + 1];

    memset(text, 'A', sizeof text);
    expect_why(judge((struct text){text, sizeof text}), TOKEN_FORMAT, "1025");
    expect_why(judge((struct text){text, sizeof text - 1}), TOKEN_NOT_OURS, "1024");
}

/* -- step 2: structure ------------------------------------------------------------------------- */

static struct text hex_payload(const char *hex)
{
    static unsigned char space[700];

    return hex_bytes(hex, space, sizeof space);
}

/* 1a6553f100 is MAKER_IAT, 1a6553f13c MAKER_EXP, 3a00010000 the private label. */
static const struct {
    const char *name;
    int kind;
    const char *hex;
    enum token_why why;
} payloads[] = {
    {"live", 1, "a3 041a6553f13c 061a6553f100 3a00010000 83 01 00 07", TOKEN_OK},
    {"yellow", 1, "a3 041a6553f13c 061a6553f100 3a00010000 83 01 01 07", TOKEN_OK},
    {"red", 1, "a3 041a6553f13c 061a6553f100 3a00010000 83 01 02 07", TOKEN_OK},
    {"colour 3", 1, "a3 041a6553f13c 061a6553f100 3a00010000 83 01 03 07", TOKEN_FORMAT},
    {"negative colour", 1, "a3 041a6553f13c 061a6553f100 3a00010000 83 01 20 07", TOKEN_FORMAT},
    {"policy of 2^32-1", 1, "a3 041a6553f13c 061a6553f100 3a00010000 83 01 00 1affffffff",
     TOKEN_OK},
    {"policy of 2^32", 1, "a3 041a6553f13c 061a6553f100 3a00010000 83 01 00 1b0000000100000000",
     TOKEN_FORMAT},
    {"index of 2^53-1", 1, "a3 041a6553f13c 061a6553f100 3a00010000 83 1b001fffffffffffff 00 07",
     TOKEN_OK},
    {"index of 2^53", 1, "a3 041a6553f13c 061a6553f100 3a00010000 83 1b0020000000000000 00 07",
     TOKEN_FORMAT},
    {"two items", 1, "a3 041a6553f13c 061a6553f100 3a00010000 82 01 00", TOKEN_FORMAT},
    {"four items", 1, "a3 041a6553f13c 061a6553f100 3a00010000 84 01 00 07 00", TOKEN_FORMAT},
    {"trailing byte", 1, "a3 041a6553f13c 061a6553f100 3a00010000 83 01 00 07 00", TOKEN_FORMAT},
    {"unsorted keys", 1, "a3 061a6553f100 041a6553f13c 3a00010000 83 01 00 07", TOKEN_FORMAT},
    {"duplicate key", 1, "a4 041a6553f13c 041a6553f13c 061a6553f100 3a00010000 83 01 00 07",
     TOKEN_FORMAT},
    {"unknown claim", 1, "a4 01 00 041a6553f13c 061a6553f100 3a00010000 83 01 00 07", TOKEN_FORMAT},
    {"no iat", 1, "a2 041a6553f13c 3a00010000 83 01 00 07", TOKEN_FORMAT},
    {"no exp", 1, "a2 061a6553f100 3a00010000 83 01 00 07", TOKEN_FORMAT},
    {"map announced as array", 1, "83 041a6553f13c 061a6553f100 3a00010000", TOKEN_FORMAT},
    {"claims as text keys", 1, "a3 6134 1a6553f13c 6136 1a6553f100 3a00010000 83 01 00 07",
     TOKEN_FORMAT},
    {"exp as a float", 1, "a3 04fb41d954fc4f000000 061a6553f100 3a00010000 83 01 00 07",
     TOKEN_FORMAT},
    {"exp not shortest", 1, "a3 041b000000006553f13c 061a6553f100 3a00010000 83 01 00 07",
     TOKEN_FORMAT},
    {"index not shortest", 1, "a3 041a6553f13c 061a6553f100 3a00010000 83 1801 00 07",
     TOKEN_FORMAT},
    {"indefinite array", 1, "a3 041a6553f13c 061a6553f100 3a00010000 9f 01 00 07 ff", TOKEN_FORMAT},
    {"tagged index", 1, "a3 041a6553f13c 061a6553f100 3a00010000 83 c2 4101 00 07", TOKEN_FORMAT},
    {"index as bytes", 1, "a3 041a6553f13c 061a6553f100 3a00010000 83 4101 00 07", TOKEN_FORMAT},
    {"nested too deep", 1, "a3 041a6553f13c 061a6553f100 3a00010000 83 8181818181818100 00 07",
     TOKEN_FORMAT},
    {"life of 61 s", 1, "a3 041a6553f13d 061a6553f100 3a00010000 83 01 00 07", TOKEN_FORMAT},
    {"exp in 2099", 1, "a3 041af3c7a280 061a6553f100 3a00010000 83 01 00 07", TOKEN_FORMAT},
    {"exp of 2^63", 1, "a3 041b8000000000000000 061a6553f100 3a00010000 83 01 00 07", TOKEN_FORMAT},
    {"exp equals iat", 1, "a3 041a6553f100 061a6553f100 3a00010000 83 01 00 07", TOKEN_FORMAT},
    {"exp before iat", 1, "a3 041a6553f0ff 061a6553f100 3a00010000 83 01 00 07", TOKEN_FORMAT},
    {"negative iat", 1, "a3 0401 0620 3a00010000 83 01 00 07", TOKEN_FORMAT},
    {"empty payload", 1, "", TOKEN_FORMAT},
    {"badge", 4, "a3 041a6553f13c 061a6553f100 3a00010000 81 01", TOKEN_OK},
    {"badge over three years", 4, "a3 041a6b0db701 061a6553f100 3a00010000 81 01", TOKEN_FORMAT},
    {"badge shown as live", 1, "a3 041a6553f13c 061a6553f100 3a00010000 81 01", TOKEN_FORMAT},
    {"live shown as badge", 4, "a3 041a6553f13c 061a6553f100 3a00010000 83 01 00 07", TOKEN_FORMAT},
    {"receipt shown at a gate", 5, "a3 061a6553f100 0701 3a00010000 80", TOKEN_KEY},
    {"trust list shown at a gate", 6, "a4 041a6553f13c 061a6553f100 0701 3a00010000 80", TOKEN_KEY},
    {"roster with a float", 7, "81 f93c00", TOKEN_FORMAT},
    {"kind 0", 0, "a3 041a6553f13c 061a6553f100 3a00010000 83 01 00 07", TOKEN_FORMAT},
    {"kind 8", 8, "a3 041a6553f13c 061a6553f100 3a00010000 83 01 00 07", TOKEN_FORMAT},
    {"kind -1", -1, "a3 041a6553f13c 061a6553f100 3a00010000 83 01 00 07", TOKEN_FORMAT},
};

Test(token, of_all_payloads_even_rightly_signed_only_the_profile_is_accepted)
{
    for (size_t i = 0; i < sizeof payloads / sizeof payloads[0]; i++) {
        struct parts parts = maker_parts(&es256);

        parts.kind = payloads[i].kind;
        parts.payload = hex_payload(payloads[i].hex);
        expect_why(judge_parts(&es256, &parts), payloads[i].why, payloads[i].name);
    }
}

Test(token, even_a_key_permitted_for_everything_makes_no_receipt_a_code)
{
    struct parts parts = maker_parts(&es256);

    trust.keys[0].kinds = UINT32_MAX;
    parts.kind = TOKEN_RECEIPT;
    parts.payload = hex_payload("a3 061a6553f100 0701 3a00010000 80");
    expect_why(judge_parts(&es256, &parts), TOKEN_KEY, "receipt");
}

/* KKKKKKKK stands for the kid, which differs in each run. */
static const struct {
    const char *name, *hex;
    enum token_why why;
} headers[] = {
    {"as issued", "a3 0126 0444KKKKKKKK 3a0001000001", TOKEN_OK},
    {"alg of SM2 under an ES256 kid", "a3 013a00010000 0444KKKKKKKK 3a0001000001", TOKEN_KEY},
    {"alg EdDSA under an ES256 kid", "a3 0127 0444KKKKKKKK 3a0001000001", TOKEN_KEY},
    {"alg RS256 under an ES256 kid", "a3 01390100 0444KKKKKKKK 3a0001000001", TOKEN_KEY},
    {"alg 0, which is none", "a3 0100 0444KKKKKKKK 3a0001000001", TOKEN_KEY},
    {"alg beyond 32 bits", "a3 011b0000000100000000 0444KKKKKKKK 3a0001000001", TOKEN_FORMAT},
    {"alg as text", "a3 01654553323536 0444KKKKKKKK 3a0001000001", TOKEN_FORMAT},
    {"alg not shortest", "a3 013806 0444KKKKKKKK 3a0001000001", TOKEN_FORMAT},
    {"no alg", "a2 0444KKKKKKKK 3a0001000001", TOKEN_FORMAT},
    {"no kid", "a2 0126 3a0001000001", TOKEN_FORMAT},
    {"no kind", "a2 0126 0444KKKKKKKK", TOKEN_FORMAT},
    {"kid of 3 bytes", "a3 0126 0443010203 3a0001000001", TOKEN_FORMAT},
    {"kid of 5 bytes", "a3 0126 0445KKKKKKKK00 3a0001000001", TOKEN_FORMAT},
    {"kid as text", "a3 0126 046430303030 3a0001000001", TOKEN_FORMAT},
    {"unknown kid", "a3 0126 044400000000 3a0001000001", TOKEN_UNKNOWN_KEY},
    {"unsorted", "a3 0444KKKKKKKK 0126 3a0001000001", TOKEN_FORMAT},
    {"alg twice", "a4 0126 0126 0444KKKKKKKK 3a0001000001", TOKEN_FORMAT},
    {"one field more", "a4 0126 0300 0444KKKKKKKK 3a0001000001", TOKEN_FORMAT},
    {"crit", "a4 0126 028103 0444KKKKKKKK 3a0001000001", TOKEN_FORMAT},
    {"trailing byte", "a3 0126 0444KKKKKKKK 3a000100000100", TOKEN_FORMAT},
    {"kind as a float", "a3 0126 0444KKKKKKKK 3a00010000f93c00", TOKEN_FORMAT},
};

static struct text hex_header(const char *pattern, const unsigned char kid[TOKEN_KID_BYTES])
{
    static unsigned char space[128];
    char hex[256], kid_hex[2 * TOKEN_KID_BYTES + 1], *hole;

    hex_format(kid, TOKEN_KID_BYTES, kid_hex);
    cr_assert(snprintf(hex, sizeof hex, "%s", pattern) < (int)sizeof hex);
    hole = strstr(hex, "KKKKKKKK");
    if (hole != NULL)
        memcpy(hole, kid_hex, 2 * TOKEN_KID_BYTES);
    return hex_bytes(hex, space, sizeof space);
}

Test(token, of_all_headers_even_rightly_signed_only_the_profile_is_accepted)
{
    for (size_t i = 0; i < sizeof headers / sizeof headers[0]; i++) {
        struct parts parts = maker_parts(&es256);

        parts.header = hex_header(headers[i].hex, parts.kid);
        expect_why(judge_parts(&es256, &parts), headers[i].why, headers[i].name);
    }
}

Test(token, anything_in_the_unprotected_header_is_refused)
{
    static const char *const maps[] = {"a1 0126", "a1 0444 00000000", "a1 1863 00"};

    for (size_t i = 0; i < sizeof maps / sizeof maps[0]; i++) {
        struct parts parts = maker_parts(&es256);

        parts.unprotected = hex_payload(maps[i]);
        expect_why(judge_parts(&es256, &parts), TOKEN_FORMAT, maps[i]);
    }
}

/* -- steps 3 and 4: key and signature ---------------------------------------------------------- */

Test(token, another_key_s_signature_under_a_known_kid_is_refused)
{
    struct parts parts = maker_parts(&es256);

    expect_why(judge_parts(&stranger, &parts), TOKEN_SIGNATURE, "wrong key, right kid");
    memcpy(parts.kid, sm2.pinned.kid, TOKEN_KID_BYTES);
    expect_why(judge_parts(&es256, &parts), TOKEN_KEY, "right key, the SM2 key's kid");
    parts = maker_parts(&stranger);
    expect_why(judge_parts(&stranger, &parts), TOKEN_UNKNOWN_KEY, "unknown key");
}

Test(token, an_sm2_key_is_no_ecdsa_key_and_the_reverse)
{
    struct parts parts = maker_parts(&sm2);

    parts.alg = TOKEN_ES256;
    expect_why(judge_parts(&es256, &parts), TOKEN_KEY, "ES256 under SM2's kid");
    parts = maker_parts(&es256);
    parts.alg = TOKEN_SM2;
    expect_why(judge_parts(&sm2, &parts), TOKEN_KEY, "SM2 under ES256's kid");
    parts = maker_parts(&es256);
    expect_why(judge_parts(&sm2, &parts), TOKEN_SIGNATURE, "signed by SM2, said to be ES256");
}

Test(token, the_key_s_state_times_and_kinds_decide)
{
    static const struct {
        const char *name;
        enum key_state state;
        int64_t nbf, exp;
        uint32_t kinds;
        enum token_why why;
    } cases[] = {
        {"active", KEY_ACTIVE, 0, NOW + 1, LIVE_BIT, TOKEN_OK},
        {"announced, in force", KEY_ANNOUNCED, NOW, NOW + 1, LIVE_BIT, TOKEN_OK},
        {"announced for later", KEY_ANNOUNCED, NOW + 1, NOW + 9, LIVE_BIT, TOKEN_KEY},
        {"retired, still in force", KEY_RETIRED, 0, NOW + 1, LIVE_BIT, TOKEN_OK},
        {"retired, out of force", KEY_RETIRED, 0, NOW, LIVE_BIT, TOKEN_KEY},
        {"removed", KEY_REMOVED, 0, NOW + 1, LIVE_BIT, TOKEN_KEY},
        {"ends now", KEY_ACTIVE, 0, NOW, LIVE_BIT, TOKEN_KEY},
        {"begins now", KEY_ACTIVE, NOW, NOW + 1, LIVE_BIT, TOKEN_OK},
        {"begins in a second", KEY_ACTIVE, NOW + 1, NOW + 9, LIVE_BIT, TOKEN_KEY},
        {"for badges alone", KEY_ACTIVE, 0, NOW + 1, BADGE_BIT, TOKEN_KEY},
        {"for nothing", KEY_ACTIVE, 0, NOW + 1, 0, TOKEN_KEY},
    };
    char text[TOKEN_TEXT_MAX];
    struct text code = good_code(&es256, text);

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct trusted_key *key = &trust.keys[0];

        key->state = cases[i].state;
        key->nbf = cases[i].nbf;
        key->exp = cases[i].exp;
        key->kinds = cases[i].kinds;
        expect_why(judge(code), cases[i].why, cases[i].name);
    }
}

Test(token, a_recognised_code_is_refused_as_soon_as_its_key_is_removed)
{
    char text[TOKEN_TEXT_MAX];
    unsigned char bytes[TOKEN_BYTES_MAX];
    struct token token;

    cr_assert_eq(token_read(good_code(&es256, text), bytes, &token), TOKEN_OK);
    cr_assert_eq(token_verify(&token, &trust), TOKEN_OK);
    cr_assert_eq(token_key_allows(&token, &trust, NOW), TOKEN_OK);
    trust.keys[0].state = KEY_REMOVED;
    cr_expect_eq(token_key_allows(&token, &trust, NOW), TOKEN_KEY);
    cr_expect_eq(token_verify(&token, &trust), TOKEN_KEY);
    trust_list_clear(&trust);
    cr_expect_eq(token_key_allows(&token, &trust, NOW), TOKEN_UNKNOWN_KEY);
}

static enum token_why judge_signature(const struct maker *maker, struct text signature)
{
    char bytes[1024], text[TOKEN_TEXT_MAX + 512];
    struct parts parts = maker_parts(maker);
    struct build token = build_over(bytes, sizeof bytes), out = build_over(text, sizeof text);

    maker_assemble(&parts, signature, &token);
    maker_text(build_done(&token), &out);
    return judge(build_done(&out));
}

/* r||s with one half replaced. */
static void expect_half_refused(const struct maker *maker, const unsigned char half[32],
                                const char *name)
{
    char text[TOKEN_TEXT_MAX];
    unsigned char bytes[TOKEN_BYTES_MAX], raw[64];
    struct token token;

    cr_assert_eq(token_read(good_code(maker, text), bytes, &token), TOKEN_OK);
    for (size_t at = 0; at <= 32; at += 32) {
        memcpy(raw, token.envelope.sign1.signature.at, 64);
        memcpy(raw + at, half, 32);
        expect_why(judge_signature(maker, (struct text){(const char *)raw, 64}), TOKEN_SIGNATURE,
                   name);
    }
}

Test(token, r_and_s_outside_one_to_n_less_one_are_refused)
{
    const struct maker *makers[] = {&es256, &sm2};

    for (size_t i = 0; i < 2; i++) {
        unsigned char half[32] = {0};

        expect_half_refused(makers[i], half, "0");
        memcpy(half, makers[i]->alg->order, 32);
        expect_half_refused(makers[i], half, "n");
        half[31]++;
        expect_half_refused(makers[i], half, "n + 1");
        half[31] = (unsigned char)(makers[i]->alg->order[31] - 1);
        expect_half_refused(makers[i], half, "n - 1");
        memset(half, 0xFF, 32);
        expect_half_refused(makers[i], half, "2^256 - 1");
    }
}

Test(token, a_signature_in_der_or_of_another_length_is_refused)
{
    static const unsigned char zeros[80];
    static const size_t lengths[] = {0, 1, 32, 63, 65, 70, 71, 72};
    char text[TOKEN_TEXT_MAX];
    unsigned char bytes[TOKEN_BYTES_MAX], der[80], *end = der;
    struct token token;
    ECDSA_SIG *pair = ECDSA_SIG_new();
    int der_bytes;

    cr_assert_eq(token_read(good_code(&es256, text), bytes, &token), TOKEN_OK);
    ECDSA_SIG_set0(pair, BN_bin2bn((const unsigned char *)token.envelope.sign1.signature.at, 32, NULL),
                   BN_bin2bn((const unsigned char *)token.envelope.sign1.signature.at + 32, 32, NULL));
    der_bytes = i2d_ECDSA_SIG(pair, &end);
    ECDSA_SIG_free(pair);
    cr_assert(der_bytes > 64);
    expect_why(judge_signature(&es256, (struct text){(const char *)der, (size_t)der_bytes}),
               TOKEN_FORMAT, "DER");
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++)
        expect_why(judge_signature(&es256, (struct text){(const char *)zeros, lengths[i]}),
                   TOKEN_FORMAT, "another length");
}

/* P-256 signatures are malleable; so nothing may be remembered by a signature's bytes. */
Test(token, r_with_n_minus_s_verifies_and_has_another_digest)
{
    char text[TOKEN_TEXT_MAX];
    unsigned char bytes[TOKEN_BYTES_MAX], raw[64];
    struct token token;
    BIGNUM *n = BN_bin2bn(es256.alg->order, 32, NULL), *s;

    cr_assert_eq(token_read(good_code(&es256, text), bytes, &token), TOKEN_OK);
    memcpy(raw, token.envelope.sign1.signature.at, 64);
    s = BN_bin2bn(raw + 32, 32, NULL);
    cr_assert(BN_sub(s, n, s) == 1 && BN_bn2binpad(s, raw + 32, 32) == 32);
    BN_free(n);
    BN_free(s);
    expect_why(judge_signature(&es256, (struct text){(const char *)raw, 64}), TOKEN_OK, "n - s");
}

static void expect_no_flip_accepted(const struct maker *maker)
{
    char text[TOKEN_TEXT_MAX], code[TOKEN_TEXT_MAX];
    unsigned char bytes[TOKEN_BYTES_MAX];
    struct text good = good_code(maker, code);
    size_t count;

    cr_assert(base32_parse((struct text){good.at + 4, good.bytes - 4}, bytes, sizeof bytes, &count));
    cr_assert(count > 100);
    for (size_t bit = 0; bit < 8 * count; bit++) {
        struct build out = build_over(text, sizeof text);
        enum token_why why;

        bytes[bit / 8] ^= (unsigned char)(1u << bit % 8);
        maker_text((struct text){(const char *)bytes, count}, &out);
        why = judge(build_done(&out));
        cr_expect(why == TOKEN_FORMAT || why == TOKEN_KEY || why == TOKEN_UNKNOWN_KEY ||
                      why == TOKEN_SIGNATURE,
                  "bit %zu: %s", bit, token_why_name(why));
        bytes[bit / 8] ^= (unsigned char)(1u << bit % 8);
    }
    for (size_t bit = 0; bit < 8 * good.bytes; bit++) {
        memcpy(text, code, good.bytes);
        text[bit / 8] = (char)(text[bit / 8] ^ 1 << bit % 8);
        cr_expect_neq(judge((struct text){text, good.bytes}), TOKEN_OK, "text bit %zu", bit);
    }
}

Test(token, every_single_bit_flip_of_a_valid_code_is_refused)
{
    expect_no_flip_accepted(&es256);
    expect_no_flip_accepted(&sm2);
}

/* -- step 5: time ------------------------------------------------------------------------------ */

Test(token, a_code_is_good_from_iat_less_skew_until_exp_plus_skew)
{
    static const struct {
        const char *name;
        int64_t now_s, skew_s;
        enum token_why why;
    } cases[] = {
        {"issued now", MAKER_IAT, 0, TOKEN_OK},
        {"a second before it was issued", MAKER_IAT - 1, 0, TOKEN_NOT_YET},
        {"its last second", MAKER_EXP - 1, 0, TOKEN_OK},
        {"exp", MAKER_EXP, 0, TOKEN_EXPIRED},
        {"at the early edge of the skew", MAKER_IAT - 30, 30, TOKEN_OK},
        {"one second past the early edge", MAKER_IAT - 31, 30, TOKEN_NOT_YET},
        {"at the late edge of the skew", MAKER_EXP + 29, 30, TOKEN_OK},
        {"one second past the late edge", MAKER_EXP + 30, 30, TOKEN_EXPIRED},
        {"a gate's clock a day back", MAKER_IAT - 86400, 30, TOKEN_NOT_YET},
        {"a gate's clock at 1970", 0, 30, TOKEN_NOT_YET},
        {"a year later", MAKER_IAT + 31536000, 30, TOKEN_EXPIRED},
    };
    char text[TOKEN_TEXT_MAX];
    struct text code = good_code(&es256, text);

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        expect_why(judge_at(code, cases[i].now_s, cases[i].skew_s), cases[i].why, cases[i].name);
}

/* -- issuing ----------------------------------------------------------------------------------- */

struct folder {
    char path[64], file[96];
};

static struct folder folder_new(const char *name)
{
    struct folder folder = {.path = "/tmp/jianan-token-XXXXXX"};

    cr_assert(mkdtemp(folder.path) != NULL);
    cr_assert(snprintf(folder.file, sizeof folder.file, "%s/%s", folder.path, name) > 0);
    return folder;
}

static void folder_remove(const struct folder *folder)
{
    unlink(folder->file);
    cr_assert_eq(rmdir(folder->path), 0);
}

static void expect_issued_code_accepted(enum token_alg alg)
{
    struct live_claims claims = {MAKER_IAT, MAKER_EXP, (7u << 20) + 12345, 1, 320000};
    struct folder folder = folder_new("key.pem");
    char text[TOKEN_TEXT_MAX];
    unsigned char bytes[TOKEN_BYTES_MAX], digest[32];
    struct build out = build_over(text, sizeof text);
    struct signer *signer;
    struct token token;
    struct err e = signer_create_file(folder.file, alg);

    cr_assert(!err_is(e));
    e = signer_open_file(folder.file, &signer);
    cr_assert(!err_is(e));
    e = trust_list_add(&trust, signer_key(signer));
    cr_assert(!err_is(e));
    e = token_issue_live(signer, &claims, &out, digest);
    cr_assert(!err_is(e));
    expect_why(judge(build_done(&out)), TOKEN_OK, "issued");
    cr_assert_eq(token_read(build_done(&out), bytes, &token), TOKEN_OK);
    cr_expect(memcmp(&token.live.iat, &claims.iat, sizeof claims.iat) == 0 &&
              token.live.exp == claims.exp && token.live.index == claims.index &&
              token.live.colour == 1 && token.live.policy == 320000);
    cr_expect_arr_eq(token.digest, digest, 32);
    signer_close(signer);
    folder_remove(&folder);
}

Test(token, what_a_signer_issues_is_accepted)
{
    expect_issued_code_accepted(TOKEN_ES256);
    expect_issued_code_accepted(TOKEN_SM2);
}

Test(token, a_key_file_that_others_may_read_is_refused)
{
    struct folder folder = folder_new("key.pem");
    struct signer *signer;
    struct stat info;
    struct err e = signer_create_file(folder.file, TOKEN_ES256);

    cr_assert(!err_is(e));
    cr_assert(stat(folder.file, &info) == 0);
    cr_expect_eq(info.st_mode & 07777, 0600);
    e = signer_create_file(folder.file, TOKEN_ES256);
    cr_expect_eq(e.code, ERR_ALREADY_EXISTS, "a key is never overwritten");
    for (unsigned bits = 1; bits < 0100; bits <<= 1) {
        cr_assert_eq(chmod(folder.file, 0600 | bits), 0);
        e = signer_open_file(folder.file, &signer);
        cr_expect_eq(e.code, ERR_FILE_MODE, "mode %o", 0600 | bits);
    }
    folder_remove(&folder);
}

Test(token, a_file_without_a_key_of_ours_is_refused)
{
    /* A P-384 key and an encrypted one are keys, but not ours to use. */
    static const char *const contents[] = {
        "", "not a key",
        "-----BEGIN PRIVATE KEY-----\nMIG2\n-----END PRIVATE KEY-----\n",
        "-----BEGIN PRIVATE KEY-----\n"
        "MC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC\n"
        "-----END PRIVATE KEY-----\n", /* RFC 8410 section 10.3, Ed25519 */
    };
    struct folder folder = folder_new("key.pem");
    struct signer *signer;
    struct err e = signer_open_file(folder.file, &signer);

    cr_expect_eq(e.code, ERR_FILE_UNREADABLE, "absent");
    for (size_t i = 0; i < sizeof contents / sizeof contents[0]; i++) {
        FILE *file = fopen(folder.file, "w");

        cr_assert(file != NULL && fputs(contents[i], file) >= 0 && fclose(file) == 0);
        cr_assert_eq(chmod(folder.file, 0600), 0);
        e = signer_open_file(folder.file, &signer);
        cr_expect_eq(e.code, ERR_CRYPTO, "content %zu", i);
    }
    folder_remove(&folder);
}

struct signing {
    struct signer *signer;
    unsigned bad;
};

static void *sign_many(void *arg)
{
    struct signing *work = arg;

    for (unsigned i = 0; i < 50; i++) {
        struct live_claims claims = {MAKER_IAT, MAKER_EXP, i, i % 3, 1};
        char text[TOKEN_TEXT_MAX];
        struct build out = build_over(text, sizeof text);
        struct err e = token_issue_live(work->signer, &claims, &out, NULL);

        if (err_is(e) || judge(build_done(&out)) != TOKEN_OK)
            work->bad++;
    }
    return NULL;
}

Test(token, one_signer_and_one_trust_list_serve_several_threads)
{
    struct folder folder = folder_new("key.pem");
    struct signing work[4] = {0};
    pthread_t threads[4];
    struct signer *signer;
    struct err e = signer_create_file(folder.file, TOKEN_ES256);

    cr_assert(!err_is(e));
    e = signer_open_file(folder.file, &signer);
    cr_assert(!err_is(e));
    e = trust_list_add(&trust, signer_key(signer));
    cr_assert(!err_is(e));
    for (size_t i = 0; i < 4; i++) {
        work[i].signer = signer;
        cr_assert_eq(pthread_create(&threads[i], NULL, sign_many, &work[i]), 0);
    }
    for (size_t i = 0; i < 4; i++) {
        cr_assert_eq(pthread_join(threads[i], NULL), 0);
        cr_expect_eq(work[i].bad, 0);
    }
    signer_close(signer);
    folder_remove(&folder);
}

/* -- the trust list ---------------------------------------------------------------------------- */

#define POINT_X "bac5b11cad8f99f9c72b05cf4b9e26d244dc189f745228255a219a86d6a09eff"
#define POINT_Y "20138bf82dc1b6d562be0fa54ab7804a3a64b6d72ccfed6b6fb6ed28bbfc117e"
#define KEY(kid, alg, x, y, rest)                                                                  \
    "{\"kid\":\"" kid "\",\"alg\":\"" alg "\",\"x\":\"" x "\",\"y\":\"" y "\"," rest "}"
#define REST "\"kinds\":[1,4],\"nbf\":0,\"exp\":4102444800,\"state\":\"active\""

static const struct {
    const char *name, *json;
    enum err_code code;
} lists[] = {
    {"one key", "{\"keys\":[" KEY("01020304", "ES256", POINT_X, POINT_Y, REST) "]}", ERR_NONE},
    {"with a sequence", "{\"seq\":7,\"keys\":[]}", ERR_NONE},
    {"not JSON", "{", ERR_JSON_SYNTAX},
    {"no keys", "{}", ERR_FIELD_MISSING},
    {"an array", "[]", ERR_FIELD_MISSING},
    {"unknown field", "{\"keys\":[],\"revoked\":true}", ERR_FIELD_UNKNOWN},
    {"negative sequence", "{\"seq\":-1,\"keys\":[]}", ERR_FIELD_TYPE},
    {"a key that is a number", "{\"keys\":[7]}", ERR_FIELD_UNKNOWN},
    {"a kid twice",
     "{\"keys\":[" KEY("01020304", "ES256", POINT_X, POINT_Y, REST) "," KEY(
         "01020304", "ES256", POINT_X, POINT_Y, REST) "]}",
     ERR_ALREADY_EXISTS},
    {"kid of 3 bytes", "{\"keys\":[" KEY("010203", "ES256", POINT_X, POINT_Y, REST) "]}",
     ERR_FIELD_TYPE},
    {"kid not hex", "{\"keys\":[" KEY("0102030g", "ES256", POINT_X, POINT_Y, REST) "]}",
     ERR_FIELD_TYPE},
    {"unknown alg", "{\"keys\":[" KEY("01020304", "ES384", POINT_X, POINT_Y, REST) "]}",
     ERR_FIELD_CHOICE},
    {"off the curve", "{\"keys\":[" KEY("01020304", "ES256", POINT_X, POINT_X, REST) "]}",
     ERR_FIELD_RANGE},
    {"on another curve", "{\"keys\":[" KEY("01020304", "SM2", POINT_X, POINT_Y, REST) "]}",
     ERR_FIELD_RANGE},
    {"short x", "{\"keys\":[" KEY("01020304", "ES256", "ba", POINT_Y, REST) "]}", ERR_FIELD_TYPE},
    {"kind 8",
     "{\"keys\":[" KEY("01020304", "ES256", POINT_X, POINT_Y,
                       "\"kinds\":[8],\"nbf\":0,\"exp\":1,\"state\":\"active\"") "]}",
     ERR_FIELD_TYPE},
    {"exp as text",
     "{\"keys\":[" KEY("01020304", "ES256", POINT_X, POINT_Y,
                       "\"kinds\":[1],\"nbf\":0,\"exp\":\"1\",\"state\":\"active\"") "]}",
     ERR_FIELD_TYPE},
    {"unknown state",
     "{\"keys\":[" KEY("01020304", "ES256", POINT_X, POINT_Y,
                       "\"kinds\":[1],\"nbf\":0,\"exp\":1,\"state\":\"lost\"") "]}",
     ERR_FIELD_CHOICE},
    {"no state",
     "{\"keys\":[" KEY("01020304", "ES256", POINT_X, POINT_Y,
                       "\"kinds\":[1],\"nbf\":0,\"exp\":1") "]}",
     ERR_FIELD_UNKNOWN},
};

Test(token, of_all_trust_lists_only_the_right_form_is_read)
{
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
        struct trust_list list;
        struct err e = trust_list_parse(text_of(lists[i].json), &list);

        cr_expect_eq(e.code, lists[i].code, "%s: %d", lists[i].name, e.code);
        cr_expect(!err_is(e) || list.count == 0, "%s: empty after a failure", lists[i].name);
        trust_list_clear(&list);
    }
}

Test(token, a_trust_list_comes_back_as_it_was_rendered)
{
    char first[4096], second[4096];
    struct build one = build_over(first, sizeof first), two = build_over(second, sizeof second);
    struct trust_list again;
    struct err e;

    trust.sequence = 41;
    trust_list_render(&trust, &one);
    cr_assert(!one.full);
    e = trust_list_parse(build_done(&one), &again);
    cr_assert(!err_is(e));
    trust_list_render(&again, &two);
    cr_expect_str_eq(first, second);
    cr_expect_eq(again.count, 2);
    cr_expect_eq(again.keys[1].alg, TOKEN_SM2);
    trust_list_clear(&again);
}

Test(token, a_trust_list_holds_64_keys_and_no_more)
{
    struct trust_list list = {0};
    struct err e;

    for (unsigned i = 0; i <= TRUST_KEYS_MAX; i++) {
        struct trusted_key key = es256.pinned;

        key.kid[0] = (unsigned char)i;
        key.kid[1] = key.kid[2] = key.kid[3] = 0;
        e = trust_list_add(&list, &key);
        cr_expect_eq(e.code, i < TRUST_KEYS_MAX ? ERR_NONE : ERR_TOO_LARGE);
    }
    trust_list_clear(&list);
}

/* -- others' vectors --------------------------------------------------------------------------- */

/* RFC 8152 appendix C.2.1 and C.7.1 (key "11"): a COSE_Sign1 that somebody else made. */
Test(token, the_single_signer_example_of_rfc_8152_verifies)
{
    unsigned char point[64], space[256];
    char message_bytes[256];
    struct text bytes = hex_bytes(
        "d2 84 43a10126 a10442 3131 54546869732069732074686520636f6e74656e742e 5840"
        "8eb33e4ca31d1c465ab05aac34cc6b23d58fef5c083106c4d25a91aef0b0117e"
        "2af9a291aa32e14ab834dc56ed2a223444547e01f11d3b0916e5a4c345cacb36",
        space, sizeof space);
    struct build message = build_over(message_bytes, sizeof message_bytes);
    struct cose_sign1 sign1;
    EVP_PKEY *key;

    hex_bytes(POINT_X POINT_Y, point, sizeof point);
    key = ecc_public_key(es256.alg, point);
    cr_assert(key != NULL && cose_read(bytes, &sign1));
    cose_to_sign(&sign1, &message);
    cr_expect(ecc_verify(es256.alg, key, build_done(&message),
                         (const unsigned char *)sign1.signature.at));
    message_bytes[message.bytes - 1] ^= 1;
    cr_expect(!ecc_verify(es256.alg, key, build_done(&message),
                          (const unsigned char *)sign1.signature.at));
    EVP_PKEY_free(key);
}

/* -- the reader allocates nothing -------------------------------------------------------------- */

/* Ours are wrapped by the linker, OpenSSL's come by its own hooks. */
static size_t ours, openssls;

void *__real_malloc(size_t bytes);
void *__wrap_malloc(size_t bytes);
void *__wrap_malloc(size_t bytes)
{
    ours++;
    return __real_malloc(bytes);
}

void *__real_calloc(size_t count, size_t bytes);
void *__wrap_calloc(size_t count, size_t bytes);
void *__wrap_calloc(size_t count, size_t bytes)
{
    ours++;
    return __real_calloc(count, bytes);
}

void *__real_realloc(void *at, size_t bytes);
void *__wrap_realloc(void *at, size_t bytes);
void *__wrap_realloc(void *at, size_t bytes)
{
    ours++;
    return __real_realloc(at, bytes);
}

static void *count_malloc(size_t bytes, const char *file, int line)
{
    (void)file;
    (void)line;
    openssls++;
    return __real_malloc(bytes);
}

static void *count_realloc(void *at, size_t bytes, const char *file, int line)
{
    (void)file;
    (void)line;
    openssls++;
    return __real_realloc(at, bytes);
}

static void count_free(void *at, const char *file, int line)
{
    (void)file;
    (void)line;
    free(at);
}

/* OpenSSL takes this only before its first allocation, and Criterion's libraries use OpenSSL too:
 * hence before main(). */
static bool counting_openssl;

__attribute__((constructor)) static void count_openssl_too(void)
{
    counting_openssl = CRYPTO_set_mem_functions(count_malloc, count_realloc, count_free) == 1;
}

TestSuite(token_memory, .init = set_up, .fini = tear_down);

/* That the counts count: an arena's first chunk is ours, a key is OpenSSL's. */
static void expect_counting(void)
{
    struct arena arena;

    arena_init(&arena, 64);
    cr_assert(arena_alloc(&arena, 1) != NULL);
    arena_clear(&arena);
    cr_assert(counting_openssl && ours == 1 && openssls > 0);
}

/* What each way of being refused allocates: nothing, in our code and in OpenSSL's. */
Test(token_memory, a_text_that_is_refused_costs_no_allocation)
{
    char text[2 * TOKEN_TEXT_MAX];
    unsigned char bytes[TOKEN_BYTES_MAX];
    struct text code = good_code(&es256, text);
    struct token token;
    size_t our_count, openssl_count, accepted = 0;

    expect_counting();
    our_count = ours;
    openssl_count = openssls;
    for (size_t cut = 0; cut < code.bytes; cut++)
        accepted += token_read((struct text){code.at, cut}, bytes, &token) == TOKEN_OK;
    for (size_t place = 0; place < code.bytes; place++) {
        text[place] ^= 0x20;
        accepted += token_read(code, bytes, &token) == TOKEN_OK;
        text[place] ^= 0x20;
    }
    cr_expect_eq(accepted, 0);
    cr_expect_eq(ours, our_count);
    cr_expect_eq(openssls, openssl_count);
}

Test(token_memory, reading_a_good_code_allocates_nothing_but_openssl_s_digest)
{
    char text[TOKEN_TEXT_MAX];
    unsigned char bytes[TOKEN_BYTES_MAX];
    struct text code = good_code(&es256, text);
    struct token token;
    size_t our_count;

    expect_counting();
    our_count = ours;
    cr_expect_eq(token_read(code, bytes, &token), TOKEN_OK);
    cr_expect_eq(token_key_allows(&token, &trust, NOW), TOKEN_OK);
    cr_expect_eq(token_in_time(&token, NOW, 0), TOKEN_OK);
    cr_expect_eq(ours, our_count);
}
