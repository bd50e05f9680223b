#include "clients/gate/answer.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "scoring/day.h"

enum { ANSWER_BYTES_MAX = 8 * 1024 };

/* -- the server's ---------------------------------------------------------------------------------- */

static bool is_answer(const json_t *told)
{
    return json_is_string(json_object_get(told, "verdict")) &&
           json_is_string(json_object_get(told, "why")) &&
           json_is_string(json_object_get(told, "screen"));
}

struct text answer_of_server(json_t *told, bool english, struct arena *arena)
{
    struct text none = {NULL, 0};
    char *at = arena_alloc(arena, ANSWER_BYTES_MAX);
    size_t bytes;

    if (at == NULL || !is_answer(told) ||
        json_object_set_new(told, "by", json_string("server")) != 0)
        return none;
    if (english) {
        const char *why = json_string_value(json_object_get(told, "why"));
        const char *words = why_row(why_named(why))->english;

        if (json_object_set_new(told, "screen", json_string(words)) != 0 ||
            json_object_set_new(told, "voice", json_string(words)) != 0)
            return none;
    }
    bytes = json_dumpb(told, at, ANSWER_BYTES_MAX, JSON_COMPACT);
    return bytes > 0 && bytes <= ANSWER_BYTES_MAX ? (struct text){at, bytes} : none;
}

/* -- the gate's own -------------------------------------------------------------------------------- */

static void put_restrictions(struct json_writer *w, const struct gate_told *told)
{
    const struct site_rule *rule = &told->known->place.site.rule;

    json_open_array(w, "restrictions");
    for (unsigned i = 0; told->known->has_place && i < rule->zone_count; i++) {
        if ((told->decision->answer.restrictions >> i & 1) != 0)
            json_put_string(w, NULL, rule->zones[i].name);
    }
    json_close_array(w);
}

static void put_photo(struct json_writer *w, const struct photo_name *photo)
{
    char hex[PHOTO_HEX_BYTES];

    photo_name_format(photo, hex);
    if (photo_name_is_none(photo))
        json_put_null(w, "photo");
    else
        json_put_string(w, "photo", hex);
}

/* In seconds: how long ago what decided was last compared with the server's. */
static void put_freshness(struct json_writer *w, const struct gate_told *told)
{
    if (told->decision->checked_at == 0)
        json_put_null(w, "fresh_s");
    else
        json_put_int(w, "fresh_s", (told->now - told->decision->checked_at) / US_PER_SECOND);
}

/* As the server names a pass: "gate-epoch-seq-YYYYMMDD". */
static void put_pass(struct json_writer *w, const struct gate_told *told)
{
    struct civil day = day_to_civil(clock_local_day(told->now));
    char id[80];
    struct build b = build_over(id, sizeof id);

    if (!told->recorded) {
        json_put_null(w, "pass");
        return;
    }
    build_format(&b, "%llu-%u-%llu-%04d%02d%02d",
                 (unsigned long long)told->decision->receipt.gate, (unsigned)told->epoch,
                 (unsigned long long)told->seq, day.year, day.month, day.day);
    json_put_text(w, "pass", build_done(&b));
}

struct text answer_of_gate(const struct gate_told *told, bool english, struct arena *arena)
{
    const struct gate_answer *answer = &told->decision->answer;
    const struct why_row *row = why_row(answer->why);
    char *at = arena_alloc(arena, ANSWER_BYTES_MAX);
    struct json_writer w;
    struct build out;

    if (at == NULL)
        return (struct text){NULL, 0};
    out = build_over(at, ANSWER_BYTES_MAX);
    w = json_writer_over(&out);
    json_open_object(&w, NULL);
    json_put_string(&w, "verdict", verdict_kind_name(answer->verdict));
    json_put_string(&w, "why", row->code);
    json_put_string(&w, "colour", colour_name(answer->colour));
    json_open_array(&w, "reasons"); /* a roster says the colour and no reasons */
    json_close_array(&w);
    put_restrictions(&w, told);
    json_put_null(&w, "name");
    put_photo(&w, &told->decision->photo);
    json_put_string(&w, "screen", english ? row->english : row->screen);
    json_put_string(&w, "voice", english ? row->english : row->voice);
    json_put_string(&w, "recorded", told->recorded ? "gate" : "none");
    put_freshness(&w, told);
    put_pass(&w, told);
    json_put_string(&w, "by", "gate");
    json_close_object(&w);
    CHECK(!out.full);
    return build_done(&out);
}
