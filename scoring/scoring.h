/* scoring/scoring.h: the colour of a safety code (建安码).
 *
 * safety_code() is a pure function: no I/O, allocation, clock, globals or floating point. The same
 * facts, context, policy and day give the same verdict for ever: behind a semantics number that
 * has decided anything, the code does not change (scoring/semantics.h).
 *
 * Each rule of the policy divides time into pieces within which its outcome is constant. The
 * verdict of a day is what all rules say on it; since and until of a reason are the ends of the
 * run of days over which that rule gives that reason without a break. */
#ifndef SCORING_SCORING_H
#define SCORING_SCORING_H

#include "scoring/facts.h"
#include "scoring/policy.h"

enum reason_code {
#define REASON(code, class) REASON_##code,
#include "scoring/reason.def"
#undef REASON
    REASON_COUNT
};

enum site_state { SITE_OPEN = 1, SITE_STOPPED, SITE_CLOSED };
enum permit_state {
    PERMIT_NONE, /* no permit on record */
    PERMIT_VALID,
    PERMIT_SUSPENDED,
    PERMIT_REVOKED,
    PERMIT_EXPIRED,
    PERMIT_UNASKED /* the question leaves the firm out; a gate always asks */
};

/* Where and as what the person would work: what turns person_colour into colour_here. A member
 * that is 0 (for the permit: PERMIT_UNASKED) is not asked about, and its rules are silent. */
struct context {
    uint16_t trade;     /* 工种 code, 10..1000; 0 unknown */
    uint8_t role;       /* enum role */
    uint8_t site_state; /* enum site_state */
    uint8_t org_permit; /* enum permit_state (安全生产许可证) */
    uint32_t site;      /* matches the site of training and bans; 0 unknown */
};

enum { REASONS_MAX = 32 };

struct reason {
    uint8_t code;   /* enum reason_code */
    uint8_t colour; /* enum colour: what this reason alone would give */
    uint8_t scope;  /* enum scope */
    uint8_t rule;   /* index into the policy's rules: basis, texts, remedy */
    day_t since, until; /* [since, until) as far as today's facts tell; DAY_NEVER: no end */
};

struct verdict {
    uint8_t person_colour; /* worst of the reasons of scope person, or what an override says */
    uint8_t colour_here;   /* worst of person_colour and the other scopes' reasons; COLOUR_NONE
                              without a context, or for a trade outside the code's scope */
    bool has_context;
    uint8_t reason_count;
    struct reason reasons[REASONS_MAX]; /* worst colour first, then by code's name */
    day_t on;
    day_t next_change; /* the next day on which either colour differs; DAY_NEVER */
    uint32_t policy;   /* the policy's number */
    uint16_t semantics;
};

/* facts and policy are borrowed. context may be NULL: then only rules of scope person speak. */
void safety_code(const struct facts *facts, const struct context *context,
                 const struct policy *policy, day_t on, struct verdict *out);

/* The same without since, until and next_change, which are DAY_UNKNOWN: what one day's decision needs
 * (a gate, a list, a forecast's one day), each rule asked once. Returns the day until which both
 * colours and all reasons surely stay as they are. */
day_t safety_day(const struct facts *facts, const struct context *context,
                 const struct policy *policy, day_t on, struct verdict *out);

/* The two colours of a day alone, and the day until which they surely stay as they are: what a
 * gate's queue or a count over a site needs, without the cost of since, until and next_change. */
struct colours {
    uint8_t person_colour, colour_here;
    day_t until;
};
struct colours safety_colours(const struct facts *facts, const struct context *context,
                              const struct policy *policy, day_t on);

/* The reasons of a day alone, a bit per reason code. Like a verdict's, without since and until. */
struct reasons_of_day {
    uint32_t all, yellow, red; /* red: by the colour that the reason alone would give */
};
struct reasons_of_day safety_reasons(const struct facts *facts, const struct context *context,
                                     const struct policy *policy, day_t on);

/* A bit per reason code: what goes on counting when a signed decision is in force. */
uint32_t policy_never_lifts(const struct policy *policy);

enum colour colour_worse(enum colour a, enum colour b); /* red, yellow, green, none */

const char *reason_name(enum reason_code code);  /* "AGE_RED" */
const char *reason_class(enum reason_code code); /* "age": what gates see */
const char *colour_name(enum colour colour);     /* "green", "yellow", "red", "none" */
const char *scope_name(enum scope scope);        /* "person", "trade", "role", "site" */

#endif
