/* domain/gate.h: what a gate is told: open, refuse, or that nobody could tell.
 *
 * A pure decision over what the register knew at that moment. Health of the system is an input
 * like any other, so that "the database is gone" is a normal case, tested and replayable. Leaving
 * is always open. */
#ifndef DOMAIN_GATE_H
#define DOMAIN_GATE_H

#include "domain/directory.h"
#include "scoring/scoring.h"

enum verdict_kind { VERDICT_OPEN = 1, VERDICT_REFUSE, VERDICT_CANNOT_TELL };

enum why {
#define WHY(name, code, screen, voice, english) WHY_##name,
#include "domain/gate.def"
#undef WHY
    WHY_COUNT
};
struct why_row {
    const char *code, *screen, *voice, *english;
};
const struct why_row *why_row(enum why why);
const char *verdict_kind_name(enum verdict_kind kind); /* "open", "refuse", "cannot_tell" */

enum gate_flag { /* bits, listed for people to review */
    GATE_OPENED_BY_RULE = 1, /* could not tell; the site's written rule opened */
    GATE_PASSBACK = 2,       /* entered twice without leaving, or left without entering */
    GATE_PRE_SHIFT = 4,      /* no pre-shift briefing today */
    GATE_ELSEWHERE = 8,      /* the same code at another gate of the site within its life */
    GATE_COLOUR_MOVED = 16,  /* the code's colour differs from today's */
    GATE_LATE = 32,          /* the device was answered by the rule after the deadline */
    GATE_CLOCK = 64,         /* the gate's clock is more than 30 s off */
    GATE_WITHOUT_CODE = 128  /* entered by number, not by a code */
};

enum { GATE_FRESH_MS_MAX = 30000, GATE_CLOCK_MS_MAX = 30000 };

/* What is known when the question is asked. */
struct gate_question {
    enum direction direction;      /* IN or OUT */
    enum why code_says;            /* WHY_OK, or why the code itself cannot be accepted */
    bool worker_known;
    const struct site *site;       /* NULL: not known here yet */
    const struct device *device;   /* NULL likewise */
    const struct verdict *verdict; /* NULL: no policy for the region */
    const struct facts *facts;     /* of the worker, or NULL */
    uint16_t trade;                /* of the engagement on this site today; 0: none */
    uint8_t yellow_gate;           /* the policy's; the stricter of it and the site's counts */
    uint8_t pre_shift;             /* likewise */
    int64_t fresh_ms;              /* age of the register; < 0: not known */
    int64_t clock_offset_ms;       /* server's clock against the database's */
    bool inside;                   /* presence: already inside the site */
    bool presence_known;
    bool used_elsewhere;           /* this live code at another gate of the site while it lives */
    bool rectifying;               /* on the site's rectification list */
    bool by_number;
    day_t today;
    int64_t worker_id;
};

struct gate_answer {
    enum verdict_kind verdict;
    enum why why;
    uint32_t flags;        /* enum gate_flag */
    uint32_t restrictions; /* bit i: zone i of the site's rule stays shut */
    enum colour colour;    /* colour_here, or COLOUR_NONE when nobody could tell */
};

void gate_decide(const struct gate_question *q, struct gate_answer *answer);

/* The zones of the site's rule that are shut to somebody, a bit each, whichever gate he stands at: by
 * his trade, his certificates, his colour. Of the question: site, facts, verdict, trade, yellow_gate,
 * today. What a gate without network is told beforehand. */
uint32_t gate_shut_zones(const struct gate_question *q);

/* The same answer when the pass could not be recorded: the site's `unrecorded` rule. Of the question
 * these two read direction, site and device. */
void gate_unrecorded(const struct gate_question *q, struct gate_answer *answer);
/* The same answer when the device's deadline was over: the site's `late` rule, and a flag. */
void gate_late(const struct gate_question *q, struct gate_answer *answer);

#endif
