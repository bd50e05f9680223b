/* Codes bound to a phone's key (cred, kbt), badges, and the sizes of all. */
#include <criterion/criterion.h>
#include <string.h>

#include "crypto/cbor.h"
#include "crypto/cose_key.h"
#include "support/code_maker.h"
#include "support/hex.h"

enum { DAY = 45246, NOW = MAKER_IAT + 3600, SPACE = 2 * TOKEN_TEXT_MAX };

static struct signer *server, *phone, *thief;
static struct trust_list trust;
static char cred_text[SPACE], shown_text[SPACE];

static void trust_server(uint32_t kinds)
{
    struct trusted_key key = *signer_key(server);
    struct err e;

    trust_list_clear(&trust);
    key.kinds = kinds;
    e = trust_list_add(&trust, &key);
    cr_assert(!err_is(e));
}

static void set_up(void)
{
    server = maker_signer(TOKEN_ES256);
    phone = maker_signer(TOKEN_ES256);
    thief = maker_signer(TOKEN_ES256);
    trust_server(1u << TOKEN_CRED | 1u << TOKEN_LIVE | 1u << TOKEN_BADGE);
}

static void tear_down(void)
{
    trust_list_clear(&trust);
    signer_close(server);
    signer_close(phone);
    signer_close(thief);
}

TestSuite(bound, .init = set_up, .fini = tear_down);

static struct live_claims claims_for(int64_t life_s)
{
    return (struct live_claims){.iat = MAKER_IAT, .exp = MAKER_IAT + life_s,
                                .index = (UINT64_C(2047) << 20) | 0xFFFFF, .colour = 1, .policy = 7};
}

static struct cred_claims cred_for(struct signer *holder)
{
    struct cred_claims cred = {.day = DAY, .colour_tomorrow = 2};

    cr_assert(ecc_point(signer_key(holder)->public_key, cred.holder));
    return cred;
}

/* A cred for the phone. */
static struct text a_cred(void)
{
    struct build out = build_over(cred_text, sizeof cred_text);
    struct live_claims claims = claims_for(TOKEN_CRED_S);
    struct cred_claims cred = cred_for(phone);
    struct err e = token_issue_cred(server, &claims, &cred, &out, NULL);

    cr_assert(!err_is(e));
    return build_done(&out);
}

/* What `holder` shows of it. */
static struct text shown_by(struct signer *holder, int64_t shown_s)
{
    struct build out = build_over(shown_text, sizeof shown_text);
    struct err e = token_bind(holder, a_cred(), shown_s, &out);

    cr_assert(!err_is(e));
    return build_done(&out);
}

static enum token_why judge_at(struct text code, int64_t now_s)
{
    unsigned char bytes[TOKEN_BYTES_MAX];
    struct token token;
    enum token_why why = token_read(code, bytes, &token);

    return why == TOKEN_OK ? token_judge(&token, &trust, now_s, TOKEN_SKEW_S) : why;
}

#define expect_why(got, wanted, name)                                                              \
    cr_expect_eq((got), (wanted), "%s: got %s", (name), token_why_name(got))

Test(bound, what_the_phone_shows_is_read_back)
{
    unsigned char bytes[TOKEN_BYTES_MAX];
    struct token token;
    unsigned colour;

    cr_assert_eq(token_read(shown_by(phone, NOW - 5), bytes, &token), TOKEN_OK);
    cr_expect_eq(token_judge(&token, &trust, NOW, TOKEN_SKEW_S), TOKEN_OK);
    cr_expect_eq(token.kind, TOKEN_KBT);
    cr_expect_eq(token.envelope.kind, TOKEN_CRED);
    cr_expect_eq(token.live.index, claims_for(1).index);
    cr_expect_eq(token.live.policy, 7);
    cr_expect_eq(token.live.exp, MAKER_IAT + TOKEN_CRED_S);
    cr_expect_eq(token.shown_s, NOW - 5);
    cr_expect_eq(token_time(&token), NOW - 5);
    cr_expect(token_colour_on(&token, DAY, 0, &colour) && colour == 1);
    cr_expect(token_colour_on(&token, DAY + 1, 0, &colour) && colour == 2);
    cr_expect(!token_colour_on(&token, DAY - 1, 0, &colour));
    cr_expect(!token_colour_on(&token, DAY + 2, 0, &colour));
}

Test(bound, a_server_s_sm2_key_binds_as_well)
{
    signer_close(server);
    server = maker_signer(TOKEN_SM2);
    trust_server(1u << TOKEN_CRED);
    expect_why(judge_at(shown_by(phone, NOW), NOW), TOKEN_OK, "SM2 around P-256");
}

Test(bound, a_cred_without_its_phone_s_signature_is_fraud)
{
    expect_why(judge_at(a_cred(), NOW), TOKEN_SIGNATURE, "the inner token alone");
    trust_server(1u << TOKEN_LIVE);
    expect_why(judge_at(a_cred(), NOW), TOKEN_KEY, "by a key that makes no creds");
    trust_list_clear(&trust);
    expect_why(judge_at(a_cred(), NOW), TOKEN_UNKNOWN_KEY, "by a key that nobody knows");
}

Test(bound, another_phone_s_signature_is_refused)
{
    struct signer *sm2 = maker_signer(TOKEN_SM2);

    expect_why(judge_at(shown_by(thief, NOW), NOW), TOKEN_SIGNATURE, "another phone");
    expect_why(judge_at(shown_by(sm2, NOW), NOW), TOKEN_SIGNATURE, "by SM2, said to be ES256");
    signer_close(sm2);
}

Test(bound, key_and_kind_are_the_cred_s)
{
    struct text shown = shown_by(phone, NOW);

    trust_server(1u << TOKEN_LIVE | 1u << TOKEN_KBT);
    expect_why(judge_at(shown, NOW), TOKEN_KEY, "no creds by this key");
    trust_server(1u << TOKEN_CRED);
    trust.keys[0].state = KEY_REMOVED;
    expect_why(judge_at(shown, NOW), TOKEN_KEY, "removed");
    trust_list_clear(&trust);
    expect_why(judge_at(shown, NOW), TOKEN_UNKNOWN_KEY, "unknown");
}

Test(bound, both_times_count)
{
    static const struct {
        const char *name;
        int64_t shown_s, now_s;
        enum token_why why;
    } cases[] = {
        {"now", NOW, NOW, TOKEN_OK},
        {"90 s ago", NOW - 90, NOW, TOKEN_OK},
        {"91 s ago", NOW - 91, NOW, TOKEN_EXPIRED},
        {"90 s ahead", NOW + 90, NOW, TOKEN_OK},
        {"91 s ahead", NOW + 91, NOW, TOKEN_NOT_YET},
        {"a screenshot of yesterday", NOW - 86400, NOW, TOKEN_EXPIRED},
        {"cred not begun", MAKER_IAT - 31, MAKER_IAT - 31, TOKEN_NOT_YET},
        {"cred begun within the skew", MAKER_IAT - 30, MAKER_IAT - 30, TOKEN_OK},
        {"cred at its end and the skew", MAKER_IAT + TOKEN_CRED_S + 29,
         MAKER_IAT + TOKEN_CRED_S + 29, TOKEN_OK},
        {"cred over", MAKER_IAT + TOKEN_CRED_S + 30, MAKER_IAT + TOKEN_CRED_S + 30, TOKEN_EXPIRED},
        {"gate's clock a day back", NOW, NOW - 86400, TOKEN_NOT_YET},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        expect_why(judge_at(shown_by(phone, cases[i].shown_s), cases[i].now_s), cases[i].why,
                   cases[i].name);
}

static bool accepts(struct text bytes, void *arg)
{
    char text[SPACE];
    struct build out = build_over(text, sizeof text);

    (void)arg;
    envelope_format_text(bytes, &out);
    return judge_at(build_done(&out), MAKER_IAT) == TOKEN_OK;
}

/* The bytes of a text of ours. */
static struct text bytes_of(struct text code, unsigned char bytes[TOKEN_BYTES_MAX])
{
    struct text content = {NULL, 0};

    cr_assert_eq(envelope_parse_text(code, bytes, TOKEN_BYTES_MAX, &content), TOKEN_OK);
    return content;
}

Test(bound, every_flipped_bit_is_refused)
{
    unsigned char bytes[TOKEN_BYTES_MAX];

    cr_expect_eq(maker_first_accepted_flip(bytes_of(shown_by(phone, MAKER_IAT), bytes), accepts,
                                           NULL),
                 -1);
}

Test(bound, every_flipped_bit_of_a_badge_is_refused)
{
    unsigned char bytes[TOKEN_BYTES_MAX];
    struct build out = build_over(shown_text, sizeof shown_text);
    struct live_claims claims = claims_for(TOKEN_BADGE_S);
    struct err e = token_issue_badge(server, &claims, &out, NULL);

    cr_assert(!err_is(e));
    cr_expect_eq(maker_first_accepted_flip(bytes_of(build_done(&out), bytes), accepts, NULL), -1);
}

/* -- forms ------------------------------------------------------------------------------------- */

/* Any header and payload, signed by the phone: CCCC stands for the cred as a byte string. */
static enum token_why judge_forms(const char *header_hex, const char *payload_hex,
                                  struct text inner)
{
    unsigned char header_space[64], payload_space[64], cred_bytes[TOKEN_BYTES_MAX];
    char header_bytes[TOKEN_BYTES_MAX], token_bytes[TOKEN_BYTES_MAX + 1];
    struct build header = build_over(header_bytes, sizeof header_bytes);
    struct build token = build_over(token_bytes, sizeof token_bytes);
    struct build out = build_over(shown_text, sizeof shown_text);
    struct err e;

    build_text(&header, hex_bytes(header_hex, header_space, sizeof header_space));
    if (inner.bytes > 0)
        cbor_put_bytes(&header, bytes_of(inner, cred_bytes));
    cr_assert(!header.full);
    e = envelope_seal_as(phone, build_done(&header),
                         hex_bytes(payload_hex, payload_space, sizeof payload_space), &token);
    cr_assert(!err_is(e));
    envelope_format_text(build_done(&token), &out);
    return judge_at(build_done(&out), MAKER_IAT);
}

Test(bound, of_all_outer_forms_even_rightly_signed_only_the_profile_is_accepted)
{
    static const struct {
        const char *name, *header, *payload;
        enum token_why why;
    } cases[] = {
        {"as phones do", "a3 0126 3a0001000003 3a00010001", "a1 061a6553f100", TOKEN_OK},
        {"alg SM2", "a3 013a00010000 3a0001000003 3a00010001", "a1 061a6553f100", TOKEN_FORMAT},
        {"alg EdDSA", "a3 0127 3a0001000003 3a00010001", "a1 061a6553f100", TOKEN_FORMAT},
        {"no alg", "a2 3a0001000003 3a00010001", "a1 061a6553f100", TOKEN_FORMAT},
        {"kind live", "a3 0126 3a0001000001 3a00010001", "a1 061a6553f100", TOKEN_FORMAT},
        {"kind cred", "a3 0126 3a0001000002 3a00010001", "a1 061a6553f100", TOKEN_FORMAT},
        {"keys out of order", "a3 3a0001000003 0126 3a00010001", "a1 061a6553f100", TOKEN_FORMAT},
        {"a claim more", "a3 0126 3a0001000003 3a00010001", "a2 041a6553f100 061a6553f100",
         TOKEN_FORMAT},
        {"no time", "a3 0126 3a0001000003 3a00010001", "a0", TOKEN_FORMAT},
        {"a trailing byte", "a3 0126 3a0001000003 3a00010001", "a1 061a6553f100 00", TOKEN_FORMAT},
        {"time as a float", "a3 0126 3a0001000003 3a00010001", "a1 06f93c00", TOKEN_FORMAT},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        expect_why(judge_forms(cases[i].header, cases[i].payload, a_cred()), cases[i].why,
                   cases[i].name);
    expect_why(judge_forms("a2 0126 3a0001000003", "a1 061a6553f100", TEXT("")), TOKEN_FORMAT,
               "no cred inside");
}

Test(bound, nothing_but_a_cred_may_be_inside)
{
    struct build out = build_over(cred_text, sizeof cred_text);
    struct live_claims claims = claims_for(TOKEN_LIVE_S);
    struct err e = token_issue_live(server, &claims, &out, NULL);

    cr_assert(!err_is(e));
    expect_why(judge_forms("a3 0126 3a0001000003 3a00010001", "a1 061a6553f100", build_done(&out)),
               TOKEN_FORMAT, "a live code inside");
}

/* X and Y stand for 32 bytes each. */
static enum token_why judge_payload(const char *pattern)
{
    char payload_bytes[300], token_bytes[TOKEN_BYTES_MAX + 1];
    struct build payload = build_over(payload_bytes, sizeof payload_bytes);
    struct build token = build_over(token_bytes, sizeof token_bytes);
    struct build cred = build_over(cred_text, sizeof cred_text);
    struct build out = build_over(shown_text, sizeof shown_text);
    struct cred_claims holder = cred_for(phone);
    struct err e;

    for (const char *at = pattern; *at != '\0'; at++) {
        unsigned char space[100];
        char piece[128] = "";
        size_t bytes = strcspn(at, "XY");

        cr_assert(bytes < sizeof piece);
        memcpy(piece, at, bytes);
        build_text(&payload, hex_bytes(piece, space, sizeof space));
        at += bytes;
        if (*at == '\0')
            break;
        build_text(&payload, (struct text){(char *)holder.holder + (*at == 'Y' ? 32 : 0), 32});
    }
    e = envelope_seal(server, TOKEN_CRED, build_done(&payload), &token);
    cr_assert(!err_is(e));
    envelope_format_text(build_done(&token), &cred);
    e = token_bind(phone, build_done(&cred), MAKER_IAT, &out);
    cr_assert(!err_is(e));
    return judge_at(build_done(&out), MAKER_IAT);
}

Test(bound, of_all_creds_even_rightly_signed_only_the_profile_is_accepted)
{
    static const struct {
        const char *name, *pattern;
        enum token_why why;
    } cases[] = {
        {"as issued", "a4 041a6553f13c 061a6553f100 08a101a4 0102 2001 215820X225820Y 3a00010000 85 01 00 00 19b0be 07", TOKEN_OK},
        {"twelve hours and a second", "a4 041a655499c1 061a6553f100 08a101a4 0102 2001 215820X225820Y 3a00010000 85 01 00 00 19b0be 07", TOKEN_FORMAT},
        {"no cnf", "a3 041a6553f13c 061a6553f100 3a00010000 85 01 00 00 19b0be 07", TOKEN_FORMAT},
        {"cnf of an SM2 key", "a4 041a6553f13c 061a6553f100 08a101a4 0102 203a00010000 215820X225820Y 3a00010000 85 01 00 00 19b0be 07", TOKEN_FORMAT},
        {"cnf on P-384", "a4 041a6553f13c 061a6553f100 08a101a4 0102 2002 215820X225820Y 3a00010000 85 01 00 00 19b0be 07", TOKEN_FORMAT},
        {"cnf by kid", "a4 041a6553f13c 061a6553f100 08a1034101 3a00010000 85 01 00 00 19b0be 07", TOKEN_FORMAT},
        {"cnf with y = x, not on the curve", "a4 041a6553f13c 061a6553f100 08a101a4 0102 2001 215820X225820X 3a00010000 85 01 00 00 19b0be 07", TOKEN_SIGNATURE},
        {"cnf with a private part", "a4 041a6553f13c 061a6553f100 08a101a5 0102 2001 215820X225820Y 2341013a00010000 85 01 00 00 19b0be 07", TOKEN_FORMAT},
        {"colour 3 tomorrow", "a4 041a6553f13c 061a6553f100 08a101a4 0102 2001 215820X225820Y 3a00010000 85 01 00 03 19b0be 07", TOKEN_FORMAT},
        {"day 0", "a4 041a6553f13c 061a6553f100 08a101a4 0102 2001 215820X225820Y 3a00010000 85 01 00 00 00 07", TOKEN_FORMAT},
        {"day 65535", "a4 041a6553f13c 061a6553f100 08a101a4 0102 2001 215820X225820Y 3a00010000 85 01 00 00 19ffff 07", TOKEN_FORMAT},
        {"of a live code's members", "a4 041a6553f13c 061a6553f100 08a101a4 0102 2001 215820X225820Y 3a00010000 83 01 00 07", TOKEN_FORMAT},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        expect_why(judge_payload(cases[i].pattern), cases[i].why, cases[i].name);
}

Test(bound, a_text_that_is_no_cred_cannot_be_bound)
{
    struct build out = build_over(shown_text, sizeof shown_text);
    struct err e = token_bind(phone, TEXT("JA2.AA"), NOW, &out);

    cr_expect_eq(e.code, ERR_FIELD_RANGE);
    e = token_bind(phone, a_cred(), NOW, &(struct build){shown_text, 0, 10, false});
    cr_expect_eq(e.code, ERR_TOO_LARGE);
}

/* -- badges, sizes ----------------------------------------------------------------------------- */

Test(bound, a_badge_lives_three_years_and_states_no_colour)
{
    unsigned char bytes[TOKEN_BYTES_MAX], digest[32];
    struct build out = build_over(shown_text, sizeof shown_text);
    struct live_claims claims = claims_for(TOKEN_BADGE_S);
    struct err e = token_issue_badge(server, &claims, &out, digest);
    struct token token;
    unsigned colour;

    cr_assert(!err_is(e));
    cr_assert_eq(token_read(build_done(&out), bytes, &token), TOKEN_OK);
    expect_why(token_judge(&token, &trust, claims.exp - 1, 0), TOKEN_OK, "its last second");
    expect_why(token_judge(&token, &trust, claims.exp, 0), TOKEN_EXPIRED, "its end");
    cr_expect_eq(token.kind, TOKEN_BADGE);
    cr_expect_eq(token.live.index, claims.index);
    cr_expect(!token_colour_on(&token, DAY, 0, &colour));
    cr_expect_arr_eq(digest, token.digest, 32);
}

Test(bound, a_live_colour_ends_with_its_day)
{
    unsigned char bytes[TOKEN_BYTES_MAX];
    struct build out = build_over(shown_text, sizeof shown_text);
    struct live_claims claims = claims_for(TOKEN_LIVE_S);
    struct err e = token_issue_live(server, &claims, &out, NULL);
    struct token token;
    unsigned colour;

    cr_assert(!err_is(e) && token_read(build_done(&out), bytes, &token) == TOKEN_OK);
    cr_expect(token_colour_on(&token, DAY, MAKER_IAT, &colour) && colour == 1);
    cr_expect(!token_colour_on(&token, DAY, MAKER_IAT + 1, &colour), "made before midnight");
}

/* Alphanumeric characters that a QR code holds at level M: ISO/IEC 18004 table 7. */
enum { V8_M = 221, V13_M = 483, V16_Q = 470 };

Test(bound, codes_fit_the_qr_versions_that_phones_and_stickers_have)
{
    struct build out = build_over(shown_text, sizeof shown_text);
    struct live_claims claims = claims_for(TOKEN_LIVE_S);
    struct err e = token_issue_live(server, &claims, &out, NULL);

    cr_assert(!err_is(e));
    cr_expect_leq(out.bytes, V8_M, "live: %zu", out.bytes);
    cr_expect_leq(shown_by(phone, NOW).bytes, V16_Q, "kbt: %zu", strlen(shown_text));
    signer_close(server);
    server = maker_signer(TOKEN_SM2);
    cr_expect_leq(shown_by(phone, NOW).bytes, V13_M, "kbt, SM2: %zu", strlen(shown_text));
    out = build_over(shown_text, sizeof shown_text);
    e = token_issue_live(server, &claims, &out, NULL);
    cr_expect(!err_is(e) && out.bytes <= V8_M, "live, SM2: %zu", out.bytes);
}
