/* api/append_items.h: a body of one or many posts, read and answered item by item. */
#ifndef API_APPEND_ITEMS_H
#define API_APPEND_ITEMS_H

#include "api/append.h"

struct item {
    struct person_name name; /* whom it is about */
    struct record record;
    const struct person *person; /* once loaded */
    struct text body, secret;    /* what is stored */
    struct err error;            /* why it was refused; OK: it joins */
};

struct items {
    bool many;       /* the body was an array */
    size_t count;
    struct item *item;
};

/* Which kinds a route takes; the first is meant when an item names none. */
struct append_kinds {
    const char *pattern;
    enum record_kind kinds[12]; /* ended by 0 */
};
const struct append_kinds *append_kinds_of(const struct route *route);

/* The permission that posting a kind needs. */
enum permission append_permission(enum record_kind kind);

/* Hashes are how records rest in the database; who posts says the words. ERR_FIELD_UNKNOWN. */
MUST_USE struct err record_check_words(struct exchange *x, struct record *record);

/* What a record is held against before it joins. */
struct admission {
    const struct posting_rows *rows;
    const struct person *person;
    const struct record *there; /* his records, with those that join before it */
    size_t count;
    uint32_t upheld; /* the one that an appeal is upheld against; 0: none */
};
/* The next record of those that are there: its version, whether it may join, how it is stored. */
MUST_USE struct err append_admit(struct exchange *x, const struct admission *to,
                                 struct record *record, struct text *body, struct text *secret);

/* Reads x->json into items. An error of the body as a whole is returned, one of an item is kept. */
MUST_USE struct err items_read(struct exchange *x, struct items *items);
/* What a request is answered when all is decided; .at NULL at the arena's ceiling. */
struct text items_render(struct exchange *x, const struct items *items, int *status);

#endif
