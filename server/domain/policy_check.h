/* domain/policy_check.h: what is wrong with a policy although its format is right.
 *
 * Rules that contradict one another, people whom they leave out, parts that nobody ever meets,
 * words that nobody understands. What a rule does is not guessed from its numbers: the made-up people of
 * domain/policy_people.h are judged by it, and each finding comes with one of them, as a line that
 * `jianan score` reads. The kinds of findings are in policy_finding.def. Nothing here waits. */
#ifndef DOMAIN_POLICY_CHECK_H
#define DOMAIN_POLICY_CHECK_H

#include "base/json.h"
#include "domain/policy.h"

enum finding_kind {
#define FINDING(code, name, class, zh, en) FINDING_##code,
#include "domain/policy_finding.def"
#undef FINDING
    FINDING_KINDS
};

enum { FINDINGS_MAX = 64 }; /* more are left out: the first ones are enough to begin with */

struct policy_finding {
    uint8_t kind;       /* enum finding_kind */
    const char *at;     /* JSON pointer into the document */
    const char *zh, *en;
    struct text person; /* an example: one line of `jianan score` */
};

/* One person for each reason and colour that each rule gives. */
struct policy_example {
    uint8_t rule, code, colour;
    struct text person;
};

struct policy_report {
    day_t on; /* the day on which the people are judged */
    const struct policy_finding *findings;
    const struct policy_example *examples; /* in order of rules */
    unsigned finding_count, example_count;
};

/* Everything in the report lies in the arena. Fails with ERR_TOO_LARGE. */
MUST_USE struct err policy_check(const struct policy_document *document, struct arena *arena,
                                 struct policy_report *out);

/* As an array of {kind, class, at, zh, en, example}, named key. */
void policy_findings_put(struct json_writer *w, const char *key, const struct policy_report *report);

const char *finding_name(enum finding_kind kind);  /* "cap_each" */
const char *finding_class(enum finding_kind kind); /* "contradiction" */

#endif
