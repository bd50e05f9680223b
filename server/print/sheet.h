/* print/sheet.h: stickers for helmets as a PDF to be printed: A4, 24 a sheet.
 *
 * The grid is that of the labels sold as 70 x 36 mm, 3 x 8; on plain paper hairlines at the edges
 * show where to cut. A sticker shows the badge's QR code (level Q, which still reads with 15 % of
 * it covered) of at least 30 mm, its modules whole dots of a 300 dpi printer, and beside it name,
 * trade, the last digits of the phone, and until when it is good. Text is set by Pango, so any
 * name that the font holds prints, with characters beyond the BMP (𠮷) as well. */
#ifndef PRINT_SHEET_H
#define PRINT_SHEET_H

#include "base/arena.h"
#include "base/err.h"
#include "base/text.h"

enum { SHEET_STICKERS = 24, SHEET_STICKERS_MAX = 240, SHEET_ARENA_BYTES = 8 * 1024 * 1024 };

struct sticker {
    struct text code;       /* "JA1.…" */
    struct text name, trade;
    struct text phone_tail; /* four digits, or empty */
    struct text worker;     /* his number, and the badge's: "12-1" */
    struct text until;      /* "2029-11" */
};

/* The PDF's bytes in the arena. made_on ("2026-11-22") is the file's date, so that the same stickers
 * give the same file. ERR_TOO_LARGE when the arena is full: SHEET_ARENA_BYTES
 * are enough for SHEET_STICKERS_MAX. Takes milliseconds a sticker: for a thread of its own, any one. */
MUST_USE struct err sheet_render(const struct sticker *stickers, size_t count, const char *made_on,
                                 struct arena *arena, struct text *pdf);

/* Frees what the font libraries keep for the process. By the last thread, once none renders. */
void sheet_close(void);

#endif
