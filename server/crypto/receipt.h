/* crypto/receipt.h: what a gate decided by itself, signed by the gate's own key, each receipt naming
 * the one before it.
 *
 *   {6: t, 7: seq, -65537: [site, gate, epoch, direction, index, colour, verdict,
 *                           [why, reasons], [inputs...], prev]}
 *
 * The chain: prev is the SHA-256 of all bytes of the gate's receipt before this one, across epochs;
 * 32 zero bytes where the gate has none. seq counts up from 1 in each epoch. Nothing in a receipt
 * names a person. */
#ifndef CRYPTO_RECEIPT_H
#define CRYPTO_RECEIPT_H

#include "crypto/envelope.h"

enum { RECEIPT_BYTES_MAX = 512, RECEIPT_DIGEST_BYTES = 32, RECEIPT_UNKNOWN = -1 };

/* What the answer was made from. A row is a number that is never renumbered: its place in the array.
 * RECEIPT_UNKNOWN (-1) where there was none. */
enum receipt_input {
#define RECEIPT_INPUT(NAME, name) RECEIPT_##NAME,
#include "crypto/receipt_input.def"
#undef RECEIPT_INPUT
    RECEIPT_INPUT_COUNT
};
const char *receipt_input_name(enum receipt_input input);

struct receipt {
    int64_t t_s;       /* the gate's clock, seconds since 1970 */
    uint64_t seq;      /* from 1 */
    uint64_t site, gate;
    uint32_t epoch;
    unsigned direction; /* 1 in, 2 out */
    int64_t index;      /* of the code; RECEIPT_UNKNOWN when it named nobody */
    int colour;         /* 0 green, 1 yellow, 2 red; RECEIPT_UNKNOWN */
    unsigned verdict;   /* 1 open, 2 refuse, 3 cannot tell */
    uint16_t why;       /* domain/gate.def's number */
    uint64_t reasons;   /* bits, as passes keep them; below 2^63 */
    int64_t inputs[RECEIPT_INPUT_COUNT];
    unsigned char prev[RECEIPT_DIGEST_BYTES];
};

/* A receipt as it was read: views into the caller's bytes, and the digest that the next one names. */
struct receipt_read {
    struct receipt said;
    struct envelope envelope;
    unsigned char digest[RECEIPT_DIGEST_BYTES];
};

/* False for anything but exactly the form above. The signature is asked by envelope_is_signed_by()
 * with the key that the gate is known by; that said.gate is that gate is the caller's to see. */
MUST_USE bool receipt_read(struct text bytes, struct receipt_read *receipt);

/* At most RECEIPT_BYTES_MAX into out; digest is what the next receipt's prev will be, and may be
 * NULL. CHECKs the ranges above. ERR_CRYPTO, ERR_TOO_LARGE when out is full. */
MUST_USE struct err receipt_sign(struct signer *signer, const struct receipt *receipt,
                                 struct build *out, unsigned char digest[RECEIPT_DIGEST_BYTES]);

#endif
