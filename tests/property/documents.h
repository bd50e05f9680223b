/* property/documents.h: policy documents at random, in the whole format: every kind of rule and every
 * key, with numbers that close in on one another. What is said with them is what an authority could
 * sign: nobody gets a milder colour for a suspended certificate than for none. */
#ifndef PROPERTY_DOCUMENTS_H
#define PROPERTY_DOCUMENTS_H

#include "domain/policy.h"

/* Made in the arena, by any_below(). Aborts the test when its own text is refused. */
const struct policy_document *some_document(struct arena *arena);

#endif
