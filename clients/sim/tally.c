#include "clients/sim/tally.h"

#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "clients/http/screen.h"

enum { NAME_COLUMNS = 44 };

void tally_clear(struct tally *tally)
{
    free(tally->took_us);
    *tally = (struct tally){0};
}

static void count(struct tally *tally, const char *name, uint64_t more)
{
    size_t i = 0;

    while (i < tally->kind_count && strcmp(tally->kinds[i].name, name) != 0)
        i++;
    if (i == tally->kind_count) {
        CHECK(i < TALLY_KINDS_MAX);
        snprintf(tally->kinds[i].name, TALLY_NAME_BYTES, "%s", name);
        tally->kind_count++;
    }
    tally->kinds[i].count += more;
}

void tally_kind(struct tally *tally, const char *name)
{
    count(tally, name, 1);
}

void tally_time(struct tally *tally, int64_t took_us)
{
    if (tally->took_count == tally->took_max) {
        tally->took_max = tally->took_max > 0 ? tally->took_max * 2 : 256;
        tally->took_us = realloc(tally->took_us, tally->took_max * sizeof *tally->took_us);
        CHECK_ALLOCATED(tally->took_us);
    }
    tally->took_us[tally->took_count++] = took_us;
}

void tally_add(struct tally *into, const struct tally *from)
{
    for (size_t i = 0; i < from->kind_count; i++)
        count(into, from->kinds[i].name, from->kinds[i].count);
    for (size_t i = 0; i < from->took_count; i++)
        tally_time(into, from->took_us[i]);
}

static int more_frequent(const void *a, const void *b)
{
    const struct tally_kind *left = a, *right = b;

    return (left->count < right->count) - (left->count > right->count);
}

void tally_print(struct tally *tally, FILE *to)
{
    qsort(tally->kinds, tally->kind_count, sizeof tally->kinds[0], more_frequent);
    for (size_t i = 0; i < tally->kind_count; i++) {
        fputs("  ", to);
        screen_pad(to, tally->kinds[i].name, NAME_COLUMNS);
        fprintf(to, "%7llu\n", (unsigned long long)tally->kinds[i].count);
    }
}

static int sooner(const void *a, const void *b)
{
    const int64_t *left = a, *right = b;

    return (*left > *right) - (*left < *right);
}

int64_t tally_quantile(struct tally *tally, unsigned thousandths)
{
    if (tally->took_count == 0)
        return 0;
    qsort(tally->took_us, tally->took_count, sizeof tally->took_us[0], sooner);
    return tally->took_us[(tally->took_count - 1) * thousandths / 1000];
}
