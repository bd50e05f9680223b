/* Signatures of messages to outside systems: the published example, and everything that is not it. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "crypto/webhook.h"

static char folder[] = "/tmp/jianan-hook-XXXXXX", file[64];
static struct vault *vault;

static void set_up(void)
{
    struct err e;

    cr_assert(mkdtemp(folder) != NULL);
    cr_assert(snprintf(file, sizeof file, "%s/vault.json", folder) > 0);
    e = vault_create(file);
    cr_assert(!err_is(e));
    e = vault_open(file, &vault);
    cr_assert(!err_is(e));
}

static void tear_down(void)
{
    vault_close(vault);
    unlink(file);
    cr_assert_eq(rmdir(folder), 0);
}

TestSuite(webhook_secret, .init = set_up, .fini = tear_down);

/* -- the published example ------------------------------------------------------------------ */

enum { THEN = 1614265330 };
static const struct webhook_message message = {
    TEXT("msg_p5jXN8AQM9LWM0D4loKWxJek"), TEXT("1614265330"), TEXT("{\"test\": 2432232314}")};
#define SIGNATURE "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="

/* The example's secret has 24 bytes; HMAC fills a short key up with zeros, which makes it this one. */
static struct webhook_secret example(void)
{
    struct webhook_secret secret;

    cr_assert(webhook_secret_parse(TEXT("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwAAAAAAAAAAA="),
                                   &secret));
    return secret;
}

Test(webhook_signature, it_is_that_of_the_published_example)
{
    struct webhook_secret secret = example();
    char signature[WEBHOOK_SIGNATURE_TEXT];

    webhook_sign(&secret, &message, signature);
    cr_expect_str_eq(signature, SIGNATURE);
}

struct doctored {
    const char *what;
    struct webhook_message message;
    struct text signatures;
    int64_t now_s;
    enum webhook_verdict expected;
};

Test(webhook_signature, a_receiver_takes_what_was_signed_and_nothing_else)
{
    const struct text id = message.id, at = message.timestamp, body = message.body;
    const struct doctored cases[] = {
        {"as sent", message, TEXT(SIGNATURE), THEN, WEBHOOK_GOOD},
        {"at the end of the tolerance", message, TEXT(SIGNATURE), THEN + 300, WEBHOOK_GOOD},
        {"after it", message, TEXT(SIGNATURE), THEN + 301, WEBHOOK_LATE},
        {"from a clock ahead", message, TEXT(SIGNATURE), THEN - 300, WEBHOOK_GOOD},
        {"from the future", message, TEXT(SIGNATURE), THEN - 301, WEBHOOK_LATE},
        {"second of two", message, TEXT("v1,AAAA " SIGNATURE), THEN, WEBHOOK_GOOD},
        {"first of two", message, TEXT(SIGNATURE " v1a,xyz"), THEN, WEBHOOK_GOOD},
        {"another version", message, TEXT("v2" "," "g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="),
         THEN, WEBHOOK_FORGED},
        {"cut short", message, TEXT("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE"), THEN,
         WEBHOOK_FORGED},
        {"one letter", message, TEXT("v1,h0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="), THEN,
         WEBHOOK_FORGED},
        {"none", message, TEXT(""), THEN, WEBHOOK_MALFORMED},
        {"another body", {id, at, TEXT("{\"test\": 2432232315}")}, TEXT(SIGNATURE), THEN,
         WEBHOOK_FORGED},
        {"another id", {TEXT("msg_x"), at, body}, TEXT(SIGNATURE), THEN, WEBHOOK_FORGED},
        {"another time", {id, TEXT("1614265331"), body}, TEXT(SIGNATURE), THEN, WEBHOOK_FORGED},
        {"no id", {TEXT(""), at, body}, TEXT(SIGNATURE), THEN, WEBHOOK_MALFORMED},
        {"a dot in the id", {TEXT("msg.1"), at, body}, TEXT(SIGNATURE), THEN, WEBHOOK_MALFORMED},
        {"no time", {id, TEXT(""), body}, TEXT(SIGNATURE), THEN, WEBHOOK_MALFORMED},
        {"no number", {id, TEXT("1614265330.0"), body}, TEXT(SIGNATURE), THEN, WEBHOOK_MALFORMED},
        {"before all time", {id, TEXT("-1"), body}, TEXT(SIGNATURE), THEN, WEBHOOK_MALFORMED},
    };
    struct webhook_secret secret = example();

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct doctored *c = &cases[i];

        cr_expect_eq(webhook_verify(&secret, &c->message, c->signatures, c->now_s), c->expected,
                     "%s", c->what);
    }
}

/* -- secrets -------------------------------------------------------------------------------- */

Test(webhook_secret, what_was_sealed_opens_again_and_signs_alike)
{
    struct webhook_secret secret, again;
    unsigned char sealed[SEAL_WRAPPED_BYTES];
    struct err e = webhook_secret_new(vault, 7, &secret, sealed);

    cr_assert(!err_is(e));
    e = webhook_secret_open(vault, 7, (struct text){(const char *)sealed, sizeof sealed}, &again);
    cr_assert(!err_is(e));
    cr_expect_arr_eq(secret.bytes, again.bytes, sizeof secret.bytes);
}

Test(webhook_secret, a_sealed_one_is_of_use_to_its_webhook_alone)
{
    struct webhook_secret secret;
    struct person_key key;
    unsigned char sealed[SEAL_WRAPPED_BYTES];
    struct text wrapped = {(const char *)sealed, sizeof sealed};
    struct err e = webhook_secret_new(vault, 7, &secret, sealed);

    cr_assert(!err_is(e));
    cr_expect_eq(webhook_secret_open(vault, 8, wrapped, &secret).code, ERR_CRYPTO);
    cr_expect_eq(person_key_unwrap(vault, 7, wrapped, &key).code, ERR_CRYPTO);
    sealed[30] ^= 1;
    cr_expect_eq(webhook_secret_open(vault, 7, wrapped, &secret).code, ERR_CRYPTO);
}

Test(webhook_secret, its_text_reads_back_and_no_other_does)
{
    static const char *const bad[] = {
        "", "whsec_", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwAAAAAAAAAAA=",
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwAAAAAAAAAA=",
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwAAAAAAAAAAB=", /* bits beyond the last byte */
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwAAAAAAAAAAAA",
        "whsec_ MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwAAAAAAAAAA=",
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2La-aSwAAAAAAAAAAA="};
    struct webhook_secret secret, again;
    unsigned char sealed[SEAL_WRAPPED_BYTES];
    char text[WEBHOOK_SECRET_TEXT];
    struct err e = webhook_secret_new(vault, 7, &secret, sealed);

    cr_assert(!err_is(e));
    webhook_secret_format(&secret, text);
    cr_expect_eq(strlen(text), WEBHOOK_SECRET_TEXT - 1);
    cr_assert(webhook_secret_parse(text_of(text), &again));
    cr_expect_arr_eq(secret.bytes, again.bytes, sizeof secret.bytes);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        cr_expect_not(webhook_secret_parse(text_of(bad[i]), &again), "%s", bad[i]);
}
