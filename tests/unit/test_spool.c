/* The spool: what was appended is there after a crash, and what was torn is cut off, nothing else. */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "store/spool.h"

static char dir[64], file[128];

static void make_dir(void)
{
    snprintf(dir, sizeof dir, "/tmp/spool-test-XXXXXX");
    cr_assert_not_null(mkdtemp(dir));
    snprintf(file, sizeof file, "%s/passes-0.spool", dir);
}

static void remove_dir(void)
{
    static const char *const names[] = {"", ".torn", ".damaged"};
    char path[160];

    for (unsigned i = 0; i < 3; i++) {
        snprintf(path, sizeof path, "%s%s", file, names[i]);
        unlink(path);
    }
    cr_expect_eq(rmdir(dir), 0);
}

TestSuite(spool, .init = make_dir, .fini = remove_dir);

static struct pass pass_of(int64_t seq)
{
    struct pass pass;

    memset(&pass, 0, sizeof pass);
    pass.gate_id = 70;
    pass.epoch = 3;
    pass.seq = seq;
    pass.day = 46000;
    pass.worker_id = INT64_MAX - seq;
    pass.token_index = -1;
    pass.verdict = 1;
    pass.why = -1;
    pass.decided_at = 1790000000000000 + seq;
    pass.fresh_ms = -1;
    pass.flags = INT32_MIN;
    return pass;
}

static struct spool *open_spool(void)
{
    struct spool *spool = NULL;

    cr_assert_eq(spool_open(dir, 0, &spool).code, ERR_NONE);
    return spool;
}

static void append(struct spool *spool, int64_t first, size_t count)
{
    struct pass passes[64];

    for (size_t i = 0; i < count; i++)
        passes[i] = pass_of(first + (int64_t)i);
    cr_assert_eq(spool_append(spool, passes, count).code, ERR_NONE);
}

/* What waits is exactly the passes first, first + 1, ... */
static void expect(struct spool *spool, int64_t first, size_t count)
{
    struct pass passes[64];

    cr_assert_eq(spool_waiting(spool), count, "%zu wait", spool_waiting(spool));
    cr_assert_eq(spool_read(spool, passes, 64), count);
    for (size_t i = 0; i < count; i++) {
        struct pass wanted = pass_of(first + (int64_t)i);

        cr_assert_eq(memcmp(&passes[i], &wanted, sizeof wanted), 0, "pass %zu differs", i);
    }
}

static size_t file_bytes(void)
{
    struct stat st;

    cr_assert_eq(stat(file, &st), 0);
    return (size_t)st.st_size;
}

static void flip(size_t at)
{
    int fd = open(file, O_RDWR);
    unsigned char byte;

    cr_assert_eq(pread(fd, &byte, 1, (off_t)at), 1);
    byte ^= 0x10;
    cr_assert_eq(pwrite(fd, &byte, 1, (off_t)at), 1);
    close(fd);
}

Test(spool, what_was_appended_is_there_when_it_is_opened_again)
{
    struct spool *spool = open_spool();

    append(spool, 1, 5);
    append(spool, 6, 2);
    spool_close(spool);
    spool = open_spool();
    expect(spool, 1, 7);
    cr_expect_eq(spool_opened(spool).torn_bytes, 0u);
    spool_close(spool);
}

Test(spool, a_tail_torn_by_any_length_costs_the_last_record_only)
{
    size_t record = spool_record_bytes();

    cr_assert_gt(record, 64u);
    for (size_t torn = 1; torn <= 64; torn++) {
        struct spool *spool = open_spool();

        append(spool, 1, 4);
        spool_close(spool);
        cr_assert_eq(truncate(file, (off_t)(4 * record - torn)), 0);
        spool = open_spool();
        expect(spool, 1, 3);
        cr_expect_eq(spool_opened(spool).torn_bytes, record - torn);
        cr_expect_eq(spool_opened(spool).damaged, 0u);
        append(spool, 4, 1); /* goes on at the right place */
        expect(spool, 1, 4);
        spool_drained(spool, 4);
        cr_expect_eq(file_bytes(), 0u);
        spool_close(spool);
    }
}

Test(spool, a_half_written_record_of_any_length_is_cut_off)
{
    for (size_t extra = 1; extra <= 64; extra++) {
        struct spool *spool = open_spool();
        int fd;

        append(spool, 1, 2);
        spool_close(spool);
        fd = open(file, O_WRONLY | O_APPEND);
        for (size_t i = 0; i < extra; i++)
            cr_assert_eq(write(fd, "J", 1), 1);
        close(fd);
        spool = open_spool();
        expect(spool, 1, 2);
        cr_expect_eq(spool_opened(spool).torn_bytes, extra);
        spool_drained(spool, 2);
        spool_close(spool);
    }
}

Test(spool, a_flipped_bit_in_the_middle_keeps_the_rest_and_the_file)
{
    size_t record = spool_record_bytes();
    char aside[160];
    struct stat st;

    for (size_t at = 0; at < record; at += 7) {
        struct spool *spool = open_spool();
        struct pass passes[8];

        append(spool, 1, 3);
        spool_close(spool);
        flip(record + at);
        spool = open_spool();
        cr_assert_eq(spool_read(spool, passes, 8), 2u);
        cr_expect_eq(passes[0].seq, 1);
        cr_expect_eq(passes[1].seq, 3);
        cr_expect_eq(spool_opened(spool).damaged, 1u);
        snprintf(aside, sizeof aside, "%s.damaged", file);
        cr_expect_eq(stat(aside, &st), 0);
        cr_expect_eq((size_t)st.st_size, 3 * record);
        spool_drained(spool, 2);
        spool_close(spool);
    }
}

Test(spool, draining_empties_the_file_only_when_nothing_waits)
{
    struct spool *spool = open_spool();

    append(spool, 1, 4);
    spool_drained(spool, 3);
    expect(spool, 4, 1);
    cr_expect_eq(file_bytes(), 4 * spool_record_bytes());
    append(spool, 5, 1); /* came while the first ones were on their way */
    expect(spool, 4, 2);
    spool_drained(spool, 2);
    cr_expect_eq(file_bytes(), 0u);
    append(spool, 6, 1);
    expect(spool, 6, 1);
    spool_close(spool);
}

Test(spool, what_was_drained_but_not_cut_is_drained_again)
{
    struct spool *spool = open_spool();

    append(spool, 1, 4);
    spool_drained(spool, 3); /* the process ends here: the file still holds all four */
    spool_close(spool);
    spool = open_spool();
    expect(spool, 1, 4);
    spool_close(spool);
}

Test(spool, another_process_cannot_take_it)
{
    struct spool *spool = open_spool(), *second = NULL;

    cr_expect_eq(spool_open(dir, 0, &second).code, ERR_FILE_UNREADABLE);
    spool_close(spool);
}

Test(spool, files_left_by_more_loops_are_found)
{
    struct spool *a = NULL, *b = NULL;
    unsigned numbers[4];

    cr_assert_eq(spool_open(dir, 0, &a).code, ERR_NONE);
    cr_assert_eq(spool_open(dir, 3, &b).code, ERR_NONE);
    cr_assert_eq(spool_list(dir, 1, numbers, 4), 1u);
    cr_expect_eq(numbers[0], 3u);
    spool_close(a);
    spool_close(b);
    snprintf(file, sizeof file, "%s/passes-3.spool", dir);
    unlink(file);
    snprintf(file, sizeof file, "%s/passes-0.spool", dir);
}

/* A child acknowledges by a byte in a pipe after each append, and is killed at some moment. */
Test(spool, nothing_acknowledged_is_lost_when_the_process_is_killed)
{
    for (int round = 0; round < 20; round++) {
        int ends[2], status;
        size_t acknowledged = 0;
        char ok;
        struct spool *spool;
        pid_t child;

        cr_assert_eq(pipe(ends), 0);
        child = fork();
        cr_assert_geq(child, 0);
        if (child == 0) {
            spool = open_spool();
            for (int64_t seq = 1;; seq++) {
                append(spool, seq, 1);
                if (write(ends[1], "k", 1) != 1)
                    _exit(1);
            }
        }
        close(ends[1]);
        while (acknowledged < (size_t)(5 + round) && read(ends[0], &ok, 1) == 1)
            acknowledged++;
        cr_assert_eq(kill(child, SIGKILL), 0);
        cr_assert_eq(waitpid(child, &status, 0), child);
        while (read(ends[0], &ok, 1) == 1)
            acknowledged++;
        close(ends[0]);
        spool = open_spool();
        cr_expect_geq(spool_waiting(spool), acknowledged);
        cr_expect_leq(spool_waiting(spool), acknowledged + 1);
        spool_drained(spool, spool_waiting(spool));
        spool_close(spool);
    }
}

Test(spool, a_full_spool_says_so_and_keeps_what_it_has)
{
    struct spool *spool = open_spool();
    static struct pass passes[SPOOL_APPEND_MAX];
    size_t held = 0;
    struct err e = OK;

    for (size_t i = 0; i < SPOOL_APPEND_MAX; i++)
        passes[i] = pass_of((int64_t)i);
    while (!err_is(e = spool_append(spool, passes, SPOOL_APPEND_MAX)))
        held += SPOOL_APPEND_MAX;
    cr_expect_eq(e.code, ERR_STORAGE_FULL);
    cr_expect_leq(held * spool_record_bytes(), (size_t)SPOOL_BYTES_MAX);
    cr_expect_eq(spool_waiting(spool), held);
    spool_drained(spool, held);
    spool_close(spool);
}
