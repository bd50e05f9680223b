/* support/workforce.h: a register with sites, firms, policies and people, without a database. */
#ifndef SUPPORT_WORKFORCE_H
#define SUPPORT_WORKFORCE_H

#include "register/registry.h"

struct workforce {
    struct registry *registry;
    struct registry_reader *reader;
};

/* Policies default.json and jiangsu-2023-05.json. Sites: 1 in 320902 and 2 in 320100 (Jiangsu),
 * 3 in 440300; firms 11 and 12 with a permit, 13 without. All sites are firm 11's. */
struct workforce workforce_new(void);
void workforce_free(struct workforce *w);

/* The same policies come into force anew. */
void workforce_put_policies(struct registry *registry);

/* A worker whose records are a JSON array (support/cases.h), engaged as listed. */
void workforce_add(struct workforce *w, int64_t worker_id, const char *records,
                   const struct engaged *engaged, unsigned engaged_count);
/* The engagement of a worker of role worker from 2024-01-01 without end. */
struct engaged engaged_at(int64_t site_id, int64_t org_id, uint16_t trade);

#endif
