/* clients/gate/photos: what lies in the folder is whole, is what its name says, and is wanted. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "clients/gate/photos.h"
#include "crypto/seal.h"

enum { ARENA_BYTES = 1 << 20 };

static char dir[] = "/tmp/jianan-photos-XXXXXX";
static struct arena arena;

static void set_up(void)
{
    arena_init(&arena, ARENA_BYTES);
    cr_assert(mkdtemp(dir) != NULL);
}

static void tear_down(void)
{
    char command[64];

    arena_clear(&arena);
    snprintf(command, sizeof command, "rm -r %s", dir);
    cr_assert_eq(system(command), 0);
}

TestSuite(gate_photos, .init = set_up, .fini = tear_down);

static struct photo_name name_of(struct text jpeg)
{
    unsigned char digest[32];
    struct photo_name name;

    sha256(jpeg, digest);
    memcpy(name.hash, digest, sizeof name.hash);
    return name;
}

static struct photo_name kept(const char *words)
{
    struct photo_name name = name_of(text_of(words));
    struct err e = photos_keep(dir, &name, text_of(words));

    cr_assert(!err_is(e), "%s", e.detail);
    return name;
}

static void put_file(const char *file, const char *words)
{
    char path[96];
    FILE *to;

    snprintf(path, sizeof path, "%s/photos/%s", dir, file);
    to = fopen(path, "w");
    cr_assert(to != NULL && fputs(words, to) >= 0 && fclose(to) == 0);
}

Test(gate_photos, what_is_kept_comes_back_and_nobody_else_may_read_it)
{
    struct photo_name name = kept("a face");
    char path[96];
    struct stat about;

    cr_expect(photos_has(dir, &name));
    cr_expect(text_is(photos_load(dir, &name, &arena), "a face"));
    snprintf(path, sizeof path, "%s/photos", dir);
    cr_assert_eq(stat(path, &about), 0);
    cr_expect_eq(about.st_mode & 0777, 0700);
    (void)kept("a face"); /* once more */
    cr_expect_eq(photos_prune(dir, &name, 1).count, 1);
}

Test(gate_photos, one_that_is_not_what_its_name_says_is_not_shown)
{
    struct photo_name name = kept("a face"), absent = name_of(TEXT("nobody's"));
    char hex[PHOTO_HEX_BYTES], file[PHOTO_HEX_BYTES + 4];

    photo_name_format(&name, hex);
    snprintf(file, sizeof file, "%s.jpg", hex);
    put_file(file, "another face");
    cr_expect_null(photos_load(dir, &name, &arena).at);
    put_file(file, "");
    cr_expect_null(photos_load(dir, &name, &arena).at);
    cr_expect_null(photos_load(dir, &absent, &arena).at);
    cr_expect_not(photos_has(dir, &absent));
}

Test(gate_photos, all_but_the_wanted_ones_are_removed_and_litter_with_them)
{
    struct photo_name wanted[3] = {kept("one"), kept("two"), kept("three")}, gone = kept("four");
    struct photos_sum sum;
    char half[PHOTO_HEX_BYTES + 4], hex[PHOTO_HEX_BYTES];

    photo_name_format(&wanted[0], hex);
    snprintf(half, sizeof half, "%s.new", hex); /* a power cut left it */
    put_file(half, "o");
    put_file("readme", "x");
    put_file("0.jpg", "x");
    qsort(wanted, 3, sizeof wanted[0], photo_name_order);
    sum = photos_prune(dir, wanted, 3);
    cr_expect_eq(sum.count, 3);
    cr_expect_eq(sum.bytes, 3 + 3 + 5);
    cr_expect_not(photos_has(dir, &gone));
    for (int i = 0; i < 3; i++)
        cr_expect(photos_has(dir, &wanted[i]));
    sum = photos_prune(dir, NULL, 0);
    cr_expect(sum.count == 0 && sum.bytes == 0);
    cr_expect_not(photos_has(dir, &wanted[0]));
}

Test(gate_photos, names_are_thirty_two_digits_and_zeros_are_nobodys)
{
    struct photo_name name;

    cr_expect(photo_name_parse(TEXT("00000000000000000000000000000000"), &name));
    cr_expect(photo_name_is_none(&name));
    cr_expect(photo_name_parse(TEXT("00000000000000000000000000000001"), &name));
    cr_expect_not(photo_name_is_none(&name));
    cr_expect_not(photo_name_parse(TEXT("../../../../../../etc/passwd0000"), &name));
    cr_expect_not(photo_name_parse(TEXT("0"), &name));
}

Test(gate_photos, a_folder_that_cannot_be_is_an_error_with_a_name)
{
    struct photo_name name = name_of(TEXT("a face"));
    struct err e = photos_keep("/nowhere/at/all", &name, TEXT("a face"));

    cr_expect_eq(e.code, ERR_FILE_UNREADABLE);
    cr_expect_eq(photos_prune("/nowhere/at/all", &name, 1).count, 0);
}
