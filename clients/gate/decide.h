/* clients/gate/decide.h: the gate's answer while it is alone, from what it knows and nothing else.
 *
 * The same decision as the server's (domain/gate.h), over what can be known here. No clock, no disk,
 * no network: everything is an argument, so that an answer can be made again from a receipt. */
#ifndef GATE_DECIDE_H
#define GATE_DECIDE_H

#include "clients/gate/known.h"
#include "clients/gate/photos.h"
#include "crypto/receipt.h"
#include "domain/gate.h"

/* What was shown, as far as it speaks for itself. */
struct shown {
    enum direction direction;
    bool by_number;           /* a worker's number or a short code: nothing that can be verified */
    enum token_why read;      /* TOKEN_OK: `token` holds what was read */
    struct token token;
};

struct moment {
    time_us now;
    bool clock_good;
    int64_t clock_offset_ms;
    bool presence_known, inside;
    bool server_late;         /* it was asked, and did not answer in time */
};

struct decision {
    struct gate_answer answer;
    struct receipt receipt;   /* all but epoch, seq and prev */
    bool recognised;          /* the code's index is to be believed */
    int64_t index, iat;       /* of the code; index -1: none */
    int64_t until_s;          /* how long the same code gets the same answer; 0: not at all */
    time_us checked_at;       /* how old what decided is; 0: nothing decided */
    struct photo_name photo;  /* of whose code it is, by the roster; zeros: none */
};

void decide(const struct known *known, const struct shown *shown, const struct moment *moment,
            struct decision *decision);

/* The receipt cannot be written: the site's rule for that. */
void decide_unrecorded(const struct known *known, enum direction direction,
                       struct decision *decision);

/* The why of domain/gate.def that has this name; WHY_STALE when none has. */
enum why why_named(const char *name);

#endif
