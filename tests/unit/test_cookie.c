/* api/cookie: what a browser sent, found by its whole name; and the token that goes with it. */
#include <criterion/criterion.h>
#include <string.h>

#include "api/cookie.h"
#include "support/no_leaks.h"

TestSuite(cookie, .fini = no_leaks);

static const struct {
    const char *header, *value; /* NULL: none */
} cases[] = {
    {"__Host-jianan=a", "a"},
    {"theme=dark; __Host-jianan=a; x=1", "a"},
    {"  __Host-jianan=a  ", "a"},
    {"__Host-jianan=a=b", "a=b"},
    {"__Host-jianan=", ""},
    {"__Host-jianan=first; __Host-jianan=second", "first"},
    {"jianan=a", NULL},          /* one that a page of http:// or a subdomain could have set */
    {"__host-jianan=a", NULL},   /* browsers hold to the prefix in this spelling only */
    {"x__Host-jianan=a", NULL},
    {"__Host-jianan2=a", NULL},
    {"__Host-jianan", NULL},
    {"__Host-=a", NULL},
    {"a=\"; __Host-jianan=a\"", "a\""}, /* quotes are no quotes (RFC 6265 4.2) */
    {"", NULL},
    {";;;=;", NULL},
};

Test(cookie, is_found_by_its_whole_name)
{
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct http_request request = {
            .header_count = 1, .headers = {{TEXT("Cookie"), text_of(cases[i].header)}}};
        struct text value = cookie_find(&request, COOKIE_SESSION);

        if (cases[i].value == NULL)
            cr_expect(value.at == NULL, "%s", cases[i].header);
        else
            cr_expect(value.at != NULL && text_is(value, cases[i].value), "%s", cases[i].header);
    }
}

Test(cookie, of_a_request_without_any_nothing_is_found)
{
    struct http_request request = {.header_count = 0};

    cr_expect(cookie_find(&request, COOKIE_SESSION).at == NULL);
}

Test(cookie, each_cookie_has_a_token_of_its_own_that_does_not_tell_it)
{
    char one[CSRF_BYTES], again[CSRF_BYTES], other[CSRF_BYTES];

    csrf_of(TEXT("0123456789abcdef"), one);
    csrf_of(TEXT("0123456789abcdef"), again);
    csrf_of(TEXT("0123456789abcdee"), other);
    cr_expect_str_eq(one, again);
    cr_expect_str_neq(one, other);
    cr_expect_eq(strlen(one), 32);
    cr_expect_null(strstr(one, "0123456789abcdef"));
}
