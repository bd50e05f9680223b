/* api/known_at.h: a person as the records stood at some instant.
 *
 * known_at concerns records: what was recorded later, corrections included, is not seen. Sites,
 * firms and policies are as they are now; what a gate decided by at its time is a replay
 * (api/pass_replay.h). */
#ifndef API_KNOWN_AT_H
#define API_KNOWN_AT_H

#include "store/persons.h"

/* Cuts the records, and folds the engagements of what is left into the arena; 0: all is known.
 * ERR_WORKER_UNKNOWN (field "known_at") when nothing had been recorded by then; or as the fold. */
MUST_USE struct err person_as_known(struct person *person, time_us known_at, struct arena *arena);

#endif
