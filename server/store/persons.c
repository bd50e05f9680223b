#include "store/persons.h"

/* What the three statements of one load share: where to put what arrives. */
struct load {
    struct arena *arena;
    struct person *persons;
    size_t count;
};

static struct person *person_at(struct load *load, int64_t ord)
{
    CHECK(ord >= 1 && (size_t)ord <= load->count);
    return &load->persons[ord - 1];
}

static struct err decode_persons(void *into, const struct rows *rows)
{
    struct load *load = into;

    for (int i = 0; i < rows->count; i++) {
        struct person *p = person_at(load, row_int64(rows, i, PERSONS_FIND_ORD));

        p->found = true;
        p->worker_id = row_int64(rows, i, PERSONS_FIND_WORKER_ID);
        p->erased = row_bool(rows, i, PERSONS_FIND_ERASED);
        p->document_type = row_int16(rows, i, PERSONS_FIND_DOCUMENT_TYPE);
        p->name_masked = row_text(rows, i, PERSONS_FIND_NAME_MASKED);
        p->sealed = row_text(rows, i, PERSONS_FIND_SEALED);
        p->access_version = row_int32(rows, i, PERSONS_FIND_ACCESS_VERSION);
        p->version = row_int32(rows, i, PERSONS_FIND_VERSION);
        p->wrapped = row_text(rows, i, PERSONS_FIND_WRAPPED);
        p->salt = row_text(rows, i, PERSONS_FIND_SALT);
        p->index = (uint64_t)row_int64(rows, i, PERSONS_FIND_INDEX);
    }
    return OK;
}

/* How many rows from `first` on have the same ord: rows come ordered by it. */
static int run_length(const struct rows *rows, int first, int ord_column)
{
    int64_t ord = row_int64(rows, first, ord_column);
    int end = first + 1;

    while (end < rows->count && row_int64(rows, end, ord_column) == ord)
        end++;
    return end - first;
}

struct err person_record_decode(const struct rows *rows, int row, struct record *record)
{
    struct err e;
    json_t *body;

    record->version = (uint32_t)row_int32(rows, row, PERSONS_RECORDS_VERSION);
    record->kind = (enum record_kind)row_int16(rows, row, PERSONS_RECORDS_KIND);
    record->occurred_on = row_date(rows, row, PERSONS_RECORDS_OCCURRED_ON);
    record->recorded_at = row_timestamptz(rows, row, PERSONS_RECORDS_RECORDED_AT);
    record->by = row_int64(rows, row, PERSONS_RECORDS_ACCOUNT_ID);
    record->org = row_int64(rows, row, PERSONS_RECORDS_ORG_ID);
    e = json_read(row_text(rows, row, PERSONS_RECORDS_BODY), &body);
    if (err_is(e))
        return err_detail(ERR_INTERNAL, "a stored record is not JSON");
    e = record_parse_body(record->kind, body, NULL, rows->arena, record);
    json_decref(body); /* a stored record holds hashes, which lie in the record itself */
    return err_is(e) ? err_detail(ERR_INTERNAL, "a stored record does not parse") : OK;
}

static struct err decode_records(void *into, const struct rows *rows)
{
    struct load *load = into;

    for (int first = 0; first < rows->count;) {
        int count = run_length(rows, first, PERSONS_RECORDS_ORD);
        struct person *p = person_at(load, row_int64(rows, first, PERSONS_RECORDS_ORD));

        if (count > PERSON_RECORDS_MAX)
            return err_detail(ERR_TOO_LARGE, "one worker has more records than a fold takes");
        p->records = arena_new_array(load->arena, (size_t)count, struct record);
        if (p->records == NULL)
            return err_make(ERR_TOO_LARGE);
        for (int i = 0; i < count; i++) {
            struct err e = person_record_decode(rows, first + i, &p->records[i]);

            if (err_is(e))
                return e;
        }
        p->record_count = (size_t)count;
        first += count;
    }
    return OK;
}

static void decode_engagement(const struct rows *rows, int row, struct person_engagement *into)
{
    day_t until = row_date(rows, row, PERSONS_ENGAGEMENTS_UNTIL_DAY);

    *into = (struct person_engagement){
        .version = (uint32_t)row_int32(rows, row, PERSONS_ENGAGEMENTS_VERSION),
        .org_id = row_int64(rows, row, PERSONS_ENGAGEMENTS_ORG_ID),
        .site_id = row_int64(rows, row, PERSONS_ENGAGEMENTS_SITE_ID),
        .trade = (uint16_t)row_int16(rows, row, PERSONS_ENGAGEMENTS_TRADE),
        .role = (uint8_t)row_int16(rows, row, PERSONS_ENGAGEMENTS_ROLE),
        .from = row_date(rows, row, PERSONS_ENGAGEMENTS_FROM_DAY),
        .until = until != DAY_UNKNOWN ? until : DAY_NEVER,
        .site_region = row_text(rows, row, PERSONS_ENGAGEMENTS_REGION),
    };
}

static struct err decode_engagements(void *into, const struct rows *rows)
{
    struct load *load = into;

    for (int first = 0; first < rows->count;) {
        int count = run_length(rows, first, PERSONS_ENGAGEMENTS_ORD);
        struct person *p = person_at(load, row_int64(rows, first, PERSONS_ENGAGEMENTS_ORD));

        p->engagements = arena_new_array(load->arena, (size_t)count, struct person_engagement);
        if (p->engagements == NULL)
            return err_make(ERR_TOO_LARGE);
        for (int i = 0; i < count; i++)
            decode_engagement(rows, first + i, &p->engagements[i]);
        p->engagement_count = (size_t)count;
        first += count;
    }
    return OK;
}

struct err persons_load(struct batch *b, struct arena *arena, const struct person_name *names,
                        size_t count, struct person *persons)
{
    static const struct {
        enum statement statement;
        decode_fn *decode;
    } parts[] = {
        {SQL_PERSONS_FIND, decode_persons},
        {SQL_PERSONS_RECORDS, decode_records},
        {SQL_PERSONS_ENGAGEMENTS, decode_engagements},
    };
    struct load *load = arena_new(arena, struct load);
    int64_t *ids = arena_new_array(arena, count, int64_t);
    int16_t *types = arena_new_array(arena, count, int16_t);
    struct text *hmacs = arena_new_array(arena, count, struct text);

    CHECK(count <= PERSONS_MAX);
    if (load == NULL || ids == NULL || types == NULL || hmacs == NULL)
        return err_make(ERR_TOO_LARGE);
    *load = (struct load){arena, persons, count};
    for (size_t i = 0; i < count; i++) {
        ids[i] = names[i].worker_id;
        types[i] = names[i].document_type;
        hmacs[i] = names[i].document_hmac;
        persons[i] = (struct person){0};
    }
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        struct params *p = params_new(b);

        params_int64_array(p, ids, count);
        params_int16_array(p, types, count);
        params_bytea_array(p, hmacs, count);
        batch_add(b, parts[i].statement, p, parts[i].decode, load);
    }
    return OK;
}
