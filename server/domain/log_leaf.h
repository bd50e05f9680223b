/* domain/log_leaf.h: what the log seals: kinds of rows, and how one is named. */
#ifndef DOMAIN_LOG_LEAF_H
#define DOMAIN_LOG_LEAF_H

#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"

enum log_leaf_kind {
#define LEAF(name, number, text, parts) LOG_LEAF_##name = number,
#include "domain/log_leaf.def"
#undef LEAF
    LOG_LEAF_KIND_MAX = 255
};
const char *log_leaf_kind_name(unsigned kind); /* NULL: there is none */

struct log_key {
    unsigned kind;
    int64_t subject, number; /* number is 0 where one names the row */
};
enum { LOG_KEY_BYTES = 64 };
/* "record:7.3", "audit:12". False: no such kind, or not that many numbers. */
MUST_USE bool log_key_parse(struct text from, struct log_key *key);
struct text log_key_format(const struct log_key *key, char buffer[LOG_KEY_BYTES]);

#endif
