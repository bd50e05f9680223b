#include "net/framing.h"

#include <stdlib.h>
#include <string.h>

#include <llhttp.h>

enum {
    LINE_BYTES_MAX = HTTP_URI_BYTES_MAX + 64, /* a method, an address, a version */
    HEAD_FIRST_BYTES = 1024,
    HEAD_KEPT_BYTES = 4096,
    CONTENT_LENGTH_DIGITS_MAX = 15
};

/* What a line may hold: HTAB, SP, visible ASCII, and obs-text (RFC 9110 5.5). */
static bool is_line_byte(char c)
{
    unsigned char u = (unsigned char)c;

    return (u >= 0x20 && u != 0x7F) || u == '\t';
}

/* RFC 9110 5.6.2: the characters of a token. */
static bool is_token_byte(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           (c != '\0' && strchr("!#$%&'*+-.^_`|~", c) != NULL);
}

static bool is_host_byte(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           (c != '\0' && strchr("-._~:[]", c) != NULL);
}

static bool is_all(struct text t, bool (*fits)(char c))
{
    for (size_t i = 0; i < t.bytes; i++) {
        if (!fits(t.at[i]))
            return false;
    }
    return true;
}

void framing_clear(struct framing *framing)
{
    free(framing->head);
    *framing = (struct framing){0};
}

void framing_reset(struct framing *framing)
{
    if (framing->capacity > HEAD_KEPT_BYTES)
        framing_clear(framing);
    framing->bytes = framing->line_bytes = 0;
    framing->scan = SCAN_START;
}

bool framing_is_whole(const struct framing *framing)
{
    return framing->scan == SCAN_DONE;
}

/* The state after c, or -1 when c may not stand here. One empty line before a request is skipped
 * (RFC 9112 2.2). */
static int scan_next(enum scan scan, char c)
{
    switch (scan) {
    case SCAN_START:
        if (c == '\r')
            return SCAN_START_CR;
        return is_token_byte(c) ? SCAN_LINE : -1;
    case SCAN_LINE:
        if (c == '\r')
            return SCAN_CR;
        return is_line_byte(c) ? SCAN_LINE : -1;
    case SCAN_LINE_START: /* a blank would fold the line before (obs-fold) */
        if (c == '\r')
            return SCAN_END_CR;
        return is_token_byte(c) ? SCAN_LINE : -1;
    case SCAN_START_CR: return c == '\n' ? SCAN_LINE_START : -1;
    case SCAN_CR:       return c == '\n' ? SCAN_LINE_START : -1;
    case SCAN_END_CR:   return c == '\n' ? SCAN_DONE : -1;
    case SCAN_DONE:     break;
    }
    return -1;
}

static bool head_reserve(struct framing *framing, size_t bytes)
{
    size_t capacity = framing->capacity > 0 ? framing->capacity : HEAD_FIRST_BYTES;
    char *grown;

    while (capacity < bytes)
        capacity *= 2;
    if (capacity == framing->capacity)
        return true;
    grown = realloc(framing->head, capacity);
    if (grown == NULL)
        return false;
    framing->head = grown;
    framing->capacity = capacity;
    return true;
}

/* How much of `from` belongs to the head; moves the scan. */
static struct err scan_bytes(struct framing *framing, struct text from, size_t *taken)
{
    for (*taken = 0; *taken < from.bytes && framing->scan != SCAN_DONE; ++*taken) {
        int next = scan_next(framing->scan, from.at[*taken]);

        if (next < 0)
            return err_make(ERR_HTTP_SYNTAX);
        if (framing->scan == SCAN_CR && framing->line_bytes == 0)
            framing->line_bytes = framing->bytes + *taken + 1;
        framing->scan = (enum scan)next;
    }
    return OK;
}

struct err framing_take(struct framing *framing, struct text *from)
{
    size_t taken;
    struct err e = scan_bytes(framing, *from, &taken);

    if (err_is(e))
        return e;
    if (!head_reserve(framing, framing->bytes + taken))
        return err_make(ERR_BUSY);
    if (taken > 0)
        memcpy(framing->head + framing->bytes, from->at, taken);
    framing->bytes += taken;
    *from = (struct text){from->at + taken, from->bytes - taken};
    if ((framing->line_bytes > 0 ? framing->line_bytes : framing->bytes) > LINE_BYTES_MAX)
        return err_make(ERR_HTTP_URI_LONG);
    if (framing->line_bytes > 0 && framing->bytes - framing->line_bytes > HTTP_HEADER_BYTES_MAX)
        return err_make(ERR_HTTP_HEADERS);
    return OK;
}

/* What llhttp's callbacks gather. */
struct parse {
    struct http_request *request;
    struct text uri;
    unsigned names; /* headers begun */
    struct err failure;
    bool keep_alive, complete;
};

static void extend(struct text *t, const char *at, size_t bytes)
{
    if (t->bytes == 0)
        t->at = at;
    CHECK(t->at + t->bytes == at); /* the head is one piece, so its texts are */
    t->bytes += bytes;
}

static int on_url(llhttp_t *parser, const char *at, size_t bytes)
{
    struct parse *p = parser->data;

    extend(&p->uri, at, bytes);
    return 0;
}

static int on_name(llhttp_t *parser, const char *at, size_t bytes)
{
    struct parse *p = parser->data;
    struct http_request *r = p->request;

    if (p->names == r->header_count) {
        if (r->header_count == HTTP_HEADERS_MAX) {
            p->failure = err_make(ERR_HTTP_HEADERS);
            return HPE_USER;
        }
        r->headers[p->names++] = (struct http_header){{at, 0}, {at, 0}};
    }
    extend(&r->headers[p->names - 1].name, at, bytes);
    return 0;
}

/* llhttp forgives a blank before the colon in some versions; the byte after the name decides. */
static int on_name_complete(llhttp_t *parser)
{
    struct parse *p = parser->data;
    struct text name = p->request->headers[p->names - 1].name;

    if (name.bytes == 0 || !is_all(name, is_token_byte) || name.at[name.bytes] != ':') {
        p->failure = err_make(ERR_HTTP_SYNTAX);
        return HPE_USER;
    }
    return 0;
}

static int on_value(llhttp_t *parser, const char *at, size_t bytes)
{
    struct parse *p = parser->data;

    extend(&p->request->headers[p->names - 1].value, at, bytes);
    return 0;
}

static int on_value_complete(llhttp_t *parser)
{
    struct parse *p = parser->data;
    struct http_header *header = &p->request->headers[p->names - 1];

    header->value = text_trim(header->value);
    p->request->header_count = p->names;
    return 0;
}

/* The body is read by its length alone, so llhttp's work ends here. */
static int on_headers_complete(llhttp_t *parser)
{
    struct parse *p = parser->data;

    p->keep_alive = llhttp_should_keep_alive(parser) != 0;
    p->complete = true;
    return HPE_PAUSED;
}

static const llhttp_settings_t settings = {
    .on_url = on_url,
    .on_header_field = on_name,
    .on_header_field_complete = on_name_complete,
    .on_header_value = on_value,
    .on_header_value_complete = on_value_complete,
    .on_headers_complete = on_headers_complete,
};

static struct err err_from_llhttp(llhttp_errno_t code)
{
    switch (code) {
    case HPE_INVALID_METHOD:    return err_make(ERR_HTTP_METHOD_UNKNOWN);
    case HPE_PAUSED_H2_UPGRADE:
    case HPE_INVALID_VERSION:   return err_make(ERR_HTTP_VERSION);
    case HPE_INVALID_URL:       return err_make(ERR_HTTP_URI);
    default:                    return err_make(ERR_HTTP_SYNTAX);
    }
}

static struct err check_method(const llhttp_t *parser, struct http_request *request)
{
    switch (parser->method) {
    case HTTP_GET:    request->method = METHOD_GET; return OK;
    case HTTP_HEAD:   request->method = METHOD_HEAD; return OK;
    case HTTP_POST:   request->method = METHOD_POST; return OK;
    case HTTP_PUT:    request->method = METHOD_PUT; return OK;
    case HTTP_PATCH:  request->method = METHOD_PATCH; return OK;
    case HTTP_DELETE: request->method = METHOD_DELETE; return OK;
    default:          return err_field(ERR_HTTP_METHOD, NULL, "GET, HEAD, POST, PUT, PATCH, DELETE");
    }
}

/* Origin form only (RFC 9112 3.2.1); what the path's segments may hold is the router's business. */
static struct err check_uri(struct text uri, struct http_request *request)
{
    if (uri.bytes > HTTP_URI_BYTES_MAX)
        return err_make(ERR_HTTP_URI_LONG);
    if (uri.bytes == 0 || uri.at[0] != '/')
        return err_make(ERR_HTTP_URI);
    for (size_t i = 0; i < uri.bytes; i++) {
        if (uri.at[i] < 0x21 || uri.at[i] > 0x7E || uri.at[i] == '#')
            return err_make(ERR_HTTP_URI);
    }
    request->path = text_cut(uri, '?', &request->query);
    return OK;
}

/* How many headers have this name; *last is the value of the last one. */
static unsigned count_headers(const struct http_request *request, struct text name,
                              struct text *last)
{
    unsigned count = 0;

    for (unsigned i = 0; i < request->header_count; i++) {
        if (text_equal_ignoring_case(request->headers[i].name, name)) {
            *last = request->headers[i].value;
            count++;
        }
    }
    return count;
}

static struct err check_host(const struct http_request *request, unsigned minor)
{
    struct text host = {NULL, 0};
    unsigned count = count_headers(request, TEXT("Host"), &host);

    if (count > 1 || (count == 0 && minor == 1) || !is_all(host, is_host_byte))
        return err_make(ERR_HTTP_HOST);
    return OK;
}

static struct err check_length(const struct http_request *request, struct framing_body *body)
{
    struct text value = {NULL, 0};
    int64_t bytes = 0;
    unsigned count = count_headers(request, TEXT("Content-Length"), &value);

    if (count_headers(request, TEXT("Transfer-Encoding"), &(struct text){0}) > 0)
        return err_make(count > 0 ? ERR_HTTP_SYNTAX : ERR_HTTP_LENGTH);
    if (count > 1)
        return err_make(ERR_HTTP_SYNTAX);
    if (count == 1 && (value.bytes > CONTENT_LENGTH_DIGITS_MAX ||
                       !text_to_int(value, 0, INT64_MAX, &bytes) || value.at[0] == '-'))
        return err_make(ERR_HTTP_SYNTAX);
    if (bytes > 0 && (request->method == METHOD_GET || request->method == METHOD_HEAD ||
                      request->method == METHOD_DELETE))
        return err_make(ERR_HTTP_BODY_FORBIDDEN);
    body->bytes = (uint64_t)bytes;
    return OK;
}

static struct err check_expect(const struct http_request *request, unsigned minor,
                               struct framing_body *body)
{
    struct text value = {NULL, 0};
    unsigned count = count_headers(request, TEXT("Expect"), &value);

    if (count == 0 || minor == 0)
        return OK;
    if (count > 1 || !text_equal_ignoring_case(value, TEXT("100-continue")))
        return err_make(ERR_HTTP_EXPECTATION);
    body->expects_continue = true;
    return OK;
}

static struct err check_rules(const llhttp_t *parser, struct text uri,
                              struct http_request *request, struct framing_body *body)
{
    struct err e;

    if (parser->http_major != 1 || parser->http_minor > 1)
        return err_make(ERR_HTTP_VERSION);
    e = check_method(parser, request);
    if (!err_is(e))
        e = check_uri(uri, request);
    if (!err_is(e))
        e = check_host(request, parser->http_minor);
    if (!err_is(e))
        e = check_length(request, body);
    if (!err_is(e))
        e = check_expect(request, parser->http_minor, body);
    return e;
}

struct err framing_parse(const struct framing *framing, struct http_request *request,
                         struct framing_body *body)
{
    struct parse p = {.request = request};
    llhttp_t parser;
    llhttp_errno_t code;

    CHECK(framing_is_whole(framing));
    request->method = METHOD_GET;
    request->path = request->query = request->body = (struct text){NULL, 0};
    request->header_count = 0;
    *body = (struct framing_body){0};
    llhttp_init(&parser, HTTP_REQUEST, &settings);
    parser.data = &p;
    code = llhttp_execute(&parser, framing->head, framing->bytes);
    if (err_is(p.failure))
        return p.failure;
    if (!p.complete)
        return err_from_llhttp(code);
    if (llhttp_get_error_pos(&parser) != framing->head + framing->bytes)
        return err_make(ERR_HTTP_SYNTAX); /* llhttp and the scan differ on where the head ends */
    body->keep_alive = p.keep_alive;
    return check_rules(&parser, p.uri, request, body);
}
