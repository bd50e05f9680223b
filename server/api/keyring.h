/* api/keyring.h: a loop's own view of the signing keys: whose signature counts, and who signs.
 *
 * The register follows the key table; a loop makes its trust list anew when that has changed, before
 * the next request. So a key that was removed is refused by every server as soon as the change has
 * come through, whatever was recognised by its digest before, and nobody takes a lock. */
#ifndef API_KEYRING_H
#define API_KEYRING_H

#include "crypto/signers.h"
#include "crypto/token.h"
#include "domain/signing_key.h"

struct app;
struct exchange;
struct registry_reader;

struct keyring {
    uint64_t generation;       /* 0: the register has told nothing yet */
    struct trust_list trust;   /* of all keys */
    struct signing_keys mine;  /* those whose private half this server holds */
    int64_t signed_until_s;    /* when the list that a root has signed ends; 0: there is none */
};
void keyring_clear(struct keyring *keyring);
/* Outside registry_enter(); cheap while nothing has changed. */
void keyring_refresh(struct keyring *keyring, struct registry_reader *reader,
                     const struct signers *signers);

/* Everything that a first key signs. */
enum {
    KEYRING_KINDS = 1 << TOKEN_LIVE | 1 << TOKEN_CRED | 1 << TOKEN_BADGE | 1 << TOKEN_ROSTER |
                    1 << TOKEN_LIST | 1 << TOKEN_HEAD
};

/* How long what a key of these kinds has signed may count: a retired key verifies for that long. */
int64_t keyring_life_s(uint32_t kinds);

/* What this server cannot sign just now, as bits of kinds. */
uint32_t keyring_unsigned_kinds(const struct keyring *keyring, int64_t now_s);

/* Who signs a kind now; ERR_NO_SIGNER: no active key that this server holds may. */
MUST_USE struct err keyring_signer(struct exchange *x, enum token_kind kind,
                                   struct signer **signer);

#endif
