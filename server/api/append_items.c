#include "api/append_items.h"

#include <string.h>

#include "api/resource.h"
#include "domain/idnumber.h"

static const struct append_kinds kinds_of_route[] = {
    {"/v1/exams", {RECORD_EXAM, RECORD_SUPERSEDE}},
    {"/v1/trainings", {RECORD_TRAINING, RECORD_STUDY, RECORD_SUPERSEDE}},
    {"/v1/violations",
     {RECORD_VIOLATION, RECORD_RECTIFICATION, RECORD_STAR, RECORD_SUPERSEDE}},
    {"/v1/certificates", {RECORD_CERTIFICATE, RECORD_CERTIFICATE_STATUS, RECORD_SUPERSEDE}},
    {"/v1/engagements", {RECORD_ENGAGEMENT, RECORD_ENGAGEMENT_END, RECORD_SUPERSEDE}},
    {"/v1/workers/{id}/records",
     {RECORD_AGREEMENT, RECORD_CERTIFICATE, RECORD_CERTIFICATE_STATUS, RECORD_BAN, RECORD_STAR,
      RECORD_SUPERSEDE, RECORD_CONSENT, RECORD_MERGE, RECORD_IDENTITY}},
};

const struct append_kinds *append_kinds_of(const struct route *route)
{
    for (size_t i = 0; i < sizeof kinds_of_route / sizeof kinds_of_route[0]; i++) {
        if (strcmp(kinds_of_route[i].pattern, route->pattern) == 0)
            return &kinds_of_route[i];
    }
    CHECK(!"a route of append has its kinds");
}

enum permission append_permission(enum record_kind kind)
{
    static const enum permission needed[RECORD_KINDS] = {
        [RECORD_IDENTITY] = MAY_SANCTION, /* in place of a wrong one; a new one comes by enrolment */
        [RECORD_EXAM] = MAY_POST_EXAM,
        [RECORD_TRAINING] = MAY_POST_TRAINING,
        [RECORD_STUDY] = MAY_POST_TRAINING,
        [RECORD_VIOLATION] = MAY_POST_VIOLATION,
        [RECORD_RECTIFICATION] = MAY_POST_VIOLATION,
        [RECORD_CERTIFICATE] = MAY_POST_CERTIFICATE,
        [RECORD_CERTIFICATE_STATUS] = MAY_SANCTION,
        [RECORD_BAN] = MAY_SANCTION,
        [RECORD_AGREEMENT] = MAY_POST_AGREEMENT,
        [RECORD_ENGAGEMENT] = MAY_ENGAGE,
        [RECORD_ENGAGEMENT_END] = MAY_ENGAGE,
        [RECORD_OVERRIDE] = MAY_SANCTION,
        [RECORD_STAR] = MAY_POST_VIOLATION,
        [RECORD_CONSENT] = MAY_CONSENT,
        [RECORD_MERGE] = MAY_SANCTION,
    };

    return needed[kind];
}

static struct err read_kind(const struct exchange *x, const json_t *object, enum record_kind *kind)
{
    const struct append_kinds *allowed = append_kinds_of(x->route);
    const json_t *name = json_object_get(object, "kind");
    enum permission needed;

    *kind = allowed->kinds[0];
    if (name != NULL && !json_is_string(name))
        return err_field(ERR_FIELD_TYPE, "/kind", "string");
    if (name != NULL)
        *kind = record_kind_of(text_of(json_string_value(name)));
    for (size_t i = 0; allowed->kinds[i] != 0; i++) {
        if (allowed->kinds[i] != *kind)
            continue;
        needed = append_permission(*kind); /* a correction needs what the corrected one needed */
        if (needed != 0 && (caller_of(x)->permissions & needed) == 0)
            return err_make(ERR_FORBIDDEN);
        return OK;
    }
    return err_field(ERR_FIELD_CHOICE, "/kind", /* two sign it, one after the other */
                     *kind == RECORD_OVERRIDE ? "POST /v1/overrides" : NULL);
}

static struct err read_document(struct exchange *x, const json_t *object, struct person_name *name)
{
    const json_t *number = json_object_get(object, "document_number");
    const json_t *type = json_object_get(object, "document_type");
    struct document document;
    unsigned char *hmac = arena_alloc(&x->arena, SEAL_HMAC_BYTES);
    struct err e;

    if (hmac == NULL)
        return err_make(ERR_TOO_LARGE);
    if (!json_is_string(number))
        return err_field(number != NULL ? ERR_FIELD_TYPE : ERR_FIELD_MISSING, "/worker",
                         "worker, or document_type and document_number");
    if (type != NULL &&
        (!json_is_integer(type) || !document_type_exists(json_integer_value(type))))
        return err_field(ERR_FIELD_CHOICE, "/document_type", "1 | 2 | 8 | 10 | 12 | 20 | 23 | 99");
    e = document_parse(type != NULL ? (enum document_type)json_integer_value(type)
                                    : DOCUMENT_ID_CARD,
                       text_of(json_string_value(number)), "/document_number", x->today,
                       &document);
    if (err_is(e))
        return e;
    vault_lookup(app_of(x)->shared->vault, document.type,
                 (struct text){document.number, document.bytes}, hmac);
    name->document_type = document.type;
    name->document_hmac = (struct text){(const char *)hmac, SEAL_HMAC_BYTES};
    return OK;
}

static struct err read_name(struct exchange *x, const json_t *object, struct person_name *name)
{
    const json_t *worker = json_object_get(object, "worker");

    if (strchr(x->route->pattern, '{') != NULL) { /* the path names the worker */
        if (!text_to_int(x->params[0], 1, INT32_MAX, &name->worker_id))
            return err_make(ERR_WORKER_UNKNOWN);
        return OK;
    }
    if (worker == NULL)
        return read_document(x, object, name);
    if (!json_is_integer(worker) || json_integer_value(worker) <= 0)
        return err_field(ERR_FIELD_TYPE, "/worker", "integer");
    name->worker_id = json_integer_value(worker);
    return OK;
}

static struct err read_occurred_on(const struct exchange *x, const json_t *object, day_t *day)
{
    const json_t *value = json_object_get(object, "occurred_on");

    *day = x->today;
    if (value == NULL)
        return OK;
    if (!json_is_string(value))
        return err_field(ERR_FIELD_TYPE, "/occurred_on", "YYYY-MM-DD");
    return day_parse(text_of(json_string_value(value)), "/occurred_on", day);
}

/* A contractor engages for himself: his own organisation need not be said. */
static struct err fill_org(const struct exchange *x, json_t *object, enum record_kind kind)
{
    bool engages = kind == RECORD_ENGAGEMENT || kind == RECORD_ENGAGEMENT_END;

    if (engages && json_object_get(object, "org") == NULL &&
        json_object_set_new(object, "org", json_integer(caller_of(x)->org_id)) != 0)
        return err_make(ERR_TOO_LARGE);
    return OK;
}

struct err record_check_words(struct exchange *x, struct record *record)
{
    struct record_secret secrets[RECORD_SECRETS_MAX];
    size_t count = record_secrets(record, secrets);

    for (size_t i = 0; i < count; i++) {
        if (secrets[i].secret->plain.at == NULL && secrets[i].secret->hash[0] != '\0')
            return err_field(ERR_FIELD_UNKNOWN,
                             arena_format(&x->arena, "/%s_hash", secrets[i].name), NULL);
    }
    return OK;
}

static struct err read_item(struct exchange *x, json_t *object, struct item *item)
{
    static const char *const common[] = {"kind",          "worker",          "occurred_on",
                                         "document_type", "document_number", NULL};
    enum record_kind kind;
    struct err e;

    if (!json_is_object(object))
        return err_make(ERR_JSON_OBJECT);
    e = read_kind(x, object, &kind);
    if (!err_is(e))
        e = read_name(x, object, &item->name);
    if (!err_is(e))
        e = read_occurred_on(x, object, &item->record.occurred_on);
    if (!err_is(e))
        e = fill_org(x, object, kind);
    if (err_is(e))
        return e;
    item->record.kind = kind;
    item->record.by = caller_of(x)->account_id;
    item->record.org = caller_of(x)->org_id;
    item->record.recorded_at = x->now;
    e = record_parse_body(kind, object, common, &x->arena, &item->record);
    return err_is(e) ? e : record_check_words(x, &item->record);
}

struct err items_read(struct exchange *x, struct items *items)
{
    if (x->json == NULL)
        return err_make(ERR_JSON_SYNTAX);
    items->many = json_is_array(x->json);
    items->count = items->many ? json_array_size(x->json) : 1;
    if (items->count == 0 || items->count > APPEND_ITEMS_MAX)
        return err_field(ERR_FIELD_LENGTH, "", "1..500");
    items->item = arena_new_array(&x->arena, items->count, struct item);
    if (items->item == NULL)
        return err_make(ERR_TOO_LARGE);
    for (size_t i = 0; i < items->count; i++) {
        json_t *object = items->many ? json_array_get(x->json, i) : x->json;

        items->item[i].error = read_item(x, object, &items->item[i]);
        if (err_is(items->item[i].error) && !items->many)
            return items->item[i].error;
    }
    return OK;
}

static void render_joined(struct json_writer *w, const struct item *item)
{
    char day[DAY_TEXT_BYTES];

    json_put_int(w, "worker", item->person->worker_id);
    json_put_int(w, "version", item->record.version);
    json_put_string(w, "kind", record_kind_name(item->record.kind));
    json_put_text(w, "occurred_on", day_format(item->record.occurred_on, day));
}

struct text items_render(struct exchange *x, const struct items *items, int *status)
{
    size_t room = 256 + items->count * 512, accepted = 0;
    char *at = arena_alloc(&x->arena, room);
    struct build out;
    struct json_writer w;

    if (at == NULL)
        return (struct text){NULL, 0};
    out = build_over(at, room);
    w = json_writer_over(&out);
    *status = items->many ? 200 : 201;
    json_open_object(&w, NULL);
    if (items->many)
        json_open_array(&w, "items");
    for (size_t i = 0; i < items->count; i++) {
        const struct item *item = &items->item[i];

        if (items->many)
            json_open_object(&w, NULL);
        if (items->many && !err_is(item->error))
            json_put_int(&w, "status", 201);
        if (err_is(item->error))
            json_put_refusal(&w, item->error, x->english);
        else
            render_joined(&w, item);
        if (items->many)
            json_close_object(&w);
        accepted += !err_is(item->error);
    }
    if (items->many) {
        json_close_array(&w);
        json_put_int(&w, "accepted", (int64_t)accepted);
        json_put_int(&w, "refused", (int64_t)(items->count - accepted));
    }
    json_close_object(&w);
    return out.full ? (struct text){NULL, 0} : build_done(&out);
}
