#include "api/slots.h"

struct err slots_draw(struct arena *arena, const struct open_lists *lists, size_t count,
                      int64_t **candidates)
{
    uint64_t *drawn = arena_new_array(arena, count * SLOT_CANDIDATES, uint64_t);
    struct err failed;

    if (drawn == NULL)
        return err_make(ERR_TOO_LARGE);
    if (lists->count == 0)
        return err_detail(ERR_INTERNAL, "no slot list is open");
    failed = random_bytes(drawn, count * SLOT_CANDIDATES * sizeof *drawn);
    for (size_t i = 0; i < count * SLOT_CANDIDATES; i++) {
        uint64_t list = (uint64_t)lists->number[(drawn[i] >> 20) % lists->count];

        drawn[i] = list << 20 | (drawn[i] & 0xFFFFF);
    }
    *candidates = (int64_t *)drawn;
    return failed;
}
