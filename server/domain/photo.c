/* domain/photo.c: see photo.h. */
#include "domain/photo.h"

#include <stdint.h>

/* Markers of T.81 table B.1; each follows a byte 0xFF. */
enum {
    SOF0 = 0xC0, /* baseline */
    SOF2 = 0xC2, /* progressive; SOF1 between them is extended sequential */
    DHT = 0xC4,
    JPG = 0xC8,
    DAC = 0xCC,
    SOF15 = 0xCF,
    RST0 = 0xD0,
    RST7 = 0xD7,
    SOI = 0xD8,
    EOI = 0xD9,
    SOS = 0xDA
};

struct walk {
    struct text rest;
    bool has_frame, has_scan, ended;
    const char *expected; /* NULL: all is well so far */
};

static unsigned byte_at(struct text text, size_t i)
{
    return (unsigned char)text.at[i];
}

static unsigned number_at(struct text text, size_t i)
{
    return byte_at(text, i) << 8 | byte_at(text, i + 1);
}

static void skip(struct text *text, size_t bytes)
{
    *text = (struct text){text->at + bytes, text->bytes - bytes};
}

static bool is_frame(unsigned marker)
{
    return marker >= SOF0 && marker <= SOF15 && marker != DHT && marker != JPG && marker != DAC;
}

static bool is_side(unsigned pixels)
{
    return pixels >= PHOTO_SIDE_MIN && pixels <= PHOTO_SIDE_MAX;
}

/* B.2.2: length, precision, lines, samples a line, components, and three bytes for each of them. */
static void look_at_frame(struct walk *walk, unsigned marker, struct text segment)
{
    unsigned components = segment.bytes >= 8 ? byte_at(segment, 7) : 0;

    if (marker > SOF2 || walk->has_frame)
        walk->expected = "baseline or progressive JPEG, one picture";
    else if ((components != 1 && components != 3) || segment.bytes != 8 + 3 * components ||
             byte_at(segment, 2) != 8)
        walk->expected = "grey or colour (YCbCr), 8 bits";
    else if (!is_side(number_at(segment, 3)) || !is_side(number_at(segment, 5)))
        walk->expected = "each side 96..2000 pixels";
    walk->has_frame = true;
}

/* What was compressed, up to the next marker that is neither stuffing nor a restart (B.1.1.5). */
static void skip_scan(struct text *rest)
{
    size_t i = 0;

    while (i + 1 < rest->bytes) {
        unsigned next = byte_at(*rest, i + 1);

        if (byte_at(*rest, i) == 0xFF && next != 0 && next != 0xFF &&
            (next < RST0 || next > RST7))
            break;
        i++;
    }
    skip(rest, i + 1 < rest->bytes ? i : rest->bytes);
}

static void take_segment(struct walk *walk, unsigned marker)
{
    struct text *rest = &walk->rest;
    size_t bytes = rest->bytes >= 2 ? number_at(*rest, 0) : 0;

    if (bytes < 2 || bytes > rest->bytes || (marker >= RST0 && marker <= SOI) || marker < SOF0 ||
        (marker == SOS && !walk->has_frame)) {
        walk->expected = "JPEG";
        return;
    }
    if (is_frame(marker))
        look_at_frame(walk, marker, (struct text){rest->at, bytes});
    skip(rest, bytes);
    if (marker == SOS) {
        walk->has_scan = true;
        skip_scan(rest);
    }
}

/* A marker may be preceded by any number of 0xFF (B.1.1.2). */
static void take_marker(struct walk *walk)
{
    struct text *rest = &walk->rest;
    unsigned marker;

    if (byte_at(*rest, 0) != 0xFF) {
        walk->expected = "JPEG";
        return;
    }
    while (rest->bytes > 1 && byte_at(*rest, 1) == 0xFF)
        skip(rest, 1);
    if (rest->bytes < 2) {
        walk->expected = "JPEG";
        return;
    }
    marker = byte_at(*rest, 1);
    skip(rest, 2);
    if (marker == EOI)
        walk->ended = true;
    else
        take_segment(walk, marker);
}

struct err photo_check(struct text jpeg)
{
    struct walk walk = {.rest = jpeg};

    if (jpeg.bytes < 4 || byte_at(jpeg, 0) != 0xFF || byte_at(jpeg, 1) != SOI)
        return err_field(ERR_PHOTO_INVALID, "body", "JPEG");
    if (jpeg.bytes > PHOTO_BYTES_MAX)
        return err_field(ERR_PHOTO_INVALID, "body", "at most 51200 bytes");
    skip(&walk.rest, 2);
    while (walk.rest.bytes > 0 && !walk.ended && walk.expected == NULL)
        take_marker(&walk);
    if (walk.expected == NULL && (!walk.ended || !walk.has_scan))
        walk.expected = "a whole JPEG: this one breaks off";
    if (walk.expected == NULL && walk.rest.bytes > 0)
        walk.expected = "nothing behind the picture";
    return walk.expected != NULL ? err_field(ERR_PHOTO_INVALID, "body", walk.expected) : OK;
}
