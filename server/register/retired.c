/* register/retired.c: see retired.h. */
#include "register/retired.h"

#include <stdlib.h>
#include <string.h>

#include "base/check.h"

struct retired_item {
    uint64_t epoch;
    void (*release)(void *);
    void *what;
};

void retired_add(struct retired *retired, uint64_t epoch, void (*release)(void *), void *what)
{
    if (what == NULL)
        return;
    if (retired->count == retired->capacity) {
        retired->capacity = retired->capacity == 0 ? 64 : retired->capacity * 2;
        retired->items = realloc(retired->items, retired->capacity * sizeof *retired->items);
        CHECK_ALLOCATED(retired->items);
    }
    CHECK(retired->count == 0 || retired->items[retired->count - 1].epoch <= epoch);
    retired->items[retired->count++] = (struct retired_item){epoch, release, what};
}

void retired_release(struct retired *retired, uint64_t epoch)
{
    size_t gone = 0;

    while (gone < retired->count && retired->items[gone].epoch < epoch) {
        retired->items[gone].release(retired->items[gone].what);
        gone++;
    }
    retired->count -= gone;
    if (gone > 0 && retired->count > 0)
        memmove(retired->items, retired->items + gone, retired->count * sizeof *retired->items);
}

void retired_clear(struct retired *retired)
{
    retired_release(retired, UINT64_MAX);
    free(retired->items);
    *retired = (struct retired){0};
}
