/* api/gate_roster.c: a gate without network opens by this: everybody engaged on its site on a day,
 * with his colour there under that day's policy, and the zones that stay shut to him.
 *
 * People are named by the slots of their codes and badges only, so that no audit row tells of it. A
 * trade outside the code's scope has no colour; who has such a one is not in it, and is asked about
 * online. Judging goes on a few thousand at a time, because it is done on a loop. */
#include "api/gate_roster.h"

#include <string.h>

#include "api/access.h"
#include "api/app.h"
#include "api/gate_site.h"
#include "api/resource.h"
#include "crypto/roster.h"
#include "domain/gate.h"
#include "register/survey.h"
#include "store/rosters.h"

enum {
    ROWS_MAX = 50000,     /* well within ROSTER_BYTES_MAX */
    ROWS_A_TURN = 2000,   /* about a millisecond */
    ROW_BYTES_MAX = 40,   /* as CBOR */
    HEAD_BYTES_MAX = 256  /* all but the rows */
};

struct roster_query {
    day_t day;
};
const struct field gate_roster_query[] = {
    {"day", FIELD_DATE, offsetof(struct roster_query, day), false, 0, 0, NULL},
    {0},
};

struct roster_state {
    struct roster_head head;
    struct roster_slots slots;
    int judged;              /* of slots */
    struct roster_row *rows; /* of those that are known and have a colour */
    uint32_t count;
};
const size_t gate_roster_state_bytes = sizeof(struct roster_state);

/* -- whose, and of which day ------------------------------------------------------------------------ */

static struct err choose_day(const struct exchange *x, struct roster_state *s)
{
    const struct roster_query *query = x->query;

    s->head.day = query->day != DAY_UNKNOWN ? query->day : x->today;
    if (s->head.day < x->today || s->head.day > x->today + ROSTER_DAYS_AHEAD)
        return err_field(ERR_FIELD_RANGE, "day", "today, or one of the next 7 days");
    return OK;
}

static enum step roster_load(struct exchange *x)
{
    struct roster_state *s = x->state;
    struct err e = choose_day(x, s);
    int64_t site_id = 0;
    struct batch *b;

    if (!err_is(e))
        e = gate_site_find(x, &site_id);
    if (err_is(e))
        return exchange_fail(x, e);
    s->head.site = (uint64_t)site_id;
    b = batch_new(app_of(x)->pg, &x->arena);
    if (b != NULL)
        roster_slots(b, site_id, s->head.day, ROWS_MAX + 1, &s->slots);
    return load_send(x, b);
}

/* -- judging ---------------------------------------------------------------------------------------- */

/* The engagement there on that day; of several the one that was recorded last, as at the gate. */
static const struct engaged *engaged_there(const struct worker_view *worker,
                                           const struct roster_head *head)
{
    const struct engaged *found = NULL;

    for (unsigned i = 0; i < worker->engaged_count; i++) {
        const struct engaged *e = &worker->engaged[i];

        if (e->site_id == (int64_t)head->site && e->from <= head->day && head->day < e->until &&
            (found == NULL || e->version > found->version))
            found = e;
    }
    return found;
}

static uint32_t shut_zones(const struct post *post, uint8_t colour, day_t day)
{
    struct verdict verdict = {.colour_here = colour};
    struct gate_question q = {
        .site = post->site,
        .facts = &post->worker->facts,
        .verdict = &verdict,
        .trade = post->engaged->trade,
        .yellow_gate = (uint8_t)post->document->policy.yellow_gate,
        .today = day,
    };

    return gate_shut_zones(&q);
}

/* False: the register does not know him yet, he was erased, or he has no colour there. */
static bool judge(const struct registry_reader *reader, struct roster_head *head,
                  const struct roster_slot *slot, struct roster_row *row)
{
    const struct engaged *engaged;
    struct worker_view worker;
    struct post post;
    uint8_t colour;

    if (!registry_worker(reader, slot->worker_id, &worker) || worker.access_version == 0)
        return false;
    engaged = engaged_there(&worker, head);
    if (engaged == NULL)
        return false;
    post_find(reader, &worker, engaged, head->day, &post);
    if (post.site == NULL || post.document == NULL)
        return false;
    colour = safety_colours(&worker.facts, &post.context, &post.document->policy, head->day)
                 .colour_here;
    if (colour == COLOUR_NONE)
        return false;
    head->policy = post.document->policy.number;
    row->index = slot->index;
    row->colour_here = colour;
    row->restrictions = shut_zones(&post, colour, head->day);
    row->trade = engaged->trade;
    if (worker.photo.bytes == sizeof row->photo)
        memcpy(row->photo, worker.photo.at, sizeof row->photo);
    return true;
}

static void go_on(void *arg)
{
    struct waiter *waiter = arg;

    waiter->done(waiter->arg, OK);
}

/* Lets others have their turn of the loop; then this step again. */
static enum step take_turns(struct exchange *x)
{
    struct waiter *waiter = arena_new(&x->arena, struct waiter);

    if (waiter == NULL)
        return exchange_fail(x, err_make(ERR_TOO_LARGE));
    *waiter = exchange_waiter(x);
    loop_post(app_of(x)->loop, go_on, waiter);
    exchange_goto(x, &gate_roster_get[1]);
    return exchange_wait(x, OK);
}

static enum step roster_judge_some(struct exchange *x)
{
    struct roster_state *s = x->state;
    int end = s->judged + ROWS_A_TURN < s->slots.count ? s->judged + ROWS_A_TURN : s->slots.count;

    if (s->slots.count > ROWS_MAX)
        return exchange_fail(x, err_make(ERR_TOO_LARGE));
    if (s->rows == NULL) /* zeroed: no photo, unless there is one, and nothing in the gaps between members */
        s->rows = arena_new_array(&x->arena, (size_t)s->slots.count + 1, struct roster_row);
    if (s->rows == NULL)
        return exchange_fail(x, err_make(ERR_TOO_LARGE));
    registry_enter(app_of(x)->reader);
    for (; s->judged < end; s->judged++) {
        if (judge(app_of(x)->reader, &s->head, &s->slots.rows[s->judged], &s->rows[s->count]))
            s->count++;
    }
    registry_leave(app_of(x)->reader);
    return s->judged < s->slots.count ? take_turns(x) : STEP_NEXT;
}

/* -- the answer -------------------------------------------------------------------------------------- */

/* Nobody is there: the policy of the site all the same. */
static void find_policy(const struct exchange *x, struct roster_head *head)
{
    const struct policy_document *document = NULL;
    const struct site *site;

    registry_enter(app_of(x)->reader);
    site = registry_site(app_of(x)->reader, (int64_t)head->site);
    if (site != NULL)
        document = policy_find(registry_policies(app_of(x)->reader), site->region, head->day);
    if (document != NULL)
        head->policy = document->policy.number;
    registry_leave(app_of(x)->reader);
}

/* Of what it says and whose key says so, not of when it was said: who has the same already is not sent
 * it again; who has it from a key that no longer signs is. */
static const char *make_etag(struct exchange *x, const struct roster_state *s,
                             const struct signer *signer)
{
    const unsigned char *kid = signer_key(signer)->kid;
    struct text rows = {(const char *)s->rows, s->count * sizeof s->rows[0]};
    unsigned char digest[32];
    char hex[65];

    sha256(rows, digest);
    hex_format(digest, sizeof digest, hex);
    return arena_format(&x->arena, "\"%u-%u-%02x%02x%02x%02x-%.32s\"", s->head.day,
                        s->head.policy, kid[0], kid[1], kid[2], kid[3], hex);
}

static enum step send_roster(struct exchange *x, struct roster_state *s, struct signer *signer,
                             const char *extra)
{
    size_t max = HEAD_BYTES_MAX + (size_t)s->count * ROW_BYTES_MAX;
    struct build scratch = answer_build(x, max), out = answer_build(x, max);
    struct err e;

    if (scratch.full || out.full)
        return exchange_fail(x, err_make(ERR_TOO_LARGE));
    e = roster_sign(signer, &s->head, s->rows, s->count, &scratch, &out);
    return err_is(e) ? exchange_fail(x, e)
                     : exchange_answer_file(x, "application/cose; cose-type=\"cose-sign1\"",
                                            build_done(&out), extra);
}

static enum step roster_answer(struct exchange *x)
{
    struct roster_state *s = x->state;
    const char *etag, *extra = NULL;
    struct signer *signer;
    struct err e = keyring_signer(x, TOKEN_ROSTER, &signer);

    if (err_is(e))
        return exchange_fail(x, e);
    find_policy(x, &s->head);
    s->head.iat = x->now / US_PER_SECOND;
    s->head.seq = (uint64_t)(x->now / US_PER_MS);
    s->head.exp = clock_day_start((uint16_t)(s->head.day + 1)) / US_PER_SECOND;
    etag = make_etag(x, s, signer);
    if (etag != NULL)
        extra = arena_format(&x->arena, "ETag: %s\r\n", etag);
    if (extra == NULL)
        return exchange_fail(x, err_make(ERR_TOO_LARGE));
    http_keep_long(x->connection);
    if (text_is(http_header(x->request, "if-none-match"), etag))
        return exchange_answer(x, 304, NULL, TEXT(""), extra);
    return send_roster(x, s, signer, extra);
}

step_fn *const gate_roster_get[] = {roster_load, roster_judge_some, roster_answer, NULL};
