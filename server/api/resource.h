/* api/resource.h: what routes over one kind of object have in common: the id in the path, the
 * version in If-Match and ETag, how far a caller sees, lists page by page. */
#ifndef API_RESOURCE_H
#define API_RESOURCE_H

#include "api/access.h"
#include "api/input.h"
#include "base/choice.h"
#include "base/json.h"
#include "store/setup.h"

/* The {id} of the path; ERR_NOT_FOUND (`unknown`) when it is no id at all. */
MUST_USE struct err path_id(const struct exchange *x, unsigned place, enum err_code unknown,
                            int64_t *id);

/* If-Match names another version than this one: ERR_PRECONDITION. Without the header, any will do. */
MUST_USE struct err if_match(const struct exchange *x, int64_t version);

/* The word that was chosen, of a field that counts from 1 (FIELD_CHOICE); 0, not given: .at NULL. */
static inline struct text choice_word(const char *choices, int place)
{
    return choice_at(choices, place - 1);
}

/* What of the directory a caller sees: an operator all of it, a contractor what is its own, a
 * safety officer the site in charge, inspectors and regulators their region, others nothing. */
struct reach reach_of(const struct caller *caller);

/* Sends a batch that loads and waits for it; NULL answers ERR_TOO_LARGE. */
enum step load_send(struct exchange *x, struct batch *b);

/* -- answers -------------------------------------------------------------------------------- */

/* A builder over arena memory; full from the start at the arena's ceiling. */
struct build answer_build(struct exchange *x, size_t bytes_max);
/* 200 with ETag "version", or ERR_TOO_LARGE when out is full. */
enum step answer_object(struct exchange *x, const struct build *out, int64_t version);

/* {"id":…,"version":…,"state":…}: what a write answers; .at NULL at the arena's ceiling. It is kept
 * with the request's key, so it holds no name. */
struct text written_answer(struct exchange *x, int64_t id, int32_t version, struct text state);
/* The text, or what stands in its place when it was not given. */
static inline struct text either(struct text given, struct text otherwise)
{
    return given.at != NULL ? given : otherwise;
}

void json_put_day(struct json_writer *w, const char *key, day_t day); /* unknown, never: null */
void json_put_time(struct json_writer *w, const char *key, time_us at);
void json_put_id(struct json_writer *w, const char *key, int64_t id); /* 0: null */
void json_put_text_or_null(struct json_writer *w, const char *key, struct text value);

/* One item of many was refused: status, code, title, pointer, expected. Into an open object. */
void json_put_refusal(struct json_writer *w, struct err e, bool english);

/* -- lists ---------------------------------------------------------------------------------- */

enum { PAGE_DEFAULT = 50, PAGE_MAX = 500 };

/* Part of the query of every list: ?limit=&after=. */
struct page {
    int64_t limit, after;
};
#define PAGE_FIELDS(type)                                                                          \
    {"limit", FIELD_INT, offsetof(type, page.limit), false, 1, PAGE_MAX, NULL},                    \
    {"after", FIELD_INT, offsetof(type, page.after), false, 1, INT64_MAX, NULL}

int32_t page_limit(const struct page *page);
/* What to ask the database for: one more than the page, which tells whether another follows. */
struct span page_span(const struct page *page);

/* {"items":[…],"next":…}: open, put the items, answer. */
struct list {
    struct build out;
    struct json_writer w;
};
void list_open(struct exchange *x, struct list *list);
/* next: the `after` of the following page, .at NULL on the last one. Adds the Link header. */
enum step list_answer(struct exchange *x, struct list *list, struct text next);
/* The same for lists by id: there is a next page when more than the page's rows were found. */
enum step list_answer_by_id(struct exchange *x, struct list *list, const struct page *page,
                            int found, int64_t last_id);

#endif
