#include "crypto/qr.h"

#include <errno.h>
#include <qrencode.h>
#include <string.h>

enum { QUIET = 4 }; /* modules of light border that a reader needs (ISO/IEC 18004, 6.3.8) */

struct err qr_make(struct text code, struct arena *arena, struct qr *qr)
{
    return qr_make_at(code, QR_LEVEL_M, arena, qr);
}

struct err qr_make_at(struct text code, enum qr_level level, struct arena *arena, struct qr *qr)
{
    struct text copy = arena_text(arena, code); /* libqrencode wants a NUL at the end */
    QRcode *made;
    size_t count;

    *qr = (struct qr){0};
    if (copy.at == NULL)
        return err_make(ERR_TOO_LARGE);
    if (code.bytes == 0 || memchr(code.at, '\0', code.bytes) != NULL)
        return err_make(ERR_FIELD_TEXT);
    made = QRcode_encodeString(copy.at, 0, level == QR_LEVEL_Q ? QR_ECLEVEL_Q : QR_ECLEVEL_M,
                               QR_MODE_8, 1);
    if (made == NULL) /* ERANGE: more than version 40 holds */
        return err_make(errno == ERANGE ? ERR_TOO_LARGE : ERR_INTERNAL);
    qr->width = (unsigned)made->width;
    qr->version = (unsigned)made->version;
    count = (size_t)qr->width * qr->width;
    qr->module = arena_alloc(arena, count);
    for (size_t i = 0; i < count && qr->module != NULL; i++)
        qr->module[i] = made->data[i] & 1;
    QRcode_free(made);
    return qr->module != NULL ? OK : err_make(ERR_TOO_LARGE);
}

/* Dark runs of one row as rectangles of a path. */
static void put_row(const struct qr *qr, unsigned y, struct build *out)
{
    const unsigned char *row = qr->module + (size_t)y * qr->width;
    unsigned x = 0;

    while (x < qr->width) {
        unsigned start = x;

        while (x < qr->width && row[x] == row[start])
            x++;
        if (row[start] != 0)
            build_format(out, "M%u %uh%uv1h-%uz", start + QUIET, y + QUIET, x - start, x - start);
    }
}

struct err qr_svg(const struct qr *qr, struct arena *arena, struct text *svg)
{
    enum { HEAD_BYTES = 320, RUN_BYTES = 24 }; /* "M177 177h177v1h-177z" is 20 */
    size_t max = HEAD_BYTES + (size_t)qr->width * (qr->width / 2 + 1) * RUN_BYTES;
    unsigned side = qr->width + 2 * QUIET;
    char *at = arena_alloc(arena, max);
    struct build out;

    *svg = (struct text){NULL, 0};
    if (at == NULL)
        return err_make(ERR_TOO_LARGE);
    out = build_over(at, max);
    build_format(&out,
                 "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %u %u\" "
                 "shape-rendering=\"crispEdges\"><path fill=\"#fff\" d=\"M0 0h%uv%uH0z\"/>"
                 "<path fill=\"#000\" d=\"",
                 side, side, side, side);
    for (unsigned y = 0; y < qr->width; y++)
        put_row(qr, y, &out);
    build_string(&out, "\"/></svg>\n");
    CHECK(!out.full);
    *svg = build_done(&out);
    return OK;
}

static bool is_dark(const struct qr *qr, unsigned x, unsigned y)
{
    if (x < QUIET || y < QUIET || x >= qr->width + QUIET || y >= qr->width + QUIET)
        return false;
    return qr->module[(size_t)(y - QUIET) * qr->width + (x - QUIET)] != 0;
}

/* Black on white by escape codes, so that it is read on a dark terminal too. */
struct err qr_terminal(const struct qr *qr, struct arena *arena, struct text *lines)
{
    static const char *const half_blocks[] = {" ", "\u2580", "\u2584", "\u2588"};
    enum { LINE_BYTES = 24, CELL_BYTES = 3 };
    unsigned side = qr->width + 2 * QUIET;
    size_t max = (size_t)(side / 2 + 1) * (LINE_BYTES + (size_t)side * CELL_BYTES) + 1;
    char *at = arena_alloc(arena, max);
    struct build out;

    *lines = (struct text){NULL, 0};
    if (at == NULL)
        return err_make(ERR_TOO_LARGE);
    out = build_over(at, max);
    for (unsigned y = 0; y < side; y += 2) {
        build_string(&out, "\033[30;107m");
        for (unsigned x = 0; x < side; x++)
            build_string(&out, half_blocks[is_dark(qr, x, y) + 2 * is_dark(qr, x, y + 1)]);
        build_string(&out, "\033[0m\n");
    }
    CHECK(!out.full);
    *lines = build_done(&out);
    return OK;
}
