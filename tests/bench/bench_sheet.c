/* How long a PDF of 240 stickers takes, on one thread; beside the same codes drawn alone, without font,
 * words and PDF. And what a rendering leaves behind in memory.
 *
 *   bench_sheet ROUNDS
 *
 * Prints one line of tabs: median ms of a PDF and of the codes, KiB of the PDF, bytes of memory that
 * stay with each further PDF. */
#include <inttypes.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "crypto/qr.h"
#include "print/sheet.h"
#include "support/code_maker.h"

enum { ROUNDS_MAX = 1000 };

static char texts[SHEET_STICKERS_MAX][TOKEN_TEXT_MAX];
static struct sticker stickers[SHEET_STICKERS_MAX];

static void make_stickers(void)
{
    static const char *const names[] = {"张三", "欧阳娜娜", "买买提·吐尔逊江·艾合买提", "司徒建国"};
    struct signer *signer = maker_signer(TOKEN_ES256);

    for (unsigned i = 0; i < SHEET_STICKERS_MAX; i++) {
        struct live_claims claims = {.iat = 1795320000, .exp = 1795320000 + TOKEN_BADGE_S,
                                     .index = (UINT64_C(99) << 20) + i};
        struct build out = build_over(texts[i], sizeof texts[i]);

        CHECK(!err_is(token_issue_badge(signer, &claims, &out, NULL)));
        stickers[i] = (struct sticker){build_done(&out), text_of(names[i % 4]), TEXT("钢筋工"),
                                       TEXT("5678"),     TEXT("1000-1"),        TEXT("2029-11")};
    }
    signer_close(signer);
}

static int64_t render(size_t *bytes)
{
    int64_t began = clock_monotonic_us();
    struct arena arena;
    struct text pdf;

    arena_init(&arena, SHEET_ARENA_BYTES);
    CHECK(!err_is(sheet_render(stickers, SHEET_STICKERS_MAX, "2026-11-22", &arena, &pdf)));
    *bytes = pdf.bytes;
    arena_clear(&arena);
    return clock_monotonic_us() - began;
}

static int64_t draw_codes(void)
{
    int64_t began = clock_monotonic_us();

    for (unsigned i = 0; i < SHEET_STICKERS_MAX; i++) {
        struct arena arena;
        struct qr qr;

        arena_init(&arena, 64 * 1024);
        CHECK(!err_is(qr_make_at(stickers[i].code, QR_LEVEL_Q, &arena, &qr)));
        arena_clear(&arena);
    }
    return clock_monotonic_us() - began;
}

static int by_value(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

    return (x > y) - (x < y);
}

static double median_ms(int64_t *values, size_t count)
{
    qsort(values, count, sizeof *values, by_value);
    return (double)values[count / 2] / US_PER_MS;
}

int main(int argc, char **argv)
{
    size_t rounds = argc > 1 ? strtoul(argv[1], NULL, 10) : 20, bytes = 0, before;
    static int64_t pdf[ROUNDS_MAX], codes[ROUNDS_MAX];

    if (rounds < 2 || rounds > ROUNDS_MAX)
        return 2;
    make_stickers();
    for (int i = 0; i < 3; i++) /* the font is looked for once; caches fill */
        (void)render(&bytes);
    before = mallinfo2().uordblks;
    for (size_t i = 0; i < rounds; i++) {
        pdf[i] = render(&bytes);
        codes[i] = draw_codes();
    }
    printf("%.0f\t%.0f\t%zu\t%td\n", median_ms(pdf, rounds), median_ms(codes, rounds), bytes / 1024,
           (ptrdiff_t)(mallinfo2().uordblks - before) / (ptrdiff_t)rounds);
    sheet_close();
    return 0;
}
