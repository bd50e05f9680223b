/* store/register_rows.c: see register_rows.h. */
#include "store/register_rows.h"

bool worker_row_read(const struct text *fields, struct worker_row *row)
{
    int32_t version;
    int64_t index;

    if (!field_int64(fields[REGISTER_WORKERS_WORKER_ID], 0, &row->worker_id) ||
        !field_int32(fields[REGISTER_WORKERS_VERSION], 0, &version) ||
        !field_int32(fields[REGISTER_WORKERS_ACCESS_VERSION], 0, &row->access_version) ||
        !field_int64(fields[REGISTER_WORKERS_INDEX], -1, &index))
        return false;
    row->version = (uint32_t)version;
    row->packed = fields[REGISTER_WORKERS_PACKED];
    row->name_masked = fields[REGISTER_WORKERS_NAME_MASKED];
    row->index = (uint64_t)index;
    row->photo = fields[REGISTER_WORKERS_PHOTO];
    return row->worker_id > 0 && version >= 0;
}

_Static_assert((int)REGISTER_WORKERS_PHOTO == (int)REGISTER_LOAD_WORKERS_PHOTO &&
                   (int)REGISTER_WORKERS_COLUMNS == (int)REGISTER_LOAD_WORKERS_COLUMNS,
               "both statements give the same columns");

bool engagement_row_read(const struct text *fields, struct engagement_row *row)
{
    int32_t version;
    int16_t trade, role;

    if (!field_int64(fields[REGISTER_ENGAGEMENTS_WORKER_ID], 0, &row->worker_id) ||
        !field_int32(fields[REGISTER_ENGAGEMENTS_VERSION], 0, &version) ||
        !field_int64(fields[REGISTER_ENGAGEMENTS_ORG_ID], 0, &row->org_id) ||
        !field_int64(fields[REGISTER_ENGAGEMENTS_SITE_ID], 0, &row->site_id) ||
        !field_int16(fields[REGISTER_ENGAGEMENTS_TRADE], &trade) ||
        !field_int16(fields[REGISTER_ENGAGEMENTS_ROLE], &role) ||
        !field_day(fields[REGISTER_ENGAGEMENTS_FROM_DAY], DAY_UNKNOWN, &row->from) ||
        !field_day(fields[REGISTER_ENGAGEMENTS_UNTIL_DAY], DAY_NEVER, &row->until))
        return false;
    row->version = (uint32_t)version;
    row->trade = (uint16_t)trade;
    row->role = (uint8_t)role;
    return row->worker_id > 0;
}

_Static_assert((int)REGISTER_ENGAGEMENTS_UNTIL_DAY == (int)REGISTER_LOAD_ENGAGEMENTS_UNTIL_DAY &&
                   (int)REGISTER_ENGAGEMENTS_COLUMNS == (int)REGISTER_LOAD_ENGAGEMENTS_COLUMNS,
               "both statements give the same columns");

bool slot_row_read(const struct text *fields, struct slot_row *row)
{
    int64_t index;

    if (!field_int64(fields[REGISTER_SLOTS_INDEX], -1, &index) ||
        !field_int64(fields[REGISTER_SLOTS_WORKER_ID], 0, &row->worker_id) ||
        !field_bool(fields[REGISTER_SLOTS_BADGE], &row->badge) ||
        !field_bool(fields[REGISTER_SLOTS_VOID], &row->is_void))
        return false;
    row->index = (uint64_t)index;
    return index >= 0 && row->worker_id > 0;
}

_Static_assert((int)REGISTER_SLOTS_VOID == (int)REGISTER_LOAD_SLOTS_VOID &&
                   (int)REGISTER_SLOTS_COLUMNS == (int)REGISTER_LOAD_SLOTS_COLUMNS,
               "both statements give the same columns");

bool change_row_read(const struct text *fields, struct change_row *row)
{
    return field_int16(fields[REGISTER_CHANGES_KIND], &row->kind) &&
           field_int64(fields[REGISTER_CHANGES_KEY], 0, &row->key) &&
           field_int64(fields[REGISTER_CHANGES_VERSION], 0, &row->version) &&
           field_time(fields[REGISTER_CHANGES_AT], &row->at);
}

bool position_row_read(const struct text *fields, struct position_row *row)
{
    int64_t oldest;

    if (!field_int64(fields[REGISTER_POSITION_SYSTEM_IDENTIFIER], 0, &row->system_identifier) ||
        !field_int64(fields[REGISTER_POSITION_OLDEST], 0, &oldest))
        return false;
    row->timeline = fields[REGISTER_POSITION_TIMELINE];
    row->snapshot = fields[REGISTER_POSITION_SNAPSHOT];
    row->at = fields[REGISTER_POSITION_AT];
    row->oldest = (uint64_t)oldest;
    return row->timeline.at != NULL && row->snapshot.at != NULL && row->at.at != NULL;
}

bool snapshot_xmin(struct text snapshot, uint64_t *xmin)
{
    struct text rest;
    int64_t value;

    if (!text_to_int(text_cut(snapshot, ':', &rest), 0, INT64_MAX, &value) || rest.at == NULL)
        return false;
    *xmin = (uint64_t)value;
    return true;
}
