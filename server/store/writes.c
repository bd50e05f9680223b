#include "store/writes.h"

#include <string.h>

static struct err decode_key(void *into, const struct rows *rows)
{
    struct key_row *row = into;

    if (rows->count == 0)
        return OK;
    row->found = true;
    memcpy(row->fingerprint, row_text(rows, 0, KEY_FIND_FINGERPRINT).at, sizeof row->fingerprint);
    row->status = row_int16(rows, 0, KEY_FIND_STATUS);
    row->answer = row_text(rows, 0, KEY_FIND_ANSWER);
    return OK;
}

void key_find(struct batch *b, int64_t tenant, struct text route, struct text key,
              struct key_row *row)
{
    struct params *p = params_new(b);

    params_int64(p, tenant);
    params_text(p, route);
    params_text(p, key);
    batch_add(b, SQL_KEY_FIND, p, decode_key, row);
}

void key_insert(struct batch *b, int64_t tenant, struct text route, struct text key,
                const unsigned char fingerprint[32], int16_t status, struct text answer)
{
    struct params *p = params_new(b);

    params_int64(p, tenant);
    params_text(p, route);
    params_text(p, key);
    params_bytea(p, (struct text){(const char *)fingerprint, 32});
    params_int16(p, status);
    params_text(p, answer);
    batch_add(b, SQL_KEY_INSERT, p, NULL, NULL);
}

void changes_insert(struct batch *b, int16_t kind, const int64_t *keys, const int64_t *versions,
                    size_t count)
{
    struct params *p = params_new(b);

    params_int16(p, kind);
    params_int64_array(p, keys, count);
    params_int64_array(p, versions, count);
    batch_add(b, SQL_CHANGE_INSERT, p, NULL, NULL);
}

void audit_insert(struct batch *b, const struct audit_row *row)
{
    struct params *p = params_new(b);

    params_int64(p, row->account_id);
    params_text(p, text_of(row->action));
    if (row->worker_id != 0)
        params_int64(p, row->worker_id);
    else
        params_null(p);
    if (row->worker_ids != NULL)
        params_int64_array(p, row->worker_ids, row->worker_count);
    else
        params_null(p);
    params_jsonb(p, row->detail.bytes > 0 ? row->detail : TEXT("{}"));
    params_int64(p, row->request_id);
    batch_add(b, SQL_AUDIT_INSERT, p, NULL, NULL);
}
