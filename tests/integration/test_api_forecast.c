/* Who changes colour within some days, over HTTP: in the order of days, page by page, for whom it
 * concerns and nobody else. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "support/city.h"
#include "support/pg_fixture.h"

enum { PEOPLE = 3, PATIENCE_MS = 20000, STEP_MS = 50 };

static struct server server;
static struct city city;
static long long people[PEOPLE];
static const int ends[PEOPLE] = {20, 10, 40}; /* days until the contract of each ends */

static void must(const char *path, const char *key, const char *body)
{
    struct http_reply reply = server_must(&server, "POST", path, key, body);

    reply_clear(&reply);
}

/* Green but for a contract that ends. */
static long long enrol(unsigned n, int contract_days)
{
    char number[19];
    long long worker = cast_worker(&server, city.cast.contractor.key, "王建国",
                                   cast_number(number, "19850312", 50 + n), city.cast.site, "020");

    city_make_green(&server, &city, worker);
    must(say("/v1/workers/%lld/records", worker), city.cast.contractor.key,
         say("{\"kind\":\"supersede\",\"of\":%lld}",
             (long long)fixture_query_int(say("SELECT max(version)::bigint FROM record WHERE worker_id = %lld",
                                              worker))));
    must(say("/v1/workers/%lld/records", worker), city.cast.contractor.key,
         say("{\"kind\":\"agreement\",\"type\":\"labour_contract\",\"from\":\"%s\",\"until\":\"%s\"}",
             city_today(), city_day(contract_days)));
    return worker;
}

static void set_up(void)
{
    fixture_open();
    server_start(&server, NULL);
    city_open(&server, &city);
    for (unsigned i = 0; i < PEOPLE; i++)
        people[i] = enrol(i, ends[i]);
}

static void tear_down(void)
{
    city_expect_quiet(&server, &city);
    server_stop(&server);
    fixture_close();
}

TestSuite(forecast, .init = set_up, .fini = tear_down, .timeout = 120);

static struct http_reply ask(const char *key, const char *query)
{
    return server_ask(&server, "GET", say("/v1/forecast%s", query), key, NULL);
}

static size_t rows_of(const struct http_reply *reply)
{
    return json_array_size(reply_at(reply, "items"));
}

/* Until the register has everybody: so many rows. */
static struct http_reply ask_for(const char *key, const char *query, size_t rows)
{
    for (int waited = 0;; waited += STEP_MS) {
        struct http_reply reply = ask(key, query);

        cr_assert_eq(reply.status, 200, "%s", reply.body);
        if (rows_of(&reply) == rows)
            return reply;
        cr_assert(waited < PATIENCE_MS, "%s: %zu rows, not %zu: %s", query, rows_of(&reply), rows,
                  reply.body);
        reply_clear(&reply);
        usleep(STEP_MS * 1000);
    }
}

static void expect_rows(const char *who, const char *key, const char *query, size_t rows)
{
    struct http_reply reply = ask_for(key, query, rows);

    cr_expect_eq(rows_of(&reply), rows, "%s", who);
    reply_clear(&reply);
}

Test(forecast, rows_come_in_the_order_of_days_with_words)
{
    struct http_reply reply = ask_for(city.cast.contractor.key, "?days=39", 2);

    cr_expect_eq(reply_int(&reply, "items.0.worker"), people[1]);
    cr_expect_eq(reply_int(&reply, "items.1.worker"), people[0]);
    cr_expect_str_eq(reply_text(&reply, "items.0.on"), city_day(10));
    cr_expect_eq(reply_int(&reply, "items.0.days"), 10);
    cr_expect_str_eq(reply_text(&reply, "items.0.name"), "王*");
    cr_expect_str_eq(reply_text(&reply, "items.0.from"), "green");
    cr_expect_str_eq(reply_text(&reply, "items.0.to"), "yellow");
    cr_expect_str_eq(reply_text(&reply, "items.0.trade"), "020");
    cr_expect_str_eq(reply_text(&reply, "items.0.begins.0.code"), "NO_CONTRACT");
    cr_expect_not_null(strstr(reply_text(&reply, "items.0.begins.0.what"), "合同"));
    cr_expect_neq(reply_text(&reply, "items.0.begins.0.remedy")[0], '\0');
    cr_expect_eq(json_array_size(reply_at(&reply, "items.0.ends")), 0);
    cr_expect(json_is_null(reply_at(&reply, "next")));
    reply_clear(&reply);
    expect_rows("the day itself counts", city.cast.contractor.key, "?days=40", 3);
    expect_rows("and the day before does not", city.cast.contractor.key, "?days=9", 0);
    expect_rows("30 days when nothing is said", city.cast.contractor.key, "", 2);
}

Test(forecast, pages_follow_one_another_without_gap)
{
    char query[64] = "?days=60&limit=1";
    struct http_reply reply = ask_for(city.cast.contractor.key, "?days=60", 3);
    static const unsigned order[PEOPLE] = {1, 0, 2};

    reply_clear(&reply);
    for (unsigned i = 0; i < PEOPLE; i++) {
        reply = ask(city.cast.contractor.key, query);
        cr_assert_eq(rows_of(&reply), 1, "%s", reply.body);
        cr_expect_eq(reply_int(&reply, "items.0.worker"), people[order[i]]);
        cr_expect_eq(json_is_null(reply_at(&reply, "next")), i == PEOPLE - 1);
        snprintf(query, sizeof query, "?days=60&limit=1&after=%s", reply_text(&reply, "next"));
        reply_clear(&reply);
    }
}

Test(forecast, everybody_sees_his_own_people_and_is_written_down)
{
    const struct cast *cast = &city.cast;
    const struct {
        const char *who, *key;
        long long site, org; /* 0: not asked */
        size_t rows;
    } cases[] = {
        {"contractor", cast->contractor.key, 0, 0, 3},
        {"contractor, his site", cast->contractor.key, cast->site, 0, 3},
        {"contractor, another site", cast->contractor.key, city.neighbour_site, 0, 0},
        {"contractor, another firm", cast->contractor.key, 0, cast->other_contractor.org, 0},
        {"safety officer", cast->safety_officer.key, 0, 0, 3},
        {"inspector of the region", cast->inspector.key, 0, 0, 3},
        {"regulator of the region", cast->regulator.key, 0, cast->contractor.org, 3},
        {"regulator elsewhere", cast->other_regulator.key, 0, 0, 0},
        {"another contractor", cast->other_contractor.key, 0, 0, 0},
        {"neighbour", city.neighbour.key, 0, 0, 0},
    };
    struct http_reply reply;

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char query[96] = "?days=60";

        if (cases[i].site != 0)
            snprintf(query, sizeof query, "?days=60&site=%lld", cases[i].site);
        if (cases[i].org != 0)
            snprintf(query, sizeof query, "?days=60&org=%lld", cases[i].org);
        expect_rows(cases[i].who, cases[i].key, query, cases[i].rows);
    }
    fixture_exec("CREATE TABLE before AS SELECT max(id) AS id FROM audit");
    reply = ask(cast->contractor.key, "?days=15");
    reply_clear(&reply);
    cr_expect_eq(fixture_query_int(say("SELECT count(*) FROM audit, before WHERE audit.id > before.id AND"
                                       " action = 'worker.forecast' AND worker_ids = '{%lld}' AND"
                                       " (detail->>'days')::int = 15", people[1])), 1);
}

Test(forecast, who_works_for_two_firms_is_told_to_each_for_its_own_site)
{
    const struct {
        const char *key;
        long long site;
        size_t rows;
    } firms[] = {{city.cast.contractor.key, city.cast.site, 3},
                 {city.neighbour.key, city.neighbour_site, 1}};
    char number[19];

    cr_assert_eq(cast_worker(&server, city.neighbour.key, "王建国",
                             cast_number(number, "19850312", 51), city.neighbour_site, "020"),
                 people[1]);
    for (size_t i = 0; i < sizeof firms / sizeof firms[0]; i++) {
        struct http_reply reply = ask_for(firms[i].key, "?days=60", firms[i].rows);

        for (size_t row = 0; row < firms[i].rows; row++)
            cr_expect_eq(reply_int(&reply, say("items.%zu.site", row)), firms[i].site);
        reply_clear(&reply);
    }
}

Test(forecast, who_has_gone_is_not_foretold)
{
    struct http_reply reply = ask_for(city.cast.contractor.key, "?days=60", 3);

    reply_clear(&reply);
    must("/v1/engagements", city.cast.contractor.key,
         say("{\"kind\":\"engagement_end\",\"worker\":%lld,\"site\":%lld,\"trade\":\"020\"}", people[1],
             city.cast.site));
    expect_rows("two are left", city.cast.contractor.key, "?days=60", 2);
}

Test(forecast, a_span_that_makes_no_sense_is_refused)
{
    static const char *const queries[] = {"?days=0", "?days=181", "?days=x", "?days=", "?day=1",
                                          "?days=1&days=2", "?site=0", "?after=-1"};

    for (size_t i = 0; i < sizeof queries / sizeof queries[0]; i++) {
        struct http_reply reply = ask(city.cast.contractor.key, queries[i]);

        cr_expect_eq(reply.status, 400, "%s: %s", queries[i], reply.body);
        reply_clear(&reply);
    }
}

Test(forecast, more_people_than_a_loop_can_bear_are_to_be_narrowed)
{
    struct http_reply reply;
    char query[64];

    fixture_exec(say("INSERT INTO engagement (worker_id, version, org_id, site_id, trade, role, from_day)"
                     " SELECT n, 1, %lld, %lld, 20, 1, '2026-01-01' FROM generate_series(500000, 520000) n",
                     city.neighbour.org, city.neighbour_site));
    reply = ask(city.cast.regulator.key, "?days=60");
    cr_expect_eq(reply.status, 422, "%s", reply.body);
    cr_expect_str_eq(reply_text(&reply, "code"), "too_many_people");
    cr_expect_str_eq(reply_text(&reply, "errors.0.expected"), "site | org");
    reply_clear(&reply);
    snprintf(query, sizeof query, "?days=60&org=%lld", city.cast.contractor.org);
    expect_rows("one firm's", city.cast.regulator.key, query, 3);
}
