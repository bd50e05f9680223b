/* support/rooted.h: roots of the trust list for tests: two of them, the file that pins them, and lists
 * that they sign. */
#ifndef SUPPORT_ROOTED_H
#define SUPPORT_ROOTED_H

#include "crypto/signer.h"
#include "support/server.h"

struct rooted {
    char dir[64], file[96]; /* file: what `jianan root public` would write */
    struct signer *roots[2]; /* ES256, SM2 */
};
void rooted_open(struct rooted *rooted);
void rooted_close(struct rooted *rooted);
/* Writes the file anew: these are the roots from now on. */
void rooted_pin(const struct rooted *rooted, struct signer *const *roots, unsigned count);

/* What GET /v1/trust says; clear it. */
struct trust_list rooted_list(struct server *server);
/* Signs it for a day. */
struct text rooted_sign(struct signer *root, struct trust_list *list, char *to, size_t max);
struct http_reply rooted_post(struct server *server, struct text list);
/* Takes the server's list, signs it, hands it in, dies unless it is taken; its sequence. */
long long rooted_publish(struct server *server, struct signer *root);

#endif
