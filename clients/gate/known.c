#include "clients/gate/known.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "domain/record.h"
#include "scoring/day.h"

enum { BODY_BYTES_MAX = ROSTER_BYTES_MAX + 4096 };

void kept_roster_name(char name[KEPT_NAME_BYTES], day_t day)
{
    snprintf(name, KEPT_NAME_BYTES, "roster/%u", (unsigned)day);
}

/* -- judging -------------------------------------------------------------------------------------- */

const char *known_trust_read(struct text bytes, const char *roots_file, int64_t now_s,
                             int64_t skew_s, struct trust_list *trust)
{
    struct trust_list roots;
    enum token_why why;

    *trust = (struct trust_list){0};
    if (roots_file == NULL)
        return err_is(trust_list_parse(bytes, trust)) ? "the list of keys cannot be read" : NULL;
    if (err_is(trust_roots_open(roots_file, &roots)))
        return "the file of trust_roots cannot be read";
    why = trust_list_read(bytes, &roots, now_s, skew_s, trust);
    trust_list_clear(&roots);
    return why == TOKEN_OK        ? NULL
           : why == TOKEN_EXPIRED ? "the list of keys is over"
           : why == TOKEN_NOT_YET ? "the list of keys is from the future"
           : why == TOKEN_FORMAT  ? "the list of keys cannot be read"
                                  : "no root of this gate has signed the list of keys";
}

bool known_roster_read(struct text bytes, const struct trust_list *trust, int64_t now_s,
                       int64_t skew_s, struct roster *roster)
{
    enum token_why why;

    if (!roster_read(bytes, roster))
        return false;
    why = roster_judge(roster, trust, now_s, skew_s);
    /* One for a coming day may begin with that day. */
    return why == TOKEN_OK || why == TOKEN_NOT_YET;
}

static bool ends_with(struct text whole, const char *end)
{
    size_t bytes = strlen(end);

    return whole.bytes > bytes && whole.at[whole.bytes - bytes - 1] == '/' &&
           memcmp(whole.at + whole.bytes - bytes, end, bytes) == 0;
}

bool known_list_read(struct text bytes, const struct trust_list *trust, int64_t now_s,
                     int64_t skew_s, const char *path, struct statuslist_claims *claims,
                     unsigned char *packed)
{
    struct statuslist list;
    enum token_why why;

    if (statuslist_read(bytes, &list) != TOKEN_OK || list.bits != STATUSLIST_BITS ||
        !ends_with(list.claims.sub, path))
        return false;
    why = statuslist_judge(&list, trust, now_s, skew_s);
    *claims = list.claims;
    return (why == TOKEN_OK || why == TOKEN_NOT_YET || why == TOKEN_EXPIRED) &&
           statuslist_inflate(list.lst, packed, STATUSLIST_PACKED_BYTES);
}

/* -- place and keys ------------------------------------------------------------------------------- */

static int64_t seconds(time_us at)
{
    return at / US_PER_SECOND;
}

static void refuse(const char *name, const char *why)
{
    log_event(LOG_ERROR, 0, "kept_refused", log_text("name", name), log_text("why", why));
}

static void load_place(struct known *known, struct arena *arena)
{
    struct kept_thing thing;
    struct err e;

    known->has_place = false;
    if (!kept_find(&known->kept, KEPT_SITE, arena, &thing))
        return;
    e = place_read(thing.body, &known->place);
    known->has_place = !err_is(e);
    known->place_checked = thing.checked_at;
    if (err_is(e))
        refuse(KEPT_SITE, err_row(e.code)->code);
}

/* What the server says of its keys is taken where it refuses one. */
static void apply_removals(struct known *known, struct arena *arena)
{
    struct trust_list says;
    struct kept_thing thing;

    if (known->roots_file == NULL || !kept_find(&known->kept, KEPT_REMOVED, arena, &thing) ||
        err_is(trust_list_parse(thing.body, &says)))
        return;
    trust_list_veto(&known->trust, &says);
    trust_list_clear(&says);
}

static void load_trust(struct known *known, time_us now, struct arena *arena)
{
    struct kept_thing thing;
    const char *wrong;

    if (known->has_trust)
        trust_list_clear(&known->trust);
    known->has_trust = false;
    if (!kept_find(&known->kept, KEPT_TRUST, arena, &thing))
        return;
    wrong = known_trust_read(thing.body, known->roots_file, seconds(now), known->skew_s,
                             &known->trust);
    known->has_trust = wrong == NULL;
    if (wrong != NULL)
        refuse(KEPT_TRUST, wrong);
    else
        apply_removals(known, arena);
}

/* -- roster --------------------------------------------------------------------------------------- */

static void forget_roster(struct known *known)
{
    free((char *)(uintptr_t)known->roster_bytes.at);
    known->roster_bytes = (struct text){NULL, 0};
    known->has_roster = false;
}

static void load_roster(struct known *known, time_us now, struct arena *arena)
{
    struct kept_thing thing;
    char name[KEPT_NAME_BYTES];
    char *copy;

    forget_roster(known);
    kept_roster_name(name, known->day);
    if (!known->has_trust || !known->has_place ||
        !kept_find(&known->kept, name, arena, &thing))
        return;
    copy = malloc(thing.body.bytes > 0 ? thing.body.bytes : 1);
    CHECK_ALLOCATED(copy);
    memcpy(copy, thing.body.at, thing.body.bytes);
    known->roster_bytes = (struct text){copy, thing.body.bytes};
    known->roster_checked = thing.checked_at;
    known->has_roster = known_roster_read(known->roster_bytes, &known->trust, seconds(now),
                                          known->skew_s, &known->roster) &&
                        known->roster.head.site == (uint64_t)known->place.site.id &&
                        known->roster.head.day == known->day;
    if (!known->has_roster) {
        refuse(name, "roster");
        forget_roster(known);
    }
}

/* -- lists ---------------------------------------------------------------------------------------- */

/* "list/320900/3/2026-11-22" */
static bool parse_list_name(const char *name, uint64_t *number, day_t *day)
{
    struct text rest, part;
    int64_t n;

    part = text_cut(text_of(name), '/', &rest);
    part = text_cut(rest, '/', &rest);
    part = text_cut(rest, '/', &rest);
    if (rest.at == NULL || !text_to_int(part, 0, (int64_t)1 << 33, &n) || err_is(day_parse(rest, NULL, day)))
        return false;
    *number = (uint64_t)n;
    return true;
}

static void forget_list(struct known *known, unsigned i)
{
    free(known->lists[i].packed);
    known->lists[i] = known->lists[--known->list_count];
}

static struct known_list *find_list(struct known *known, const char *name)
{
    for (unsigned i = 0; i < known->list_count; i++) {
        if (strcmp(known->lists[i].name, name) == 0)
            return &known->lists[i];
    }
    return NULL;
}

static struct known_list *add_list(struct known *known, const char *name)
{
    struct known_list *list;

    if (known->list_count == KNOWN_LISTS_MAX)
        return NULL;
    list = &known->lists[known->list_count++];
    *list = (struct known_list){.packed = malloc(STATUSLIST_PACKED_BYTES)};
    CHECK_ALLOCATED(list->packed);
    snprintf(list->name, sizeof list->name, "%s", name);
    return list;
}

static void forget_older(struct known *known, uint64_t number, day_t day)
{
    for (unsigned i = 0; i < known->list_count;) {
        if (known->lists[i].number == number && known->lists[i].day < day)
            forget_list(known, i);
        else
            i++;
    }
}

static void load_list(struct known *known, const char *name, time_us now, struct arena *arena)
{
    struct known_list *list = find_list(known, name);
    struct statuslist_claims claims;
    struct kept_thing thing;
    uint64_t number;
    day_t day;
    bool good;

    good = known->has_trust && known->has_place && parse_list_name(name, &number, &day) &&
           day <= known->day && kept_find(&known->kept, name, arena, &thing);
    if (good && list == NULL)
        list = add_list(known, name);
    if (list == NULL)
        return;
    if (good) {
        list->number = number;
        list->day = day;
        list->checked_at = thing.checked_at;
        good = known_list_read(thing.body, &known->trust, seconds(now), known->skew_s,
                               name + strlen("list/"), &claims, list->packed);
        if (!good)
            refuse(name, "list");
    }
    if (!good) {
        forget_list(known, (unsigned)(list - known->lists));
        return;
    }
    list->iat = claims.iat;
    list->exp = claims.exp;
    forget_older(known, number, day);
}

/* Of the days that are over only one is of use: the newest, to see what has been void for long. Names
 * of one list stand in the order of their days. */
static void load_lists(struct known *known, time_us now, struct arena *arena)
{
    static char names[2 * KNOWN_LISTS_MAX][KEPT_NAME_BYTES];
    size_t count;

    while (known->list_count > 0)
        forget_list(known, known->list_count - 1);
    if (!known->has_place)
        return;
    count = kept_names(&known->kept, "list/", names, sizeof names / sizeof names[0]);
    for (size_t i = 0; i < count; i++) {
        uint64_t number;
        day_t day;

        if (!parse_list_name(names[i], &number, &day) || day > known->day)
            continue;
        load_list(known, names[i], now, arena);
        arena_clear(arena);
    }
}

const struct known_list *known_list_of(const struct known *known, uint64_t index)
{
    const struct known_list *found = NULL;

    for (unsigned i = 0; i < known->list_count; i++) {
        const struct known_list *list = &known->lists[i];

        if (list->number == index >> STATUSLIST_SLOT_BITS && list->day <= known->day &&
            (found == NULL || list->day > found->day))
            found = list;
    }
    return found;
}

/* -- all of it ------------------------------------------------------------------------------------ */

struct err known_open(struct known *known, const char *dir, int64_t skew_s, const char *roots_file)
{
    *known = (struct known){.skew_s = skew_s, .roots_file = roots_file};
    return kept_open(&known->kept, dir);
}

void known_close(struct known *known)
{
    forget_roster(known);
    while (known->list_count > 0)
        forget_list(known, known->list_count - 1);
    if (known->has_trust)
        trust_list_clear(&known->trust);
    kept_close(&known->kept);
}

void known_load(struct known *known, time_us now)
{
    struct arena arena;

    arena_init(&arena, BODY_BYTES_MAX);
    known->day = clock_local_day(now);
    load_place(known, &arena);
    arena_clear(&arena);
    load_trust(known, now, &arena);
    arena_clear(&arena);
    load_roster(known, now, &arena);
    arena_clear(&arena);
    load_lists(known, now, &arena);
    arena_clear(&arena);
}

void known_changed(struct known *known, const char *name, time_us now)
{
    struct arena arena;

    if (strcmp(name, KEPT_SITE) == 0 || strncmp(name, KEPT_TRUST, strlen(KEPT_TRUST)) == 0 || name[0] == '\0') {
        known_load(known, now); /* who may sign, and whose, decides about the rest */
        return;
    }
    arena_init(&arena, BODY_BYTES_MAX);
    if (strncmp(name, "roster/", 7) == 0)
        load_roster(known, now, &arena);
    else
        load_list(known, name, now, &arena);
    arena_clear(&arena);
}

void known_turn_to(struct known *known, time_us now)
{
    if (clock_local_day(now) != known->day)
        known_load(known, now);
}
