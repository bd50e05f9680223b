/* register/apply.h: reads what changed from PostgreSQL and puts it into the register.
 *
 * All within one transaction of the follower's (register_begin), so that what is published together
 * was true together. What is read is what is true then, so versions need not be compared: the
 * follower's snapshots only move forward. */
#ifndef REGISTER_APPLY_H
#define REGISTER_APPLY_H

#include "register/registry_write.h"
#include "store/link.h"

/* ids ascending and unique. */
MUST_USE struct err apply_workers(struct registry *registry, struct link *link, const int64_t *ids,
                                  size_t count);
/* ids NULL: all there are, and those that are not among them go. */
MUST_USE struct err apply_objects(struct registry *registry, struct link *link,
                                  enum catalogue_kind kind, const int64_t *ids, size_t count);
MUST_USE struct err apply_policies(struct registry *registry, struct link *link);
MUST_USE struct err apply_keys(struct registry *registry, struct link *link);
MUST_USE struct err apply_list(struct registry *registry, struct link *link, int64_t list);

/* One range of workers [first, beyond), block-aligned, by COPY. */
MUST_USE struct err apply_range(struct registry *registry, struct link *link, int64_t first,
                                int64_t beyond);

#endif
