/* `jianan cose verify` on others' messages: the examples of RFC 8152 and RFC 9052 and of the working
 * group behind them, bent ones of each, and every form of a key. */
#include <criterion/criterion.h>
#include <openssl/pem.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "crypto/cbor.h"
#include "crypto/cose_any.h"
#include "crypto/public_key.h"
#include "support/code_maker.h"
#include "support/hex.h"
#include "support/verb.h"

int cose_main(int argc, char **argv);

/* Key "11" of RFC 8152 appendix C.7.1, the way it stands there: -1, -2, -3, 1, 2. */
#define X11 "bac5b11cad8f99f9c72b05cf4b9e26d244dc189f745228255a219a86d6a09eff"
#define Y11 "20138bf82dc1b6d562be0fa54ab7804a3a64b6d72ccfed6b6fb6ed28bbfc117e"
#define KEY_11 "a5 2001 215820" X11 "225820" Y11 "0102 02423131"

static char folder[] = "/tmp/jianan-cose-XXXXXX";
static char key_file[64], payload_file[64], answer[4096];

static void write_file(const char *path, struct text content)
{
    FILE *out = fopen(path, "wb");

    cr_assert(out != NULL && fwrite(content.at, 1, content.bytes, out) == content.bytes);
    cr_assert_eq(fclose(out), 0);
}

static void set_up(void)
{
    unsigned char space[256];

    cr_assert(mkdtemp(folder) != NULL);
    snprintf(key_file, sizeof key_file, "%s/key", folder);
    snprintf(payload_file, sizeof payload_file, "%s/payload", folder);
    write_file(key_file, hex_bytes(KEY_11, space, sizeof space));
    write_file(payload_file, TEXT("This is the content."));
}

static void tear_down(void)
{
    unlink(key_file);
    unlink(payload_file);
    rmdir(folder);
}

TestSuite(cose, .init = set_up, .fini = tear_down);

#define ARG(literal) ((char[]){literal})
#define RUN(input, ...)                                                                            \
    verb_run(cose_main, (input), (char *[]){ARG("cose"), __VA_ARGS__, NULL}, answer, sizeof answer)
#define VERIFY ARG("verify"), ARG("--key"), key_file

#define CONTENT "54546869732069732074686520636f6e74656e742e"
#define KID_11  "a104423131"
/* Signatures of the examples have one r in common, because their random numbers have. */
#define R "eae868ecc176883766c5dc5ba5b8dca25dab3c2e56a551ce5705b793914348e1"
#define S_PLAIN "9f43d6c6ba654472da301b645b293c9ba939295b97c4bdb847782bff384c5794"

/* Status 0: verified; 1: not; 3: not a COSE_Sign1. */
static const struct {
    const char *name, *hex;
    int status;
    const char *why;
} examples[] = {
    {"RFC 8152 C.2.1, RFC 9052 C.2.1", "d28443a10126" KID_11 CONTENT "5840"
     "8eb33e4ca31d1c465ab05aac34cc6b23d58fef5c083106c4d25a91aef0b0117e"
     "2af9a291aa32e14ab834dc56ed2a223444547e01f11d3b0916e5a4c345cacb36", 0, "ok"},
    {"ecdsa-sig-01: content type in the header", "d28445a201260300" KID_11 CONTENT "5840" R
     "72727f48461fabbba2e343492ddecac3983686250bc68e9f1a7a07d41225b59f", 0, "ok"},
    {"sign-pass-01: algorithm unprotected, h'a0'", "d28441a0a20126044231 31" CONTENT "5840" R
     "1a02e5f0344bf2d4ee5c7fd75a68a9f5e0b3cc1f1fc1409c189566586ff9d610", 0, "ok"},
    {"sign-pass-03: no tag", "8443a10126" KID_11 CONTENT "5840" R S_PLAIN, 0, "ok"},
    {"sign-fail-01: tag 998", "d903e68443a10126" KID_11 CONTENT "5840" R S_PLAIN, 3, "format"},
    {"sign-fail-02: content changed", "d28443a10126" KID_11
     "54546869732069732074686520636f6e74656e742f" "5840" R S_PLAIN, 1, "signature"},
    {"sign-fail-03: alg -999", "d28445a1013903e6" KID_11 CONTENT "5840" R S_PLAIN, 1, "alg"},
    {"sign-fail-04: alg \"unknown\"", "d2844aa10167756e6b6e6f776e" KID_11 CONTENT "5840" R S_PLAIN,
     1, "alg"},
    {"sign-fail-06: header added", "d28445a201260300" KID_11 CONTENT "5840" R S_PLAIN, 1,
     "signature"},
    {"sign-fail-07: header removed", "d28443a10126" KID_11 CONTENT "5840" R
     "72727f48461fabbba2e343492ddecac3983686250bc68e9f1a7a07d41225b59f", 1, "signature"},
    {"an empty header as h''", "d28440a2012604423131" CONTENT "5840" R
     "1a02e5f0344bf2d4ee5c7fd75a68a9f5e0b3cc1f1fc1409c189566586ff9d610", 0, "ok"},
    {"no algorithm at all", "d28440" KID_11 CONTENT "5840" R S_PLAIN, 1, "alg"},
    {"algorithm in both headers", "d28443a10126a2012604423131" CONTENT "5840" R S_PLAIN, 3,
     "format"},
    {"algorithm twice in one", "d28445a201260126" KID_11 CONTENT "5840" R S_PLAIN, 3, "format"},
    {"kid that is no byte string", "d28443a10126a10401" CONTENT "5840" R S_PLAIN, 3, "format"},
    {"a signature of 63 bytes", "d28443a10126" KID_11 CONTENT "583f" R
     "9f43d6c6ba654472da301b645b293c9ba939295b97c4bdb847782bff384c57", 1, "signature"},
    {"a signature in DER", "d28443a10126" KID_11 CONTENT "4830050201010201 01", 1, "signature"},
    {"a trailing byte", "d28443a10126" KID_11 CONTENT "5840" R S_PLAIN "00", 3, "format"},
    {"five members", "d28543a10126" KID_11 CONTENT "5840" R S_PLAIN "00", 3, "format"},
    {"a header that is no map", "d2844101" KID_11 CONTENT "5840" R S_PLAIN, 3, "format"},
    {"length past the end", "d28443a10126" KID_11 "5bffffffffffffffff", 3, "format"},
    {"an array of 2^63", "9b8000000000000000", 3, "format"},
    {"one byte", "d2", 3, "format"},
};

Test(cose, published_examples_and_bent_ones_have_their_answer)
{
    unsigned char space[512];

    for (size_t i = 0; i < sizeof examples / sizeof examples[0]; i++) {
        struct text bytes = hex_bytes(examples[i].hex, space, sizeof space);
        char why[64];

        snprintf(why, sizeof why, "\"why\":\"%s\"", examples[i].why);
        cr_expect_eq(RUN(bytes, VERIFY), examples[i].status, "%s: %s", examples[i].name, answer);
        cr_expect(strstr(answer, why) != NULL, "%s: %s", examples[i].name, answer);
        cr_expect_eq(RUN(text_of(examples[i].hex), VERIFY), examples[i].status, "%s, as hex",
                     examples[i].name);
    }
}

Test(cose, external_data_counts)
{
    /* sign-pass-02 */
    struct text message = TEXT("d28443a10126" KID_11 CONTENT "5840" R
                               "55388b10c4f1b59a6733eab416870a945111a4b2fbdbef33a77234b1deff2f9b");

    cr_expect_eq(RUN(message, VERIFY, ARG("--external"), ARG("11aa22bb33cc44dd55006699")), 0);
    cr_expect_eq(RUN(message, VERIFY, ARG("--external"), ARG("11AA22BB33CC44DD55006699")), 0);
    cr_expect_eq(RUN(message, VERIFY, ARG("--external"), ARG("11aa22bb33cc44dd55006698")), 1);
    cr_expect_eq(RUN(message, VERIFY), 1);
    cr_expect_eq(RUN(message, VERIFY, ARG("--external"), ARG("11a")), 2);
}

Test(cose, content_may_stand_elsewhere)
{
    struct text message = TEXT("d28443a10126" KID_11 "f65840" R S_PLAIN);

    cr_expect_eq(RUN(message, VERIFY, ARG("--payload"), payload_file), 0);
    cr_expect_eq(RUN(message, VERIFY), 3, "and must be given then");
    cr_expect_eq(RUN(message, VERIFY, ARG("--payload"), key_file), 1, "another content");
    cr_expect_eq(RUN(TEXT("d28443a10126" KID_11 CONTENT "5840" R S_PLAIN), VERIFY,
                     ARG("--payload"), payload_file), 3, "but not twice");
}

Test(cose, what_is_critical_must_be_understood)
{
    static const struct {
        const char *name, *header;
        enum cose_any_why why;
    } cases[] = {
        {"content type", "a30126 028103 0300", COSE_ANY_OK},
        {"label 99", "a30126 02811863 186300", COSE_ANY_CRIT},
        {"a text label", "a30126 02816161 616100", COSE_ANY_CRIT},
        {"what is not there", "a20126 028103", COSE_ANY_CRIT},
        {"nothing", "a20126 0280", COSE_ANY_CRIT},
        {"no list", "a20126 0203", COSE_ANY_CRIT},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        unsigned char header_space[64];
        char bytes[256];
        struct build message = build_over(bytes, sizeof bytes);
        struct cose_any read;

        cbor_put_head(&message, CBOR_ARRAY, 4);
        cbor_put_bytes(&message, hex_bytes(cases[i].header, header_space, sizeof header_space));
        cbor_put_head(&message, CBOR_MAP, 0);
        cbor_put_bytes(&message, TEXT("x"));
        cbor_put_bytes(&message, TEXT("y"));
        cr_expect_eq(cose_any_read(build_done(&message), &read), cases[i].why, "%s",
                     cases[i].name);
    }
}

/* -- keys -------------------------------------------------------------------------------------- */

static int with_key(struct text key)
{
    write_file(key_file, key);
    return RUN(TEXT("8443a10126" KID_11 CONTENT "5840" R S_PLAIN), VERIFY);
}

Test(cose, a_key_may_be_a_jwk_a_cose_key_or_pem)
{
    static const struct {
        const char *name;
        struct text key;
        int status;
    } cases[] = {
        {"COSE_Key, hex", TEXT(" a52001215820" X11 "225820" Y11 "010202423131\n"), 0},
        {"COSE_Key, sorted", TEXT("a401022001215820" X11 "225820" Y11), 0},
        {"JWK", TEXT("{\"kty\":\"EC\",\"kid\":\"11\",\"crv\":\"P-256\","
                     "\"x\":\"usWxHK2PmfnHKwXPS54m0kTcGJ90UiglWiGahtagnv8\","
                     "\"y\":\"IBOL-C3BttVivg-lSreASjpkttcsz-1rb7btKLv8EX4\"}"), 0},
        {"JWK with padding", TEXT("{\"kty\":\"EC\",\"crv\":\"P-256\","
                                  "\"x\":\"usWxHK2PmfnHKwXPS54m0kTcGJ90UiglWiGahtagnv8=\","
                                  "\"y\":\"IBOL-C3BttVivg-lSreASjpkttcsz-1rb7btKLv8EX4=\"}"), 3},
        {"JWK of plain base64", TEXT("{\"kty\":\"EC\",\"crv\":\"P-256\","
                                     "\"x\":\"usWxHK2PmfnHKwXPS54m0kTcGJ90UiglWiGahtagnv8\","
                                     "\"y\":\"IBOL+C3BttVivg+lSreASjpkttcsz+1rb7btKLv8EX4\"}"), 3},
        {"JWK without y", TEXT("{\"kty\":\"EC\",\"crv\":\"P-256\","
                               "\"x\":\"usWxHK2PmfnHKwXPS54m0kTcGJ90UiglWiGahtagnv8\"}"), 3},
        {"off its curve", TEXT("a401022001215820" X11 "225820" X11), 3},
        {"P-384", TEXT("a401022002215820" X11 "225820" Y11), 3},
        {"compressed", TEXT("a401022001215820" X11 "22f5"), 3},
        {"OKP", TEXT("a301012006215820" X11), 3},
        {"nothing", TEXT(""), 3},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        cr_expect_eq(with_key(cases[i].key), cases[i].status, "%s", cases[i].name);
}

Test(cose, a_key_may_be_pem_public_or_private)
{
    unsigned char space[256];
    struct text bytes = hex_bytes(KEY_11, space, sizeof space);
    EVP_PKEY *key = public_key_parse(bytes);
    struct maker other;
    FILE *out = fopen(key_file, "wb");

    cr_assert(key != NULL && out != NULL && PEM_write_PUBKEY(out, key) == 1 && fclose(out) == 0);
    cr_expect_eq(RUN(TEXT("8443a10126" KID_11 CONTENT "5840" R S_PLAIN), VERIFY), 0);
    EVP_PKEY_free(key);
    maker_init(&other, TOKEN_ES256, 1);
    out = fopen(key_file, "wb");
    cr_assert(out != NULL &&
              PEM_write_PKCS8PrivateKey(out, other.key, NULL, NULL, 0, NULL, NULL) == 1 &&
              fclose(out) == 0);
    cr_expect_eq(RUN(TEXT("8443a10126" KID_11 CONTENT "5840" R S_PLAIN), VERIFY), 1,
                 "somebody else's");
    maker_clear(&other);
}

Test(cose, a_code_of_ours_is_a_cose_sign1_by_either_algorithm)
{
    static const enum token_alg algs[] = {TOKEN_ES256, TOKEN_SM2};

    for (unsigned i = 0; i < 2; i++) {
        char bytes[TOKEN_BYTES_MAX];
        struct build token = build_over(bytes, sizeof bytes);
        struct maker maker;
        struct parts parts;
        FILE *out = fopen(key_file, "wb");

        maker_init(&maker, algs[i], 1u << TOKEN_LIVE);
        parts = maker_parts(&maker);
        maker_sign(&maker, &parts, &token);
        cr_assert(out != NULL && PEM_write_PUBKEY(out, maker.pinned.public_key) == 1 &&
                  fclose(out) == 0);
        cr_expect_eq(RUN(build_done(&token), VERIFY), 0, "%s", maker.alg->name);
        cr_expect(strstr(answer, maker.alg->name) != NULL);
        bytes[20] ^= 1;
        cr_expect_neq(RUN(build_done(&token), VERIFY), 0, "%s, bent", maker.alg->name);
        maker_clear(&maker);
    }
}

Test(cose, wrong_use_is_status_2)
{
    struct text none = TEXT("");

    cr_expect_eq(verb_run(cose_main, none, (char *[]){ARG("cose"), NULL}, answer, sizeof answer), 2);
    cr_expect_eq(RUN(none, ARG("sign")), 2);
    cr_expect_eq(RUN(none, ARG("verify")), 2);
    cr_expect_eq(RUN(none, VERIFY, ARG("d2")), 2);
    cr_expect_eq(RUN(none, VERIFY, ARG("--loose")), 2);
    cr_expect_eq(RUN(none, ARG("--help")), 0);
    cr_expect_eq(RUN(none, ARG("verify"), ARG("--key"), ARG("/nonexistent")), 3);
    cr_expect_eq(RUN(none, VERIFY), 3);
}
