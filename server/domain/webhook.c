#include "domain/webhook.h"

#include <string.h>

static const struct {
    const char *type;
    bool asked_for;
} events[EVENT_KINDS] = {
#define EVENT(name, type, asked_for, zh, en) [EVENT_##name] = {type, asked_for},
#include "domain/event.def"
#undef EVENT
};

const char *event_type(enum event_kind kind)
{
    CHECK(kind > EVENT_NONE && kind < EVENT_KINDS);
    return events[kind].type;
}

enum event_kind event_of_type(struct text type)
{
    for (int kind = EVENT_NONE + 1; kind < EVENT_KINDS; kind++) {
        if (text_is(type, events[kind].type))
            return (enum event_kind)kind;
    }
    return EVENT_NONE;
}

bool event_is_asked_for(enum event_kind kind)
{
    CHECK(kind > EVENT_NONE && kind < EVENT_KINDS);
    return events[kind].asked_for;
}

const char *event_choices(void)
{
    static const char choices[] =
#define ASKED_true(type)                      "|" type
#define ASKED_false(type)                     ""
#define EVENT(name, type, asked_for, zh, en)  ASKED_##asked_for(type)
#include "domain/event.def"
#undef EVENT
        ;

    return choices + 1;
}

/* -- addresses ------------------------------------------------------------------------------ */

static const struct text https_scheme = TEXT("https://"), http_scheme = TEXT("http://");

bool webhook_url_is_https(struct text url)
{
    return text_starts(url, https_scheme);
}

bool webhook_may_reach(const struct address *address, bool https,
                       const struct webhook_rules *rules)
{
    if (rules->plain && address_is_loopback(address))
        return true;
    return https && (address_is_public(address) || address_is_in(address, &rules->networks));
}

static bool is_plain_ascii(struct text url)
{
    for (size_t i = 0; i < url.bytes; i++) {
        if (url.at[i] <= ' ' || url.at[i] > '~' || strchr("\"<>\\^`{|}#", url.at[i]) != NULL)
            return false;
    }
    return true;
}

/* What stands between the scheme and the path. */
static struct text authority_of(struct text url)
{
    size_t begin = webhook_url_is_https(url) ? https_scheme.bytes : http_scheme.bytes, end = begin;

    while (end < url.bytes && url.at[end] != '/' && url.at[end] != '?')
        end++;
    return (struct text){url.at + begin, end - begin};
}

/* "[::1]:8443" -> "[::1]"; false when what follows the host is no port. */
static bool split_port(struct text authority, struct text *host)
{
    const char *bracket = memchr(authority.at, ']', authority.bytes);
    size_t from = bracket != NULL ? (size_t)(bracket - authority.at) + 1 : 0;
    const char *colon = memchr(authority.at + from, ':', authority.bytes - from);
    int64_t port;

    *host = authority;
    if (colon == NULL)
        return bracket == NULL || from == authority.bytes;
    host->bytes = (size_t)(colon - authority.at);
    if (bracket != NULL && host->bytes != from)
        return false;
    return text_to_int((struct text){colon + 1, authority.bytes - host->bytes - 1}, 1, 65535,
                       &port);
}

/* RFC 1123: letters, digits and hyphens between dots; the last word is no number, which would be an
 * address written in some other way. */
static bool is_name(struct text host)
{
    struct text rest = host, word = {NULL, 0};

    if (host.bytes == 0 || host.bytes > 253)
        return false;
    while (rest.at != NULL) {
        word = text_cut(rest, '.', &rest);
        if (word.bytes == 0 || word.bytes > 63 || word.at[0] == '-' ||
            word.at[word.bytes - 1] == '-')
            return false;
        for (size_t i = 0; i < word.bytes; i++) {
            char c = word.at[i];

            if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  c == '-'))
                return false;
        }
    }
    return word.at[0] < '0' || word.at[0] > '9';
}

static bool host_is_right(struct text host, bool https, const struct webhook_rules *rules)
{
    struct address address;

    if (address_parse(host, &address))
        return (host.at[0] == '[') == (memchr(host.at, ':', host.bytes) != NULL) &&
               webhook_may_reach(&address, https, rules);
    return is_name(host) &&
           (https || (rules->plain && text_equal_ignoring_case(host, TEXT("localhost"))));
}

struct err webhook_url_check(struct text url, const struct webhook_rules *rules)
{
    bool https = webhook_url_is_https(url);
    struct text host;

    if (url.bytes <= WEBHOOK_URL_BYTES_MAX && is_plain_ascii(url) &&
        (https || text_starts(url, http_scheme)) && split_port(authority_of(url), &host) &&
        host_is_right(host, https, rules))
        return OK;
    return err_field(ERR_WEBHOOK_URL, "/url",
                     rules->plain ? "https://host/path | http://localhost:port/path"
                                  : "https://host/path");
}

/* -- when again ----------------------------------------------------------------------------- */

int64_t webhook_retry_ms(int attempt, uint32_t dice)
{
    static const int64_t after_s[WEBHOOK_ATTEMPTS_MAX - 1] = {
        10, 60, 5 * 60, 30 * 60, 2 * 3600, 8 * 3600, 24 * 3600};
    int64_t ms;

    CHECK(attempt > 0);
    if (attempt >= WEBHOOK_ATTEMPTS_MAX)
        return -1;
    ms = after_s[attempt - 1] * 1000;
    return ms - ms / 5 + (int64_t)(dice % (uint32_t)(ms / 5 * 2 + 1));
}
