/* base/choice.h: a choice is its words, "a|b|c", in the order of an enum. Who refuses another word
 * says the choice itself: that is what would have been right. */
#ifndef BASE_CHOICE_H
#define BASE_CHOICE_H

#include "base/text.h"

/* Place of `word`, from 0; -1 when it is not there. */
int choice_find(const char *choices, struct text word);
/* The word at a place; .at is NULL where there is none. */
struct text choice_at(const char *choices, int place);

#endif
