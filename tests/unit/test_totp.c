/* crypto/totp: the codes of an authenticator app. */
#include <criterion/criterion.h>
#include <string.h>

#include "crypto/totp.h"
#include "support/no_leaks.h"

TestSuite(totp, .fini = no_leaks);

/* RFC 6238, appendix B (SHA-1), the last six of its eight digits. */
static const struct {
    long long at_s;
    const char *code;
} published[] = {{59, "287082"},          {1111111109, "081804"},  {1111111111, "050471"},
                 {1234567890, "005924"},  {2000000000, "279037"},  {20000000000, "353130"}};

static const struct totp_secret secret = {"12345678901234567890"};

static int64_t find(const char *code, int64_t now_s, int64_t after)
{
    return totp_find(&secret, (struct text){code, strlen(code)}, now_s, after);
}

Test(totp, codes_are_those_of_the_rfc)
{
    for (size_t i = 0; i < sizeof published / sizeof published[0]; i++) {
        char code[TOTP_DIGITS + 1];

        totp_code(&secret, published[i].at_s / TOTP_STEP_S, code);
        cr_expect_str_eq(code, published[i].code, "%lld", published[i].at_s);
        cr_expect_eq(find(published[i].code, published[i].at_s, 0),
                     published[i].at_s / TOTP_STEP_S);
    }
}

Test(totp, a_code_counts_one_step_aside_and_no_further)
{
    static const struct {
        int aside_s;
        bool counts;
    } cases[] = {{-60, false}, {-30, true}, {0, true}, {30, true}, {60, false}};

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        cr_expect_eq(find("081804", 1111111100 + cases[i].aside_s, 0) != 0, cases[i].counts,
                     "%d s", cases[i].aside_s);
}

Test(totp, no_code_counts_at_or_before_the_last_one_used)
{
    int64_t step = 1111111109 / TOTP_STEP_S;

    cr_expect_eq(find("081804", 1111111109, step - 1), step);
    cr_expect_eq(find("081804", 1111111109, step), 0);
    cr_expect_eq(find("081804", 1111111109, step + 1), 0);
}

Test(totp, what_is_no_code_is_none)
{
    static const char *const none[] = {"", "08180", "0818040", "08180a", "000000", "\t81804"};

    for (size_t i = 0; i < sizeof none / sizeof none[0]; i++)
        cr_expect_eq(find(none[i], 1111111109, 0), 0, "%s", none[i]);
}

Test(totp, the_secret_is_typed_as_base32)
{
    char text[TOTP_SECRET_CHARS + 1];

    totp_secret_format(&secret, text);
    cr_expect_str_eq(text, "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
}
