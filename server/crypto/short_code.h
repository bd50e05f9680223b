/* crypto/short_code.h: a code of twenty digits, for readers that read only digits and for reading out.
 *
 * Ten digits are the index (list << 20 | slot), ten are HMAC-SHA-256 over index and half-minute, under
 * a key that every server of a service has; so any of them knows any other's without asking, and there
 * is nothing to verify it by without network. It lives until the end of the next half-minute: 30 to 60
 * seconds. Whoever guesses has three half-minutes of 10^10 that are right, and a gate that shows wrong
 * ones is soon not listened to (api/gate_check.c): at ten a minute, one chance in 600 years for a
 * given person. It states no colour. */
#ifndef CRYPTO_SHORT_CODE_H
#define CRYPTO_SHORT_CODE_H

#include "crypto/seal.h"
#include "crypto/token.h"

enum { SHORT_CODE_DIGITS = 20, SHORT_CODE_STEP_S = 30 };

/* ERR_NOT_READY for an index of more than ten digits. until_s: when it is dead. */
MUST_USE struct err short_code_format(const struct vault *vault, uint64_t index, int64_t now_s,
                                      char digits[SHORT_CODE_DIGITS + 1], int64_t *until_s);
/* TOKEN_OK; TOKEN_FORMAT for anything but twenty digits; TOKEN_EXPIRED for one of the last five
 * minutes; TOKEN_SIGNATURE. time_s is when its half-minute began: (index, time_s) is the code. */
enum token_why short_code_read(const struct vault *vault, struct text digits, int64_t now_s,
                               uint64_t *index, int64_t *time_s);

#endif
