/* Any bytes as what browsers say in headers: cookies, tags that they hold, codings that they read.
 * What is found lies inside the header; a coding is given only where there is a form of it. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "api/cookie.h"
#include "net/files.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_cookie(const struct http_request *request, const char *name)
{
    struct text header = request->headers[0].value, value = cookie_find(request, name);

    if (value.at == NULL)
        return;
    CHECK(value.at >= header.at && value.at + value.bytes <= header.at + header.bytes);
    CHECK(value.bytes == 0 || memchr(value.at, ';', value.bytes) == NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct file file = {.path = "/x",
                                     .forms = {{.body = {"12345", 5}}, {.body = {"123", 3}}}};
    char *bytes = malloc(size > 0 ? size : 1);
    struct http_request request = {.header_count = 1};
    enum file_coding coding;

    if (bytes == NULL)
        return 0;
    if (size > 0)
        memcpy(bytes, data, size);
    request.headers[0] = (struct http_header){TEXT("Cookie"), {bytes, size}};
    check_cookie(&request, COOKIE_SESSION);
    check_cookie(&request, COOKIE_KNOWN);
    coding = file_coding_for(&file, request.headers[0].value);
    CHECK(file.forms[coding].body.at != NULL);
    (void)etag_matches(request.headers[0].value, "\"0123456789abcdef0123456789abcdef\"");
    free(bytes);
    return 0;
}
