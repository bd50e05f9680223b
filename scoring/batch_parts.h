/* scoring/batch_parts.h: what the families of batch*.c share. Private to them.
 *
 * Every kind of rule has two functions: one makes a step of it (numbers for one day), the other runs
 * the step over a cohort, adding to the column `says` what the rule says of each worker. The families
 * are those of rules*.c; what is said is defined there, and here it is only asked of many at once.
 *
 * Loops over lanes have neither a branch nor a call inside, so that the compiler makes vector
 * instructions of them; what few people have is a loop over tails. */
#ifndef SCORING_BATCH_PARTS_H
#define SCORING_BATCH_PARTS_H

#include <string.h>

#include "scoring/batch.h"

/* What rules said of a worker: bits, because the worst of many colours is then an OR. */
enum says {
    SAYS_YELLOW = 1, /* scope person */
    SAYS_RED = 2,
    SAYS_YELLOW_HERE = 4, /* other scopes */
    SAYS_RED_HERE = 8,
    SAYS_YELLOW_KEPT = 16, /* scope person, of reasons that no decision lifts */
    SAYS_RED_KEPT = 32,
    SAYS_OUTSIDE = 64,  /* not asked, or a trade outside the code's scope */
    SAYS_DECIDED = 128, /* a signed decision is in force; it says the next two */
    SAYS_YELLOW_DECIDED = 256,
    SAYS_RED_DECIDED = 512,
    SAYS_KEPT_SHIFT = 4, /* from a scope's bits to those above */
    SAYS_HERE_SHIFT = 2,
    SAYS_DECIDED_SHIFT = 8
};

/* The days first .. first + span. One comparison tells: (uint16_t)(day - first) <= span. An empty
 * one is a day that no event has. */
struct batch_window {
    uint16_t first, span;
};

/* Whom a step speaks of. */
struct batch_audience {
    const struct batch_table *trades; /* 1: yes; NULL: not by trade */
    uint16_t posts;                   /* bits of the column `post`, any of which will do; 0: all */
};

/* Age bands as changes: what the first one says; and from the birthday in `born` backwards (born
 * then or before) something else, by these bits. The last change is for those whose birth is not
 * known. */
struct batch_bands {
    uint16_t count;
    uint16_t first_says, first_lifted;
    uint16_t born[AGE_BANDS_MAX], says[AGE_BANDS_MAX], lifted[AGE_BANDS_MAX];
};
_Static_assert(AGE_BANDS_MAX % 4 == 0, "they are looked at four at a time");

struct step_age {
    struct batch_bands bands[2];
    struct batch_audience audience;
    bool is_lifted; /* by exams held after the day in `lifted`; there DAY_NEVER: never */
};

enum { EXAM_SAYINGS = 4 }; /* yellow and red, each as what no decision lifts or as the rest */

struct step_exam {
    uint16_t expired_by; /* held on this day or before: expired, unless it states an end */
    uint16_t latest_by, earliest_by; /* the same for the trades with the longest and shortest */
    uint16_t none, expired, contra_person, contra_trade;
    uint16_t conclusions[EXAM_SAYINGS]; /* conclusion bits that say the same of a valid exam... */
    uint16_t says[EXAM_SAYINGS];
    uint16_t outlasting; /* those that stay although expired */
    bool contra_outlasts;
    const struct batch_table *hazards;  /* of the trade; NULL: none */
    const struct batch_table *validity; /* index into by_trade, from 1 */
    uint16_t by_trade[BATCH_VALIDITIES_MAX + 1];
};

struct batch_level {
    uint8_t type;
    uint16_t take, give; /* a training is worth (hours & take) | give */
    uint16_t need;
};

struct step_entry {
    struct batch_level level[ENTRY_LEVELS_MAX];
    unsigned count;
    uint16_t missing;
};

struct step_periodic {
    uint32_t types;
    struct batch_level level;           /* its type is not used */
    struct batch_window window, before; /* before: the calendar period before the running one */
    uint16_t enrolled_by;               /* by the calendar; enrolled after it: silent */
    bool by_calendar;
    struct batch_audience audience;
    uint16_t expired;
};

struct step_transfer {
    uint32_t types;
    struct batch_level level;
    uint16_t missing;
};

struct step_study {
    struct batch_window window;
    uint16_t points, missing;
};

struct step_site_training {
    uint32_t types;
    struct batch_window window;
    uint16_t missing;
};

struct step_idle {
    uint16_t months, idle;
    uint16_t seen_by; /* last seen on this day or before: idle */
    uint16_t horizon; /* and after this one, or nothing is known of him */
    uint32_t retraining_types;
};

struct step_violations {
    const struct rule_violation_points *rule;
    uint16_t first[5]; /* by severity: the first day that still counts */
    uint16_t yellow, red;
};

struct step_certificate {
    const struct batch_need *needs;     /* the plan's */
    const struct batch_table *by_trade; /* the first need of that trade, from 1; NULL: no trade */
    uint8_t by_role[ROLE_HEAD + 1];     /* likewise, of that role */
    uint16_t asked_roles;               /* bits of the column `post` */
    uint16_t blocked_violations;        /* so many in this window; 0: never */
    uint16_t blocked_classes;           /* bit per enum violation_class; all bits: of every class */
    struct batch_window blocked;
    uint16_t none, expired, suspended; /* of trade and role alike: both are of the post */
};

struct step_says { /* what needs nothing but the outcomes */
    uint16_t says[BAN_SITE + 1];
    uint8_t signers;
};

struct batch_step {
    uint8_t kind; /* enum rule_kind */
    union {
        struct step_age age;
        struct step_exam exam;
        struct step_entry entry;
        struct step_periodic periodic;
        struct step_transfer transfer;
        struct step_study study;
        struct step_site_training site_training;
        struct step_idle idle;
        struct step_violations violations;
        struct step_certificate certificate;
        struct step_says plain;
    };
};
_Static_assert(sizeof(struct batch_step) * POLICY_RULES_MAX <=
                   sizeof(((struct batch_plan *)0)->steps),
               "a plan has room for every rule");

/* -- while a plan is made --------------------------------------------------------------------- */

/* Fails (false) when the rule is larger than a step can hold. */
typedef bool batch_compile_fn(struct batch_plan *plan, const struct rule *rule,
                              struct batch_step *step);

uint16_t batch_says(const struct batch_plan *plan, struct outcome is, enum scope scope);

/* The last day x with day_add_months(x, months) <= on; 0: none. What began on x or before has run
 * for so many months. */
day_t batch_months_before(day_t on, unsigned months);

/* The last `months` months: what began in it counts in a rolling window. */
struct batch_window batch_rolling(day_t on, unsigned months);
struct batch_window batch_days(day_t first, day_t last); /* both in; empty when last < first */

/* A zeroed table; NULL when the plan has no more. */
struct batch_table *batch_table_new(struct batch_plan *plan);
bool batch_table_of(struct batch_plan *plan, const struct trade_list *list,
                    const struct batch_table **table);
bool batch_audience_of(struct batch_plan *plan, const struct audience *whom,
                       struct batch_audience *audience, enum scope *scope);
struct batch_level batch_level_of(unsigned type, uint16_t hours);

/* -- while it runs ---------------------------------------------------------------------------- */

enum { WORK_LANES = COHORT_WORKERS_MAX + COHORT_LANES }; /* not 4,096 bytes apart, either */

/* Before a function that is one loop over lanes. In release builds it is made for each width of
 * vectors that processors have, and the loader takes the widest of this one; the results are the
 * same. (Not under sanitizers, which the loader's choice comes too early for.) */
#if defined(BATCH_EVERY_WIDTH) && defined(__x86_64__)
#define BATCH_LANES __attribute__((target_clones("default", "avx2", "arch=x86-64-v4")))
#else
#define BATCH_LANES
#endif

/* Columns to work in: so few that all of them stay near. */
struct batch_work {
    const struct cohort *cohort;
    unsigned lanes;
    day_t on;
    _Alignas(COHORT_ALIGN) uint16_t says[WORK_LANES];
    uint16_t a[WORK_LANES], b[WORK_LANES], c[WORK_LANES], d[WORK_LANES];
};

typedef void batch_run_fn(const struct batch_step *step, struct batch_work *work);

batch_compile_fn batch_compile_age, batch_compile_exam;
batch_run_fn batch_run_age, batch_run_exam;
batch_compile_fn batch_compile_entry, batch_compile_periodic, batch_compile_transfer,
    batch_compile_study, batch_compile_site_training, batch_compile_idle;
batch_run_fn batch_run_entry, batch_run_periodic, batch_run_transfer, batch_run_study,
    batch_run_site_training, batch_run_idle;
batch_compile_fn batch_compile_violations, batch_compile_off_job;
batch_run_fn batch_run_violations, batch_run_off_job;
batch_compile_fn batch_compile_certificate, batch_compile_ban, batch_compile_agreement,
    batch_compile_site_state, batch_compile_permit, batch_compile_override;
batch_run_fn batch_run_certificate, batch_run_ban, batch_run_agreement, batch_run_override;

/* The last exam held by the day: held (0: none), what, own end. */
void batch_governing_exam(const struct batch_work *work, uint16_t *held, uint16_t *what,
                          uint16_t *until);

/* The last day by today on which everybody passed a training of these types; 0: never. */
void batch_last_passed(const struct batch_work *work, uint32_t types, uint16_t *day);

/* Of a list whose latest events come first: how many ranks can hold the last one reached by today;
 * and whether the tail can. When nothing in it lies ahead, the first rank is all. */
unsigned batch_ranks_now(const struct batch_work *work, const struct cohort_events *events,
                         bool *tail);

/* 0xffff for whom the audience is, 0 for the others. Works in work->d. */
void batch_audience_mask(const struct batch_audience *audience, struct batch_work *work,
                         uint16_t *mask);

static inline uint16_t batch_mask(bool holds)
{
    return (uint16_t) - (uint16_t)holds;
}

/* Whether a rank or tail, none of whose events is later than `latest`, may have any in the window. */
static inline bool batch_speaks(struct batch_window window, day_t latest)
{
    return latest >= window.first;
}

static inline bool batch_in(struct batch_window window, uint16_t day)
{
    return (uint16_t)(day - window.first) <= window.span;
}

void batch_fill(uint16_t *column, unsigned lanes, uint16_t value);

/* `is`, of those bits that `whom` has. */
void batch_say(const uint16_t *whom, uint16_t is, unsigned lanes, uint16_t *says);

void batch_look_up(const struct batch_table *table, const uint16_t *trade, unsigned lanes,
                   uint16_t *out);

/* The next lane from `i` on in which a column is not 0; `lanes` when there is none. */
static inline unsigned batch_next(const uint16_t *column, unsigned i, unsigned lanes)
{
    uint64_t four;

    for (; i < lanes && i % 4 != 0; i++) {
        if (column[i] != 0)
            return i;
    }
    for (; i < lanes; i += 4) {
        memcpy(&four, column + i, sizeof four);
        if (four != 0)
            break;
    }
    while (i < lanes && column[i] == 0)
        i++;
    return i;
}

#define FOR_MARKED(i, column, lanes)                                                               \
    for (unsigned i = batch_next(column, 0, lanes); i < (lanes);                                   \
         i = batch_next(column, i + 1, lanes))

static inline bool batch_everybody(const struct batch_audience *audience)
{
    return audience->trades == NULL && audience->posts == 0;
}

#endif
