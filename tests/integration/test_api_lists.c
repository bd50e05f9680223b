/* Status lists over HTTP: whose they are, what they say, how they are kept. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "crypto/statuslist.h"
#include "support/city.h"
#include "support/pg_fixture.h"

static struct server server;
static struct city city;

static void set_up(void)
{
    fixture_open();
    server_start(&server, (const char *[]){"--list_ttl_s=1", NULL});
    city_open(&server, &city);
}

static void tear_down(void)
{
    city_expect_quiet(&server, &city);
    server_stop(&server);
    fixture_close();
}

TestSuite(lists, .init = set_up, .fini = tear_down, .timeout = 240);

static struct http_reply overview(const struct part *gate)
{
    return server_must(&server, "GET", "/v1/lists", gate->key, NULL);
}

static const char *list_path(const struct http_reply *seen, long long number, const char *day)
{
    return say("/v1/lists/%s/%lld/%s", reply_text(seen, "region"), number, day);
}

static struct http_reply fetch(const struct part *gate, const char *path, const char *etag)
{
    return client_ask(&server.client,
                      &(struct http_question){
                          .method = "GET", .path = path, .key = gate->key,
                          .extra = etag != NULL ? say("If-None-Match: %s\r\n", etag) : NULL});
}

/* By the trust list that the server gives to anybody. */
static struct statuslist judged(const struct http_reply *reply, unsigned char *packed)
{
    struct http_reply trusted = server_must(&server, "GET", "/v1/trust", NULL, NULL);
    struct trust_list trust;
    struct statuslist list;
    struct err e = trust_list_parse((struct text){trusted.body, trusted.body_bytes}, &trust);

    cr_assert(!err_is(e));
    cr_assert_eq(statuslist_read((struct text){reply->body, reply->body_bytes}, &list), TOKEN_OK);
    cr_expect_eq(statuslist_judge(&list, &trust, time(NULL), 30), TOKEN_OK);
    cr_assert(statuslist_inflate(list.lst, packed, STATUSLIST_PACKED_BYTES));
    trust_list_clear(&trust);
    reply_clear(&trusted);
    return list;
}

static long long index_of(const struct citizen *citizen)
{
    return fixture_query_int(say("SELECT index FROM slot WHERE worker_id = %lld AND badge IS NULL",
                                 citizen->id));
}

/* The status of an index in the list of today that holds it. */
static unsigned status_of(const struct part *gate, long long index)
{
    static unsigned char packed[STATUSLIST_PACKED_BYTES];
    struct http_reply seen = overview(gate);
    struct http_reply reply = fetch(gate, list_path(&seen, index >> 20, city_today()), NULL);
    unsigned status = 99;

    cr_assert_eq(reply.status, 200, "%s", reply.body);
    (void)judged(&reply, packed);
    cr_expect(statuslist_at(packed, sizeof packed, 2, (uint64_t)index & 0xFFFFF, &status));
    reply_clear(&reply);
    reply_clear(&seen);
    return status;
}

static const char *colour_of(const struct citizen *citizen)
{
    static char colour[16];
    struct http_reply reply = server_must(&server, "GET",
                                          say("/v1/workers/%lld/colour?region=320900", citizen->id),
                                          citizen->key, NULL);

    snprintf(colour, sizeof colour, "%s", reply_text(&reply, "person_colour"));
    reply_clear(&reply);
    return colour;
}

static void wait_a_second(void)
{
    struct timespec second = {1, 100000000};

    nanosleep(&second, NULL);
}

static void ban(const struct citizen *citizen)
{
    struct http_reply reply = server_must(
        &server, "POST", say("/v1/workers/%lld/records", citizen->id), city.cast.regulator.key,
        say("{\"kind\":\"ban\",\"scope\":\"industry\",\"from\":\"%s\",\"until\":\"%s\","
            "\"basis\":\"试例\"}", city_today(), city_day(30)));

    reply_clear(&reply);
}

Test(lists, a_gates_list_shows_every_code_in_todays_colour)
{
    const struct part *gate = &city.cast.gate_account;

    city_make_green(&server, &city, city.own.id);
    cr_expect_str_eq(colour_of(&city.own), "green");
    cr_expect_eq(status_of(gate, index_of(&city.own)), STATUS_VALID);
    cr_expect_str_neq(colour_of(&city.next_door), "green");
    cr_expect_neq(status_of(gate, index_of(&city.next_door)), STATUS_VALID);
    cr_expect_eq(status_of(gate, index_of(&city.own) ^ 1), STATUS_INVALID, "nobody's slot");
    ban(&city.own);
    wait_a_second(); /* kept that long */
    cr_expect_eq(status_of(gate, index_of(&city.own)), STATUS_SUSPENDED);
}

Test(lists, a_list_names_its_issuer_region_number_and_day_and_ends_with_the_day)
{
    static unsigned char packed[STATUSLIST_PACKED_BYTES];
    const struct part *gate = &city.cast.gate_account;
    struct http_reply seen = overview(gate);
    long long number = index_of(&city.own) >> 20;
    struct http_reply reply = fetch(gate, list_path(&seen, number, city_today()), NULL);
    struct statuslist list = judged(&reply, packed);
    const char *sub = say("jianan/lists/%s/%lld/%s", reply_text(&seen, "region"), number,
                          city_today());

    cr_expect_str_eq(reply_header(&reply, "content-type"), "application/statuslist+cwt");
    cr_expect(text_is(list.claims.sub, sub), "%.*s", (int)list.claims.sub.bytes,
              list.claims.sub.at);
    cr_expect_leq(list.claims.iat, time(NULL));
    cr_expect_eq((list.claims.exp + 8 * 3600) % 86400, 0, "local midnight");
    cr_expect(list.claims.exp > time(NULL) && list.claims.exp <= time(NULL) + 86400);
    cr_expect_eq(list.claims.ttl_s, 1);
    cr_expect_eq(reply_int(&seen, "ttl"), 1);
    reply_clear(&reply);
    reply_clear(&seen);
}

Test(lists, a_list_that_is_kept_is_not_sent_twice)
{
    const struct part *gate = &city.cast.gate_account;
    struct http_reply seen = overview(gate);
    const char *path = list_path(&seen, index_of(&city.own) >> 20, city_today());
    struct http_reply first = fetch(gate, path, NULL), second;
    char etag[64];

    snprintf(etag, sizeof etag, "%s", reply_header(&first, "etag"));
    second = fetch(gate, path, etag);
    cr_expect(second.status == 304 || second.status == 200); /* a second may just have ended */
    cr_expect(second.status == 200 || second.body_bytes == 0);
    wait_a_second();
    reply_clear(&second);
    second = fetch(gate, path, etag);
    cr_expect_eq(second.status, 200, "it is built anew");
    cr_expect_str_neq(reply_header(&second, "etag"), etag);
    reply_clear(&first);
    reply_clear(&second);
    reply_clear(&seen);
}

Test(lists, a_gate_gets_its_own_regions_lists_of_today_and_no_others)
{
    const struct part *gate = &city.cast.gate_account;
    struct http_reply seen = overview(gate), far = overview(&city.cast.other_gate_account);
    long long number = index_of(&city.own) >> 20;
    const char *region = reply_text(&seen, "region");
    const char *const paths[] = {
        say("/v1/lists/%s/%lld/%s", reply_text(&far, "region"), number, city_today()),
        say("/v1/lists/%s/%lld/%s", region, number, city_day(-1)),
        say("/v1/lists/%s/%lld/%s", region, number, city_day(2)),
        say("/v1/lists/%s/%lld/2026-13-01", region, number),
        say("/v1/lists/%s/77/%s", region, city_today()),
        say("/v1/lists/%s/4096/%s", region, city_today()),
        say("/v1/lists/%s/-1/%s", region, city_today()),
    };

    cr_expect_str_neq(region, reply_text(&far, "region"));
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        struct http_reply reply = fetch(gate, paths[i], NULL);

        cr_expect_eq(reply.status, 404, "%s: %d", paths[i], reply.status);
        cr_expect_str_eq(reply_text(&reply, "code"), "not_found");
        reply_clear(&reply);
    }
    reply_clear(&seen);
    reply_clear(&far);
}

/* By the hour of the machine that runs the test: either side of it is one case. */
Test(lists, tomorrows_lists_are_there_from_eight_in_the_evening)
{
    const struct part *gate = &city.cast.gate_account;
    struct http_reply seen = overview(gate), reply;
    time_t now = time(NULL);
    bool evening = (now / 3600 + 8) % 24 >= 20;

    reply = fetch(gate, list_path(&seen, index_of(&city.own) >> 20, city_day(1)), NULL);
    if ((now + 5) / 3600 == now / 3600) { /* not at the very hour */
        cr_expect_eq(reply.status, evening ? 200 : 404);
        cr_expect_eq(json_array_size(reply_at(&seen, "days")), evening ? 2 : 1);
    }
    cr_expect_str_eq(reply_text(&seen, "days.0"), city_today());
    reply_clear(&reply);
    reply_clear(&seen);
}
