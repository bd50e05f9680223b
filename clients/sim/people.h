/* clients/sim/people.h: people who do not exist.
 *
 * Age, sex and trades are spread as on Chinese building sites (surveys of 2019-2024; the shares are
 * in people.c). Document numbers begin with 99, which GB/T 2260 gives to no place, so no number here
 * can be anybody's; their check digits are right. Of every hundred about 80 are green, 17 yellow and
 * 3 red: by age alone a tenth is not green in Jiangsu, the rest is drawn as a flaw. */
#ifndef SIM_PEOPLE_H
#define SIM_PEOPLE_H

#include <stdbool.h>
#include <stdint.h>

#include "clients/sim/dice.h"
#include "scoring/day.h"

/* What is missing or wrong about somebody, beyond age. */
enum flaw {
    FLAW_NONE,
    FLAW_EXAM_NONE,
    FLAW_EXAM_OLD,
    FLAW_EXAM_RECHECK,
    FLAW_TRAINING,    /* the three-level induction is not complete */
    FLAW_STUDY,       /* too few study points */
    FLAW_SITE_ENTRY,  /* not instructed on this site */
    FLAW_VIOLATIONS,  /* enough points for yellow */
    FLAW_CERTIFICATE, /* none, in a trade that needs one */
    FLAW_UNFIT,       /* red from here on */
    FLAW_OFF_JOB,     /* ordered to retrain off the job */
    FLAWS
};
const char *flaw_name(enum flaw flaw);

struct person {
    char name[16], number[19], phone[12];
    char sex; /* 'M' or 'F' */
    int age;
    unsigned trade;         /* code of the national platform */
    const char *certificate; /* class of special operation that the trade needs, or NULL */
    bool is_manager;
    enum flaw flaw;
    int exam_days_ago, entry_days_ago;
};

enum { PEOPLE_MAX = 10000 };

/* The person of that place in the city of that seed: always the same one. */
void person_make(struct person *person, uint64_t seed, unsigned place, day_t today);

#endif
