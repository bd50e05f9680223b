/* store/spool.h: passes on the server's own disk, while PostgreSQL does not confirm.
 *
 * A file of records of one size, each with a checksum over its content and its place. Appending
 * ends in fdatasync, so what was acknowledged survives a power cut. Draining reads from the front;
 * the file is emptied once everything in it is in PostgreSQL, and what was drained twice is
 * recognised there by its key. One file a loop, used by that loop's thread only.
 *
 * At opening, records that do not check at the very end are a torn tail: the append that wrote them
 * never returned, so nobody was told, and they are cut off (and kept beside as NAME.torn). One that
 * does not check with good ones behind it is damage: the good ones are kept, and the file stays
 * beside as NAME.damaged. */
#ifndef STORE_SPOOL_H
#define STORE_SPOOL_H

#include "base/err.h"
#include "store/passes.h"

enum {
    SPOOL_BYTES_MAX = 64 * 1024 * 1024, /* of one file; beyond it ERR_STORAGE_FULL */
    SPOOL_APPEND_MAX = 4096             /* passes an append */
};

struct spool;
/* Makes the file when it is not there; takes it for itself (ERR_FILE_UNREADABLE when another
 * process has it, or when the folder cannot be written). */
MUST_USE struct err spool_open(const char *dir, unsigned number, struct spool **spool);
void spool_close(struct spool *spool);

/* All or nothing, durable when it returns OK. ERR_STORAGE_FULL otherwise. */
MUST_USE struct err spool_append(struct spool *spool, const struct pass *passes, size_t count);

size_t spool_waiting(const struct spool *spool); /* not drained yet */
/* Reads up to max of those, from the front; returns how many. */
size_t spool_read(struct spool *spool, struct pass *passes, size_t max);
/* These are in PostgreSQL. Empties the file when none is left. */
void spool_drained(struct spool *spool, size_t count);

struct spool_opened { /* what opening found */
    size_t records, torn_bytes, damaged;
};
struct spool_opened spool_opened(const struct spool *spool);
size_t spool_record_bytes(void);

/* Numbers of spool files in dir that are `from` or higher: left by a server with more loops.
 * Returns how many of up to max. */
size_t spool_list(const char *dir, unsigned from, unsigned *numbers, size_t max);

#endif
