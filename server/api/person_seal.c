#include "api/person_seal.h"

#include "base/json.h"

enum { BODY_MAX = 2048, SECRETS_MAX = 4096 };

static struct err render_body(const struct work *work, const struct record *record, struct text *body)
{
    char *at = arena_alloc(work->arena, BODY_MAX);
    struct build out;
    struct json_writer w;

    if (at == NULL)
        return err_make(ERR_TOO_LARGE);
    out = build_over(at, BODY_MAX);
    w = json_writer_over(&out);
    json_open_object(&w, NULL);
    record_render_body(record, &w);
    json_close_object(&w);
    *body = build_done(&out);
    return out.full ? err_make(ERR_TOO_LARGE) : OK;
}

struct err person_seal_text(const struct work *work, const struct person *person,
                            struct text plain, struct text *sealed)
{
    struct person_key key;
    struct err e = person_key_unwrap(work->app->shared->vault, person->worker_id, person->wrapped,
                                     &key);

    if (err_is(e))
        return e;
    e = seal(&key, person->worker_id, plain, work->arena, sealed);
    person_key_forget(&key);
    return e;
}

struct err person_unseal_text(const struct work *work, const struct person *person,
                              struct text sealed, struct text *plain)
{
    struct person_key key;
    struct err e = person_key_unwrap(work->app->shared->vault, person->worker_id, person->wrapped,
                                     &key);

    if (err_is(e))
        return e;
    e = unseal(&key, person->worker_id, sealed, work->arena, plain);
    person_key_forget(&key);
    return e;
}

static void hash_secret(const struct person *person, struct secret *secret)
{
    char hash[33];

    salted_hash(person->salt, secret->plain, hash);
    secret_set_hash(secret, hash);
}

struct err person_seal_record(const struct work *work, const struct person *person,
                              struct record *record, struct text *body, struct text *sealed)
{
    struct record_secret secrets[RECORD_SECRETS_MAX];
    size_t count = record_secrets(record, secrets), plain = 0;
    char text[SECRETS_MAX];
    struct build out = build_over(text, sizeof text);
    struct json_writer w = json_writer_over(&out);

    *sealed = (struct text){NULL, 0};
    json_open_object(&w, NULL);
    for (size_t i = 0; i < count; i++) {
        if (secrets[i].secret->plain.at == NULL)
            continue;
        json_put_text(&w, secrets[i].name, secrets[i].secret->plain);
        hash_secret(person, secrets[i].secret);
        plain++;
    }
    json_close_object(&w);
    if (plain > 0) {
        struct err e = out.full ? err_make(ERR_TOO_LARGE)
                                : person_seal_text(work, person, build_done(&out), sealed);

        if (err_is(e))
            return e;
    }
    return render_body(work, record, body);
}

struct err person_seal_details(const struct work *work, const struct person_key *key, int64_t worker_id,
                               const struct person_details *details, struct text *sealed)
{
    char text[SECRETS_MAX];
    struct build out = build_over(text, sizeof text);
    struct json_writer w = json_writer_over(&out);

    json_open_object(&w, NULL);
    json_put_text(&w, "name", details->name);
    json_put_text(&w, "document_number", details->document_number);
    if (details->phone.at != NULL)
        json_put_text(&w, "phone", details->phone);
    json_close_object(&w);
    if (out.full)
        return err_make(ERR_TOO_LARGE);
    return seal(key, worker_id, build_done(&out), work->arena, sealed);
}

static struct text member(struct arena *arena, const json_t *json, const char *name)
{
    const char *value = json_string_value(json_object_get(json, name));

    return value != NULL ? arena_text(arena, text_of(value)) : (struct text){NULL, 0};
}

struct err person_unseal_details(const struct work *work, const struct person *person,
                                 struct person_details *details)
{
    struct text plain;
    json_t *json;
    struct err e = person_unseal_text(work, person, person->sealed, &plain);

    if (err_is(e))
        return e;
    e = json_read(plain, &json);
    if (err_is(e))
        return err_detail(ERR_INTERNAL, "a person's sealed row is not JSON");
    details->name = member(work->arena, json, "name");
    details->document_number = member(work->arena, json, "document_number");
    details->phone = member(work->arena, json, "phone");
    json_decref(json);
    return OK;
}
