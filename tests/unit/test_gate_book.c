/* clients/gate/book and kept: what is on disk when the door opens, and what a power cut leaves. */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <ftw.h>
#include <glob.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "clients/gate/book.h"
#include "clients/gate/kept.h"
#include "support/code_maker.h"
#include "support/no_leaks.h"

enum { PATH_BYTES = 128, COPY_BYTES_MAX = 1 << 20 };
#define NOW INT64_C(1795320000000000)

static char dir[] = "/tmp/jianan-book-XXXXXX";
static struct signer *signer;
static struct book book;

static void must(struct err e)
{
    cr_assert(!err_is(e), "%s: %s", err_row(e.code)->code, e.detail != NULL ? e.detail : "");
}

static void open_book(bool damaged)
{
    bool put_aside;

    must(book_open(&book, dir, &put_aside));
    cr_expect_eq(put_aside, damaged);
}

static int remove_one(const char *path, const struct stat *about, int kind, struct FTW *place)
{
    (void)about;
    (void)kind;
    (void)place;
    return remove(path);
}

static void set_up(void)
{
    signal(SIGXFSZ, SIG_IGN);
    cr_assert(mkdtemp(dir) != NULL);
    signer = maker_signer(TOKEN_ES256);
    open_book(false);
}

static void tear_down(void)
{
    if (book.db.handle != NULL)
        book_close(&book);
    signer_close(signer);
    nftw(dir, remove_one, 4, FTW_DEPTH | FTW_PHYS);
    no_leaks();
}

TestSuite(gate_book, .init = set_up, .fini = tear_down);

static struct err write_one(unsigned direction)
{
    struct receipt receipt = {.t_s = NOW / US_PER_SECOND, .site = 12, .gate = 70,
                              .direction = direction, .index = 5, .verdict = 1};

    return book_write(&book, signer, &receipt, NOW, NULL);
}

/* Reads everything that waits: each verified by the gate's key, each naming the one before it, numbers
 * without a gap in each epoch. The count. */
static size_t check_chain(unsigned char prev[RECEIPT_DIGEST_BYTES])
{
    struct waiting rows[WAITING_AT_ONCE];
    uint32_t epoch = 0;
    uint64_t seq = 0;
    struct arena arena;
    size_t count;

    arena_init(&arena, 1 << 20);
    must(book_waiting(&book, &arena, rows, &count));
    for (size_t i = 0; i < count; i++) {
        struct receipt_read r;

        cr_assert(receipt_read(rows[i].bytes, &r), "receipt %zu", i);
        cr_assert(envelope_is_signed_by(&r.envelope, signer_key(signer)->public_key), "%zu", i);
        cr_assert_eq(memcmp(r.said.prev, prev, RECEIPT_DIGEST_BYTES), 0, "receipt %zu", i);
        cr_assert(r.said.epoch > epoch ? r.said.seq == 1 : r.said.seq == seq + 1, "%zu", i);
        memcpy(prev, r.digest, RECEIPT_DIGEST_BYTES);
        epoch = r.said.epoch;
        seq = r.said.seq;
    }
    arena_clear(&arena);
    return count;
}

Test(gate_book, receipts_are_a_chain_across_restarts)
{
    unsigned char prev[RECEIPT_DIGEST_BYTES] = {0};

    for (int start = 0; start < 3; start++) {
        for (int i = 0; i < 4; i++)
            must(write_one(1));
        book_close(&book);
        open_book(false);
    }
    cr_expect_eq(check_chain(prev), 12);
}

Test(gate_book, an_epoch_never_comes_twice_even_when_the_clock_goes_back)
{
    uint32_t epoch = book.epoch;

    clock_shift_for_tests(-86400 * (int64_t)US_PER_SECOND);
    for (int i = 0; i < 3; i++) {
        book_close(&book);
        open_book(false);
        cr_expect(book.epoch >= epoch + 2, "two numbers a start: receipts and questions");
        epoch = book.epoch;
    }
}

Test(gate_book, what_was_handed_in_is_forgotten_later_and_what_was_not_never)
{
    struct book_counts counts;
    struct handed handed[2];

    for (int i = 0; i < 3; i++)
        must(write_one(1));
    handed[0] = (struct handed){book.epoch, 1, NULL};
    handed[1] = (struct handed){book.epoch, 2, "date_too_old"};
    must(book_handed(&book, handed, 2, NOW));
    must(book_count(&book, &counts));
    cr_expect_eq(counts.waiting, 1);
    cr_expect_eq(counts.refused, 1);
    cr_expect_eq(counts.oldest_waiting, NOW);
    must(book_prune(&book, NOW, 0));
    must(book_count(&book, &counts));
    cr_expect_eq(counts.kept, 3, "not before its time");
    must(book_prune(&book, NOW + 1, 0));
    must(book_count(&book, &counts));
    cr_expect_eq(counts.kept, 2, "the one that the server refused is for people");
    cr_expect_eq(counts.waiting, 1);
}

Test(gate_book, an_answer_is_recalled_while_the_code_lives)
{
    struct answered answered = {.index = 5, .iat = 100, .direction = 1, .until_s = 200,
                                .body = TEXT("{\"verdict\":\"open\"}")};
    struct arena arena;

    arena_init(&arena, 4096);
    must(book_note(&book, &answered, true, NOW));
    book_close(&book);
    open_book(false);
    cr_expect(text_equal(book_recall(&book, 5, 100, 1, 199, &arena), answered.body));
    cr_expect_null(book_recall(&book, 5, 100, 1, 200, &arena).at, "it is dead");
    cr_expect_null(book_recall(&book, 5, 100, 2, 150, &arena).at, "the other direction");
    cr_expect_null(book_recall(&book, 5, 101, 1, 150, &arena).at, "the next code");
    cr_expect_null(book_recall(&book, 6, 100, 1, 150, &arena).at, "another person's");
    arena_clear(&arena);
}

Test(gate_book, who_went_in_is_inside_until_he_leaves)
{
    cr_expect_eq(book_presence(&book, 5, 0), BOOK_NOT_SEEN);
    must(write_one(1));
    cr_expect_eq(book_presence(&book, 5, 0), BOOK_INSIDE);
    cr_expect_eq(book_presence(&book, 5, NOW), BOOK_NOT_SEEN, "too long ago");
    must(write_one(2));
    cr_expect_eq(book_presence(&book, 5, 0), BOOK_OUTSIDE);
}

/* -- the disk -------------------------------------------------------------------------------------- */

static size_t read_file(const char *name, char *into)
{
    char path[PATH_BYTES];
    ssize_t got;
    int fd;

    snprintf(path, sizeof path, "%s/%s", dir, name);
    fd = open(path, O_RDONLY | O_CLOEXEC);
    got = fd >= 0 ? read(fd, into, COPY_BYTES_MAX) : 0;
    if (fd >= 0)
        close(fd);
    return (size_t)got;
}

static void write_file(const char *to, const char *name, const char *from, size_t bytes)
{
    char path[PATH_BYTES];
    int fd;

    snprintf(path, sizeof path, "%s/%s", to, name);
    fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    cr_assert(fd >= 0 && write(fd, from, bytes) == (ssize_t)bytes);
    close(fd);
}

/* A power cut while the log is being written: of its bytes any number may have reached the disk. What
 * opens is a chain without damage, holding everything whose commit was whole. */
Test(gate_book, whatever_a_power_cut_leaves_of_the_log_opens_as_a_chain, .timeout = 120)
{
    static char main_file[COPY_BYTES_MAX], log[COPY_BYTES_MAX];
    size_t main_bytes, log_bytes, step, most = 0;

    for (int i = 0; i < 10; i++)
        must(write_one(1));
    main_bytes = read_file("receipts.db", main_file);
    log_bytes = read_file("receipts.db-wal", log);
    book_close(&book);
    cr_assert(log_bytes > 0 && log_bytes < COPY_BYTES_MAX);
    step = log_bytes / 150 + 1;
    for (size_t cut = log_bytes;; cut = cut > step ? cut - step : 0) {
        unsigned char prev[RECEIPT_DIGEST_BYTES] = {0};
        size_t count;

        nftw(dir, remove_one, 4, FTW_DEPTH | FTW_PHYS);
        cr_assert(mkdir(dir, 0700) == 0);
        write_file(dir, "receipts.db", main_file, main_bytes);
        write_file(dir, "receipts.db-wal", log, cut);
        open_book(false);
        count = check_chain(prev);
        cr_assert(cut < log_bytes || count == 10, "an acknowledged receipt is missing");
        cr_assert(count <= 10);
        most = count > most ? count : most;
        must(write_one(1)); /* and the chain goes on */
        book_close(&book);
        if (cut == 0)
            break;
    }
    cr_expect_eq(most, 10);
    open_book(false);
}

Test(gate_book, a_damaged_file_is_put_aside_for_people_and_a_new_one_begun)
{
    static const char noise[8192] = "this was a database";
    glob_t found;
    char pattern[PATH_BYTES];

    must(write_one(1));
    book_close(&book);
    write_file(dir, "receipts.db", noise, sizeof noise);
    open_book(true);
    must(write_one(1));
    snprintf(pattern, sizeof pattern, "%s/receipts.db.broken-*", dir);
    cr_expect(glob(pattern, 0, NULL, &found) == 0 && found.gl_pathc >= 1);
    globfree(&found);
}

Test(gate_book, a_full_disk_is_an_error_with_a_name_and_breaks_nothing)
{
    struct rlimit limit = {64 * 1024, 64 * 1024}, none;
    unsigned char prev[RECEIPT_DIGEST_BYTES] = {0};
    struct err e = OK;
    size_t written = 0;

    cr_assert(getrlimit(RLIMIT_FSIZE, &none) == 0);
    limit.rlim_max = none.rlim_max;
    cr_assert(setrlimit(RLIMIT_FSIZE, &limit) == 0);
    while (written < 150 && !err_is(e = write_one(1)))
        written++;
    cr_assert(err_is(e));
    cr_expect_eq(e.code, ERR_STORAGE_FULL, "%s", err_row(e.code)->code);
    cr_expect_eq(book.seq, written, "its number goes to the next");
    cr_assert(setrlimit(RLIMIT_FSIZE, &none) == 0);
    must(write_one(1));
    cr_expect_eq(check_chain(prev), written + 1);
}

/* -- what can be fetched again --------------------------------------------------------------------- */

Test(gate_book, a_thing_that_is_kept_is_the_old_or_the_new_one)
{
    struct kept kept;
    struct kept_thing thing = {.etag = "\"1\"", .fetched_at = 1, .checked_at = 2,
                               .body = TEXT("old")}, found;
    struct arena arena;

    arena_init(&arena, 4096);
    must(kept_open(&kept, dir));
    cr_expect_not(kept_find(&kept, "trust", &arena, &found));
    must(kept_put(&kept, "trust", &thing));
    must(kept_touch(&kept, "trust", 9));
    cr_assert(kept_find(&kept, "trust", &arena, &found));
    cr_expect(text_is(found.body, "old") && found.checked_at == 9 && found.fetched_at == 1);
    cr_expect_str_eq(found.etag, "\"1\"");
    must(kept_drop(&kept, "tru"));
    cr_expect_not(kept_find(&kept, "trust", &arena, &found));
    kept_close(&kept);
    arena_clear(&arena);
}

Test(gate_book, what_can_be_fetched_again_is_thrown_away_when_damaged)
{
    static const char noise[8192] = "this was a database";
    struct kept kept;

    write_file(dir, "kept.db", noise, sizeof noise);
    must(kept_open(&kept, dir));
    must(kept_put(&kept, "x", &(struct kept_thing){.body = TEXT("y")}));
    kept_close(&kept);
}
