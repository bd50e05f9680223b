/* crypto/cbor_write.c: the other direction: bytes for tokens, diagnostic notation for people. */
#include "crypto/cbor.h"

#include <inttypes.h>

#include "base/json.h"

void cbor_put_head(struct build *out, enum cbor_major major, uint64_t argument)
{
    unsigned shift = argument < 24                    ? 0
                     : argument <= UINT8_MAX          ? 1
                     : argument <= UINT16_MAX         ? 2
                     : argument <= UINT32_MAX         ? 3
                                                      : 4;
    unsigned low = shift == 0 ? (unsigned)argument : 23 + shift;

    build_char(out, (char)((unsigned)major << 5 | low));
    for (unsigned left = shift == 0 ? 0 : 1u << (shift - 1); left > 0; left--)
        build_char(out, (char)(argument >> (left - 1) * 8 & 0xFF));
}

void cbor_put_int(struct build *out, int64_t value)
{
    if (value >= 0)
        cbor_put_head(out, CBOR_UINT, (uint64_t)value);
    else
        cbor_put_head(out, CBOR_NEGATIVE, (uint64_t)(-1 - value));
}

void cbor_put_bytes(struct build *out, struct text bytes)
{
    cbor_put_head(out, CBOR_BYTES, bytes.bytes);
    build_text(out, bytes);
}

void cbor_put_text(struct build *out, struct text text)
{
    cbor_put_head(out, CBOR_TEXT, text.bytes);
    build_text(out, text);
}

static void diagnose_string(struct cbor_reader *r, enum cbor_major major, uint64_t bytes,
                            struct build *out)
{
    struct text content = {(const char *)r->at, (size_t)bytes};
    struct json_writer w = json_writer_over(out);

    CHECK(bytes <= r->left);
    *r = (struct cbor_reader){r->at + bytes, r->left - (size_t)bytes};
    if (major == CBOR_TEXT) {
        json_put_text(&w, NULL, content);
        return;
    }
    build_string(out, "h'");
    for (size_t i = 0; i < content.bytes; i++)
        build_format(out, "%02x", (unsigned char)content.at[i]);
    build_char(out, '\'');
}

static void diagnose_item(struct cbor_reader *r, struct build *out);

/* -1 - argument; of 2^64 the digits stand here, because it is beyond the type. */
static void diagnose_negative(uint64_t argument, struct build *out)
{
    if (argument == UINT64_MAX)
        build_string(out, "-18446744073709551616");
    else
        build_format(out, "-%" PRIu64, argument + 1);
}

static void diagnose_container(struct cbor_reader *r, bool is_map, uint64_t count,
                               struct build *out)
{
    build_char(out, is_map ? '{' : '[');
    for (uint64_t i = 0; i < count; i++) {
        if (i > 0)
            build_string(out, ", ");
        diagnose_item(r, out);
        if (is_map) {
            build_string(out, ": ");
            diagnose_item(r, out);
        }
    }
    build_char(out, is_map ? '}' : ']');
}

/* Depth is at most CBOR_DEPTH_MAX, because the bytes were found to be of the profile. */
static void diagnose_item(struct cbor_reader *r, struct build *out)
{
    enum cbor_major major = CBOR_SIMPLE;
    uint64_t argument = 0;
    bool read = cbor_head(r, &major, &argument);

    CHECK(read);
    switch (major) {
    case CBOR_UINT:     build_format(out, "%" PRIu64, argument); break;
    case CBOR_NEGATIVE: diagnose_negative(argument, out); break;
    case CBOR_BYTES:
    case CBOR_TEXT:     diagnose_string(r, major, argument, out); break;
    case CBOR_ARRAY:    diagnose_container(r, false, argument, out); break;
    case CBOR_MAP:      diagnose_container(r, true, argument, out); break;
    case CBOR_TAG:
        build_format(out, "%" PRIu64 "(", argument);
        diagnose_item(r, out);
        build_char(out, ')');
        break;
    case CBOR_SIMPLE: break; /* cbor_head() never gives it */
    }
}

void cbor_diagnose(struct text bytes, struct build *out)
{
    struct cbor_reader r = cbor_over(bytes);

    CHECK(cbor_is_profile(bytes));
    diagnose_item(&r, out);
}
