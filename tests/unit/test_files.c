/* net/files: what is read at the start, and what is not. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "net/files.h"
#include "support/no_leaks.h"

static char root[64];

static void set_up(void)
{
    snprintf(root, sizeof root, "/tmp/jianan-files-XXXXXX");
    cr_assert_not_null(mkdtemp(root));
}

static void tear_down(void)
{
    char command[128];

    snprintf(command, sizeof command, "rm -r '%s'", root);
    cr_assert_eq(system(command), 0);
    no_leaks();
}

TestSuite(files, .init = set_up, .fini = tear_down);

static void put(const char *name, size_t bytes)
{
    char path[256];
    FILE *file;

    snprintf(path, sizeof path, "%s/%s", root, name);
    file = fopen(path, "w");
    cr_assert_not_null(file);
    cr_assert_eq(ftruncate(fileno(file), (off_t)bytes), 0);
    fclose(file);
}

static bool has(const struct files *files, const char *path)
{
    return files_find(files, text_of(path)) != NULL;
}

Test(files, what_is_not_for_the_web_is_left_out)
{
    struct files *files;
    char name[300], path[256];

    put("index.html", 1);
    put("with space.txt", 1);
    put(".git", 1);
    put("a.js", 5);
    put("a.js.gz", 3);
    snprintf(path, sizeof path, "%s/pipe", root);
    cr_assert_eq(mkfifo(path, 0600), 0);
    memset(name, 'n', sizeof name);
    name[250] = '\0';
    put(name, 1);
    cr_assert(!err_is(files_read(root, &files)));
    cr_expect(has(files, "/index.html"));
    cr_expect(has(files, "/a.js"));
    cr_expect(!has(files, "/a.js.gz"));
    cr_expect(!has(files, "/with space.txt"));
    cr_expect(!has(files, "/.git"));
    cr_expect(!has(files, "/pipe"));
    cr_expect(!has(files, ""));
    cr_expect(!has(files, "/"));
    cr_expect_eq(files_find(files, TEXT("/a.js"))->forms[CODING_GZIP].body.bytes, 3);
    files_free(files);
}

Test(files, a_folder_without_its_first_page_is_refused)
{
    struct files *files;
    struct err e;

    put("index.htm", 1);
    e = files_read(root, &files);
    cr_expect_eq(e.code, ERR_FILE_UNREADABLE);
    cr_expect_str_eq(e.field, "web_root");
    files_free(files);
    e = files_read("/nonexistent", &files);
    cr_expect_eq(e.code, ERR_FILE_UNREADABLE);
    cr_expect_str_eq(e.field, "web_root");
    files_free(files);
}

Test(files, a_file_larger_than_an_answer_is_refused)
{
    struct files *files;

    put("index.html", 1);
    put("big.bin", HTTP_FILE_BYTES_MAX + 1);
    cr_expect_eq(files_read(root, &files).code, ERR_FILE_UNREADABLE);
    files_free(files);
    put("big.bin", HTTP_FILE_BYTES_MAX);
    cr_expect_eq(files_read(root, &files).code, ERR_NONE);
    files_free(files);
}

Test(files, a_name_is_hashed_when_the_bundler_hashed_it)
{
    static const struct {
        const char *name;
        bool hashed;
    } cases[] = {{"assets/index-Bq3fT9xz.js", true}, {"assets/a-12345678.css", true},
                 {"assets/index.js", false},         {"assets/index-short.js", false},
                 {"index-Bq3fT9xz.js", false}};
    struct files *files;
    char path[256];

    snprintf(path, sizeof path, "%s/assets", root);
    cr_assert_eq(mkdir(path, 0700), 0);
    put("index.html", 1);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        put(cases[i].name, 1);
    cr_assert(!err_is(files_read(root, &files)));
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char asked[64];

        snprintf(asked, sizeof asked, "/%s", cases[i].name);
        cr_expect_eq(files_find(files, text_of(asked))->hashed, cases[i].hashed, "%s", asked);
    }
    files_free(files);
}
