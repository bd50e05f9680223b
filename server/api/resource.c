#include "api/resource.h"

#include "api/app.h"
#include "domain/record.h"

enum { LINK_BYTES_MAX = 4096, WRITTEN_BYTES_MAX = 256 };

struct err path_id(const struct exchange *x, unsigned place, enum err_code unknown, int64_t *id)
{
    CHECK(place < ROUTE_PARAMS_MAX);
    return text_to_int(x->params[place], 1, INT64_MAX, id) ? OK : err_make(unknown);
}

struct err if_match(const struct exchange *x, int64_t version)
{
    struct text sent = http_header(x->request, "if-match");
    char wanted[32];
    struct build b = build_over(wanted, sizeof wanted);

    if (sent.at == NULL || text_is(sent, "*"))
        return OK;
    build_char(&b, '"');
    build_int(&b, version);
    build_char(&b, '"');
    return text_equal(sent, build_done(&b)) ? OK : err_make(ERR_PRECONDITION);
}

struct reach reach_of(const struct caller *caller)
{
    const int64_t nobody = -1; /* an id that no object has: 0 would narrow nothing */

    switch (caller->role) {
    case ACCOUNT_OPERATOR: return (struct reach){0};
    case ACCOUNT_CONTRACTOR:
        return (struct reach){.org_id = caller->org_id != 0 ? caller->org_id : nobody};
    case ACCOUNT_SAFETY_OFFICER:
        return (struct reach){.site_id = caller->site_id != 0 ? caller->site_id : nobody};
    case ACCOUNT_INSPECTOR:
    case ACCOUNT_REGULATOR: return (struct reach){.region = caller->region};
    default:                return (struct reach){.org_id = nobody, .site_id = nobody};
    }
}

enum step load_send(struct exchange *x, struct batch *b)
{
    if (b == NULL)
        return exchange_fail(x, err_make(ERR_TOO_LARGE));
    return exchange_wait(x, batch_send(b, exchange_waiter(x)));
}

struct build answer_build(struct exchange *x, size_t bytes_max)
{
    static char nowhere[1];
    char *at = arena_alloc(&x->arena, bytes_max);
    struct build out = build_over(at != NULL ? at : nowhere, at != NULL ? bytes_max : 1);

    out.full = at == NULL;
    return out;
}

enum step answer_object(struct exchange *x, const struct build *out, int64_t version)
{
    char *etag = arena_format(&x->arena, "ETag: \"%lld\"\r\n", (long long)version);

    if (out->full || etag == NULL)
        return exchange_fail(x, err_make(ERR_TOO_LARGE));
    return exchange_answer(x, 200, "application/json", build_done(out), etag);
}

struct text written_answer(struct exchange *x, int64_t id, int32_t version, struct text state)
{
    struct build out = answer_build(x, WRITTEN_BYTES_MAX);
    struct json_writer w = json_writer_over(&out);

    json_open_object(&w, NULL);
    json_put_int(&w, "id", id);
    json_put_int(&w, "version", version);
    json_put_text(&w, "state", state);
    json_close_object(&w);
    return out.full ? (struct text){NULL, 0} : build_done(&out);
}

void json_put_day(struct json_writer *w, const char *key, day_t day)
{
    char buffer[DAY_TEXT_BYTES];

    if (day == DAY_UNKNOWN || day == DAY_NEVER)
        json_put_null(w, key);
    else
        json_put_text(w, key, day_format(day, buffer));
}

void json_put_time(struct json_writer *w, const char *key, time_us at)
{
    char buffer[CLOCK_RFC3339_BYTES];

    json_put_text(w, key, clock_format(at, buffer));
}

void json_put_refusal(struct json_writer *w, struct err e, bool english)
{
    const struct err_row *row = err_row(e.code);

    json_put_int(w, "status", row->status);
    json_put_string(w, "code", row->code);
    json_put_string(w, "title", english ? row->en : row->zh);
    /* the name of an unknown field is the client's own words, and this answer is kept */
    if (e.field != NULL && e.code != ERR_FIELD_UNKNOWN)
        json_put_string(w, "pointer", e.field);
    if (e.expected != NULL)
        json_put_string(w, "expected", e.expected);
}

void json_put_id(struct json_writer *w, const char *key, int64_t id)
{
    if (id == 0)
        json_put_null(w, key);
    else
        json_put_int(w, key, id);
}

void json_put_text_or_null(struct json_writer *w, const char *key, struct text value)
{
    if (value.at == NULL)
        json_put_null(w, key);
    else
        json_put_text(w, key, value);
}

int32_t page_limit(const struct page *page)
{
    return page->limit > 0 ? (int32_t)page->limit : PAGE_DEFAULT;
}

struct span page_span(const struct page *page)
{
    return (struct span){page->after, INT64_MAX, page_limit(page) + 1};
}
_Static_assert(PAGE_MAX + 1 <= SETUP_ROWS_MAX, "a page and one row more");

void list_open(struct exchange *x, struct list *list)
{
    list->out = answer_build(x, HTTP_ANSWER_BYTES_MAX);
    list->w = json_writer_over(&list->out);
    json_open_object(&list->w, NULL);
    json_open_array(&list->w, "items");
}

/* Field tables let only ids, dates and words through; anything else loses its Link, not its answer. */
static bool is_plain(struct text t)
{
    static const struct text others = TEXT("/._-=%&");

    for (size_t i = 0; i < t.bytes; i++) {
        char c = t.at[i];
        bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');

        for (size_t j = 0; j < others.bytes && !plain; j++)
            plain = c == others.at[j];
        if (!plain)
            return false;
    }
    return true;
}

/* RFC 8288: this request again, with another `after`. */
static const char *link_header(struct exchange *x, struct text next)
{
    struct build b = answer_build(x, LINK_BYTES_MAX);
    struct text rest = x->request->query;

    if (!is_plain(x->request->path) || !is_plain(rest) || !is_plain(next))
        return NULL;
    build_string(&b, "Link: <");
    build_text(&b, x->request->path);
    build_char(&b, '?');
    while (rest.at != NULL && rest.bytes > 0) {
        struct text pair = text_cut(rest, '&', &rest);

        if (!text_starts(pair, TEXT("after="))) {
            build_text(&b, pair);
            build_char(&b, '&');
        }
    }
    build_string(&b, "after=");
    build_text(&b, next);
    build_string(&b, ">; rel=\"next\"\r\n");
    return b.full ? NULL : b.at;
}

enum step list_answer(struct exchange *x, struct list *list, struct text next)
{
    json_close_array(&list->w);
    json_put_text_or_null(&list->w, "next", next);
    json_close_object(&list->w);
    if (list->out.full)
        return exchange_fail(x, err_make(ERR_TOO_LARGE));
    return exchange_answer(x, 200, "application/json", build_done(&list->out),
                           next.at != NULL ? link_header(x, next) : NULL);
}

enum step list_answer_by_id(struct exchange *x, struct list *list, const struct page *page,
                            int found, int64_t last_id)
{
    struct text next = {NULL, 0};

    if (found > page_limit(page)) {
        next = text_of(arena_format(&x->arena, "%lld", (long long)last_id));
        if (next.bytes == 0)
            return exchange_fail(x, err_make(ERR_TOO_LARGE));
    }
    return list_answer(x, list, next);
}
