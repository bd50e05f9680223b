/* clients/cli/score_case.c: see score_case.h. */
#include "clients/cli/score_case.h"

#include <stdlib.h>
#include <string.h>

#include "base/choice.h"
#include "domain/pointer.h"

enum { ID_BYTES_MAX = 256 };

static struct text json_text(const json_t *value)
{
    return (struct text){json_string_value(value), json_string_length(value)};
}

static const json_t *find(const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);

    return json_is_null(value) ? NULL : value;
}

static struct err refuse_unknown(const json_t *object, const char *const *keys,
                                 const char *parent, struct arena *arena)
{
    const char *key;
    json_t *value;

    json_object_foreach((json_t *)(uintptr_t)object, key, value)
    {
        size_t i = 0;

        while (keys[i] != NULL && strcmp(keys[i], key) != 0)
            i++;
        if (keys[i] == NULL)
            return err_field(ERR_FIELD_UNKNOWN, pointer_key(arena, parent, key), NULL);
    }
    return OK;
}

/* Finds a word of "a|b|c", or of "|a|b" where place 0 is what was left out; *place stays when the key
 * is not there. */
static struct err read_word(const json_t *object, const char *key, const char *pointer,
                            const char *choices, unsigned *place)
{
    const json_t *value = find(object, key);
    const char *expected = choices + (choices[0] == '|'); /* no word is no choice to offer */
    int found;

    if (value == NULL)
        return OK;
    if (!json_is_string(value))
        return err_field(ERR_FIELD_TYPE, pointer, expected);
    found = json_string_length(value) > 0 ? choice_find(choices, json_text(value)) : -1;
    if (found < 0)
        return err_field(ERR_FIELD_CHOICE, pointer, expected);
    *place = (unsigned)found;
    return OK;
}

static struct err read_place(const json_t *context, struct context *out)
{
    const json_t *trade = find(context, "trade"), *site = find(context, "site");
    struct err e = OK;

    if (trade != NULL)
        e = record_trade_parse(trade, "/context/trade", &out->trade);
    if (!err_is(e) && site != NULL)
        e = record_id_parse(site, "/context/site", &out->site);
    return e;
}

static struct err read_context(const json_t *context, struct arena *arena, struct context *out)
{
    static const char *const keys[] = {"trade", "role", "site", "site_state", "org_permit", NULL};
    unsigned role = 0, state = 0, permit = PERMIT_UNASKED;
    struct err e;

    if (!json_is_object(context))
        return err_field(ERR_FIELD_TYPE, "/context", "object");
    e = refuse_unknown(context, keys, "/context", arena);
    if (!err_is(e))
        e = read_place(context, out);
    if (!err_is(e))
        e = read_word(context, "role", "/context/role",
                      "|worker|manager|project_manager|safety_officer|supervisor|head", &role);
    if (!err_is(e))
        e = read_word(context, "site_state", "/context/site_state", "|open|stopped|closed", &state);
    if (!err_is(e))
        e = read_word(context, "org_permit", "/context/org_permit",
                      "none|valid|suspended|revoked|expired", &permit);
    out->role = (uint8_t)role;
    out->site_state = (uint8_t)state;
    out->org_permit = (uint8_t)permit;
    return e;
}

static int by_recorded_at(const void *a, const void *b)
{
    const struct record *const *left = a, *const *right = b;

    if ((*left)->recorded_at != (*right)->recorded_at)
        return (*left)->recorded_at < (*right)->recorded_at ? -1 : 1;
    return *left < *right ? -1 : *left > *right; /* the array's order */
}

/* Records that state no version get theirs by when they were recorded. */
static struct err number_records(struct score_case *c, struct arena *arena)
{
    struct record **order = arena_new_array(arena, c->record_count + 1, struct record *);
    size_t numbered = 0;

    if (order == NULL)
        return err_make(ERR_TOO_LARGE);
    for (size_t i = 0; i < c->record_count; i++) {
        order[i] = &c->records[i];
        numbered += c->records[i].version != 0;
    }
    if (numbered == c->record_count)
        return OK;
    for (size_t i = 0; numbered > 0 && i < c->record_count; i++) {
        if (c->records[i].version == 0)
            return err_field(ERR_FIELD_MISSING, arena_format(arena, "/records/%zu/version", i),
                             "every record's version, or none");
    }
    qsort(order, c->record_count, sizeof *order, by_recorded_at);
    for (size_t i = 0; i < c->record_count; i++)
        order[i]->version = (uint32_t)(i + 1);
    return OK;
}

static struct err read_records(const json_t *array, struct arena *arena, struct score_case *c)
{
    size_t count = json_array_size(array);

    if (array == NULL)
        return err_field(ERR_FIELD_MISSING, "/records", "array");
    if (!json_is_array(array))
        return err_field(ERR_FIELD_TYPE, "/records", "array");
    if (count > FOLD_RECORDS_MAX)
        return err_field(ERR_TOO_LARGE, "/records", "at most 16384 records");
    c->records = arena_new_array(arena, count + 1, struct record);
    if (c->records == NULL)
        return err_make(ERR_TOO_LARGE);
    for (c->record_count = 0; c->record_count < count; c->record_count++) {
        struct err e = record_parse(json_array_get(array, c->record_count), arena,
                                    &c->records[c->record_count]);

        if (err_is(e)) {
            e.field = arena_format(arena, "/records/%zu%s", c->record_count,
                                   e.field != NULL ? e.field : "");
            return e;
        }
    }
    return number_records(c, arena);
}

static struct err read_id(const json_t *object, struct score_case *c)
{
    c->id = find(object, "id");
    if (c->id == NULL)
        return err_field(ERR_FIELD_MISSING, "/id", "text or integer");
    if (!json_is_string(c->id) && !json_is_integer(c->id))
        return err_field(ERR_FIELD_TYPE, "/id", "text or integer");
    return json_string_length(c->id) > ID_BYTES_MAX
               ? err_field(ERR_FIELD_LENGTH, "/id", "at most 256 bytes") : OK;
}

static struct err read_region(const json_t *object, struct score_case *c)
{
    static const char expected[] = "\"\" or 2, 4 or 6 digits of GB/T 2260";
    const json_t *region = find(object, "region");

    if (region == NULL)
        return OK;
    if (!json_is_string(region))
        return err_field(ERR_FIELD_TYPE, "/region", expected);
    c->region = json_text(region);
    c->has_region = true;
    if (c->region.bytes > REGION_BYTES || c->region.bytes % 2 != 0 ||
        strspn(c->region.at, "0123456789") != c->region.bytes)
        return err_field(ERR_FIELD_CHOICE, "/region", expected);
    return OK;
}

struct err score_case_read(const json_t *object, struct arena *arena, struct score_case *c)
{
    static const char *const keys[] = {"id", "region", "context", "records", NULL};
    const json_t *context = find(object, "context");
    struct err e;

    if (!json_is_object(object))
        return err_make(ERR_JSON_OBJECT);
    e = refuse_unknown(object, keys, "", arena);
    if (!err_is(e))
        e = read_id(object, c);
    if (!err_is(e))
        e = read_region(object, c);
    if (!err_is(e) && context != NULL) {
        c->has_context = true;
        e = read_context(context, arena, &c->context);
    }
    return err_is(e) ? e : read_records(find(object, "records"), arena, c);
}
