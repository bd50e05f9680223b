/* Looking ahead and back at one person over HTTP: the calendar is what the colour of each day says,
 * and known_at is what had been recorded by then. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "support/city.h"
#include "support/pg_fixture.h"

static struct server server;
static struct city city;
static const char *reader; /* whose key asks */

static void must(const char *path, const char *key, const char *body)
{
    struct http_reply reply = server_must(&server, "POST", path, key, body);

    reply_clear(&reply);
}

/* What lies ahead of a labourer who is green today: his exam ends, his firm's permit ends, his
 * engagement ends, and for a month he is banned. */
static void live(void)
{
    long long worker = city.own.id;
    struct http_reply reply;

    city_make_green(&server, &city, worker);
    must("/v1/exams", city.cast.clinic.key,
         say("{\"worker\":%lld,\"conclusion\":\"no_abnormality\",\"occurred_on\":\"%s\","
             "\"valid_until\":\"%s\"}", worker, city_today(), city_day(40)));
    must("/v1/engagements", city.cast.contractor.key,
         say("{\"worker\":%lld,\"kind\":\"engagement_end\",\"site\":%lld,\"until\":\"%s\"}", worker,
             city.cast.site, city_day(200)));
    reply = server_must(&server, "PATCH", say("/v1/orgs/%lld", city.cast.contractor.org),
                        server.operator_key, say("{\"permit_until\":\"%s\"}", city_day(120)));
    reply_clear(&reply);
    must(say("/v1/workers/%lld/records", worker), city.cast.regulator.key,
         say("{\"kind\":\"ban\",\"scope\":\"industry\",\"from\":\"%s\",\"until\":\"%s\","
             "\"basis\":\"试例\"}", city_day(300), city_day(330)));
}

static void set_up(void)
{
    fixture_open();
    server_start(&server, NULL);
    city_open(&server, &city);
    reader = city.cast.regulator.key;
    live();
}

static void tear_down(void)
{
    city_expect_quiet(&server, &city);
    server_stop(&server);
    fixture_close();
}

TestSuite(calendar_api, .init = set_up, .fini = tear_down, .timeout = 240);

static struct http_reply calendar(const char *query)
{
    return server_ask(&server, "GET", say("/v1/workers/%lld/calendar%s", city.own.id, query),
                      reader, NULL);
}

static struct http_reply colour(const char *query)
{
    return server_ask(&server, "GET", say("/v1/workers/%lld/colour%s", city.own.id, query), reader,
                      NULL);
}

/* -- the calendar ------------------------------------------------------------------------------ */

static void expect_same(const json_t *run, const struct http_reply *day, const char *member)
{
    cr_expect(json_equal(json_object_get(run, member), reply_at(day, member)), "%s: %s", member,
              day->body);
}

/* One day is told with what its reasons rest on; a calendar is not. */
static void forget_grounds(const json_t *reasons)
{
    static const char *const grounds[] = {"rests_on", "points", "yellow", "red", "required", "missing"};
    json_t *reason;
    size_t i;

    json_array_foreach(reasons, i, reason) {
        for (size_t k = 0; k < sizeof grounds / sizeof grounds[0]; k++)
            json_object_del(reason, grounds[k]);
    }
}

/* The run's first day in all it says, and its last one in its colours. */
static void compare(const json_t *run, const char *first, const char *last)
{
    struct http_reply day = colour(say("?on=%s", first));

    cr_assert_eq(day.status, 200, "%s", day.body);
    expect_same(run, &day, "person_colour");
    expect_same(run, &day, "colour_here");
    forget_grounds(reply_at(&day, "reasons"));
    expect_same(run, &day, "reasons");
    expect_same(run, &day, "post");
    expect_same(run, &day, "policy");
    expect_same(run, &day, "next_change");
    reply_clear(&day);
    day = colour(say("?on=%s", last));
    expect_same(run, &day, "person_colour");
    expect_same(run, &day, "colour_here");
    reply_clear(&day);
}

/* The day before a date, by PostgreSQL's reckoning. */
static const char *before(const char *date)
{
    static char text[16];
    int64_t day = fixture_query_int(say("SELECT to_char(date '%s' - 1, 'YYYYMMDD')::bigint", date));

    snprintf(text, sizeof text, "%04u-%02u-%02u", (unsigned)(day / 10000 % 10000),
             (unsigned)(day / 100 % 100), (unsigned)(day % 100));
    return text;
}

Test(calendar_api, each_run_is_what_the_colour_of_its_days_says)
{
    struct http_reply reply = calendar(say("?from=%s&to=%s", city_today(), city_day(500)));
    char next[16];
    size_t count;

    cr_assert_eq(reply.status, 200, "%s", reply.body);
    count = json_array_size(reply_at(&reply, "runs"));
    cr_expect_geq(count, 5, "%s", reply.body);
    snprintf(next, sizeof next, "%s", city_today());
    for (size_t i = 0; i < count; i++) {
        const json_t *run = json_array_get(reply_at(&reply, "runs"), i);
        const char *until = json_string_value(json_object_get(run, "until"));

        cr_expect_str_eq(json_string_value(json_object_get(run, "from")), next, "a gap");
        compare(run, next, before(until));
        snprintf(next, sizeof next, "%s", until);
    }
    cr_expect_str_eq(before(next), city_day(500), "to is the last day");
    reply_clear(&reply);
}

Test(calendar_api, a_run_ends_with_the_post_and_with_the_firms_permit)
{
    struct http_reply reply = calendar(say("?from=%s&to=%s", city_day(100), city_day(210)));
    size_t count = json_array_size(reply_at(&reply, "runs"));
    bool permit = false;

    cr_assert_geq(count, 2, "%s", reply.body);
    for (size_t i = 0; i < count; i++)
        permit = permit || strcmp(reply_text(&reply, say("runs.%zu.from", i)), city_day(120)) == 0;
    cr_expect(permit, "no run begins when the permit ends: %s", reply.body);
    cr_expect_str_eq(reply_text(&reply, say("runs.%zu.from", count - 1)), city_day(200));
    cr_expect(json_is_null(reply_at(&reply, say("runs.%zu.post", count - 1))));
    cr_expect(json_is_null(reply_at(&reply, say("runs.%zu.colour_here", count - 1))));
    reply_clear(&reply);
}

Test(calendar_api, a_run_ends_with_the_policy_and_days_without_one_say_so)
{
    struct http_reply reply = calendar("?from=2019-12-30&to=2020-01-03&region=110000");

    cr_assert_eq(reply.status, 200, "%s", reply.body);
    cr_assert_eq(json_array_size(reply_at(&reply, "runs")), 2u, "%s", reply.body);
    cr_expect(json_is_null(reply_at(&reply, "runs.0.policy")));
    cr_expect_str_eq(reply_text(&reply, "runs.0.person_colour"), "none");
    cr_expect_str_eq(reply_text(&reply, "runs.1.from"), "2020-01-01");
    cr_expect_str_eq(reply_text(&reply, "runs.1.policy"), "CN-DEFAULT");
    reply_clear(&reply);
    reply = calendar("?from=2023-05-20&to=2023-05-30&region=320500");
    cr_expect_str_eq(reply_text(&reply, "runs.0.policy"), "CN-DEFAULT", "%s", reply.body);
    cr_expect_str_eq(reply_text(&reply, "runs.1.from"), "2023-05-25");
    cr_expect_str_eq(reply_text(&reply, "runs.1.policy"), "JS-2023-05");
    reply_clear(&reply);
}

Test(calendar_api, without_a_span_it_is_the_coming_year)
{
    struct http_reply reply = calendar("");
    size_t count = json_array_size(reply_at(&reply, "runs"));

    cr_expect_eq(reply.status, 200, "%s", reply.body);
    cr_expect_str_eq(reply_text(&reply, "runs.0.from"), city_today());
    cr_expect_str_eq(reply_text(&reply, say("runs.%zu.until", count - 1)) + 4, city_today() + 4);
    cr_expect_eq(fixture_query_int(say("SELECT count(*) FROM audit WHERE action = "
                                       "'worker.calendar' AND worker_id = %lld", city.own.id)), 1);
    reply_clear(&reply);
}

/* -- known_at ------------------------------------------------------------------------------------ */

/* An instant after everything acknowledged and before what comes next. */
static const char *instant(void)
{
    static char text[40];
    struct tm tm;
    int64_t us;
    time_t second;

    usleep(20 * 1000);
    us = fixture_query_int("SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint");
    usleep(20 * 1000);
    second = (time_t)(us / 1000000);
    gmtime_r(&second, &tm);
    strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &tm);
    snprintf(text + strlen(text), 12, ".%06uZ", (unsigned)(us % 1000000));
    return text;
}

static long long version_of(int kind)
{
    return fixture_query_int(say("SELECT max(version)::bigint FROM record WHERE worker_id = %lld "
                                 "AND kind = %d", city.own.id, kind));
}

Test(calendar_api, what_was_recorded_later_is_not_seen)
{
    char then[40], body[4096];
    struct http_reply reply = colour("");

    snprintf(body, sizeof body, "%s", reply.body);
    reply_clear(&reply);
    snprintf(then, sizeof then, "%s", instant());
    must("/v1/exams", city.cast.clinic.key,
         say("[{\"worker\":%lld,\"kind\":\"supersede\",\"of\":%lld},"
             "{\"worker\":%lld,\"conclusion\":\"unfit\"}]", city.own.id, version_of(2),
             city.own.id));
    must("/v1/engagements", city.cast.contractor.key,
         say("{\"worker\":%lld,\"kind\":\"supersede\",\"of\":%lld}", city.own.id,
             version_of(12)));
    reply = colour("");
    cr_expect_str_eq(reply_text(&reply, "person_colour"), "red", "%s", reply.body);
    reply_clear(&reply);
    reply = colour(say("?known_at=%s", then));
    cr_expect_str_eq(reply.body, body, "as it was answered then");
    reply_clear(&reply);
    reply = calendar(say("?from=%s&to=%s&known_at=%s", city_day(199), city_day(201), then));
    cr_expect_eq(json_array_size(reply_at(&reply, "runs")), 2u, "the end was known: %s", reply.body);
    cr_expect_str_neq(reply_text(&reply, "runs.0.person_colour"), "red", "%s", reply.body);
    cr_expect_eq(reply_int(&reply, "runs.0.post.site"), city.cast.site);
    cr_expect(json_is_null(reply_at(&reply, "runs.1.post")));
    cr_expect_str_neq(reply_text(&reply, "known_at"), "");
    reply_clear(&reply);
    reply = calendar(say("?from=%s&to=%s", city_day(199), city_day(201)));
    cr_expect_eq(json_array_size(reply_at(&reply, "runs")), 1u, "it was taken back: %s", reply.body);
    cr_expect_str_eq(reply_text(&reply, "runs.0.person_colour"), "red", "%s", reply.body);
    reply_clear(&reply);
}

/* -- refused --------------------------------------------------------------------------------------- */

static const struct {
    const char *name, *path, *query, *code, *field;
    int status;
} refused[] = {
    {"ends before it begins", "calendar", "?from=2026-02-02&to=2026-02-01", "date_order", "to", 400},
    {"four years", "calendar", "?from=2026-01-01&to=2029-12-31", "field_range", "to", 400},
    {"no such day", "calendar", "?from=2026-02-30", "date_invalid", "from", 400},
    {"beyond the calendar", "calendar", "?from=2079-06-05&to=2079-06-06", "date_invalid", "to", 400},
    {"an unknown parameter", "calendar", "?until=2026-02-01", "query_invalid", "query", 400},
    {"a site that is not his", "calendar", "?site=77777777", "site_unknown", "site", 404},
    {"no instant", "calendar", "?known_at=2026-01-01", "time_invalid", "known_at", 400},
    {"before he was known", "calendar", "?known_at=2020-01-01T00:00:00Z", "worker_unknown",
     "known_at", 404},
    {"the same of the colour", "colour", "?known_at=2020-01-01T00:00:00Z", "worker_unknown",
     "known_at", 404},
    {"no instant of the colour", "colour", "?known_at=yesterday", "time_invalid", "known_at", 400},
};

Test(calendar_api, what_cannot_be_asked_is_refused_by_name)
{
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        struct http_reply reply =
            server_ask(&server, "GET", say("/v1/workers/%lld/%s%s", city.own.id, refused[i].path,
                                           refused[i].query), reader, NULL);

        cr_expect_eq(reply.status, refused[i].status, "%s: %s", refused[i].name, reply.body);
        cr_expect_str_eq(reply_text(&reply, "code"), refused[i].code, "%s: %s", refused[i].name,
                         reply.body);
        cr_expect_not_null(strstr(reply_text(&reply, "errors.0.pointer"), refused[i].field),
                           "%s: %s", refused[i].name, reply.body);
        reply_clear(&reply);
    }
}
