/* property/lives.h: workers' records at random, as the domain would have let them through: somebody
 * near an age limit, mostly with what it takes to be green, and some years of history on top. Days
 * close in on one another's months and on the edges of the calendar. */
#ifndef PROPERTY_LIVES_H
#define PROPERTY_LIVES_H

#include "domain/record.h"

enum {
    LIFE_RECORDS_MAX = 48,
    LIFE_FIRST = 44195, /* 2021-01-01: nothing happens before */
    LIFE_DAYS = 3000    /* and nothing later than eight years after; more than facts are kept */
};

/* Versions count up from 1, recorded a second apart. Returns how many; room for one more is left. */
size_t some_life(struct record records[LIFE_RECORDS_MAX]);

/* A record of one of the kinds, to come after these. */
struct record some_record(const struct record *records, size_t count, const uint8_t *kinds,
                          size_t kind_count);
day_t some_day(const struct record *records, size_t count);
struct context some_place(void);

#endif
