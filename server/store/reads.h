/* store/reads.h: lists that people read: workers, who looked, deeds, passes, reviews.
 *
 * Each is narrowed by the asker's reach in its statement, and goes on behind a key (keyset). */
#ifndef STORE_READS_H
#define STORE_READS_H

#include "scoring/day.h"
#include "store/setup.h"

struct listed_worker {
    int64_t worker_id, org_id, site_id; /* of the newest engagement that the asker sees */
    struct text name_masked;            /* .at NULL: erased */
    struct text region;                 /* of the site */
    int32_t engagement_version, facts_version;
    struct text packed;                 /* domain/facts_pack.h; .at NULL: no facts */
    day_t from, until;                  /* DAY_UNKNOWN: open */
    uint16_t trade;
    uint8_t role;
};
struct listed_workers {
    struct listed_worker *rows;
    int count;
};
/* trade 0: any. */
void workers_list(struct batch *b, int64_t after, const struct reach *reach, uint16_t trade,
                  day_t today, int32_t max, struct listed_workers *into);

/* Ids alone, ascending: of whom the register knows the rest. */
struct worker_ids {
    int64_t *ids;
    int count;
};
void forecast_workers(struct batch *b, int64_t after, const struct reach *reach, day_t today,
                      int32_t max, struct worker_ids *into);

struct found_worker {
    int64_t worker_id; /* 0: nobody whom the asker may find */
    struct text name_masked;
};
/* reach: an organisation's or a site's people only; region does not narrow. */
void worker_find(struct batch *b, int16_t document_type, struct text document_hmac,
                 const struct reach *reach, day_t today, struct found_worker *into);

struct access_row {
    int64_t id, at, account_id, org_id;
    struct text action, role, org_name; /* role, org_name .at NULL: the person, or the service */
};
struct access_rows {
    struct access_row *rows;
    int count;
};
/* Newest first, ids below `before`. */
void worker_accesses(struct batch *b, int64_t worker_id, int64_t before, int32_t max,
                     struct access_rows *into);

struct audit_list_row {
    int64_t id, at, account_id, org_id, worker_id, request_id;
    struct text role, action;
    struct text worker_ids, detail; /* JSON; worker_ids .at NULL: none */
};
struct audit_list_rows {
    struct audit_list_row *rows;
    int count;
};
struct audit_filter {
    struct text region; /* the asker's; "" sees everything */
    int64_t org_id;     /* the asker's */
    int64_t worker_id, account_id; /* 0: any */
};
void audit_list(struct batch *b, int64_t before, const struct audit_filter *filter, int32_t max,
                struct audit_list_rows *into);

struct pass_place { /* where a list of passes goes on */
    int64_t gate_id, seq;
    int32_t epoch;
    int16_t told;
};
struct listed_pass {
    struct pass_place place;
    int64_t worker_id, reasons, at, decided_at, recorded_at;
    int32_t restrictions, flags, policy;
    int16_t direction, verdict, why, person_colour, colour_here, source;
};
struct listed_passes {
    struct listed_pass *rows;
    int count;
};
void passes_list(struct batch *b, int64_t site_id, day_t day, const struct pass_place *after,
                 int32_t max, struct listed_passes *into);

struct review_row {
    int64_t worker_id, known_worker_id, account_id, org_id, at;
    struct text name_masked, known_name_masked;
};
struct review_rows {
    struct review_row *rows;
    int count;
};
void identity_reviews(struct batch *b, int64_t after, struct text region, int32_t max,
                      struct review_rows *into);

#endif
