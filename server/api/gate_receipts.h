/* api/gate_receipts.h: receipts that a gate hands in: read, held against the gate's keys, and turned
 * into the passes that they tell of. */
#ifndef API_GATE_RECEIPTS_H
#define API_GATE_RECEIPTS_H

#include "api/app.h"
#include "base/json.h"
#include "domain/directory.h"
#include "domain/pass.h"
#include "store/receipts.h"

enum {
    GATE_RECEIPTS_MAX = 500,
    GATE_RECEIPTS_AT_ONCE = 16 /* signatures checked in one turn of the loop: about 2 ms */
};

/* Form, gate, key and signature of one text "JA1.…". Fills *row and *pass (all but what the register
 * knows). Fails with RECEIPT_INVALID, _GATE, _KEY, _SIGNATURE, or an error of the day. */
MUST_USE struct err gate_receipt_read(struct exchange *x, const json_t *item, int64_t gate_id,
                                      int64_t site_id, const struct device_key_rows *keys,
                                      struct receipt_row *row, struct pass *pass);
/* Between registry_enter and registry_leave: whose code it was. */
void gate_receipt_name(struct exchange *x, struct pass *pass);

#endif
