#include "api/list_board.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "crypto/seal.h"
#include "crypto/statuslist.h"
#include "domain/record.h"
#include "register/listing.h"

enum { SIGNING_ARENA_BYTES = 2 * 1024 * 1024 };
_Static_assert((int)LISTING_BYTES == (int)STATUSLIST_PACKED_BYTES, "one list is the other's");
_Static_assert((int)LISTING_GREEN == (int)STATUS_VALID && (int)LISTING_VOID == (int)STATUS_INVALID &&
                   (int)LISTING_RED == (int)STATUS_SUSPENDED &&
                   (int)LISTING_YELLOW == (int)STATUS_SPECIFIC,
               "the register's values are the standard's");

struct list_day {
    _Atomic unsigned holders;
    uint32_t policy;
    const struct signer *signer;
    int64_t built_s;
    size_t count;
    struct signed_list lists[]; /* by number */
};

struct waiting {
    struct waiting *next;
    struct loop *loop;
    struct waiter waiter;
    struct err e;
};

struct shelf { /* a region's lists of a day */
    bool used;
    char region[REGION_BYTES + 1];
    day_t day;
    struct list_day *ready;
    struct building *building;
    struct waiting *waiting;
};

struct building { /* the surveyor's, while it is at work */
    struct list_board *board;
    struct shelf *shelf;
    struct listing *listing;
    uint32_t policy;
    struct signer *signer;
    int64_t built_s;
};

struct list_board {
    struct shared *shared;
    int64_t ttl_s;
    pthread_mutex_t lock; /* held for a few instructions */
    struct shelf shelves[LIST_BOARD_DAYS_MAX];
};

struct text list_region_name(struct text region)
{
    return region.bytes > 0 ? region : TEXT("default");
}

/* -- what was built ------------------------------------------------------------------------------- */

const struct signed_list *list_day_find(const struct list_day *day, uint32_t number)
{
    for (size_t i = 0; i < day->count; i++) {
        if (day->lists[i].number == number)
            return &day->lists[i];
    }
    return NULL;
}

int64_t list_day_built_s(const struct list_day *day)
{
    return day->built_s;
}

void list_board_release(struct list_day *day)
{
    if (day == NULL || atomic_fetch_sub(&day->holders, 1) != 1)
        return;
    for (size_t i = 0; i < day->count; i++)
        free((void *)(uintptr_t)day->lists[i].bytes.at);
    free(day);
}

static struct list_day *day_with(struct list_day *day, const struct building *at_work,
                                 uint32_t number, struct text bytes)
{
    size_t count = day != NULL ? day->count : 0;
    struct signed_list *list;
    unsigned char digest[32];
    char hex[65], *copy = malloc(bytes.bytes);

    CHECK_ALLOCATED(copy);
    memcpy(copy, bytes.at, bytes.bytes);
    day = realloc(day, sizeof *day + (count + 1) * sizeof day->lists[0]);
    CHECK_ALLOCATED(day);
    atomic_init(&day->holders, 1);
    day->policy = at_work->policy;
    day->signer = at_work->signer;
    day->built_s = at_work->built_s;
    day->count = count + 1;
    list = &day->lists[count];
    list->number = number;
    list->bytes = (struct text){copy, bytes.bytes};
    sha256(bytes, digest);
    hex_format(digest, sizeof digest, hex);
    CHECK(snprintf(list->etag, sizeof list->etag, "\"%.32s\"", hex) == 34);
    return day;
}

/* -- building, on the surveyor's thread ----------------------------------------------------------- */

static struct err sign_list(const struct building *at_work, uint32_t number,
                            const unsigned char *packed, struct arena *arena, struct text *list)
{
    const struct shared *shared = at_work->board->shared;
    const struct shelf *shelf = at_work->shelf;
    char date[DAY_TEXT_BYTES];
    const char *sub = arena_format(arena, "%s/lists/%s/%u/%s", shared->issuer,
                                   list_region_name(text_of(shelf->region)).at, number,
                                   day_format(shelf->day, date).at);

    if (sub == NULL)
        return err_make(ERR_TOO_LARGE);
    /* No signed colour is valid past the local day it states. */
    return statuslist_issue(at_work->signer,
                            &(struct statuslist_claims){
                                .sub = text_of(sub),
                                .iat = at_work->built_s,
                                .exp = clock_day_start((uint16_t)(shelf->day + 1)) / US_PER_SECOND,
                                .ttl_s = at_work->board->ttl_s},
                            packed, arena, list);
}

static struct err sign_all(const struct building *at_work, struct list_day **day)
{
    unsigned char *packed = malloc(LISTING_BYTES);
    struct arena arena;
    struct text list;
    struct err e = OK;

    CHECK_ALLOCATED(packed);
    arena_init(&arena, SIGNING_ARENA_BYTES);
    for (uint32_t number = 0; number < SLOT_LISTS_MAX && !err_is(e); number++) {
        if (!listing_pack(at_work->listing, number, packed))
            continue;
        e = sign_list(at_work, number, packed, &arena, &list);
        if (!err_is(e))
            *day = day_with(*day, at_work, number, list);
        arena_clear(&arena);
    }
    free(packed);
    return e;
}

static void tell(void *arg)
{
    struct waiting *waiting = arg;

    waiting->waiter.done(waiting->waiter.arg, waiting->e);
    free(waiting);
}

/* When the service stops, no loop runs any more: list_board_free() finds who still waits. */
static void finish(struct building *at_work, struct list_day *day, struct err e)
{
    struct list_board *board = at_work->board;
    struct shelf *shelf = at_work->shelf;
    struct waiting *waiting;
    bool stopping = atomic_load(&board->shared->stopping);

    CHECK(pthread_mutex_lock(&board->lock) == 0);
    if (day != NULL) {
        list_board_release(shelf->ready);
        shelf->ready = day;
    }
    shelf->building = NULL;
    waiting = stopping ? NULL : shelf->waiting;
    if (!stopping)
        shelf->waiting = NULL;
    CHECK(pthread_mutex_unlock(&board->lock) == 0);
    while (waiting != NULL) {
        struct waiting *next = waiting->next;

        waiting->e = e;
        loop_post(waiting->loop, tell, waiting);
        waiting = next;
    }
}

static void building_free(struct building *at_work)
{
    if (at_work == NULL)
        return;
    listing_free(at_work->listing);
    free(at_work);
}

static void on_surveyed(void *arg, bool complete)
{
    struct building *at_work = arg;
    struct list_day *day = NULL;
    int64_t begun_us = clock_monotonic_us();
    struct err e = complete ? sign_all(at_work, &day) : err_make(ERR_NOT_READY);

    if (err_is(e)) {
        list_board_release(day);
        day = NULL;
    } else if (day == NULL) { /* nobody has a slot yet: there are no lists */
        day = calloc(1, sizeof *day);
        CHECK_ALLOCATED(day);
        atomic_init(&day->holders, 1);
        day->policy = at_work->policy;
        day->signer = at_work->signer;
        day->built_s = at_work->built_s;
    }
    log_event(LOG_INFO, 0, "lists_built", log_text("code", err_is(e) ? err_row(e.code)->code : "ok"),
              log_number("lists", day != NULL ? (int64_t)day->count : 0),
              log_number("signing_ms", (clock_monotonic_us() - begun_us) / US_PER_MS));
    finish(at_work, day, e);
    building_free(at_work);
}

/* -- asking, on a loop ---------------------------------------------------------------------------- */

static bool is_fresh(const struct list_board *board, const struct list_day *day, int64_t now_s)
{
    return day != NULL && now_s < day->built_s + board->ttl_s;
}

/* Which of two idle shelves to clear: an unused one, else of the day longest gone, else the one
 * whose lists are oldest. */
static bool goes_first(const struct shelf *a, const struct shelf *b)
{
    int64_t built_a = a->ready != NULL ? a->ready->built_s : 0;
    int64_t built_b = b->ready != NULL ? b->ready->built_s : 0;

    if (a->used != b->used)
        return !a->used;
    return a->day != b->day ? a->day < b->day : built_a < built_b;
}

/* Its shelf; else one that nobody needs, cleared for it. NULL: all are needed. */
static struct shelf *shelf_of(struct list_board *board, const struct list_day_key *key,
                              int64_t now_s)
{
    struct shelf *best = NULL;

    for (unsigned i = 0; i < LIST_BOARD_DAYS_MAX; i++) {
        struct shelf *shelf = &board->shelves[i];

        if (shelf->used && shelf->day == key->day && text_is(key->region, shelf->region))
            return shelf;
        if (shelf->building == NULL && shelf->waiting == NULL &&
            (shelf->day < key->day || !is_fresh(board, shelf->ready, now_s)) &&
            (best == NULL || goes_first(shelf, best)))
            best = shelf;
    }
    if (best == NULL)
        return NULL;
    list_board_release(best->ready);
    *best = (struct shelf){.used = true, .day = key->day};
    CHECK(key->region.bytes <= REGION_BYTES);
    memcpy(best->region, key->region.at, key->region.bytes);
    return best;
}

/* Its lists count from now on: whoever gets a badge while they are built is not yet in them. */
static bool build(struct list_board *board, struct shelf *shelf, const struct list_day_key *key,
                  int64_t now_s)
{
    struct building *at_work = calloc(1, sizeof *at_work);

    CHECK_ALLOCATED(at_work);
    *at_work = (struct building){
        .board = board, .shelf = shelf, .policy = key->policy, .signer = key->signer,
        .built_s = now_s};
    at_work->listing =
        listing_new(board->shared->registry, key->region, key->policy, key->day);
    listing_then(at_work->listing, on_surveyed, at_work);
    shelf->building = at_work;
    if (surveyor_reserve(board->shared->surveyor, SURVEY_FOR_GATES) &&
        surveyor_submit(board->shared->surveyor, listing_survey(at_work->listing)))
        return true;
    shelf->building = NULL;
    building_free(at_work);
    return false;
}

static void wait_at(struct shelf *shelf, struct loop *loop, struct waiter waiter)
{
    struct waiting *waiting = malloc(sizeof *waiting);

    CHECK_ALLOCATED(waiting);
    *waiting = (struct waiting){shelf->waiting, loop, waiter, OK};
    shelf->waiting = waiting;
}

struct list_day *list_board_take(struct list_board *board, const struct list_day_key *key,
                                 int64_t now_s, struct loop *loop, struct waiter waiter,
                                 struct err *e)
{
    struct list_day *day = NULL;
    struct shelf *shelf;

    *e = OK;
    CHECK(pthread_mutex_lock(&board->lock) == 0);
    shelf = shelf_of(board, key, now_s);
    if (shelf != NULL && is_fresh(board, shelf->ready, now_s) &&
        shelf->ready->policy == key->policy && shelf->ready->signer == key->signer) {
        day = shelf->ready;
        atomic_fetch_add(&day->holders, 1);
    } else if (shelf != NULL && (shelf->building != NULL || build(board, shelf, key, now_s))) {
        wait_at(shelf, loop, waiter);
    } else {
        *e = err_make(ERR_BUSY);
    }
    CHECK(pthread_mutex_unlock(&board->lock) == 0);
    return day;
}

/* -- made and freed with the service ---------------------------------------------------------------- */

struct list_board *list_board_new(struct shared *shared, int64_t ttl_s)
{
    struct list_board *board = calloc(1, sizeof *board);

    CHECK_ALLOCATED(board);
    board->shared = shared;
    board->ttl_s = ttl_s;
    CHECK(pthread_mutex_init(&board->lock, NULL) == 0);
    return board;
}

int64_t list_board_ttl_s(const struct list_board *board)
{
    return board->ttl_s;
}

void list_board_free(struct list_board *board)
{
    if (board == NULL)
        return;
    for (unsigned i = 0; i < LIST_BOARD_DAYS_MAX; i++) {
        struct waiting *waiting = board->shelves[i].waiting;

        while (waiting != NULL) {
            struct waiting *next = waiting->next;

            waiting->e = err_make(ERR_STOPPING);
            tell(waiting);
            waiting = next;
        }
        list_board_release(board->shelves[i].ready);
    }
    CHECK(pthread_mutex_destroy(&board->lock) == 0);
    free(board);
}
