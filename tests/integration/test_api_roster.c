/* The roster over HTTP: who is in it, what it says of each, and whose it is. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "crypto/roster.h"
#include "scoring/facts.h"
#include "support/city.h"
#include "support/pg_fixture.h"

static struct server server;
static struct city city;

static void set_up(void)
{
    fixture_open();
    server_start(&server, NULL);
    city_open(&server, &city);
}

static void tear_down(void)
{
    city_expect_quiet(&server, &city);
    server_stop(&server);
    fixture_close();
}

TestSuite(roster_api, .init = set_up, .fini = tear_down, .timeout = 240);

static struct http_reply fetch(const struct part *gate, const char *query, const char *etag)
{
    return client_ask(&server.client,
                      &(struct http_question){
                          .method = "GET", .path = say("/v1/gate/roster%s", query),
                          .key = gate->key,
                          .extra = etag != NULL ? say("If-None-Match: %s\r\n", etag) : NULL});
}

/* Signed by a key of the server's trust list, in force now; views into the reply. */
static struct roster judged(const struct http_reply *reply)
{
    struct http_reply trusted = server_must(&server, "GET", "/v1/trust", NULL, NULL);
    struct trust_list trust;
    struct roster roster;
    struct err e = trust_list_parse((struct text){trusted.body, trusted.body_bytes}, &trust);

    cr_assert(!err_is(e));
    cr_assert_eq(reply->status, 200, "%s", reply->body);
    cr_assert(roster_read((struct text){reply->body, reply->body_bytes}, &roster));
    cr_expect_eq(roster_judge(&roster, &trust, time(NULL), 30), TOKEN_OK);
    trust_list_clear(&trust);
    reply_clear(&trusted);
    return roster;
}

static uint64_t index_of(long long worker)
{
    return (uint64_t)fixture_query_int(
        say("SELECT index FROM slot WHERE worker_id = %lld AND badge IS NULL", worker));
}

static void change_rule(const char *rule)
{
    struct http_reply reply = server_must(&server, "PATCH", say("/v1/sites/%lld", city.cast.site),
                                          server.operator_key, say("{\"rule\":%s}", rule));

    reply_clear(&reply);
}

/* The row of a worker in the roster of today, once the register has heard of what was just done. */
static struct roster_row row_of(long long worker, unsigned colour)
{
    struct roster_row row = {0};

    for (int i = 0; i < 50; i++) {
        struct http_reply reply = fetch(&city.cast.gate_account, "", NULL);
        struct roster roster = judged(&reply);
        bool found = roster_find(&roster, index_of(worker), &row);

        reply_clear(&reply);
        if (found && row.colour_here == colour)
            break;
        nanosleep(&(struct timespec){.tv_nsec = 50000000}, NULL);
    }
    cr_expect_eq(row.colour_here, colour);
    return row;
}

static const char *colour_here(void)
{
    static char colour[16];
    struct http_reply reply =
        server_must(&server, "GET", say("/v1/workers/%lld/colour?site=%lld", city.own.id,
                                        city.cast.site), city.own.key, NULL);

    snprintf(colour, sizeof colour, "%s", reply_text(&reply, "colour_here"));
    reply_clear(&reply);
    return colour;
}

Test(roster_api, who_is_engaged_there_is_in_it_in_his_colour_and_nobody_else)
{
    struct http_reply reply;
    struct roster roster;
    struct roster_row row;

    city_make_green(&server, &city, city.own.id);
    cr_expect_str_eq(colour_here(), "green");
    row = row_of(city.own.id, COLOUR_GREEN);
    cr_expect_eq(row.trade, 20);
    cr_expect_eq(row.restrictions, 0);
    cr_expect_eq(memcmp(row.photo, (char[ROSTER_PHOTO_BYTES]){0}, ROSTER_PHOTO_BYTES), 0);
    reply = fetch(&city.cast.gate_account, "", NULL);
    roster = judged(&reply);
    cr_expect_eq(roster.count, 1, "%u", roster.count);
    cr_expect_not(roster_find(&roster, index_of(city.next_door.id), &row));
    cr_expect_eq(roster.head.site, (uint64_t)city.cast.site);
    cr_expect_eq((roster.head.exp + 8 * 3600) % 86400, 0, "it ends at local midnight");
    cr_expect(roster.head.exp > time(NULL) && roster.head.exp <= time(NULL) + 86400);
    cr_expect_str_eq(reply_header(&reply, "content-type"),
                     "application/cose; cose-type=\"cose-sign1\"");
    reply_clear(&reply);
}

Test(roster_api, zones_stay_shut_by_trade_by_certificate_and_for_yellow)
{
    city_make_green(&server, &city, city.own.id);
    change_rule("{\"yellow_gate\":\"allow_restricted\",\"zones\":["
                "{\"zone\":\"all\"},{\"zone\":\"trade\",\"trades\":[20]},"
                "{\"zone\":\"others\",\"trades\":[130]},"
                "{\"zone\":\"paper\",\"certificates\":[\"02\"]}]}");
    nanosleep(&(struct timespec){.tv_sec = 1, .tv_nsec = 200000000}, NULL);
    cr_expect_eq(row_of(city.own.id, COLOUR_GREEN).restrictions, 1u << 2 | 1u << 3);
}

Test(roster_api, a_day_ahead_is_told_in_that_days_colours_and_the_past_is_not)
{
    struct http_reply reply = server_must(
        &server, "POST", "/v1/engagements", city.cast.contractor.key,
        say("{\"worker\":%lld,\"kind\":\"engagement_end\",\"site\":%lld,\"until\":\"%s\"}",
            city.own.id, city.cast.site, city_day(2)));
    static const struct {
        int day, status;
        unsigned count;
    } cases[] = {{0, 200, 1}, {1, 200, 1}, {2, 200, 0}, {7, 200, 0}, {-1, 400, 0}, {8, 400, 0}};

    reply_clear(&reply);
    nanosleep(&(struct timespec){.tv_sec = 1, .tv_nsec = 200000000}, NULL);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        reply = fetch(&city.cast.gate_account, say("?day=%s", city_day(cases[i].day)), NULL);
        cr_expect_eq(reply.status, cases[i].status, "day %d: %s", cases[i].day, reply.body);
        if (reply.status == 200)
            cr_expect_eq(judged(&reply).count, cases[i].count, "day %d", cases[i].day);
        else
            cr_expect_str_eq(reply_text(&reply, "code"), "field_range");
        reply_clear(&reply);
    }
}

Test(roster_api, what_says_the_same_is_not_sent_again_and_a_later_one_has_a_higher_number)
{
    const struct part *gate = &city.cast.gate_account;
    struct http_reply first = fetch(gate, "", NULL), again;
    uint64_t seq = judged(&first).head.seq;
    char etag[96];

    snprintf(etag, sizeof etag, "%s", reply_header(&first, "etag"));
    reply_clear(&first);
    again = fetch(gate, "", etag);
    cr_expect_eq(again.status, 304);
    reply_clear(&again);
    city_make_green(&server, &city, city.own.id);
    (void)row_of(city.own.id, COLOUR_GREEN);
    again = fetch(gate, "", etag);
    cr_expect_eq(again.status, 200);
    cr_expect_gt(judged(&again).head.seq, seq);
    reply_clear(&again);
}

Test(roster_api, badges_have_rows_of_their_own_until_they_are_voided)
{
    struct http_reply reply;
    struct roster roster;
    struct roster_row own, badge;

    fixture_exec(say("INSERT INTO slot (index, worker_id, badge, void) VALUES"
                     " (777, %lld, 1, false), (778, %lld, 2, true)", city.own.id, city.own.id));
    reply = fetch(&city.cast.gate_account, "", NULL);
    roster = judged(&reply);
    cr_expect_eq(roster.count, 2);
    cr_assert(roster_find(&roster, index_of(city.own.id), &own));
    cr_assert(roster_find(&roster, 777, &badge));
    cr_expect_eq(badge.colour_here, own.colour_here);
    cr_expect_not(roster_find(&roster, 778, &badge));
    reply_clear(&reply);
}

/* More people than are judged in one turn of the loop. */
Test(roster_api, five_thousand_people_are_all_in_it)
{
    struct http_reply reply;
    struct roster roster;

    fixture_exec("INSERT INTO slot (index, worker_id, badge)"
                 " SELECT 900000 + n, (SELECT min(worker_id) FROM person), n FROM generate_series(1, 5000) n"
                 " ON CONFLICT DO NOTHING");
    fixture_exec(say("INSERT INTO engagement (worker_id, version, org_id, site_id, trade, role, from_day)"
                     " SELECT min(worker_id), 999, 1, %lld, 20, 1, current_date - 2 FROM person"
                     " ON CONFLICT DO NOTHING", city.cast.site));
    reply = fetch(&city.cast.gate_account, "", NULL);
    roster = judged(&reply);
    cr_expect_geq(roster.count, 4990, "%u", roster.count);
    reply_clear(&reply);
}
