#include "crypto/short_code.h"

#include <inttypes.h>

#include "crypto/hash.h"
#include "crypto/vault.h"

enum { HALF_DIGITS = SHORT_CODE_DIGITS / 2, STEPS_AHEAD = 1, STEPS_ALIVE = 1, STEPS_KNOWN = 10 };
#define HALF UINT64_C(10000000000)

/* The prefix keeps these apart from the access keys, which are made under the same key. */
static uint64_t code_of(const struct vault *vault, uint64_t index, int64_t step)
{
    unsigned char mac[SEAL_HMAC_BYTES], numbers[16];
    struct text parts[] = {TEXT("short\n"), {(const char *)numbers, sizeof numbers}};
    uint64_t value = 0;

    put_be64(numbers, index);
    put_be64(numbers + 8, (uint64_t)step);
    hmac_parts(vault->access, parts, 2, mac);
    for (unsigned i = 0; i < 8; i++)
        value = value << 8 | mac[i];
    return value % HALF;
}

struct err short_code_format(const struct vault *vault, uint64_t index, int64_t now_s,
                             char digits[SHORT_CODE_DIGITS + 1], int64_t *until_s)
{
    struct build out = build_over(digits, SHORT_CODE_DIGITS + 1);
    int64_t step = now_s / SHORT_CODE_STEP_S;

    if (index >= HALF)
        return err_make(ERR_NOT_READY);
    build_format(&out, "%010" PRIu64 "%010" PRIu64, index, code_of(vault, index, step));
    *until_s = (step + 1 + STEPS_ALIVE) * SHORT_CODE_STEP_S;
    return OK;
}

static bool is_of_step(const struct vault *vault, uint64_t index, uint64_t code, int64_t step)
{
    uint64_t expected = code_of(vault, index, step);

    return bytes_equal(&expected, &code, sizeof code);
}

static bool read_half(struct text half, uint64_t *value)
{
    *value = 0;
    for (size_t i = 0; i < half.bytes; i++) {
        if (half.at[i] < '0' || half.at[i] > '9')
            return false;
        *value = *value * 10 + (uint64_t)(half.at[i] - '0');
    }
    return true;
}

/* A step ahead may be another server's, whose clock is a little further. */
enum token_why short_code_read(const struct vault *vault, struct text digits, int64_t now_s,
                               uint64_t *index, int64_t *time_s)
{
    int64_t now = now_s / SHORT_CODE_STEP_S;
    uint64_t code;

    if (digits.bytes != SHORT_CODE_DIGITS ||
        !read_half((struct text){digits.at, HALF_DIGITS}, index) ||
        !read_half((struct text){digits.at + HALF_DIGITS, HALF_DIGITS}, &code))
        return TOKEN_FORMAT;
    for (int64_t step = now + STEPS_AHEAD; step >= now - STEPS_KNOWN; step--) {
        if (!is_of_step(vault, *index, code, step))
            continue;
        *time_s = step * SHORT_CODE_STEP_S;
        return step >= now - STEPS_ALIVE ? TOKEN_OK : TOKEN_EXPIRED;
    }
    return TOKEN_SIGNATURE;
}
