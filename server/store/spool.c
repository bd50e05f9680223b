#include "store/spool.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"

/* The checksum covers version and place as well: a record of another format, or one that landed
 * elsewhere in the file, is not mistaken for a good one. */
enum { SPOOL_VERSION = 2, HEAD_BYTES = 8 };
static const unsigned char magic[4] = {'J', 'A', 'S', SPOOL_VERSION};

enum {
#define BYTES_int16 2
#define BYTES_int32 4
#define BYTES_int64 8
#define BYTES_date  2
#define BYTES_time  8
    BODY_BYTES = 0
#define PASS(name, type) +BYTES_##type
#include "domain/pass.def"
#undef PASS
    ,
    RECORD_BYTES = HEAD_BYTES + BODY_BYTES
};

struct spool {
    char path[PATH_MAX];
    int fd;
    size_t records, drained; /* in the file; of these in PostgreSQL */
    struct spool_opened opened;
    unsigned char *buffer; /* SPOOL_APPEND_MAX records */
};

/* -- one record ------------------------------------------------------------------------------- */

/* CRC-32 (IEEE 802.3), to tell torn from whole; it is no protection against anybody's intent. */
static uint32_t crc32_of(uint32_t crc, const unsigned char *at, size_t bytes)
{
    crc = ~crc;
    for (size_t i = 0; i < bytes; i++) {
        crc ^= at[i];
        for (int bit = 0; bit < 8; bit++)
            crc = (crc >> 1) ^ (0xEDB88320u & (0u - (crc & 1)));
    }
    return ~crc;
}

static void put_number(unsigned char **to, uint64_t value, unsigned bytes)
{
    for (unsigned i = 0; i < bytes; i++)
        *(*to)++ = (unsigned char)(value >> (8 * i));
}

static uint64_t get_number(const unsigned char **from, unsigned bytes)
{
    uint64_t value = 0;

    for (unsigned i = 0; i < bytes; i++)
        value |= (uint64_t) * (*from)++ << (8 * i);
    return value;
}

static uint32_t checksum(const unsigned char *body, size_t place)
{
    unsigned char where[8], *at = where;

    put_number(&at, place, 8);
    return crc32_of(crc32_of(crc32_of(0, magic, sizeof magic), where, sizeof where), body,
                    BODY_BYTES);
}

static void pack(unsigned char *record, const struct pass *pass, size_t place)
{
    unsigned char *at = record + HEAD_BYTES;

#define PASS(name, type) put_number(&at, (uint64_t)pass->name, BYTES_##type);
#include "domain/pass.def"
#undef PASS
    memcpy(record, magic, sizeof magic);
    at = record + sizeof magic;
    put_number(&at, checksum(record + HEAD_BYTES, place), 4);
}

static bool is_whole(const unsigned char *record, size_t place)
{
    const unsigned char *at = record + sizeof magic;

    return memcmp(record, magic, sizeof magic) == 0 &&
           get_number(&at, 4) == checksum(record + HEAD_BYTES, place);
}

static struct pass unpack(const unsigned char *record)
{
    const unsigned char *at = record + HEAD_BYTES;
    struct pass pass;

    memset(&pass, 0, sizeof pass);
#define PASS(name, type) pass.name = (PASS_TYPE_##type)get_number(&at, BYTES_##type);
#include "domain/pass.def"
#undef PASS
    return pass;
}

/* -- the file --------------------------------------------------------------------------------- */

static bool write_all(int fd, const unsigned char *at, size_t bytes, off_t where)
{
    while (bytes > 0) {
        ssize_t wrote = pwrite(fd, at, bytes, where);

        if (wrote < 0 && errno == EINTR)
            continue;
        if (wrote <= 0)
            return false;
        at += wrote;
        bytes -= (size_t)wrote;
        where += wrote;
    }
    return true;
}

static size_t read_up_to(int fd, unsigned char *at, size_t bytes, off_t where)
{
    size_t got = 0;

    while (got < bytes) {
        ssize_t n = pread(fd, at + got, bytes - got, where + (off_t)got);

        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            break;
        got += (size_t)n;
    }
    return got;
}

static bool cut(struct spool *spool, size_t records)
{
    if (ftruncate(spool->fd, (off_t)(records * RECORD_BYTES)) != 0 || fdatasync(spool->fd) != 0) {
        log_event(LOG_ERROR, 0, "spool_cut", log_text("reason", strerror(errno)));
        return false;
    }
    return true;
}

/* Where the last whole record ends; how many before it do not check. */
static size_t scan(const struct spool *spool, size_t bytes, size_t *damaged)
{
    size_t last = 0, bad = 0;

    *damaged = 0;
    for (size_t i = 0; i < bytes / RECORD_BYTES; i++) {
        unsigned char record[RECORD_BYTES];

        if (read_up_to(spool->fd, record, sizeof record, (off_t)(i * RECORD_BYTES)) <
                sizeof record ||
            !is_whole(record, i)) {
            bad++;
            continue;
        }
        *damaged += bad;
        bad = 0;
        last = i + 1;
    }
    return last;
}

/* Puts the whole records of a damaged file into a new one; the old one stays for people to see. */
static struct err rewrite(struct spool *spool, size_t records)
{
    char aside[PATH_MAX + 16];
    int old = spool->fd;
    size_t kept = 0;
    bool fine = true;

    snprintf(aside, sizeof aside, "%s.damaged", spool->path);
    if (rename(spool->path, aside) != 0)
        return err_detail(ERR_FILE_UNREADABLE, "spool_rename");
    spool->fd = open(spool->path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (spool->fd < 0 || flock(spool->fd, LOCK_EX | LOCK_NB) != 0) {
        close(old);
        return err_detail(ERR_FILE_UNREADABLE, "spool_rewrite");
    }
    for (size_t i = 0; i < records && fine; i++) {
        unsigned char record[RECORD_BYTES];
        struct pass pass;

        if (read_up_to(old, record, sizeof record, (off_t)(i * RECORD_BYTES)) < sizeof record ||
            !is_whole(record, i))
            continue;
        pass = unpack(record);
        pack(record, &pass, kept);
        fine = write_all(spool->fd, record, sizeof record, (off_t)(kept * RECORD_BYTES));
        kept++;
    }
    close(old);
    if (!fine || fdatasync(spool->fd) != 0)
        return err_detail(ERR_STORAGE_FULL, "spool_rewrite");
    spool->records = kept;
    return OK;
}

/* What is cut off is kept as NAME.torn: it may be another version's, and somebody may ask. */
static bool save_tail(const struct spool *spool, size_t from, size_t bytes)
{
    char aside[PATH_MAX + 16];
    unsigned char part[4096];
    bool fine = true;
    int fd;

    snprintf(aside, sizeof aside, "%s.torn", spool->path);
    fd = open(aside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0)
        return false;
    for (size_t done = 0; done < bytes && fine;) {
        size_t got = read_up_to(spool->fd, part, sizeof part, (off_t)(from + done));

        fine = got > 0 && write_all(fd, part, got, (off_t)done);
        done += got;
    }
    fine = fsync(fd) == 0 && fine;
    close(fd);
    return fine;
}

static struct err recover(struct spool *spool)
{
    struct stat st;
    size_t whole;

    if (fstat(spool->fd, &st) != 0)
        return err_detail(ERR_FILE_UNREADABLE, "spool_stat");
    whole = scan(spool, (size_t)st.st_size, &spool->opened.damaged);
    spool->records = whole;
    spool->opened.torn_bytes = (size_t)st.st_size - whole * RECORD_BYTES;
    if (spool->opened.torn_bytes > 0) {
        log_event(LOG_WARN, 0, "spool_torn_tail", log_number("at", whole * RECORD_BYTES),
                  log_number("bytes", spool->opened.torn_bytes));
        if (!save_tail(spool, whole * RECORD_BYTES, spool->opened.torn_bytes) ||
            !cut(spool, whole))
            return err_detail(ERR_STORAGE_FULL, "spool_cut");
    }
    if (spool->opened.damaged > 0) {
        struct err e = rewrite(spool, whole);

        log_event(LOG_ERROR, 0, "spool_damaged", log_number("records", spool->opened.damaged));
        if (err_is(e))
            return e;
    }
    spool->opened.records = spool->records;
    return OK;
}

/* The file's name must survive a power cut as well. */
static bool sync_folder(const char *dir)
{
    int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool fine = fd >= 0 && fsync(fd) == 0;

    if (fd >= 0)
        close(fd);
    return fine;
}

struct err spool_open(const char *dir, unsigned number, struct spool **result)
{
    struct spool *spool = calloc(1, sizeof *spool);
    struct err e = OK;

    CHECK_ALLOCATED(spool);
    spool->buffer = malloc((size_t)SPOOL_APPEND_MAX * RECORD_BYTES);
    CHECK_ALLOCATED(spool->buffer);
    snprintf(spool->path, sizeof spool->path, "%s/passes-%u.spool", dir, number);
    spool->fd = open(spool->path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (spool->fd < 0 || flock(spool->fd, LOCK_EX | LOCK_NB) != 0 || !sync_folder(dir))
        e = err_detail(ERR_FILE_UNREADABLE, "spool_open");
    else
        e = recover(spool);
    if (!err_is(e) && spool->opened.damaged > 0 && !sync_folder(dir))
        e = err_detail(ERR_FILE_UNREADABLE, "spool_open");
    if (err_is(e)) {
        spool_close(spool);
        return e;
    }
    *result = spool;
    return OK;
}

void spool_close(struct spool *spool)
{
    if (spool == NULL)
        return;
    if (spool->fd >= 0)
        close(spool->fd);
    free(spool->buffer);
    free(spool);
}

struct err spool_append(struct spool *spool, const struct pass *passes, size_t count)
{
    size_t bytes = count * RECORD_BYTES;

    CHECK(count > 0 && count <= SPOOL_APPEND_MAX);
    if (spool->records * RECORD_BYTES + bytes > SPOOL_BYTES_MAX)
        return err_make(ERR_STORAGE_FULL);
    for (size_t i = 0; i < count; i++)
        pack(spool->buffer + i * RECORD_BYTES, &passes[i], spool->records + i);
    if (!write_all(spool->fd, spool->buffer, bytes, (off_t)(spool->records * RECORD_BYTES)) ||
        fdatasync(spool->fd) != 0) {
        log_event(LOG_ERROR, 0, "spool_append", log_text("reason", strerror(errno)));
        if (ftruncate(spool->fd, (off_t)(spool->records * RECORD_BYTES)) != 0)
            log_event(LOG_ERROR, 0, "spool_cut", log_text("reason", strerror(errno)));
        return err_make(ERR_STORAGE_FULL);
    }
    spool->records += count;
    return OK;
}

size_t spool_waiting(const struct spool *spool)
{
    return spool->records - spool->drained;
}

size_t spool_read(struct spool *spool, struct pass *passes, size_t max)
{
    size_t count = spool_waiting(spool) < max ? spool_waiting(spool) : max, read = 0;

    for (; read < count; read++) {
        unsigned char record[RECORD_BYTES];
        size_t place = spool->drained + read;

        if (read_up_to(spool->fd, record, sizeof record, (off_t)(place * RECORD_BYTES)) <
                sizeof record ||
            !is_whole(record, place)) {
            log_event(LOG_ERROR, 0, "spool_read", log_number("record", place));
            break;
        }
        passes[read] = unpack(record);
    }
    return read;
}

void spool_drained(struct spool *spool, size_t count)
{
    CHECK(count <= spool_waiting(spool));
    spool->drained += count;
    if (spool->drained < spool->records)
        return;
    if (cut(spool, 0)) {
        spool->records = 0;
        spool->drained = 0;
    }
}

struct spool_opened spool_opened(const struct spool *spool)
{
    return spool->opened;
}

size_t spool_record_bytes(void)
{
    return RECORD_BYTES;
}

size_t spool_list(const char *dir, unsigned from, unsigned *numbers, size_t max)
{
    DIR *folder = opendir(dir);
    struct dirent *entry;
    size_t count = 0;

    while (folder != NULL && count < max && (entry = readdir(folder)) != NULL) {
        unsigned number;
        int end = 0;

        if (sscanf(entry->d_name, "passes-%9u.spool%n", &number, &end) == 1 && end > 0 &&
            entry->d_name[end] == '\0' && number >= from)
            numbers[count++] = number;
    }
    if (folder != NULL)
        closedir(folder);
    return count;
}
