/* scoring/rules.h: the kinds of rule that a policy is made of.
 *
 * A rule divides time into pieces within which it says the same. To keep that true by construction,
 * a rule may look at the day only through piece_reached(): every comparison narrows the piece to the
 * days on which it would come out alike, so whatever the rule concludes holds for the whole piece.
 *
 * A rule speaks in one or more lanes; a lane says one thing a day (an exam is too old AND it named
 * a contraindication: two lanes). Numbers, colours and lists come from the policy document. */
#ifndef SCORING_RULES_H
#define SCORING_RULES_H

#include "scoring/scoring.h"

enum rule_kind {
    RULE_AGE,
    RULE_EXAM,
    RULE_ENTRY_TRAINING,
    RULE_PERIODIC_TRAINING,
    RULE_TRANSFER_TRAINING,
    RULE_STUDY_POINTS,
    RULE_SITE_TRAINING,
    RULE_IDLE,
    RULE_VIOLATION_POINTS,
    RULE_OFF_JOB,
    RULE_CERTIFICATE,
    RULE_BAN,
    RULE_AGREEMENT,
    RULE_SITE_STATE,
    RULE_PERMIT,
    RULE_OVERRIDE,
    RULE_KINDS
};

enum {
    NO_REASON = REASON_COUNT,
    AGE_BANDS_MAX = 8,
    ENTRY_LEVELS_MAX = 4,
    REPEATS_MAX = 8,
    RULE_LANES_MAX = 4
};

/* What a rule says: a reason and its colour, or NO_REASON. */
struct outcome {
    uint8_t code, colour;
};

/* Whom a rule speaks of: everybody, scope person; or whoever works in one of the trades, scope
 * trade, or in one of the roles, scope role. Never both. */
struct audience {
    struct trade_list trades;
    uint8_t roles; /* bit per enum role */
};

/* From the birthday on which `from_age` years are completed, until the next band's. The first band
 * begins at 0. Inclusive and exclusive bounds, and years that two bands claim, were resolved when
 * the document was compiled. */
struct age_band {
    uint8_t from_age;
    uint8_t lifted_by_exam_months; /* silent so long after a clean exam; 0: nothing lifts it */
    struct outcome is;
};

struct rule_age { /* both sexes hold at least one band; unknown sex: the worse of the two */
    const struct age_band *bands[2]; /* men, women */
    uint8_t band_count[2];
    struct outcome unknown; /* no birth date on record */
    struct audience audience;
};

struct trade_months {
    uint16_t trade, months;
};

struct trade_hazards {
    uint16_t trade;
    uint8_t hazards; /* enum work_hazard bits */
};

struct rule_exam {
    uint16_t validity_months;           /* where the exam itself states no end */
    uint16_t validity_count, hazard_count;
    const struct trade_months *validity; /* trades with a validity of their own */
    const struct trade_hazards *hazards; /* what work each trade means */
    struct outcome none, expired;
    struct outcome conclusion[EXAM_OTHER + 1];
    struct outcome contra_trade, contra_person;
    bool adverse_outlasts; /* a conclusion other than clean stays until the next exam, even expired */
};

struct training_need {
    uint8_t type;   /* enum training_type */
    uint16_t hours; /* of passed training, added up */
};

struct rule_entry_training {
    struct training_need need[ENTRY_LEVELS_MAX];
    uint8_t need_count;
    struct outcome missing;
};

/* Rolling, it is silent until there was one such training: entry training speaks. By the calendar,
 * hours held in one period are good to the end of the next, and the first two periods of somebody
 * new are left to entry training. */
struct rule_periodic_training {
    uint32_t types; /* bit per enum training_type */
    uint16_t hours;
    uint16_t window_months; /* 0: by the calendar */
    uint8_t period_months;  /* of the calendar: 1, 3 or 12; 0: rolling */
    struct audience audience;
    struct outcome expired;
};

struct rule_transfer_training { /* asked of whoever worked in another trade before (转岗) */
    uint32_t types;
    uint16_t hours;
    struct outcome missing;
};

struct rule_study_points {
    uint32_t points;
    uint16_t window_months;
    struct outcome missing;
};

struct rule_site_training {
    uint32_t types;
    uint16_t validity_months; /* 0: without end */
    struct outcome missing;
};

struct rule_idle {
    uint16_t months;
    uint32_t retraining_types;
    struct outcome idle;
};

/* Sums are kept in hundredths of a point, so that a percentage rounds nothing. */
struct rule_violation_points {
    uint16_t points[5];    /* by severity 1-4 */
    uint16_t months[5];    /* by severity: how long one counts; 0: to the end of its calendar year */
    uint8_t classes;       /* bit per enum violation_class */
    uint8_t repeat_count;  /* at least 1 */
    uint16_t repeat_percent[REPEATS_MAX]; /* rising; the last one is for all further repeats */
    uint32_t each_max, day_max; /* hundredths; UINT32_MAX: no cap */
    uint32_t yellow, red;       /* hundredths */
};

struct rule_off_job {
    struct outcome due;
};

/* Who needs which certificate. Exactly one of trade and role is set; several needs of one trade or
 * role are alternatives. */
struct certificate_need {
    uint16_t trade;
    uint8_t role;
    uint8_t months;      /* it counts no longer than this after its first day; 0: as it says */
    uint16_t types;      /* bit per enum certificate_type */
    uint8_t issuers;     /* bit per enum certificate_issuer */
    bool any_class;
    uint64_t classes[2]; /* bit per class 0-99 */
};

struct rule_certificate {
    const struct certificate_need *needs;
    uint16_t need_count;
    uint16_t blocked_violations, blocked_months; /* so many within so long; 0: never */
    uint8_t blocked_classes; /* of them: bit per enum violation_class; 0: of every class */
    struct outcome none, expired, suspended;
};

struct rule_ban {
    struct outcome banned;
};

struct rule_agreement {
    struct outcome missing;
};

struct rule_site_state {
    struct outcome stopped, closed;
};

struct rule_permit {
    struct outcome is[PERMIT_UNASKED + 1];
};

/* A signed decision takes the place of what the rules of scope person say, but for the reasons in
 * `never_lifts` (bit per reason code). */
struct rule_override {
    uint8_t signers;
    uint32_t never_lifts;
};
_Static_assert(REASON_COUNT <= 32, "never_lifts has a bit for every reason");

struct rule {
    uint8_t kind; /* enum rule_kind */
    union {
        struct rule_age age;
        struct rule_exam exam;
        struct rule_entry_training entry_training;
        struct rule_periodic_training periodic_training;
        struct rule_transfer_training transfer_training;
        struct rule_study_points study_points;
        struct rule_site_training site_training;
        struct rule_idle idle;
        struct rule_violation_points violation_points;
        struct rule_off_job off_job;
        struct rule_certificate certificate;
        struct rule_ban ban;
        struct rule_agreement agreement;
        struct rule_site_state site_state;
        struct rule_permit permit;
        struct rule_override override;
    };
};

/* What rules read: the facts, with the place of each kind among them, and the question. */
struct scoring_input {
    const struct facts *facts;
    const struct context *context; /* may be NULL */
    uint16_t start[FACT_KINDS + 1]; /* facts of kind k: [start[k], start[k + 1]) */
};

struct piece {
    day_t day;         /* the day asked about */
    day_t from, until; /* the days around it on which the rule says the same */
    struct outcome is;
    uint8_t scope;
    bool missing; /* for want of a fact: does not begin before the person was enrolled */
};

/* The day asked about is `x` or later. The only way in which a rule may look at the day. */
static inline bool piece_reached(struct piece *p, day_t x)
{
    if (p->day >= x) {
        if (p->from < x)
            p->from = x;
        return true;
    }
    if (p->until > x)
        p->until = x;
    return false;
}

void scoring_input_init(struct scoring_input *in, const struct facts *facts,
                        const struct context *context);

unsigned rule_lanes(enum rule_kind kind);
void rule_evaluate(const struct rule *rule, unsigned lane, const struct scoring_input *in,
                   day_t day, struct piece *piece);

#endif
