/* crypto/cbor.h: the part of CBOR (RFC 8949) that codes are made of.
 *
 * Deterministic encoding only (section 4.2.1): shortest heads, definite lengths, map keys in
 * order, no floats, no simple values. The reader looks at bytes of its caller's, never allocates,
 * and refuses everything else. Calls are chained by &&: the first that does not find exactly what
 * it asks for returns false, and then the whole item is refused. */
#ifndef CRYPTO_CBOR_H
#define CRYPTO_CBOR_H

#include <stdbool.h>
#include <stdint.h>

#include "base/check.h"
#include "base/text.h"

enum { CBOR_DEPTH_MAX = 6, CBOR_HEAD_MAX = 9 };

enum cbor_major {
    CBOR_UINT, CBOR_NEGATIVE, CBOR_BYTES, CBOR_TEXT, CBOR_ARRAY, CBOR_MAP, CBOR_TAG, CBOR_SIMPLE
};

struct cbor_reader {
    const unsigned char *at;
    size_t left;
};

struct cbor_reader cbor_over(struct text bytes);
MUST_USE bool cbor_end(const struct cbor_reader *r); /* nothing is left */

/* Any head: its major type and argument, shortest form only, no indefinite lengths, not
 * CBOR_SIMPLE. A string's content is not stepped over. */
MUST_USE bool cbor_head(struct cbor_reader *r, enum cbor_major *major, uint64_t *argument);

MUST_USE bool cbor_uint(struct cbor_reader *r, uint64_t max, uint64_t *value);
MUST_USE bool cbor_int(struct cbor_reader *r, int64_t *value);
MUST_USE bool cbor_key(struct cbor_reader *r, int64_t key); /* exactly this integer */
MUST_USE bool cbor_bytes(struct cbor_reader *r, struct text *view);
MUST_USE bool cbor_array(struct cbor_reader *r, uint64_t count);
MUST_USE bool cbor_map(struct cbor_reader *r, uint64_t count);
MUST_USE bool cbor_tag(struct cbor_reader *r, uint64_t tag);

/* Steps over one item of the subset, whatever it says: keys integers, sorted and single; text
 * valid UTF-8; no tag but 18; containers at most CBOR_DEPTH_MAX deep. */
MUST_USE bool cbor_item(struct cbor_reader *r, struct text *view);
/* The bytes are one such item, and nothing is behind it. */
MUST_USE bool cbor_is_profile(struct text bytes);

/* Diagnostic notation (RFC 8949 section 8) of bytes that cbor_is_profile() accepts. */
void cbor_diagnose(struct text bytes, struct build *out);

/* Writing, always in the shortest form; keys are put in order by the caller. Overflow is seen in
 * out->full. */
void cbor_put_head(struct build *out, enum cbor_major major, uint64_t argument);
void cbor_put_int(struct build *out, int64_t value);
void cbor_put_bytes(struct build *out, struct text bytes);
void cbor_put_text(struct build *out, struct text text);

#endif
