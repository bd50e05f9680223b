/* tests/support/sign_tool.c: one of each thing that we sign, by fresh keys, for others' software to
 * verify (tests/interop).
 *
 *   sign_tool SECONDS   a JSON object a line: {"alg","name","x","y","hex","text"?}; x and y are the
 *                       signing key, hex the COSE_Sign1. SECONDS is the time in them. */
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "crypto/receipt.h"
#include "crypto/roster.h"
#include "crypto/seal.h"
#include "crypto/statuslist.h"
#include "support/code_maker.h"

enum { BYTES_MAX = 16384 };

static int64_t now_s;

static void put(struct signer *signer, const char *name, struct text bytes)
{
    static char line[4 * BYTES_MAX], hex[2 * BYTES_MAX + 1];
    struct build out = build_over(line, sizeof line);
    struct json_writer w = json_writer_over(&out);
    unsigned char point[ECC_POINT_BYTES];

    CHECK(ecc_point(signer_key(signer)->public_key, point) && bytes.bytes <= BYTES_MAX);
    json_open_object(&w, NULL);
    json_put_string(&w, "alg", ecc_alg_find(signer_key(signer)->alg)->name);
    json_put_string(&w, "name", name);
    hex_format(point, ECC_COORDINATE_BYTES, hex);
    json_put_string(&w, "x", hex);
    hex_format(point + ECC_COORDINATE_BYTES, ECC_COORDINATE_BYTES, hex);
    json_put_string(&w, "y", hex);
    hex_format(bytes.at, bytes.bytes, hex);
    json_put_string(&w, "hex", hex);
    json_close_object(&w);
    CHECK(!out.full);
    puts(line);
}

static void put_text(struct signer *signer, const char *name, struct text code)
{
    unsigned char bytes[TOKEN_BYTES_MAX];
    struct text content = {NULL, 0};

    CHECK(envelope_parse_text(code, bytes, sizeof bytes, &content) == TOKEN_OK);
    put(signer, name, content);
}

static struct live_claims claims(int64_t life_s)
{
    return (struct live_claims){.iat = now_s, .exp = now_s + life_s, .index = 1048577, .policy = 7};
}

static void put_codes(struct signer *signer, struct signer *phone)
{
    char text[TOKEN_TEXT_MAX + 1], shown_text[TOKEN_TEXT_MAX + 1];
    struct build out = build_over(text, sizeof text), shown = build_over(shown_text, sizeof shown_text);
    struct live_claims live = claims(TOKEN_LIVE_S), badge = claims(TOKEN_BADGE_S),
                       cred = claims(TOKEN_CRED_S);
    struct cred_claims bound = {.day = 46000, .colour_tomorrow = 1};

    CHECK(!err_is(token_issue_live(signer, &live, &out, NULL)));
    put_text(signer, "live", build_done(&out));
    out = build_over(text, sizeof text);
    CHECK(!err_is(token_issue_badge(signer, &badge, &out, NULL)));
    put_text(signer, "badge", build_done(&out));
    CHECK(ecc_point(signer_key(phone)->public_key, bound.holder));
    out = build_over(text, sizeof text);
    CHECK(!err_is(token_issue_cred(signer, &cred, &bound, &out, NULL)));
    put_text(signer, "cred", build_done(&out));
    CHECK(!err_is(token_bind(phone, build_done(&out), now_s, &shown)));
    put_text(phone, "kbt", build_done(&shown));
}

static void put_files(struct signer *signer)
{
    static char bytes[BYTES_MAX], scratch_bytes[BYTES_MAX];
    struct build out = build_over(bytes, sizeof bytes);
    struct build scratch = build_over(scratch_bytes, sizeof scratch_bytes);
    struct receipt receipt = {.t_s = now_s, .seq = 1, .site = 12, .gate = 70, .epoch = 3,
                              .direction = 1, .index = 1048577, .verdict = 1};
    struct roster_head head = {.iat = now_s, .exp = now_s + 3600, .seq = 1, .site = 12,
                               .day = 46000, .policy = 7};
    struct roster_row rows[2] = {{.index = 5, .trade = 20}, {.index = 9, .colour_here = 1}};
    struct trust_list list = {.sequence = 3, .iat = now_s, .exp = now_s + 3600};

    CHECK(!err_is(receipt_sign(signer, &receipt, &out, NULL)));
    put(signer, "receipt", build_done(&out));
    out = build_over(bytes, sizeof bytes);
    CHECK(!err_is(roster_sign(signer, &head, rows, 2, &scratch, &out)));
    put(signer, "roster", build_done(&out));
    out = build_over(bytes, sizeof bytes);
    CHECK(!err_is(trust_list_add(&list, signer_key(signer))));
    CHECK(!err_is(trust_list_sign(signer, &list, &out)));
    put(signer, "trust", build_done(&out));
    trust_list_clear(&list);
}

static void put_list(struct signer *signer)
{
    static unsigned char packed[STATUSLIST_PACKED_BYTES];
    struct statuslist_claims said = {.sub = TEXT("jianan/lists/320900/1/2026-11-22"), .iat = now_s,
                                     .exp = now_s + 3600, .ttl_s = 600};
    struct text list = {NULL, 0};
    struct arena arena;

    arena_init(&arena, 4 << 20);
    memset(packed, 0x55, sizeof packed);
    CHECK(!err_is(statuslist_issue(signer, &said, packed, &arena, &list)));
    put(signer, "list", list);
    arena_clear(&arena);
}

int main(int argc, char **argv)
{
    static const enum token_alg algs[] = {TOKEN_ES256, TOKEN_SM2};
    struct signer *phone = maker_signer(TOKEN_ES256);

    if (argc != 2 || !text_to_int(text_of(argv[1]), 0, INT64_C(4000000000), &now_s)) {
        fputs("usage: sign_tool SECONDS\n", stderr);
        return 2;
    }
    for (unsigned i = 0; i < 2; i++) {
        struct signer *signer = maker_signer(algs[i]);

        put_codes(signer, phone);
        put_files(signer);
        put_list(signer);
        signer_close(signer);
    }
    signer_close(phone);
    return 0;
}
