/* store/holidays.h: the years' calendars of working days (domain/workdays.h), as rows. */
#ifndef STORE_HOLIDAYS_H
#define STORE_HOLIDAYS_H

#include "base/embedded.h"
#include "store/pg.h"

enum { HOLIDAY_YEARS_MAX = 100 };

struct holiday_row {
    int32_t year, version;
    struct text document; /* JSON */
    int64_t recorded_at;
};
struct holiday_rows {
    struct holiday_row *rows;
    int count;
};
/* Of the years in (after, after + count], those that are known. */
void holidays_list(struct batch *b, int32_t after, int32_t count, struct holiday_rows *into);
void holiday_insert(struct batch *b, int32_t year, int32_t version, struct text document,
                    int64_t account_id);

/* The calendars that come with the program, put where their year is not known. Blocking libpq, for
 * --migrate, as the schema's owner. *added counts those put there now; fails as migrate_run() does,
 * and with ERR_INTERNAL when a file is no calendar; error texts live in `arena`. */
MUST_USE struct err holidays_seed(const char *owner_conninfo, const struct embedded_file *files,
                                  struct arena *arena, int *added);

#endif
