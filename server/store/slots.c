#include "store/slots.h"

static struct err decode_lists(void *into, const struct rows *rows)
{
    struct open_lists *lists = into;

    lists->number = arena_new_array(rows->arena, (size_t)rows->count + 1, int32_t);
    if (lists->number == NULL)
        return err_make(ERR_TOO_LARGE);
    for (int i = 0; i < rows->count; i++)
        lists->number[i] = row_int32(rows, i, SLOT_LISTS_NUMBER);
    lists->count = (size_t)rows->count;
    return OK;
}

void slot_lists(struct batch *b, struct open_lists *lists)
{
    batch_add(b, SQL_SLOT_LISTS, params_new(b), decode_lists, lists);
}
