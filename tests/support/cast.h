/* support/cast.h: who plays in tests over HTTP: two contractors, two sites of two cities, one account
 * of each role, a gate. Everything is set up through the API. */
#ifndef SUPPORT_CAST_H
#define SUPPORT_CAST_H

#include "support/server.h"

enum { CAST_KEY_BYTES = 64 };

struct part { /* an account */
    long long id, org;
    char key[CAST_KEY_BYTES];
};

struct cast {
    struct part contractor, other_contractor, clinic, centre, safety_officer, inspector, regulator,
        other_regulator;
    long long site, other_site; /* 320900, of contractor; 410100, of other_contractor */
    long long gate, other_gate;
    struct part gate_account, other_gate_account;
};
void cast_open(struct server *server, struct cast *cast);

long long cast_org(struct server *server, const char *kind, const char *more); /* more: ",\"x\":1" */
struct part cast_account(struct server *server, const char *role, long long org, const char *more);

/* He shows his document there: from now on they may name him by his number. */
void cast_meet(struct server *server, const struct part *part, const char *number);

/* Enrols somebody by the contractor's key: the worker's id. He has been at the clinic and at the
 * training centre of the cast that was opened last. */
long long cast_worker(struct server *server, const char *key, const char *name, const char *number,
                      long long site, const char *trade);

/* His contractor (or site officer) invites him, and he signs in on a phone whose key nobody has: his
 * own key. Whatever he had before ends. */
enum { CAST_WORKER_KEY_BYTES = 128 };
void cast_phone(struct server *server, const char *contractor_key, long long worker,
                char key[CAST_WORKER_KEY_BYTES]);
/* The same on a phone with this key (a JWK). */
void cast_phone_with(struct server *server, const char *contractor_key, long long worker,
                     const char *device_key, char key[CAST_WORKER_KEY_BYTES]);
/* A public key as browsers export it (the base point of P-256). */
#define CAST_DEVICE_KEY                                                                            \
    "{\"kty\":\"EC\",\"crv\":\"P-256\","                                                           \
    "\"x\":\"axfR8uEsQkf4vOblY6RA8ncDfYEt6zOg9KE5RdiYwpY\","                                       \
    "\"y\":\"T-NC4v4af5uO5-tKfA-eFivOM1drMV7Oy7ZAaDe_UfU\"}"

/* Puts an approved policy in force, with the days that are gone. */
void cast_enforce(struct server *server, const char *key, long long policy);

/* A made-up ID number (prefix 99) of somebody born on that day; `n` tells people apart. */
const char *cast_number(char into[19], const char *birth /* YYYYMMDD */, unsigned n);

/* Formats into one of eight buffers in turn: for bodies and paths written in place. */
const char *say(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
