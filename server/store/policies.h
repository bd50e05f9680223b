/* store/policies.h: policies as rows: a document that never changes, and the state it is in. */
#ifndef STORE_POLICIES_H
#define STORE_POLICIES_H

#include "store/pg.h"

struct policy_row {
    int32_t number, version;
    struct text state, id, region, effective, until; /* until .at NULL: no end */
    struct text title_zh, title_en;
    struct text sha256; /* 32 bytes, of the document as the database writes it */
    int64_t author, account_id; /* who wrote it; who brought it into this state */
    int64_t recorded_at;
};
struct policy_rows {
    struct policy_row *rows;
    int count;
};
enum { POLICY_ROWS_MAX = 501 };

/* Numbers in (after, upto], at most `max`. */
void policies_list(struct batch *b, int32_t after, int32_t upto, int32_t max, bool with_drafts,
                   struct policy_rows *into);
/* *document stays .at NULL when there is no such policy. */
void policy_document_load(struct batch *b, int32_t number, struct text *document);

void policy_insert(struct batch *b, int32_t number, const char *state, struct text document,
                   int64_t account_id);
void policy_move(struct batch *b, int32_t number, int32_t version, const char *state,
                 int64_t account_id);

#endif
