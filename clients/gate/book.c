#include "clients/gate/book.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"

#define BOOK_FILE "receipts.db"

enum { PATH_BYTES = 512, EPOCH_BY_CLOCK_MAX = 2147000000 };

static const char schema[] =
    "CREATE TABLE stand(one INTEGER PRIMARY KEY CHECK(one = 1), epoch INTEGER NOT NULL,"
    " prev BLOB NOT NULL, last_us INTEGER NOT NULL, offset_us INTEGER, trust_seq INTEGER NOT NULL);"
    "INSERT INTO stand VALUES(1, 0, zeroblob(32), 0, NULL, 0);"
    "CREATE TABLE receipt(epoch INTEGER NOT NULL, seq INTEGER NOT NULL, at_us INTEGER NOT NULL,"
    " signed BLOB NOT NULL, handed_us INTEGER, refused TEXT, PRIMARY KEY(epoch, seq)) WITHOUT ROWID;"
    "CREATE INDEX receipt_waiting ON receipt(epoch, seq) WHERE handed_us IS NULL;"
    "CREATE TABLE answered(idx INTEGER NOT NULL, iat INTEGER NOT NULL, direction INTEGER NOT NULL,"
    " until_s INTEGER NOT NULL, body TEXT NOT NULL,"
    " PRIMARY KEY(idx, iat, direction)) WITHOUT ROWID;"
    "CREATE TABLE presence(idx INTEGER PRIMARY KEY, inside INTEGER NOT NULL, at_us INTEGER NOT NULL);"
    "PRAGMA user_version = 1";

/* -- opening ------------------------------------------------------------------------------------- */

/* Above every epoch so far, and above those of an image that was restored over a newer one: the
 * seconds since 1970 have gone on meanwhile. Two numbers a start: receipts, questions. */
static uint32_t next_epoch(int64_t last, time_us wall_us)
{
    int64_t now_s = wall_us / US_PER_SECOND;

    return (uint32_t)(now_s > last + 1 && now_s < EPOCH_BY_CLOCK_MAX ? now_s : last + 2);
}

static struct err begin_epoch(struct book *book)
{
    struct query q = query_open(&book->db, "SELECT epoch, prev FROM stand");
    struct err e;

    if (!query_next(&q))
        return query_close(&q).code == ERR_NONE ? err_make(ERR_DATA_REFUSED)
                                                : err_make(ERR_DATABASE);
    book->epoch = next_epoch(take_int(&q), clock_wall_us());
    if (!take_bytes(&q, book->prev, sizeof book->prev)) {
        (void)query_close(&q).code;
        return err_make(ERR_DATA_REFUSED);
    }
    e = query_close(&q);
    if (err_is(e))
        return e;
    q = query_open(&book->db, "UPDATE stand SET epoch = ?");
    query_int(&q, book->epoch);
    return query_run(&q);
}

/* Its side files go with it: a new file must not inherit another one's log. */
static struct err put_aside(const char *dir)
{
    static const char *const endings[] = {"", "-wal", "-shm"};
    char from[PATH_BYTES], to[PATH_BYTES];

    for (size_t i = 0; i < sizeof endings / sizeof endings[0]; i++) {
        snprintf(from, sizeof from, "%s/" BOOK_FILE "%s", dir, endings[i]);
        snprintf(to, sizeof to, "%s/" BOOK_FILE ".broken-%lld%s", dir,
                 (long long)(clock_wall_us() / US_PER_SECOND), endings[i]);
        if (rename(from, to) != 0 && (i == 0 || errno != ENOENT))
            return err_detail(ERR_FILE_UNREADABLE, strerror(errno));
    }
    log_event(LOG_ERROR, 0, "receipts_put_aside");
    return OK;
}

struct err book_open(struct book *book, const char *dir, bool *put_it_aside)
{
    struct err e;

    *put_it_aside = false;
    *book = (struct book){0};
    e = db_open(&book->db, dir, BOOK_FILE, schema);
    if (e.code == ERR_DATA_REFUSED) {
        *put_it_aside = true;
        e = put_aside(dir);
        if (!err_is(e))
            e = db_open(&book->db, dir, BOOK_FILE, schema);
    }
    if (err_is(e))
        return e;
    e = begin_epoch(book);
    if (err_is(e))
        db_close(&book->db);
    return e;
}

struct err book_open_again(struct book *book, const char *dir)
{
    *book = (struct book){0};
    return db_open(&book->db, dir, BOOK_FILE, schema);
}

void book_close(struct book *book)
{
    db_close(&book->db);
}

/* -- writing ------------------------------------------------------------------------------------- */

static struct err insert_receipt(struct book *book, const struct receipt *receipt, time_us at,
                                 struct text bytes, const unsigned char *digest)
{
    struct query q = query_open(
        &book->db, "INSERT INTO receipt(epoch, seq, at_us, signed) VALUES(?, ?, ?, ?)");
    struct err e;

    query_int(&q, receipt->epoch);
    query_int(&q, (int64_t)receipt->seq);
    query_int(&q, at);
    query_bytes(&q, bytes.at, bytes.bytes);
    e = query_run(&q);
    if (err_is(e))
        return e;
    q = query_open(&book->db, "UPDATE stand SET prev = ?, last_us = max(last_us, ?)");
    query_bytes(&q, digest, RECEIPT_DIGEST_BYTES);
    query_int(&q, at);
    return query_run(&q);
}

static struct err insert_answered(struct book *book, const struct answered *a)
{
    struct query q = query_open(&book->db, "INSERT OR REPLACE INTO answered VALUES(?, ?, ?, ?, ?)");

    query_int(&q, a->index);
    query_int(&q, a->iat);
    query_int(&q, a->direction);
    query_int(&q, a->until_s);
    query_text(&q, a->body);
    return query_run(&q);
}

static struct err insert_presence(struct book *book, int64_t index, bool inside, time_us at)
{
    struct query q = query_open(&book->db, "INSERT OR REPLACE INTO presence VALUES(?, ?, ?)");

    query_int(&q, index);
    query_int(&q, inside);
    query_int(&q, at);
    return query_run(&q);
}

static struct err remember(struct book *book, const struct answered *answered, int64_t index,
                           unsigned direction, bool opened, time_us at)
{
    struct err e = answered != NULL ? insert_answered(book, answered) : OK;

    if (!err_is(e) && opened && index >= 0)
        e = insert_presence(book, index, direction == 1, at);
    return e;
}

/* Commits, or leaves nothing behind. */
static struct err end(struct book *book, struct err e)
{
    if (!err_is(e))
        return db_commit(&book->db);
    db_rollback(&book->db);
    return e;
}

struct err book_write(struct book *book, struct signer *signer, struct receipt *receipt, time_us at,
                      const struct answered *answered)
{
    unsigned char digest[RECEIPT_DIGEST_BYTES];
    char bytes[RECEIPT_BYTES_MAX + 1];
    struct build out = build_over(bytes, sizeof bytes);
    struct err e;

    receipt->epoch = book->epoch;
    receipt->seq = book->seq + 1;
    memcpy(receipt->prev, book->prev, sizeof receipt->prev);
    e = receipt_sign(signer, receipt, &out, digest);
    if (!err_is(e))
        e = db_begin(&book->db);
    if (err_is(e))
        return e;
    e = insert_receipt(book, receipt, at, build_done(&out), digest);
    if (!err_is(e))
        e = remember(book, answered, receipt->index, receipt->direction, receipt->verdict == 1, at);
    e = end(book, e);
    if (err_is(e))
        return e;
    book->seq = receipt->seq;
    memcpy(book->prev, digest, sizeof book->prev);
    return OK;
}

struct err book_note(struct book *book, const struct answered *answered, bool opened, time_us at)
{
    struct err e = db_begin(&book->db);

    if (err_is(e))
        return e;
    return end(book, remember(book, answered, answered->index, answered->direction, opened, at));
}

/* -- remembering --------------------------------------------------------------------------------- */

struct text book_recall(struct book *book, int64_t index, int64_t iat, unsigned direction,
                        int64_t now_s, struct arena *arena)
{
    struct query q = query_open(&book->db, "SELECT body FROM answered WHERE idx = ? AND iat = ?"
                                           " AND direction = ? AND until_s > ?");
    struct text body = {NULL, 0};

    query_int(&q, index);
    query_int(&q, iat);
    query_int(&q, direction);
    query_int(&q, now_s);
    if (query_next(&q))
        body = take_text(&q, arena);
    if (err_is(query_close(&q)))
        log_event(LOG_ERROR, 0, "book_unreadable");
    return body;
}

enum book_presence book_presence(struct book *book, int64_t index, time_us since_us)
{
    struct query q =
        query_open(&book->db, "SELECT inside FROM presence WHERE idx = ? AND at_us > ?");
    enum book_presence found = BOOK_NOT_SEEN;

    query_int(&q, index);
    query_int(&q, since_us);
    if (query_next(&q))
        found = take_int(&q) != 0 ? BOOK_INSIDE : BOOK_OUTSIDE;
    if (err_is(query_close(&q)))
        log_event(LOG_ERROR, 0, "book_unreadable");
    return found;
}

void book_read_time(struct book *book, struct gate_time *time)
{
    struct query q =
        query_open(&book->db, "SELECT last_us, offset_us IS NOT NULL, offset_us FROM stand");

    *time = (struct gate_time){0};
    if (query_next(&q)) {
        time->not_before = take_int(&q);
        time->offset_known = take_int(&q) != 0;
        time->offset_us = take_int(&q);
    }
    if (err_is(query_close(&q)))
        log_event(LOG_ERROR, 0, "book_unreadable");
}

struct err book_keep_time(struct book *book, const struct gate_time *time)
{
    struct query q =
        query_open(&book->db, "UPDATE stand SET last_us = max(last_us, ?), offset_us = ?");

    query_int(&q, time->not_before);
    query_int(&q, time->offset_us);
    return query_run(&q);
}

uint64_t book_trust_seq(struct book *book)
{
    struct query q = query_open(&book->db, "SELECT trust_seq FROM stand");
    int64_t seq = query_next(&q) ? take_int(&q) : INT64_MAX;

    if (!err_is(query_close(&q)))
        return (uint64_t)seq;
    log_event(LOG_ERROR, 0, "book_unreadable");
    return INT64_MAX; /* none is let in that might be older */
}

struct err book_keep_trust_seq(struct book *book, uint64_t seq)
{
    struct query q = query_open(&book->db, "UPDATE stand SET trust_seq = max(trust_seq, ?)");

    query_int(&q, (int64_t)seq);
    return query_run(&q);
}
