/* Sticker sheets: what is printed, and that other people's reader (zbarimg) reads all of it. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "crypto/profile.h"
#include "print/sheet.h"
#include "support/code_maker.h"

enum { ARENA_BYTES = 16 << 20, OUTPUT_BYTES = 64 * 1024 };

static struct arena arena;
static char folder[64];

static void set_up(void)
{
    arena_init(&arena, ARENA_BYTES);
    snprintf(folder, sizeof folder, "/tmp/jianan-sheet-XXXXXX");
    cr_assert(mkdtemp(folder) != NULL);
}

/* What a command prints; it runs in the folder. */
static char *output_of(const char *line)
{
    static char output[OUTPUT_BYTES];
    char command[512];
    size_t got;
    FILE *pipe;

    cr_assert_lt(snprintf(command, sizeof command, "cd %s && %s", folder, line),
                 (int)sizeof command);
    pipe = popen(command, "r");
    cr_assert(pipe != NULL);
    got = fread(output, 1, sizeof output - 1, pipe);
    output[got] = '\0';
    cr_expect_eq(pclose(pipe), 0, "%s", command);
    return output;
}

static void tear_down(void)
{
    (void)output_of("rm -r \"$PWD\"");
    sheet_close();
    arena_clear(&arena);
}

TestSuite(sheet, .init = set_up, .fini = tear_down);

/* The code of a badge with the largest index in use, signed. */
static struct text badge_code(struct maker *maker, unsigned n)
{
    static char texts[SHEET_STICKERS_MAX][TOKEN_TEXT_MAX];
    struct build out = build_over(texts[n], TOKEN_TEXT_MAX);
    struct parts parts = maker_parts(maker);
    char payload[] = "\xA3\x04\x1A\xFF\xFF\xFF\xFF\x06\x1A\xFF\xFF\xFF\xC3\x3A\x00\x01\x00\x00\x81"
                     "\x1A\x06\x3F\x00\x00";

    payload[23] = (char)n;
    parts.kind = TOKEN_BADGE;
    parts.payload = (struct text){payload, 24};
    maker_code(maker, &parts, &out);
    return build_done(&out);
}

static const struct {
    const char *name, *trade;
} people[] = {
    {"张三", "钢筋工"},       {"𠮷野家", "架子工"},
    {"欧阳娜娜", "木工"},     {"买买提·吐尔逊江·艾合买提", "机械设备安装工"},
    {"李Öztürk-Müller", "电焊工"}, {"司徒建国", "混凝土工"},
};

static struct sticker *stickers_of(struct maker *maker, size_t count)
{
    struct sticker *stickers = arena_new_array(&arena, count, struct sticker);

    cr_assert(stickers != NULL);
    for (unsigned i = 0; i < count; i++)
        stickers[i] = (struct sticker){
            .code = badge_code(maker, i),
            .name = text_of(people[i % 6].name),
            .trade = text_of(people[i % 6].trade),
            .phone_tail = i % 5 != 4 ? TEXT("5678") : TEXT(""),
            .worker = text_of(arena_format(&arena, "%u-1", 1000 + i)),
            .until = TEXT("2029-11"),
        };
    return stickers;
}

static struct text rendered(const struct sticker *stickers, size_t count)
{
    struct text pdf;
    struct err e = sheet_render(stickers, count, "2026-11-22", &arena, &pdf);

    cr_assert(!err_is(e), "%s", e.detail);
    return pdf;
}

static void keep(struct text pdf)
{
    char path[96];
    FILE *file;

    snprintf(path, sizeof path, "%s/sheet.pdf", folder);
    file = fopen(path, "w");
    cr_assert(file != NULL);
    cr_assert_eq(fwrite(pdf.at, 1, pdf.bytes, file), pdf.bytes);
    cr_assert_eq(fclose(file), 0);
}

static void expect_read(const char *read, const struct sticker *sticker, const char *how)
{
    char line[TOKEN_TEXT_MAX + 2];

    snprintf(line, sizeof line, "%.*s\n", (int)sticker->code.bytes, sticker->code.at);
    cr_expect_not_null(strstr(read, line), "%s: %.*s was not read", how,
                       (int)sticker->worker.bytes, sticker->worker.at);
}

/* One sticker at a time, as a scanner sees it; zbarimg overlooks one code in some hundred when it is
 * given a whole page. At 150 dpi a module has 3.5 pixels. */
static void expect_each_read(enum token_alg alg, unsigned dpi)
{
    struct maker maker;
    struct sticker *stickers;
    char command[256];

    maker_init(&maker, alg, 1u << TOKEN_BADGE);
    stickers = stickers_of(&maker, SHEET_STICKERS);
    keep(rendered(stickers, SHEET_STICKERS));
    for (unsigned n = 0; n < SHEET_STICKERS; n++) {
        snprintf(command, sizeof command,
                 "pdftoppm -r %u -gray -x %u -y %u -W %u -H %u sheet.pdf p && zbarimg --quiet --raw"
                 " -Sdisable -Sqrcode.enable p-1.pgm 2>/dev/null",
                 dpi, n % 3 * 413 * dpi / 150, (26 + n / 3 * 213) * dpi / 150, 414 * dpi / 150,
                 213 * dpi / 150);
        expect_read(output_of(command), &stickers[n], command);
    }
    maker_clear(&maker);
}

Test(sheet, every_sticker_is_read_at_150_dpi)
{
    expect_each_read(TOKEN_SM2, 150);
}

Test(sheet, every_sticker_is_read_at_300_dpi)
{
    expect_each_read(TOKEN_ES256, 300);
}

Test(sheet, names_of_every_script_and_rare_characters_are_printed_whole)
{
    struct maker maker;
    const char *text;

    maker_init(&maker, TOKEN_SM2, 1u << TOKEN_BADGE);
    keep(rendered(stickers_of(&maker, 6), 6));
    text = output_of("pdftotext -raw sheet.pdf - | tr -d ' \\n'"); /* a long name takes two lines */
    for (int i = 0; i < 6; i++) {
        cr_expect_not_null(strstr(text, people[i].trade), "%s", people[i].trade);
        cr_expect_not_null(strstr(text, people[i].name), "%s in %s", people[i].name, text);
    }
    cr_expect_not_null(strstr(text, "手机尾号5678"));
    cr_expect_not_null(strstr(text, "有效期至2029-11"));
    /* the font is in the file, and no glyph is missing */
    text = output_of("pdffonts sheet.pdf | tail -n +3 | grep -c 'Noto.* yes yes yes'");
    cr_expect_geq(atoi(text), 1, "%s", text);
    maker_clear(&maker);
}

Test(sheet, ten_sheets_have_ten_pages_and_fit_an_answer)
{
    struct maker maker;
    struct text pdf;

    maker_init(&maker, TOKEN_ES256, 1u << TOKEN_BADGE);
    pdf = rendered(stickers_of(&maker, SHEET_STICKERS_MAX), SHEET_STICKERS_MAX);
    keep(pdf);
    cr_expect_lt(pdf.bytes, 4u << 20, "%zu", pdf.bytes);
    cr_expect_eq(atoi(output_of("pdfinfo sheet.pdf | sed -n 's/^Pages: *//p'")), 10);
    cr_expect_not_null(strstr(output_of("pdfinfo sheet.pdf"), "(A4)"));
    maker_clear(&maker);
}

Test(sheet, the_same_stickers_give_the_same_file)
{
    struct maker maker;
    struct sticker *stickers;
    struct text one, other;

    maker_init(&maker, TOKEN_ES256, 1u << TOKEN_BADGE);
    stickers = stickers_of(&maker, 3);
    one = rendered(stickers, 3);
    other = rendered(stickers, 3);
    cr_expect(text_equal(one, other));
    maker_clear(&maker);
}

Test(sheet, a_full_arena_is_an_error_with_a_name)
{
    struct arena small;
    struct maker maker;
    struct text pdf;
    struct err e;

    arena_init(&small, 1 << 16);
    maker_init(&maker, TOKEN_ES256, 1u << TOKEN_BADGE);
    e = sheet_render(stickers_of(&maker, 1), 1, "2026-11-22", &small, &pdf);
    cr_expect_eq(e.code, ERR_TOO_LARGE);
    maker_clear(&maker);
    arena_clear(&small);
}
