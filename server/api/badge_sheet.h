/* api/badge_sheet.h: POST /v1/badges/sheet: stickers for many people at once, as a PDF. */
#ifndef API_BADGE_SHEET_H
#define API_BADGE_SHEET_H

#include "api/input.h"
#include "net/exchange.h"

extern const struct field badge_sheet_fields[];
extern step_fn *const badge_sheet_post[];
extern const size_t badge_sheet_state_bytes;

#endif
