/* A made-up person as the line that `jianan score` reads. */
#include "base/json.h"
#include "base/choice.h"
#include "domain/policy_people.h"

static void put_trade(struct json_writer *w, uint16_t trade)
{
    char text[8];
    struct build b = build_over(text, sizeof text);

    build_format(&b, "%03u", trade);
    json_put_text(w, "trade", build_done(&b));
}

static void put_choice(struct json_writer *w, const char *key, const char *choices, unsigned place)
{
    json_put_text(w, key, choice_at(choices, (int)place));
}

static void put_context(struct json_writer *w, const struct context *c)
{
    json_open_object(w, "context");
    put_trade(w, c->trade);
    put_choice(w, "role", record_choices(RECORD_ENGAGEMENT, "role"), c->role - 1u);
    json_put_int(w, "site", c->site);
    put_choice(w, "site_state", "open|stopped|closed", c->site_state - 1u);
    put_choice(w, "org_permit", "none|valid|suspended|revoked|expired", c->org_permit);
    json_close_object(w);
}

static void put_record(struct json_writer *w, const struct record *r)
{
    char day[DAY_TEXT_BYTES], at[32];
    struct text on = day_format(r->occurred_on, day);
    struct build b = build_over(at, sizeof at);

    build_text(&b, on);
    build_string(&b, "T08:00:00+08:00");
    json_open_object(w, NULL);
    json_put_string(w, "kind", record_kind_name(r->kind));
    json_put_text(w, "occurred_on", on);
    json_put_text(w, "recorded_at", build_done(&b));
    json_put_int(w, "version", r->version);
    record_render_body(r, w);
    json_close_object(w);
}

void person_render(const struct made_person *person, const char *id, const char *region,
                   struct build *out)
{
    struct json_writer w = json_writer_over(out);

    json_open_object(&w, NULL);
    json_put_string(&w, "id", id);
    json_put_string(&w, "region", region);
    put_context(&w, &person->context);
    json_open_array(&w, "records");
    for (size_t i = 0; i < person->count; i++)
        put_record(&w, &person->records[i]);
    json_close_array(&w);
    json_close_object(&w);
}
