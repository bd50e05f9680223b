/* domain/record.c: a record, and its fields as a whole. */
#include "domain/record.h"

#include <stddef.h>
#include <string.h>

#include "domain/pointer.h"
#include "domain/record_read.h"

static bool is_field_key(enum record_kind kind, struct text key)
{
    for (const struct body_field *f = body_fields; f->pointer != NULL; f++) {
        struct text name = text_of(body_key(f));

        if (f->kind != kind || !text_starts(key, name))
            continue;
        key.at += name.bytes;
        key.bytes -= name.bytes;
        if (key.bytes == 0 || (f->type == BODY_SECRET && text_is(key, "_hash")))
            return true;
        key.at -= name.bytes;
        key.bytes += name.bytes;
    }
    return false;
}

static bool is_among(const char *const *keys, struct text key)
{
    for (; keys != NULL && *keys != NULL; keys++) {
        if (text_is(key, *keys))
            return true;
    }
    return false;
}

static struct err refuse_unknown(const struct reading *r, enum record_kind kind,
                                 const char *const *also)
{
    const char *key;
    json_t *value;

    json_object_foreach((json_t *)(uintptr_t)r->object, key, value)
    {
        if (!is_field_key(kind, text_of(key)) && !is_among(also, text_of(key)))
            return err_field(ERR_FIELD_UNKNOWN, pointer_key(r->arena, "", key), NULL);
    }
    return OK;
}

static struct err ends_after(day_t from, day_t until, const char *pointer)
{
    return until != DAY_UNKNOWN && until <= from
               ? err_field(ERR_DATE_ORDER, pointer, "a later day than the start") : OK;
}

/* A period of months that begins on `from`: the starting day is not counted, and the last day is the
 * corresponding one, or the month's last where there is none (Civil Code 民法典 201-202). 2021-08-31
 * and 6 months end with 2022-02-28, so until is 2022-03-01. Without months, until stays. */
static struct err count_months(day_t from, uint8_t *months, day_t *until)
{
    day_t last = day_add_months(from, *months);

    if (*months == 0)
        return OK;
    if (*until != DAY_UNKNOWN)
        return err_field(ERR_FIELD_UNKNOWN, "/months", "until or months, not both");
    if (last == DAY_LAST)
        return err_field(ERR_FIELD_RANGE, "/months", "an end before 2079-06-05");
    *until = (day_t)(last + 1);
    *months = 0;
    return OK;
}

static struct err check_period(day_t from, uint8_t *months, day_t *until)
{
    struct err e = count_months(from, months, until);

    return err_is(e) ? e : ends_after(from, *until, "/until");
}

/* What one field alone cannot tell. */
static struct err check_whole(struct record *r)
{
    switch (r->kind) {
    case RECORD_CERTIFICATE:
        if (r->certificate.type == CERTIFICATE_SPECIAL_OPERATION && r->certificate.class == 0)
            return err_field(ERR_FIELD_MISSING, "/class", "two digits like 02");
        return ends_after(r->certificate.valid_from, r->certificate.valid_until, "/valid_until");
    case RECORD_CERTIFICATE_STATUS:
        return check_period(r->certificate_status.from, &r->certificate_status.months,
                            &r->certificate_status.until);
    case RECORD_BAN:
        if (r->ban.scope != BAN_INDUSTRY && r->ban.subject == 0)
            return err_field(ERR_FIELD_MISSING, "/subject", "the role, trade or site");
        return check_period(r->ban.from, &r->ban.months, &r->ban.until);
    case RECORD_AGREEMENT:
        return ends_after(r->agreement.from, r->agreement.until, "/until");
    case RECORD_OVERRIDE:
        return ends_after(r->override.from, r->override.until, "/until");
    case RECORD_ENGAGEMENT_END: /* it must say what ends */
        if (r->engagement_end.of == 0 && r->engagement_end.org == 0 && r->engagement_end.site == 0)
            return err_field(ERR_FIELD_MISSING, "/of", "of, org or site");
        return OK;
    default: return OK;
    }
}

static struct err read_body(const struct reading *r, const char *const *also)
{
    enum record_kind kind = r->out->kind;
    struct err e = refuse_unknown(r, kind, also);

    for (const struct body_field *f = body_fields; f->pointer != NULL && !err_is(e); f++) {
        if (f->kind == kind)
            e = record_read_field(r, f);
    }
    return err_is(e) ? e : check_whole(r->out);
}

struct err record_parse_body(enum record_kind kind, const json_t *object,
                             const char *const *also, struct arena *arena, struct record *out)
{
    CHECK(kind > 0 && kind < RECORD_KINDS);
    if (!json_is_object(object))
        return err_make(ERR_JSON_OBJECT);
    out->kind = kind;
    return read_body(&(struct reading){object, arena, out, false}, also);
}

/* -- a whole record ----------------------------------------------------------------------------- */

static struct err read_instant(const json_t *value, time_us *at)
{
    if (value == NULL)
        return err_field(ERR_FIELD_MISSING, "/recorded_at", "RFC 3339");
    if (!json_is_string(value))
        return err_field(ERR_FIELD_TYPE, "/recorded_at", "RFC 3339");
    if (!clock_parse(json_text(value), at))
        return err_field(ERR_TIME_INVALID, "/recorded_at", "2026-01-01T08:00:00+08:00");
    return OK;
}

static struct err read_common(const struct reading *r)
{
    static const struct body_field version = {.pointer = "/version", .min = 1, .max = INT32_MAX};
    static const struct body_field occurred = {.pointer = "/occurred_on",
                                               .offset = offsetof(struct record, occurred_on)};
    static const struct body_field by = {.pointer = "/by", .min = 1, .max = (int64_t)1 << 53};
    static const struct body_field org = {.pointer = "/org", .min = 1, .max = (int64_t)1 << 53};
    const json_t *value = record_value_of(r->object, TEXT("occurred_on"));
    int64_t number = 0;
    struct err e = value != NULL ? record_read_date(r, &occurred, value)
                                 : err_field(ERR_FIELD_MISSING, occurred.pointer, "YYYY-MM-DD");

    if (!err_is(e))
        e = read_instant(record_value_of(r->object, TEXT("recorded_at")), &r->out->recorded_at);
    if (!err_is(e) && (value = record_value_of(r->object, TEXT("version"))) != NULL)
        e = record_read_int(r, &version, value, &number);
    r->out->version = (uint32_t)number;
    if (!err_is(e) && (value = record_value_of(r->object, TEXT("by"))) != NULL)
        e = record_read_id(r, &by, value, &r->out->by);
    if (!err_is(e) && (value = record_value_of(r->object, TEXT("org"))) != NULL)
        e = record_read_id(r, &org, value, &r->out->org);
    return e;
}

struct err record_parse(const json_t *object, struct arena *arena, struct record *out)
{
    static const char *const common[] = {"kind", "occurred_on", "recorded_at", "version",
                                         "by",   "org",         NULL};
    struct reading r = {object, arena, out, true};
    const json_t *kind;
    struct err e;

    if (!json_is_object(object))
        return err_make(ERR_JSON_OBJECT);
    memset(out, 0, sizeof *out);
    kind = json_object_get(object, "kind");
    if (kind == NULL)
        return err_field(ERR_FIELD_MISSING, "/kind", "a kind of record");
    out->kind = json_is_string(kind) ? record_kind_of(json_text(kind)) : 0;
    if (out->kind == 0)
        return err_field(ERR_FIELD_CHOICE, "/kind", "a kind of record");
    e = read_common(&r);
    return err_is(e) ? e : read_body(&r, common);
}

size_t record_secrets(struct record *record, struct record_secret out[RECORD_SECRETS_MAX])
{
    size_t count = 0;

    for (const struct body_field *f = body_fields; f->pointer != NULL; f++) {
        struct secret *secret = (struct secret *)(void *)((char *)record + f->offset);

        if (f->kind == record->kind && f->type == BODY_SECRET && secret->ref != 0)
            out[count++] = (struct record_secret){body_key(f), secret};
    }
    return count;
}
