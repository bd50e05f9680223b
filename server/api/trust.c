#include "api/trust.h"

#include "api/app.h"

enum { TRUST_JSON_BYTES_MAX = 32 * 1024 };

static enum step trust_answer(struct exchange *x)
{
    char *at = arena_alloc(&x->arena, TRUST_JSON_BYTES_MAX), hex[65];
    unsigned char digest[32];
    const char *etag, *extra;
    struct build b;

    if (at == NULL)
        return exchange_fail(x, err_make(ERR_TOO_LARGE));
    b = build_over(at, TRUST_JSON_BYTES_MAX);
    trust_list_render(&app_of(x)->shared->trust, &b);
    CHECK(!b.full);
    sha256(build_done(&b), digest);
    hex_format(digest, sizeof digest, hex);
    etag = arena_format(&x->arena, "\"%.32s\"", hex);
    extra = etag != NULL ? arena_format(&x->arena,
                                        "ETag: %s\r\nCache-Control: public, max-age=60\r\n", etag)
                         : NULL;
    if (extra == NULL)
        return exchange_fail(x, err_make(ERR_TOO_LARGE));
    if (text_is(http_header(x->request, "if-none-match"), etag))
        return exchange_answer(x, 304, NULL, TEXT(""), extra);
    return exchange_answer(x, 200, "application/json; charset=utf-8", build_done(&b), extra);
}

step_fn *const trust_get[] = {trust_answer, NULL};
