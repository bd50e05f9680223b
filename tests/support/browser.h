/* support/browser.h: somebody at a browser: cookies are kept and sent, and the token of our pages with
 * everything that changes something.
 *
 *     browser_open(&her, &server);
 *     browser_choose(&her, account, "li.na", "five small boats");   // the link, then a password
 *     reply = browser_sign_in(&her, "li.na", "five small boats", NULL); */
#ifndef SUPPORT_BROWSER_H
#define SUPPORT_BROWSER_H

#include "support/server.h"

struct browser {
    struct server *server;
    char session[128], known[128]; /* the cookies; "" for none */
    char csrf[64];
};
void browser_open(struct browser *browser, struct server *server);

/* As its pages ask. */
struct http_reply browser_ask(struct browser *browser, const char *method, const char *path,
                              const char *body);
int browser_status(struct browser *browser, const char *method, const char *path,
                   const char *body);
/* The same with header lines of the test's own in place of the token; cookies are sent. */
struct http_reply browser_ask_with(struct browser *browser, const char *method, const char *path,
                                   const char *body, const char *lines);

/* code: six digits or NULL. What is answered: 201 and a session, or not. */
struct http_reply browser_sign_in(struct browser *browser, const char *login, const char *password,
                                  const char *code);

/* The operator gives the account this login; the link's token. */
void browser_link(struct server *server, long long account, const char *login, char token[65]);
/* The same, and this password is chosen by the link. Dies when that does not go well. */
void browser_choose(struct browser *browser, long long account, const char *login,
                    const char *password);

/* What an authenticator app shows for this secret, so many steps from now. */
void browser_totp(const char *secret, int steps_aside, char code[7]);
/* Sets one up and confirms it; the secret. */
void browser_totp_set_up(struct browser *browser, char secret[33]);

#endif
