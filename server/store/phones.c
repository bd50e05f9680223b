#include "store/phones.h"

#include <string.h>

static struct text hash_text(const unsigned char hash[INVITATION_HASH_BYTES])
{
    return (struct text){(const char *)hash, INVITATION_HASH_BYTES};
}

void worker_invite(struct batch *b, const struct new_invitation *invitation)
{
    struct params *p = params_new(b);

    params_int64(p, invitation->worker_id);
    params_int64(p, invitation->account_id);
    params_bytea(p, hash_text(invitation->link_hash));
    params_bytea(p, hash_text(invitation->code_mac));
    params_int64(p, invitation->life_s);
    batch_add(b, SQL_WORKER_INVITE, p, NULL, NULL);
}

/* Lengths are the schema's. */
static struct err decode_invitation(void *into, const struct rows *rows)
{
    struct invitation *invitation = into;

    if (rows->count == 0)
        return OK;
    invitation->worker_id = row_int64(rows, 0, WORKER_INVITATION_TRY_WORKER_ID);
    invitation->access_version = row_int32(rows, 0, WORKER_INVITATION_TRY_ACCESS_VERSION);
    memcpy(invitation->link_hash, row_text(rows, 0, WORKER_INVITATION_TRY_LINK_HASH).at,
           INVITATION_HASH_BYTES);
    memcpy(invitation->code_mac, row_text(rows, 0, WORKER_INVITATION_TRY_CODE_MAC).at,
           INVITATION_HASH_BYTES);
    return OK;
}

void worker_invitation_try(struct batch *b, struct text link_hash, int64_t worker_id,
                           struct invitation *into)
{
    struct params *p = params_new(b);

    params_bytea(p, link_hash);
    params_int64(p, worker_id);
    batch_add(b, SQL_WORKER_INVITATION_TRY, p, decode_invitation, into);
}

void worker_phone_bind(struct batch *b, const struct invitation *invitation,
                       const unsigned char point[PHONE_POINT_BYTES])
{
    struct params *p = params_new(b);

    params_int64(p, invitation->worker_id);
    params_bytea(p, hash_text(invitation->link_hash));
    params_int32(p, invitation->access_version);
    params_bytea(p, (struct text){(const char *)point, PHONE_POINT_BYTES});
    batch_add(b, SQL_WORKER_PHONE_BIND, p, NULL, NULL);
}

void worker_phone_end(struct batch *b, int64_t worker_id)
{
    struct params *p = params_new(b);

    params_int64(p, worker_id);
    batch_add(b, SQL_WORKER_PHONE_END, p, NULL, NULL);
}

static struct err decode_phone(void *into, const struct rows *rows)
{
    struct worker_phone *phone = into;

    if (rows->count == 0)
        return OK;
    phone->found = true;
    memcpy(phone->point, row_text(rows, 0, WORKER_PHONE_FIND_POINT).at, PHONE_POINT_BYTES);
    return OK;
}

void worker_phone_find(struct batch *b, int64_t worker_id, struct worker_phone *into)
{
    struct params *p = params_new(b);

    params_int64(p, worker_id);
    batch_add(b, SQL_WORKER_PHONE_FIND, p, decode_phone, into);
}
