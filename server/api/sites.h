/* api/sites.h: sites (工地): their written rule, stop-work, and who may come in to put it right. */
#ifndef API_SITES_H
#define API_SITES_H

#include "api/input.h"
#include "net/exchange.h"

extern const struct field site_post_fields[], site_patch_fields[], site_list_query[];
extern step_fn *const site_post[], *const site_list[], *const site_get[], *const site_patch[];
extern const size_t site_state_bytes;

#endif
