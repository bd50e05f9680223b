/* base/address.h: IP addresses: which belong to the public network, and which were named by us.
 *
 * Whoever gives us an address to send to must not thereby reach what stands beside us: our own
 * machine, the machines of our network, a cloud's metadata. So the address is judged that a name
 * has come to, at the moment of connecting; a name says nothing, and may say something else a
 * second later. */
#ifndef BASE_ADDRESS_H
#define BASE_ADDRESS_H

#include <netinet/in.h>
#include <stdbool.h>

#include "base/text.h"

/* IPv4 as IPv6 has it: ::ffff:a.b.c.d. */
struct address {
    unsigned char byte[16];
};

struct network {
    struct address address;
    unsigned bits; /* of its prefix: 0..128 */
};

enum { NETWORKS_MAX = 16 };
struct network_list {
    struct network network[NETWORKS_MAX];
    unsigned count;
};

/* False for a family other than IPv4 and IPv6. */
MUST_USE bool address_of_socket(const struct sockaddr *socket, struct address *address);
/* "192.0.2.1", "2001:db8::1", "[2001:db8::1]"; false for anything else, a name above all. */
MUST_USE bool address_parse(struct text text, struct address *address);

bool address_is_loopback(const struct address *address);
/* May be reached over the public network: not one of the special-purpose addresses (RFC 6890 and
 * IANA's registries). An IPv4 address inside an IPv6 one (mapped, NAT64) counts as itself. */
bool address_is_public(const struct address *address);
bool address_is_in(const struct address *address, const struct network_list *list);

/* "10.1.0.0/16 fd00::/8", between blanks or commas; "" is the empty list. False: not that, bits
 * beyond the prefix, or too many. */
MUST_USE bool network_list_parse(struct text text, struct network_list *list);

#endif
