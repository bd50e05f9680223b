/* clients/gate/sync_steps.c: what a round of the sync asks for, checks and keeps, thing by thing. */
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "clients/gate/sync_private.h"
#include "domain/record.h"
#include "scoring/day.h"

enum { HOURS_PER_DAY = 24, DAYS_AHEAD_MAX = 7, LIST_DAYS_MAX = 3, PATH_BYTES = 128 };

static int64_t now_s(const struct sync *sync)
{
    return sync_clock(sync) / US_PER_SECOND;
}

/* -- site and clock -------------------------------------------------------------------------------- */

static void measure(struct sync *sync, const struct answer *answer, struct gate_clocks answered)
{
    struct gate_clocks asked = answered;
    struct sync_news news = {.measured = true};

    asked.mono_us -= answer->round_us;
    gate_time_measure(&sync->time, sync->place.now, asked, answered);
    if (err_is(book_keep_time(&sync->book, &sync->time)))
        log_event(LOG_ERROR, 0, "clock_not_kept");
    news.time = sync->time;
    sync_post(sync, &news);
}

enum stepped sync_site(struct sync *sync)
{
    struct gate_clocks answered;
    enum stepped end;
    struct answer answer;

    client_ask(sync->client,
               &(struct question){.path = "/v1/gate/site", .key = sync->parts.key}, &answer);
    answered = gate_clocks_now();
    end = sync_ended(sync, sync_judge_answer(sync, &answer));
    if (end == STEPPED_WELL) {
        sync->has_place = !err_is(
            place_read((struct text){answer.body, answer.body_bytes}, &sync->place));
        if (!sync->has_place)
            end = sync_ill(sync, "what the server says of this site cannot be read");
    }
    if (end == STEPPED_WELL) {
        measure(sync, &answer, answered);
        end = sync_keep(sync, KEPT_SITE, &answer);
    }
    answer_clear(&answer);
    return end;
}

/* -- keys ------------------------------------------------------------------------------------------ */

/* The list as it is kept; the first round of a process reads it. */
static void read_kept_trust(struct sync *sync)
{
    struct kept_thing kept;

    if (!sync->has_trust && kept_find(&sync->kept, KEPT_TRUST, &sync->arena, &kept))
        sync->has_trust = !err_is(trust_list_parse(kept.body, &sync->trust));
}

static enum stepped keep_trust(struct sync *sync, const struct answer *answer)
{
    struct trust_list list;

    if (err_is(trust_list_parse((struct text){answer->body, answer->body_bytes}, &list)))
        return sync_ill(sync, "the list of keys cannot be read");
    if (sync->has_trust && list.sequence < sync->trust.sequence) {
        log_event(LOG_ERROR, 0, "trust_went_back", log_number("from", sync->trust.sequence),
                  log_number("to", list.sequence));
        trust_list_clear(&list);
        return sync_ill(sync, "the list of keys is older than the one here");
    }
    if (sync->has_trust)
        trust_list_clear(&sync->trust);
    sync->trust = list;
    sync->has_trust = true;
    return sync_keep(sync, KEPT_TRUST, answer);
}

enum stepped sync_trust(struct sync *sync)
{
    struct answer answer;
    enum fetched fetched;
    enum stepped end;

    read_kept_trust(sync);
    fetched = sync_fetch(sync, KEPT_TRUST, "/v1/trust", NULL, &answer);
    end = fetched == FETCHED_NEW ? keep_trust(sync, &answer) : sync_ended(sync, fetched);
    answer_clear(&answer);
    return end;
}

/* -- rosters --------------------------------------------------------------------------------------- */

/* Of the same day a later one only: an older one may hold somebody who has left. */
static bool goes_back(struct sync *sync, const char *name, const struct roster *fetched)
{
    struct kept_thing kept;
    struct roster before;

    return kept_find(&sync->kept, name, &sync->arena, &kept) &&
           roster_read(kept.body, &before) && fetched->head.seq < before.head.seq;
}

static enum stepped keep_roster(struct sync *sync, const char *name, day_t day,
                                const struct answer *answer)
{
    struct text body = {answer->body, answer->body_bytes};
    struct roster roster;

    if (!known_roster_read(body, &sync->trust, now_s(sync), sync->parts.settings->skew_s,
                           &roster))
        return sync_ill(sync, "the roster's form or signature is wrong");
    if (roster.head.site != (uint64_t)sync->place.site.id || roster.head.day != day)
        return sync_ill(sync, "the roster is another site's or day's");
    if (goes_back(sync, name, &roster))
        return sync_ill(sync, "the roster is older than the one here");
    return sync_keep(sync, name, answer);
}

static enum stepped fetch_roster(struct sync *sync, day_t day, bool must_be)
{
    struct civil date = day_to_civil(day);
    char name[KEPT_NAME_BYTES], path[PATH_BYTES];
    struct answer answer;
    enum fetched fetched;
    enum stepped end;

    kept_roster_name(name, day);
    snprintf(path, sizeof path, "/v1/gate/roster?day=%04d-%02d-%02d", date.year, date.month,
             date.day);
    fetched = sync_fetch(sync, name, path, "application/cose", &answer);
    if (fetched == FETCHED_NEW)
        end = keep_roster(sync, name, day, &answer);
    else if (!must_be && (fetched == FETCHED_NONE || fetched == FETCHED_ILL))
        end = STEPPED_WELL; /* a coming day that the server says nothing of */
    else
        end = sync_ended(sync, fetched);
    answer_clear(&answer);
    return end;
}

static void drop_past_rosters(struct sync *sync, day_t today)
{
    char names[2 * DAYS_AHEAD_MAX][KEPT_NAME_BYTES];
    size_t count = kept_names(&sync->kept, "roster/", names, 2 * DAYS_AHEAD_MAX);

    for (size_t i = 0; i < count; i++) {
        int64_t day;

        if (text_to_int(text_of(names[i] + strlen("roster/")), 0, UINT16_MAX, &day) &&
            day < today && err_is(kept_drop(&sync->kept, names[i])))
            log_event(LOG_ERROR, 0, "roster_not_dropped");
    }
}

enum stepped sync_rosters(struct sync *sync)
{
    day_t today = clock_local_day(sync_clock(sync));
    unsigned ahead;
    enum stepped end;

    if (!sync->has_place || !sync->has_trust)
        return sync_ill(sync, "site or keys are not known yet");
    drop_past_rosters(sync, today);
    ahead = (sync->place.site.rule.offline_hours + HOURS_PER_DAY - 1u) / HOURS_PER_DAY;
    end = fetch_roster(sync, today, true);
    for (unsigned i = 1; i <= ahead && i <= DAYS_AHEAD_MAX && end == STEPPED_WELL; i++) {
        arena_clear(&sync->arena);
        end = fetch_roster(sync, (day_t)(today + i), false);
    }
    return end;
}

/* -- status lists ---------------------------------------------------------------------------------- */

static enum stepped keep_list(struct sync *sync, const char *name, const struct answer *answer)
{
    static unsigned char packed[STATUSLIST_PACKED_BYTES]; /* one sync a process */
    struct text body = {answer->body, answer->body_bytes};
    struct statuslist_claims claims;
    struct kept_thing kept;
    struct statuslist before;

    if (!known_list_read(body, &sync->trust, now_s(sync), sync->parts.settings->skew_s,
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

        if (day == NULL || !is_date(day) || end == STEPPED_NOWHERE || end == STEPPED_OUT)
            break;
        snprintf(name, sizeof name, "list/%s/%lld/%s", region,
                 (long long)json_integer_value(number), day);
        end = fetch_list(sync, name);
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
