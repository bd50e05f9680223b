/* store/posting.h: what a post is checked against besides the person: poster and sites. */
#ifndef STORE_POSTING_H
#define STORE_POSTING_H

#include "domain/directory.h"
#include "store/pg.h"

struct posting_site {
    int64_t id;
    struct text region;
    bool open; /* not closed for good; a stopped site still takes records */
};

struct posting_signer {
    int64_t account_id;
    enum account_role role;
    struct text region; /* prefix that he is in charge of */
    bool active;
};

struct posting_rows {
    bool org_active;
    uint32_t accreditations; /* bit 1 << enum training_type */
    struct posting_site *sites;
    size_t site_count;
    struct posting_signer *signers;
    size_t signer_count;
};

/* Adds the statements to b. org_id 0 and site_count 0 are fine. */
void posting_load(struct batch *b, int64_t org_id, const int64_t *site_ids, size_t site_count,
                  struct posting_rows *rows);
const struct posting_site *posting_site_find(const struct posting_rows *rows, int64_t site_id);
/* The accounts that are said to have signed something. */
void posting_signers(struct batch *b, const int64_t *account_ids, size_t count,
                     struct posting_rows *rows);
const struct posting_signer *posting_signer_find(const struct posting_rows *rows,
                                                 int64_t account_id);

/* Who showed his document to an organisation: only those it may name by their number here, when it
 * could otherwise post about anybody (clinics, training centres). */
struct shown_rows {
    int64_t *worker_ids;
    size_t count;
};
void shown_find(struct batch *b, int64_t org_id, const int64_t *worker_ids, size_t count,
                struct shown_rows *rows);
bool shown_has(const struct shown_rows *rows, int64_t worker_id);
void shown_insert(struct batch *b, int64_t org_id, const int64_t *worker_ids, size_t count);

#endif
