/* crypto/statuslist.h: Token Status Lists (draft-ietf-oauth-status-list) as CWTs: what each of 2^20
 * codes of a list is worth on a day, in two bits, for gates that have no network.
 *
 * The list is a COSE_Sign1 whose type (header 16, RFC 9596) is application/statuslist+cwt. Its
 * claims are 2 sub (which list, which day), 6 iat, 4 exp, 65534 ttl, and 65533 {"bits", "lst"};
 * lst is zlib (RFC 1950) over the packed statuses, lowest bits first. Others' lists may have their
 * claims in any order, more of them, and 1, 2, 4 or 8 bits; one of these claims twice is refused.
 * Nothing here allocates but statuslist_issue(), whose zlib does. */
#ifndef CRYPTO_STATUSLIST_H
#define CRYPTO_STATUSLIST_H

#include "base/arena.h"
#include "crypto/envelope.h"

#define STATUSLIST_MEDIA_TYPE "application/statuslist+cwt"

enum {
    STATUSLIST_BITS = 2,      /* of a status of ours */
    STATUSLIST_SLOT_BITS = 20, /* index = list << 20 | slot */
    STATUSLIST_ENTRIES = 1 << STATUSLIST_SLOT_BITS,
    STATUSLIST_PACKED_BYTES = STATUSLIST_ENTRIES * STATUSLIST_BITS / 8,
    STATUSLIST_BYTES_MAX = 1024 * 1024, /* of a list as a file */
    STATUSLIST_SUB_BYTES_MAX = 256
};

/* The registered values; what ours mean by them. */
enum status {
    STATUS_VALID,     /* green */
    STATUS_INVALID,   /* void, and every slot that nobody has */
    STATUS_SUSPENDED, /* red */
    STATUS_SPECIFIC   /* left to the application: yellow */
};

struct statuslist_claims {
    struct text sub;    /* <issuer>/lists/<region>/<number>/<day> */
    int64_t iat, exp;   /* seconds since 1970; exp 0: others may leave it out */
    int64_t ttl_s;      /* after so long a fresh one is worth asking for; 0: not said */
};

/* -- packed statuses ------------------------------------------------------------------------ */

/* False when the list is shorter than that. bits: 1, 2, 4, 8. */
MUST_USE bool statuslist_at(const unsigned char *packed, size_t bytes, unsigned bits,
                            uint64_t index, unsigned *status);
/* index within the list, status within its bits. */
void statuslist_put(unsigned char *packed, unsigned bits, uint64_t index, unsigned status);
/* zlib's worst case for so many packed bytes. */
size_t statuslist_deflated_max(size_t packed_bytes);
/* zlib, level 6, into out. */
void statuslist_deflate(const unsigned char *packed, size_t bytes, struct build *out);
/* True when lst holds exactly `bytes` packed bytes: not one more, nothing behind them, no preset
 * dictionary (RFC 1950 2.2). So a list that promises terabytes costs no more than a good one. */
MUST_USE bool statuslist_inflate(struct text lst, unsigned char *packed, size_t bytes);
/* The same of a list of others', of any length up to max. */
MUST_USE bool statuslist_inflate_any(struct text lst, unsigned char *packed, size_t max,
                                     size_t *bytes);

/* -- the signed list ------------------------------------------------------------------------ */

struct statuslist { /* views into the bytes read */
    struct envelope envelope; /* its kind is TOKEN_LIST */
    bool has_kid;             /* of four bytes, in the protected header */
    struct statuslist_claims claims;
    unsigned bits;
    struct text lst;
};

/* TOKEN_OK, or TOKEN_FORMAT: not exactly this structure, or above STATUSLIST_BYTES_MAX. */
enum token_why statuslist_read(struct text bytes, struct statuslist *list);
/* The key is known, pinned for lists and in force, the signature good, iat - skew <= now < exp +
 * skew: the reasons as token_judge() gives them. Whether it is the list that was asked for (sub),
 * and newer than the one that is there (iat), is the caller's to look at. */
enum token_why statuslist_judge(const struct statuslist *list, const struct trust_list *trust,
                                int64_t now_s, int64_t skew_s);

/* Packs, signs: the list's bytes, in the arena. packed has STATUSLIST_PACKED_BYTES. ERR_CRYPTO, or
 * ERR_TOO_LARGE when the arena is full: 1.25 MB are enough. */
MUST_USE struct err statuslist_issue(struct signer *signer, const struct statuslist_claims *claims,
                                     const unsigned char *packed, struct arena *arena,
                                     struct text *list);

#endif
