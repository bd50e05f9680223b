/* domain/policy.h: policy documents: from JSON to what scoring reads, and the words that explain it.
 *
 * The format is in migrations/policies/README.md. Reading is strict: an unknown key, a wrong type, a
 * gap between age bands, a yellow threshold at or above the red one, or a reason that the policy can
 * give but has no words for, refuses the document. */
#ifndef DOMAIN_POLICY_H
#define DOMAIN_POLICY_H

#include "base/arena.h"
#include "base/err.h"
#include "scoring/rules.h"

struct policy_words {
    const char *what;   /* what is wrong */
    const char *remedy; /* what to do about it */
    const char *help;   /* who can help */
};

/* mark: how sure the basis is: SEED, LAW, PUB, RECALL or INF (migrations/policies/README.md). */
struct policy_basis {
    const char *text, *mark;
};

struct policy_reason {
    uint8_t code; /* enum reason_code */
    struct policy_words zh, en;
};

struct policy_rule_text {
    const struct policy_reason *reasons;
    const struct policy_basis *basis; /* at least one */
    uint8_t reason_count, basis_count;
};

/* What the site's people are told when it is warned. */
struct policy_alert_text {
    struct policy_words zh, en;
    const struct policy_basis *basis; /* at least one; NULL in a policy that warns no site */
    uint8_t basis_count;
};

/* Everything lies in the arena it was compiled into. */
struct policy_document {
    struct policy policy;
    const char *title_zh, *title_en;
    const struct policy_rule_text *texts; /* one a rule of the policy */
    struct policy_alert_text alert_text;  /* of policy.site_alert */
};

/* Fails with ERR_JSON_SYNTAX, or with ERR_POLICY_INVALID: field is a JSON pointer to the place,
 * expected says what would have been right. */
MUST_USE struct err policy_compile(struct text json, struct arena *arena,
                                   struct policy_document *out);

/* Words and basis for a reason that this policy gave. Never NULL for such a reason. */
const struct policy_reason *policy_explain(const struct policy_document *document,
                                           const struct reason *reason);
const struct policy_rule_text *policy_rule_text(const struct policy_document *document,
                                                const struct reason *reason);

struct policy_set {
    const struct policy_document *const *documents;
    size_t count;
    uint64_t generation; /* the register's: another number, other documents */
};

/* The document for a place (GB/T 2260 code) on a day: of those in force whose region is a prefix of
 * `region`, the longest; of two, the later in effect, then the higher number. NULL: none. */
const struct policy_document *policy_find(const struct policy_set *set, struct text region,
                                          day_t day);

#endif
