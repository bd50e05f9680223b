/* store/setup.h: organisations, sites, devices and accounts as people read and amend them.
 *
 * Rows are versions; the lists give the current ones. Everything a caller may see is narrowed in
 * the statements themselves (struct reach), so that an object of somebody else's is simply not
 * there. Members are what the database holds, as text where the answer shows text: what gates need
 * of the same rows is the register's business (store/directory.h). */
#ifndef STORE_SETUP_H
#define STORE_SETUP_H

#include "scoring/day.h"
#include "store/pg.h"

/* How far a caller sees; a member that is 0 or "" narrows nothing. */
struct reach {
    int64_t org_id, site_id;
    struct text region; /* prefix */
};

struct params;
void params_id_or_null(struct params *p, int64_t id); /* 0: NULL */
/* Three parameters: site, organisation (NULL: any), region (never NULL: a prefix, perhaps ""). */
void params_reach(struct params *p, const struct reach *reach);

/* Objects with id in (after, upto], at most `max` of them. One object: {id - 1, id, 1}. */
struct span {
    int64_t after, upto;
    int32_t max;
};
static inline struct span span_of(int64_t id)
{
    return (struct span){id - 1, id, 1};
}

enum { SETUP_ROWS_MAX = 501 };

struct org_row {
    int64_t id;
    int32_t version;
    struct text kind, uscc, name, region, permit_state, state;
    struct text accreditations; /* JSON array of names */
    day_t permit_until;
    int64_t recorded_at;
};
struct org_rows {
    struct org_row *rows;
    int count;
};
void orgs_list(struct batch *b, struct span span, const struct reach *reach, struct text kind,
               struct org_rows *into);

struct site_row {
    int64_t id, org_id;
    int32_t version;
    struct text name, region, state;
    struct text rule, rectification; /* JSON */
    struct text state_by; /* role that brought it into this state; .at NULL: the service itself */
    int64_t recorded_at;
};
struct site_rows {
    struct site_row *rows;
    int count;
};
void sites_list(struct batch *b, struct span span, const struct reach *reach, day_t today,
                struct text state, struct site_rows *into);
/* *count: how many of these people are engaged there on that day, each once. */
void site_engaged(struct batch *b, int64_t site_id, const int64_t *worker_ids, size_t worker_count,
                  day_t on, int64_t *count);

struct device_row {
    int64_t id, site_id;
    int32_t version;
    struct text name, direction, zone, state;
    int64_t recorded_at;
};
struct device_rows {
    struct device_row *rows;
    int count;
};
/* on_site 0: of any site within reach. */
void devices_list(struct batch *b, struct span span, const struct reach *reach, int64_t on_site,
                  struct device_rows *into);

struct account_row {
    int64_t id, org_id, site_id, device_id;
    int32_t version;
    struct text role, region, label, state, key_prefix;
    int64_t recorded_at;
    struct text login; /* .at NULL: nobody signs in */
    bool totp;
};
struct account_rows {
    struct account_row *rows;
    int count;
};
void accounts_list(struct batch *b, struct span span, int64_t org_id, struct text role,
                   struct account_rows *into);

/* -- writing; who wrote it is `account_id` -------------------------------------------------- */

/* Draw the number of what is about to be made. */
void org_next_id(struct batch *b, int64_t *id);
void site_next_id(struct batch *b, int64_t *id);
void device_next_id(struct batch *b, int64_t *id);
void account_next_id(struct batch *b, int64_t *id);

/* Members with .at NULL are kept as they are by an amendment. */
struct org_change {
    struct text kind, uscc, name, region, permit_state, state; /* kind, uscc: when new only */
    bool permit_until_given;
    day_t permit_until; /* DAY_UNKNOWN: no end recorded */
    const struct text *accreditations;
    size_t accreditation_count;
    bool accreditations_given;
};
void org_insert(struct batch *b, int64_t id, const struct org_change *org, int64_t account_id);
void org_amend(struct batch *b, int64_t id, int32_t version, const struct org_change *org,
               int64_t account_id);

struct site_change {
    struct text name, region, state, rule; /* region: when new only */
    int64_t org_id;                        /* when new only */
    const int64_t *rectification;
    size_t rectification_count;
    bool rectification_given;
};
void site_insert(struct batch *b, int64_t id, const struct site_change *site, int64_t account_id);
void site_amend(struct batch *b, int64_t id, int32_t version, const struct site_change *site,
                int64_t account_id);

struct device_change {
    int64_t site_id; /* when new only */
    struct text name, direction, zone, state;
};
void device_insert(struct batch *b, int64_t id, const struct device_change *device,
                   int64_t account_id);
void device_amend(struct batch *b, int64_t id, int32_t version,
                  const struct device_change *device, int64_t account_id);

struct account_change {
    int64_t org_id, site_id, device_id; /* when new only, like role and region */
    struct text role, region, label, state;
    struct text key_prefix, key_hash;
};
void account_insert(struct batch *b, int64_t id, const struct account_change *account,
                    int64_t account_id);
void account_amend(struct batch *b, int64_t id, int32_t version,
                   const struct account_change *account, int64_t account_id);

#endif
