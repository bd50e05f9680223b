/* crypto/qr_png.c: a QR picture as a PNG of one bit a pixel, row by row, in memory. */
#include "crypto/qr.h"

#include <png.h>
#include <setjmp.h>
#include <string.h>

enum { QUIET = 4, SCALE_MAX = 16, ROW_BYTES_MAX = ((177 + 2 * QUIET) * SCALE_MAX + 7) / 8 };

struct png_picture {
    const struct qr *qr;
    unsigned scale, side; /* side in pixels */
    struct build out;
};

static void on_bytes(png_structp png, png_bytep bytes, size_t count)
{
    struct png_picture *picture = png_get_io_ptr(png);

    build_text(&picture->out, (struct text){(const char *)bytes, count});
}

static void on_flush(png_structp png)
{
    (void)png;
}

static void on_warning(png_structp png, png_const_charp message)
{
    (void)png;
    (void)message;
}

/* Pixels of module row y (quiet zone counted in), 1 is white. */
static void fill_row(const struct png_picture *picture, unsigned y, unsigned char *row)
{
    const struct qr *qr = picture->qr;

    memset(row, 0xFF, ROW_BYTES_MAX);
    if (y < QUIET || y >= qr->width + QUIET)
        return;
    for (unsigned x = 0; x < qr->width * picture->scale; x++) {
        unsigned pixel = x + QUIET * picture->scale;

        if (qr->module[(size_t)(y - QUIET) * qr->width + x / picture->scale] != 0)
            row[pixel / 8] &= (unsigned char)~(0x80u >> pixel % 8);
    }
}

static void put_picture(png_structp png, png_infop info, const struct png_picture *picture)
{
    unsigned char row[ROW_BYTES_MAX];

    png_set_IHDR(png, info, picture->side, picture->side, 1, PNG_COLOR_TYPE_GRAY,
                 PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    png_write_info(png, info);
    for (unsigned y = 0; y < picture->side; y++) {
        if (y % picture->scale == 0)
            fill_row(picture, y / picture->scale, row);
        png_write_row(png, row);
    }
    png_write_end(png, info);
}

/* libpng reports failure by longjmp; no variable changes between setjmp and there. */
static bool encode(struct png_picture *picture)
{
    png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, on_warning);
    png_infop info = png != NULL ? png_create_info_struct(png) : NULL;

    if (info == NULL || setjmp(png_jmpbuf(png)) != 0) {
        png_destroy_write_struct(&png, &info);
        return false;
    }
    png_set_write_fn(png, picture, on_bytes, on_flush);
    put_picture(png, info, picture);
    png_destroy_write_struct(&png, &info);
    return true;
}

struct err qr_png(const struct qr *qr, unsigned scale, struct arena *arena, struct text *png)
{
    struct png_picture picture = {
        .qr = qr, .scale = scale, .side = (qr->width + 2 * QUIET) * scale};
    /* One filter byte a row; deflate that gains nothing adds 5 bytes in 16 KiB; chunks' heads. */
    size_t raw = (size_t)picture.side * (1 + (picture.side + 7) / 8);
    size_t max = raw + raw / 1024 + 1024;
    char *at;

    *png = (struct text){NULL, 0};
    CHECK(scale >= 1 && scale <= SCALE_MAX);
    at = arena_alloc(arena, max);
    if (at == NULL)
        return err_make(ERR_TOO_LARGE);
    picture.out = build_over(at, max);
    if (!encode(&picture) || picture.out.full)
        return err_make(ERR_INTERNAL);
    *png = build_done(&picture.out);
    return OK;
}
