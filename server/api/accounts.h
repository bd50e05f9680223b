/* api/accounts.h: accounts and their keys.
 *
 * A key is shown once, in the answer to the request that made it. What is stored for a repeated
 * request does not hold it: whoever repeats the request because the first answer was lost gets
 * status 200 (not 201) with "key": null and a hint, and asks for another key by
 * POST /v1/accounts/{id}/key, which ends the lost one. */
#ifndef API_ACCOUNTS_H
#define API_ACCOUNTS_H

#include "api/input.h"
#include "api/write.h"
#include "base/json.h"
#include "crypto/seal.h"

extern const struct field account_post_fields[], account_patch_fields[], account_list_query[];
extern step_fn *const account_post[], *const account_list[], *const account_get[],
    *const account_patch[], *const account_rekey[];
extern const size_t account_state_bytes;

/* A key on its way from being drawn to being shown. */
struct new_key {
    char key[API_KEY_BYTES];
    unsigned char hash[32];
    struct text prefix; /* in key */
    int status;         /* of the first answer: 201, or 200 for another key of an old account */
    struct text shown;  /* the first answer, with the key */
};
MUST_USE struct err new_key_draw(struct new_key *key);
/* "key": as drawn, or null with a hint in the asker's language. Into an open object. */
void new_key_put(struct json_writer *w, const struct exchange *x, const struct new_key *key,
                 bool shown);
/* Before write_answer: the first answer takes the place of the stored one. */
enum step new_key_show(struct write *write, const struct new_key *key);

#endif
