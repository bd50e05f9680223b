/* What passes show that people should look at: found once, shown to those in charge, judged. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

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
    server_stop(&server);
    fixture_close();
}

TestSuite(anomalies, .init = set_up, .fini = tear_down, .timeout = 120);

/* One pass that a gate had decided by itself: at 10:00:00 and `at_s` later, yesterday. */
struct handed {
    int gate; /* 0: of the contractor's site, 1: of the neighbour's */
    int at_s;
    const char *direction, *verdict, *why;
    int flags;
};

static void hand_in(int seq, const struct handed *h)
{
    const struct part *gate = h->gate == 0 ? &city.cast.gate_account : &city.neighbour_gate_account;
    struct http_reply reply = server_must(
        &server, "POST", "/v1/gate/passes", gate->key,
        say("{\"passes\":[{\"epoch\":9,\"seq\":%d,\"at\":\"%sT10:%02d:%02d+08:00\",\"direction\":\"%s\","
            "\"worker\":%lld,\"verdict\":\"%s\",\"why\":\"%s\",\"flags\":%d}]}",
            seq, city_day(-1), h->at_s / 60, h->at_s % 60, h->direction, city.own.id, h->verdict,
            h->why, h->flags));

    cr_assert_null(reply_at(&reply, "items.0.code"), "%s", reply.body);
    reply_clear(&reply);
}

/* The job looks at the start of a server. */
static void look_through(void)
{
    server_kill(&server);
    server_start_again(&server);
    for (int i = 0; i < 500 && fixture_query_int("SELECT count(*) FROM anomaly_round"
                                                 " WHERE upto > now() - interval '1 minute'") == 0; i++)
        usleep(20000);
}

static int anomalies_of(const char *kind)
{
    struct http_reply reply =
        server_must(&server, "GET", "/v1/anomalies?limit=100", city.cast.inspector.key, NULL);
    const json_t *items = reply_at(&reply, "items");
    int count = 0;

    for (size_t i = 0; i < json_array_size(items); i++)
        count += strcmp(json_string_value(json_object_get(json_array_get(items, i), "kind")), kind) == 0;
    reply_clear(&reply);
    return count;
}

static const struct {
    const char *what;
    struct handed first, second; /* second.direction NULL: one pass alone */
    const char *kind;
    int found;
} cases[] = {
    {"a void code", {0, 0, "in", "refuse", "void", 0}, {0}, "void_shown", 1},
    {"a signature that is not valid", {0, 0, "in", "refuse", "signature", 0}, {0}, "forged", 1},
    {"a code used at another gate", {0, 0, "in", "refuse", "replayed", 0}, {0}, "two_gates", 1},
    {"in twice", {0, 0, "in", "open", "ok", 2}, {0}, "passback", 1},
    {"an ordinary entry", {0, 0, "in", "open", "ok", 0}, {0}, "passback", 0},
    {"another site after 59 s", {0, 0, "in", "open", "ok", 0}, {1, 59, "in", "open", "ok", 0},
     "two_places", 1},
    {"another site after 60 s", {0, 0, "in", "open", "ok", 0}, {1, 60, "in", "open", "ok", 0},
     "two_places", 0},
    {"refused at the other site", {0, 0, "in", "open", "ok", 0}, {1, 9, "in", "refuse", "red", 0},
     "two_places", 0},
    {"the same gate again", {0, 0, "in", "open", "ok", 0}, {0, 3, "out", "open", "exit", 0},
     "two_places", 0},
};

Test(anomalies, each_kind_is_found_in_the_passes_that_show_it_and_in_no_other)
{
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        hand_in((int)i * 2, &cases[i].first);
        if (cases[i].second.direction != NULL)
            hand_in((int)i * 2 + 1, &cases[i].second);
        look_through();
        cr_expect_eq(anomalies_of(cases[i].kind), cases[i].found, "%s", cases[i].what);
        fixture_exec("DELETE FROM anomaly; DELETE FROM pass;"
                     " UPDATE anomaly_round SET upto = '-infinity'");
    }
}

/* An entry of his now, at his gate while it was alone. */
static void enters_now(int seq)
{
    struct http_reply reply = server_must(
        &server, "POST", "/v1/gate/passes", city.cast.gate_account.key,
        say("{\"passes\":[{\"epoch\":8,\"seq\":%d,\"at\":\"%s\",\"direction\":\"in\",\"worker\":%lld,"
            "\"verdict\":\"open\",\"why\":\"ok\",\"flags\":0}]}", seq, city_now(), city.own.id));

    cr_assert_null(reply_at(&reply, "items.0.code"), "%s", reply.body);
    reply_clear(&reply);
}

static void expect_ended(int count, const char *when)
{
    look_through();
    cr_expect_eq(anomalies_of("right_ended"), count, "%s: %d", when, anomalies_of("right_ended"));
    fixture_exec("UPDATE anomaly_round SET upto = '-infinity'");
}

Test(anomalies, who_was_let_in_by_a_gate_alone_after_his_right_had_ended_is_listed_and_his_pass_stays)
{
    const char *badges = say("/v1/workers/%lld/badges", city.own.id);
    struct http_reply reply;

    reply = server_must(&server, "POST", badges, city.cast.contractor.key, NULL);
    reply_clear(&reply);
    enters_now(1);
    fixture_exec("UPDATE pass SET token_index = (SELECT index FROM badge)");
    expect_ended(0, "engaged, with a good badge");
    reply = server_must(&server, "POST", say("%s/1/void", badges), city.cast.contractor.key,
                        "{\"reason\":\"lost\"}");
    reply_clear(&reply);
    expect_ended(0, "the badge was good when he came");
    usleep(1100000); /* gates' times are whole seconds here */
    enters_now(2);
    fixture_exec("UPDATE pass SET token_index = (SELECT index FROM badge) WHERE seq = 2");
    expect_ended(1, "by a badge that was void by then");
    reply = server_must(&server, "POST", "/v1/engagements", city.cast.contractor.key,
                        say("{\"kind\":\"engagement_end\",\"worker\":%lld,\"site\":%lld}",
                            city.own.id, city.cast.site));
    reply_clear(&reply);
    enters_now(3);
    expect_ended(1, "who leaves today may have come this morning");
    fixture_exec(say("UPDATE engagement SET from_day = date '%s' - 9, until_day = '%s'",
                     city_day(-1), city_day(-1)));
    expect_ended(3, "his work there had ended the day before");
    cr_expect_eq(fixture_query_int("SELECT count(*) FROM pass WHERE verdict = 1"), 3);
}

Test(anomalies, each_is_listed_once_however_often_passes_are_looked_through)
{
    hand_in(1, &cases[0].first);
    look_through();
    look_through();
    fixture_exec("UPDATE anomaly_round SET upto = '-infinity'");
    look_through();
    cr_expect_eq(anomalies_of("void_shown"), 1);
}

Test(anomalies, are_judged_by_those_in_charge_and_the_last_look_counts)
{
    struct http_reply reply;
    const char *path;

    hand_in(1, &cases[0].first);
    look_through();
    reply = server_must(&server, "GET", "/v1/anomalies?state=open", city.cast.safety_officer.key, NULL);
    cr_expect_eq(reply_int(&reply, "items.0.worker"), city.own.id);
    cr_expect_not_null(strstr(reply_text(&reply, "items.0.what"), "作废"));
    path = say("/v1/anomalies/%lld", (long long)reply_int(&reply, "items.0.id"));
    reply_clear(&reply);
    cr_expect_eq(fixture_query_int("SELECT count(*) FROM audit WHERE action = 'anomaly.list'"), 1);

    reply = server_ask(&server, "POST", path, city.cast.other_regulator.key, "{\"outcome\":\"lent\"}");
    cr_expect_eq(reply.status, 404);
    reply_clear(&reply);
    reply = server_ask(&server, "POST", path, city.cast.safety_officer.key, "{\"outcome\":\"maybe\"}");
    cr_expect_eq(reply.status, 400);
    reply_clear(&reply);
    reply = server_must(&server, "POST", path, city.cast.safety_officer.key, "{\"outcome\":\"harmless\"}");
    reply_clear(&reply);
    reply = server_must(&server, "POST", path, city.cast.inspector.key, "{\"outcome\":\"lent\"}");
    reply_clear(&reply);
    reply = server_must(&server, "GET", "/v1/anomalies?state=reviewed", city.cast.inspector.key, NULL);
    cr_expect_str_eq(reply_text(&reply, "items.0.outcome"), "lent");
    cr_expect_eq(reply_int(&reply, "items.0.reviewed_by"), city.cast.inspector.id);
    reply_clear(&reply);
    reply = server_must(&server, "GET", "/v1/anomalies?state=open", city.cast.inspector.key, NULL);
    cr_expect_eq(json_array_size(reply_at(&reply, "items")), 0);
    reply_clear(&reply);
}
