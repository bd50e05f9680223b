/* api/lists.c: a gate without network vetoes by these lists, so it fetches them while it has one.
 *
 * A list is for a policy's region, a number (index >> 20) and a local day: today, and from
 * LIST_TOMORROW_HOUR on tomorrow. A gate gets those of its own site's region and no others. */
#include "api/lists.h"

#include "api/access.h"
#include "api/list_board.h"
#include "api/resource.h"
#include "crypto/statuslist.h"
#include "domain/record.h"

enum { LIST_TOMORROW_HOUR = 20, OVERVIEW_BYTES_MAX = 64 * 1024, ATTEMPTS = 3 };

struct list_state {
    uint32_t number;
    day_t day;
    struct list_day_key key;
    unsigned attempts;
};
const size_t list_get_state_bytes = sizeof(struct list_state);

/* -- whose lists ---------------------------------------------------------------------------------- */

static bool has_tomorrow(const struct exchange *x)
{
    return clock_local(x->now).hour >= LIST_TOMORROW_HOUR;
}

/* Between registry_enter and registry_leave: the policy that governs the gate's site on a day. */
static struct err find_policy(const struct exchange *x, day_t day,
                              const struct policy_document **document)
{
    const struct registry_reader *reader = app_of(x)->reader;
    const struct device *device = registry_device(reader, caller_of(x)->device_id);
    const struct site *site = device != NULL ? registry_site(reader, device->site_id) : NULL;

    if (caller_of(x)->device_id == 0)
        return err_make(ERR_FORBIDDEN);
    if (site == NULL)
        return err_make(ERR_NOT_READY);
    if (!device->active)
        return err_make(ERR_DEVICE_DISABLED);
    *document = policy_find(registry_policies(reader), site->region, day);
    return *document != NULL ? OK : err_make(ERR_NOT_READY);
}

/* -- GET /v1/lists -------------------------------------------------------------------------------- */

static void put_overview(const struct exchange *x, const struct policy_document *document,
                         struct json_writer *w)
{
    json_open_object(w, NULL);
    json_put_text(w, "region", list_region_name(text_of(document->policy.region)));
    json_put_int(w, "policy", document->policy.number);
    json_put_int(w, "ttl", list_board_ttl_s(app_of(x)->shared->lists));
    json_open_array(w, "days");
    json_put_day(w, NULL, x->today);
    if (has_tomorrow(x))
        json_put_day(w, NULL, (day_t)(x->today + 1));
    json_close_array(w);
    json_open_array(w, "lists");
    for (uint32_t i = 0; i < SLOT_LISTS_MAX; i++) {
        if (registry_has_list(app_of(x)->reader, i))
            json_put_int(w, NULL, i);
    }
    json_close_array(w);
    json_close_object(w);
}

static enum step overview_answer(struct exchange *x)
{
    struct build out = answer_build(x, OVERVIEW_BYTES_MAX);
    struct json_writer w = json_writer_over(&out);
    const struct policy_document *document;
    struct err e;

    registry_enter(app_of(x)->reader);
    e = find_policy(x, x->today, &document);
    if (!err_is(e))
        put_overview(x, document, &w);
    registry_leave(app_of(x)->reader);
    if (err_is(e))
        return exchange_fail(x, e);
    http_keep_long(x->connection);
    return out.full ? exchange_fail(x, err_make(ERR_TOO_LARGE))
                    : exchange_answer_json(x, 200, build_done(&out));
}

step_fn *const list_overview_get[] = {overview_answer, NULL};

/* -- GET /v1/lists/{region}/{number}/{day} -------------------------------------------------------- */

static struct err read_path(const struct exchange *x, struct list_state *s)
{
    int64_t number;

    if (!text_to_int(x->params[1], 0, SLOT_LISTS_MAX - 1, &number))
        return err_field(ERR_NOT_FOUND, "number", "a list's number, 0..4095");
    s->number = (uint32_t)number;
    if (err_is(day_parse(x->params[2], "day", &s->day)) ||
        (s->day != x->today && (s->day != x->today + 1 || !has_tomorrow(x))))
        return err_field(ERR_NOT_FOUND, "day", "today, or from 20:00 on tomorrow: YYYY-MM-DD");
    return OK;
}

/* The key outlives the register's loan. */
static struct err find_key(struct exchange *x, struct list_state *s)
{
    const struct policy_document *document;
    struct signer *signer;
    struct err e = keyring_signer(x, TOKEN_LIST, &signer);

    if (err_is(e))
        return e;
    registry_enter(app_of(x)->reader);
    e = find_policy(x, s->day, &document);
    if (!err_is(e)) {
        s->key = (struct list_day_key){
            arena_text(&x->arena, text_of(document->policy.region)),
            document->policy.number, s->day, signer};
        if (!text_equal(x->params[0], list_region_name(s->key.region)))
            e = err_field(ERR_NOT_FOUND, "region", "the region that GET /v1/lists names");
    }
    registry_leave(app_of(x)->reader);
    return e;
}

static enum step list_find(struct exchange *x)
{
    struct list_state *s = x->state;
    struct err e = read_path(x, s);

    if (!err_is(e))
        e = find_key(x, s);
    return err_is(e) ? exchange_fail(x, e) : STEP_NEXT;
}

static enum step answer_list(struct exchange *x, const struct signed_list *list, int64_t left_s)
{
    const char *extra = arena_format(&x->arena, "ETag: %s\r\nCache-Control: private, max-age=%lld\r\n",
                                     list->etag, (long long)(left_s > 0 ? left_s : 0));

    if (extra == NULL)
        return exchange_fail(x, err_make(ERR_TOO_LARGE));
    http_keep_long(x->connection);
    if (text_is(http_header(x->request, "if-none-match"), list->etag))
        return exchange_answer(x, 304, NULL, TEXT(""), extra);
    return exchange_answer_file(x, STATUSLIST_MEDIA_TYPE, list->bytes, extra);
}

static enum step list_answer_step(struct exchange *x)
{
    struct list_board *board = app_of(x)->shared->lists;
    struct list_state *s = x->state;
    int64_t now_s = clock_wall_us() / US_PER_SECOND;
    const struct signed_list *list;
    struct list_day *day;
    enum step step;
    struct err e;

    if (s->attempts++ == ATTEMPTS) /* they are over sooner than they are built */
        return exchange_fail(x, err_make(ERR_NOT_READY));
    day = list_board_take(board, &s->key, now_s, app_of(x)->loop, exchange_waiter(x), &e);
    if (day == NULL) {
        exchange_goto(x, &list_get[1]);
        return exchange_wait(x, e);
    }
    list = list_day_find(day, s->number);
    step = list == NULL ? exchange_fail(x, err_field(ERR_NOT_FOUND, "number",
                                                     "one of the lists that GET /v1/lists names"))
                        : answer_list(x, list,
                                      list_day_built_s(day) + list_board_ttl_s(board) - now_s);
    list_board_release(day);
    return step;
}

step_fn *const list_get[] = {list_find, list_answer_step, NULL};
