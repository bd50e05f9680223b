/* domain/policy_read.h: strict reading of policy documents. Private to policy*.c.
 *
 * A cursor stands on one object and notes which keys were asked for; what nobody asked for is
 * unknown and refused when the cursor closes. The first error stays, later ones are ignored, so
 * that a rule is read straight through and looked at once. */
#ifndef DOMAIN_POLICY_READ_H
#define DOMAIN_POLICY_READ_H

#include <jansson.h>

#include "base/arena.h"
#include "base/err.h"
#include "scoring/rules.h"

enum { CURSOR_KEYS_MAX = 32 };
_Static_assert((int)CURSOR_KEYS_MAX >= (int)REASON_COUNT, "an object of texts may hold every reason");

struct policy_reader {
    struct arena *arena;
    struct err first;
};

struct cursor {
    struct policy_reader *reader;
    const json_t *object;
    const char *path;
    const char *taken[CURSOR_KEYS_MAX];
    unsigned taken_count;
};

void policy_refuse(struct policy_reader *reader, const char *path, const char *expected);
static inline bool policy_refused(const struct policy_reader *reader)
{
    return err_is(reader->first);
}

/* Refuses what is no object; the cursor is then empty and everything read from it is zero. */
struct cursor cursor_open(struct policy_reader *reader, const json_t *object, const char *path);
void cursor_close(struct cursor *c);

const char *cursor_path(struct cursor *c, const char *key);
/* NULL when the key is not there. */
const json_t *cursor_find(struct cursor *c, const char *key);
/* Refuses when the key is not there; NULL then. */
const json_t *cursor_get(struct cursor *c, const char *key);

int64_t cursor_int(struct cursor *c, const char *key, int64_t min, int64_t max,
                   const char *expected);
bool cursor_bool(struct cursor *c, const char *key, bool otherwise);
/* Copied into the arena; "" after an error. */
const char *cursor_string(struct cursor *c, const char *key, size_t points_max);
/* COLOUR_YELLOW or COLOUR_RED: what is missing or bad never passes for green. */
enum colour cursor_bad_colour(struct cursor *c, const char *key);
enum colour cursor_colour(struct cursor *c, const char *key); /* green, too */
day_t cursor_day(struct cursor *c, const char *key, day_t otherwise);

/* The place of the word in a choice "a|b|c"; `otherwise` when the key is not there, which must not
 * be when that is negative. 0 after an error. */
unsigned cursor_choice(struct cursor *c, const char *key, const char *choices, int otherwise);
/* A list of words of a choice "a|b|c" as bits: the first word is bit `from`. */
uint32_t cursor_choices(struct cursor *c, const char *key, const char *choices, unsigned from);
/* An array; *count is its size, within min..max. NULL after an error. */
const json_t *cursor_array(struct cursor *c, const char *key, size_t min, size_t max,
                           size_t *count);
/* Trade codes, rising and once each. A missing key gives the empty list. */
struct trade_list cursor_trades(struct cursor *c, const char *key);

#endif
