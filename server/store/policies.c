#include "store/policies.h"

static struct err decode_policies(void *into, const struct rows *rows)
{
    struct policy_rows *policies = into;

    policies->rows = arena_new_array(rows->arena, (size_t)rows->count + 1, struct policy_row);
    if (policies->rows == NULL)
        return err_make(ERR_TOO_LARGE);
    policies->count = rows->count;
    for (int i = 0; i < rows->count; i++)
        policies->rows[i] = (struct policy_row){
            .number = row_int32(rows, i, POLICY_LIST_NUMBER),
            .version = row_int32(rows, i, POLICY_LIST_VERSION),
            .state = row_text(rows, i, POLICY_LIST_STATE),
            .id = row_text(rows, i, POLICY_LIST_ID),
            .region = row_text(rows, i, POLICY_LIST_REGION),
            .effective = row_text(rows, i, POLICY_LIST_EFFECTIVE),
            .until = row_text(rows, i, POLICY_LIST_UNTIL),
            .title_zh = row_text(rows, i, POLICY_LIST_TITLE_ZH),
            .title_en = row_text(rows, i, POLICY_LIST_TITLE_EN),
            .sha256 = row_text(rows, i, POLICY_LIST_SHA256),
            .author = row_int64(rows, i, POLICY_LIST_AUTHOR),
            .account_id = row_int64(rows, i, POLICY_LIST_ACCOUNT_ID),
            .recorded_at = row_timestamptz(rows, i, POLICY_LIST_RECORDED_AT),
        };
    return OK;
}

void policies_list(struct batch *b, int32_t after, int32_t upto, int32_t max, bool with_drafts,
                   struct policy_rows *into)
{
    struct params *p = params_new(b);

    CHECK(max > 0 && max <= POLICY_ROWS_MAX);
    params_int32(p, after);
    params_int32(p, upto);
    params_bool(p, with_drafts);
    params_int32(p, max);
    batch_add(b, SQL_POLICY_LIST, p, decode_policies, into);
}

static struct err decode_document(void *into, const struct rows *rows)
{
    if (rows->count > 0)
        *(struct text *)into = row_text(rows, 0, POLICY_DOCUMENT_DOCUMENT);
    return OK;
}

void policy_document_load(struct batch *b, int32_t number, struct text *document)
{
    struct params *p = params_new(b);

    params_int32(p, number);
    batch_add(b, SQL_POLICY_DOCUMENT, p, decode_document, document);
}

void policy_insert(struct batch *b, int32_t number, const char *state, struct text document,
                   int64_t account_id)
{
    struct params *p = params_new(b);

    params_int32(p, number);
    params_text(p, text_of(state));
    params_jsonb(p, document);
    params_int64(p, account_id);
    batch_add(b, SQL_POLICY_INSERT, p, NULL, NULL);
}

void policy_move(struct batch *b, int32_t number, int32_t version, const char *state,
                 int64_t account_id)
{
    struct params *p = params_new(b);

    params_int32(p, number);
    params_int32(p, version);
    params_text(p, text_of(state));
    params_int64(p, account_id);
    batch_add(b, SQL_POLICY_MOVE, p, NULL, NULL);
}
