/* api/webhooks.h: the addresses at which an organisation is told of what happens, and what became
 * of each message.
 *
 * A webhook belongs to an organisation in one role, narrowed as its accounts are: a contractor is
 * told of its own people, a safety officer of the site in charge, a regulator of the region. Whoever
 * asks in that role sees it; to all others it does not exist. The secret that signs its messages is
 * shown once, like a key (api/accounts.h). */
#ifndef API_WEBHOOKS_H
#define API_WEBHOOKS_H

#include "api/access.h"
#include "api/input.h"
#include "store/webhooks.h"

extern const struct field webhook_post_fields[], webhook_patch_fields[], webhook_list_query[],
    delivery_list_query[];
extern step_fn *const webhook_post[], *const webhook_list[], *const webhook_get[],
    *const webhook_patch[], *const webhook_secret_post[], *const webhook_test_post[],
    *const webhook_retry_post[], *const delivery_list[], *const reminder_post[];
extern const size_t webhook_state_bytes, delivery_state_bytes, reminder_state_bytes;

/* In whose name the caller has webhooks. */
struct webhook_owner webhook_owner_of(const struct caller *caller);

#endif
