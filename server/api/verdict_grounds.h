/* api/verdict_grounds.h: what a reason rests on, beside its words: records, points, what is unknown. */
#ifndef API_VERDICT_GROUNDS_H
#define API_VERDICT_GROUNDS_H

#include "api/verdict_render.h"
#include "domain/grounds.h"
#include "domain/policy.h"

/* The reason is there because no birth date is on record, not for an age. */
bool verdict_lacks_birth_date(const struct policy_document *document, const struct reason *reason,
                              const struct verdict_grounds *grounds);
const char *verdict_no_birth_date(bool english); /* in words */

/* The records that the reason rests on that day, as the colour answer tells them; how many. */
size_t verdict_rests_on(const struct policy_document *document, const struct reason *reason,
                        const struct verdict_grounds *grounds,
                        const struct record *out[GROUNDS_MAX]);

/* Into the reason's object: rests_on; of rules that count points, the sum and its limits; missing. */
void verdict_grounds_put(struct json_writer *w, const struct policy_document *document,
                         const struct reason *reason, const struct verdict_grounds *grounds);

#endif
