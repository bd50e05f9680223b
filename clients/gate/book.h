/* clients/gate/book.h: the gate's book: what it decided by itself, in a chain of signed receipts, on
 * disk before the door is told; and what it must remember of a scan beyond a restart.
 *
 * A book belongs to one thread. Two threads open the same file, one to write receipts and one to
 * hand them in. */
#ifndef GATE_BOOK_H
#define GATE_BOOK_H

#include "clients/gate/db.h"
#include "clients/gate/gate_time.h"
#include "crypto/receipt.h"

struct book {
    struct db db;
    uint32_t epoch; /* of this start's receipts; questions to the server count under the next one */
    uint64_t seq;   /* of the receipt before the next */
    unsigned char prev[RECEIPT_DIGEST_BYTES];
};

/* Opens the book and begins an epoch. One that SQLite cannot read is put aside and a new one begun:
 * *put_aside says so. Another program that holds it: ERR_DATABASE. */
MUST_USE struct err book_open(struct book *book, const char *dir, bool *put_aside);
/* The same file for another thread, without beginning anything. */
MUST_USE struct err book_open_again(struct book *book, const char *dir);
void book_close(struct book *book);

/* An answer that was given, so that the same code gets it again while it lives. */
struct answered {
    int64_t index, iat; /* of the code */
    unsigned direction; /* 1 in, 2 out */
    int64_t until_s;
    struct text body;
};

/* Writes one receipt: fills epoch, seq and prev, signs, commits. `answered` may be NULL; somebody
 * who was let through is inside, or not, from now on. ERR_STORAGE_FULL, ERR_DATABASE, ERR_CRYPTO:
 * then nothing is written, and its number goes to the next. */
MUST_USE struct err book_write(struct book *book, struct signer *signer, struct receipt *receipt,
                               time_us at, const struct answered *answered);
/* The same without a receipt: the server has recorded the pass. */
MUST_USE struct err book_note(struct book *book, const struct answered *answered, bool opened,
                              time_us at);

/* The answer given to this code, if it lives at now_s; .at NULL otherwise. */
struct text book_recall(struct book *book, int64_t index, int64_t iat, unsigned direction,
                        int64_t now_s, struct arena *arena);

/* Where the code's holder is, by this gate alone, since since_us. */
enum book_presence { BOOK_NOT_SEEN, BOOK_INSIDE, BOOK_OUTSIDE };
enum book_presence book_presence(struct book *book, int64_t index, time_us since_us);

/* -- the clock, as last known ---------------------------------------------------------------- */

void book_read_time(struct book *book, struct gate_time *time);
MUST_USE struct err book_keep_time(struct book *book, const struct gate_time *time);

/* -- the list of keys, as far as it has come -------------------------------------------------- */

/* The highest sequence of a signed list that was ever accepted; 0: none was. Kept here and not with
 * the list, which may be thrown away and fetched again. */
uint64_t book_trust_seq(struct book *book);
MUST_USE struct err book_keep_trust_seq(struct book *book, uint64_t seq);

/* -- handing in --------------------------------------------------------------------------------- */

struct waiting {
    uint32_t epoch;
    uint64_t seq;
    time_us at;
    struct text bytes; /* the signed receipt */
};
enum { WAITING_AT_ONCE = 200 };
/* The oldest receipts that the server has not taken, in order. */
MUST_USE struct err book_waiting(struct book *book, struct arena *arena, struct waiting *rows,
                                 size_t *count);
/* What the server made of them. refused: its reason, which nobody can mend by sending again; NULL:
 * it has it. */
struct handed {
    uint32_t epoch;
    uint64_t seq;
    const char *refused;
};
MUST_USE struct err book_handed(struct book *book, const struct handed *rows, size_t count,
                                time_us at);
/* Forgets what was handed in, and refused by nobody, before then; and answers that have ended. */
MUST_USE struct err book_prune(struct book *book, time_us handed_before, int64_t now_s);

struct book_counts {
    int64_t waiting, refused, kept;
    time_us oldest_waiting; /* 0: none waits */
};
MUST_USE struct err book_count(struct book *book, struct book_counts *counts);

#endif
