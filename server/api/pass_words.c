#include "api/pass_words.h"

#include "domain/gate.h"

const char *pass_source_name(int16_t source)
{
    switch (source) {
    case PASS_ASKED:   return "asked";
    case PASS_SPOOLED: return "spooled";
    default:           return "handed_in";
    }
}

/* A row that was altered in place may hold anything: null. */
void pass_put_answer(struct json_writer *w, const struct pass *pass)
{
    bool known = pass->verdict >= VERDICT_OPEN && pass->verdict <= VERDICT_CANNOT_TELL;
    bool is_why = pass->why >= 0 && pass->why < (int)WHY_COUNT;

    json_put_string(w, "verdict",
                    known ? verdict_kind_name((enum verdict_kind)pass->verdict) : NULL);
    json_put_string(w, "why", is_why ? why_row((enum why)pass->why)->code : NULL);
    json_put_string(w, "person_colour", colour_name((enum colour)pass->person_colour));
    json_put_string(w, "colour_here", colour_name((enum colour)pass->colour_here));
}

void pass_put_reasons(struct json_writer *w, int64_t reasons)
{
    json_open_array(w, "reasons");
    for (int code = 0; code < REASON_COUNT; code++) {
        if ((reasons >> code & 1) != 0)
            json_put_string(w, NULL, reason_name((enum reason_code)code));
    }
    json_close_array(w);
}

void pass_put_restrictions(struct json_writer *w, int32_t restrictions,
                           const struct site_rule *rule)
{
    json_open_array(w, "restrictions");
    for (unsigned i = 0; rule != NULL && i < rule->zone_count; i++) {
        if (((uint32_t)restrictions >> i & 1) != 0)
            json_put_string(w, NULL, rule->zones[i].name);
    }
    json_close_array(w);
}

void pass_put_flags(struct json_writer *w, int32_t flags)
{
    static const struct {
        enum gate_flag bit;
        const char *name;
    } names[] = {
        {GATE_OPENED_BY_RULE, "opened_by_rule"}, {GATE_PASSBACK, "passback"},
        {GATE_PRE_SHIFT, "pre_shift"},           {GATE_ELSEWHERE, "elsewhere"},
        {GATE_COLOUR_MOVED, "colour_moved"},     {GATE_LATE, "late"},
        {GATE_CLOCK, "clock"},                   {GATE_WITHOUT_CODE, "without_code"},
    };

    json_open_array(w, "flags");
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (((uint32_t)flags & names[i].bit) != 0)
            json_put_string(w, NULL, names[i].name);
    }
    json_close_array(w);
}
