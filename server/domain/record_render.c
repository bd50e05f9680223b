/* The other direction of record.c: fields back into JSON, and days to text and back. */
#include <string.h>

#include "domain/record.h"
#include "base/choice.h"
#include "domain/record_fields.h"

static void put_day(struct json_writer *w, const char *key, day_t day)
{
    char text[DAY_TEXT_BYTES];

    if (day != DAY_UNKNOWN)
        json_put_text(w, key, day_format(day, text));
}

static void put_choices(struct json_writer *w, const struct body_field *f, unsigned set)
{
    if (set == 0)
        return;
    json_open_array(w, body_key(f));
    for (unsigned place = 0; place < 8; place++) {
        if ((set >> place & 1) != 0)
            json_put_text(w, NULL, choice_at(f->choices, (int)place));
    }
    json_close_array(w);
}

static void put_secret(struct json_writer *w, const struct body_field *f, const struct secret *s)
{
    char key[32];
    struct build b = build_over(key, sizeof key);

    if (s->hash[0] == '\0') {
        if (s->plain.at != NULL)
            json_put_text(w, body_key(f), s->plain);
        return;
    }
    build_string(&b, body_key(f));
    build_string(&b, "_hash");
    json_put_string(w, key, s->hash);
}

static void put_code(struct json_writer *w, const char *key, int digits, unsigned code)
{
    char text[16];
    struct build b = build_over(text, sizeof text);

    if (code == 0)
        return;
    build_format(&b, "%0*u", digits, code);
    json_put_text(w, key, build_done(&b));
}

static void put_category(struct json_writer *w, const char *key, unsigned category)
{
    char text[16];
    struct build b = build_over(text, sizeof text);

    build_format(&b, "%u.%02u", category / 100, category % 100);
    json_put_text(w, key, build_done(&b));
}

static void put_subject(struct json_writer *w, const struct body_field *f,
                        const struct record *record)
{
    int64_t subject = record->ban.subject;

    switch (record->ban.scope) {
    case BAN_ROLE:
        json_put_text(w, body_key(f), choice_at(f->choices, (int)subject - 1));
        break;
    case BAN_TRADE: put_code(w, body_key(f), 3, (unsigned)subject); break;
    case BAN_SITE:  json_put_int(w, body_key(f), subject); break;
    default:        break;
    }
}

static void put_id(struct json_writer *w, const char *key, int64_t id)
{
    if (id != 0)
        json_put_int(w, key, id);
}

static void put_signers(struct json_writer *w, const char *key, const int64_t *signers)
{
    json_open_array(w, key);
    for (unsigned i = 0; i < RECORD_SIGNERS; i++)
        json_put_int(w, NULL, signers[i]);
    json_close_array(w);
}

static void put_field(struct json_writer *w, const struct body_field *f,
                      const struct record *record)
{
    const void *at = (const char *)record + f->offset;
    const char *key = body_key(f);

    switch ((enum body_type)f->type) {
    case BODY_DATE:     put_day(w, key, *(const day_t *)at); break;
    case BODY_CHOICES:  put_choices(w, f, *(const uint8_t *)at); break;
    case BODY_BOOL:     json_put_bool(w, key, *(const bool *)at); break;
    case BODY_ID:       put_id(w, key, *(const int64_t *)at); break;
    case BODY_SECRET:   put_secret(w, f, at); break;
    case BODY_TRADE:    put_code(w, key, 3, *(const uint16_t *)at); break;
    case BODY_CATEGORY: put_category(w, key, *(const uint16_t *)at); break;
    case BODY_CLASS:    put_code(w, key, 2, *(const uint8_t *)at); break;
    case BODY_SUBJECT:  put_subject(w, f, record); break;
    case BODY_SIGNERS:  put_signers(w, key, at); break;
    case BODY_U8:
        if (f->required || *(const uint8_t *)at != 0)
            json_put_int(w, key, *(const uint8_t *)at);
        break;
    case BODY_U32:
        if (*(const uint32_t *)at != 0)
            json_put_int(w, key, *(const uint32_t *)at);
        break;
    case BODY_CHOICE:
        if (*(const uint8_t *)at >= f->min && (f->required || *(const uint8_t *)at != 0))
            json_put_text(w, key,
                          choice_at(f->choices, (int)(*(const uint8_t *)at - f->min)));
        break;
    }
}

void record_render_body(const struct record *record, struct json_writer *w)
{
    for (const struct body_field *f = body_fields; f->pointer != NULL; f++) {
        if (f->kind == record->kind)
            put_field(w, f, record);
    }
}

struct err day_parse(struct text from, const char *field, day_t *day)
{
    int64_t year, month, of_month;

    if (from.bytes != 10 || from.at[4] != '-' || from.at[7] != '-' ||
        !text_to_int((struct text){from.at, 4}, 1, 9999, &year) ||
        !text_to_int((struct text){from.at + 5, 2}, 1, 12, &month) ||
        !text_to_int((struct text){from.at + 8, 2}, 1, 31, &of_month))
        return err_field(ERR_DATE_INVALID, field, "YYYY-MM-DD");
    *day = day_from_civil((struct civil){(int)year, (int)month, (int)of_month});
    return *day != DAY_UNKNOWN ? OK : err_field(ERR_DATE_INVALID, field, "YYYY-MM-DD");
}

struct text day_format(day_t day, char buffer[DAY_TEXT_BYTES])
{
    struct civil c = day_to_civil(day);
    struct build b = build_over(buffer, DAY_TEXT_BYTES);

    build_format(&b, "%04d-%02d-%02d", c.year, c.month, c.day);
    return build_done(&b);
}
