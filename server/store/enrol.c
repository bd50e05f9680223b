#include "store/enrol.h"

struct resolution {
    struct resolved *resolved;
    size_t count;
};

static struct err decode_resolved(void *into, const struct rows *rows)
{
    struct resolution *r = into;

    for (int i = 0; i < rows->count; i++) {
        int64_t ord = row_int64(rows, i, ENROL_RESOLVE_ORD);

        CHECK(ord >= 1 && (size_t)ord <= r->count);
        r->resolved[ord - 1] = (struct resolved){
            .worker_id = row_int64(rows, i, ENROL_RESOLVE_WORKER_ID),
            .known = row_bool(rows, i, ENROL_RESOLVE_KNOWN),
            .other = row_int64(rows, i, ENROL_RESOLVE_OTHER),
        };
    }
    return OK;
}

void enrol_resolve(struct batch *b, const int16_t *types, const struct text *hmacs,
                   const struct text *name_hmacs, size_t count, struct resolved *resolved,
                   struct open_lists *lists, struct arena *arena)
{
    struct resolution *r = arena_new(arena, struct resolution);
    struct params *p = params_new(b);

    if (r == NULL)
        return; /* the arena is full, which batch_send tells */
    *r = (struct resolution){resolved, count};
    params_int16_array(p, types, count);
    params_bytea_array(p, hmacs, count);
    params_bytea_array(p, name_hmacs, count);
    batch_add(b, SQL_ENROL_RESOLVE, p, decode_resolved, r);
    slot_lists(b, lists);
}

static void insert_persons(struct batch *b, const struct person_rows *rows)
{
    struct params *p = params_new(b);

    params_int64_array(p, rows->worker_ids, rows->count);
    params_int16_array(p, rows->types, rows->count);
    params_bytea_array(p, rows->hmacs, rows->count);
    params_bytea_array(p, rows->name_hmacs, rows->count);
    params_int64_array(p, rows->known_ids, rows->count);
    params_text_array(p, rows->masks, rows->count);
    params_bytea_array(p, rows->sealed, rows->count);
    batch_add(b, SQL_PERSON_INSERT, p, NULL, NULL);
}

static void insert_keys(struct batch *b, const struct person_rows *rows)
{
    struct params *p = params_new(b);

    params_int64_array(p, rows->worker_ids, rows->count);
    params_bytea_array(p, rows->wrapped, rows->count);
    params_bytea_array(p, rows->salts, rows->count);
    batch_add(b, SQL_PERSON_KEY_INSERT, p, NULL, NULL);
}

static void insert_slots(struct batch *b, const struct person_rows *rows)
{
    struct params *p = params_new(b);

    params_int64_array(p, rows->worker_ids, rows->count);
    params_int64_array(p, rows->candidates, rows->count * SLOT_CANDIDATES);
    params_int32(p, SLOT_CANDIDATES);
    batch_add(b, SQL_SLOT_INSERT, p, NULL, NULL);
}

void persons_insert(struct batch *b, const struct person_rows *rows, int64_t account_id)
{
    struct params *p = params_new(b);

    insert_persons(b, rows);
    insert_keys(b, rows);
    insert_slots(b, rows);
    params_int64_array(p, rows->worker_ids, rows->count);
    params_int64_array(p, rows->known_ids, rows->count);
    params_int64(p, account_id);
    batch_add(b, SQL_IDENTITY_REVIEW_INSERT, p, NULL, NULL);
}

void person_access_raise(struct batch *b, int64_t worker_id, int32_t from_version)
{
    struct params *p = params_new(b);

    params_int64(p, worker_id);
    params_int32(p, from_version);
    batch_add(b, SQL_PERSON_ACCESS_RAISE, p, NULL, NULL);
}

void person_erase(struct batch *b, int64_t worker_id, int64_t account_id)
{
    struct params *p = params_new(b);

    params_int64(p, worker_id);
    params_int64(p, account_id);
    batch_add(b, SQL_ERASE, p, NULL, NULL);
}
