/* scoring/facts.h: what is known of a worker, as scoring reads it.
 *
 * Facts are a fold over the worker's records (server/domain/fold.h). They hold dated events with
 * category and severity, never points, sums or colours: windows and point tables are policy.
 * An event is 12 bytes of codes; the table below says what its members mean for each kind.
 *
 *   kind               on            until            a            b                c             ref
 *   EXAM               examined on   valid until, 0:  conclusion   contraindicated  -             -
 *                                    by policy                     work (bit mask)
 *   TRAINING           held on       -                type         hours, <= 255    1 = passed    site
 *   STUDY              earned on     -                -            -                -             points
 *   VIOLATION          happened on   rectified on,    class        severity 1-4     1 = off-job   category * 100
 *                                    NEVER: open                                    training due  (7.06 -> 706)
 *   CERTIFICATE        valid from    valid until      type         class (02 -> 2)  issuer        number's hash
 *   CERTIFICATE_STATUS from          until            status       -                -             number's hash
 *   BAN                from          until            scope        -                -             subject
 *   AGREEMENT          from          until            type         -                -             -
 *   OVERRIDE           from          until            colour       -                signers       -
 *   STAR               given on      -                -            -                -             points
 *   ENGAGEMENT         from          until            role         trade / 10       -             site
 */
#ifndef SCORING_FACTS_H
#define SCORING_FACTS_H

#include "scoring/day.h"

enum colour { COLOUR_GREEN, COLOUR_YELLOW, COLOUR_RED, COLOUR_NONE };

enum sex { SEX_UNKNOWN, SEX_MALE, SEX_FEMALE };

enum fact_kind {
    FACT_EXAM = 1,
    FACT_TRAINING,
    FACT_STUDY,
    FACT_VIOLATION,
    FACT_CERTIFICATE,
    FACT_CERTIFICATE_STATUS,
    FACT_BAN,
    FACT_AGREEMENT,
    FACT_OVERRIDE,
    FACT_STAR,
    FACT_ENGAGEMENT,
    FACT_KINDS
};

enum exam_conclusion { /* GBZ 188 style */
    EXAM_NO_ABNORMALITY = 1,
    EXAM_RECHECK,
    EXAM_SUSPECTED_OCCUPATIONAL,
    EXAM_CONTRAINDICATED,
    EXAM_UNFIT,
    EXAM_OTHER
};

enum work_hazard { /* bits of an exam's b */
    HAZARD_HEIGHT = 1,
    HAZARD_ELECTRIC = 2,
    HAZARD_HEAT = 4,
    HAZARD_NOISE = 8,
    HAZARD_DUST = 16,
    HAZARD_CONFINED = 32,
    HAZARD_HEAVY = 64,
    HAZARD_VEHICLE = 128
};

enum training_type {
    TRAINING_ENTRY_COMPANY = 1,
    TRAINING_ENTRY_PROJECT,
    TRAINING_ENTRY_TEAM,
    TRAINING_SITE_ENTRY,
    TRAINING_ANNUAL,
    TRAINING_QUARTERLY,
    TRAINING_MONTHLY,
    TRAINING_TRANSFER,
    TRAINING_IDLE,
    TRAINING_CONTINUING,
    TRAINING_OFF_JOB,
    TRAINING_PRE_SHIFT,
    TRAINING_DRILL
};

enum violation_class { VIOLATION_COMMAND = 1, VIOLATION_OPERATION, VIOLATION_DISCIPLINE };

enum certificate_type {
    CERTIFICATE_SPECIAL_OPERATION = 1,
    CERTIFICATE_A,
    CERTIFICATE_B,
    CERTIFICATE_C1,
    CERTIFICATE_C2,
    CERTIFICATE_C3,
    CERTIFICATE_OTHER
};

enum certificate_issuer { ISSUER_HOUSING = 1, ISSUER_EMERGENCY, ISSUER_OTHER };

enum certificate_state { CERTIFICATE_VALID = 1, CERTIFICATE_SUSPENDED, CERTIFICATE_REVOKED };

enum ban_scope { BAN_INDUSTRY = 1, BAN_ROLE, BAN_TRADE, BAN_SITE };

enum agreement_type { AGREEMENT_LABOUR_CONTRACT = 1, AGREEMENT_WRITTEN };

enum role {
    ROLE_WORKER = 1,
    ROLE_MANAGER,
    ROLE_PROJECT_MANAGER,
    ROLE_SAFETY_OFFICER,
    ROLE_SUPERVISOR,
    ROLE_HEAD
};

struct fact {
    day_t on, until;
    uint8_t kind, a, b, c;
    uint32_t ref;
};
_Static_assert(sizeof(struct fact) == 12, "facts are packed as they lie in memory");

/* How long a dated event is surely known; policies may look back no further (domain/fold.h). */
enum { FACTS_PER_WORKER_MAX = 1024, FACTS_HORIZON_MONTHS = 60 };

/* A view: the events lie elsewhere (a register block, an arena) and outlive it. They are sorted by
 * kind, then `on`, then as recorded. */
struct facts {
    const struct fact *fact;
    uint16_t count;
    day_t birth;    /* DAY_UNKNOWN until an identity record is there */
    day_t enrolled; /* first identity record's day: no reason begins before it for want of a fact */
    uint8_t sex;    /* enum sex */
    uint32_t version; /* the worker's record version that was folded last */
};

#endif
