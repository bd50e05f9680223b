/* domain/pointer.h: JSON pointers (RFC 6901) for errors, built in an arena. */
#ifndef DOMAIN_POINTER_H
#define DOMAIN_POINTER_H

#include "base/arena.h"

/* parent + "/" + key, with ~ and / escaped and a long key cut between characters. NULL at the
 * arena's ceiling. */
const char *pointer_key(struct arena *arena, const char *parent, const char *key);
const char *pointer_index(struct arena *arena, const char *parent, size_t index);

#endif
