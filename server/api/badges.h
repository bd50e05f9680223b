/* api/badges.h: badges of people: POST and GET /v1/workers/{id}/badges, POST …/badges/{n}/void. */
#ifndef API_BADGES_H
#define API_BADGES_H

#include "api/input.h"
#include "net/exchange.h"
#include "store/badges.h"

enum { BADGES_VALID_MAX = 8 }; /* of one worker at a time */

extern step_fn *const badge_post[];
extern step_fn *const badge_list_get[];
extern const struct field badge_void_fields[];
extern step_fn *const badge_void_post[];
extern const size_t badge_state_bytes;

/* -- what the sheet shares ------------------------------------------------------------------------ */

/* Not voided, and not over. */
static inline bool badge_is_valid(const struct badge_row *badge, int64_t now)
{
    return badge->voided_at == 0 && now < badge->expires_at;
}
/* The badge's code as text, signed anew: no signature is kept. */
MUST_USE struct err badge_code(struct exchange *x, const struct badge_row *badge,
                               struct text *code);
/* When one that is issued now begins and ends, in whole seconds; microseconds. */
int64_t badge_begin(const struct exchange *x);
int64_t badge_end(const struct exchange *x);

#endif
