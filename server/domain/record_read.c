/* domain/record_read.c: a function a type of field. */
#include "domain/record_read.h"

#include <string.h>

#include "base/choice.h"
#include "domain/idnumber.h"
#include "domain/pointer.h"

enum { NAMES_FROM = 1u << 31 };

static char *member(const struct reading *r, const struct body_field *f)
{
    return (char *)r->out + f->offset;
}

static struct err wrong_type(const struct body_field *f, const char *expected)
{
    return err_field(ERR_FIELD_TYPE, f->pointer, expected);
}

static const char *range(const struct reading *r, const struct body_field *f)
{
    return arena_format(r->arena, "%lld..%lld", (long long)f->min, (long long)f->max);
}

struct err record_read_int(const struct reading *r, const struct body_field *f,
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
    struct err e = record_read_int(r, f, value, &number);

    if (!err_is(e))
        *(uint8_t *)member(r, f) = (uint8_t)number;
    return e;
}

static struct err read_u32(const struct reading *r, const struct body_field *f,
                           const json_t *value)
{
    int64_t number = 0;
    struct err e = record_read_int(r, f, value, &number);

    if (!err_is(e))
        memcpy(member(r, f), &(uint32_t){(uint32_t)number}, sizeof(uint32_t));
    return e;
}

struct err record_read_id(const struct reading *r, const struct body_field *f,
                   const json_t *value, int64_t *out)
{
    if (r->names && json_is_string(value) && json_string_length(value) > 0 &&
        json_string_length(value) <= 64) {
        *out = NAMES_FROM | fnv1a(json_text(value));
        return OK;
    }
    return record_read_int(r, f, value, out);
}

static struct err read_id_member(const struct reading *r, const struct body_field *f,
                                 const json_t *value)
{
    int64_t id;
    struct err e = record_read_id(r, f, value, &id);

    if (!err_is(e))
        memcpy(member(r, f), &id, sizeof id);
    return e;
}

struct err record_read_date(const struct reading *r, const struct body_field *f,
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

/* "7.06" -> 706: the unsafe acts of GB 6441-86, A.7, are numbered 7.01 to 7.13 (the row's bounds). */
static struct err read_category(const struct reading *r, const struct body_field *f,
                                const json_t *value)
{
    struct text whole, part;
    int64_t class, sub, code;

    if (!json_is_string(value))
        return wrong_type(f, f->choices);
    whole = text_cut(json_text(value), '.', &part);
    if (whole.bytes > 2 || part.bytes != 2 || !text_to_int(whole, 1, 99, &class) ||
        !text_to_int(part, 0, 99, &sub))
        return err_field(ERR_FIELD_CHOICE, f->pointer, f->choices);
    code = class * 100 + sub;
    if (code < f->min || code > f->max)
        return err_field(ERR_FIELD_CHOICE, f->pointer, f->choices);
    *(uint16_t *)(void *)member(r, f) = (uint16_t)code;
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
        struct err e = record_read_id(r, f, json_array_get(value, i), &signers[i]);

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
    [BODY_DATE] = record_read_date,         [BODY_CHOICE] = read_choice,
    [BODY_CHOICES] = read_choices,   [BODY_U8] = read_u8,
    [BODY_U32] = read_u32,           [BODY_BOOL] = read_bool,
    [BODY_ID] = read_id_member,      [BODY_SECRET] = read_secret,
    [BODY_TRADE] = read_trade,       [BODY_CATEGORY] = read_category,
    [BODY_CLASS] = read_class,       [BODY_SUBJECT] = read_subject,
    [BODY_SIGNERS] = read_signers,
};

const json_t *record_value_of(const json_t *object, struct text key)
{
    const json_t *value = json_object_getn(object, key.at, key.bytes);

    return json_is_null(value) ? NULL : value;
}

/* A secret may come as its hash, but not both ways at once. */
struct err record_read_field(const struct reading *r, const struct body_field *f)
{
    const json_t *value = record_value_of(r->object, text_of(body_key(f)));

    if (f->type == BODY_SECRET) {
        char key[32];
        struct build b = build_over(key, sizeof key);
        const json_t *hash;

        build_string(&b, body_key(f));
        build_string(&b, "_hash");
        hash = record_value_of(r->object, build_done(&b));
        if (hash != NULL && value != NULL)
            return err_field(ERR_FIELD_UNKNOWN, f->pointer, "the text or its hash");
        if (hash != NULL)
            return read_hash(r, f, hash);
    }
    if (value != NULL)
        return readers[f->type](r, f, value);
    return f->required ? err_field(ERR_FIELD_MISSING, f->pointer, f->choices) : OK;
}

struct err record_id_parse(const json_t *value, const char *field, uint32_t *id)
{
    const struct reading r = {.names = true};
    const struct body_field f = {.pointer = field, .min = 1, .max = INT32_MAX};
    int64_t number = 0;

    if (json_is_integer(value) && (json_integer_value(value) < 1 ||
                                   json_integer_value(value) > INT32_MAX))
        return err_field(ERR_FIELD_RANGE, field, "1..2147483647");
    if (err_is(record_read_id(&r, &f, value, &number)))
        return err_field(ERR_FIELD_TYPE, field, "a number or a name");
    *id = (uint32_t)number;
    return OK;
}
