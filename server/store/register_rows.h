/* store/register_rows.h: what the register reads of workers, row by row.
 *
 * Each function reads the columns that its statements (sql/register_*.sql) say. False: the row makes
 * no sense. Texts are borrowed from the row. */
#ifndef STORE_REGISTER_ROWS_H
#define STORE_REGISTER_ROWS_H

#include "scoring/day.h"
#include "store/link.h"

struct worker_row { /* register_workers, register_load_workers */
    int64_t worker_id;
    uint32_t version;        /* 0: there are no facts of him */
    struct text packed;      /* domain/facts_pack.h */
    struct text name_masked; /* empty: erased */
    int32_t access_version;  /* 0: erased */
    uint64_t index;          /* UINT64_MAX: no slot */
    struct text photo;       /* its hash; empty: none */
};
MUST_USE bool worker_row_read(const struct text *fields, struct worker_row *row);

struct engagement_row { /* register_engagements, register_load_engagements */
    int64_t worker_id, org_id, site_id;
    uint32_t version;
    day_t from, until; /* DAY_NEVER: open */
    uint16_t trade;
    uint8_t role;
};
MUST_USE bool engagement_row_read(const struct text *fields, struct engagement_row *row);

struct slot_row { /* register_slots, register_load_slots */
    uint64_t index;
    int64_t worker_id;
    bool badge, is_void;
};
MUST_USE bool slot_row_read(const struct text *fields, struct slot_row *row);

struct change_row { /* register_changes */
    int16_t kind;
    int64_t key, version;
    time_us at;
};
MUST_USE bool change_row_read(const struct text *fields, struct change_row *row);

struct position_row { /* register_position */
    int64_t system_identifier;
    struct text timeline, snapshot, at; /* at: the database's clock, as it writes it */
    uint64_t oldest; /* 0: no change row is kept */
};
MUST_USE bool position_row_read(const struct text *fields, struct position_row *row);

/* The xmin of a snapshot's text, "xmin:xmax:xip,…"; false when it is none. */
MUST_USE bool snapshot_xmin(struct text snapshot, uint64_t *xmin);

#endif
