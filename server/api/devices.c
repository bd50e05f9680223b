/* api/devices.c: devices. One batch makes a device and the account whose key it carries. */
#include "api/devices.h"

#include "api/accounts.h"
#include "api/resource.h"
#include "store/setup.h"

#define DIRECTION_WORDS "in|out|both"
#define DEVICE_STATES   "active|disabled"
#define ZONE_EXPECTED   "[a-z_]{0,32}"

enum { DEVICE_ANSWER_BYTES = 1024 };

struct device_input {
    int64_t site_id;
    struct text name, zone;
    int direction, state;
};

const struct field device_post_fields[] = {
    {"site", FIELD_INT, offsetof(struct device_input, site_id), true, 1, INT64_MAX, NULL},
    {"name", FIELD_TEXT, offsetof(struct device_input, name), true, 1, 100, NULL},
    {"direction", FIELD_CHOICE, offsetof(struct device_input, direction), true, 0, 0,
     DIRECTION_WORDS},
    {"zone", FIELD_TEXT, offsetof(struct device_input, zone), false, 0, 32, NULL},
    {0},
};

const struct field device_patch_fields[] = {
    {"name", FIELD_TEXT, offsetof(struct device_input, name), false, 1, 100, NULL},
    {"direction", FIELD_CHOICE, offsetof(struct device_input, direction), false, 0, 0,
     DIRECTION_WORDS},
    {"zone", FIELD_TEXT, offsetof(struct device_input, zone), false, 0, 32, NULL},
    {"state", FIELD_CHOICE, offsetof(struct device_input, state), false, 0, 0, DEVICE_STATES},
    {0},
};

struct device_query {
    struct page page;
    int64_t site_id;
};

const struct field device_list_query[] = {
    PAGE_FIELDS(struct device_query),
    {"site", FIELD_INT, offsetof(struct device_query, site_id), false, 1, INT64_MAX, NULL},
    {0},
};

struct device_state {
    struct write write;
    int64_t id, new_account_id;
    struct new_key key;
    struct device_rows found;
    struct site_rows site;
};
const size_t device_state_bytes = sizeof(struct device_state);

static struct err check_zone(struct text zone)
{
    for (size_t i = 0; i < zone.bytes; i++) {
        if ((zone.at[i] < 'a' || zone.at[i] > 'z') && zone.at[i] != '_')
            return err_field(ERR_FIELD_TEXT, "/zone", ZONE_EXPECTED);
    }
    return OK;
}

/* -- POST /v1/devices ----------------------------------------------------------------------- */

static enum step device_post_load(struct exchange *x)
{
    const struct device_input *in = x->input;
    struct device_state *s = x->state;
    const struct reach everything = {0};
    struct err e = check_zone(in->zone);
    struct batch *b;

    if (!err_is(e))
        e = new_key_draw(&s->key);
    if (err_is(e))
        return exchange_fail(x, e);
    b = write_begin(x);
    if (b != NULL) {
        device_next_id(b, &s->id);
        account_next_id(b, &s->new_account_id);
        sites_list(b, span_of(in->site_id), &everything, x->today, (struct text){NULL, 0},
                   &s->site);
    }
    return load_send(x, b);
}

static struct text render_new(struct exchange *x, bool shown)
{
    const struct device_state *s = x->state;
    struct build out = answer_build(x, DEVICE_ANSWER_BYTES);
    struct json_writer w = json_writer_over(&out);

    json_open_object(&w, NULL);
    json_put_int(&w, "id", s->id);
    json_put_int(&w, "version", 1);
    json_put_string(&w, "state", "active");
    json_put_int(&w, "account", s->new_account_id);
    new_key_put(&w, x, &s->key, shown);
    json_close_object(&w);
    return out.full ? (struct text){NULL, 0} : build_done(&out);
}

static void device_post_rows(struct exchange *x, struct batch *b)
{
    const struct device_input *in = x->input;
    const struct device_state *s = x->state;
    int64_t by = caller_of(x)->account_id;

    device_insert(b, s->id,
                  &(struct device_change){.site_id = in->site_id,
                                          .name = in->name,
                                          .direction = choice_word(DIRECTION_WORDS, in->direction),
                                          .zone = either(in->zone, TEXT(""))},
                  by);
    account_insert(b, s->new_account_id,
                   &(struct account_change){
                       .role = TEXT("gate"),
                       .org_id = s->site.rows[0].org_id,
                       .site_id = in->site_id,
                       .device_id = s->id,
                       .region = TEXT(""),
                       .label = in->name,
                       .key_prefix = s->key.prefix,
                       .key_hash = {(const char *)s->key.hash, sizeof s->key.hash}},
                   by);
    write_change(b, CHANGE_DEVICE, s->id, 1);
    write_change(b, CHANGE_ACCOUNT, s->new_account_id, 1);
    write_audit(x, b, "device.create", 0,
                text_of(arena_format(&x->arena, "{\"id\":%lld,\"account\":%lld}", (long long)s->id,
                                     (long long)s->new_account_id)));
}

static enum step device_post_write(struct exchange *x)
{
    struct device_state *s = x->state;
    struct batch *b;
    enum step seen;

    if (write_seen(x, &seen))
        return seen;
    if (s->site.count == 0)
        return exchange_fail(x, err_field(ERR_SITE_UNKNOWN, "/site", NULL));
    s->key.status = 201;
    s->key.shown = render_new(x, true);
    if (s->key.shown.at == NULL)
        return exchange_fail(x, err_make(ERR_TOO_LARGE));
    b = write_commit(x, 200, render_new(x, false));
    if (b != NULL)
        device_post_rows(x, b);
    return write_send(x, b, device_post);
}

static enum step device_show(struct exchange *x)
{
    struct device_state *s = x->state;

    return new_key_show(&s->write, &s->key);
}

step_fn *const device_post[] = {device_post_load, device_post_write, device_show, write_answer,
                                NULL};

/* -- GET ------------------------------------------------------------------------------------ */

static void put_device(struct json_writer *w, const struct device_row *device)
{
    json_open_object(w, NULL);
    json_put_int(w, "id", device->id);
    json_put_int(w, "version", device->version);
    json_put_int(w, "site", device->site_id);
    json_put_text(w, "name", device->name);
    json_put_text(w, "direction", device->direction);
    json_put_text(w, "zone", device->zone);
    json_put_text(w, "state", device->state);
    json_put_time(w, "recorded_at", device->recorded_at);
    json_close_object(w);
}

static enum step device_list_load(struct exchange *x)
{
    const struct device_query *q = x->query;
    struct device_state *s = x->state;
    struct reach reach = reach_of(caller_of(x));
    struct batch *b = batch_new(app_of(x)->pg, &x->arena);

    if (b != NULL)
        devices_list(b, page_span(&q->page), &reach, q->site_id, &s->found);
    return load_send(x, b);
}

static enum step device_list_answer(struct exchange *x)
{
    const struct device_query *q = x->query;
    const struct device_state *s = x->state;
    struct list list;
    int64_t last = 0;

    list_open(x, &list);
    for (int i = 0; i < s->found.count && i < page_limit(&q->page); i++) {
        put_device(&list.w, &s->found.rows[i]);
        last = s->found.rows[i].id;
    }
    return list_answer_by_id(x, &list, &q->page, s->found.count, last);
}

step_fn *const device_list[] = {device_list_load, device_list_answer, NULL};

static enum step device_get_load(struct exchange *x)
{
    struct device_state *s = x->state;
    struct reach reach = reach_of(caller_of(x));
    struct err e = path_id(x, 0, ERR_NOT_FOUND, &s->id);
    struct batch *b;

    if (err_is(e))
        return exchange_fail(x, e);
    b = x->route->writes ? write_begin(x) : batch_new(app_of(x)->pg, &x->arena);
    if (b != NULL)
        devices_list(b, span_of(s->id), &reach, 0, &s->found);
    return load_send(x, b);
}

static enum step device_get_answer(struct exchange *x)
{
    const struct device_state *s = x->state;
    struct build out = answer_build(x, HTTP_ANSWER_BYTES_MAX);
    struct json_writer w = json_writer_over(&out);

    if (s->found.count == 0)
        return exchange_fail(x, err_make(ERR_NOT_FOUND));
    put_device(&w, &s->found.rows[0]);
    return answer_object(x, &out, s->found.rows[0].version);
}

step_fn *const device_get[] = {device_get_load, device_get_answer, NULL};

/* -- PATCH /v1/devices/{id} ----------------------------------------------------------------- */

static enum step device_patch_write(struct exchange *x)
{
    const struct device_input *in = x->input;
    struct device_state *s = x->state;
    const struct device_row *device = s->found.rows;
    struct text state = choice_word(DEVICE_STATES, in->state);
    struct batch *b;
    enum step seen;
    struct err e;

    if (write_seen(x, &seen))
        return seen;
    e = s->found.count == 0 ? err_make(ERR_NOT_FOUND) : check_zone(in->zone);
    if (!err_is(e))
        e = if_match(x, device->version);
    if (err_is(e))
        return exchange_fail(x, e);
    b = write_commit(x, 200, written_answer(x, device->id, device->version + 1,
                                            either(state, device->state)));
    if (b != NULL) {
        device_amend(b, device->id, device->version,
                     &(struct device_change){
                         .name = in->name,
                         .direction = choice_word(DIRECTION_WORDS, in->direction),
                         .zone = in->zone,
                         .state = state},
                     caller_of(x)->account_id);
        write_change(b, CHANGE_DEVICE, device->id, device->version + 1);
        write_audit(x, b, "device.amend", 0, s->write.answer);
    }
    return write_send(x, b, device_patch);
}

step_fn *const device_patch[] = {device_get_load, device_patch_write, write_answer, NULL};
