#include "store/appeals.h"

#include "base/choice.h"

static enum reason_code reason_of(struct text name)
{
    for (int code = 0; code < REASON_COUNT; code++) {
        if (text_is(name, reason_name((enum reason_code)code)))
            return (enum reason_code)code;
    }
    return REASON_COUNT; /* of a semantics that this program no longer has */
}

static struct appeal_row decode_row(const struct rows *rows, int i)
{
    struct appeal_row row = {
        .worker_id = row_int64(rows, i, APPEAL_LIST_WORKER_ID),
        .org_id = row_int64(rows, i, APPEAL_LIST_ORG_ID),
        .account_id = row_int64(rows, i, APPEAL_LIST_ACCOUNT_ID),
        .version = row_int32(rows, i, APPEAL_LIST_VERSION),
        .policy = row_int32(rows, i, APPEAL_LIST_POLICY),
        .round = row_int32(rows, i, APPEAL_LIST_ROUND),
        .mended_by = row_int32(rows, i, APPEAL_LIST_MENDED_BY),
        .reason = row_text(rows, i, APPEAL_LIST_REASON),
        .scope = row_text(rows, i, APPEAL_LIST_SCOPE),
        .colour = row_text(rows, i, APPEAL_LIST_COLOUR),
        .region = row_text(rows, i, APPEAL_LIST_REGION),
        .state = row_text(rows, i, APPEAL_LIST_STATE),
        .on = row_date(rows, i, APPEAL_LIST_ON_DAY),
        .filed_on = row_date(rows, i, APPEAL_LIST_FILED_ON),
        .due = row_date(rows, i, APPEAL_LIST_DUE),
        .due_certain = row_bool(rows, i, APPEAL_LIST_DUE_CERTAIN),
        .filed_at = row_timestamptz(rows, i, APPEAL_LIST_FILED_AT),
        .recorded_at = row_timestamptz(rows, i, APPEAL_LIST_RECORDED_AT),
    };

    row.appeal = (struct appeal){
        .id = row_int64(rows, i, APPEAL_LIST_ID),
        .state = (enum appeal_state)(choice_find(APPEAL_STATE_WORDS, row.state) + 1),
        .reason = reason_of(row.reason),
        .scope = (enum scope)choice_find(APPEAL_SCOPE_WORDS, row.scope),
        .colour = (enum colour)choice_find(APPEAL_COLOUR_WORDS, row.colour),
        .site_id = row_int64(rows, i, APPEAL_LIST_SITE_ID),
        .disputes = (uint32_t)row_int32(rows, i, APPEAL_LIST_DISPUTES),
        .known_version = (uint32_t)row_int32(rows, i, APPEAL_LIST_KNOWN_VERSION),
    };
    return row;
}

static struct err decode_appeals(void *into, const struct rows *rows)
{
    struct appeal_rows *appeals = into;

    appeals->rows = arena_new_array(rows->arena, (size_t)rows->count + 1, struct appeal_row);
    if (appeals->rows == NULL)
        return err_make(ERR_TOO_LARGE);
    appeals->count = rows->count;
    for (int i = 0; i < rows->count; i++)
        appeals->rows[i] = decode_row(rows, i);
    return OK;
}

static void params_id_or_null(struct params *p, int64_t id)
{
    if (id != 0)
        params_int64(p, id);
    else
        params_null(p);
}

struct appeal_place appeal_place_of(const struct appeal_row *row)
{
    return (struct appeal_place){row->appeal.state != APPEAL_OPEN, row->due, row->appeal.id};
}

void appeals_list(struct batch *b, const struct appeal_filter *filter, int32_t max,
                  struct appeal_rows *into)
{
    struct params *p = params_new(b);

    params_bool(p, filter->after.closed);
    params_date(p, filter->after.due);
    params_int64(p, filter->after.id);
    params_id_or_null(p, filter->worker_id);
    params_id_or_null(p, filter->org_id);
    params_text(p, filter->region.at != NULL ? filter->region : TEXT(""));
    params_id_or_null(p, filter->id);
    params_text(p, filter->state);
    params_bool(p, filter->overdue);
    params_date(p, filter->today);
    params_int32(p, max);
    batch_add(b, SQL_APPEAL_LIST, p, decode_appeals, into);
}

static struct err decode_id(void *into, const struct rows *rows)
{
    *(int64_t *)into = row_int64(rows, 0, APPEAL_NEXT_ID_ID);
    return OK;
}

void appeal_next_id(struct batch *b, int64_t *id)
{
    batch_add(b, SQL_APPEAL_NEXT_ID, NULL, decode_id, id);
}

static void insert_words(struct batch *b, int64_t id, int32_t version, int64_t worker_id,
                         struct text sealed)
{
    struct params *p = params_new(b);

    params_int64(p, id);
    params_int32(p, version);
    params_int64(p, worker_id);
    params_bytea(p, sealed);
    batch_add(b, SQL_APPEAL_WORDS_INSERT, p, NULL, NULL);
}

void appeal_insert(struct batch *b, const struct appeal_row *row, struct text sealed)
{
    struct params *p = params_new(b);

    params_int64(p, row->appeal.id);
    params_int64(p, row->worker_id);
    params_int64(p, row->org_id);
    params_text(p, row->reason);
    params_text(p, row->scope);
    params_text(p, row->colour);
    params_date(p, row->on);
    params_int32(p, row->policy);
    params_int64(p, row->appeal.site_id);
    params_text(p, row->region);
    params_int32(p, (int32_t)row->appeal.disputes);
    params_int32(p, (int32_t)row->appeal.known_version);
    params_int32(p, row->round);
    params_date(p, row->filed_on);
    params_date(p, row->due);
    params_bool(p, row->due_certain);
    params_int64(p, row->account_id);
    batch_add(b, SQL_APPEAL_INSERT, p, NULL, NULL);
    insert_words(b, row->appeal.id, 1, row->worker_id, sealed);
}

void appeal_answer(struct batch *b, const struct appeal_row *row, struct text state,
                   int32_t mended_by, int64_t account_id, struct text sealed)
{
    struct params *p = params_new(b);

    params_int64(p, row->appeal.id);
    params_int32(p, row->version);
    params_text(p, state);
    params_int32(p, mended_by);
    params_int64(p, account_id);
    batch_add(b, SQL_APPEAL_ANSWER, p, NULL, NULL);
    insert_words(b, row->appeal.id, row->version + 1, row->worker_id, sealed);
}

static struct err decode_words(void *into, const struct rows *rows)
{
    struct appeal_words *words = into;

    for (int i = 0; i < rows->count; i++) {
        int32_t version = row_int32(rows, i, APPEAL_WORDS_LIST_VERSION);

        CHECK(version >= 1 && version <= APPEAL_VERSIONS_MAX);
        words->sealed[version - 1] = row_text(rows, i, APPEAL_WORDS_LIST_SEALED);
    }
    return OK;
}

void appeal_words_load(struct batch *b, int64_t id, struct appeal_words *words)
{
    struct params *p = params_new(b);

    params_int64(p, id);
    batch_add(b, SQL_APPEAL_WORDS_LIST, p, decode_words, words);
}
