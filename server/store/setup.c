#include "store/setup.h"

void params_id_or_null(struct params *p, int64_t id)
{
    if (id != 0)
        params_int64(p, id);
    else
        params_null(p);
}

static void params_span(struct params *p, struct span span)
{
    CHECK(span.max > 0 && span.max <= SETUP_ROWS_MAX);
    params_int64(p, span.after);
    params_int64(p, span.upto);
}

/* Never NULL, so that starts_with() narrows nothing when there is no prefix. */
static struct text prefix_of(const struct reach *reach)
{
    return reach->region.at != NULL ? reach->region : TEXT("");
}

void params_reach(struct params *p, const struct reach *reach)
{
    params_id_or_null(p, reach->site_id);
    params_id_or_null(p, reach->org_id);
    params_text(p, prefix_of(reach));
}

/* -- organisations -------------------------------------------------------------------------- */

static struct err decode_orgs(void *into, const struct rows *rows)
{
    struct org_rows *orgs = into;

    orgs->rows = arena_new_array(rows->arena, (size_t)rows->count + 1, struct org_row);
    if (orgs->rows == NULL)
        return err_make(ERR_TOO_LARGE);
    orgs->count = rows->count;
    for (int i = 0; i < rows->count; i++)
        orgs->rows[i] = (struct org_row){
            .id = row_int64(rows, i, ORG_LIST_ID),
            .version = row_int32(rows, i, ORG_LIST_VERSION),
            .kind = row_text(rows, i, ORG_LIST_KIND),
            .uscc = row_text(rows, i, ORG_LIST_USCC),
            .name = row_text(rows, i, ORG_LIST_NAME),
            .region = row_text(rows, i, ORG_LIST_REGION),
            .permit_state = row_text(rows, i, ORG_LIST_PERMIT_STATE),
            .permit_until = row_date(rows, i, ORG_LIST_PERMIT_UNTIL),
            .accreditations = row_text(rows, i, ORG_LIST_ACCREDITATIONS),
            .state = row_text(rows, i, ORG_LIST_STATE),
            .recorded_at = row_timestamptz(rows, i, ORG_LIST_RECORDED_AT),
        };
    return OK;
}

void orgs_list(struct batch *b, struct span span, const struct reach *reach, struct text kind,
               struct org_rows *into)
{
    struct params *p = params_new(b);

    params_span(p, span);
    params_id_or_null(p, reach->org_id);
    params_text(p, prefix_of(reach));
    params_text(p, kind);
    params_int32(p, span.max);
    batch_add(b, SQL_ORG_LIST, p, decode_orgs, into);
}

void org_insert(struct batch *b, int64_t id, const struct org_change *org, int64_t account_id)
{
    struct params *p = params_new(b);

    params_int64(p, id);
    params_text(p, org->kind);
    params_text(p, org->uscc);
    params_text(p, org->name);
    params_text(p, org->region);
    params_text(p, org->permit_state);
    params_date(p, org->permit_until);
    params_text_array(p, org->accreditations, org->accreditation_count);
    params_int64(p, account_id);
    batch_add(b, SQL_ORG_INSERT, p, NULL, NULL);
}

void org_amend(struct batch *b, int64_t id, int32_t version, const struct org_change *org,
               int64_t account_id)
{
    struct params *p = params_new(b);

    params_int64(p, id);
    params_int32(p, version);
    params_text(p, org->name);
    params_text(p, org->region);
    params_text(p, org->permit_state);
    params_bool(p, org->permit_until_given);
    params_date(p, org->permit_until);
    if (org->accreditations_given)
        params_text_array(p, org->accreditations, org->accreditation_count);
    else
        params_null(p);
    params_text(p, org->state);
    params_int64(p, account_id);
    batch_add(b, SQL_ORG_AMEND, p, NULL, NULL);
}

/* -- sites ---------------------------------------------------------------------------------- */

static struct err decode_sites(void *into, const struct rows *rows)
{
    struct site_rows *sites = into;

    sites->rows = arena_new_array(rows->arena, (size_t)rows->count + 1, struct site_row);
    if (sites->rows == NULL)
        return err_make(ERR_TOO_LARGE);
    sites->count = rows->count;
    for (int i = 0; i < rows->count; i++)
        sites->rows[i] = (struct site_row){
            .id = row_int64(rows, i, SITE_LIST_ID),
            .version = row_int32(rows, i, SITE_LIST_VERSION),
            .name = row_text(rows, i, SITE_LIST_NAME),
            .region = row_text(rows, i, SITE_LIST_REGION),
            .org_id = row_int64(rows, i, SITE_LIST_ORG_ID),
            .state = row_text(rows, i, SITE_LIST_STATE),
            .rule = row_text(rows, i, SITE_LIST_RULE),
            .rectification = row_text(rows, i, SITE_LIST_RECTIFICATION),
            .state_by = row_text(rows, i, SITE_LIST_STATE_BY),
            .recorded_at = row_timestamptz(rows, i, SITE_LIST_RECORDED_AT),
        };
    return OK;
}

void sites_list(struct batch *b, struct span span, const struct reach *reach, day_t today,
                struct text state, struct site_rows *into)
{
    struct params *p = params_new(b);

    params_span(p, span);
    params_reach(p, reach);
    params_date(p, today);
    params_text(p, state);
    params_int32(p, span.max);
    batch_add(b, SQL_SITE_LIST, p, decode_sites, into);
}

static struct err decode_engaged(void *into, const struct rows *rows)
{
    *(int64_t *)into = row_int64(rows, 0, SITE_ENGAGED_COUNT);
    return OK;
}

void site_engaged(struct batch *b, int64_t site_id, const int64_t *worker_ids, size_t worker_count,
                  day_t on, int64_t *count)
{
    struct params *p = params_new(b);

    params_int64(p, site_id);
    params_int64_array(p, worker_ids, worker_count);
    params_date(p, on);
    batch_add(b, SQL_SITE_ENGAGED, p, decode_engaged, count);
}

void site_insert(struct batch *b, int64_t id, const struct site_change *site, int64_t account_id)
{
    struct params *p = params_new(b);

    params_int64(p, id);
    params_text(p, site->name);
    params_text(p, site->region);
    params_int64(p, site->org_id);
    params_jsonb(p, site->rule);
    params_int64(p, account_id);
    batch_add(b, SQL_SITE_INSERT, p, NULL, NULL);
}

void site_amend(struct batch *b, int64_t id, int32_t version, const struct site_change *site,
                int64_t account_id)
{
    struct params *p = params_new(b);

    params_int64(p, id);
    params_int32(p, version);
    params_text(p, site->name);
    params_text(p, site->state);
    if (site->rule.at != NULL)
        params_jsonb(p, site->rule);
    else
        params_null(p);
    if (site->rectification_given)
        params_int64_array(p, site->rectification, site->rectification_count);
    else
        params_null(p);
    params_int64(p, account_id);
    batch_add(b, SQL_SITE_AMEND, p, NULL, NULL);
}

/* -- devices -------------------------------------------------------------------------------- */

static struct err decode_devices(void *into, const struct rows *rows)
{
    struct device_rows *devices = into;

    devices->rows = arena_new_array(rows->arena, (size_t)rows->count + 1, struct device_row);
    if (devices->rows == NULL)
        return err_make(ERR_TOO_LARGE);
    devices->count = rows->count;
    for (int i = 0; i < rows->count; i++)
        devices->rows[i] = (struct device_row){
            .id = row_int64(rows, i, DEVICE_LIST_ID),
            .version = row_int32(rows, i, DEVICE_LIST_VERSION),
            .site_id = row_int64(rows, i, DEVICE_LIST_SITE_ID),
            .name = row_text(rows, i, DEVICE_LIST_NAME),
            .direction = row_text(rows, i, DEVICE_LIST_DIRECTION),
            .zone = row_text(rows, i, DEVICE_LIST_ZONE),
            .state = row_text(rows, i, DEVICE_LIST_STATE),
            .recorded_at = row_timestamptz(rows, i, DEVICE_LIST_RECORDED_AT),
        };
    return OK;
}

void devices_list(struct batch *b, struct span span, const struct reach *reach, int64_t on_site,
                  struct device_rows *into)
{
    struct params *p = params_new(b);

    params_span(p, span);
    params_reach(p, reach);
    params_id_or_null(p, on_site);
    params_int32(p, span.max);
    batch_add(b, SQL_DEVICE_LIST, p, decode_devices, into);
}

void device_insert(struct batch *b, int64_t id, const struct device_change *device,
                   int64_t account_id)
{
    struct params *p = params_new(b);

    params_int64(p, id);
    params_int64(p, device->site_id);
    params_text(p, device->name);
    params_text(p, device->direction);
    params_text(p, device->zone);
    params_int64(p, account_id);
    batch_add(b, SQL_DEVICE_INSERT, p, NULL, NULL);
}

void device_amend(struct batch *b, int64_t id, int32_t version,
                  const struct device_change *device, int64_t account_id)
{
    struct params *p = params_new(b);

    params_int64(p, id);
    params_int32(p, version);
    params_text(p, device->name);
    params_text(p, device->direction);
    params_text(p, device->zone);
    params_text(p, device->state);
    params_int64(p, account_id);
    batch_add(b, SQL_DEVICE_AMEND, p, NULL, NULL);
}

/* -- accounts ------------------------------------------------------------------------------- */

static struct err decode_accounts(void *into, const struct rows *rows)
{
    struct account_rows *accounts = into;

    accounts->rows = arena_new_array(rows->arena, (size_t)rows->count + 1, struct account_row);
    if (accounts->rows == NULL)
        return err_make(ERR_TOO_LARGE);
    accounts->count = rows->count;
    for (int i = 0; i < rows->count; i++)
        accounts->rows[i] = (struct account_row){
            .id = row_int64(rows, i, ACCOUNT_LIST_ID),
            .version = row_int32(rows, i, ACCOUNT_LIST_VERSION),
            .role = row_text(rows, i, ACCOUNT_LIST_ROLE),
            .org_id = row_int64(rows, i, ACCOUNT_LIST_ORG_ID),
            .site_id = row_int64(rows, i, ACCOUNT_LIST_SITE_ID),
            .device_id = row_int64(rows, i, ACCOUNT_LIST_DEVICE_ID),
            .region = row_text(rows, i, ACCOUNT_LIST_REGION),
            .label = row_text(rows, i, ACCOUNT_LIST_LABEL),
            .state = row_text(rows, i, ACCOUNT_LIST_STATE),
            .key_prefix = row_text(rows, i, ACCOUNT_LIST_KEY_PREFIX),
            .recorded_at = row_timestamptz(rows, i, ACCOUNT_LIST_RECORDED_AT),
            .login = row_text(rows, i, ACCOUNT_LIST_LOGIN),
            .totp = row_bool(rows, i, ACCOUNT_LIST_TOTP),
        };
    return OK;
}

void accounts_list(struct batch *b, struct span span, int64_t org_id, struct text role,
                   struct account_rows *into)
{
    struct params *p = params_new(b);

    params_span(p, span);
    params_id_or_null(p, org_id);
    params_text(p, role);
    params_int32(p, span.max);
    batch_add(b, SQL_ACCOUNT_LIST, p, decode_accounts, into);
}

void account_insert(struct batch *b, int64_t id, const struct account_change *account,
                    int64_t account_id)
{
    struct params *p = params_new(b);

    params_int64(p, id);
    params_text(p, account->role);
    params_int64(p, account->org_id);
    params_int64(p, account->site_id);
    params_int64(p, account->device_id);
    params_text(p, account->region);
    params_text(p, account->label);
    params_text(p, account->key_prefix);
    params_bytea(p, account->key_hash);
    params_int64(p, account_id);
    batch_add(b, SQL_ACCOUNT_INSERT, p, NULL, NULL);
}

void account_amend(struct batch *b, int64_t id, int32_t version,
                   const struct account_change *account, int64_t account_id)
{
    struct params *p = params_new(b);

    params_int64(p, id);
    params_int32(p, version);
    params_text(p, account->label);
    params_text(p, account->state);
    params_text(p, account->key_prefix);
    params_bytea(p, account->key_hash);
    params_int64(p, account_id);
    batch_add(b, SQL_ACCOUNT_AMEND, p, NULL, NULL);
}

/* -- numbers -------------------------------------------------------------------------------- */

static struct err decode_id(void *into, const struct rows *rows)
{
    *(int64_t *)into = row_int64(rows, 0, 0); /* the four statements have this one column */
    return OK;
}

void org_next_id(struct batch *b, int64_t *id)
{
    batch_add(b, SQL_ORG_NEXT_ID, NULL, decode_id, id);
}

void site_next_id(struct batch *b, int64_t *id)
{
    batch_add(b, SQL_SITE_NEXT_ID, NULL, decode_id, id);
}

void device_next_id(struct batch *b, int64_t *id)
{
    batch_add(b, SQL_DEVICE_NEXT_ID, NULL, decode_id, id);
}

void account_next_id(struct batch *b, int64_t *id)
{
    batch_add(b, SQL_ACCOUNT_NEXT_ID, NULL, decode_id, id);
}
