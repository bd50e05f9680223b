#include "api/gate_answer.h"

#include <string.h>

#include "api/pass_words.h"
#include "base/json.h"
#include "crypto/seal.h"
#include "domain/photo.h"

enum { ANSWER_BYTES_MAX = 4096 };

struct text pass_id_format(const struct pass *pass, char buffer[PASS_ID_BYTES])
{
    struct build b = build_over(buffer, PASS_ID_BYTES);
    struct civil day = day_to_civil(pass->day);

    build_format(&b, "%lld-%d-%lld-%04d%02d%02d", (long long)pass->gate_id, (int)pass->epoch,
                 (long long)pass->seq, day.year, day.month, day.day);
    return build_done(&b);
}

/* Each class once, in the order of the list of reasons. */
static void put_reasons(struct json_writer *w, int64_t reasons)
{
    const char *told[REASON_COUNT] = {0};
    unsigned count = 0;

    json_open_array(w, "reasons");
    for (unsigned code = 0; code < REASON_COUNT; code++) {
        const char *class = reason_class((enum reason_code)code);
        unsigned i = 0;

        if (((uint64_t)reasons >> code & 1) == 0)
            continue;
        while (i < count && strcmp(told[i], class) != 0)
            i++;
        if (i < count)
            continue;
        told[count++] = class;
        json_put_string(w, NULL, class);
    }
    json_close_array(w);
}

static void put_freshness(struct json_writer *w, int32_t fresh_ms)
{
    char number[24];
    struct build b = build_over(number, sizeof number);

    if (fresh_ms < 0) {
        json_put_null(w, "fresh_s");
        return;
    }
    build_format(&b, "%d.%d", (int)(fresh_ms / 1000), (int)(fresh_ms % 1000 / 100));
    json_put_raw(w, "fresh_s", build_done(&b));
}

static void put_photo(struct json_writer *w, struct text photo)
{
    char hex[2 * PHOTO_HASH_BYTES + 1];

    if (photo.bytes != PHOTO_HASH_BYTES) {
        json_put_null(w, "photo");
        return;
    }
    hex_format(photo.at, PHOTO_HASH_BYTES, hex);
    json_put_string(w, "photo", hex);
}

static const char *recorded_name(enum recent_recorded recorded)
{
    return recorded == RECENT_DB ? "db" : recorded == RECENT_SPOOL ? "spool" : "none";
}

struct text gate_answer_render(struct exchange *x, const struct gate_telling *telling)
{
    const struct pass *pass = telling->pass;
    const struct why_row *row = why_row((enum why)pass->why);
    char *at = arena_alloc(&x->arena, ANSWER_BYTES_MAX), id[PASS_ID_BYTES];
    struct json_writer w;
    struct build b;

    if (at == NULL)
        return (struct text){NULL, 0};
    b = build_over(at, ANSWER_BYTES_MAX);
    w = json_writer_over(&b);
    json_open_object(&w, NULL);
    json_put_string(&w, "verdict", verdict_kind_name((enum verdict_kind)pass->verdict));
    json_put_string(&w, "why", row->code);
    json_put_string(&w, "colour", colour_name((enum colour)pass->colour_here));
    put_reasons(&w, pass->reasons);
    pass_put_restrictions(&w, pass->restrictions, telling->rule);
    if (telling->name.at != NULL)
        json_put_text(&w, "name", telling->name);
    else
        json_put_null(&w, "name");
    put_photo(&w, telling->photo);
    json_put_string(&w, "screen", x->english ? row->english : row->screen);
    json_put_string(&w, "voice", x->english ? row->english : row->voice);
    json_put_string(&w, "recorded", recorded_name(telling->recorded));
    put_freshness(&w, pass->fresh_ms);
    json_put_text(&w, "pass", pass_id_format(pass, id));
    json_close_object(&w);
    CHECK(!b.full);
    return build_done(&b);
}
