/* crash/ledger.h: what each writer asked, and what it was told in bytes that it received.
 *
 * An entry holds all that its request is made of, so that it can be asked again word for word under
 * the same key. The ledger lies in memory that the writers' processes share with whoever kills. */
#ifndef CRASH_LEDGER_H
#define CRASH_LEDGER_H

#include <stdatomic.h>
#include <stdint.h>

#include "support/cast.h"

enum { WRITERS = 8, ENTRIES_MAX = 64 * 1024, COHORT = 6 };

enum sort { SORT_EXAM, SORT_VIOLATION, SORT_ENROLMENT, SORT_PASS, SORTS };
const char *sort_route(enum sort sort); /* as the table of keys names it; NULL for passes */

enum recorded { RECORDED_NOWHERE, RECORDED_SPOOL, RECORDED_DB };

struct entry {
    uint8_t sort, writer;
    uint32_t number;         /* counts up for each writer: its key, and a gate's seq */
    long long worker;        /* about whom; of an enrolment: who was told */
    int64_t at_s;            /* passes: the gate's clock */
    /* what came of it */
    uint16_t first_status;   /* 0: no answer, or one that says that nobody knows */
    uint16_t status;         /* of the last answer */
    uint8_t recorded;        /* passes: enum recorded; others: RECORDED_DB with any 2xx */
    uint8_t verdict;         /* passes: enum verdict_kind */
    bool unknown;            /* the first answer left the outcome open */
    bool late;               /* the gate was answered by the site's rule: another row says so */
    int32_t version, engagement;
    uint64_t answer_hash;    /* of what a repeated request must be answered again */
};

struct ledger {
    const struct cast *cast;
    unsigned port;
    int64_t base_s;           /* days count from here: an entry asks the same after midnight */
    long long cohort[COHORT]; /* whom this round's records are about */
    _Atomic bool stop;
    struct {
        _Atomic uint32_t count;
        struct entry entry[ENTRIES_MAX];
    } writer[WRITERS];
};

/* Takes the next place; NULL when there is none. */
struct entry *ledger_add(struct ledger *ledger, unsigned writer, enum sort sort);
unsigned ledger_acknowledged(const struct ledger *ledger);

struct ledger *ledger_new(const struct cast *cast, unsigned port);
void ledger_free(struct ledger *ledger);

/* Was it acknowledged: did its asker receive that it is kept? */
bool entry_is_acknowledged(const struct entry *entry);
void entry_key(const struct entry *entry, char key[32]);
void entry_number(const struct entry *entry, char number[19]); /* of the person enrolled */
/* The part of the record's body that can be compared, as JSON. */
const char *entry_body(const struct ledger *ledger, const struct entry *entry);
void entry_occurred_on(const struct ledger *ledger, const struct entry *entry, char day[11]);

/* Asks (again), and notes what came. False: another answer than before to an acknowledged one. */
bool entry_ask(const struct ledger *ledger, struct http_client *client, struct entry *entry);

#endif
