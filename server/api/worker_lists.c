/* api/worker_lists.c: many people: lists, the search by document, names to be looked into. */
#include "api/append.h"
#include "api/bucket.h"
#include "api/resource.h"
#include "api/verdict_render.h"
#include "api/worker_reads.h"
#include "domain/facts_pack.h"
#include "domain/idnumber.h"
#include "domain/record.h"
#include "store/posting.h"
#include "store/reads.h"

#define COLOUR_WORDS "green|yellow|red|none" /* in the order of enum colour */

enum {
    LIST_ROUNDS_MAX = 8, /* of looking further when a colour is asked for and few have it */
    DETAIL_BYTES = 512,
    FINDS_PER_MINUTE = 30,
    FIND_BURST = 60
};

/* -- GET /v1/workers ------------------------------------------------------------------------ */

struct worker_query {
    struct page page;
    int64_t site_id, org_id;
    struct text trade;
    int colour;
};
const struct field worker_list_query[] = {
    PAGE_FIELDS(struct worker_query),
    {"site", FIELD_INT, offsetof(struct worker_query, site_id), false, 1, INT64_MAX, NULL},
    {"org", FIELD_INT, offsetof(struct worker_query, org_id), false, 1, INT64_MAX, NULL},
    {"trade", FIELD_TEXT, offsetof(struct worker_query, trade), false, 3, 4, NULL},
    {"colour", FIELD_CHOICE, offsetof(struct worker_query, colour), false, 0, 0, COLOUR_WORDS},
    {0},
};

struct kept_worker {
    const struct listed_worker *row;
    struct colours colours;
    bool known; /* there are facts and a policy: the colours count */
};

struct worker_list_request {
    struct reach reach;
    uint16_t trade;
    int64_t after; /* what was looked at so far */
    unsigned rounds;
    bool more;
    struct listed_workers found;
    struct kept_worker *kept;
    int kept_count;
};
const size_t worker_list_state_bytes = sizeof(struct worker_list_request);

/* What is asked for within what the caller sees; -1 is nobody's id. */
static int64_t within(int64_t reach, int64_t asked)
{
    if (asked == 0 || asked == reach)
        return reach;
    return reach == 0 ? asked : -1;
}

static enum step worker_list_begin(struct exchange *x)
{
    const struct worker_query *q = x->query;
    struct worker_list_request *s = x->state;
    struct err e = OK;

    if (caller_of(x)->role == ACCOUNT_WORKER)
        return exchange_fail(x, err_make(ERR_FORBIDDEN));
    if (q->trade.at != NULL)
        e = trade_parse(q->trade, "trade", &s->trade);
    s->kept = arena_new_array(&x->arena, PAGE_MAX + 1, struct kept_worker);
    if (!err_is(e) && s->kept == NULL)
        e = err_make(ERR_TOO_LARGE);
    if (err_is(e))
        return exchange_fail(x, e);
    s->reach = reach_of(caller_of(x));
    s->reach.site_id = within(s->reach.site_id, q->site_id);
    s->reach.org_id = within(s->reach.org_id, q->org_id);
    s->after = q->page.after;
    return STEP_NEXT;
}

static enum step worker_list_load(struct exchange *x)
{
    const struct worker_query *q = x->query;
    struct worker_list_request *s = x->state;
    struct batch *b = batch_new(app_of(x)->pg, &x->arena);
    int32_t max = q->colour != 0 ? PAGE_MAX + 1 : page_limit(&q->page) + 1;

    if (b != NULL)
        workers_list(b, s->after, &s->reach, s->trade, x->today, max, &s->found);
    return load_send(x, b);
}

/* Facts are as the database has them; site, firm and policy as the register does. */
static void set_colours(struct exchange *x, const struct listed_worker *row,
                        struct kept_worker *kept)
{
    const struct registry_reader *reader = app_of(x)->reader;
    const struct site *site = registry_site(reader, row->site_id);
    const struct org *org = registry_org(reader, row->org_id);
    struct place place = {.on = x->today, .region = row->region};
    struct facts facts;

    kept->row = row;
    if (row->packed.at == NULL ||
        err_is(facts_unpack((const unsigned char *)row->packed.at, row->packed.bytes, &x->arena,
                            &facts)))
        return;
    if (site != NULL && org != NULL && row->from <= x->today) {
        place.is_post = true;
        place.context = (struct context){.trade = row->trade,
                                         .role = row->role,
                                         .site_state = (uint8_t)site->state,
                                         .org_permit = (uint8_t)org_permit_on(org, x->today),
                                         .site = (uint32_t)row->site_id};
    }
    kept->known = colours_of(reader, &facts, &place, &kept->colours);
}

static bool is_wanted(const struct worker_query *q, const struct kept_worker *kept)
{
    return q->colour == 0 || (kept->known && kept->colours.colour_here == q->colour - 1);
}

static enum step worker_list_keep(struct exchange *x)
{
    const struct worker_query *q = x->query;
    struct worker_list_request *s = x->state;
    int32_t limit = page_limit(&q->page), asked = q->colour != 0 ? PAGE_MAX + 1 : limit + 1;
    int i;

    registry_enter(app_of(x)->reader);
    for (i = 0; i < s->found.count && s->kept_count < limit; i++) {
        struct kept_worker *kept = &s->kept[s->kept_count];

        *kept = (struct kept_worker){0};
        set_colours(x, &s->found.rows[i], kept);
        s->after = kept->row->worker_id;
        s->kept_count += is_wanted(q, kept);
    }
    registry_leave(app_of(x)->reader);
    s->more = i < s->found.count || s->found.count == asked;
    if (s->kept_count < limit && s->found.count == asked && ++s->rounds < LIST_ROUNDS_MAX)
        exchange_goto(x, worker_list + 1); /* further, from what was looked at */
    return STEP_NEXT;
}

static struct text list_detail(struct exchange *x)
{
    const struct worker_query *q = x->query;
    struct build out = answer_build(x, DETAIL_BYTES);
    struct json_writer w = json_writer_over(&out);

    json_open_object(&w, NULL);
    json_put_id(&w, "site", q->site_id);
    json_put_id(&w, "org", q->org_id);
    json_put_text_or_null(&w, "trade", q->trade);
    json_put_text_or_null(&w, "colour", choice_word(COLOUR_WORDS, q->colour));
    json_put_id(&w, "after", q->page.after);
    json_close_object(&w);
    return build_done(&out);
}

static enum step worker_list_audit(struct exchange *x)
{
    const struct worker_list_request *s = x->state;
    struct batch *b = batch_new(app_of(x)->pg, &x->arena);
    int64_t *ids = arena_new_array(&x->arena, (size_t)s->kept_count + 1, int64_t);

    if (ids == NULL)
        return exchange_fail(x, err_make(ERR_TOO_LARGE));
    for (int i = 0; i < s->kept_count; i++)
        ids[i] = s->kept[i].row->worker_id;
    if (b != NULL)
        write_audit_list(x, b, "worker.list", ids, (size_t)s->kept_count, list_detail(x));
    return load_send(x, b);
}

static void put_colours(struct json_writer *w, const struct kept_worker *kept)
{
    if (!kept->known) {
        json_put_null(w, "person_colour");
        json_put_null(w, "colour_here");
        return;
    }
    json_put_string(w, "person_colour", colour_name(kept->colours.person_colour));
    json_put_string(w, "colour_here", colour_name(kept->colours.colour_here));
}

static void put_listed(struct json_writer *w, const struct kept_worker *kept)
{
    const struct listed_worker *row = kept->row;

    json_open_object(w, NULL);
    json_put_int(w, "id", row->worker_id);
    json_put_text_or_null(w, "name", row->name_masked);
    json_put_int(w, "version", row->facts_version);
    json_put_int(w, "org", row->org_id);
    json_put_int(w, "site", row->site_id);
    json_put_trade(w, "trade", row->trade);
    json_put_role(w, "role", row->role);
    json_put_day(w, "from", row->from);
    json_put_day(w, "until", row->until);
    put_colours(w, kept);
    json_close_object(w);
}

static enum step worker_list_answer(struct exchange *x)
{
    const struct worker_list_request *s = x->state;
    struct list list;
    struct text next = {NULL, 0};

    list_open(x, &list);
    for (int i = 0; i < s->kept_count; i++)
        put_listed(&list.w, &s->kept[i]);
    if (s->more)
        next = text_of(arena_format(&x->arena, "%lld", (long long)s->after));
    return list_answer(x, &list, next);
}

step_fn *const worker_list[] = {worker_list_begin, worker_list_load,   worker_list_keep,
                                worker_list_audit, worker_list_answer, NULL};

/* -- POST /v1/workers/find ------------------------------------------------------------------ */

struct find_input {
    int64_t document_type;
    struct text document_number;
};
const struct field worker_find_fields[] = {
    {"document_type", FIELD_INT, offsetof(struct find_input, document_type), true, 1, 99, NULL},
    {"document_number", FIELD_TEXT, offsetof(struct find_input, document_number), true, 1, 40,
     NULL},
    {0},
};

struct worker_find_request {
    unsigned char hmac[SEAL_HMAC_BYTES];
    struct found_worker found;
};
const size_t worker_find_state_bytes = sizeof(struct worker_find_request);

/* Numbers are guessed by asking: a person at a desk needs one every two seconds at most. */
static struct buckets finds = {.interval_us = 60 * US_PER_SECOND / FINDS_PER_MINUTE,
                               .burst_us = (int64_t)FIND_BURST * 60 * US_PER_SECOND /
                                           FINDS_PER_MINUTE};

/* Contractors and safety officers find their own people only; those who are shown a document
 * (clinics, training centres, inspectors, regulators) find whoever holds it. */
static struct reach find_reach(const struct caller *caller)
{
    struct reach reach = reach_of(caller);

    if (append_is_shown_documents(caller))
        return (struct reach){0};
    return reach;
}

static enum step worker_find_load(struct exchange *x)
{
    const struct find_input *in = x->input;
    struct worker_find_request *s = x->state;
    struct reach reach = find_reach(caller_of(x));
    struct document document;
    struct batch *b;
    struct err e;

    if (!bucket_take(&finds, caller_of(x)->account_id, clock_monotonic_us()))
        return exchange_fail(x, err_make(ERR_RATE_LIMITED));
    if (!document_type_exists(in->document_type))
        return exchange_fail(x, err_field(ERR_FIELD_CHOICE, "/document_type",
                                          "1 | 2 | 8 | 10 | 12 | 20 | 23 | 99"));
    e = document_parse((enum document_type)in->document_type, in->document_number,
                       "/document_number", x->today, &document);
    if (err_is(e))
        return exchange_fail(x, e);
    vault_lookup(app_of(x)->shared->vault, document.type,
                 (struct text){document.number, document.bytes}, s->hmac);
    b = batch_new(app_of(x)->pg, &x->arena);
    if (b != NULL)
        worker_find(b, document.type, (struct text){(const char *)s->hmac, sizeof s->hmac}, &reach,
                    x->today, &s->found);
    return load_send(x, b);
}

/* Written down whether somebody was found or not, so that both take the same time. */
static enum step worker_find_audit(struct exchange *x)
{
    const struct find_input *in = x->input;
    const struct worker_find_request *s = x->state;
    struct batch *b = batch_new(app_of(x)->pg, &x->arena);
    const char *detail = arena_format(&x->arena, "{\"document_type\":%d,\"found\":%s}",
                                      (int)in->document_type,
                                      s->found.worker_id != 0 ? "true" : "false");

    if (b != NULL && detail != NULL)
        write_audit(x, b, "worker.find", s->found.worker_id, text_of(detail));
    if (b != NULL && s->found.worker_id != 0 && append_is_shown_documents(caller_of(x)))
        shown_insert(b, caller_of(x)->org_id, &s->found.worker_id, 1);
    return load_send(x, b);
}

static enum step worker_find_answer(struct exchange *x)
{
    const struct worker_find_request *s = x->state;
    struct build out = answer_build(x, DETAIL_BYTES);
    struct json_writer w = json_writer_over(&out);

    if (s->found.worker_id == 0)
        return exchange_fail(x, err_make(ERR_WORKER_UNKNOWN));
    json_open_object(&w, NULL);
    json_put_int(&w, "id", s->found.worker_id);
    json_put_text(&w, "name", s->found.name_masked);
    json_close_object(&w);
    return out.full ? exchange_fail(x, err_make(ERR_TOO_LARGE))
                    : exchange_answer_json(x, 200, build_done(&out));
}

step_fn *const worker_find_one[] = {worker_find_load, worker_find_audit, worker_find_answer, NULL};

/* -- GET /v1/identity-reviews --------------------------------------------------------------- */

struct review_query {
    struct page page;
};
const struct field identity_reviews_query[] = {
    PAGE_FIELDS(struct review_query),
    {0},
};

struct review_request {
    struct review_rows found;
};
const size_t identity_review_state_bytes = sizeof(struct review_request);

static enum step review_load(struct exchange *x)
{
    const struct review_query *q = x->query;
    struct review_request *s = x->state;
    struct batch *b = batch_new(app_of(x)->pg, &x->arena);

    if (b != NULL)
        identity_reviews(b, q->page.after, caller_of(x)->region, page_limit(&q->page) + 1,
                         &s->found);
    return load_send(x, b);
}

static enum step review_audit(struct exchange *x)
{
    const struct review_request *s = x->state;
    struct batch *b = batch_new(app_of(x)->pg, &x->arena);
    int64_t *ids = arena_new_array(&x->arena, 2 * (size_t)s->found.count + 1, int64_t);
    size_t count = 0;

    if (ids == NULL)
        return exchange_fail(x, err_make(ERR_TOO_LARGE));
    for (int i = 0; i < s->found.count; i++) {
        ids[count++] = s->found.rows[i].worker_id;
        ids[count++] = s->found.rows[i].known_worker_id;
    }
    if (b != NULL)
        write_audit_list(x, b, "worker.reviews", ids, count, TEXT(""));
    return load_send(x, b);
}

static enum step review_answer(struct exchange *x)
{
    const struct review_query *q = x->query;
    const struct review_request *s = x->state;
    struct list list;
    int64_t last = 0;

    list_open(x, &list);
    for (int i = 0; i < s->found.count && i < page_limit(&q->page); i++) {
        const struct review_row *row = &s->found.rows[i];

        json_open_object(&list.w, NULL);
        json_put_int(&list.w, "worker", row->worker_id);
        json_put_text_or_null(&list.w, "name", row->name_masked);
        json_put_int(&list.w, "known_worker", row->known_worker_id);
        json_put_text_or_null(&list.w, "known_name", row->known_name_masked);
        json_put_id(&list.w, "org", row->org_id);
        json_put_time(&list.w, "at", row->at);
        json_close_object(&list.w);
        last = row->worker_id;
    }
    return list_answer_by_id(x, &list, &q->page, s->found.count, last);
}

step_fn *const identity_review_list[] = {review_load, review_audit, review_answer, NULL};
