#include "store/rosters.h"

static struct err decode_slots(void *into, const struct rows *rows)
{
    struct roster_slots *slots = into;

    slots->rows = arena_new_array(rows->arena, (size_t)rows->count + 1, struct roster_slot);
    if (slots->rows == NULL)
        return err_make(ERR_TOO_LARGE);
    slots->count = rows->count;
    for (int i = 0; i < rows->count; i++)
        slots->rows[i] = (struct roster_slot){
            .index = (uint64_t)row_int64(rows, i, ROSTER_SLOTS_INDEX),
            .worker_id = row_int64(rows, i, ROSTER_SLOTS_WORKER_ID),
        };
    return OK;
}

void roster_slots(struct batch *b, int64_t site_id, day_t on, int32_t max,
                  struct roster_slots *into)
{
    struct params *p = params_new(b);

    params_int64(p, site_id);
    params_date(p, on);
    params_int32(p, max);
    batch_add(b, SQL_ROSTER_SLOTS, p, decode_slots, into);
}
