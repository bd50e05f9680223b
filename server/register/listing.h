/* register/listing.h: what everybody's code is worth on a day under one policy, for status lists.
 *
 * A survey of everybody gives each worker's person_colour (it holds anywhere under that policy);
 * then every slot of every list gets its holder's status in two bits, lowest bits first, with the
 * values of draft-ietf-oauth-status-list: a badge's slot shows its worker's colour until the badge
 * is voided. A slot that nobody has, and one of somebody who was erased, is void. */
#ifndef REGISTER_LISTING_H
#define REGISTER_LISTING_H

#include "register/survey.h"

enum listing_status { LISTING_GREEN, LISTING_VOID, LISTING_RED, LISTING_YELLOW };
enum { LISTING_SLOTS = 1 << 20, LISTING_BYTES = LISTING_SLOTS / 4 };

struct listing;

/* region, policy: the document of this number, in force for this prefix on that day. */
struct listing *listing_new(struct registry *registry, struct text region, uint32_t policy,
                            day_t on);
void listing_free(struct listing *listing); /* NULL is fine */

/* done(): on the survey's thread, once it has ended; complete is false when the service ends, or
 * when another policy came into force meanwhile: then begin anew. Set it before submitting. */
void listing_then(struct listing *listing, void (*done)(void *arg, bool complete), void *arg);
struct survey *listing_survey(struct listing *listing);
/* After survey_run(), which calls nobody: was the policy in force until the end? */
bool listing_is_whole(const struct listing *listing);

/* After a complete survey, on its thread: the list's statuses, LISTING_BYTES of them, into packed.
 * False when there is no such list. */
MUST_USE bool listing_pack(struct listing *listing, uint32_t list, unsigned char *packed);

#endif
