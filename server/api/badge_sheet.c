/* api/badge_sheet.c: a contractor names its people and gets the sheets to print.
 *
 * Who has a valid badge gets that one printed again, the newest; who has none is issued one. So
 * printing twice gives the same stickers, with or without the same request key. The PDF holds names
 * and is made anew each time; it is kept nowhere. */
#include "api/badge_sheet.h"

#include "api/append.h"
#include "api/badges.h"
#include "api/person_seal.h"
#include "api/resource.h"
#include "api/slots.h"
#include "base/errands.h"
#include "print/sheet.h"

struct sheet_input {
    struct id_list workers;
};
const struct field badge_sheet_fields[] = {
    {"workers", FIELD_IDS, offsetof(struct sheet_input, workers), true, 1, SHEET_STICKERS_MAX, NULL},
    {0},
};

struct sheet_request {
    struct write write; /* first: see write.h */
    struct person *persons; /* in the order asked */
    struct badge_rows badges;
    struct open_lists lists;
    struct sticker *stickers;
    struct arena pdf_arena; /* the PDF is larger than what an exchange holds beside */
    struct text pdf;
    struct err rendered;
};
const size_t badge_sheet_state_bytes = sizeof(struct sheet_request);

static const struct id_list *workers_of(const struct exchange *x)
{
    return &((const struct sheet_input *)x->input)->workers;
}

static const char *place_of(struct exchange *x, size_t i)
{
    return arena_format(&x->arena, "/workers/%zu", i);
}

/* -- who ------------------------------------------------------------------------------------------ */

static struct err check_workers(struct exchange *x)
{
    const struct id_list *workers = workers_of(x);

    if (workers->count == 0)
        return err_field(ERR_FIELD_LENGTH, "/workers", "1..240");
    for (size_t i = 0; i < workers->count; i++) {
        for (size_t k = 0; k < i; k++) {
            if (workers->id[i] == workers->id[k])
                return err_field(ERR_DUPLICATE_ROW, place_of(x, i), NULL);
        }
    }
    return OK;
}

static enum step sheet_load(struct exchange *x)
{
    const struct id_list *workers = workers_of(x);
    struct sheet_request *s = x->state;
    struct person_name *names = arena_new_array(&x->arena, workers->count, struct person_name);
    struct err e = check_workers(x);
    struct batch *b = write_begin(x);

    s->persons = arena_new_array(&x->arena, workers->count, struct person);
    if (!err_is(e) && (names == NULL || s->persons == NULL || b == NULL))
        e = err_make(ERR_TOO_LARGE);
    if (err_is(e))
        return exchange_fail(x, e);
    for (size_t i = 0; i < workers->count; i++)
        names[i].worker_id = workers->id[i];
    e = persons_load(b, &x->arena, names, workers->count, s->persons);
    badges_list(b, workers->id, workers->count, &s->badges);
    slot_lists(b, &s->lists);
    return err_is(e) ? exchange_fail(x, e) : load_send(x, b);
}

static struct err admit(struct exchange *x)
{
    const struct sheet_request *s = x->state;

    for (size_t i = 0; i < workers_of(x)->count; i++) {
        if (!append_may_see(caller_of(x), &s->persons[i], x->today))
            return err_field(ERR_WORKER_UNKNOWN, place_of(x, i), NULL);
        if (s->persons[i].erased)
            return err_field(ERR_PERSON_ERASED, place_of(x, i), NULL);
    }
    return OK;
}

/* -- who needs one -------------------------------------------------------------------------------- */

/* The newest badge of a worker; with valid: of those that are good. NULL: none. */
static const struct badge_row *newest(const struct exchange *x, int64_t worker_id, bool valid)
{
    const struct sheet_request *s = x->state;
    const struct badge_row *found = NULL;

    for (int i = 0; i < s->badges.count; i++) {
        const struct badge_row *badge = &s->badges.rows[i];

        if (badge->worker_id == worker_id && (!valid || badge_is_valid(badge, x->now)))
            found = badge;
    }
    return found;
}

static struct err issue_missing(struct exchange *x, struct batch *b)
{
    const struct id_list *workers = workers_of(x);
    struct sheet_request *s = x->state;
    int64_t *ids = arena_new_array(&x->arena, workers->count, int64_t);
    int64_t *versions = arena_new_array(&x->arena, workers->count, int64_t);
    int32_t *numbers = arena_new_array(&x->arena, workers->count, int32_t);
    struct new_badges fresh = {.worker_ids = ids, .numbers = numbers,
                               .org_id = caller_of(x)->org_id,
                               .account_id = caller_of(x)->account_id,
                               .issued_at = badge_begin(x), .expires_at = badge_end(x)};
    int64_t *candidates = NULL;
    struct err e;

    if (ids == NULL || versions == NULL || numbers == NULL)
        return err_make(ERR_TOO_LARGE);
    for (size_t i = 0; i < workers->count; i++) {
        const struct badge_row *last = newest(x, workers->id[i], false);

        if (newest(x, workers->id[i], true) != NULL)
            continue;
        ids[fresh.count] = workers->id[i];
        versions[fresh.count] = s->persons[i].version;
        numbers[fresh.count++] = last != NULL ? last->number + 1 : 1;
    }
    if (fresh.count == 0)
        return OK;
    e = slots_draw(&x->arena, &s->lists, fresh.count, &candidates);
    if (err_is(e))
        return e;
    fresh.candidates = candidates;
    badges_insert(b, &fresh);
    write_changes(b, CHANGE_WORKER, ids, versions, fresh.count);
    write_audit_list(x, b, "badge.issue", ids, fresh.count, TEXT(""));
    return OK;
}

/* The rows are on disk before any name is read. */
static enum step sheet_write(struct exchange *x)
{
    const struct id_list *workers = workers_of(x);
    struct sheet_request *s = x->state;
    bool again = s->write.found.found;
    struct err e = admit(x);
    struct batch *b = NULL;

    if (!err_is(e) && again &&
        !bytes_equal(s->write.found.fingerprint, s->write.fingerprint,
                     sizeof s->write.fingerprint))
        e = err_make(ERR_KEY_REUSE);
    if (err_is(e))
        return exchange_fail(x, e);
    b = again ? batch_new(app_of(x)->pg, &x->arena)
              : write_commit(x, 200, text_of(arena_format(&x->arena, "{\"stickers\":%zu}",
                                                          workers->count)));
    e = b != NULL ? issue_missing(x, b) : err_make(ERR_TOO_LARGE);
    if (err_is(e))
        return exchange_fail(x, e);
    write_audit_list(x, b, "badge.sheet", workers->id, workers->count, TEXT(""));
    return write_send(x, b, badge_sheet_post);
}

static enum step sheet_read(struct exchange *x)
{
    struct sheet_request *s = x->state;
    struct batch *b = batch_new(app_of(x)->pg, &x->arena);

    follower_nudge(app_of(x)->shared->follower);
    if (b != NULL)
        badges_list(b, workers_of(x)->id, workers_of(x)->count, &s->badges);
    return load_send(x, b);
}

/* -- stickers ------------------------------------------------------------------------------------- */

/* Of his engagements with the caller the one that was made last. */
static struct text trade_of(const struct exchange *x, const struct person *person)
{
    const struct person_engagement *found = NULL;

    for (size_t i = 0; i < person->engagement_count; i++) {
        const struct person_engagement *e = &person->engagements[i];

        if (e->org_id == caller_of(x)->org_id && e->until > x->today)
            found = e;
    }
    return found != NULL && trade_find(found->trade) != NULL
               ? text_of(trade_find(found->trade)->zh)
               : TEXT("");
}

static struct err make_sticker(struct exchange *x, size_t i, struct sticker *sticker)
{
    const struct sheet_request *s = x->state;
    const struct badge_row *badge = newest(x, workers_of(x)->id[i], true);
    struct person_details details;
    struct work work = work_of(x);
    struct err e = person_unseal_details(&work, &s->persons[i], &details);
    struct local_time until;

    if (!err_is(e) && badge == NULL)
        e = err_field(ERR_CONFLICT, place_of(x, i), NULL); /* voided at this very moment */
    if (!err_is(e))
        e = badge_code(x, badge, &sticker->code);
    if (err_is(e))
        return e;
    until = clock_local(badge->expires_at);
    sticker->name = details.name;
    sticker->trade = trade_of(x, &s->persons[i]);
    if (details.phone.bytes >= 4)
        sticker->phone_tail = (struct text){details.phone.at + details.phone.bytes - 4, 4};
    sticker->worker = text_of(arena_format(&x->arena, "%lld-%d", (long long)badge->worker_id,
                                           (int)badge->number));
    sticker->until = text_of(arena_format(&x->arena, "%04d-%02d", until.year, until.month));
    return x->arena.full ? err_make(ERR_TOO_LARGE) : OK;
}

/* On the errands' thread; the exchange waits meanwhile. */
static void render(void *arg)
{
    struct exchange *x = arg;
    struct sheet_request *s = x->state;
    char today[DAY_TEXT_BYTES];

    s->rendered = sheet_render(s->stickers, workers_of(x)->count,
                               day_format(x->today, today).at, &s->pdf_arena, &s->pdf);
}

/* The service stops, or too much waits: what was rendered finds nobody. */
static enum step sheet_failed(struct exchange *x)
{
    struct arena pdf_arena = ((struct sheet_request *)x->state)->pdf_arena;
    enum step step = exchange_fail(x, x->failure);

    arena_clear(&pdf_arena);
    return step;
}

static enum step sheet_print(struct exchange *x)
{
    struct sheet_request *s = x->state;
    const struct app *app = app_of(x);
    struct err e = OK;

    s->stickers = arena_new_array(&x->arena, workers_of(x)->count, struct sticker);
    if (s->stickers == NULL)
        e = err_make(ERR_TOO_LARGE);
    for (size_t i = 0; i < workers_of(x)->count && !err_is(e); i++)
        e = make_sticker(x, i, &s->stickers[i]);
    if (err_is(e))
        return exchange_fail(x, e);
    arena_init(&s->pdf_arena, SHEET_ARENA_BYTES);
    x->on_failure = sheet_failed;
    return exchange_wait(x, errands_send(app->shared->errands, app->loop, render, x,
                                         exchange_waiter(x))
                                ? OK
                                : err_make(ERR_BUSY));
}

static enum step sheet_answer(struct exchange *x)
{
    struct sheet_request *s = x->state;
    struct arena pdf_arena = s->pdf_arena; /* the answer ends the exchange and its state */
    enum step step =
        err_is(s->rendered)
            ? exchange_fail(x, s->rendered)
            : exchange_answer_file(x, "application/pdf", s->pdf,
                                   "Content-Disposition: attachment; filename=\"badges.pdf\"\r\n");

    arena_clear(&pdf_arena);
    return step;
}

step_fn *const badge_sheet_post[] = {sheet_load,  sheet_write,  sheet_read,
                                     sheet_print, sheet_answer, NULL};
