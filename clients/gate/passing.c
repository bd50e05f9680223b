#include "clients/gate/passing.h"

#include <stdio.h>

static void take(char *into, size_t bytes, const json_t *answer, const char *member)
{
    const char *value = json_string_value(json_object_get(answer, member));

    snprintf(into, bytes, "%s", value != NULL ? value : "");
}

void passing_note(struct passings *passings, time_us now, const json_t *answer)
{
    struct passing *p = &passings->last[passings->next++ % PASSINGS];

    *p = (struct passing){.at = now};
    take(p->verdict, sizeof p->verdict, answer, "verdict");
    take(p->screen, sizeof p->screen, answer, "screen");
    take(p->name, sizeof p->name, answer, "name");
    take(p->photo, sizeof p->photo, answer, "photo");
}

const struct passing *passing_at(const struct passings *passings, time_us now, unsigned n)
{
    const struct passing *p;

    if (n >= PASSINGS)
        return NULL;
    p = &passings->last[(passings->next + PASSINGS - 1 - n) % PASSINGS];
    return p->at > 0 && now - p->at < PASSING_S * US_PER_SECOND ? p : NULL;
}
