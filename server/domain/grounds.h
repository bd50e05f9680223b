/* domain/grounds.h: what a reason rests on: the table of reasons and kinds of record, and the very
 * records that a reason rests on under a policy, on a day.
 *
 * The table follows the rules (scoring/rules_*.c): a kind is in it when a rule that can give the
 * reason reads it. tests/property/prop_grounds.c holds the two together: it takes records away and
 * adds some, and looks which reasons go. */
#ifndef DOMAIN_GROUNDS_H
#define DOMAIN_GROUNDS_H

#include "domain/record.h"
#include "scoring/rules.h"

/* Does a reason of this code and scope rest on this record? One of another scope than the person
 * rests on his engagement, too: it says where and as what he works. What rests on none of a worker's
 * own papers (a stopped site, a firm's permit) can be appealed against as well. */
bool grounds_rest(enum reason_code reason, enum scope scope, const struct record *record);

/* Can one more record of this kind end such a reason? A violation ends no VIOL_POINTS: there, only
 * taking one back does, or a signed decision. */
bool grounds_mend(enum reason_code reason, enum scope scope, const struct record *record);

/* True of the reasons whose cause is no record of the worker's at all. */
bool grounds_elsewhere(enum reason_code reason);

/* -- on a day ----------------------------------------------------------------------------------- */

enum { GROUNDS_MAX = 200 };

struct grounds_question {
    const struct rule *rule;       /* that gave the reason */
    const struct reason *reason;   /* of the verdict on day `on` */
    const struct context *context; /* that it was given in; NULL: none */
    uint32_t engagement;           /* version of the record that put him there; 0: none */
    day_t on;
};

/* The records that the reason rests on that day, by version: those that count then, within the
 * rule's window; where none does, the last one that did (the exam that ran out). None: it is for
 * want of any. At most GROUNDS_MAX, the earliest recorded. */
size_t grounds_on(const struct grounds_question *question, const struct record *records,
                  size_t count, const struct record *out[GROUNDS_MAX]);

/* The day from which a record counts: a certificate's first, an exam's own. */
day_t grounds_day(const struct record *record);

#endif
