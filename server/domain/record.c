#include "domain/record.h"

#include "base/choice.h"
#include "domain/idnumber.h"
#include "domain/pointer.h"
#include "domain/record_fields.h"

#include <stddef.h>
#include <string.h>

/* What a field is read with. */
struct reading {
    const json_t *object;
    struct arena *arena;
    struct record *out;
    bool names; /* ids may be names */
};

enum { NAMES_FROM = 1u << 31 };

static char *member(const struct reading *r, const struct body_field *f)
{
    return (char *)r->out + f->offset;
}

static struct text json_text(const json_t *value)
{
    return (struct text){json_string_value(value), json_string_length(value)};
}

static struct err wrong_type(const struct body_field *f, const char *expected)
{
    return err_field(ERR_FIELD_TYPE, f->pointer, expected);
}

static const char *range(const struct reading *r, const struct body_field *f)
{
    return arena_format(r->arena, "%lld..%lld", (long long)f->min, (long long)f->max);
}

static struct err read_int(const struct reading *r, const struct body_field *f,
                           const json_t *value, int64_t *out)
{
    if (!json_is_integer(value))
        return wrong_type(f, "integer");
    *out = json_integer_value(value);
    if (*out < f->min || *out > f->max)
        return err_field(ERR_FIELD_RANGE, f->pointer, range(r, f));
    return OK;
}

static struct err read_u8(const struct reading *r, const struct body_field *f,
                          const json_t *value)
{
    int64_t number = 0;
    struct err e = read_int(r, f, value, &number);

    if (!err_is(e))
        *(uint8_t *)member(r, f) = (uint8_t)number;
    return e;
}

static struct err read_u32(const struct reading *r, const struct body_field *f,
                           const json_t *value)
{
    int64_t number = 0;
    struct err e = read_int(r, f, value, &number);

    if (!err_is(e))
        memcpy(member(r, f), &(uint32_t){(uint32_t)number}, sizeof(uint32_t));
    return e;
}

static struct err read_id(const struct reading *r, const struct body_field *f,
                          const json_t *value, int64_t *out)
{
    if (r->names && json_is_string(value) && json_string_length(value) > 0 &&
        json_string_length(value) <= 64) {
        *out = NAMES_FROM | fnv1a(json_text(value));
        return OK;
    }
    return read_int(r, f, value, out);
}

static struct err read_id_member(const struct reading *r, const struct body_field *f,
                                 const json_t *value)
{
    int64_t id;
    struct err e = read_id(r, f, value, &id);

    if (!err_is(e))
        memcpy(member(r, f), &id, sizeof id);
    return e;
}

static struct err read_date(const struct reading *r, const struct body_field *f,
                            const json_t *value)
{
    if (!json_is_string(value))
        return wrong_type(f, "YYYY-MM-DD");
    return day_parse(json_text(value), f->pointer, (day_t *)(void *)member(r, f));
}

static struct err read_bool(const struct reading *r, const struct body_field *f,
                            const json_t *value)
{
    if (!json_is_boolean(value))
        return wrong_type(f, "true | false");
    *(bool *)member(r, f) = json_is_true(value);
    return OK;
}

static struct err read_choice(const struct reading *r, const struct body_field *f,
                              const json_t *value)
{
    int place;

    if (!json_is_string(value))
        return wrong_type(f, f->choices);
    place = choice_find(f->choices, json_text(value));
    if (place < 0)
        return err_field(ERR_FIELD_CHOICE, f->pointer, f->choices);
    *(uint8_t *)member(r, f) = (uint8_t)(place + f->min);
    return OK;
}

static struct err read_choices(const struct reading *r, const struct body_field *f,
                               const json_t *value)
{
    unsigned set = 0;

    if (!json_is_array(value))
        return wrong_type(f, "array");
    for (size_t i = 0; i < json_array_size(value); i++) {
        const json_t *word = json_array_get(value, i);
        int place = json_is_string(word) ? choice_find(f->choices, json_text(word)) : -1;

        if (place < 0)
            return err_field(ERR_FIELD_CHOICE, pointer_index(r->arena, f->pointer, i), f->choices);
        set |= 1u << place;
    }
    *(uint8_t *)member(r, f) = (uint8_t)set;
    return OK;
}

struct err record_trade_parse(const json_t *value, const char *field, uint16_t *trade)
{
    if (json_is_string(value))
        return trade_parse(json_text(value), field, trade);
    if (!json_is_integer(value))
        return err_field(ERR_FIELD_TYPE, field, "a trade code like 030");
    if (json_integer_value(value) < 1 || json_integer_value(value) > TRADE_MAX ||
        trade_find((uint16_t)json_integer_value(value)) == NULL)
        return err_field(ERR_FIELD_CHOICE, field, "a trade code like 030");
    *trade = (uint16_t)json_integer_value(value);
    return OK;
}

static struct err read_trade(const struct reading *r, const struct body_field *f,
                             const json_t *value)
{
    return record_trade_parse(value, f->pointer, (uint16_t *)(void *)member(r, f));
}

/* "7.06" -> 706: GB 6441-86 numbers its classes with two decimals. */
static struct err read_category(const struct reading *r, const struct body_field *f,
                                const json_t *value)
{
    struct text whole, part;
    int64_t class, sub;

    if (!json_is_string(value))
        return wrong_type(f, f->choices);
    whole = text_cut(json_text(value), '.', &part);
    if (whole.bytes > 2 || part.bytes != 2 || !text_to_int(whole, 1, 99, &class) ||
        !text_to_int(part, 0, 99, &sub))
        return err_field(ERR_FIELD_CHOICE, f->pointer, f->choices);
    *(uint16_t *)(void *)member(r, f) = (uint16_t)(class * 100 + sub);
    return OK;
}

static struct err read_class(const struct reading *r, const struct body_field *f,
                             const json_t *value)
{
    int64_t class;

    if (!json_is_string(value))
        return wrong_type(f, f->choices);
    if (json_string_length(value) != 2 ||
        !text_to_int(json_text(value), f->min, f->max, &class))
        return err_field(ERR_FIELD_CHOICE, f->pointer, f->choices);
    *(uint8_t *)member(r, f) = (uint8_t)class;
    return OK;
}

static struct err read_signers(const struct reading *r, const struct body_field *f,
                               const json_t *value)
{
    int64_t signers[RECORD_SIGNERS];

    if (!json_is_array(value) || json_array_size(value) != RECORD_SIGNERS)
        return wrong_type(f, f->choices);
    for (size_t i = 0; i < RECORD_SIGNERS; i++) {
        struct err e = read_id(r, f, json_array_get(value, i), &signers[i]);

        if (err_is(e))
            return e;
    }
    if (signers[0] == signers[1])
        return err_field(ERR_FIELD_CHOICE, f->pointer, f->choices);
    memcpy(member(r, f), signers, sizeof signers);
    return OK;
}

/* An industry ban has no subject; the others name a role, a trade or a site. */
static struct err read_subject(const struct reading *r, const struct body_field *f,
                               const json_t *value)
{
    struct record *out = r->out;
    struct body_field as = *f;
    struct reading into = *r;
    struct record found = {0};
    struct err e;

    if (out->ban.scope == BAN_INDUSTRY)
        return err_field(ERR_FIELD_UNKNOWN, f->pointer, "nothing: the whole industry");
    if (out->ban.scope == BAN_SITE)
        return read_id_member(r, f, value);
    as.offset = 0; /* read into the front of a scratch record */
    as.min = 1;
    into.out = &found;
    if (out->ban.scope == BAN_TRADE) {
        e = read_trade(&into, &as, value);
        out->ban.subject = *(uint16_t *)(void *)&found;
    } else {
        e = read_choice(&into, &as, value);
        out->ban.subject = *(uint8_t *)(void *)&found;
    }
    return e;
}

static struct err read_secret(const struct reading *r, const struct body_field *f,
                              const json_t *value)
{
    struct secret *secret = (struct secret *)(void *)member(r, f);
    struct err e;

    if (!json_is_string(value))
        return wrong_type(f, "text");
    e = text_check(json_text(value), f->pointer, (size_t)f->min, (size_t)f->max);
    if (err_is(e))
        return err_is(e) && e.code == ERR_FIELD_LENGTH
                   ? err_field(e.code, f->pointer, range(r, f)) : e;
    secret->plain = json_text(value);
    secret->ref = fnv1a(secret->plain);
    return OK;
}

static struct err read_hash(const struct reading *r, const struct body_field *f,
                            const json_t *value)
{
    const char *hex = json_string_value(value);

    if (hex == NULL || json_string_length(value) != 32 ||
        strspn(hex, "0123456789abcdef") != 32)
        return err_field(ERR_FIELD_TYPE, arena_format(r->arena, "%s_hash", f->pointer),
                         "32 lower-case hex digits");
    secret_set_hash((struct secret *)(void *)member(r, f), hex);
    return OK;
}

void secret_set_hash(struct secret *secret, const char hash[32])
{
    secret->ref = 0;
    memcpy(secret->hash, hash, 32);
    secret->hash[32] = '\0';
    for (int i = 0; i < 8; i++) {
        unsigned digit = (unsigned char)hash[i];

        secret->ref = secret->ref << 4 | (digit <= '9' ? digit - '0' : digit - 'a' + 10);
    }
    if (secret->ref == 0)
        secret->ref = 1;
}

/* -- one field, all fields ---------------------------------------------------------------------- */

typedef struct err read_fn(const struct reading *r, const struct body_field *f,
                           const json_t *value);

static read_fn *const readers[] = {
    [BODY_DATE] = read_date,         [BODY_CHOICE] = read_choice,
    [BODY_CHOICES] = read_choices,   [BODY_U8] = read_u8,
    [BODY_U32] = read_u32,           [BODY_BOOL] = read_bool,
    [BODY_ID] = read_id_member,      [BODY_SECRET] = read_secret,
    [BODY_TRADE] = read_trade,       [BODY_CATEGORY] = read_category,
    [BODY_CLASS] = read_class,       [BODY_SUBJECT] = read_subject,
    [BODY_SIGNERS] = read_signers,
};

static const json_t *value_of(const json_t *object, struct text key)
{
    const json_t *value = json_object_getn(object, key.at, key.bytes);

    return json_is_null(value) ? NULL : value;
}

/* A secret may come as its hash, but not both ways at once. */
static struct err read_field(const struct reading *r, const struct body_field *f)
{
    const json_t *value = value_of(r->object, text_of(body_key(f)));

    if (f->type == BODY_SECRET) {
        char key[32];
        struct build b = build_over(key, sizeof key);
        const json_t *hash;

        build_string(&b, body_key(f));
        build_string(&b, "_hash");
        hash = value_of(r->object, build_done(&b));
        if (hash != NULL && value != NULL)
            return err_field(ERR_FIELD_UNKNOWN, f->pointer, "the text or its hash");
        if (hash != NULL)
            return read_hash(r, f, hash);
    }
    if (value != NULL)
        return readers[f->type](r, f, value);
    return f->required ? err_field(ERR_FIELD_MISSING, f->pointer, f->choices) : OK;
}

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
            e = read_field(r, f);
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
    const json_t *value = value_of(r->object, TEXT("occurred_on"));
    int64_t number = 0;
    struct err e = value != NULL ? read_date(r, &occurred, value)
                                 : err_field(ERR_FIELD_MISSING, occurred.pointer, "YYYY-MM-DD");

    if (!err_is(e))
        e = read_instant(value_of(r->object, TEXT("recorded_at")), &r->out->recorded_at);
    if (!err_is(e) && (value = value_of(r->object, TEXT("version"))) != NULL)
        e = read_int(r, &version, value, &number);
    r->out->version = (uint32_t)number;
    if (!err_is(e) && (value = value_of(r->object, TEXT("by"))) != NULL)
        e = read_id(r, &by, value, &r->out->by);
    if (!err_is(e) && (value = value_of(r->object, TEXT("org"))) != NULL)
        e = read_id(r, &org, value, &r->out->org);
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

struct err record_id_parse(const json_t *value, const char *field, uint32_t *id)
{
    const struct reading r = {.names = true};
    const struct body_field f = {.pointer = field, .min = 1, .max = INT32_MAX};
    int64_t number = 0;

    if (json_is_integer(value) && (json_integer_value(value) < 1 ||
                                   json_integer_value(value) > INT32_MAX))
        return err_field(ERR_FIELD_RANGE, field, "1..2147483647");
    if (err_is(read_id(&r, &f, value, &number)))
        return err_field(ERR_FIELD_TYPE, field, "a number or a name");
    *id = (uint32_t)number;
    return OK;
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
