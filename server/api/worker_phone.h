/* api/worker_phone.h: a worker signs in on his own phone.
 *
 * His contractor or site officer asks for an invitation: a link, and six digits to type in beside his
 * number; either lives for half an hour and works once. The phone that opens it gives the public half
 * of a key that it keeps, and from then on is his phone: whatever he signed in on before ends. Nobody
 * but the phone is ever given his key. */
#ifndef API_WORKER_PHONE_H
#define API_WORKER_PHONE_H

#include "api/input.h"
#include "net/router.h"

enum { INVITATION_S = 30 * 60, PHONE_COOKIE_S = 365 * 24 * 3600 };

extern const struct field worker_sign_in_fields[];
/* POST /v1/workers/{id}/invitation, POST /v1/session/worker, DELETE /v1/workers/{id}/access */
extern step_fn *const worker_invitation_post[], *const worker_sign_in_post[],
    *const worker_access_delete[];
extern const size_t worker_invitation_bytes, worker_sign_in_bytes, worker_access_bytes;

#endif
