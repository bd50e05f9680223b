/* The signed trust list: what a root signed is what a verifier pins, and nothing else is. */
#include <criterion/criterion.h>
#include <string.h>

#include "crypto/cbor.h"
#include "crypto/cose_key.h"
#include "crypto/profile.h"
#include "support/code_maker.h"

enum { EXP = MAKER_IAT + 86400, SPACE = 16384 };

static struct signer *root, *live_signer, *sm2_signer;
static struct trust_list roots, list;
static char token[SPACE];

static void root_kinds(uint32_t kinds)
{
    struct trusted_key key = *signer_key(root);
    struct err e;

    trust_list_clear(&roots);
    key.kinds = kinds;
    e = trust_list_add(&roots, &key);
    cr_assert(!err_is(e));
}

static void add(struct signer *signer, uint32_t kinds, enum key_state state)
{
    struct trusted_key key = *signer_key(signer);
    struct err e;

    key.kinds = kinds;
    key.nbf = MAKER_IAT;
    key.exp = MAKER_IAT + 1000;
    key.state = state;
    e = trust_list_add(&list, &key);
    cr_assert(!err_is(e));
}

static void set_up(void)
{
    root = maker_signer(TOKEN_ES256);
    live_signer = maker_signer(TOKEN_ES256);
    sm2_signer = maker_signer(TOKEN_SM2);
    root_kinds(1u << TOKEN_TRUST);
    list = (struct trust_list){.sequence = 12, .iat = MAKER_IAT, .exp = EXP};
    add(live_signer, 1u << TOKEN_LIVE | 1u << TOKEN_HEAD, KEY_ACTIVE);
    add(sm2_signer, 1u << TOKEN_BADGE, KEY_RETIRED);
}

static void tear_down(void)
{
    trust_list_clear(&roots);
    trust_list_clear(&list);
    signer_close(root);
    signer_close(live_signer);
    signer_close(sm2_signer);
}

TestSuite(trust_token, .init = set_up, .fini = tear_down);

static struct text signed_list(void)
{
    struct build out = build_over(token, sizeof token);
    struct err e = trust_list_sign(root, &list, &out);

    cr_assert(!err_is(e));
    return build_done(&out);
}

#define expect_why(got, wanted, name)                                                              \
    cr_expect_eq((got), (wanted), "%s: got %s", (name), token_why_name(got))

static enum token_why judge_at(struct text bytes, int64_t now_s)
{
    struct trust_list read;
    enum token_why why = trust_list_read(bytes, &roots, now_s, 30, &read);

    cr_expect(why == TOKEN_OK || read.count == 0);
    trust_list_clear(&read);
    return why;
}

static void expect_same(const struct trust_list *a, const struct trust_list *b)
{
    char left[SPACE], right[SPACE];
    struct build l = build_over(left, sizeof left), r = build_over(right, sizeof right);

    trust_list_render(a, &l);
    trust_list_render(b, &r);
    cr_expect_str_eq(left, right);
    cr_expect(a->iat == b->iat && a->exp == b->exp);
}

Test(trust_token, what_a_root_of_either_algorithm_signed_is_read_back)
{
    static const enum token_alg algs[] = {TOKEN_ES256, TOKEN_SM2};
    struct trust_list read;

    for (unsigned i = 0; i < 2; i++) {
        signer_close(root);
        root = maker_signer(algs[i]);
        root_kinds(1u << TOKEN_TRUST);
        cr_assert_eq(trust_list_read(signed_list(), &roots, MAKER_IAT, 0, &read), TOKEN_OK);
        expect_same(&read, &list);
        trust_list_clear(&read);
    }
}

Test(trust_token, sixty_four_keys_fit)
{
    struct trust_list read;

    trust_list_clear(&list);
    list = (struct trust_list){.sequence = PROFILE_NUMBER_MAX, .iat = MAKER_IAT, .exp = EXP};
    for (unsigned i = 0; i < TRUST_KEYS_MAX; i++) {
        struct signer *signer = maker_signer(i % 2 == 0 ? TOKEN_ES256 : TOKEN_SM2);

        add(signer, ~0u, KEY_ANNOUNCED);
        list.keys[i].kinds = 0x6FE; /* all there are */
        list.keys[i].exp = PROFILE_TIME_MAX_S;
        signer_close(signer);
    }
    cr_assert_eq(trust_list_read(signed_list(), &roots, MAKER_IAT, 0, &read), TOKEN_OK);
    expect_same(&read, &list);
    trust_list_clear(&read);
}

Test(trust_token, only_a_root_that_is_permitted_for_it_may_sign)
{
    struct text bytes = signed_list();
    struct trust_list others = {0};
    struct trusted_key key = *signer_key(live_signer);
    struct err e;

    expect_why(judge_at(bytes, MAKER_IAT), TOKEN_OK, "a root");
    root_kinds((uint32_t)~(1u << TOKEN_TRUST));
    expect_why(judge_at(bytes, MAKER_IAT), TOKEN_KEY, "a key for everything else");
    root_kinds(1u << TOKEN_TRUST);
    roots.keys[0].state = KEY_REMOVED;
    expect_why(judge_at(bytes, MAKER_IAT), TOKEN_KEY, "a removed root");
    key.kinds = 1u << TOKEN_TRUST;
    e = trust_list_add(&others, &key);
    cr_assert(!err_is(e));
    expect_why(trust_list_read(bytes, &others, MAKER_IAT, 0, &(struct trust_list){0}),
               TOKEN_UNKNOWN_KEY, "somebody else's root");
    trust_list_clear(&others);
}

Test(trust_token, it_has_a_beginning_and_an_end)
{
    struct text bytes = signed_list();
    struct trust_list read;

    expect_why(judge_at(bytes, MAKER_IAT - 31), TOKEN_NOT_YET, "31 s early");
    expect_why(judge_at(bytes, EXP + 29), TOKEN_OK, "29 s late");
    expect_why(judge_at(bytes, EXP + 30), TOKEN_EXPIRED, "30 s late");
    expect_why(trust_list_read(bytes, NULL, EXP + 30, 0, &read), TOKEN_OK, "vouched for");
    trust_list_clear(&read);
}

static bool accepts(struct text bytes, void *arg)
{
    (void)arg;
    return judge_at(bytes, MAKER_IAT) == TOKEN_OK;
}

Test(trust_token, every_flipped_bit_is_refused)
{
    cr_expect_eq(maker_first_accepted_flip(signed_list(), accepts, NULL), -1);
}

Test(trust_token, every_cut_and_a_trailing_byte_are_refused)
{
    struct text whole = signed_list();

    for (size_t cut = 0; cut < whole.bytes; cut++)
        expect_why(judge_at((struct text){whole.at, cut}, MAKER_IAT), TOKEN_FORMAT, "a cut");
    token[whole.bytes] = 0;
    expect_why(judge_at((struct text){whole.at, whole.bytes + 1}, MAKER_IAT), TOKEN_FORMAT,
               "a trailing byte");
}

/* A list with one row, made from parts that a test may bend; signed by the root. */
struct row {
    const char *name;
    enum token_why why;
    int64_t alg;            /* 0: the key's */
    struct text kinds;      /* encoded; none: [1] */
    int64_t state;          /* 0: active */
    bool bend_kid, bend_point, twice;
};

static void put_row(struct build *out, const struct row *row)
{
    const struct trusted_key *key = signer_key(live_signer);
    unsigned char point[ECC_POINT_BYTES], kid[TOKEN_KID_BYTES];

    cr_assert(ecc_point(key->public_key, point));
    if (row->bend_point)
        point[63] ^= 1;
    ecc_kid(point, kid);
    kid[0] ^= row->bend_kid;
    cbor_put_head(out, CBOR_ARRAY, 7);
    cbor_put_bytes(out, (struct text){(char *)kid, sizeof kid});
    cbor_put_int(out, row->alg != 0 ? row->alg : key->alg);
    cose_key_put(out, ecc_alg_find(key->alg), point);
    build_text(out, row->kinds.bytes > 0 ? row->kinds : TEXT("\x81\x01"));
    cbor_put_int(out, 0);
    cbor_put_int(out, EXP);
    cbor_put_int(out, row->state != 0 ? row->state : KEY_ACTIVE);
}

Test(trust_token, of_all_rows_even_rightly_signed_only_the_profile_is_accepted)
{
    static const struct row rows[] = {
        {.name = "as it should be", .why = TOKEN_OK},
        {.name = "a kid of another key", .why = TOKEN_FORMAT, .bend_kid = true},
        {.name = "a point off the curve", .why = TOKEN_FORMAT, .bend_point = true},
        {.name = "an alg that is not the key's", .why = TOKEN_FORMAT, .alg = TOKEN_SM2},
        {.name = "alg EdDSA", .why = TOKEN_FORMAT, .alg = -8},
        {.name = "a kid twice", .why = TOKEN_FORMAT, .twice = true},
        {.name = "no kinds", .why = TOKEN_OK, .kinds = TEXT("\x80")},
        {.name = "kinds 1 and 9", .why = TOKEN_OK, .kinds = TEXT("\x82\x01\x09")},
        {.name = "kinds out of order", .why = TOKEN_FORMAT, .kinds = TEXT("\x82\x09\x01")},
        {.name = "a kind twice", .why = TOKEN_FORMAT, .kinds = TEXT("\x82\x01\x01")},
        {.name = "kind 8", .why = TOKEN_FORMAT, .kinds = TEXT("\x81\x08")},
        {.name = "kind 11", .why = TOKEN_FORMAT, .kinds = TEXT("\x81\x0B")},
        {.name = "2^63 kinds", .why = TOKEN_FORMAT,
         .kinds = TEXT("\x9B\x80\x00\x00\x00\x00\x00\x00\x00")},
        {.name = "state 5", .why = TOKEN_FORMAT, .state = 5},
        {.name = "state -1", .why = TOKEN_FORMAT, .state = -1},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char payload_bytes[1024];
        struct build payload = build_over(payload_bytes, sizeof payload_bytes);
        struct build out = build_over(token, sizeof token);
        struct err e;

        build_text(&payload, TEXT("\xA4\x04\x1A\x65\x55\x42\x80\x06\x1A\x65\x53\xF1\x00\x07\x01"
                                  "\x3A\x00\x01\x00\x00"));
        cbor_put_head(&payload, CBOR_ARRAY, rows[i].twice ? 2 : 1);
        for (unsigned n = 0; n <= rows[i].twice; n++)
            put_row(&payload, &rows[i]);
        e = envelope_seal(root, TOKEN_TRUST, build_done(&payload), &out);
        cr_assert(!err_is(e));
        expect_why(judge_at(build_done(&out), MAKER_IAT), rows[i].why, rows[i].name);
    }
}

Test(trust_token, a_file_over_256_kilobytes_is_not_looked_at)
{
    static char large[TRUST_BYTES_MAX + 1];

    memcpy(large, signed_list().at, 64);
    expect_why(judge_at((struct text){large, sizeof large}, MAKER_IAT), TOKEN_FORMAT, "one more");
}

Test(trust_token, kinds_have_names)
{
    enum token_kind kind;

    cr_expect(token_kind_find(TEXT("badge"), &kind) && kind == TOKEN_BADGE);
    cr_expect(token_kind_find(TEXT("list"), &kind) && kind == TOKEN_LIST);
    cr_expect(!token_kind_find(TEXT("delta"), &kind));
    cr_expect(token_kind_name((enum token_kind)8) == NULL);
    cr_expect_str_eq(key_state_name(KEY_RETIRED), "retired");
}
