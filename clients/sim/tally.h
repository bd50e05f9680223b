/* clients/sim/tally.h: what was seen, counted: answers by kind, and how long they took. */
#ifndef SIM_TALLY_H
#define SIM_TALLY_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum { TALLY_KINDS_MAX = 64, TALLY_NAME_BYTES = 128 };

struct tally {
    struct tally_kind {
        char name[TALLY_NAME_BYTES];
        uint64_t count;
    } kinds[TALLY_KINDS_MAX];
    size_t kind_count;
    int64_t *took_us; /* of each answer */
    size_t took_count, took_max;
};

void tally_clear(struct tally *tally);
void tally_kind(struct tally *tally, const char *name);
void tally_time(struct tally *tally, int64_t took_us);
void tally_add(struct tally *into, const struct tally *from);
/* The most frequent first, in columns. */
void tally_print(struct tally *tally, FILE *to);
/* A share of the times in thousandths: 500 is the median. In microseconds; 0 when there are none. */
int64_t tally_quantile(struct tally *tally, unsigned thousandths);

#endif
