/* api/accounts.c: who may ask, as what, narrowed to what; and their keys. */
#include "api/accounts.h"

#include "api/resource.h"
#include "base/choice.h"
#include "store/setup.h"

#define ACCOUNT_MADE_HERE                                                                          \
    "operator|contractor|clinic|training_centre|safety_officer|inspector|regulator"
#define ACCOUNT_ROLES_ALL ACCOUNT_MADE_HERE "|gate"
#define ACCOUNT_STATES    "active|disabled"

enum { ACCOUNT_ANSWER_BYTES = 1024 };

struct account_input {
    int role, state;
    int64_t org_id, site_id;
    struct text region, label;
};

const struct field account_post_fields[] = {
    {"role", FIELD_CHOICE, offsetof(struct account_input, role), true, 0, 0, ACCOUNT_MADE_HERE},
    {"org", FIELD_INT, offsetof(struct account_input, org_id), true, 1, INT64_MAX, NULL},
    {"site", FIELD_INT, offsetof(struct account_input, site_id), false, 1, INT64_MAX, NULL},
    {"region", FIELD_REGION, offsetof(struct account_input, region), false, 0, 6, NULL},
    {"label", FIELD_TEXT, offsetof(struct account_input, label), true, 1, 100, NULL},
    {0},
};

const struct field account_patch_fields[] = {
    {"label", FIELD_TEXT, offsetof(struct account_input, label), false, 1, 100, NULL},
    {"state", FIELD_CHOICE, offsetof(struct account_input, state), false, 0, 0, ACCOUNT_STATES},
    {0},
};

struct account_query {
    struct page page;
    int64_t org_id;
    int role;
};

const struct field account_list_query[] = {
    PAGE_FIELDS(struct account_query),
    {"org", FIELD_INT, offsetof(struct account_query, org_id), false, 1, INT64_MAX, NULL},
    {"role", FIELD_CHOICE, offsetof(struct account_query, role), false, 0, 0, ACCOUNT_ROLES_ALL},
    {0},
};

struct account_state {
    struct write write;
    int64_t id;
    struct new_key key;
    struct account_rows found;
    struct org_rows org;
    struct site_rows site;
};
const size_t account_state_bytes = sizeof(struct account_state);

/* -- keys ----------------------------------------------------------------------------------- */

struct err new_key_draw(struct new_key *key)
{
    unsigned char hash[32];
    struct err e = api_key_new(key->key, key->hash);

    if (!err_is(e))
        CHECK(api_key_split(text_of(key->key), &key->prefix, hash));
    return e;
}

void new_key_put(struct json_writer *w, const struct exchange *x, const struct new_key *key,
                 bool shown)
{
    json_put_text(w, "key_prefix", key->prefix);
    if (shown) {
        json_put_string(w, "key", key->key);
        return;
    }
    json_put_null(w, "key");
    json_put_string(w, "hint",
                    x->english ? "The key was shown once, in the first answer to this request; "
                                 "POST /v1/accounts/{id}/key makes another"
                               : "密钥只在首次应答中显示一次；如未收到，请调用 "
                                 "POST /v1/accounts/{id}/key 换发");
}

enum step new_key_show(struct write *write, const struct new_key *key)
{
    write->status = key->status;
    write->answer = key->shown;
    return STEP_NEXT;
}

static struct text render_keyed(struct exchange *x, int64_t id, int32_t version, struct text role,
                                bool shown)
{
    const struct account_state *s = x->state;
    struct build out = answer_build(x, ACCOUNT_ANSWER_BYTES);
    struct json_writer w = json_writer_over(&out);

    json_open_object(&w, NULL);
    json_put_int(&w, "id", id);
    json_put_int(&w, "version", version);
    json_put_text(&w, "role", role);
    new_key_put(&w, x, &s->key, shown);
    json_close_object(&w);
    return out.full ? (struct text){NULL, 0} : build_done(&out);
}

static struct text audit_detail(struct exchange *x, int64_t account_id, const struct text *role)
{
    struct build out = answer_build(x, ACCOUNT_ANSWER_BYTES);
    struct json_writer w = json_writer_over(&out);

    json_open_object(&w, NULL);
    json_put_int(&w, "account", account_id);
    if (role != NULL)
        json_put_text(&w, "role", *role);
    json_close_object(&w);
    return build_done(&out);
}

static enum step account_show(struct exchange *x)
{
    struct account_state *s = x->state;

    return new_key_show(&s->write, &s->key);
}

/* -- POST /v1/accounts ---------------------------------------------------------------------- */

/* What each role must be narrowed to, and whose people may hold it. */
static const struct narrowing {
    const char *role, *org_kinds;
    bool site, region;
} narrowings[] = {
    {"operator", "operator", false, false},
    {"contractor", "contractor", false, false},
    {"clinic", "clinic", false, false},
    {"training_centre", "training_centre", false, false},
    {"safety_officer", "contractor|owner|supervision", true, false},
    {"inspector", "regulator", false, true},
    {"regulator", "regulator", false, true},
    {NULL, NULL, false, false},
};

static const struct narrowing *narrowing_of(struct text role)
{
    const struct narrowing *n = narrowings;

    while (n->role != NULL && !text_is(role, n->role))
        n++;
    CHECK(n->role != NULL); /* the field table lets no other role through */
    return n;
}

static struct err check_narrowing(const struct exchange *x, const struct narrowing *n)
{
    const struct account_input *in = x->input;
    const struct account_state *s = x->state;

    if (s->org.count == 0)
        return err_field(ERR_ORG_UNKNOWN, "/org", NULL);
    if (choice_find(n->org_kinds, s->org.rows[0].kind) < 0)
        return err_field(ERR_FIELD_CHOICE, "/org", n->org_kinds);
    if (n->site != (in->site_id != 0))
        return n->site ? err_field(ERR_FIELD_MISSING, "/site", NULL)
                       : err_field(ERR_FIELD_UNKNOWN, "/site", "safety_officer");
    if (n->site && s->site.count == 0)
        return err_field(ERR_SITE_UNKNOWN, "/site", NULL);
    if (n->region != (in->region.at != NULL)) /* "" is the whole country, and is written out */
        return n->region ? err_field(ERR_FIELD_MISSING, "/region",
                                     "the region's code; '' for the whole country")
                         : err_field(ERR_FIELD_UNKNOWN, "/region", "inspector | regulator");
    return OK;
}

static enum step account_post_load(struct exchange *x)
{
    const struct account_input *in = x->input;
    struct account_state *s = x->state;
    const struct reach everything = {0};
    struct err e = new_key_draw(&s->key);
    struct batch *b;

    if (err_is(e))
        return exchange_fail(x, e);
    b = write_begin(x);
    if (b != NULL) {
        account_next_id(b, &s->id);
        orgs_list(b, span_of(in->org_id), &everything, (struct text){NULL, 0}, &s->org);
        sites_list(b, span_of(in->site_id), &everything, x->today, (struct text){NULL, 0},
                   &s->site);
    }
    return load_send(x, b);
}

static void account_post_rows(struct exchange *x, struct batch *b, struct text role)
{
    const struct account_input *in = x->input;
    const struct account_state *s = x->state;

    account_insert(b, s->id,
                   &(struct account_change){
                       .role = role,
                       .org_id = in->org_id,
                       .site_id = in->site_id,
                       .region = either(in->region, TEXT("")),
                       .label = in->label,
                       .key_prefix = s->key.prefix,
                       .key_hash = {(const char *)s->key.hash, sizeof s->key.hash}},
                   caller_of(x)->account_id);
    write_change(b, CHANGE_ACCOUNT, s->id, 1);
    write_audit(x, b, "account.create", 0, audit_detail(x, s->id, &role));
}

static enum step account_post_write(struct exchange *x)
{
    const struct account_input *in = x->input;
    struct account_state *s = x->state;
    struct text role = choice_word(ACCOUNT_MADE_HERE, in->role);
    struct batch *b;
    enum step seen;
    struct err e;

    if (write_seen(x, &seen))
        return seen;
    e = check_narrowing(x, narrowing_of(role));
    if (err_is(e))
        return exchange_fail(x, e);
    s->key.status = 201;
    s->key.shown = render_keyed(x, s->id, 1, role, true);
    if (s->key.shown.at == NULL)
        return exchange_fail(x, err_make(ERR_TOO_LARGE));
    b = write_commit(x, 200, render_keyed(x, s->id, 1, role, false));
    if (b != NULL)
        account_post_rows(x, b, role);
    return write_send(x, b, account_post);
}

step_fn *const account_post[] = {account_post_load, account_post_write, account_show, write_answer,
                                 NULL};

/* -- GET ------------------------------------------------------------------------------------ */

static void put_account(struct json_writer *w, const struct account_row *account)
{
    json_open_object(w, NULL);
    json_put_int(w, "id", account->id);
    json_put_int(w, "version", account->version);
    json_put_text(w, "role", account->role);
    json_put_id(w, "org", account->org_id);
    json_put_id(w, "site", account->site_id);
    json_put_id(w, "device", account->device_id);
    json_put_text(w, "region", account->region);
    json_put_text(w, "label", account->label);
    json_put_text(w, "state", account->state);
    json_put_text(w, "key_prefix", account->key_prefix);
    json_put_text_or_null(w, "login", account->login);
    json_put_bool(w, "totp", account->totp);
    json_put_time(w, "recorded_at", account->recorded_at);
    json_close_object(w);
}

static enum step account_list_load(struct exchange *x)
{
    const struct account_query *q = x->query;
    struct account_state *s = x->state;
    struct batch *b = batch_new(app_of(x)->pg, &x->arena);

    if (b != NULL)
        accounts_list(b, page_span(&q->page), q->org_id, choice_word(ACCOUNT_ROLES_ALL, q->role),
                      &s->found);
    return load_send(x, b);
}

static enum step account_list_answer(struct exchange *x)
{
    const struct account_query *q = x->query;
    const struct account_state *s = x->state;
    struct list list;
    int64_t last = 0;

    list_open(x, &list);
    for (int i = 0; i < s->found.count && i < page_limit(&q->page); i++) {
        put_account(&list.w, &s->found.rows[i]);
        last = s->found.rows[i].id;
    }
    return list_answer_by_id(x, &list, &q->page, s->found.count, last);
}

step_fn *const account_list[] = {account_list_load, account_list_answer, NULL};

static enum step account_get_load(struct exchange *x)
{
    struct account_state *s = x->state;
    struct err e = path_id(x, 0, ERR_NOT_FOUND, &s->id);
    struct batch *b;

    if (err_is(e))
        return exchange_fail(x, e);
    b = x->route->writes ? write_begin(x) : batch_new(app_of(x)->pg, &x->arena);
    if (b != NULL)
        accounts_list(b, span_of(s->id), 0, (struct text){NULL, 0}, &s->found);
    return load_send(x, b);
}

static enum step account_get_answer(struct exchange *x)
{
    const struct account_state *s = x->state;
    struct build out = answer_build(x, HTTP_ANSWER_BYTES_MAX);
    struct json_writer w = json_writer_over(&out);

    if (s->found.count == 0)
        return exchange_fail(x, err_make(ERR_NOT_FOUND));
    put_account(&w, &s->found.rows[0]);
    return answer_object(x, &out, s->found.rows[0].version);
}

step_fn *const account_get[] = {account_get_load, account_get_answer, NULL};

/* -- PATCH /v1/accounts/{id}, POST /v1/accounts/{id}/key -------------------------------------- */

static enum step account_patch_write(struct exchange *x)
{
    const struct account_input *in = x->input;
    struct account_state *s = x->state;
    const struct account_row *account = s->found.rows;
    struct text state = choice_word(ACCOUNT_STATES, in->state);
    struct batch *b;
    enum step seen;
    struct err e;

    if (write_seen(x, &seen))
        return seen;
    e = s->found.count == 0 ? err_make(ERR_NOT_FOUND) : if_match(x, account->version);
    if (err_is(e))
        return exchange_fail(x, e);
    if (text_is(state, "disabled") && account->id == caller_of(x)->account_id)
        return exchange_fail(x, err_field(ERR_FORBIDDEN, "/state", NULL)); /* locks himself out */
    b = write_commit(x, 200, written_answer(x, account->id, account->version + 1,
                                            either(state, account->state)));
    if (b != NULL) {
        account_amend(b, account->id, account->version,
                      &(struct account_change){.label = in->label, .state = state},
                      caller_of(x)->account_id);
        write_change(b, CHANGE_ACCOUNT, account->id, account->version + 1);
        write_audit(x, b, "account.amend", 0, s->write.answer);
    }
    return write_send(x, b, account_patch);
}

step_fn *const account_patch[] = {account_get_load, account_patch_write, write_answer, NULL};

static enum step account_rekey_write(struct exchange *x)
{
    struct account_state *s = x->state;
    const struct account_row *account = s->found.rows;
    struct batch *b;
    enum step seen;
    struct err e;

    if (write_seen(x, &seen))
        return seen;
    e = s->found.count == 0 ? err_make(ERR_NOT_FOUND) : if_match(x, account->version);
    if (!err_is(e))
        e = new_key_draw(&s->key);
    if (err_is(e))
        return exchange_fail(x, e);
    s->key.status = 201;
    s->key.shown = render_keyed(x, account->id, account->version + 1, account->role, true);
    if (s->key.shown.at == NULL)
        return exchange_fail(x, err_make(ERR_TOO_LARGE));
    b = write_commit(x, 200,
                     render_keyed(x, account->id, account->version + 1, account->role, false));
    if (b != NULL) {
        account_amend(b, account->id, account->version,
                      &(struct account_change){
                          .key_prefix = s->key.prefix,
                          .key_hash = {(const char *)s->key.hash, sizeof s->key.hash}},
                      caller_of(x)->account_id);
        write_change(b, CHANGE_ACCOUNT, account->id, account->version + 1);
        write_audit(x, b, "account.key", 0, audit_detail(x, account->id, NULL));
    }
    return write_send(x, b, account_rekey);
}

step_fn *const account_rekey[] = {account_get_load, account_rekey_write, account_show, write_answer,
                                  NULL};
