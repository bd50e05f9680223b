#include "base/address.h"

#include <arpa/inet.h>
#include <string.h>

enum { V4_BITS = 96, WORD_BYTES_MAX = 64 }; /* the prefix ::ffff:0:0/96 */

static const unsigned char v4_prefix[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
static const unsigned char nat64_prefix[12] = {0, 0x64, 0xff, 0x9b}; /* RFC 6052 */

static struct address of_v4(const void *bytes)
{
    struct address address;

    memcpy(address.byte, v4_prefix, sizeof v4_prefix);
    memcpy(address.byte + sizeof v4_prefix, bytes, 4);
    return address;
}

bool address_of_socket(const struct sockaddr *socket, struct address *address)
{
    if (socket->sa_family == AF_INET) {
        *address = of_v4(&((const struct sockaddr_in *)(const void *)socket)->sin_addr);
        return true;
    }
    if (socket->sa_family != AF_INET6)
        return false;
    memcpy(address->byte, &((const struct sockaddr_in6 *)(const void *)socket)->sin6_addr,
           sizeof address->byte);
    return true;
}

bool address_parse(struct text text, struct address *address)
{
    char word[WORD_BYTES_MAX];
    unsigned char v4[4];

    if (text.bytes >= 2 && text.at[0] == '[' && text.at[text.bytes - 1] == ']')
        text = (struct text){text.at + 1, text.bytes - 2};
    if (text.bytes == 0 || text.bytes >= sizeof word || memchr(text.at, '\0', text.bytes) != NULL)
        return false;
    memcpy(word, text.at, text.bytes);
    word[text.bytes] = '\0';
    if (inet_pton(AF_INET6, word, address->byte) == 1)
        return true;
    if (inet_pton(AF_INET, word, v4) != 1)
        return false;
    *address = of_v4(v4);
    return true;
}

/* -- networks ------------------------------------------------------------------------------- */

static bool is_within(const struct address *address, const struct network *network)
{
    unsigned whole = network->bits / 8, rest = network->bits % 8;
    unsigned char mask = (unsigned char)(0xff << (8 - rest));

    if (memcmp(address->byte, network->address.byte, whole) != 0)
        return false;
    return rest == 0 || ((address->byte[whole] ^ network->address.byte[whole]) & mask) == 0;
}

bool address_is_in(const struct address *address, const struct network_list *list)
{
    for (unsigned i = 0; i < list->count; i++) {
        if (is_within(address, &list->network[i]))
            return true;
    }
    return false;
}

#define V4(a, b, c, d, bits)                                                                       \
    {{{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, a, b, c, d}}, V4_BITS + (bits)}
#define V6(a, b, c, d, bits) {{{a, b, c, d}}, bits}

/* Not for everybody: IANA IPv4 and IPv6 Special-Purpose Address Registries. */
static const struct network special[] = {
    V4(0, 0, 0, 0, 8),         /* this network */
    V4(10, 0, 0, 0, 8),        /* private, RFC 1918 */
    V4(100, 64, 0, 0, 10),     /* shared by carriers, RFC 6598 */
    V4(127, 0, 0, 0, 8),       /* loopback */
    V4(169, 254, 0, 0, 16),    /* link-local; clouds keep their metadata here */
    V4(172, 16, 0, 0, 12),     /* private */
    V4(192, 0, 0, 0, 24),      /* protocol assignments */
    V4(192, 0, 2, 0, 24),      /* documentation */
    V4(192, 88, 99, 0, 24),    /* 6to4 relays, ended by RFC 7526 */
    V4(192, 168, 0, 0, 16),    /* private */
    V4(198, 18, 0, 0, 15),     /* benchmarks */
    V4(198, 51, 100, 0, 24),   /* documentation */
    V4(203, 0, 113, 0, 24),    /* documentation */
    V4(224, 0, 0, 0, 4),       /* multicast */
    V4(240, 0, 0, 0, 4),       /* reserved, broadcast */
    V6(0x20, 0x01, 0, 0, 23),  /* protocol assignments, Teredo among them */
    V6(0x20, 0x01, 0x0d, 0xb8, 32), /* documentation */
    V6(0x20, 0x02, 0, 0, 16),  /* 6to4: carries an IPv4 address of anybody's choice */
    V6(0x3f, 0xff, 0, 0, 20),  /* documentation, RFC 9637 */
};
static const struct network v6_unicast = V6(0x20, 0, 0, 0, 3); /* all that is given out, RFC 4291 */

static bool begins(const struct address *address, const unsigned char prefix[12])
{
    return memcmp(address->byte, prefix, 12) == 0;
}

bool address_is_public(const struct address *given)
{
    struct address address = *given;

    if (begins(given, nat64_prefix))
        address = of_v4(given->byte + 12);
    if (!begins(&address, v4_prefix) && !is_within(&address, &v6_unicast))
        return false;
    for (size_t i = 0; i < sizeof special / sizeof special[0]; i++) {
        if (is_within(&address, &special[i]))
            return false;
    }
    return true;
}

bool address_is_loopback(const struct address *address)
{
    static const struct network v4 = V4(127, 0, 0, 0, 8);
    static const struct address v6 = {{[15] = 1}};

    return is_within(address, &v4) || memcmp(address, &v6, sizeof v6) == 0;
}

/* -- reading a list ------------------------------------------------------------------------- */

static bool is_clean(const struct network *network)
{
    for (unsigned bit = network->bits; bit < 128; bit++) {
        if ((network->address.byte[bit / 8] >> (7 - bit % 8) & 1) != 0)
            return false;
    }
    return true;
}

static bool parse_network(struct text word, struct network *network)
{
    struct text bits, name = text_cut(word, '/', &bits);
    int64_t count;
    bool v4;

    if (!address_parse(name, &network->address) || bits.at == NULL)
        return false;
    v4 = memchr(name.at, ':', name.bytes) == NULL;
    if (!text_to_int(bits, 0, v4 ? 32 : 128, &count))
        return false;
    network->bits = (unsigned)count + (v4 ? V4_BITS : 0);
    return is_clean(network);
}

static bool is_separator(char c)
{
    return c == ' ' || c == ',' || c == '\t';
}

bool network_list_parse(struct text text, struct network_list *list)
{
    size_t at = 0;

    *list = (struct network_list){.count = 0};
    for (;;) {
        size_t begin;

        while (at < text.bytes && is_separator(text.at[at]))
            at++;
        if (at == text.bytes)
            return true;
        begin = at;
        while (at < text.bytes && !is_separator(text.at[at]))
            at++;
        if (list->count == NETWORKS_MAX ||
            !parse_network((struct text){text.at + begin, at - begin},
                           &list->network[list->count++]))
            return false;
    }
}
