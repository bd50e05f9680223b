/* register/two_colours.h: the colours of many posts under the policy in force and under another.
 *
 * Posts are gathered by the policy in force, and a whole gathering is judged down columns
 * (scoring/batch.h), which is many times faster than one by one. What cannot stand in columns is
 * judged by itself; the colours are the same. */
#ifndef REGISTER_TWO_COLOURS_H
#define REGISTER_TWO_COLOURS_H

#include "register/survey.h"

/* The colour of a post: colour_here, and person_colour of who is engaged nowhere. */
typedef void two_colours_fn(void *arg, const struct post *post, enum colour now, enum colour then);

struct two_colours;

/* `then` is borrowed. told() is called during two_colours_add() or two_colours_flush(), once a
 * post, in any order. */
struct two_colours *two_colours_new(const struct policy *then, day_t on, two_colours_fn *told,
                                    void *arg);
void two_colours_free(struct two_colours *judge); /* NULL is fine */

/* What the post points to must live until the flush. generation: of the policies in force
 * (struct policy_set): another one begins with a flush, and nothing is kept of what they said. */
void two_colours_add(struct two_colours *judge, const struct post *post, uint64_t generation);
void two_colours_flush(struct two_colours *judge);

#endif
