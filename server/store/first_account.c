#include "store/first_account.h"

#include "store/link.h"

enum { TIMEOUT_MS = 10000 };

struct err first_account_open(const char *owner_conninfo, const char *label,
                              const char *key_prefix, const char *key_hash_hex)
{
    const char *const values[] = {label, key_prefix, key_hash_hex};
    struct link *link = link_new(owner_conninfo, -1, TIMEOUT_MS);
    struct err e = link_open(link);

    if (!err_is(e))
        e = link_query(link, SQL_FIRST_ACCOUNT, values, NULL, NULL);
    link_free(link);
    return e;
}
