/* clients/gate/sync_lists.c: the status lists of the site's region, of today and tomorrow, as the server
 * names them. */
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "clients/gate/sync_private.h"
#include "domain/record.h"
#include "scoring/day.h"

enum { LIST_DAYS_MAX = 3, PATH_BYTES = 128 };

static enum stepped keep_list(struct sync *sync, const char *name, const struct answer *answer)
{
    static unsigned char packed[STATUSLIST_PACKED_BYTES]; /* one sync a process */
    struct text body = {answer->body, answer->body_bytes};
    struct statuslist_claims claims;
    struct kept_thing kept;
    struct statuslist before;

    if (!known_list_read(body, &sync->trust, sync_clock(sync) / US_PER_SECOND, sync->parts.settings->skew_s,
                         name + strlen("list/"), &claims, packed))
        return sync_ill(sync, "a status list's form or signature is wrong");
    if (kept_find(&sync->kept, name, &sync->arena, &kept) &&
        statuslist_read(kept.body, &before) == TOKEN_OK && claims.iat < before.claims.iat) {
        log_event(LOG_ERROR, 0, "list_went_back", log_text("name", name));
        return sync_ill(sync, "a status list is older than the one here");
    }
    return sync_keep(sync, name, answer);
}

static enum stepped fetch_list(struct sync *sync, const char *name)
{
    char path[PATH_BYTES];
    struct answer answer;
    enum fetched fetched;
    enum stepped end;

    snprintf(path, sizeof path, "/v1/lists/%s", name + strlen("list/"));
    fetched = sync_fetch(sync, name, path, STATUSLIST_MEDIA_TYPE, &answer);
    if (fetched == FETCHED_NEW)
        end = keep_list(sync, name, &answer);
    else
        end = fetched == FETCHED_NONE ? STEPPED_WELL : sync_ended(sync, fetched);
    answer_clear(&answer);
    return end;
}

/* Lists of another region, and of days before yesterday: what was void yesterday still is. */
static void drop_other_lists(struct sync *sync, const char *region, day_t today)
{
    struct query q = query_open(&sync->kept.db, "DELETE FROM kept WHERE name LIKE 'list/%' AND"
                                                " (name NOT LIKE ? OR substr(name, -10) < ?)");
    struct civil date = day_to_civil((day_t)(today - 1));
    char day[16], mine[KEPT_NAME_BYTES];

    snprintf(mine, sizeof mine, "list/%s/%%", region);
    snprintf(day, sizeof day, "%04d-%02d-%02d", date.year, date.month, date.day);
    query_text(&q, text_of(mine));
    query_text(&q, text_of(day));
    if (err_is(query_run(&q)))
        log_event(LOG_ERROR, 0, "lists_not_dropped");
}

/* A region as lists name it: "320900", "32", "default". */
static bool is_region(const char *name)
{
    size_t bytes = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789");

    return bytes > 0 && bytes <= 16 && name[bytes] == '\0';
}

static bool is_date(const char *text)
{
    day_t day;

    return strlen(text) == 10 && !err_is(day_parse(text_of(text), NULL, &day));
}

/* Every list of every day that the server names: {"region","days":[…],"lists":[…]}. */
static enum stepped fetch_lists(struct sync *sync, const json_t *all)
{
    const json_t *days = json_object_get(all, "days"), *lists = json_object_get(all, "lists");
    const char *region = json_string_at(all, "region");
    enum stepped end = STEPPED_WELL;

    if (!is_region(region) || json_array_size(lists) > KNOWN_LISTS_MAX ||
        json_array_size(days) > LIST_DAYS_MAX)
        return sync_ill(sync, "what the server says of its lists cannot be read");
    drop_other_lists(sync, region, clock_local_day(sync_clock(sync)));
    for (size_t i = 0; i < json_array_size(days) * json_array_size(lists); i++) {
        const char *day = json_string_value(json_array_get(days, i / json_array_size(lists)));
        const json_t *number = json_array_get(lists, i % json_array_size(lists));
        char name[KEPT_NAME_BYTES];
        enum stepped one;

        if (day == NULL || !is_date(day) || end == STEPPED_NOWHERE || end == STEPPED_OUT)
            break;
        snprintf(name, sizeof name, "list/%s/%lld/%s", region,
                 (long long)json_integer_value(number), day);
        one = fetch_list(sync, name);
        if (one != STEPPED_WELL) /* a good one after it does not make it good */
            end = one;
        arena_clear(&sync->arena);
    }
    return end;
}

enum stepped sync_lists(struct sync *sync)
{
    struct answer answer;
    enum fetched fetched;
    enum stepped end;

    if (!sync->has_place || !sync->has_trust)
        return sync_ill(sync, "site or keys are not known yet");
    client_ask(sync->client, &(struct question){.path = "/v1/lists", .key = sync->parts.key},
               &answer);
    fetched = sync_judge_answer(sync, &answer);
    if (fetched == FETCHED_NEW)
        end = fetch_lists(sync, answer.json);
    else
        end = fetched == FETCHED_NONE ? STEPPED_WELL : sync_ended(sync, fetched);
    answer_clear(&answer);
    return end;
}
