/* api/pages.c: a file of the pages, or the page that finds its own way (index.html), with what keeps
 * a browser from running anything that is not ours. */
#include "api/pages.h"

#include "api/app.h"
#include "net/files.h"

/* W3C CSP 3. Scripts and styles are files of ours, nothing stands inline; the scanner compiles its
 * WebAssembly ('wasm-unsafe-eval' permits that and no eval). Pictures may also be what the page has
 * drawn itself (QR codes, photos before they are sent). The camera, and nothing else of the device,
 * is for the scanner. */
static const char guards[] =
    "Content-Security-Policy: default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; "
    "style-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; connect-src 'self'; "
    "worker-src 'self'; manifest-src 'self'; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'\r\n"
    "Referrer-Policy: no-referrer\r\n"
    "Permissions-Policy: camera=(self), microphone=(), geolocation=(self), payment=(), usb=(), "
    "serial=(), bluetooth=(), display-capture=()\r\n"
    "Cross-Origin-Opener-Policy: same-origin\r\n"
    "Cross-Origin-Resource-Policy: same-origin\r\n"
    "X-Frame-Options: DENY\r\n"
    "Vary: Accept-Encoding\r\n";

/* A file's name, or one written so that it does not look like one. */
static bool is_odd(struct text name)
{
    for (size_t i = 0; i < name.bytes; i++) {
        if (name.at[i] == '.' || name.at[i] == '%')
            return true;
    }
    return false;
}

static bool wants_html(const struct exchange *x)
{
    struct text rest = http_header(x->request, "accept");

    while (rest.at != NULL) {
        struct text parameters, one = text_cut(rest, ',', &rest);

        if (text_is(text_trim(text_cut(one, ';', &parameters)), "text/html"))
            return true;
    }
    return false;
}

/* Addresses of pages are the browser's: "/", "/workers/12". Not one of the API, and no file's, so
 * that what is misspelt there is told. */
static bool is_page(const struct exchange *x)
{
    struct text path = x->request->path;

    return text_is(path, "/") || (!text_starts(path, TEXT("/v1/")) && !text_is(path, "/v1") &&
                                  !is_odd(path) && wants_html(x));
}

static const struct file *file_of(const struct exchange *x)
{
    const struct files *files = app_of(x)->shared->pages;
    const struct file *file;

    if (files == NULL ||
        (x->request->method != METHOD_GET && x->request->method != METHOD_HEAD))
        return NULL;
    file = files_find(files, x->request->path);
    return file == NULL && is_page(x) ? files_find(files, TEXT("/index.html")) : file;
}

bool pages_have(const struct exchange *x)
{
    return file_of(x) != NULL;
}

enum step pages_answer(struct exchange *x)
{
    static const char *const coding_lines[CODINGS] = {
        [CODING_PLAIN] = "",
        [CODING_GZIP] = "Content-Encoding: gzip\r\n",
        [CODING_BROTLI] = "Content-Encoding: br\r\n",
    };
    const struct file *file = file_of(x);
    enum file_coding coding = file_coding_for(file, http_header(x->request, "accept-encoding"));
    const struct file_form *form = &file->forms[coding];
    const char *extra = arena_format(&x->arena, "%s%sETag: %s\r\nCache-Control: %s\r\n", guards,
                                     coding_lines[coding], form->etag,
                                     file->hashed ? "public, max-age=31536000, immutable"
                                                  : "no-cache");

    if (extra == NULL)
        return exchange_fail(x, err_make(ERR_TOO_LARGE));
    if (etag_matches(http_header(x->request, "if-none-match"), form->etag))
        return exchange_answer(x, 304, NULL, (struct text){NULL, 0}, extra);
    return exchange_answer_file(x, file->content_type, form->body, extra);
}
