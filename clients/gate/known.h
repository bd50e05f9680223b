/* clients/gate/known.h: what the gate knows when it is alone: place, keys, today's roster, status
 * lists; read from what is kept, each signature asked again.
 *
 * Belongs to the loop's thread. The sync keeps things and says their names; nothing else is shared
 * between the two. */
#ifndef GATE_KNOWN_H
#define GATE_KNOWN_H

#include "clients/gate/kept.h"
#include "clients/gate/place.h"
#include "crypto/roster.h"
#include "crypto/statuslist.h"
#include "crypto/token.h"

enum { KNOWN_LISTS_MAX = 128 }; /* 32 MB of packed statuses */

/* Names of what is kept. */
#define KEPT_SITE  "site"
#define KEPT_TRUST "trust"
#define KEPT_REMOVED "trust/removed" /* the server's own word on keys, beside a root's: it can only refuse */
#define KEPT_KEY   "key" /* which key of this gate the server has */
void kept_roster_name(char name[KEPT_NAME_BYTES], day_t day);
/* and "list/<region>/<number>/<YYYY-MM-DD>", as the list's `sub` ends */

struct known_list {
    char name[KEPT_NAME_BYTES];
    uint64_t number;
    day_t day;
    int64_t iat, exp;
    time_us checked_at;
    unsigned char *packed; /* STATUSLIST_PACKED_BYTES */
};

struct known {
    struct kept kept;
    int64_t skew_s;
    const char *roots_file; /* NULL: the list of keys counts as the server gives it */
    day_t day;
    bool has_place, has_trust, has_roster;
    struct place place;
    struct trust_list trust;
    struct text roster_bytes; /* heap */
    struct roster roster;     /* of `day` */
    time_us place_checked, roster_checked;
    struct known_list lists[KNOWN_LISTS_MAX];
    unsigned list_count;
};

/* roots_file, if any, is read again whenever the list of keys is; the caller keeps the string. */
MUST_USE struct err known_open(struct known *known, const char *dir, int64_t skew_s,
                               const char *roots_file);
void known_close(struct known *known);

/* Reads everything anew, for a day. */
void known_load(struct known *known, time_us now);
/* The sync kept, compared or dropped this thing. */
void known_changed(struct known *known, const char *name, time_us now);
/* Midnight: another roster, other lists. Cheap when the day is the same. */
void known_turn_to(struct known *known, time_us now);

/* The list that holds the index, for today if there is one, else the newest; NULL: none. */
const struct known_list *known_list_of(const struct known *known, uint64_t index);

/* The list of keys, judged: signed by a root of the file if there is one, else JSON. NULL, or why it is
 * not accepted; then *trust is empty. */
MUST_USE const char *known_trust_read(struct text bytes, const char *roots_file, int64_t now_s,
                                      int64_t skew_s, struct trust_list *trust);
/* Roster and lists as a server gives them, judged: before they are kept, and whenever they are
 * read. One for a coming day may say that it is not yet in force. */
MUST_USE bool known_roster_read(struct text bytes, const struct trust_list *trust, int64_t now_s,
                                int64_t skew_s, struct roster *roster);
/* path: "<region>/<number>/<day>", the end of the list's `sub`; packed holds
 * STATUSLIST_PACKED_BYTES. */
MUST_USE bool known_list_read(struct text bytes, const struct trust_list *trust, int64_t now_s,
                              int64_t skew_s, const char *path,
                              struct statuslist_claims *claims, unsigned char *packed);

#endif
