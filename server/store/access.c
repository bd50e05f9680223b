#include "store/access.h"

#include <string.h>


static struct err decode_account(void *into, const struct rows *rows)
{
    struct account *account = into;

    if (rows->count == 0)
        return OK;
    *account = (struct account){
        .id = row_int64(rows, 0, ACCESS_ACCOUNT_ID),
        .version = row_int32(rows, 0, ACCESS_ACCOUNT_VERSION),
        .role = account_role_of(row_text(rows, 0, ACCESS_ACCOUNT_ROLE)),
        .org_id = row_int64(rows, 0, ACCESS_ACCOUNT_ORG_ID),
        .site_id = row_int64(rows, 0, ACCESS_ACCOUNT_SITE_ID),
        .device_id = row_int64(rows, 0, ACCESS_ACCOUNT_DEVICE_ID),
        .region = row_text(rows, 0, ACCESS_ACCOUNT_REGION),
        .label = row_text(rows, 0, ACCESS_ACCOUNT_LABEL),
        .active = text_is(row_text(rows, 0, ACCESS_ACCOUNT_STATE), "active"),
    };
    memcpy(account->key_hash, row_text(rows, 0, ACCESS_ACCOUNT_KEY_HASH).at, 32);
    return OK;
}

void access_find_account(struct batch *b, struct text key_prefix, struct account *account)
{
    struct params *p = params_new(b);

    params_text(p, key_prefix);
    batch_add(b, SQL_ACCESS_ACCOUNT, p, decode_account, account);
}

static struct err decode_access_version(void *into, const struct rows *rows)
{
    int32_t *access_version = into;

    if (rows->count == 1)
        *access_version = row_int32(rows, 0, ACCESS_WORKER_ACCESS_VERSION);
    return OK;
}

void access_find_worker(struct batch *b, int64_t worker_id, int32_t *access_version)
{
    struct params *p = params_new(b);

    params_int64(p, worker_id);
    batch_add(b, SQL_ACCESS_WORKER, p, decode_access_version, access_version);
}
