#include "api/codes.h"

#include "api/access.h"
#include "api/append.h"
#include "api/code_forms.h"
#include "api/metrics.h"
#include "api/resource.h"
#include "base/json.h"
#include "crypto/public_key.h"
#include "crypto/qr.h"
#include "domain/calendar.h"
#include "domain/fold.h"
#include "register/recent.h"
#include "store/persons.h"
#include "store/phones.h"
#include "store/writes.h"

enum {
    REGISTER_MS = 500,        /* for a version that the register has not heard of yet */
    ANSWER_BYTES_MAX = 48 * 1024,
    PNG_SCALE = 8
};

struct code_input {
    int64_t site, version;
    const json_t *device_key;
    bool svg, with_short;
};

const struct field worker_code_fields[] = {
    {"site", FIELD_INT, offsetof(struct code_input, site), false, 1, INT64_MAX, NULL},
    {"version", FIELD_INT, offsetof(struct code_input, version), false, 1, INT32_MAX, NULL},
    {"svg", FIELD_BOOL, offsetof(struct code_input, svg), false, 0, 0, NULL},
    {"device_key", FIELD_OBJECT, offsetof(struct code_input, device_key), false, 0, 0, NULL},
    {"short", FIELD_BOOL, offsetof(struct code_input, with_short), false, 0, 0, NULL},
    {NULL},
};

/* Where he is engaged, with the region that the register or the database knows for the site. */
struct code_place {
    int64_t org_id, site_id;
    struct text region;
    day_t from, until;
    uint16_t trade;
    uint8_t role;
};

struct code_make {
    int64_t worker_id;
    struct worker_phone phone; /* when a code for it is asked for */
    struct person person; /* when the register did not know enough */
    struct facts facts;
    uint64_t index;
    struct code_place *places;
    size_t place_count;
    const struct code_place *place; /* the one that the code is made for, or NULL */
    const struct policy_document *document;
    struct verdict verdict;
    struct live_claims claims;
    struct text code;
    struct code_forms forms;
    const char *content_type;
    struct text body;
};

const size_t worker_code_post_bytes = sizeof(struct code_make);

/* -- who -------------------------------------------------------------------------------------- */

static enum step load_phone(struct exchange *x)
{
    struct code_make *s = x->state;
    struct batch *b = batch_new(app_of(x)->pg, &x->arena);

    if (b == NULL)
        return exchange_fail(x, err_make(ERR_TOO_LARGE));
    worker_phone_find(b, s->worker_id, &s->phone);
    return exchange_wait(x, batch_send(b, exchange_waiter(x)));
}

static enum step code_begin(struct exchange *x)
{
    struct code_make *s = x->state;
    const struct code_input *input = x->input;
    const struct caller *caller = caller_of(x);

    if (!text_to_int(x->params[0], 1, INT64_MAX, &s->worker_id))
        return exchange_fail(x, err_make(ERR_WORKER_UNKNOWN));
    if (caller->role == ACCOUNT_WORKER && caller->worker_id != s->worker_id)
        return exchange_fail(x, err_make(ERR_WORKER_UNKNOWN));
    /* Twelve hours on somebody else's phone would be a lent card. */
    if (input->device_key != NULL && caller->role != ACCOUNT_WORKER)
        return exchange_fail(x, err_field(ERR_FORBIDDEN, "/device_key", "the worker's own key"));
    return input->device_key != NULL ? load_phone(x) : STEP_NEXT;
}

/* A code that is good without network is for the phone that he signed in on, and for no other. */
static enum step code_phone(struct exchange *x)
{
    const struct code_make *s = x->state;
    const struct code_input *input = x->input;
    unsigned char point[ECC_POINT_BYTES];
    const struct ecc_alg *alg;

    if (input->device_key == NULL)
        return STEP_NEXT;
    if (!public_key_from_jwk(input->device_key, &alg, point) || alg->id != TOKEN_ES256)
        return exchange_fail(x, err_field(ERR_FIELD_TYPE, "/device_key",
                                          "JWK: kty EC, crv P-256, x, y"));
    if (!s->phone.found || !bytes_equal(point, s->phone.point, sizeof point))
        return exchange_fail(x, err_field(ERR_PHONE_OTHER, "/device_key", NULL));
    return STEP_NEXT;
}

static bool is_engager(const struct caller *caller, const struct code_make *s, day_t today)
{
    if (caller->role == ACCOUNT_WORKER)
        return caller->worker_id == s->worker_id;
    for (size_t i = 0; i < s->place_count; i++) {
        if (s->places[i].org_id == caller->org_id && s->places[i].until > today)
            return true;
    }
    return false;
}

/* -- what is known of him: the register first ------------------------------------------------- */

static bool take_view(struct exchange *x, struct code_make *s, const struct worker_view *view)
{
    s->facts = view->facts;
    s->index = view->index;
    s->place_count = view->engaged_count;
    s->places = arena_new_array(&x->arena, view->engaged_count, struct code_place);
    if (s->places == NULL)
        return false;
    for (unsigned i = 0; i < view->engaged_count; i++) {
        const struct engaged *e = &view->engaged[i];
        const struct site *site = registry_site(app_of(x)->reader, e->site_id);

        s->places[i] = (struct code_place){
            e->org_id, e->site_id, site != NULL ? site->region : TEXT(""), e->from, e->until,
            e->trade, e->role};
    }
    return true;
}

static bool take_person(struct exchange *x, struct code_make *s)
{
    s->index = s->person.index;
    s->place_count = s->person.engagement_count;
    s->places = arena_new_array(&x->arena, s->place_count, struct code_place);
    if (s->places == NULL)
        return false;
    for (size_t i = 0; i < s->place_count; i++) {
        const struct person_engagement *e = &s->person.engagements[i];

        s->places[i] = (struct code_place){e->org_id, e->site_id, e->site_region, e->from,
                                           e->until,  e->trade,   e->role};
    }
    return true;
}

/* -- making it -------------------------------------------------------------------------------- */

/* The engagement that the code is for: the site asked for, else today's that was made last. */
static struct err choose_place(struct exchange *x, struct code_make *s)
{
    const struct code_input *input = x->input;

    for (size_t i = 0; i < s->place_count; i++) {
        const struct code_place *p = &s->places[i];

        if (input->site != 0 ? p->site_id == input->site && p->until > x->today
                             : p->from <= x->today && x->today < p->until)
            s->place = p;
    }
    return input->site != 0 && s->place == NULL ? err_field(ERR_SITE_UNKNOWN, "/site", NULL) : OK;
}

static struct err evaluate(struct exchange *x, struct code_make *s)
{
    const struct registry_reader *reader = app_of(x)->reader;
    struct text region = s->place != NULL ? s->place->region : TEXT("");
    struct context context = {.org_permit = PERMIT_UNASKED};

    if (s->place != NULL) {
        const struct org *org = registry_org(reader, s->place->org_id);
        const struct site *site = registry_site(reader, s->place->site_id);

        context.trade = s->place->trade;
        context.role = s->place->role;
        context.site = (uint32_t)s->place->site_id;
        context.site_state = (uint8_t)(site != NULL ? site->state : 0);
        if (org != NULL)
            context.org_permit = (uint8_t)org_permit_on(org, x->today);
    }
    s->document = policies_judge(registry_policies(reader), region, &s->facts,
                                 s->place != NULL ? &context : NULL, x->today, &s->verdict);
    if (s->document == NULL)
        return err_make(ERR_NOT_READY);
    return s->verdict.person_colour == COLOUR_NONE ? err_make(ERR_NOT_READY) : OK;
}

static struct err sign(struct exchange *x, struct code_make *s)
{
    struct shared *shared = app_of(x)->shared;
    char *at = arena_alloc(&x->arena, TOKEN_TEXT_MAX + 1);
    unsigned char digest[32];
    struct signer *signer;
    struct build b;
    struct err e = keyring_signer(x, TOKEN_LIVE, &signer);

    if (err_is(e) || at == NULL)
        return err_is(e) ? e : err_make(ERR_TOO_LARGE);
    s->claims.iat = x->now / US_PER_SECOND;
    s->claims.exp = s->claims.iat + TOKEN_LIVE_S;
    /* No signed colour is valid past the local day it states. */
    if (s->claims.exp > clock_day_start((uint16_t)(x->today + 1)) / US_PER_SECOND)
        s->claims.exp = clock_day_start((uint16_t)(x->today + 1)) / US_PER_SECOND;
    if (s->claims.exp <= s->claims.iat)
        s->claims.exp = s->claims.iat + 1;
    s->claims.index = s->index;
    s->claims.colour = s->verdict.person_colour;
    s->claims.policy = s->verdict.policy;
    b = build_over(at, TOKEN_TEXT_MAX + 1);
    e = token_issue_live(signer, &s->claims, &b, digest);
    if (err_is(e))
        return e;
    s->code = build_done(&b);
    recent_verified(shared->recent, digest, s->claims.exp + TOKEN_SKEW_S);
    atomic_fetch_add_explicit(&shared->metrics->tokens_issued, 1, memory_order_relaxed);
    return OK;
}

/* What was asked for beside the live code. */
static struct err make_forms(struct exchange *x, struct code_make *s)
{
    const struct code_input *input = x->input;
    day_t next = (day_t)(x->today + 1);
    const struct policy_document *document; /* of that day */
    struct colours tomorrow;
    struct err e = OK;

    if (input->device_key != NULL) {
        document = policy_find(registry_policies(app_of(x)->reader),
                               s->place != NULL ? s->place->region : TEXT(""), next);
        if (document == NULL)
            return err_make(ERR_NOT_READY);
        tomorrow = safety_colours(&s->facts, NULL, &document->policy, next);
        e = code_forms_bind(x, input->device_key, &s->claims, tomorrow.person_colour, &s->forms);
    }
    if (!err_is(e) && input->with_short)
        e = code_forms_shorten(x, s->index, &s->forms);
    return e;
}

/* -- the answer ------------------------------------------------------------------------------- */

static void put_reasons(struct exchange *x, struct json_writer *w, const struct code_make *s)
{
    json_open_array(w, "reasons");
    for (unsigned i = 0; i < s->verdict.reason_count; i++) {
        const struct reason *r = &s->verdict.reasons[i];
        const struct policy_reason *explained = policy_explain(s->document, r);
        const struct policy_words *words = x->english ? &explained->en : &explained->zh;

        json_open_object(w, NULL);
        json_put_string(w, "code", reason_name((enum reason_code)r->code));
        json_put_string(w, "colour", colour_name((enum colour)r->colour));
        json_put_string(w, "scope", scope_name((enum scope)r->scope));
        json_put_day(w, "since", r->since);
        json_put_day(w, "until", r->until);
        json_put_string(w, "text", words->what);
        json_put_string(w, "remedy", words->remedy);
        json_put_string(w, "help", words->help);
        json_close_object(w);
    }
    json_close_array(w);
}

static void put_time(struct json_writer *w, const char *key, int64_t at_s)
{
    char text[CLOCK_RFC3339_BYTES];

    json_put_text(w, key, clock_format(at_s * US_PER_SECOND, text));
}

static struct err render_json(struct exchange *x, struct code_make *s, struct text svg)
{
    char *at = arena_alloc(&x->arena, ANSWER_BYTES_MAX);
    int64_t renew_s = s->claims.iat + CODE_RENEW_S;
    struct json_writer w;
    struct build b;

    if (at == NULL)
        return err_make(ERR_TOO_LARGE);
    b = build_over(at, ANSWER_BYTES_MAX);
    w = json_writer_over(&b);
    json_open_object(&w, NULL);
    json_put_text(&w, "code", s->code);
    if (svg.at != NULL)
        json_put_text(&w, "svg", svg);
    put_time(&w, "expires_at", s->claims.exp);
    put_time(&w, "renew_at", renew_s < s->claims.exp ? renew_s : s->claims.exp);
    code_forms_put(&w, &s->forms);
    json_put_string(&w, "colour",
                    colour_name((enum colour)(s->verdict.has_context ? s->verdict.colour_here
                                                                     : s->verdict.person_colour)));
    json_put_string(&w, "person_colour", colour_name((enum colour)s->verdict.person_colour));
    if (s->place != NULL)
        json_put_int(&w, "site", s->place->site_id);
    else
        json_put_null(&w, "site");
    json_put_string(&w, "policy", s->document->policy.id);
    put_reasons(x, &w, s);
    json_put_day(&w, "next_change", s->verdict.next_change);
    json_close_object(&w);
    if (b.full)
        return err_make(ERR_TOO_LARGE);
    s->body = build_done(&b);
    s->content_type = "application/json; charset=utf-8";
    return OK;
}

static bool accepts(const struct exchange *x, const char *type)
{
    struct text rest = http_header(x->request, "accept");

    while (rest.at != NULL) {
        struct text parameters, one = text_cut(rest, ',', &rest);

        if (text_equal_ignoring_case(text_trim(text_cut(one, ';', &parameters)), text_of(type)))
            return true;
    }
    return false;
}

static struct err render(struct exchange *x, struct code_make *s)
{
    const struct code_input *input = x->input;
    struct text picture = {NULL, 0};
    struct qr qr;
    bool svg = accepts(x, "image/svg+xml"), png = !svg && accepts(x, "image/png");
    struct err e;

    if (svg || png || input->svg) {
        e = qr_make(s->code, &x->arena, &qr);
        if (!err_is(e))
            e = png ? qr_png(&qr, PNG_SCALE, &x->arena, &picture)
                    : qr_svg(&qr, &x->arena, &picture);
        if (err_is(e))
            return e;
    }
    if (!svg && !png)
        return render_json(x, s, picture);
    s->body = picture;
    s->content_type = svg ? "image/svg+xml" : "image/png";
    return OK;
}

/* Everything that the register lends is used before it is left. */
static struct err make(struct exchange *x, struct code_make *s)
{
    struct err e;

    if (!is_engager(caller_of(x), s, x->today))
        return err_make(ERR_WORKER_UNKNOWN);
    e = choose_place(x, s);
    if (!err_is(e))
        e = evaluate(x, s);
    if (!err_is(e))
        e = sign(x, s);
    if (!err_is(e))
        e = make_forms(x, s);
    return err_is(e) ? e : render(x, s);
}

/* -- steps ------------------------------------------------------------------------------------ */

static enum step code_look(struct exchange *x);
static enum step code_from_database(struct exchange *x);
static enum step code_audit(struct exchange *x);
static enum step code_answer(struct exchange *x);

step_fn *const worker_code_post[] = {
    code_begin, code_phone, code_look, code_from_database, code_audit, code_answer, NULL,
};

static enum step load_person(struct exchange *x, struct code_make *s)
{
    struct batch *b = batch_new(app_of(x)->pg, &x->arena);
    struct person_name *name = arena_new(&x->arena, struct person_name);
    struct err e;

    if (b == NULL || name == NULL)
        return exchange_fail(x, err_make(ERR_TOO_LARGE));
    name->worker_id = s->worker_id;
    e = persons_load(b, &x->arena, name, 1, &s->person);
    return exchange_wait(x, err_is(e) ? e : batch_send(b, exchange_waiter(x)));
}

static enum step code_look(struct exchange *x)
{
    struct app *app = app_of(x);
    struct code_make *s = x->state;
    const struct code_input *input = x->input;
    int64_t spent_ms = (clock_monotonic_us() - x->started_us) / US_PER_MS;
    struct worker_view view;
    struct err e = OK;
    bool known;

    registry_enter(app->reader);
    known = registry_worker(app->reader, s->worker_id, &view) && view.access_version != 0 &&
            view.facts.version >= (uint64_t)input->version;
    if (known)
        e = take_view(x, s, &view) ? make(x, s) : err_make(ERR_TOO_LARGE);
    registry_leave(app->reader);
    if (known) {
        exchange_goto(x, &worker_code_post[4]);
        return err_is(e) ? exchange_fail(x, e) : STEP_NEXT;
    }
    if (input->version == 0 || spent_ms >= REGISTER_MS)
        return load_person(x, s);
    registry_await(app->reader, REGISTER_MS - spent_ms, exchange_waiter(x));
    exchange_goto(x, &worker_code_post[2]);
    return exchange_wait(x, OK);
}

/* The register does not know him, or not as of the version that the caller has seen. */
static enum step code_from_database(struct exchange *x)
{
    struct code_make *s = x->state;
    struct err e;

    if (!s->person.found)
        return exchange_fail(x, err_make(ERR_WORKER_UNKNOWN));
    if (s->person.erased)
        return exchange_fail(x, err_make(caller_of(x)->role == ACCOUNT_WORKER ? ERR_PERSON_ERASED
                                                                             : ERR_WORKER_UNKNOWN));
    if (!append_may_see(caller_of(x), &s->person, x->today))
        return exchange_fail(x, err_make(ERR_WORKER_UNKNOWN));
    e = facts_fold(s->person.records, s->person.record_count, &x->arena, &s->facts);
    if (!err_is(e) && !take_person(x, s))
        e = err_make(ERR_TOO_LARGE);
    if (err_is(e))
        return exchange_fail(x, e);
    registry_enter(app_of(x)->reader); /* policies, sites and firms */
    e = make(x, s);
    registry_leave(app_of(x)->reader);
    return err_is(e) ? exchange_fail(x, e) : STEP_NEXT;
}

/* Which cred it was: whoever holds one can show that it was issued, or that it never was. */
static struct text cred_detail(struct exchange *x, const struct code_make *s)
{
    char hex[2 * sizeof s->forms.cred_digest + 1];

    if (s->forms.cred.at == NULL)
        return (struct text){NULL, 0};
    hex_format(s->forms.cred_digest, sizeof s->forms.cred_digest, hex);
    return text_of(arena_format(&x->arena, "{\"sha256\":\"%s\",\"until\":%lld}", hex,
                                (long long)s->forms.cred_until_s));
}

/* A worker's look at himself needs no row; anybody else's does, before he sees anything. What opens for
 * half a day without network has one too, and so a leaf of the log. */
static enum step code_audit(struct exchange *x)
{
    const struct code_make *s = x->state;
    struct batch *b;

    if (caller_of(x)->role == ACCOUNT_WORKER && s->forms.cred.at == NULL)
        return STEP_NEXT;
    b = batch_new(app_of(x)->pg, &x->arena);
    if (b == NULL)
        return exchange_fail(x, err_make(ERR_TOO_LARGE));
    audit_insert(b, &(struct audit_row){.account_id = caller_of(x)->account_id,
                                        .action = s->forms.cred.at != NULL ? "worker.cred"
                                                                    : "worker.code",
                                        .worker_id = s->worker_id,
                                        .detail = cred_detail(x, s),
                                        .request_id = (int64_t)x->id});
    return exchange_wait(x, batch_send(b, exchange_waiter(x)));
}

static enum step code_answer(struct exchange *x)
{
    const struct code_make *s = x->state;

    return exchange_answer(x, 200, s->content_type, s->body, "Cache-Control: no-store\r\n");
}
