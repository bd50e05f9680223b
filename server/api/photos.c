#include "api/photos.h"

#include <string.h>

#include "api/append.h"
#include "api/gate_roster.h"
#include "api/gate_site.h"
#include "api/person_seal.h"
#include "api/resource.h"
#include "store/photos.h"

struct photo_request {
    struct write write; /* first: see write.h */
    int64_t worker_id;
    struct person person;
    struct photo_row photo;
};
const size_t photo_state_bytes = sizeof(struct photo_request);

/* By what gates name it. */
static void hash_of(struct text jpeg, unsigned char hash[PHOTO_HASH_BYTES])
{
    unsigned char digest[32];

    sha256(jpeg, digest);
    memcpy(hash, digest, PHOTO_HASH_BYTES);
}

/* The person of the path, added to a batch. */
static struct err load_person(struct exchange *x, struct batch *b)
{
    struct photo_request *s = x->state;
    struct err e = path_id(x, 0, ERR_WORKER_UNKNOWN, &s->worker_id);
    struct person_name *name = arena_new(&x->arena, struct person_name);

    if (err_is(e))
        return e;
    if (b == NULL || name == NULL)
        return err_make(ERR_TOO_LARGE);
    name->worker_id = s->worker_id;
    return persons_load(b, &x->arena, name, 1, &s->person);
}

static struct err admit(const struct exchange *x)
{
    const struct photo_request *s = x->state;

    if (!append_may_see(caller_of(x), &s->person, x->today))
        return err_make(ERR_WORKER_UNKNOWN);
    return s->person.erased ? err_make(ERR_PERSON_ERASED) : OK;
}

/* -- POST /v1/workers/{id}/photo ------------------------------------------------------------------ */

static enum step post_load(struct exchange *x)
{
    struct batch *b = write_begin(x);
    struct err e = load_person(x, b);

    return err_is(e) ? exchange_fail(x, e) : load_send(x, b);
}

/* The answer stays with the request's key for long: it says nothing of the photo but its size. */
static struct text posted_answer(struct exchange *x)
{
    const struct photo_request *s = x->state;

    return text_of(arena_format(&x->arena, "{\"worker\":%lld,\"bytes\":%zu}",
                                (long long)s->worker_id, x->request->body.bytes));
}

static enum step post_write(struct exchange *x)
{
    struct photo_request *s = x->state;
    struct text jpeg = x->request->body, sealed = {NULL, 0};
    unsigned char *hash = arena_alloc(&x->arena, PHOTO_HASH_BYTES);
    struct work work = work_of(x);
    struct err e = admit(x);
    enum step next;
    struct batch *b;

    if (err_is(e))
        return exchange_fail(x, e);
    if (write_seen(x, &next))
        return next;
    e = hash != NULL ? photo_check(jpeg) : err_make(ERR_TOO_LARGE);
    if (!err_is(e))
        e = person_seal_text(&work, &s->person, jpeg, &sealed);
    if (err_is(e))
        return exchange_fail(x, e);
    hash_of(jpeg, hash);
    b = write_commit(x, 201, posted_answer(x));
    if (b == NULL)
        return exchange_fail(x, err_make(ERR_TOO_LARGE));
    photo_insert(b, s->worker_id, (struct text){(const char *)hash, PHOTO_HASH_BYTES}, sealed,
                 caller_of(x)->account_id);
    write_change(b, CHANGE_WORKER, s->worker_id, s->person.version);
    write_audit(x, b, "photo.post", s->worker_id, TEXT(""));
    return write_send(x, b, photo_post);
}

step_fn *const photo_post[] = {post_load, post_write, write_answer, NULL};

/* -- showing one ------------------------------------------------------------------------------------ */

/* Opened, and still the one that its hash says. */
static enum step show(struct exchange *x)
{
    const struct photo_request *s = x->state;
    struct person whose = {.worker_id = s->photo.worker_id, .wrapped = s->photo.wrapped};
    unsigned char hash[PHOTO_HASH_BYTES];
    struct work work = work_of(x);
    struct text jpeg;
    struct err e = person_unseal_text(&work, &whose, s->photo.sealed, &jpeg);

    if (err_is(e))
        return exchange_fail(x, e);
    hash_of(jpeg, hash);
    if (!text_equal(s->photo.hash, (struct text){(const char *)hash, sizeof hash}))
        return exchange_fail(x, err_detail(ERR_INTERNAL, "a photo is not the one of its row"));
    return exchange_answer(x, 200, PHOTO_MEDIA_TYPE, jpeg, "Cache-Control: no-store\r\n");
}

/* Nothing is shown before the row is on disk. */
static enum step write_down(struct exchange *x, const char *action)
{
    const struct photo_request *s = x->state;
    struct batch *b = batch_new(app_of(x)->pg, &x->arena);

    if (b != NULL)
        write_audit(x, b, action, s->photo.worker_id, TEXT(""));
    return load_send(x, b);
}

/* -- GET /v1/workers/{id}/photo --------------------------------------------------------------------- */

static enum step get_load(struct exchange *x)
{
    struct photo_request *s = x->state;
    struct batch *b = batch_new(app_of(x)->pg, &x->arena);
    struct err e = load_person(x, b);

    if (err_is(e))
        return exchange_fail(x, e);
    photo_find(b, s->worker_id, &s->photo);
    return load_send(x, b);
}

/* A worker's look at himself needs no row. */
static enum step get_admit(struct exchange *x)
{
    const struct photo_request *s = x->state;
    struct err e = append_is_shown_documents(caller_of(x)) ? err_make(ERR_WORKER_UNKNOWN) : admit(x);

    if (!err_is(e) && !s->photo.found)
        e = err_make(ERR_PHOTO_UNKNOWN);
    if (err_is(e))
        return exchange_fail(x, e);
    return caller_of(x)->role == ACCOUNT_WORKER ? STEP_NEXT : write_down(x, "photo.open");
}

step_fn *const photo_get[] = {get_load, get_admit, show, NULL};

/* -- GET /v1/gate/photos/{hash} --------------------------------------------------------------------- */

static enum step gate_load(struct exchange *x)
{
    unsigned char *hash = arena_alloc(&x->arena, PHOTO_HASH_BYTES);
    struct batch *b = batch_new(app_of(x)->pg, &x->arena);
    struct photo_request *s = x->state;
    int64_t site_id = 0;
    struct err e = gate_site_find(x, &site_id);

    if (!err_is(e) && (hash == NULL || b == NULL))
        e = err_make(ERR_TOO_LARGE);
    if (!err_is(e) && !hex_parse(x->params[0], hash, PHOTO_HASH_BYTES))
        e = err_make(ERR_PHOTO_UNKNOWN);
    if (err_is(e))
        return exchange_fail(x, e);
    http_keep_long(x->connection);
    photo_find_on_site(b, (struct text){(const char *)hash, PHOTO_HASH_BYTES}, site_id, x->today,
                       (day_t)(x->today + ROSTER_DAYS_AHEAD), &s->photo);
    return load_send(x, b);
}

static enum step gate_admit(struct exchange *x)
{
    const struct photo_request *s = x->state;

    return s->photo.found ? write_down(x, "gate.photo")
                          : exchange_fail(x, err_make(ERR_PHOTO_UNKNOWN));
}

step_fn *const gate_photo_get[] = {gate_load, gate_admit, show, NULL};
