/* api/gate_site.c: what a gate must know of its site to decide while alone: the written rule, the
 * state of work, its own direction and zone, and what today's policy says at gates.
 *
 * `now` is the server's clock at the moment of answering: the gate measures its own against it.
 * People are named as in codes, by their slots; nothing personal is in it. */
#include "api/gate_site.h"

#include "api/access.h"
#include "api/app.h"
#include "base/json.h"

enum { SITE_BYTES_MAX = SITE_RULE_BYTES_MAX + 32 * 1024 };

struct err gate_site_find(const struct exchange *x, int64_t *site_id)
{
    const struct registry_reader *reader = app_of(x)->reader;
    const struct device *device;
    struct err e = OK;

    if (caller_of(x)->device_id == 0)
        return err_make(ERR_FORBIDDEN);
    registry_enter(app_of(x)->reader);
    device = registry_device(reader, caller_of(x)->device_id);
    if (device == NULL || registry_site(reader, device->site_id) == NULL)
        e = err_make(ERR_NOT_READY);
    else if (!device->active)
        e = err_make(ERR_DEVICE_DISABLED);
    else
        *site_id = device->site_id;
    registry_leave(app_of(x)->reader);
    return e;
}

static void put_gate(const struct device *device, struct json_writer *w)
{
    static const char *const directions[] = {
        [DIRECTION_IN] = "in", [DIRECTION_OUT] = "out", [DIRECTION_BOTH] = "both"};

    json_open_object(w, "gate");
    json_put_int(w, "id", device->id);
    json_put_int(w, "version", device->version);
    json_put_string(w, "direction", directions[device->direction]);
    if (device->zone.bytes > 0)
        json_put_text(w, "zone", device->zone);
    else
        json_put_null(w, "zone");
    json_close_object(w);
}

/* Who may come in while work is stopped, by the slots of their codes. */
static void put_rectification(const struct registry_reader *reader, const struct site *site,
                              struct json_writer *w)
{
    json_open_array(w, "rectification");
    for (size_t i = 0; i < site->rectification_count; i++) {
        struct worker_view worker;

        if (registry_worker(reader, site->rectification[i], &worker) &&
            worker.index != INDEX_NONE)
            json_put_int(w, NULL, (int64_t)worker.index);
    }
    json_close_array(w);
}

static void put_site(const struct registry_reader *reader, const struct site *site,
                     struct json_writer *w)
{
    static const char *const states[] = {
        [SITE_OPEN] = "open", [SITE_STOPPED] = "stopped", [SITE_CLOSED] = "closed"};

    json_open_object(w, "site");
    json_put_int(w, "id", site->id);
    json_put_int(w, "version", site->version);
    json_put_text(w, "name", site->name);
    json_put_text(w, "region", site->region);
    json_put_string(w, "state", states[site->state]);
    site_rule_render(&site->rule, "rule", w);
    put_rectification(reader, site, w);
    json_close_object(w);
}

static void put_policy(const struct policy_document *document, struct json_writer *w)
{
    if (document == NULL) {
        json_put_null(w, "policy");
        return;
    }
    json_open_object(w, "policy");
    json_put_int(w, "number", document->policy.number);
    json_put_text(w, "yellow_gate",
                  yellow_gate_name((enum yellow_gate)document->policy.yellow_gate));
    json_put_text(w, "pre_shift", pre_shift_name((enum pre_shift)document->policy.pre_shift));
    json_close_object(w);
}

/* Between registry_enter and registry_leave. ERR_NOT_READY: the register has not heard of them. */
static struct err put_all(struct exchange *x, struct json_writer *w)
{
    const struct registry_reader *reader = app_of(x)->reader;
    const struct device *device = registry_device(reader, caller_of(x)->device_id);
    const struct site *site = device != NULL ? registry_site(reader, device->site_id) : NULL;
    char now[CLOCK_RFC3339_BYTES];

    if (site == NULL)
        return err_make(ERR_NOT_READY);
    if (!device->active)
        return err_make(ERR_DEVICE_DISABLED);
    json_open_object(w, NULL);
    json_put_text(w, "now", clock_format(clock_wall_us(), now));
    put_gate(device, w);
    put_site(reader, site, w);
    put_policy(policy_find(registry_policies(reader), site->region, x->today), w);
    json_close_object(w);
    return OK;
}

static enum step gate_site_answer(struct exchange *x)
{
    char *at = arena_alloc(&x->arena, SITE_BYTES_MAX);
    struct json_writer w;
    struct build out;
    struct err e;

    if (caller_of(x)->device_id == 0)
        return exchange_fail(x, err_make(ERR_FORBIDDEN));
    if (at == NULL)
        return exchange_fail(x, err_make(ERR_TOO_LARGE));
    http_keep_long(x->connection);
    out = build_over(at, SITE_BYTES_MAX);
    w = json_writer_over(&out);
    registry_enter(app_of(x)->reader);
    e = put_all(x, &w);
    registry_leave(app_of(x)->reader);
    if (err_is(e))
        return exchange_fail(x, e);
    return exchange_answer_json(x, 200, build_done(&out));
}

step_fn *const gate_site_get[] = {gate_site_answer, NULL};
