/* api/gate_answer.h: a pass as the gate is told of it. */
#ifndef API_GATE_ANSWER_H
#define API_GATE_ANSWER_H

#include "domain/gate.h"
#include "net/exchange.h"
#include "register/recent.h"

/* All that the answer says is in the pass, so that a repeated question gets the same words.
 * Reasons are classes, never a health detail; the name is masked. */
struct gate_telling {
    const struct pass *pass;
    const struct site_rule *rule; /* names of the zones that stay shut; NULL: none are */
    struct text name;             /* masked; .at NULL: nobody was recognised */
    struct text photo;            /* its hash; empty: none */
    enum recent_recorded recorded;
};
/* .at is NULL at the arena's ceiling. */
struct text gate_answer_render(struct exchange *x, const struct gate_telling *telling);

/* "gate-epoch-seq-YYYYMMDD" */
enum { PASS_ID_BYTES = 64 };
struct text pass_id_format(const struct pass *pass, char buffer[PASS_ID_BYTES]);

#endif
