/* support/city.h: the cast (cast.h) with people in it: who is whose, where, and with which number.
 *
 * Three firms: the contractor (320900), its neighbour in the same city, and one far away (410100).
 * Each engages one person, has a site and a gate. Names, numbers and phones are planted: tests look
 * for them where they must not be. Everything is set up through the API. */
#ifndef SUPPORT_CITY_H
#define SUPPORT_CITY_H

#include "support/cast.h"

struct citizen {
    long long id;
    char name[64], number[19], phone[12];
    char key[CAST_WORKER_KEY_BYTES]; /* of his own */
};

struct city {
    struct cast cast;
    struct part neighbour, other_clinic;
    long long neighbour_site, neighbour_gate;
    struct part neighbour_gate_account;
    struct citizen own, next_door, far; /* of contractor, neighbour, other_contractor */
};
/* Own has been at both clinics and at the training centre; the others have not. */
void city_open(struct server *server, struct city *city);

/* Enrols a citizen whose name, number and phone are set, and gives him a key. */
void city_enrol(struct server *server, const char *contractor_key, long long site,
                const char *trade, struct citizen *citizen);

/* Everything that makes a general labourer (trade 020) of the contractor green on its site. */
void city_make_green(struct server *server, const struct city *city, long long worker);

/* The first of a citizen's name, number and phone that stands in the text, as it is or in
 * hexadecimal; NULL: none. */
const char *city_told_of(const struct citizen *citizen, const char *text);
/* The server's log up to now; to be freed. */
char *city_log(const struct server *server);
/* Dies when anybody's name, number or phone stands in the log or in /metrics. */
void city_expect_quiet(struct server *server, const struct city *city);

/* What a gate's clock says. */
const char *city_now(void);   /* RFC 3339 */
const char *city_today(void); /* YYYY-MM-DD in Asia/Shanghai */
const char *city_day(int days_from_today);

#endif
