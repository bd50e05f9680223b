/* clients/cli/code_inspect.c: `jianan code inspect`: every field of what stands in a text, without a
 * judgement. */
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "clients/cli/code_private.h"
#include "clients/cli/exit.h"
#include "crypto/cbor.h"
#include "crypto/code.h"
#include "crypto/ecc.h"
#include "crypto/receipt.h"
#include "crypto/seal.h"
#include "crypto/statuslist.h"

/* A text as bytes; false when it is not base32 behind our prefix. */
static bool decode(struct text code, unsigned char bytes[TOKEN_BYTES_MAX], size_t *count)
{
    struct text content = {NULL, 0};
    bool decoded = code.bytes <= TOKEN_TEXT_MAX &&
                   envelope_parse_text(code, bytes, TOKEN_BYTES_MAX, &content) == TOKEN_OK;

    *count = content.bytes;
    return decoded;
}

static void put_hex(struct json_writer *w, const char *key, struct text bytes)
{
    char hex[2 * TOKEN_BYTES_MAX + 1];

    CHECK(bytes.bytes <= TOKEN_BYTES_MAX);
    hex_format(bytes.at, bytes.bytes, hex);
    json_put_string(w, key, hex);
}

/* Diagnostic notation where the bytes are of the profile, else hex: inspecting judges nothing. */
static void put_cbor(struct json_writer *w, const char *key, struct text bytes)
{
    char shown[CODE_ANSWER_BYTES_MAX / 4];
    struct build out = build_over(shown, sizeof shown);

    if (!cbor_is_profile(bytes)) {
        put_hex(w, key, bytes);
        return;
    }
    cbor_diagnose(bytes, &out);
    json_put_text(w, key, build_done(&out));
}

static const char *alg_name(enum token_alg alg)
{
    const struct ecc_alg *found = ecc_alg_find(alg);

    return found != NULL ? found->name : NULL;
}

/* What we signed of it. */
static void put_envelope(struct json_writer *w, const struct envelope *envelope)
{
    if (alg_name(envelope->alg) != NULL)
        json_put_string(w, "alg", alg_name(envelope->alg));
    else
        json_put_int(w, "alg", envelope->alg);
    put_hex(w, "kid", (struct text){(const char *)envelope->kid, TOKEN_KID_BYTES});
}

static void put_shown(struct json_writer *w, const struct token *token)
{
    json_put_int(w, "iat", token->live.iat);
    json_put_int(w, "exp", token->live.exp);
    json_put_int(w, "index", (int64_t)token->live.index);
    json_put_int(w, "list", (int64_t)(token->live.index >> STATUSLIST_SLOT_BITS));
    json_put_int(w, "slot", (int64_t)(token->live.index & (STATUSLIST_ENTRIES - 1)));
    if (token->kind == TOKEN_BADGE)
        return;
    json_put_int(w, "colour", token->live.colour);
    json_put_int(w, "policy", token->live.policy);
}

/* Of a code of a phone: whose key must sign, for which days, and what the phone said. */
static void put_bound(struct json_writer *w, const struct token *token)
{
    const char *holder = (const char *)token->cred.holder;

    json_put_int(w, "colour_tomorrow", token->cred.colour_tomorrow);
    json_put_int(w, "day", token->cred.day);
    put_hex(w, "holder_x", (struct text){holder, ECC_COORDINATE_BYTES});
    put_hex(w, "holder_y", (struct text){holder + ECC_COORDINATE_BYTES, ECC_COORDINATE_BYTES});
    if (token->kind != TOKEN_KBT)
        return;
    json_put_int(w, "shown", token->shown_s);
    put_cbor(w, "cred_protected", token->envelope.sign1.protected_bytes);
    put_cbor(w, "cred_payload", token->envelope.sign1.payload);
    put_hex(w, "cred_signature", token->envelope.sign1.signature);
}

static void put_inputs(struct json_writer *w, const struct receipt *said)
{
    json_open_object(w, "inputs");
    for (unsigned i = 0; i < RECEIPT_INPUT_COUNT; i++)
        json_put_int(w, receipt_input_name((enum receipt_input)i), said->inputs[i]);
    json_close_object(w);
}

static void put_receipt(struct json_writer *w, struct text bytes)
{
    struct receipt_read read;
    const struct receipt *said = &read.said;

    if (!receipt_read(bytes, &read))
        return;
    json_put_int(w, "t", said->t_s);
    json_put_int(w, "seq", (int64_t)said->seq);
    json_put_int(w, "site", (int64_t)said->site);
    json_put_int(w, "gate", (int64_t)said->gate);
    json_put_int(w, "epoch", said->epoch);
    json_put_string(w, "direction", said->direction == CODE_IN ? "in" : "out");
    json_put_int(w, "index", said->index);
    json_put_string(w, "colour", code_colour_name(said->colour));
    json_put_string(w, "verdict", code_verdict_name((enum code_verdict)said->verdict));
    json_put_int(w, "why", said->why);
    json_put_int(w, "reasons", (int64_t)said->reasons);
    put_inputs(w, said);
    put_hex(w, "prev", (struct text){(const char *)said->prev, sizeof said->prev});
}

static void put_token(struct json_writer *w, struct text code, struct text content)
{
    unsigned char bytes[TOKEN_BYTES_MAX];
    struct token token;

    if (token_read(code, bytes, &token) != TOKEN_OK)
        return;
    json_put_string(w, "kind", token_kind_name(token.kind));
    put_envelope(w, &token.envelope);
    put_hex(w, "digest", (struct text){(const char *)token.digest, sizeof token.digest});
    if (token.kind <= TOKEN_BADGE)
        put_shown(w, &token);
    if (token.kind == TOKEN_CRED || token.kind == TOKEN_KBT)
        put_bound(w, &token);
    if (token.kind == TOKEN_RECEIPT)
        put_receipt(w, content);
}

static int inspect_each(struct text line, void *arg)
{
    char shown[2 * CODE_ANSWER_BYTES_MAX];
    struct build out = build_over(shown, sizeof shown);
    struct json_writer w = json_writer_over(&out);
    unsigned char bytes[TOKEN_BYTES_MAX];
    struct cose_sign1 sign1;
    size_t count = 0;
    bool decoded = decode(line, bytes, &count);
    bool structured = decoded && cose_read((struct text){(const char *)bytes, count}, &sign1);

    (void)arg;
    json_open_object(&w, NULL);
    json_put_int(&w, "characters", (int64_t)line.bytes);
    json_put_string(&w, "structure",
                    structured ? "cose_sign1" : decoded ? "bytes" : "not base32 behind " TOKEN_PREFIX);
    if (decoded)
        json_put_int(&w, "bytes", (int64_t)count);
    put_token(&w, line, (struct text){(const char *)bytes, count});
    if (structured) {
        put_cbor(&w, "protected", sign1.protected_bytes);
        put_cbor(&w, "unprotected", sign1.unprotected);
        put_cbor(&w, "payload", sign1.payload);
        put_hex(&w, "signature", sign1.signature);
    } else if (decoded) {
        put_hex(&w, "hex", (struct text){(const char *)bytes, count});
    }
    json_close_object(&w);
    CHECK(!out.full);
    puts(shown);
    return structured ? CLI_DONE : CLI_INPUT;
}

int code_inspect_main(int argc, char **argv)
{
    (void)argv;
    return argc == 1 ? code_for_each_line(inspect_each, NULL)
                     : code_usage("inspect takes no options");
}
