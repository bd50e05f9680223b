/* clients/gate/book_hand.c: the part of the book that is about handing in. */
#include "clients/gate/book.h"

struct err book_waiting(struct book *book, struct arena *arena, struct waiting *rows,
                        size_t *count)
{
    struct query q = query_open(&book->db, "SELECT epoch, seq, at_us, signed FROM receipt"
                                           " WHERE handed_us IS NULL ORDER BY epoch, seq LIMIT ?");
    struct err e;

    query_int(&q, WAITING_AT_ONCE);
    *count = 0;
    while (*count < WAITING_AT_ONCE && query_next(&q)) {
        struct waiting *row = &rows[(*count)++];

        row->epoch = (uint32_t)take_int(&q);
        row->seq = (uint64_t)take_int(&q);
        row->at = take_int(&q);
        row->bytes = take_text(&q, arena);
    }
    e = query_close(&q);
    return !err_is(e) && arena->full ? err_make(ERR_TOO_LARGE) : e;
}

struct err book_handed(struct book *book, const struct handed *rows, size_t count, time_us at)
{
    struct err e = db_begin(&book->db);

    for (size_t i = 0; !err_is(e) && i < count; i++) {
        struct query q = query_open(&book->db, "UPDATE receipt SET handed_us = ?,"
                                               " refused = nullif(?, '')"
                                               " WHERE epoch = ? AND seq = ?");

        query_int(&q, at);
        query_text(&q, text_of(rows[i].refused != NULL ? rows[i].refused : ""));
        query_int(&q, rows[i].epoch);
        query_int(&q, (int64_t)rows[i].seq);
        e = query_run(&q);
    }
    if (!err_is(e))
        return db_commit(&book->db);
    db_rollback(&book->db);
    return e;
}

struct err book_prune(struct book *book, time_us handed_before, int64_t now_s)
{
    struct query q = query_open(&book->db, "DELETE FROM receipt WHERE handed_us < ?"
                                           " AND refused IS NULL");
    struct err e;

    query_int(&q, handed_before);
    e = query_run(&q);
    if (err_is(e))
        return e;
    q = query_open(&book->db, "DELETE FROM answered WHERE until_s <= ?");
    query_int(&q, now_s);
    return query_run(&q);
}

struct err book_count(struct book *book, struct book_counts *counts)
{
    struct query q =
        query_open(&book->db, "SELECT count(*) FILTER (WHERE handed_us IS NULL),"
                              " count(refused), count(*),"
                              " coalesce(min(at_us) FILTER (WHERE handed_us IS NULL), 0)"
                              " FROM receipt");

    *counts = (struct book_counts){0};
    if (query_next(&q)) {
        counts->waiting = take_int(&q);
        counts->refused = take_int(&q);
        counts->kept = take_int(&q);
        counts->oldest_waiting = take_int(&q);
    }
    return query_close(&q);
}
