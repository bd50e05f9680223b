/* store/directory.h: rows of organisations, sites, devices, accounts and policies -> domain structs.
 *
 * Each function reads the columns that sql/directory_*.sql says; what it makes lies in the arena, or
 * is borrowed from the row. False: the row makes no sense, or the arena is full. */
#ifndef STORE_DIRECTORY_H
#define STORE_DIRECTORY_H

#include "base/arena.h"
#include "domain/directory.h"
#include "store/link.h"

MUST_USE bool org_row_read(const struct text *fields, struct org *org);
/* A rule that cannot be read is the default one, which opens nothing in doubt; *rule_read tells. */
MUST_USE bool site_row_read(const struct text *fields, struct arena *arena, struct site *site,
                            bool *rule_read);
MUST_USE bool device_row_read(const struct text *fields, struct device *device);
MUST_USE bool account_row_read(const struct text *fields, struct account *account);

struct policy_row {
    int32_t number;
    struct text document; /* JSON */
    time_us ended_at;     /* when it was retired; 0: it is in force */
};
MUST_USE bool policy_row_read(const struct text *fields, struct policy_row *row);

#endif
