/* net/answer.c: the status line and headers of an answer. */
#include "net/connection.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "base/clock.h"
#include "base/log.h"

struct status_row {
    int status;
    const char *reason;
};

static const struct status_row statuses[] = {
    {200, "OK"},
    {201, "Created"},
    {202, "Accepted"},
    {204, "No Content"},
    {206, "Partial Content"},
    {207, "Multi-Status"},
    {301, "Moved Permanently"},
    {302, "Found"},
    {303, "See Other"},
    {304, "Not Modified"},
    {307, "Temporary Redirect"},
    {308, "Permanent Redirect"},
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {408, "Request Timeout"},
    {409, "Conflict"},
    {410, "Gone"},
    {411, "Length Required"},
    {412, "Precondition Failed"},
    {413, "Content Too Large"},
    {414, "URI Too Long"},
    {415, "Unsupported Media Type"},
    {417, "Expectation Failed"},
    {422, "Unprocessable Content"},
    {428, "Precondition Required"},
    {429, "Too Many Requests"},
    {431, "Request Header Fields Too Large"},
    {500, "Internal Server Error"},
    {501, "Not Implemented"},
    {503, "Service Unavailable"},
    {505, "HTTP Version Not Supported"},
    {507, "Insufficient Storage"},
};

static const char *reason_of(int status)
{
    for (size_t i = 0; i < sizeof statuses / sizeof statuses[0]; i++) {
        if (statuses[i].status == status)
            return statuses[i].reason;
    }
    return ""; /* RFC 9112 4: the phrase may be empty */
}

bool answer_has_body(int status)
{
    return status != 204 && status != 304;
}

/* RFC 9110 5.6.7, in English whatever the locale. */
static const char *date_of(struct http_server *server)
{
    static const char *const days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    time_t now_s = (time_t)(clock_wall_us() / US_PER_SECOND);
    struct build b;
    struct tm tm;

    if (server->date_s == now_s)
        return server->date;
    CHECK(gmtime_r(&now_s, &tm) != NULL);
    b = build_over(server->date, DATE_BYTES);
    build_format(&b, "%s, %02d %s %04d %02d:%02d:%02d GMT", days[tm.tm_wday], tm.tm_mday,
                 months[tm.tm_mon], tm.tm_year + 1900, tm.tm_hour, tm.tm_min, tm.tm_sec);
    server->date_s = now_s;
    return server->date;
}

/* One line, "name: value\r\n" without control characters, off the front of *lines. */
static bool take_header_line(struct text *lines)
{
    size_t i = 0;
    bool colon = false;

    while (i < lines->bytes && ((unsigned char)lines->at[i] >= 0x20 || lines->at[i] == '\t')) {
        if (i == 0 && (lines->at[i] == ':' || lines->at[i] == ' '))
            return false;
        colon = colon || lines->at[i] == ':';
        i++;
    }
    if (!colon || lines->bytes - i < 2 || lines->at[i] != '\r' || lines->at[i + 1] != '\n')
        return false;
    *lines = (struct text){lines->at + i + 2, lines->bytes - i - 2};
    return true;
}

/* No value that a bug let into `extra` may become a header or an answer of its own. */
static bool is_well_formed(const char *extra)
{
    struct text lines = text_of(extra);

    while (lines.bytes > 0) {
        if (!take_header_line(&lines))
            return false;
    }
    return true;
}

void answer_render_head(struct http_server *server, const struct http_answer *answer, bool close,
                        struct build *out)
{
    const char *extra = answer->extra != NULL ? answer->extra : "";

    CHECK(answer->status >= 200 && answer->status <= 599);
    if (!is_well_formed(extra) || strlen(extra) > ANSWER_HEAD_BYTES_MAX / 2) {
        log_event(LOG_ERROR, 0, "answer_header_refused", log_number("status", answer->status));
        extra = "";
    }
    build_format(out, "HTTP/1.1 %d ", answer->status);
    build_string(out, reason_of(answer->status));
    build_string(out, "\r\nDate: ");
    build_string(out, date_of(server));
    if (answer_has_body(answer->status)) {
        if (answer->content_type != NULL) {
            build_string(out, "\r\nContent-Type: ");
            build_string(out, answer->content_type);
        }
        build_format(out, "\r\nContent-Length: %zu", answer->body.bytes);
    }
    build_string(out, close ? "\r\nConnection: close" : "\r\nConnection: keep-alive");
    build_string(out, "\r\nX-Content-Type-Options: nosniff\r\n");
    if (strcasestr(extra, "cache-control:") == NULL)
        build_string(out, "Cache-Control: no-store\r\n");
    if (server->mark != NULL)
        build_string(out, server->mark);
    build_string(out, extra);
    build_string(out, "\r\n");
    CHECK(!out->full);
}
