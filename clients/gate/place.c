#include "clients/gate/place.h"

#include <stdio.h>

#include "base/choice.h"
#include "base/json.h"

static struct text text_at(const json_t *object, const char *name)
{
    const json_t *value = json_object_get(object, name);

    return (struct text){json_string_value(value), json_string_length(value)};
}

static int64_t int_at(const json_t *object, const char *name)
{
    return json_integer_value(json_object_get(object, name));
}

/* Keeps a text in the place's own memory; false when it is longer. */
static bool keep(char *into, size_t bytes, struct text from, struct text *kept)
{
    if (from.bytes >= bytes)
        return false;
    snprintf(into, bytes, "%.*s", (int)from.bytes, from.at != NULL ? from.at : "");
    *kept = (struct text){into, from.bytes};
    return true;
}

static struct err read_gate(const json_t *json, struct place *place)
{
    int direction = choice_find("in|out|both", text_at(json, "direction"));

    place->device = (struct device){
        .id = int_at(json, "id"), .version = (int32_t)int_at(json, "version"), .active = true,
        .direction = (enum direction)(direction + 1)};
    if (direction < 0)
        return err_field(ERR_FIELD_CHOICE, "/gate/direction", "in|out|both");
    if (!keep(place->zone, sizeof place->zone, text_at(json, "zone"), &place->device.zone))
        return err_field(ERR_FIELD_LENGTH, "/gate/zone", "..32");
    return place->device.id > 0 ? OK : err_field(ERR_FIELD_MISSING, "/gate/id", "1..");
}

static struct err read_rectifying(const json_t *list, struct place *place)
{
    if (json_array_size(list) > PLACE_RECTIFYING_MAX)
        return err_field(ERR_FIELD_LENGTH, "/site/rectification", "..512");
    for (size_t i = 0; i < json_array_size(list); i++)
        place->rectifying[place->rectifying_count++] =
            json_integer_value(json_array_get(list, i));
    return OK;
}

static struct err read_site(const json_t *json, struct place *place)
{
    int state = choice_find("open|stopped|closed", text_at(json, "state"));
    struct site *site = &place->site;
    struct err e = site_rule_parse(json_object_get(json, "rule"), &site->rule);

    if (err_is(e))
        return e;
    site->id = int_at(json, "id");
    site->version = (int32_t)int_at(json, "version");
    site->state = (enum site_state)(state + 1);
    if (state < 0)
        return err_field(ERR_FIELD_CHOICE, "/site/state", "open|stopped|closed");
    if (!keep(place->region, sizeof place->region, text_at(json, "region"), &site->region) ||
        !keep(place->name, sizeof place->name, text_at(json, "name"), &site->name))
        return err_field(ERR_FIELD_LENGTH, "/site/region", "6");
    if (site->id <= 0)
        return err_field(ERR_FIELD_MISSING, "/site/id", "1..");
    return read_rectifying(json_object_get(json, "rectification"), place);
}

static struct err read_policy(const json_t *json, struct place *place)
{
    place->has_policy = json_is_object(json);
    if (!place->has_policy)
        return OK;
    place->policy = (uint32_t)int_at(json, "number");
    if (!yellow_gate_find(text_at(json, "yellow_gate"), &place->yellow_gate))
        return err_field(ERR_FIELD_CHOICE, "/policy/yellow_gate", "deny|allow_restricted|allow");
    if (!pre_shift_find(text_at(json, "pre_shift"), &place->pre_shift))
        return err_field(ERR_FIELD_CHOICE, "/policy/pre_shift", "off|flag|refuse");
    return OK;
}

static struct err read_place(const json_t *json, struct place *place)
{
    struct err e;

    if (!json_is_object(json))
        return err_make(ERR_JSON_OBJECT);
    if (!clock_parse(text_at(json, "now"), &place->now))
        return err_field(ERR_TIME_INVALID, "/now", "RFC 3339");
    e = read_gate(json_object_get(json, "gate"), place);
    if (!err_is(e))
        e = read_site(json_object_get(json, "site"), place);
    return err_is(e) ? e : read_policy(json_object_get(json, "policy"), place);
}

struct err place_read(struct text text, struct place *place)
{
    json_t *json;
    struct err e = json_read(text, &json);

    *place = (struct place){0};
    if (err_is(e))
        return e;
    e = read_place(json, place);
    json_decref(json);
    return e;
}

bool place_is_rectifying(const struct place *place, int64_t index)
{
    for (size_t i = 0; i < place->rectifying_count; i++) {
        if (place->rectifying[i] == index)
            return true;
    }
    return false;
}
