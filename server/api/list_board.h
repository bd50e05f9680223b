/* api/list_board.h: the status lists of each region and day as they were last built, for all loops.
 *
 * Building is a walk over the whole register, then packing and signing list by list; the surveyor's
 * thread does it, once for whoever waits. What was built is kept for ttl_s, then built anew when
 * somebody asks. Any thread may call these. */
#ifndef API_LIST_BOARD_H
#define API_LIST_BOARD_H

#include "api/app.h"
#include "base/waiter.h"

enum { LIST_BOARD_DAYS_MAX = 64 }; /* regions × days that are kept at once */

struct list_board *list_board_new(struct shared *shared, int64_t ttl_s);
/* After the surveyor has stopped and no loop runs any more. */
void list_board_free(struct list_board *board); /* NULL is fine */
int64_t list_board_ttl_s(const struct list_board *board);

/* A policy's region ("" for the country's default), its number, a local day. */
struct list_day_key {
    struct text region;
    uint32_t policy;
    day_t day;
    struct signer *signer; /* who signs lists now; those that another one signed are built anew */
};

struct signed_list {
    uint32_t number;
    struct text bytes;
    char etag[40]; /* with its quotes */
};

struct list_day; /* immutable; shared, and freed with the last who holds it */
/* NULL when there is no such list. */
const struct signed_list *list_day_find(const struct list_day *day, uint32_t number);
int64_t list_day_built_s(const struct list_day *day); /* iat of its lists */

/* The day's lists, to be given back by list_board_release(); or NULL, and then the waiter is told
 * on its loop: OK, look again; ERR_NOT_READY, another policy came into force meanwhile or the
 * service stops; ERR_CRYPTO. When *e is ERR_BUSY, too much is being built and nobody is told. */
struct list_day *list_board_take(struct list_board *board, const struct list_day_key *key,
                                 int64_t now_s, struct loop *loop, struct waiter waiter,
                                 struct err *e);
void list_board_release(struct list_day *day);

/* "320900", and "default" for the country's: how lists name a region. */
struct text list_region_name(struct text region);

#endif
