/* clients/http/screen.h: what stands on a terminal: columns that line up whatever the script, bars
 * for what takes its time. */
#ifndef HTTP_SCREEN_H
#define HTTP_SCREEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* Once, before the others: widths are those of UTF-8. */
void screen_open(void);

unsigned screen_width(const char *text); /* columns that it takes; 汉字 take two */
/* Writes text and blanks up to that many columns. */
void screen_pad(FILE *to, const char *text, unsigned columns);

/* A bar on standard error, shown once it has taken 2 s; plain lines where that is no terminal. */
struct bar {
    const char *what;
    uint64_t all;
    int64_t started_us, shown_us;
    bool shown, is_terminal;
};
struct bar bar_start(const char *what, uint64_t all);
void bar_move(struct bar *bar, uint64_t done);
void bar_end(struct bar *bar, uint64_t done);

#endif
