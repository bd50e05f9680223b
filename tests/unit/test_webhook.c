/* Which addresses may be told, of what, and when it is tried again. */
#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <string.h>

#include "domain/webhook.h"

static struct webhook_rules rules(const char *networks, bool plain)
{
    struct webhook_rules made = {.plain = plain};

    cr_assert(network_list_parse(text_of(networks), &made.networks));
    return made;
}

/* -- URLs ----------------------------------------------------------------------------------- */

struct url {
    char text[96];
    bool strict, networks, plain; /* is it taken: by default, with 10.0.0.0/8 named, in a demo */
};

ParameterizedTestParameters(webhook, a_url_is_taken_or_refused)
{
    static struct url urls[] = {
        {"https://hook.example.cn/jianan", true, true, true},
        {"https://hook.example.cn", true, true, true},
        {"https://hook.example.cn:8443/a/b?c=d&e=%20", true, true, true},
        {"https://hook.example.cn?x=1", true, true, true},
        {"https://1.1.1.1/x", true, true, true},
        {"https://[2400:3200::1]:443/x", true, true, true},
        {"https://xn--fiqs8s.cn/x", true, true, true},
        {"https://a.b-c.d1/x", true, true, true},
        /* a name is judged when it is connected to */
        {"https://localhost/x", true, true, true},
        {"http://hook.example.cn/x", false, false, false},
        {"http://localhost:9000/x", false, false, true},
        {"http://LOCALHOST:9000/x", false, false, true},
        {"http://127.0.0.1:9000/x", false, false, true},
        {"http://[::1]:9000/x", false, false, true},
        {"http://localhost.example.cn/x", false, false, false},
        {"http://1.1.1.1/x", false, false, false},
        {"https://127.0.0.1/x", false, false, true},
        {"https://10.1.2.3/x", false, true, false},
        {"http://10.1.2.3/x", false, false, false},
        {"https://192.168.1.1/x", false, false, false},
        {"https://169.254.169.254/latest/meta-data", false, false, false},
        {"https://[::ffff:10.1.2.3]/x", false, true, false},
        {"https://[fe80::1]/x", false, false, false},
        {"https://2130706433/x", false, false, false},
        {"https://0x7f.0.0.1/x", false, false, false},
        {"https://127.1/x", false, false, false},
        {"https://hook.example.1/x", false, false, false},
        {"HTTPS://hook.example.cn/x", false, false, false},
        {"ftp://hook.example.cn/x", false, false, false},
        {"file:///etc/passwd", false, false, false},
        {"https:///x", false, false, false},
        {"https://", false, false, false},
        {"https://user@hook.example.cn/x", false, false, false},
        {"https://user:pw@hook.example.cn/x", false, false, false},
        {"https://hook.example.cn:0/x", false, false, false},
        {"https://hook.example.cn:65536/x", false, false, false},
        {"https://hook.example.cn:/x", false, false, false},
        {"https://hook.example.cn:443:443/x", false, false, false},
        {"https://[2400::1]443/x", false, false, false},
        {"https://[2400::1/x", false, false, false},
        {"https://2400::1/x", false, false, false},
        {"https://[1.1.1.1]/x", false, false, false},
        {"https://hook..cn/x", false, false, false},
        {"https://.cn/x", false, false, false},
        {"https://hook.example.cn./x", false, false, false},
        {"https://-hook.cn/x", false, false, false},
        {"https://hook_1.cn/x", false, false, false},
        {"https://hook.cn/a b", false, false, false},
        {"https://hook.cn/a#b", false, false, false},
        {"https://hook.cn/\"x", false, false, false},
        {"https://hook.cn\\@1.1.1.1/x", false, false, false},
        {"https://钩子.cn/x", false, false, false},
        {"https://hook.cn/x\r\nHost: y", false, false, false},
        {"", false, false, false},
    };
    return cr_make_param_array(struct url, urls, sizeof urls / sizeof urls[0]);
}

static bool is_taken(const char *url, struct webhook_rules by)
{
    struct err e = webhook_url_check(text_of(url), &by);

    if (err_is(e)) {
        cr_expect_eq(e.code, ERR_WEBHOOK_URL);
        cr_expect_str_eq(e.field, "/url");
        cr_expect_not_null(e.expected);
    }
    return !err_is(e);
}

ParameterizedTest(struct url *u, webhook, a_url_is_taken_or_refused)
{
    cr_expect_eq(is_taken(u->text, rules("", false)), u->strict, "%s", u->text);
    cr_expect_eq(is_taken(u->text, rules("10.0.0.0/8", false)), u->networks, "%s", u->text);
    cr_expect_eq(is_taken(u->text, rules("", true)), u->plain, "%s", u->text);
}

Test(webhook, a_url_has_an_end)
{
    char url[WEBHOOK_URL_BYTES_MAX + 2] = "https://hook.example.cn/";

    memset(url + strlen(url), 'x', WEBHOOK_URL_BYTES_MAX - strlen(url));
    cr_expect(is_taken(url, rules("", false)));
    url[WEBHOOK_URL_BYTES_MAX] = 'x';
    cr_expect_not(is_taken(url, rules("", false)));
}

Test(webhook, what_a_name_has_come_to_is_judged_again)
{
    static const struct {
        const char *address;
        bool https, strict, networks, plain;
    } cases[] = {
        {"1.1.1.1", true, true, true, true},    {"1.1.1.1", false, false, false, false},
        {"10.1.2.3", true, false, true, false}, {"10.1.2.3", false, false, false, false},
        {"127.0.0.1", true, false, false, true}, {"127.0.0.1", false, false, false, true},
        {"::1", false, false, false, true},     {"169.254.169.254", true, false, false, false},
    };
    const struct webhook_rules strict = rules("", false), networks = rules("10.0.0.0/8", false),
                               plain = rules("", true);

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct address address;

        cr_assert(address_parse(text_of(cases[i].address), &address));
        cr_expect_eq(webhook_may_reach(&address, cases[i].https, &strict), cases[i].strict, "%s",
                     cases[i].address);
        cr_expect_eq(webhook_may_reach(&address, cases[i].https, &networks), cases[i].networks,
                     "%s", cases[i].address);
        cr_expect_eq(webhook_may_reach(&address, cases[i].https, &plain), cases[i].plain, "%s",
                     cases[i].address);
    }
}

/* -- events --------------------------------------------------------------------------------- */

Test(webhook, every_event_is_found_by_its_type_and_the_choices_are_those_to_ask_for)
{
    struct text rest = text_of(event_choices());

    for (int kind = EVENT_NONE + 1; kind < EVENT_KINDS; kind++)
        cr_expect_eq(event_of_type(text_of(event_type((enum event_kind)kind))), kind);
    cr_expect_eq(event_of_type(TEXT("reminder")), EVENT_NONE);
    cr_expect_eq(event_of_type(TEXT("")), EVENT_NONE);
    for (int kind = EVENT_NONE + 1; kind < EVENT_KINDS; kind++) {
        if (event_is_asked_for((enum event_kind)kind))
            cr_expect(text_is(text_cut(rest, '|', &rest), event_type((enum event_kind)kind)));
    }
    cr_expect_null(rest.at);
}

/* -- when again ----------------------------------------------------------------------------- */

Test(webhook, each_failure_waits_longer_until_it_is_given_up)
{
    static const int64_t after_s[] = {10, 60, 300, 1800, 7200, 28800, 86400};
    static const uint32_t dice[] = {0, 1, 0x80000000, UINT32_MAX, 12345678};

    for (int attempt = 1; attempt <= 7; attempt++) {
        int64_t ms = after_s[attempt - 1] * 1000;

        for (size_t i = 0; i < sizeof dice / sizeof dice[0]; i++) {
            int64_t waits = webhook_retry_ms(attempt, dice[i]);

            cr_expect(waits >= ms * 8 / 10 && waits <= ms * 12 / 10, "attempt %d: %lld", attempt,
                      (long long)waits);
        }
        cr_expect_eq(webhook_retry_ms(attempt, 0), ms * 8 / 10);
        cr_expect_eq(webhook_retry_ms(attempt, (uint32_t)(ms * 4 / 10)), ms * 12 / 10);
    }
    cr_expect_eq(webhook_retry_ms(WEBHOOK_ATTEMPTS_MAX, 0), -1);
    cr_expect_eq(webhook_retry_ms(WEBHOOK_ATTEMPTS_MAX + 7, 0), -1);
}
