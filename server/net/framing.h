/* net/framing.h: bytes to the head of one request. Private to net/.
 *
 * framing_take() collects bytes until the empty line and refuses at once what no head may hold: a
 * control character, a CR or LF alone, a folded line, too much of it. framing_parse() then gives
 * the whole head to llhttp in one call, so that every text is one piece of memory, and applies the
 * rules that stand on top of llhttp (http.h). Neither knows a socket, so both are fuzzed bare. */
#ifndef NET_FRAMING_H
#define NET_FRAMING_H

#include "net/http.h"

enum scan { SCAN_START, SCAN_START_CR, SCAN_LINE, SCAN_CR, SCAN_LINE_START, SCAN_END_CR, SCAN_DONE };

struct framing {
    char *head; /* kept from request to request while it is small */
    size_t bytes, capacity;
    size_t line_bytes; /* of the request line with its CRLF; 0 until it is whole */
    enum scan scan;
};

/* What the head says of the body behind it and of the connection. */
struct framing_body {
    uint64_t bytes;
    bool expects_continue; /* RFC 9110 10.1.1; false for HTTP/1.0, which has no such thing */
    bool keep_alive;
};

void framing_clear(struct framing *framing); /* frees; zeroed memory is a new one */
void framing_reset(struct framing *framing); /* ready for the next head */

/* Takes bytes off the front of *from up to the end of the head. Fails with ERR_HTTP_SYNTAX,
 * ERR_HTTP_URI_LONG, ERR_HTTP_HEADERS or ERR_BUSY (no memory). */
MUST_USE struct err framing_take(struct framing *framing, struct text *from);
bool framing_is_whole(const struct framing *framing);

/* Fills *request (all but body, peer and id) and *body; texts point into the head. On failure
 * *request holds what was read so far. */
MUST_USE struct err framing_parse(const struct framing *framing, struct http_request *request,
                                  struct framing_body *body);

#endif
