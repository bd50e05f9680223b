#include "store/photos.h"

static struct err decode_photo(void *into, const struct rows *rows)
{
    struct photo_row *photo = into;

    photo->found = rows->count > 0;
    if (!photo->found)
        return OK;
    photo->worker_id = row_int64(rows, 0, PHOTO_FIND_WORKER_ID);
    photo->wrapped = row_text(rows, 0, PHOTO_FIND_WRAPPED);
    photo->hash = row_text(rows, 0, PHOTO_FIND_HASH);
    photo->sealed = row_text(rows, 0, PHOTO_FIND_SEALED);
    return OK;
}

_Static_assert((int)PHOTO_FIND_SEALED == (int)PHOTO_FIND_ON_SITE_SEALED &&
                   (int)PHOTO_FIND_COLUMNS == (int)PHOTO_FIND_ON_SITE_COLUMNS,
               "both statements give the same columns");

void photo_insert(struct batch *b, int64_t worker_id, struct text hash, struct text sealed,
                  int64_t account_id)
{
    struct params *p = params_new(b);

    params_int64(p, worker_id);
    params_bytea(p, hash);
    params_bytea(p, sealed);
    params_int64(p, account_id);
    batch_add(b, SQL_PHOTO_INSERT, p, NULL, NULL);
}

void photo_find(struct batch *b, int64_t worker_id, struct photo_row *into)
{
    struct params *p = params_new(b);

    params_int64(p, worker_id);
    batch_add(b, SQL_PHOTO_FIND, p, decode_photo, into);
}

void photo_find_on_site(struct batch *b, struct text hash, int64_t site_id, day_t first, day_t last,
                        struct photo_row *into)
{
    struct params *p = params_new(b);

    params_bytea(p, hash);
    params_int64(p, site_id);
    params_date(p, first);
    params_date(p, last);
    batch_add(b, SQL_PHOTO_FIND_ON_SITE, p, decode_photo, into);
}
