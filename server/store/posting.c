#include "store/posting.h"

#include "domain/record.h"

static struct err decode_org(void *into, const struct rows *rows)
{
    struct posting_rows *posting = into;

    if (rows->count == 1) {
        posting->accreditations = accreditations_of(row_text(rows, 0, POSTING_ORG_ACCREDITATIONS));
        posting->org_active = text_is(row_text(rows, 0, POSTING_ORG_STATE), "active");
    }
    return OK;
}

static struct err decode_sites(void *into, const struct rows *rows)
{
    struct posting_rows *posting = into;

    posting->sites = arena_new_array(rows->arena, (size_t)rows->count + 1, struct posting_site);
    if (posting->sites == NULL)
        return err_make(ERR_TOO_LARGE);
    for (int i = 0; i < rows->count; i++) {
        posting->sites[i] = (struct posting_site){
            .id = row_int64(rows, i, POSTING_SITES_ID),
            .region = row_text(rows, i, POSTING_SITES_REGION),
            .open = !text_is(row_text(rows, i, POSTING_SITES_STATE), "closed"),
        };
    }
    posting->site_count = (size_t)rows->count;
    return OK;
}

void posting_load(struct batch *b, int64_t org_id, const int64_t *site_ids, size_t site_count,
                  struct posting_rows *rows)
{
    struct params *p = params_new(b);

    params_int64(p, org_id);
    batch_add(b, SQL_POSTING_ORG, p, decode_org, rows);
    p = params_new(b);
    params_int64_array(p, site_ids, site_count);
    batch_add(b, SQL_POSTING_SITES, p, decode_sites, rows);
}

const struct posting_site *posting_site_find(const struct posting_rows *rows, int64_t site_id)
{
    for (size_t i = 0; i < rows->site_count; i++) {
        if (rows->sites[i].id == site_id)
            return &rows->sites[i];
    }
    return NULL;
}

static struct err decode_signers(void *into, const struct rows *rows)
{
    struct posting_rows *posting = into;

    posting->signers = arena_new_array(rows->arena, (size_t)rows->count + 1, struct posting_signer);
    if (posting->signers == NULL)
        return err_make(ERR_TOO_LARGE);
    for (int i = 0; i < rows->count; i++) {
        posting->signers[i] = (struct posting_signer){
            .account_id = row_int64(rows, i, POSTING_SIGNERS_ID),
            .role = account_role_of(row_text(rows, i, POSTING_SIGNERS_ROLE)),
            .region = row_text(rows, i, POSTING_SIGNERS_REGION),
            .active = text_is(row_text(rows, i, POSTING_SIGNERS_STATE), "active"),
        };
    }
    posting->signer_count = (size_t)rows->count;
    return OK;
}

void posting_signers(struct batch *b, const int64_t *account_ids, size_t count,
                     struct posting_rows *rows)
{
    struct params *p = params_new(b);

    params_int64_array(p, account_ids, count);
    batch_add(b, SQL_POSTING_SIGNERS, p, decode_signers, rows);
}

const struct posting_signer *posting_signer_find(const struct posting_rows *rows,
                                                 int64_t account_id)
{
    for (size_t i = 0; i < rows->signer_count; i++) {
        if (rows->signers[i].account_id == account_id)
            return &rows->signers[i];
    }
    return NULL;
}

static struct err decode_shown(void *into, const struct rows *rows)
{
    struct shown_rows *shown = into;

    shown->worker_ids = arena_new_array(rows->arena, (size_t)rows->count + 1, int64_t);
    if (shown->worker_ids == NULL)
        return err_make(ERR_TOO_LARGE);
    for (int i = 0; i < rows->count; i++)
        shown->worker_ids[i] = row_int64(rows, i, SHOWN_FIND_WORKER_ID);
    shown->count = (size_t)rows->count;
    return OK;
}

void shown_find(struct batch *b, int64_t org_id, const int64_t *worker_ids, size_t count,
                struct shown_rows *rows)
{
    struct params *p = params_new(b);

    params_int64(p, org_id);
    params_int64_array(p, worker_ids, count);
    batch_add(b, SQL_SHOWN_FIND, p, decode_shown, rows);
}

bool shown_has(const struct shown_rows *rows, int64_t worker_id)
{
    for (size_t i = 0; i < rows->count; i++) {
        if (rows->worker_ids[i] == worker_id)
            return true;
    }
    return false;
}

void shown_insert(struct batch *b, int64_t org_id, const int64_t *worker_ids, size_t count)
{
    struct params *p = params_new(b);

    params_int64(p, org_id);
    params_int64_array(p, worker_ids, count);
    batch_add(b, SQL_SHOWN_INSERT, p, NULL, NULL);
}
