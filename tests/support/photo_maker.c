#include "support/photo_maker.h"

#include <string.h>

#include "crypto/seal.h"

enum { COMMENT_MAX = 60000 };

static void put_bytes(struct build *out, const void *bytes, size_t count)
{
    build_text(out, (struct text){bytes, count});
}

static void put_byte(struct build *out, unsigned value)
{
    build_char(out, (char)(unsigned char)value);
}

static void put_segment(struct build *out, unsigned marker, size_t bytes)
{
    put_byte(out, 0xFF);
    put_byte(out, marker);
    put_byte(out, (unsigned)(bytes + 2) >> 8);
    put_byte(out, (unsigned)(bytes + 2) & 0xFF);
}

static void put_comment(struct build *out, const char *tells, size_t padding)
{
    put_segment(out, 0xFE, strlen(tells) + padding);
    build_string(out, tells);
    for (size_t i = 0; i < padding; i++)
        put_byte(out, ' ');
}

/* One code, a single 0 bit, for the value 0: "no difference" for DC, "end of block" for AC. */
static void put_huffman(struct build *out, unsigned table)
{
    static const unsigned char lengths[16] = {1};

    put_segment(out, 0xC4, 18);
    put_byte(out, table);
    put_bytes(out, lengths, sizeof lengths);
    put_byte(out, 0);
}

static void put_frame(struct build *out, unsigned width, unsigned height)
{
    const unsigned char frame[] = {8, (unsigned char)(height >> 8), (unsigned char)height,
                                   (unsigned char)(width >> 8), (unsigned char)width, 1, 1, 0x11, 0};

    put_segment(out, 0xC0, sizeof frame);
    put_bytes(out, frame, sizeof frame);
}

void photo_make(unsigned width, unsigned height, const char *tells, size_t padding,
                struct build *out)
{
    static const unsigned char scan[] = {1, 1, 0, 0, 63, 0};
    unsigned blocks = (width + 7) / 8 * ((height + 7) / 8);

    put_bytes(out, "\xFF\xD8", 2);
    put_comment(out, tells, padding);
    put_segment(out, 0xDB, 65);
    for (int i = 0; i < 65; i++)
        put_byte(out, i == 0 ? 0 : 1);
    put_frame(out, width, height);
    put_huffman(out, 0x00);
    put_huffman(out, 0x10);
    put_segment(out, 0xDA, sizeof scan);
    put_bytes(out, scan, sizeof scan);
    for (unsigned i = 0; i < (2 * blocks + 7) / 8; i++) /* two bits a block; 0 never needs stuffing */
        put_byte(out, 0);
    put_bytes(out, "\xFF\xD9", 2);
}

void photo_hex(struct text jpeg, char hex[33])
{
    unsigned char digest[32];

    sha256(jpeg, digest);
    hex_format(digest, 16, hex);
}
