/* domain/pass.h: what is kept of a gate's question and its answer.
 *
 * A pass is known by (gate, epoch, seq, day, told). Besides the answer it holds everything that the
 * answer was made from, as versions, numbers and bits, so that it can be made again
 * (domain/replay.h). */
#ifndef DOMAIN_PASS_H
#define DOMAIN_PASS_H

#include "scoring/day.h"

enum pass_source { PASS_ASKED = 1, PASS_SPOOLED, PASS_HANDED_IN };

#define PASS_TYPE_int16 int16_t
#define PASS_TYPE_int32 int32_t
#define PASS_TYPE_int64 int64_t
#define PASS_TYPE_date  day_t
#define PASS_TYPE_time  int64_t /* microseconds since 1970 */

struct pass { /* members: domain/pass.def; meanings: migrations/0004_passes.sql */
#define PASS(name, type) PASS_TYPE_##type name;
#include "domain/pass.def"
#undef PASS
};

bool pass_is_same_key(const struct pass *a, const struct pass *b);
/* The same question: the same person or code, in the same direction. Under one key, anything else
 * is a gate that counts wrongly. */
bool pass_is_same_question(const struct pass *a, const struct pass *b);

/* Sets inputs_hash: over the row as it stands (all but source, which the spool changes) and what
 * lies outside of it, by gate_case_hash(); 0 for a pass that was decided elsewhere. Call it last. */
void pass_stamp(struct pass *pass, uint64_t case_hash);
/* The part of the hash that stands for what lies outside the row; see pass_stamp. */
uint64_t pass_case_hash(const struct pass *pass);

#endif
