/* domain/site_rule.c: see site_rule.h. */
#include "domain/site_rule.h"

#include "base/choice.h"

#include <stddef.h>
#include <string.h>

const struct site_rule site_rule_default = {
    .yellow_gate = YELLOW_DENY,
    .cannot_tell = FALLBACK_REFUSE,
    .late = FALLBACK_REFUSE,
    .unrecorded = FALLBACK_REFUSE,
    .passback = PASSBACK_FLAG,
    .pre_shift = PRE_SHIFT_OFF,
    .offline_hours = 24,
    .list_hours = 24,
};

#define YELLOW_GATES "deny|allow_restricted|allow"
#define PRE_SHIFTS   "off|flag|refuse"

enum { HOURS_MIN = 1, HOURS_MAX = 168 };

enum member_type { MEMBER_CHOICE, MEMBER_HOURS, MEMBER_ZONES };

struct member {
    const char *name;
    enum member_type type;
    size_t offset;
    const char *choices; /* "a|b|c" in the order of the enum */
    const char *pointer;
};

#define MEMBER(name, type, choices)                                                                \
    {#name, type, offsetof(struct site_rule, name), choices, "/" #name}

static const struct member members[] = {
    MEMBER(yellow_gate, MEMBER_CHOICE, YELLOW_GATES),
    MEMBER(cannot_tell, MEMBER_CHOICE, "refuse|open_flagged"),
    MEMBER(late, MEMBER_CHOICE, "refuse|open_flagged"),
    MEMBER(unrecorded, MEMBER_CHOICE, "refuse|open_flagged"),
    MEMBER(offline_hours, MEMBER_HOURS, "1..168"),
    MEMBER(list_hours, MEMBER_HOURS, "1..168"),
    MEMBER(passback, MEMBER_CHOICE, "flag|refuse"),
    MEMBER(pre_shift, MEMBER_CHOICE, PRE_SHIFTS),
    MEMBER(zones, MEMBER_ZONES, "at most 16 zones"),
};

/* The choices are read into members of enum type; their size is the compiler's to choose. */
_Static_assert(sizeof(enum yellow_gate) == sizeof(unsigned) &&
                   sizeof(enum fallback) == sizeof(unsigned) &&
                   sizeof(enum passback) == sizeof(unsigned) &&
                   sizeof(enum pre_shift) == sizeof(unsigned),
               "choices are stored as unsigned");

static struct text text_from(const json_t *json)
{
    return (struct text){json_string_value(json), json_string_length(json)};
}

static struct err read_choice(const json_t *value, const struct member *m, struct site_rule *rule)
{
    int place;

    if (!json_is_string(value))
        return err_field(ERR_FIELD_TYPE, m->pointer, m->choices);
    place = choice_find(m->choices, text_from(value));
    if (place < 0)
        return err_field(ERR_FIELD_CHOICE, m->pointer, m->choices);
    memcpy((char *)rule + m->offset, &(unsigned){(unsigned)place}, sizeof(unsigned));
    return OK;
}

static struct err read_hours(const json_t *value, const struct member *m, struct site_rule *rule)
{
    uint16_t hours;

    if (!json_is_integer(value))
        return err_field(ERR_FIELD_TYPE, m->pointer, m->choices);
    if (json_integer_value(value) < HOURS_MIN || json_integer_value(value) > HOURS_MAX)
        return err_field(ERR_FIELD_RANGE, m->pointer, m->choices);
    hours = (uint16_t)json_integer_value(value);
    memcpy((char *)rule + m->offset, &hours, sizeof hours);
    return OK;
}

/* [a-z_]{1,32}, as the database holds a device's zone. */
static struct err read_zone_name(const json_t *value, struct zone *zone)
{
    struct text name = text_from(value);

    if (!json_is_string(value))
        return err_field(ERR_FIELD_TYPE, "/zones/zone", "string");
    if (name.bytes < 1 || name.bytes > ZONE_NAME_BYTES)
        return err_field(ERR_FIELD_LENGTH, "/zones/zone", "1..32 characters");
    for (size_t i = 0; i < name.bytes; i++)
        if (name.at[i] != '_' && (name.at[i] < 'a' || name.at[i] > 'z'))
            return err_field(ERR_FIELD_TEXT, "/zones/zone", "a-z _");
    memcpy(zone->name, name.at, name.bytes);
    return OK;
}

static struct err read_trades(const json_t *list, struct zone *zone)
{
    if (!json_is_array(list))
        return err_field(ERR_FIELD_TYPE, "/zones/trades", "array of numbers");
    if (json_array_size(list) > ZONE_TRADES_MAX)
        return err_field(ERR_FIELD_LENGTH, "/zones/trades", "at most 40");
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *trade = json_array_get(list, i);

        if (!json_is_integer(trade))
            return err_field(ERR_FIELD_TYPE, "/zones/trades", "array of numbers");
        if (json_integer_value(trade) < 10 || json_integer_value(trade) > TRADE_MAX)
            return err_field(ERR_FIELD_RANGE, "/zones/trades", "10..1000");
        zone->trades[zone->trade_count++] = (uint16_t)json_integer_value(trade);
    }
    return OK;
}

/* Classes of special operation are two digits, "01" to "99". */
static struct err read_certificates(const json_t *list, struct zone *zone)
{
    if (!json_is_array(list))
        return err_field(ERR_FIELD_TYPE, "/zones/certificates", "array of strings");
    if (json_array_size(list) > ZONE_CERTIFICATES_MAX)
        return err_field(ERR_FIELD_LENGTH, "/zones/certificates", "at most 16");
    for (size_t i = 0; i < json_array_size(list); i++) {
        struct text digits = text_from(json_array_get(list, i));
        int64_t class;

        if (digits.at == NULL)
            return err_field(ERR_FIELD_TYPE, "/zones/certificates", "array of strings");
        if (digits.bytes != 2 || digits.at[0] == '-' || digits.at[0] == '+' ||
            !text_to_int(digits, 1, 99, &class))
            return err_field(ERR_FIELD_CHOICE, "/zones/certificates", "two digits");
        zone->certificates[zone->certificate_count++] = (uint8_t)class;
    }
    return OK;
}

static struct err read_zone(json_t *json, struct zone *zone)
{
    struct err e = OK;
    const char *key;
    json_t *value;

    if (!json_is_object(json))
        return err_field(ERR_FIELD_TYPE, "/zones", "array of objects");
    if (json_object_get(json, "zone") == NULL)
        return err_field(ERR_FIELD_MISSING, "/zones/zone", "string");
    json_object_foreach(json, key, value) {
        if (strcmp(key, "zone") == 0)
            e = read_zone_name(value, zone);
        else if (strcmp(key, "trades") == 0)
            e = read_trades(value, zone);
        else if (strcmp(key, "certificates") == 0)
            e = read_certificates(value, zone);
        else
            e = err_field(ERR_FIELD_UNKNOWN, "/zones", "zone, trades, certificates");
        if (err_is(e))
            return e;
    }
    return OK;
}

static bool is_named_twice(const struct site_rule *rule, const struct zone *zone)
{
    for (unsigned i = 0; i < rule->zone_count; i++)
        if (strcmp(rule->zones[i].name, zone->name) == 0)
            return true;
    return false;
}

static struct err read_zones(const json_t *list, const struct member *m, struct site_rule *rule)
{
    if (!json_is_array(list))
        return err_field(ERR_FIELD_TYPE, m->pointer, "array of objects");
    if (json_array_size(list) > ZONES_MAX)
        return err_field(ERR_FIELD_LENGTH, m->pointer, m->choices);
    for (size_t i = 0; i < json_array_size(list); i++) {
        struct zone zone = {0};
        struct err e = read_zone(json_array_get(list, i), &zone);

        if (err_is(e))
            return e;
        if (is_named_twice(rule, &zone))
            return err_field(ERR_FIELD_CHOICE, "/zones/zone", "each zone once");
        rule->zones[rule->zone_count++] = zone;
    }
    return OK;
}

static const struct member *member_find(const char *name)
{
    for (size_t i = 0; i < sizeof members / sizeof members[0]; i++)
        if (strcmp(members[i].name, name) == 0)
            return &members[i];
    return NULL;
}

static struct err read_member(const json_t *value, const struct member *m, struct site_rule *rule)
{
    switch (m->type) {
    case MEMBER_CHOICE: return read_choice(value, m, rule);
    case MEMBER_HOURS:  return read_hours(value, m, rule);
    case MEMBER_ZONES:  return read_zones(value, m, rule);
    }
    CHECK(false);
}

struct err site_rule_parse(const json_t *json, struct site_rule *rule)
{
    struct site_rule read = site_rule_default;
    const char *key;
    json_t *value;

    if (!json_is_object(json))
        return err_field(ERR_FIELD_TYPE, "", "object");
    json_object_foreach((json_t *)(uintptr_t)json, key, value) {
        const struct member *m = member_find(key);
        struct err e;

        if (m == NULL)
            return err_field(ERR_FIELD_UNKNOWN, "", "see the site's written rule");
        e = read_member(value, m, &read);
        if (err_is(e))
            return e;
    }
    *rule = read;
    return OK;
}

/* -- writing ---------------------------------------------------------------------------------- */

struct text yellow_gate_name(enum yellow_gate yellow_gate)
{
    return choice_at(YELLOW_GATES, (int)yellow_gate);
}

struct text pre_shift_name(enum pre_shift pre_shift)
{
    return choice_at(PRE_SHIFTS, (int)pre_shift);
}

bool yellow_gate_find(struct text name, enum yellow_gate *yellow_gate)
{
    int place = choice_find(YELLOW_GATES, name);

    *yellow_gate = place >= 0 ? (enum yellow_gate)place : YELLOW_DENY;
    return place >= 0;
}

bool pre_shift_find(struct text name, enum pre_shift *pre_shift)
{
    int place = choice_find(PRE_SHIFTS, name);

    *pre_shift = place >= 0 ? (enum pre_shift)place : PRE_SHIFT_REFUSE;
    return place >= 0;
}

static void put_choice(const struct site_rule *rule, const struct member *m, struct json_writer *w)
{
    unsigned place;

    memcpy(&place, (const char *)rule + m->offset, sizeof place);
    json_put_text(w, m->name, choice_at(m->choices, (int)place));
}

static void put_hours(const struct site_rule *rule, const struct member *m, struct json_writer *w)
{
    uint16_t hours;

    memcpy(&hours, (const char *)rule + m->offset, sizeof hours);
    json_put_int(w, m->name, hours);
}

static void put_zone(const struct zone *zone, struct json_writer *w)
{
    json_open_object(w, NULL);
    json_put_string(w, "zone", zone->name);
    json_open_array(w, "trades");
    for (unsigned i = 0; i < zone->trade_count; i++)
        json_put_int(w, NULL, zone->trades[i]);
    json_close_array(w);
    json_open_array(w, "certificates");
    for (unsigned i = 0; i < zone->certificate_count; i++) {
        unsigned class = zone->certificates[i];
        char digits[2] = {(char)('0' + class / 10 % 10), (char)('0' + class % 10)};

        json_put_text(w, NULL, (struct text){digits, sizeof digits});
    }
    json_close_array(w);
    json_close_object(w);
}

static void put_zones(const struct site_rule *rule, const struct member *m, struct json_writer *w)
{
    json_open_array(w, m->name);
    for (unsigned i = 0; i < rule->zone_count; i++)
        put_zone(&rule->zones[i], w);
    json_close_array(w);
}

void site_rule_render(const struct site_rule *rule, const char *key, struct json_writer *w)
{
    static void (*const put[])(const struct site_rule *, const struct member *,
                               struct json_writer *) = {
        [MEMBER_CHOICE] = put_choice,
        [MEMBER_HOURS] = put_hours,
        [MEMBER_ZONES] = put_zones,
    };

    json_open_object(w, key);
    for (size_t i = 0; i < sizeof members / sizeof members[0]; i++)
        put[members[i].type](rule, &members[i], w);
    json_close_object(w);
}
