/* api/gate_check_private.h: one question of a gate, as its steps (gate_check.c) and its look around
 * (gate_look.c) share it. Nobody else includes it. */
#ifndef API_GATE_CHECK_PRIVATE_H
#define API_GATE_CHECK_PRIVATE_H

#include "api/gate_answer.h"
#include "api/gate_check.h"
#include "api/passes.h"
#include "domain/gate_case.h"

struct gate_input {
    struct text short_code, worker_no;
    int direction; /* place among the choices: enum direction */
    time_us at;
    int64_t epoch, seq;
};

struct gate_check {
    struct gate_input input;
    struct text code; /* as scanned; .at NULL: by number */
    unsigned char bytes[TOKEN_BYTES_MAX];
    struct token token;
    bool has_token, is_short; /* by digits: ->token holds index and time alone */
    bool claimed, repeated;
    struct gate_case c;
    struct gate_outcome outcome;
    struct gate_answer answer; /* what the device is told */
    uint64_t case_hash;
    struct site site; /* copies of what the register lends for a moment */
    struct device device;
    struct engagement engagement;
    struct worker_view worker;
    struct text name, photo;
    struct pass pass;
    struct pass_receipt receipt;
    struct recent_use use;
};

static inline struct recent *recent_of(const struct exchange *x)
{
    return app_of(x)->shared->recent;
}

/* -- gate_look.c: between registry_enter and registry_leave ----------------------------------- */

/* Device and site; then the person, the engagement and the colour. False: something is not in the
 * register yet. */
bool gate_look_place(struct exchange *x, struct gate_check *s);
bool gate_look_person(struct exchange *x, struct gate_check *s);
void gate_look_health(const struct exchange *x, struct gate_check *s);
void gate_look_presence(const struct exchange *x, struct gate_check *s);
/* What was looked up lies in the register: the case points at nothing of it from here on. */
void gate_look_away(struct gate_check *s);

/* A question that was answered gets the same answer: by the gate's number, then by the code. Claims
 * a code that is new. ->pass has its key. Fails with ERR_PASS_REUSED: the number stands for another
 * pass. */
MUST_USE struct err gate_look_earlier(struct exchange *x, struct gate_check *s);
/* Takes over an answer that was given before. */
void gate_repeat(struct gate_check *s, const struct pass *earlier, enum recent_recorded recorded);

#endif
