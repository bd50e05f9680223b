#include "print/sheet.h"

#include <cairo/cairo-pdf.h>
#include <fontconfig/fontconfig.h>
#include <pango/pangocairo.h>
#include <string.h>

#include "crypto/qr.h"

/* All lengths in PostScript points (1/72 inch) unless they say mm. */
#define MM       (72.0 / 25.4)
#define DOT      (72.0 / 300.0) /* of a 300 dpi printer; two of a 600 dpi one */
#define PAGE_W   (210 * MM)
#define PAGE_H   (297 * MM)
#define LABEL_W  (70 * MM)
#define LABEL_H  (36 * MM)
#define MARGIN_Y (4.5 * MM)
#define CODE_MIN (30 * MM)
#define GAP      (2.2 * MM) /* between code and words, and to the edge */

enum { COLUMNS = 3, ROWS = 8, PDF_BYTES_MAX = 6 * 1024 * 1024, QR_ARENA_BYTES = 64 * 1024 };
_Static_assert(COLUMNS * ROWS == SHEET_STICKERS, "a sheet's grid");

struct sheet {
    cairo_t *cr;
    PangoLayout *layout;
    struct build out;
};

static cairo_status_t on_bytes(void *arg, const unsigned char *bytes, unsigned count)
{
    struct build *out = arg;

    build_text(out, (struct text){(const char *)bytes, count});
    return out->full ? CAIRO_STATUS_WRITE_ERROR : CAIRO_STATUS_SUCCESS;
}

/* -- words ------------------------------------------------------------------------------------------ */

struct line {
    double points;   /* as large as this */
    double at_least; /* and no smaller: then it takes `lines` lines, and is cut with dots */
    int lines;
    bool bold;
    double grey;
};

/* Words within `width`; returns their height. */
static double put_line(struct sheet *s, double x, double y, double width, const struct line *line,
                       struct text words)
{
    PangoFontDescription *font = pango_font_description_from_string("Noto Sans CJK SC");
    int wide, high;

    pango_font_description_set_weight(font, line->bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
    pango_layout_set_text(s->layout, words.at, (int)words.bytes);
    pango_layout_set_width(s->layout, -1);
    for (double size = line->points;; size -= 0.5) {
        pango_font_description_set_absolute_size(font, size * PANGO_SCALE);
        pango_layout_set_font_description(s->layout, font);
        pango_layout_get_size(s->layout, &wide, &high);
        if (wide <= width * PANGO_SCALE || size <= line->at_least)
            break;
    }
    pango_layout_set_width(s->layout, (int)(width * PANGO_SCALE));
    pango_layout_set_height(s->layout, -line->lines);
    pango_layout_get_size(s->layout, &wide, &high);
    cairo_set_source_rgb(s->cr, line->grey, line->grey, line->grey);
    cairo_move_to(s->cr, x, y);
    pango_cairo_show_layout(s->cr, s->layout);
    pango_font_description_free(font);
    return (double)high / PANGO_SCALE;
}

static void put_words(struct sheet *s, double x, double y, double width, const struct sticker *sticker)
{
    static const struct line name = {22, 13, 2, true, 0}, trade = {12.5, 9, 1, false, 0};
    static const struct line tail = {9.5, 7, 1, false, 0.15}, small = {7.5, 6, 1, false, 0.35};
    char line[96];
    struct build b = build_over(line, sizeof line);
    double at = y + 3.2 * MM;

    at += put_line(s, x, at, width, &name, sticker->name) + 0.2 * MM;
    at += put_line(s, x, at, width, &trade, sticker->trade) + 0.6 * MM;
    if (sticker->phone_tail.bytes > 0) {
        build_string(&b, "手机尾号 ");
        build_text(&b, sticker->phone_tail);
        put_line(s, x, at, width, &tail, build_done(&b));
    }
    b = build_over(line, sizeof line);
    build_string(&b, "建安码  ");
    build_text(&b, sticker->worker);
    put_line(s, x, y + LABEL_H - 9.2 * MM, width, &small, build_done(&b));
    b = build_over(line, sizeof line);
    build_string(&b, "有效期至 ");
    build_text(&b, sticker->until);
    put_line(s, x, y + LABEL_H - 5.7 * MM, width, &small, build_done(&b));
}

/* -- the code ----------------------------------------------------------------------------------------- */

static double to_dots(double length)
{
    return (double)(long)(length / DOT + 0.5) * DOT;
}

/* Whole dots a module, the fewest that make the code CODE_MIN wide. */
static double module_of(const struct qr *qr)
{
    long dots = (long)(CODE_MIN / qr->width / DOT);

    return (double)((double)dots * DOT * qr->width < CODE_MIN ? dots + 1 : dots) * DOT;
}

/* A picture of one pixel a module, enlarged without smoothing: a sheet's codes as rectangles would be
 * 168,000 of them, four numbers each, and take ten times as long. */
static void put_modules(cairo_t *cr, const struct qr *qr, double x, double y, double module)
{
    int side = (int)qr->width;
    cairo_surface_t *picture = cairo_image_surface_create(CAIRO_FORMAT_RGB24, side, side);
    int stride = cairo_image_surface_get_stride(picture);
    unsigned char *at = cairo_image_surface_get_data(picture); /* NULL: no memory; cr is told below */

    for (int row = 0; row < side && at != NULL; row++) {
        uint32_t *pixel = (uint32_t *)(void *)(at + row * stride);

        for (int i = 0; i < side; i++)
            pixel[i] = qr->module[row * side + i] != 0 ? 0 : 0xFFFFFF;
    }
    cairo_surface_mark_dirty(picture);
    cairo_save(cr);
    cairo_translate(cr, x, y);
    cairo_scale(cr, module, module);
    cairo_set_source_surface(cr, picture, 0, 0);
    cairo_pattern_set_filter(cairo_get_source(cr), CAIRO_FILTER_NEAREST);
    cairo_paint(cr);
    cairo_restore(cr);
    cairo_surface_destroy(picture);
}

static struct err put_code(struct sheet *s, double x, double y, struct text code, double *width)
{
    struct arena arena;
    struct qr qr;
    struct err e;
    double module, side;

    arena_init(&arena, QR_ARENA_BYTES);
    e = qr_make_at(code, QR_LEVEL_Q, &arena, &qr);
    if (!err_is(e)) {
        module = module_of(&qr);
        side = qr.width * module;
        *width = side + 8 * module; /* four light modules on each side */
        put_modules(s->cr, &qr, to_dots(x + 4 * module), to_dots(y + (LABEL_H - side) / 2), module);
    }
    arena_clear(&arena);
    return e;
}

/* -- sheets ------------------------------------------------------------------------------------------- */

/* Hairlines in the margins and crosses between the stickers: never through one. */
static void put_cut_marks(cairo_t *cr)
{
    const double arm = 1.5 * MM;

    cairo_set_source_rgb(cr, 0.6, 0.6, 0.6);
    cairo_set_line_width(cr, 0.25);
    for (int row = 0; row <= ROWS; row++) {
        for (int column = 0; column <= COLUMNS; column++) {
            double x = column * LABEL_W, y = MARGIN_Y + row * LABEL_H;

            cairo_move_to(cr, x - arm, y);
            cairo_line_to(cr, x + arm, y);
            cairo_move_to(cr, x, y - arm);
            cairo_line_to(cr, x, y + arm);
        }
    }
    cairo_stroke(cr);
}

static struct err put_sticker(struct sheet *s, size_t place, const struct sticker *sticker)
{
    size_t row = place / COLUMNS;
    double x = (double)(place % COLUMNS) * LABEL_W, code_width = 0;
    double y = MARGIN_Y + (double)row * LABEL_H;
    struct err e = put_code(s, x, y, sticker->code, &code_width);
    double words_x = x + code_width + GAP / 2;

    if (!err_is(e))
        put_words(s, words_x, y, x + LABEL_W - GAP - words_x, sticker);
    return e;
}

static struct err put_all(struct sheet *s, const struct sticker *stickers, size_t count)
{
    struct err e = OK;

    for (size_t i = 0; i < count && !err_is(e); i++) {
        if (i % SHEET_STICKERS == 0)
            put_cut_marks(s->cr);
        e = put_sticker(s, i % SHEET_STICKERS, &stickers[i]);
        if (i + 1 == count || (i + 1) % SHEET_STICKERS == 0)
            cairo_show_page(s->cr);
    }
    return e;
}

static struct err finish(struct sheet *s, cairo_surface_t *surface, struct err e)
{
    cairo_status_t status;

    g_object_unref(s->layout);
    cairo_destroy(s->cr);
    cairo_surface_finish(surface);
    status = cairo_surface_status(surface);
    cairo_surface_destroy(surface);
    if (err_is(e))
        return e;
    if (s->out.full)
        return err_make(ERR_TOO_LARGE);
    return status == CAIRO_STATUS_SUCCESS ? OK
                                          : err_detail(ERR_INTERNAL, cairo_status_to_string(status));
}

struct err sheet_render(const struct sticker *stickers, size_t count, const char *made_on,
                        struct arena *arena, struct text *pdf)
{
    char *at = arena_alloc(arena, PDF_BYTES_MAX);
    cairo_surface_t *surface;
    struct sheet s;
    struct err e;

    *pdf = (struct text){NULL, 0};
    if (at == NULL)
        return err_make(ERR_TOO_LARGE);
    s.out = build_over(at, PDF_BYTES_MAX);
    surface = cairo_pdf_surface_create_for_stream(on_bytes, &s.out, PAGE_W, PAGE_H);
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_TITLE, "建安码帽贴");
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATE_DATE, made_on);
    s.cr = cairo_create(surface);
    s.layout = pango_cairo_create_layout(s.cr);
    pango_layout_set_single_paragraph_mode(s.layout, TRUE);
    pango_layout_set_wrap(s.layout, PANGO_WRAP_WORD_CHAR);
    pango_layout_set_ellipsize(s.layout, PANGO_ELLIPSIZE_END);
    e = finish(&s, surface, put_all(&s, stickers, count));
    if (!err_is(e))
        *pdf = build_done(&s.out);
    return e;
}

void sheet_close(void)
{
    pango_cairo_font_map_set_default(NULL); /* this thread's; others' ended with them */
    cairo_debug_reset_static_data();
    FcFini();
}
