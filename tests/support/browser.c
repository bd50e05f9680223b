#include "support/browser.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/base32.h"
#include "crypto/totp.h"
#include "support/cast.h"

void browser_open(struct browser *browser, struct server *server)
{
    *browser = (struct browser){.server = server};
}

static void die(const char *doing, const struct http_reply *reply)
{
    fprintf(stderr, "browser: %s: %d %s\n", doing, reply->status, reply->body);
    abort();
}

/* "Set-Cookie: NAME=value; …; Max-Age=0" takes it away. */
static void keep(const struct http_reply *reply, const char *name, char *into, size_t bytes)
{
    char start[64];
    const char *at, *end, *line_end;

    snprintf(start, sizeof start, "Set-Cookie: __Host-%s=", name);
    at = reply->head != NULL ? strstr(reply->head, start) : NULL;
    if (at == NULL)
        return;
    at += strlen(start);
    end = strchr(at, ';');
    line_end = strstr(at, "\r\n");
    if (end == NULL || line_end == NULL || end > line_end)
        abort();
    snprintf(into, bytes, "%.*s", (int)(end - at), at);
    for (const char *life = end; life < line_end; life++) {
        if (strncmp(life, "Max-Age=0", 9) == 0 && life + 9 == line_end)
            into[0] = '\0';
    }
}

struct http_reply browser_ask_with(struct browser *browser, const char *method, const char *path,
                                   const char *body, const char *lines)
{
    char extra[1024];
    struct http_reply reply;

    snprintf(extra, sizeof extra, "User-Agent: Test/1\r\nCookie: theme=dark%s%s%s%s\r\n%s",
             browser->session[0] != '\0' ? "; __Host-jianan=" : "", browser->session,
             browser->known[0] != '\0' ? "; __Host-jianan-known=" : "", browser->known, lines);
    reply = client_ask(&browser->server->client,
                       &(struct http_question){.method = method, .path = path, .body = body,
                                               .extra = extra});
    keep(&reply, "jianan", browser->session, sizeof browser->session);
    keep(&reply, "jianan-known", browser->known, sizeof browser->known);
    return reply;
}

struct http_reply browser_ask(struct browser *browser, const char *method, const char *path,
                              const char *body)
{
    char lines[256];

    snprintf(lines, sizeof lines,
             "Sec-Fetch-Site: same-origin\r\nOrigin: http://localhost\r\nX-CSRF-Token: %s\r\n",
             browser->csrf);
    return browser_ask_with(browser, method, path, body, lines);
}

int browser_status(struct browser *browser, const char *method, const char *path, const char *body)
{
    struct http_reply reply = browser_ask(browser, method, path, body);
    int status = reply.status;

    reply_clear(&reply);
    return status;
}

struct http_reply browser_sign_in(struct browser *browser, const char *login, const char *password,
                                  const char *code)
{
    struct http_reply reply = browser_ask(
        browser, "POST", "/v1/session",
        say("{\"login\":\"%s\",\"password\":\"%s\"%s%s%s}", login, password,
            code != NULL ? ",\"code\":\"" : "", code != NULL ? code : "", code != NULL ? "\"" : ""));

    if (reply.status == 201)
        snprintf(browser->csrf, sizeof browser->csrf, "%s", reply_text(&reply, "csrf"));
    return reply;
}

void browser_link(struct server *server, long long account, const char *login, char token[65])
{
    struct http_reply reply =
        server_must(server, "POST", say("/v1/accounts/%lld/login", account), server->operator_key,
                    say("{\"login\":\"%s\"}", login));

    snprintf(token, 65, "%s", reply_text(&reply, "token"));
    if (strlen(token) != 64)
        die("a link", &reply);
    reply_clear(&reply);
}

void browser_choose(struct browser *browser, long long account, const char *login,
                    const char *password)
{
    char token[65];
    struct http_reply reply;

    browser_link(browser->server, account, login, token);
    reply = browser_ask(browser, "POST", "/v1/password",
                        say("{\"token\":\"%s\",\"password\":\"%s\"}", token, password));
    if (reply.status != 200)
        die("a password", &reply);
    reply_clear(&reply);
}

void browser_totp(const char *secret, int steps_aside, char code[7])
{
    struct totp_secret key;
    size_t bytes;

    if (!base32_parse((struct text){secret, strlen(secret)}, key.bytes, sizeof key.bytes, &bytes) ||
        bytes != sizeof key.bytes)
        abort();
    totp_code(&key, time(NULL) / TOTP_STEP_S + steps_aside, code);
}

void browser_totp_set_up(struct browser *browser, char secret[33])
{
    struct http_reply reply = browser_ask(browser, "POST", "/v1/session/totp", NULL);
    char code[7];

    if (reply.status != 201)
        die("an authenticator", &reply);
    snprintf(secret, 33, "%s", reply_text(&reply, "secret"));
    reply_clear(&reply);
    browser_totp(secret, -1, code); /* the codes after it can still be used */
    reply = browser_ask(browser, "POST", "/v1/session/totp/confirm",
                        say("{\"code\":\"%s\"}", code));
    if (reply.status != 200)
        die("its first code", &reply);
    reply_clear(&reply);
}
