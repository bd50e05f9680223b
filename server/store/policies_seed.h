/* store/policies_seed.h: the policies that come with the program, put where they are not.
 *
 * migrations/policies/NAME.json are embedded and put in force, those in drafts/ stay drafts. A policy
 * whose number the database knows stays as it is, whatever state it is in: an authority may have
 * retired it. Blocking libpq, for start-up and --migrate, as the schema's owner, never on an event
 * loop. */
#ifndef STORE_POLICIES_SEED_H
#define STORE_POLICIES_SEED_H

#include "base/arena.h"
#include "base/embedded.h"
#include "base/err.h"
#include "domain/policy_state.h"

/* files: policies_embedded or policy_drafts_embedded. Every document is compiled first; one that cannot
 * be read stops here (ERR_POLICY_INVALID, detail names file, place and what would have been right),
 * and what came before it stays. *added counts those put there now. Otherwise fails as migrate_run() does;
 * error texts live in `arena`. */
MUST_USE struct err policies_seed(const char *owner_conninfo, const struct embedded_file *files,
                                  enum policy_state state, struct arena *arena, int *added);

#endif
