/* QR pictures: other people's reader (zbarimg) reads what we draw. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/base32.h"
#include "crypto/qr.h"
#include "support/code_maker.h"

static struct arena arena;

static void set_up(void)
{
    arena_init(&arena, 4 << 20);
}

static void tear_down(void)
{
    arena_clear(&arena);
}

TestSuite(qr, .init = set_up, .fini = tear_down);

static struct qr made(struct text code)
{
    struct qr qr;
    struct err e = qr_make(code, &arena, &qr);

    cr_assert(!err_is(e));
    return qr;
}

/* Writes the picture to a file and gives it to zbarimg; *found is what it read. */
static void read_by_zbar(struct text picture, char *found, size_t max)
{
    char path[] = "/tmp/jianan-qr-XXXXXX", command[128];
    int fd = mkstemp(path);
    size_t got;
    FILE *out;

    cr_assert(fd >= 0);
    cr_assert_eq(write(fd, picture.at, picture.bytes), (ssize_t)picture.bytes);
    cr_assert_eq(close(fd), 0);
    cr_assert(snprintf(command, sizeof command,
                       "zbarimg --quiet --raw -Sdisable -Sqrcode.enable %s 2>/dev/null", path) > 0);
    out = popen(command, "r");
    cr_assert(out != NULL);
    got = fread(found, 1, max - 1, out);
    found[got] = '\0';
    cr_expect_eq(pclose(out), 0, "zbarimg found no code");
    unlink(path);
    if (got > 0 && found[got - 1] == '\n')
        found[got - 1] = '\0';
}

static void expect_png_read(struct text code, unsigned scale)
{
    struct qr qr = made(code);
    char found[4096];
    struct text png;
    struct err e = qr_png(&qr, scale, &arena, &png);

    cr_assert(!err_is(e));
    read_by_zbar(png, found, sizeof found);
    cr_expect(text_is(code, found), "scale %u, version %u", scale, qr.version);
}

static struct text live_code(enum token_alg alg, char text[TOKEN_TEXT_MAX])
{
    struct build out = build_over(text, TOKEN_TEXT_MAX);
    struct parts parts;
    struct maker maker;

    maker_init(&maker, alg, 1u << TOKEN_LIVE);
    parts = maker_parts(&maker);
    /* The largest that a live code gets in practice: list 99, slot 2^20 - 1, red, a long policy. */
    parts.payload = (struct text){"\xA3\x04\x1A\xFF\xFF\xFF\xFF\x06\x1A\xFF\xFF\xFF\xC3\x3A\x00\x01"
                                  "\x00\x00\x83\x1A\x06\x3F\xFF\xFF\x02\x1A\xFF\xFF\xFF\xFF",
                                  30};
    maker_code(&maker, &parts, &out);
    maker_clear(&maker);
    return build_done(&out);
}

Test(qr, a_live_code_fits_version_8_at_level_m)
{
    char text[TOKEN_TEXT_MAX];

    cr_expect_leq(made(live_code(TOKEN_ES256, text)).version, 8);
    cr_expect_leq(made(live_code(TOKEN_SM2, text)).version, 8);
}

Test(qr, another_reader_reads_every_size_of_live_code)
{
    char text[TOKEN_TEXT_MAX];
    struct text code = live_code(TOKEN_ES256, text);

    for (unsigned scale = 2; scale <= 16; scale++)
        expect_png_read(code, scale);
}

Test(qr, another_reader_reads_texts_of_every_length)
{
    char text[600];

    for (size_t i = 0; i < sizeof text; i++)
        text[i] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"[i * 7 % 32];
    for (size_t bytes = 1; bytes <= sizeof text; bytes += 37)
        expect_png_read((struct text){text, bytes}, 3);
    expect_png_read(TEXT("https://example.org/v/lower-case?x=1"), 4);
}

/* The three pictures show the same modules, so that reading one of them stands for all. */
Test(qr, svg_and_terminal_show_the_modules_of_the_picture)
{
    char text[TOKEN_TEXT_MAX];
    struct qr qr = made(live_code(TOKEN_ES256, text));
    unsigned char *seen = arena_alloc(&arena, (size_t)qr.width * qr.width);
    struct text svg, lines;
    struct err e = qr_svg(&qr, &arena, &svg);
    const char *at;

    cr_assert(!err_is(e) && seen != NULL);
    for (at = strchr(svg.at, 'M') + 1; (at = strchr(at, 'M')) != NULL; at++) {
        unsigned x, y, run, back;

        cr_assert_eq(sscanf(at, "M%u %uh%uv1h-%uz", &x, &y, &run, &back), 4);
        cr_assert(run == back && x >= 4 && y >= 4 && x + run <= qr.width + 4);
        for (unsigned i = 0; i < run; i++)
            seen[(y - 4) * qr.width + x - 4 + i]++;
    }
    cr_expect_arr_eq(seen, qr.module, (size_t)qr.width * qr.width);

    e = qr_terminal(&qr, &arena, &lines);
    cr_assert(!err_is(e));
    memset(seen, 0, (size_t)qr.width * qr.width);
    for (unsigned y = 0; y < qr.width + 8; y += 2) {
        cr_assert(text_starts(lines, TEXT("\033[30;107m")));
        lines = (struct text){lines.at + 9, lines.bytes - 9};
        for (unsigned x = 0; x < qr.width + 8; x++) {
            uint32_t block = text_next_code_point(&lines);
            bool upper = block == 0x2580 || block == 0x2588;
            bool lower = block == 0x2584 || block == 0x2588;

            cr_assert(upper || lower || block == ' ');
            if (upper)
                seen[(y - 4) * qr.width + x - 4] = 1; /* outside is caught by the sanitizer */
            if (lower)
                seen[(y - 3) * qr.width + x - 4] = 1;
        }
        cr_assert(text_starts(lines, TEXT("\033[0m\n")));
        lines = (struct text){lines.at + 5, lines.bytes - 5};
    }
    cr_expect_eq(lines.bytes, 0);
    cr_expect_arr_eq(seen, qr.module, (size_t)qr.width * qr.width);
}

Test(qr, what_no_picture_can_hold_is_refused)
{
    static char long_text[4000];
    struct qr qr;
    struct err e = qr_make(TEXT(""), &arena, &qr);

    cr_expect_eq(e.code, ERR_FIELD_TEXT, "nothing");
    e = qr_make(TEXT("A\0B"), &arena, &qr);
    cr_expect_eq(e.code, ERR_FIELD_TEXT, "NUL");
    memset(long_text, 'A', sizeof long_text);
    e = qr_make((struct text){long_text, 3391}, &arena, &qr); /* version 40-M, alphanumeric */
    cr_expect(!err_is(e) && qr.version == 40);
    e = qr_make((struct text){long_text, 3392}, &arena, &qr);
    cr_expect_eq(e.code, ERR_TOO_LARGE);
}

Test(qr, the_largest_picture_stays_within_what_was_reserved)
{
    static char long_text[3391];
    struct text png, svg, lines;
    struct qr qr;
    struct err e;

    for (size_t i = 0; i < sizeof long_text; i++)
        long_text[i] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"[i * i % 31];
    qr = made((struct text){long_text, sizeof long_text});
    e = qr_png(&qr, 16, &arena, &png);
    cr_expect(!err_is(e) && png.bytes > 1000);
    e = qr_svg(&qr, &arena, &svg);
    cr_expect(!err_is(e) && svg.bytes > 1000);
    e = qr_terminal(&qr, &arena, &lines);
    cr_expect(!err_is(e) && lines.bytes > 1000);
}

Test(qr, every_small_ceiling_of_the_arena_is_an_error_and_no_crash)
{
    char text[TOKEN_TEXT_MAX];
    struct text code = live_code(TOKEN_ES256, text), out;
    bool all_done = false;

    for (size_t ceiling = 0; ceiling < 200000 && !all_done; ceiling += 499) {
        struct arena small;
        struct qr qr;
        struct err e;

        arena_init(&small, ceiling);
        e = qr_make(code, &small, &qr);
        if (!err_is(e))
            e = qr_png(&qr, 2, &small, &out);
        if (!err_is(e))
            e = qr_svg(&qr, &small, &out);
        if (!err_is(e))
            e = qr_terminal(&qr, &small, &out);
        cr_expect(!err_is(e) || e.code == ERR_TOO_LARGE, "ceiling %zu", ceiling);
        all_done = !err_is(e);
        arena_clear(&small);
    }
    cr_expect(all_done, "the ceiling at last suffices");
}

/* -- level Q: what is printed ------------------------------------------------------------------- */

static struct text badge_code(char text[TOKEN_TEXT_MAX])
{
    struct build out = build_over(text, TOKEN_TEXT_MAX);
    struct parts parts;
    struct maker maker;

    maker_init(&maker, TOKEN_ES256, 1u << TOKEN_BADGE);
    parts = maker_parts(&maker);
    parts.kind = TOKEN_BADGE;
    /* as large as one gets: list 4095, slot 2^20 - 1 */
    parts.payload = (struct text){"\xA3\x04\x1A\xFF\xFF\xFF\xFF\x06\x1A\xFF\xFF\xFF\xC3\x3A\x00\x01"
                                  "\x00\x00\x81\x1A\xFF\xFF\xFF\xFF",
                                  24};
    maker_code(&maker, &parts, &out);
    maker_clear(&maker);
    return build_done(&out);
}

static struct qr made_at_q(struct text code)
{
    struct qr qr;
    struct err e = qr_make_at(code, QR_LEVEL_Q, &arena, &qr);

    cr_assert(!err_is(e));
    return qr;
}

Test(qr, a_badge_fits_version_8_at_level_m_and_10_at_level_q)
{
    char text[TOKEN_TEXT_MAX];
    struct text code = badge_code(text);

    cr_expect_leq(made(code).version, 8, "%u", made(code).version);
    cr_expect_leq(made_at_q(code).version, 10, "%u", made_at_q(code).version);
}

Test(qr, a_live_code_fits_version_10_at_level_q)
{
    char text[TOKEN_TEXT_MAX];

    cr_expect_leq(made_at_q(live_code(TOKEN_ES256, text)).version, 10);
}

/* Mud, paint, a strap: a square of 15 % of the area, dark or light, anywhere but over a corner's eye. */
Test(qr, at_level_q_a_code_is_read_with_15_percent_covered)
{
    char text[TOKEN_TEXT_MAX], found[4096];
    struct text code = badge_code(text), png;
    unsigned width = made_at_q(code).width, side = 1;

    while (side * side * 100 < width * width * 15)
        side++;
    for (unsigned place = 0; place < 8; place++) {
        struct qr qr = made_at_q(code);
        unsigned x = place % 4 < 2 ? (width - side) / 2 : width - side - 1;
        unsigned y = place % 2 == 0 ? (width - side) / 2 : width - side - 1;
        struct err e;

        for (unsigned row = y; row < y + side; row++)
            memset(qr.module + (size_t)row * width + x, place < 4, side);
        e = qr_png(&qr, 6, &arena, &png);
        cr_assert(!err_is(e));
        read_by_zbar(png, found, sizeof found);
        cr_expect(text_is(code, found), "covered at %u, %u, %s", x, y, place < 4 ? "dark" : "light");
    }
}
