/* crypto/password: what may be chosen, and that only the chosen one is it. */
#include <criterion/criterion.h>
#include <string.h>

#include "crypto/password.h"
#include "support/no_leaks.h"

TestSuite(password, .fini = no_leaks, .timeout = 60);

static bool may_be(const char *password)
{
    return password_may_be(text_of(password), TEXT("zhang.san"));
}

Test(password, only_the_one_that_was_hashed_is_it)
{
    char hash[PASSWORD_HASH_BYTES], again[PASSWORD_HASH_BYTES];

    cr_assert(!err_is(password_hash(TEXT("five small boats"), hash)));
    cr_assert(!err_is(password_hash(TEXT("five small boats"), again)));
    cr_expect_eq(strncmp(hash, "$argon2id$v=19$m=19456,t=2,p=1$", 31), 0, "%s", hash);
    cr_expect_str_neq(hash, again, "salted");
    cr_expect(password_is(TEXT("five small boats"), text_of(hash)));
    cr_expect(!password_is(TEXT("five small boat"), text_of(hash)));
    cr_expect(!password_is(TEXT("Five small boats"), text_of(hash)));
    cr_expect(!password_is(TEXT(""), text_of(hash)));
}

Test(password, nobodys_is_none)
{
    cr_expect(!password_is(TEXT("five small boats"), (struct text){NULL, 0}));
    cr_expect(!password_is(TEXT(""), (struct text){NULL, 0}));
    cr_expect(!password_is(TEXT("x"), TEXT("not a hash")));
}

Test(password, length_and_what_everybody_tries_first_count)
{
    static const struct {
        const char *password;
        bool may;
    } cases[] = {
        {"five small boats", true},
        {"correcthorsebattery", true},
        {"四只白鹭飞过一条大河", true},
        {"r7#kQ!x2Lm", true},
        {"r7#kQ!x2L", false},      /* nine */
        {"四只白鹭飞过一条大", false}, /* nine, though 27 bytes */
        {"1111111111", false},
        {"1212121212", false},
        {"1234512345", true},      /* five different ones */
        {"1234567890", false},
        {"12345678901", false},
        {"Password123", false},
        {"password1234 and a long way home", true},
        {"i am Zhang.San and well", false},
        {"jianan1234", false},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        cr_expect_eq(may_be(cases[i].password), cases[i].may, "%s", cases[i].password);
}

Test(password, a_hundred_and_twenty_eight_bytes_are_the_most)
{
    char text[PASSWORD_BYTES_MAX + 2];

    for (size_t i = 0; i < sizeof text - 1; i++)
        text[i] = (char)('a' + i % 26);
    text[sizeof text - 1] = '\0';
    cr_expect(!may_be(text));
    text[PASSWORD_BYTES_MAX] = '\0';
    cr_expect(may_be(text));
}
