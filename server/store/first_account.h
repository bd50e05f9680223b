/* store/first_account.h: the account before which nobody can open any. */
#ifndef STORE_FIRST_ACCOUNT_H
#define STORE_FIRST_ACCOUNT_H

#include "base/err.h"

/* Opens an operator's account as the schema's owner, and leaves a row in the audit. key_prefix and
 * key_hash_hex are those of its key. Blocking libpq, for the command line. */
MUST_USE struct err first_account_open(const char *owner_conninfo, const char *label,
                                       const char *key_prefix, const char *key_hash_hex);

#endif
