/* api/cookie.h: what a browser shows by itself: the cookie that it was given when somebody signed in.
 *
 * __Host- (RFC 6265bis 4.1.3.2): only over TLS (or to this very machine), only of this host, for all
 * its paths. SameSite=Lax: a link from elsewhere may open a page, and that is all. A token derived
 * from the cookie stands in a header of everything that changes something: another site's page can
 * make a browser send the cookie, but cannot read the token. */
#ifndef API_COOKIE_H
#define API_COOKIE_H

#include "api/access.h"
#include "crypto/seal.h"

/* The cookie of that name (without its prefix), or .at NULL. */
struct text cookie_find(const struct http_request *request, const char *name);
#define COOKIE_SESSION "jianan"
#define COOKIE_KNOWN   "jianan-known"

/* Header lines: Set-Cookie. NULL at the arena's ceiling. Life 0: until the browser closes; < 0: it
 * ends now. */
MUST_USE const char *cookie_set(struct exchange *x, const char *name, struct text value,
                                int64_t life_s);

/* What pages must send as X-CSRF-Token. */
void csrf_of(struct text cookie, char csrf[CSRF_BYTES]);

/* ERR_CROSS_SITE when the browser says that another site's page asks. */
MUST_USE struct err same_site(const struct exchange *x);

#endif
