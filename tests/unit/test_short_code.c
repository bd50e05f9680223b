/* Codes of twenty digits: whose they are, how long they live, and that they cannot be guessed on. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "crypto/short_code.h"

enum { NOW = 1700000030 }; /* ten seconds before its half-minute ends */
#define INDEX UINT64_C(2147483647)

static struct vault *open_vault(void)
{
    char folder[] = "/tmp/jianan-vault-XXXXXX", file[64];
    struct vault *vault;
    struct err e;

    cr_assert(mkdtemp(folder) != NULL);
    snprintf(file, sizeof file, "%s/vault.json", folder);
    e = vault_create(file);
    cr_assert(!err_is(e));
    e = vault_open(file, &vault);
    cr_assert(!err_is(e));
    unlink(file);
    rmdir(folder);
    return vault;
}

static const char *digits_at(const struct vault *vault, uint64_t index, int64_t now_s)
{
    static char digits[SHORT_CODE_DIGITS + 1];
    int64_t until_s;
    struct err e = short_code_format(vault, index, now_s, digits, &until_s);

    cr_assert(!err_is(e));
    cr_expect(until_s - now_s > SHORT_CODE_STEP_S && until_s - now_s <= 2 * SHORT_CODE_STEP_S);
    return digits;
}

static enum token_why read_at(const struct vault *vault, const char *digits, int64_t now_s)
{
    uint64_t index;
    int64_t time_s;
    enum token_why why = short_code_read(vault, text_of(digits), now_s, &index, &time_s);

    cr_expect(why != TOKEN_OK || (index == INDEX && time_s % SHORT_CODE_STEP_S == 0));
    return why;
}

Test(short_code, it_lives_until_the_end_of_the_next_half_minute)
{
    static const struct {
        int64_t later_s;
        enum token_why why;
    } cases[] = {{0, TOKEN_OK},       {9, TOKEN_OK},        {10, TOKEN_OK},
                 {39, TOKEN_OK},      {40, TOKEN_EXPIRED},  {300, TOKEN_EXPIRED},
                 {340, TOKEN_SIGNATURE}, {-20, TOKEN_OK},   {-60, TOKEN_SIGNATURE}};
    struct vault *vault = open_vault();

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        cr_expect_eq(read_at(vault, digits_at(vault, INDEX, NOW), NOW + cases[i].later_s),
                     cases[i].why, "%lld s later", (long long)cases[i].later_s);
    vault_close(vault);
}

Test(short_code, another_service_s_or_any_changed_digit_is_refused)
{
    struct vault *vault = open_vault(), *other = open_vault();
    char digits[SHORT_CODE_DIGITS + 1];

    snprintf(digits, sizeof digits, "%s", digits_at(vault, INDEX, NOW));
    cr_expect_eq(read_at(other, digits, NOW), TOKEN_SIGNATURE);
    for (size_t i = 0; i < SHORT_CODE_DIGITS; i++) {
        char kept = digits[i];

        digits[i] = (char)(kept == '9' ? '0' : kept + 1);
        cr_expect_eq(read_at(vault, digits, NOW), TOKEN_SIGNATURE, "digit %zu", i);
        digits[i] = kept;
    }
    cr_expect_eq(read_at(vault, digits, NOW), TOKEN_OK);
    vault_close(vault);
    vault_close(other);
}

Test(short_code, what_is_not_twenty_digits_is_no_code)
{
    static const char *const texts[] = {"", "1", "1234567890123456789", "123456789012345678901",
                                        "1234567890123456789x", " 1234567890123456789",
                                        "-1234567890123456789"};
    struct vault *vault = open_vault();

    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        cr_expect_eq(read_at(vault, texts[i], NOW), TOKEN_FORMAT, "%s", texts[i]);
    vault_close(vault);
}

Test(short_code, an_index_of_more_than_ten_digits_has_none)
{
    struct vault *vault = open_vault();
    char digits[SHORT_CODE_DIGITS + 1];
    int64_t until_s;
    struct err e = short_code_format(vault, UINT64_C(10000000000), NOW, digits, &until_s);

    cr_expect_eq(e.code, ERR_NOT_READY);
    cr_expect_eq(strlen(digits_at(vault, 0, NOW)), 20);
    vault_close(vault);
}
