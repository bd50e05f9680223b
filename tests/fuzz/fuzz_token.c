/* Any bytes as a code's text, and behind a good prefix as a token's bytes, CBOR and a trust list.
 * What is accepted must be the one encoding of what it says. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/base32.h"
#include "crypto/cbor.h"
#include "crypto/cose.h"
#include "crypto/token.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct trust_list no_keys;

static void as_text(struct text input)
{
    unsigned char bytes[TOKEN_BYTES_MAX];
    struct token token;

    if (token_read(input, bytes, &token) != TOKEN_OK)
        return;
    CHECK(token.envelope.sign1.signature.bytes == TOKEN_SIGNATURE_BYTES);
    CHECK(token_kind_name(token.kind) != NULL);
    CHECK(token_judge(&token, &no_keys, 0, 0) == TOKEN_UNKNOWN_KEY);
    (void)token_in_time(&token, INT64_MAX, 0);
}

/* The same bytes as base32, so that the fuzzer need not find that out. */
static void as_bytes(struct text input)
{
    static char text[TOKEN_TEXT_MAX + 16];
    unsigned char back[TOKEN_BYTES_MAX];
    struct build out = build_over(text, sizeof text);
    struct text body;
    size_t count;

    if (input.bytes > TOKEN_BYTES_MAX - 8)
        return;
    build_string(&out, TOKEN_PREFIX);
    base32_format(&out, input);
    body = (struct text){text + 4, out.bytes - 4};
    CHECK(base32_parse(body, back, sizeof back, &count));
    CHECK(text_equal(input, (struct text){(const char *)back, count}));
    as_text(build_done(&out));
}

static void as_cose(struct text input)
{
    static char again[4096];
    struct build out = build_over(again, sizeof again);
    struct cose_sign1 sign1;

    if (!cose_read(input, &sign1) || input.bytes >= sizeof again)
        return;
    cose_write(&sign1, &out);
    CHECK(text_equal(input, build_done(&out)));
}

static void as_cbor(struct text input)
{
    static char shown[1 << 16];
    struct build out = build_over(shown, sizeof shown);

    if (!cbor_is_profile(input))
        return;
    cbor_diagnose(input, &out);
    CHECK(out.bytes > 0);
}

static void as_trust_list(struct text input)
{
    struct trust_list list;
    struct err e = trust_list_parse(input, &list);

    CHECK(!err_is(e) || list.count == 0);
    trust_list_clear(&list);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct text input = {(const char *)data, size};

    as_text(input);
    as_bytes(input);
    as_cose(input);
    as_cbor(input);
    as_trust_list(input);
    return 0;
}
