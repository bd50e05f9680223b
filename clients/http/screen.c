#include "clients/http/screen.h"

#include <locale.h>
#include <string.h>
#include <unistd.h>
#include <wchar.h>

#include "base/clock.h"

enum { BAR_WIDTH = 30, SHOW_AFTER_US = 2 * US_PER_SECOND, EVERY_US = 100 * US_PER_MS };

void screen_open(void)
{
    if (setlocale(LC_CTYPE, "C.UTF-8") == NULL)
        (void)setlocale(LC_CTYPE, ""); /* columns are then as good as the terminal's own locale */
}

unsigned screen_width(const char *text)
{
    mbstate_t state = {0};
    unsigned width = 0;
    size_t left = strlen(text);

    while (left > 0) {
        wchar_t c;
        size_t bytes = mbrtowc(&c, text, left, &state);

        if (bytes == (size_t)-1 || bytes == (size_t)-2 || bytes == 0) {
            state = (mbstate_t){0};
            c = L'?';
            bytes = 1;
        }
        width += wcwidth(c) > 0 ? (unsigned)wcwidth(c) : 0;
        text += bytes;
        left -= bytes;
    }
    return width;
}

void screen_pad(FILE *to, const char *text, unsigned columns)
{
    unsigned width = screen_width(text);

    fputs(text, to);
    while (width++ < columns)
        fputc(' ', to);
}

struct bar bar_start(const char *what, uint64_t all)
{
    return (struct bar){.what = what,
                        .all = all,
                        .started_us = clock_monotonic_us(),
                        .is_terminal = isatty(STDERR_FILENO) == 1};
}

static void draw(struct bar *bar, uint64_t done)
{
    unsigned filled = bar->all > 0 ? (unsigned)(done * BAR_WIDTH / bar->all) : 0;

    if (!bar->is_terminal) {
        fprintf(stderr, "%s %llu/%llu\n", bar->what, (unsigned long long)done,
                (unsigned long long)bar->all);
        return;
    }
    fputc('\r', stderr);
    screen_pad(stderr, bar->what, 24);
    fputc('[', stderr);
    for (unsigned i = 0; i < BAR_WIDTH; i++)
        fputc(i < filled ? '=' : ' ', stderr);
    fprintf(stderr, "] %llu/%llu", (unsigned long long)done, (unsigned long long)bar->all);
    (void)fflush(stderr);
}

void bar_move(struct bar *bar, uint64_t done)
{
    int64_t now_us = clock_monotonic_us(), every = bar->is_terminal ? EVERY_US : SHOW_AFTER_US;

    if (now_us - bar->started_us < SHOW_AFTER_US || now_us - bar->shown_us < every)
        return;
    bar->shown = true;
    bar->shown_us = now_us;
    draw(bar, done);
}

void bar_end(struct bar *bar, uint64_t done)
{
    if (!bar->shown)
        return;
    draw(bar, done);
    if (bar->is_terminal)
        fputc('\n', stderr);
}
