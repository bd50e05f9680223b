#include "domain/stars.h"

#include "domain/admit.h"

bool star_stands(const struct record *record, const struct record *known, size_t count)
{
    return record->kind == RECORD_STAR && record_standing(known, count, record->version) != NULL;
}

struct star_sum stars_sum(const struct record *known, size_t count)
{
    struct star_sum sum = {0, 0};

    for (size_t i = 0; i < count; i++) {
        if (!star_stands(&known[i], known, count))
            continue;
        sum.count++;
        sum.points += known[i].star.points;
    }
    return sum;
}
