/* domain/gate_case.h: everything that one answer of a gate is made from, and the answer.
 *
 * A question is decided when it is asked, from what the register lends at that moment, and may be
 * decided again at any time, from what the database has kept (domain/replay.h). Both fill a case
 * and come through here, so there is one way to the answer. What is pointed at is borrowed. */
#ifndef DOMAIN_GATE_CASE_H
#define DOMAIN_GATE_CASE_H

#include "domain/fold.h"
#include "domain/gate.h"
#include "domain/pass.h"

struct gate_case {
    enum direction direction;
    enum why code_says;
    bool by_number, used_elsewhere, presence_known, inside;
    bool gate_clock_off;    /* the gate's clock is more than GATE_CLOCK_MS_MAX off the server's */
    bool live_code;         /* one was shown; it states: */
    uint8_t code_colour;    /* enum colour */
    uint32_t code_policy;
    int32_t fresh_ms;       /* age of the register; < 0: not known */
    int32_t fresh_limit_ms; /* the operator's */
    int32_t clock_offset_ms;
    day_t today;
    int64_t worker_id; /* 0: nobody was recognised */

    const struct site *site;     /* NULL: not known */
    const struct device *device; /* NULL: not known */
    const struct facts *facts;   /* NULL: the worker is not known */
    const struct engagement *engagement; /* here, today; NULL: none */
    const struct org *org;       /* of the engagement; NULL: not known */
    const struct policy *policy; /* for the place and day; NULL: none */
};

struct gate_outcome {
    struct gate_answer answer;
    bool judged; /* a policy was asked: */
    struct verdict verdict; /* as safety_day() gives it: no since, until, next change */
};

/* Engine 1 (domain/engine.h) is these three. */
void gate_case_decide(const struct gate_case *c, struct gate_outcome *out);

/* For people who ask why: the same colours and reasons with since, until and next change. False: no
 * policy was asked. */
MUST_USE bool gate_case_explain(const struct gate_case *c, struct verdict *verdict);

/* What kept an answer from reaching the device as it was decided. */
struct gate_after {
    bool unrecorded; /* its pass is nowhere on disk */
    bool late;       /* the device's deadline was over */
    bool rule_moved; /* decided before, under another version of site or device: no rule counts */
};
/* What the device is told instead; site and device are those of the moment. Both at once are the
 * same as unrecorded, then late. */
void gate_case_tell(const struct gate_case *c, const struct gate_after *after,
                    struct gate_answer *answer);

/* Over everything that is pointed at, for pass_stamp(). */
uint64_t gate_case_hash(const struct gate_case *c);

/* -- the case in a row --------------------------------------------------------------------------- */

enum pass_input { /* bits of pass.inputs; numbers are stored, so they are only added */
    INPUT_CODE_SAYS = 0x3f, /* enum why */
    INPUT_BY_NUMBER = 1 << 6,
    INPUT_USED_ELSEWHERE = 1 << 7,
    INPUT_PRESENCE_KNOWN = 1 << 8,
    INPUT_INSIDE = 1 << 9,
    INPUT_GATE_CLOCK_OFF = 1 << 10,
    INPUT_LIVE_CODE = 1 << 11,
    INPUT_CODE_COLOUR = 3 << 12, /* enum colour */
    INPUT_UNRECORDED = 1 << 14,
    INPUT_LATE = 1 << 15,
    INPUT_RULE_MOVED = 1 << 16,
    INPUT_ALL = (1 << 17) - 1
};

/* Fills what decided: versions, numbers and bits. */
void gate_case_keep(const struct gate_case *c, struct pass *pass);
/* Fills what was answered. */
void gate_outcome_keep(const struct gate_outcome *outcome, struct pass *pass);
/* Fills what the device was told instead. */
void gate_after_keep(const struct gate_after *after, const struct gate_answer *answer,
                     struct pass *pass);

/* Takes numbers and bits back from a row; what the case points at stays for the caller to fill in.
 * False: the row holds bits or numbers that no case has. */
MUST_USE bool gate_case_restore(const struct pass *pass, struct gate_case *c,
                                struct gate_after *after);

#endif
