/* Which addresses belong to the public network. The rows are the ends of IANA's special-purpose
 * blocks, and what lies on the other side of them. */
#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <string.h>

#include "base/address.h"

struct place {
    char text[48];
    bool is_public;
};

ParameterizedTestParameters(address, only_what_is_public_is_public)
{
    static struct place places[] = {
        {"1.1.1.1", true},          {"0.0.0.0", false},          {"0.255.255.255", false},
        {"1.0.0.0", true},          {"9.255.255.255", true},     {"10.0.0.0", false},
        {"10.255.255.255", false},  {"11.0.0.0", true},          {"100.63.255.255", true},
        {"100.64.0.0", false},      {"100.127.255.255", false},  {"100.128.0.0", true},
        {"126.255.255.255", true},  {"127.0.0.1", false},        {"127.255.255.255", false},
        {"128.0.0.0", true},        {"169.253.255.255", true},   {"169.254.169.254", false},
        {"169.255.0.0", true},      {"172.15.255.255", true},    {"172.16.0.0", false},
        {"172.31.255.255", false},  {"172.32.0.0", true},        {"192.0.0.1", false},
        {"192.0.1.0", true},        {"192.0.2.7", false},        {"192.88.99.1", false},
        {"192.167.255.255", true},  {"192.168.0.1", false},      {"192.169.0.0", true},
        {"198.17.255.255", true},   {"198.18.0.0", false},       {"198.19.255.255", false},
        {"198.20.0.0", true},       {"198.51.100.1", false},     {"203.0.113.9", false},
        {"223.255.255.255", true},  {"224.0.0.1", false},        {"240.0.0.1", false},
        {"255.255.255.255", false}, {"::", false},               {"::1", false},
        {"::ffff:10.0.0.1", false}, {"::ffff:1.1.1.1", true},    {"::127.0.0.1", false},
        {"64:ff9b::a00:1", false},  {"64:ff9b::101:101", true},  {"64:ff9b:1::1", false},
        {"100::1", false},          {"1fff::1", false},          {"2000::1", true},
        {"2001::1", false},         {"2001:200::1", true},       {"2001:db8::1", false},
        {"2001:db9::1", true},      {"2002:a00:1::1", false},    {"2003::1", true},
        {"2400:3200::1", true},     {"3fff::1", false},          {"3fff:1000::1", true},
        {"4000::1", false},         {"fc00::1", false},          {"fd12:3456::1", false},
        {"fe80::1", false},         {"fec0::1", false},          {"ff02::1", false},
    };
    return cr_make_param_array(struct place, places, sizeof places / sizeof places[0]);
}

ParameterizedTest(struct place *p, address, only_what_is_public_is_public)
{
    struct address address;

    cr_assert(address_parse(text_of(p->text), &address), "%s", p->text);
    cr_expect_eq(address_is_public(&address), p->is_public, "%s", p->text);
}

Test(address, what_is_no_address_is_not_taken_for_one)
{
    static const char *const words[] = {"",          "localhost", "1.2.3",       "1.2.3.4.5",
                                        "1.2.3.256", "0x7f.1",    "2130706433",  "01.2.3.4",
                                        "::1%lo",    "[::1",      "1.2.3.4/8",   "1.2.3.4 ",
                                        "[]",        ":::",       "fe80::1%eth0"};
    struct address address;

    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        cr_expect_not(address_parse(text_of(words[i]), &address), "%s", words[i]);
    cr_expect_not(address_parse(TEXT("1.2.3.4\0"), &address));
    cr_expect(address_parse(TEXT("[2400::1]"), &address));
}

Test(address, a_socket_s_address_is_that_of_its_text)
{
    struct sockaddr_in v4 = {.sin_family = AF_INET};
    struct sockaddr_in6 v6 = {.sin6_family = AF_INET6};
    struct sockaddr other = {.sa_family = AF_UNIX};
    struct address of_text, of_socket;

    cr_assert_eq(inet_pton(AF_INET, "192.168.7.9", &v4.sin_addr), 1);
    cr_assert_eq(inet_pton(AF_INET6, "2400::7", &v6.sin6_addr), 1);
    cr_assert(address_parse(TEXT("192.168.7.9"), &of_text));
    cr_assert(address_of_socket((struct sockaddr *)&v4, &of_socket));
    cr_expect_eq(memcmp(&of_text, &of_socket, sizeof of_text), 0);
    cr_assert(address_parse(TEXT("2400::7"), &of_text));
    cr_assert(address_of_socket((struct sockaddr *)&v6, &of_socket));
    cr_expect_eq(memcmp(&of_text, &of_socket, sizeof of_text), 0);
    cr_expect_not(address_of_socket(&other, &of_socket));
}

Test(address, loopback_is_this_machine_alone)
{
    static const struct place places[] = {
        {"127.0.0.1", true}, {"127.9.9.9", true}, {"::1", true}, {"::ffff:127.0.0.1", true},
        {"128.0.0.1", false}, {"::2", false}, {"10.0.0.1", false}, {"0.0.0.0", false},
    };

    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        struct address address;

        cr_assert(address_parse(text_of(places[i].text), &address));
        cr_expect_eq(address_is_loopback(&address), places[i].is_public, "%s", places[i].text);
    }
}

static bool is_in(const char *list, const char *text)
{
    struct network_list networks;
    struct address address;

    cr_assert(network_list_parse(text_of(list), &networks), "%s", list);
    cr_assert(address_parse(text_of(text), &address), "%s", text);
    return address_is_in(&address, &networks);
}

Test(address, a_list_of_networks_holds_what_it_names)
{
    cr_expect(is_in("10.1.0.0/16", "10.1.255.255"));
    cr_expect_not(is_in("10.1.0.0/16", "10.2.0.0"));
    cr_expect(is_in("10.1.0.0/16, 192.168.3.0/24", "192.168.3.4"));
    cr_expect(is_in(" fd00::/8\t10.0.0.0/8 ", "fd12::1"));
    cr_expect_not(is_in("fd00::/8", "fc00::1"));
    cr_expect(is_in("10.0.0.8/29", "10.0.0.15"));
    cr_expect_not(is_in("10.0.0.8/29", "10.0.0.16"));
    cr_expect(is_in("0.0.0.0/0", "1.2.3.4"));
    cr_expect_not(is_in("0.0.0.0/0", "2400::1"));
    cr_expect(is_in("1.2.3.4/32", "1.2.3.4"));
    cr_expect_not(is_in("", "1.2.3.4"));
}

Test(address, a_list_that_says_something_else_is_refused)
{
    static const char *const lists[] = {"10.0.0.0",      "10.0.0.0/33", "10.0.0.1/8", "x/8",
                                        "10.0.0.0/",     "10.0.0.0/-1", "::/129",     "10/8",
                                        "10.0.0.0/8/8",  "10.0.0.0 / 8", "fd00::1/8"};
    char many[NETWORKS_MAX * 12 + 32] = "";
    struct network_list networks;

    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++)
        cr_expect_not(network_list_parse(text_of(lists[i]), &networks), "%s", lists[i]);
    for (unsigned i = 0; i < NETWORKS_MAX; i++)
        strcat(many, "10.0.0.0/8 ");
    cr_expect(network_list_parse(text_of(many), &networks));
    strcat(many, "10.0.0.0/8");
    cr_expect_not(network_list_parse(text_of(many), &networks));
}
