/* A photo's form: what is a JPEG that gates can show, and each way not to be one. */
#include <criterion/criterion.h>
#include <string.h>

#include "domain/photo.h"
#include "support/photo_maker.h"

enum { ROOM = 64 * 1024 };

static char bytes[ROOM];

static struct text made(unsigned width, unsigned height, size_t padding)
{
    struct build out = build_over(bytes, sizeof bytes);

    photo_make(width, height, "x", padding, &out);
    cr_assert(!out.full);
    return build_done(&out);
}

static const char *refused(struct text jpeg)
{
    struct err e = photo_check(jpeg);

    if (!err_is(e))
        return "";
    cr_expect_eq(e.code, ERR_PHOTO_INVALID);
    cr_expect_str_eq(e.field, "body");
    return e.expected;
}

Test(photo, a_jpeg_of_the_right_size_is_taken)
{
    cr_expect_str_eq(refused(made(96, 96, 0)), "");
    cr_expect_str_eq(refused(made(2000, 2000, 0)), "");
    cr_expect_str_eq(refused(made(358, 441, 0)), "");
}

Test(photo, fifty_kilobytes_and_not_one_more)
{
    size_t rest = PHOTO_BYTES_MAX - made(96, 96, 0).bytes;

    cr_expect_eq(made(96, 96, rest).bytes, (size_t)PHOTO_BYTES_MAX);
    cr_expect_str_eq(refused(made(96, 96, rest)), "");
    cr_expect_str_eq(refused(made(96, 96, rest + 1)), "at most 51200 bytes");
}

/* One byte of a good one is another; `at` counts from the frame's marker 0xC0. */
static const struct {
    const char *name;
    unsigned width, height;
    int at;
    unsigned char byte;
    const char *expected;
} frames[] = {
    {"too small", 95, 96, 0, 0xC0, "each side 96..2000 pixels"},
    {"too low", 96, 95, 0, 0xC0, "each side 96..2000 pixels"},
    {"too wide", 2001, 96, 0, 0xC0, "each side 96..2000 pixels"},
    {"extended sequential", 96, 96, 0, 0xC1, ""},
    {"progressive", 96, 96, 0, 0xC2, ""},
    {"lossless", 96, 96, 0, 0xC3, "baseline or progressive JPEG, one picture"},
    {"arithmetic coding", 96, 96, 0, 0xC9, "baseline or progressive JPEG, one picture"},
    {"no frame at all", 96, 96, 0, 0xE0, "JPEG"},
    {"twelve bits", 96, 96, 3, 12, "grey or colour (YCbCr), 8 bits"},
    {"four components", 96, 96, 8, 4, "grey or colour (YCbCr), 8 bits"},
    {"three components in the room of one", 96, 96, 8, 3, "grey or colour (YCbCr), 8 bits"},
    {"a frame of no length", 96, 96, 2, 0, "JPEG"},
};

static char *frame_of(struct text jpeg)
{
    for (size_t i = 0; i + 1 < jpeg.bytes; i++) {
        if (jpeg.at[i] == '\xFF' && jpeg.at[i + 1] == '\xC0')
            return bytes + i + 1;
    }
    cr_assert_fail("no frame");
    return NULL;
}

Test(photo, each_wrong_frame_is_named)
{
    for (size_t i = 0; i < sizeof frames / sizeof frames[0]; i++) {
        struct text jpeg = made(frames[i].width, frames[i].height, 0);

        frame_of(jpeg)[frames[i].at] = (char)frames[i].byte;
        cr_expect_str_eq(refused(jpeg), frames[i].expected, "%s: %s", frames[i].name, refused(jpeg));
    }
}

Test(photo, one_that_breaks_off_anywhere_is_refused)
{
    struct text whole = made(96, 96, 3);

    for (size_t bytes_left = 0; bytes_left < whole.bytes; bytes_left++)
        cr_expect_str_neq(refused((struct text){whole.at, bytes_left}), "", "%zu", bytes_left);
}

Test(photo, nothing_rides_behind_it)
{
    struct text jpeg = made(96, 96, 0);

    memcpy(bytes + jpeg.bytes, "<script>", 8);
    cr_expect_str_eq(refused((struct text){jpeg.at, jpeg.bytes + 8}), "nothing behind the picture");
    cr_expect_str_eq(refused(TEXT("GIF89a and more")), "JPEG");
    cr_expect_str_eq(refused(TEXT("\x89PNG\r\n\x1a\n")), "JPEG");
}

Test(photo, restarts_and_stuffing_belong_to_the_scan)
{
    struct text jpeg = made(96, 96, 0);

    memcpy(bytes + jpeg.bytes - 8, "\xFF\x00\xFF\xD3\xFF\xFF", 6); /* the end's own 0xFF may be doubled */
    bytes[jpeg.bytes - 1] = '\xD9';
    cr_expect_str_eq(refused(jpeg), "");
}
