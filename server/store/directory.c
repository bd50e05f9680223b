/* store/directory.c: see directory.h. */
#include "store/directory.h"

#include <string.h>

#include "base/choice.h"
#include "base/json.h"

bool org_row_read(const struct text *fields, struct org *org)
{
    int permit = choice_find("none|valid|suspended|revoked", fields[DIRECTORY_ORGS_PERMIT_STATE]);

    *org = (struct org){
        .kind = org_kind_of(fields[DIRECTORY_ORGS_KIND]),
        .uscc = fields[DIRECTORY_ORGS_USCC],
        .name = fields[DIRECTORY_ORGS_NAME],
        .region = fields[DIRECTORY_ORGS_REGION],
        .permit = (enum permit_state)permit,
        .accreditations = accreditations_of(fields[DIRECTORY_ORGS_ACCREDITATIONS]),
    };
    return permit >= 0 && org->kind != 0 && field_int64(fields[DIRECTORY_ORGS_ID], 0, &org->id) &&
           field_int32(fields[DIRECTORY_ORGS_VERSION], 0, &org->version) &&
           field_day(fields[DIRECTORY_ORGS_PERMIT_UNTIL], DAY_UNKNOWN, &org->permit_until) &&
           field_bool(fields[DIRECTORY_ORGS_ACTIVE], &org->active);
}

_Static_assert(PERMIT_NONE == 0 && PERMIT_VALID == 1 && PERMIT_SUSPENDED == 2 && PERMIT_REVOKED == 3,
               "in the order of the names above");

/* "7,9,12" -> workers. */
static bool read_ids(struct text list, struct arena *arena, struct site *site)
{
    struct text rest = list;
    int64_t *ids;
    size_t count = list.bytes > 0;

    for (size_t i = 0; i < list.bytes; i++)
        count += list.at[i] == ',';
    ids = arena_new_array(arena, count, int64_t);
    if (ids == NULL)
        return false;
    for (size_t i = 0; i < count; i++)
        if (!text_to_int(text_cut(rest, ',', &rest), INT64_MIN, INT64_MAX, &ids[i]))
            return false;
    site->rectification = ids;
    site->rectification_count = count;
    return true;
}

static bool read_rule(struct text text, struct site_rule *rule)
{
    json_t *json;
    struct err e = json_read(text, &json);

    *rule = site_rule_default;
    if (!err_is(e))
        e = site_rule_parse(json, rule);
    json_decref(json);
    return !err_is(e);
}

bool site_row_read(const struct text *fields, struct arena *arena, struct site *site,
                   bool *rule_read)
{
    int state = choice_find("open|stopped|closed", fields[DIRECTORY_SITES_STATE]);

    *site = (struct site){
        .name = fields[DIRECTORY_SITES_NAME],
        .region = fields[DIRECTORY_SITES_REGION],
        .state = (enum site_state)(SITE_OPEN + state),
    };
    *rule_read = read_rule(fields[DIRECTORY_SITES_RULE], &site->rule);
    return state >= 0 && field_int64(fields[DIRECTORY_SITES_ID], 0, &site->id) &&
           field_int32(fields[DIRECTORY_SITES_VERSION], 0, &site->version) &&
           field_int64(fields[DIRECTORY_SITES_ORG_ID], 0, &site->org_id) &&
           read_ids(fields[DIRECTORY_SITES_RECTIFICATION], arena, site);
}

_Static_assert(SITE_OPEN == 1 && SITE_STOPPED == 2 && SITE_CLOSED == 3, "in the order of the names");

bool device_row_read(const struct text *fields, struct device *device)
{
    int direction = choice_find("in|out|both", fields[DIRECTORY_DEVICES_DIRECTION]);

    *device = (struct device){
        .direction = (enum direction)(DIRECTION_IN + direction),
        .name = fields[DIRECTORY_DEVICES_NAME],
        .zone = fields[DIRECTORY_DEVICES_ZONE],
    };
    return direction >= 0 && field_int64(fields[DIRECTORY_DEVICES_ID], 0, &device->id) &&
           field_int32(fields[DIRECTORY_DEVICES_VERSION], 0, &device->version) &&
           field_int64(fields[DIRECTORY_DEVICES_SITE_ID], 0, &device->site_id) &&
           field_bool(fields[DIRECTORY_DEVICES_ACTIVE], &device->active);
}

bool account_row_read(const struct text *fields, struct account *account)
{
    struct text prefix = fields[DIRECTORY_ACCOUNTS_KEY_PREFIX];
    struct text hash = fields[DIRECTORY_ACCOUNTS_KEY_HASH];

    *account = (struct account){
        .role = account_role_of(fields[DIRECTORY_ACCOUNTS_ROLE]),
        .region = fields[DIRECTORY_ACCOUNTS_REGION],
        .label = fields[DIRECTORY_ACCOUNTS_LABEL],
    };
    if (prefix.bytes != sizeof account->key_prefix - 1 || hash.bytes != sizeof account->key_hash)
        return false;
    memcpy(account->key_prefix, prefix.at, prefix.bytes);
    memcpy(account->key_hash, hash.at, hash.bytes);
    return account->role != 0 && field_int64(fields[DIRECTORY_ACCOUNTS_ID], 0, &account->id) &&
           field_int32(fields[DIRECTORY_ACCOUNTS_VERSION], 0, &account->version) &&
           field_int64(fields[DIRECTORY_ACCOUNTS_ORG_ID], 0, &account->org_id) &&
           field_int64(fields[DIRECTORY_ACCOUNTS_SITE_ID], 0, &account->site_id) &&
           field_int64(fields[DIRECTORY_ACCOUNTS_DEVICE_ID], 0, &account->device_id) &&
           field_bool(fields[DIRECTORY_ACCOUNTS_ACTIVE], &account->active);
}

bool policy_row_read(const struct text *fields, struct policy_row *row)
{
    struct text ended_at = fields[DIRECTORY_POLICIES_ENDED_AT];

    row->document = fields[DIRECTORY_POLICIES_DOCUMENT];
    row->ended_at = 0;
    return field_int32(fields[DIRECTORY_POLICIES_NUMBER], 0, &row->number) &&
           (ended_at.at == NULL || field_time(ended_at, &row->ended_at)) &&
           row->document.at != NULL;
}
