#include "store/keys.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"

enum { FIRST_TIMEOUT_MS = 10000 };

/* -- for the register ------------------------------------------------------------------------------ */

static bool take_bytes(struct text field, unsigned char *to, size_t bytes)
{
    if (field.at == NULL || field.bytes != bytes)
        return false;
    memcpy(to, field.at, bytes);
    return true;
}

bool signing_key_row_read(const struct text *fields, struct signing_key *key)
{
    struct text activated = fields[DIRECTORY_KEYS_ACTIVATED_AT];
    int32_t kinds;

    *key = (struct signing_key){.state = signing_state_of(fields[DIRECTORY_KEYS_STATE])};
    if (!field_int32(fields[DIRECTORY_KEYS_NUMBER], 0, &key->number) ||
        !field_int32(fields[DIRECTORY_KEYS_VERSION], 0, &key->version) ||
        !field_int32(fields[DIRECTORY_KEYS_ALG], 0, &key->alg) ||
        !field_int32(fields[DIRECTORY_KEYS_KINDS], 0, &kinds) ||
        !field_int64(fields[DIRECTORY_KEYS_NBF], 0, &key->nbf_s) ||
        !field_int64(fields[DIRECTORY_KEYS_EXP], 0, &key->exp_s))
        return false;
    key->kinds = (uint32_t)kinds;
    return key->state != 0 &&
           take_bytes(fields[DIRECTORY_KEYS_KID], key->kid, sizeof key->kid) &&
           take_bytes(fields[DIRECTORY_KEYS_POINT], key->point, sizeof key->point) &&
           (activated.at == NULL || field_time(activated, &key->activated_us));
}

bool trust_row_read(const struct text *fields, struct trust_row *row)
{
    int64_t next, sequence;

    if (!field_int64(fields[DIRECTORY_TRUST_NEXT], 0, &next) ||
        !field_int64(fields[DIRECTORY_TRUST_SEQUENCE], 0, &sequence))
        return false;
    row->next = (uint64_t)next;
    row->sequence = (uint64_t)sequence;
    row->bytes = fields[DIRECTORY_TRUST_SIGNED];
    return next > 0 && sequence >= 0 && (sequence == 0) == (row->bytes.at == NULL);
}

/* -- for operators --------------------------------------------------------------------------------- */

static bool decode_key(const struct rows *rows, int i, struct signing_key *key)
{
    *key = (struct signing_key){
        .number = row_int32(rows, i, SIGNING_KEY_LIST_NUMBER),
        .version = row_int32(rows, i, SIGNING_KEY_LIST_VERSION),
        .alg = row_int32(rows, i, SIGNING_KEY_LIST_ALG),
        .kinds = (uint32_t)row_int32(rows, i, SIGNING_KEY_LIST_KINDS),
        .nbf_s = row_int64(rows, i, SIGNING_KEY_LIST_NBF),
        .exp_s = row_int64(rows, i, SIGNING_KEY_LIST_EXP),
        .state = signing_state_of(row_text(rows, i, SIGNING_KEY_LIST_STATE)),
    };
    return key->state != 0 &&
           take_bytes(row_text(rows, i, SIGNING_KEY_LIST_KID), key->kid, sizeof key->kid) &&
           take_bytes(row_text(rows, i, SIGNING_KEY_LIST_POINT), key->point, sizeof key->point);
}

static struct err decode_events(void *into, const struct rows *rows)
{
    struct key_events *events = into;

    events->rows = arena_new_array(rows->arena, (size_t)rows->count + 1, struct key_event);
    if (events->rows == NULL)
        return err_make(ERR_TOO_LARGE);
    events->count = rows->count;
    for (int i = 0; i < rows->count; i++) {
        struct key_event *event = &events->rows[i];

        event->emergency = row_bool(rows, i, SIGNING_KEY_LIST_EMERGENCY);
        event->reason = row_text(rows, i, SIGNING_KEY_LIST_REASON);
        event->account_id = row_int64(rows, i, SIGNING_KEY_LIST_ACCOUNT_ID);
        event->recorded_at = row_timestamptz(rows, i, SIGNING_KEY_LIST_RECORDED_AT);
        event->published_at = row_is_null(rows, i, SIGNING_KEY_LIST_PUBLISHED_AT)
                                  ? 0
                                  : row_timestamptz(rows, i, SIGNING_KEY_LIST_PUBLISHED_AT);
        if (!decode_key(rows, i, &event->key))
            return err_detail(ERR_INTERNAL, "a stored key cannot be read");
    }
    return OK;
}

void key_events_list(struct batch *b, struct key_events *into)
{
    batch_add(b, SQL_SIGNING_KEY_LIST, params_new(b), decode_events, into);
}

void signing_key_insert(struct batch *b, const struct signing_key *key, bool emergency, struct text reason,
                int64_t account_id)
{
    struct params *p = params_new(b);

    params_int32(p, key->number);
    params_int32(p, key->version);
    params_bytea(p, (struct text){(const char *)key->kid, sizeof key->kid});
    params_int32(p, key->alg);
    params_bytea(p, (struct text){(const char *)key->point, sizeof key->point});
    params_int32(p, (int32_t)key->kinds);
    params_int64(p, key->nbf_s);
    params_int64(p, key->exp_s);
    params_text(p, text_of(signing_state_name(key->state)));
    params_bool(p, emergency);
    params_text(p, reason);
    params_int64(p, account_id);
    batch_add(b, SQL_SIGNING_KEY_INSERT, p, NULL, NULL);
}

static struct err decode_trust(void *into, const struct rows *rows)
{
    struct trust_row *row = into;

    if (rows->count != 1)
        return err_detail(ERR_INTERNAL, "directory_trust gives one row");
    row->next = (uint64_t)row_int64(rows, 0, DIRECTORY_TRUST_NEXT);
    row->sequence = row_is_null(rows, 0, DIRECTORY_TRUST_SEQUENCE)
                        ? 0
                        : (uint64_t)row_int64(rows, 0, DIRECTORY_TRUST_SEQUENCE);
    return OK;
}

void trust_newest(struct batch *b, struct trust_row *into)
{
    batch_add(b, SQL_DIRECTORY_TRUST, params_new(b), decode_trust, into);
}

void trust_insert(struct batch *b, const struct trust_insert *row)
{
    struct params *p = params_new(b);

    params_int64(p, (int64_t)row->sequence);
    params_bytea(p, row->bytes);
    params_bytea(p, row->root);
    params_bytea_array(p, row->kids, row->kid_count);
    params_timestamptz(p, row->iat_s * US_PER_SECOND);
    params_timestamptz(p, row->exp_s * US_PER_SECOND);
    params_int64(p, row->account_id);
    batch_add(b, SQL_TRUST_INSERT, p, NULL, NULL);
}

/* -- the first one --------------------------------------------------------------------------------- */

void signing_key_first(struct batch *b, const struct signing_key *key)
{
    struct params *p = params_new(b);

    params_bytea(p, (struct text){(const char *)key->kid, sizeof key->kid});
    params_int32(p, key->alg);
    params_bytea(p, (struct text){(const char *)key->point, sizeof key->point});
    params_int32(p, (int32_t)key->kinds);
    params_int64(p, key->exp_s);
    batch_add(b, SQL_SIGNING_KEY_FIRST, p, NULL, NULL);
}

/* As PostgreSQL reads bytes: \x and hexadecimal digits. */
static const char *hex_text(const unsigned char *bytes, size_t count,
                            char text[2 * SIGNING_POINT_BYTES + 3])
{
    static const char digits[] = "0123456789abcdef";
    char *at = text;

    *at++ = '\\';
    *at++ = 'x';
    for (size_t i = 0; i < count; i++) {
        *at++ = digits[bytes[i] >> 4];
        *at++ = digits[bytes[i] & 15];
    }
    *at = '\0';
    return text;
}

struct err signing_key_first_open(const char *conninfo, const struct signing_key *key)
{
    char kid[2 * SIGNING_POINT_BYTES + 3], point[2 * SIGNING_POINT_BYTES + 3];
    char alg[16], kinds[16], exp[24];
    struct link *link = link_new(conninfo, -1, FIRST_TIMEOUT_MS);
    struct err e = link_open(link);

    snprintf(alg, sizeof alg, "%d", (int)key->alg);
    snprintf(kinds, sizeof kinds, "%u", (unsigned)key->kinds);
    snprintf(exp, sizeof exp, "%" PRId64, key->exp_s);
    if (!err_is(e))
        e = link_query(link, SQL_SIGNING_KEY_FIRST,
                       (const char *[]){hex_text(key->kid, sizeof key->kid, kid), alg,
                                        hex_text(key->point, sizeof key->point, point), kinds, exp},
                       NULL, NULL);
    link_free(link);
    return e;
}
