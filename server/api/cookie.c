#include "api/cookie.h"

#include <string.h>

#include "api/app.h"

#define PREFIX "__Host-"

struct text cookie_find(const struct http_request *request, const char *name)
{
    struct text rest = http_header(request, "cookie"), prefix = TEXT(PREFIX);

    while (rest.at != NULL) {
        struct text value, one = text_trim(text_cut(rest, ';', &rest));
        struct text of = text_cut(one, '=', &value);

        if (text_starts(of, prefix) &&
            text_is((struct text){of.at + prefix.bytes, of.bytes - prefix.bytes}, name))
            return value;
    }
    return (struct text){NULL, 0};
}

const char *cookie_set(struct exchange *x, const char *name, struct text value, int64_t life_s)
{
    const char *life = life_s == 0 ? ""
                       : arena_format(&x->arena, "; Max-Age=%lld",
                                      (long long)(life_s < 0 ? 0 : life_s));

    if (life == NULL)
        return NULL;
    return arena_format(&x->arena,
                        "Set-Cookie: " PREFIX "%s=%.*s; Path=/; Secure; HttpOnly; SameSite=Lax%s\r\n",
                        name, (int)value.bytes, value.at, life);
}

void csrf_of(struct text cookie, char csrf[CSRF_BYTES])
{
    static const char what[] = "jianan csrf ";
    unsigned char bytes[sizeof what + SESSION_TOKEN_BYTES + WORKER_KEY_BYTES], digest[32];

    CHECK(cookie.bytes < SESSION_TOKEN_BYTES + WORKER_KEY_BYTES);
    memcpy(bytes, what, sizeof what);
    memcpy(bytes + sizeof what, cookie.at, cookie.bytes);
    sha256((struct text){(const char *)bytes, sizeof what + cookie.bytes}, digest);
    hex_format(digest, (CSRF_BYTES - 1) / 2, csrf);
}

/* What follows "https://"; "null" (a sandboxed or local page) has none. */
static struct text authority_of(struct text origin)
{
    for (size_t i = 0; i + 3 <= origin.bytes; i++) {
        if (memcmp(origin.at + i, "://", 3) == 0)
            return (struct text){origin.at + i + 3, origin.bytes - i - 3};
    }
    return (struct text){NULL, 0};
}

/* Programs send neither header. Browsers send Origin with everything that changes something. */
struct err same_site(const struct exchange *x)
{
    struct text origin = http_header(x->request, "origin");
    struct text fetch = http_header(x->request, "sec-fetch-site");
    struct text ours = text_of(app_of(x)->shared->origin);

    if (fetch.at != NULL && !text_is(fetch, "same-origin") && !text_is(fetch, "none"))
        return err_make(ERR_CROSS_SITE);
    if (origin.at == NULL)
        return OK;
    if (ours.bytes > 0)
        return text_equal(origin, ours) ? OK : err_make(ERR_CROSS_SITE);
    origin = authority_of(origin);
    if (origin.at == NULL || !text_equal_ignoring_case(origin, http_header(x->request, "host")))
        return err_make(ERR_CROSS_SITE);
    return OK;
}
