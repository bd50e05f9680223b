/* Sites are warned of their people's colours, told what to do, and stopped when nobody does: the
 * whole way, with the real server counting every second. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "support/city.h"
#include "support/pg_fixture.h"

enum { POLICY = 779001 };

static struct server server;
static struct city city;

/* Jiangsu's policy for the one city, warning at a tenth of yellow or any red. */
static void put_policy_in_force(void)
{
    struct http_reply reply =
        server_must(&server, "GET", "/v1/policies/2", server.operator_key, NULL);
    json_t *document = json_deep_copy(reply_at(&reply, "document"));
    struct part author = cast_account(
        &server, "regulator", cast_org(&server, "regulator", ",\"region\":\"320000\""),
        ",\"region\":\"32\"");
    const char *path = say("/v1/policies/%d/state", POLICY);
    char *text;

    reply_clear(&reply);
    json_object_set_new(document, "number", json_integer(POLICY));
    json_object_set_new(document, "region", json_string("3209"));
    json_object_set_new(
        document, "site_alert",
        json_pack("{s:i,s:i,s:i,s:s,s:[s,s],s:[{s:s,s:s}],s:{s:{s:s,s:s,s:s},s:{s:s,s:s,s:s}}}",
                  "yellow_over_percent", 10, "red_over", 0, "days", 3, "then", "stop_work",
                  "not_counted", "VIOL_POINTS", "VIOL_OFFJOB", "basis", "text", "b", "mark", "INF",
                  "texts", "zh", "what", "黄码过多", "remedy", "补齐", "help", "安监站", "en", "what",
                  "too many", "remedy", "mend it", "help", "the station"));
    text = json_dumps(document, JSON_COMPACT);
    json_decref(document);
    reply = server_must(&server, "POST", "/v1/policies", author.key, text);
    reply_clear(&reply);
    reply = server_must(&server, "POST", path, server.operator_key, "{\"state\":\"approved\"}");
    reply_clear(&reply);
    cast_enforce(&server, server.operator_key, POLICY);
    free(text);
}

static void set_up(void)
{
    static const char *const settings[] = {"--alert_s=1", NULL};

    fixture_open();
    server_start(&server, settings);
    put_policy_in_force(); /* before there is anybody to be counted under another */
    city_open(&server, &city);
}

static void tear_down(void)
{
    server_stop(&server);
    fixture_close();
}

TestSuite(alerts, .init = set_up, .fini = tear_down, .timeout = 180);

/* Until the statement counts 1. */
static void await(const char *what, const char *sql)
{
    for (int i = 0; i < 300; i++) {
        if (fixture_query_int(sql) == 1)
            return;
        usleep(100000);
    }
    cr_assert(false, "%s: never: %s", what, sql);
}

static const char *of_site(const char *state)
{
    return say("SELECT count(*) FROM alert WHERE site_id = %lld AND kind = 1 AND state = '%s'",
               city.cast.site, state);
}

static struct http_reply ask(const char *method, const char *path, const char *key,
                             const char *body)
{
    return server_ask(&server, method, path, key, body);
}

static long long the_alert(void)
{
    return fixture_query_int(say("SELECT id FROM alert WHERE site_id = %lld AND kind = 1"
                                 " ORDER BY id DESC LIMIT 1", city.cast.site));
}

static void force_overdue(void)
{
    fixture_exec("UPDATE alert SET deadline = opened_on - 1");
}

Test(alerts, open_when_a_limit_is_passed_and_clear_when_it_is_not)
{
    struct http_reply reply;

    await("opened", of_site("open"));
    reply = ask("GET", say("/v1/alerts?site=%lld", city.cast.site), city.cast.safety_officer.key,
                NULL);
    cr_expect_str_eq(reply_text(&reply, "items.0.kind"), "yellow_share");
    cr_expect_str_eq(reply_text(&reply, "items.0.deadline"), city_day(3));
    cr_expect_str_eq(reply_text(&reply, "items.0.then"), "stop_work");
    reply_clear(&reply);
    city_make_green(&server, &city, city.own.id);
    await("cleared", of_site("cleared"));
    await("told", say("SELECT count(*) FROM outbox WHERE kind = 'alert.opened' AND site_id = %lld",
                      city.cast.site));
    await("told", say("SELECT count(*) FROM outbox WHERE kind = 'alert.cleared' AND site_id = %lld",
                      city.cast.site));
    reply = ask("GET", say("/v1/alerts/%lld", the_alert()), city.cast.inspector.key, NULL);
    cr_expect_str_eq(reply_text(&reply, "state"), "cleared");
    cr_expect_str_eq(reply_text(&reply, "what"), "黄码过多");
    cr_expect_str_eq(reply_text(&reply, "events.0.event"), "opened");
    cr_expect_eq(reply_int(&reply, "events.0.yellow"), 1);
    cr_expect_eq(reply_int(&reply, "events.0.people"), 1);
    cr_expect_str_eq(reply_text(&reply, "events.1.event"), "cleared");
    reply_clear(&reply);
    await("counted anew", say("SELECT count(*) FROM site_standing WHERE site_id = %lld AND green = 1",
                              city.cast.site));
    reply = ask("GET", say("/v1/sites/%lld/standing", city.cast.site), city.cast.safety_officer.key,
                NULL);
    cr_expect_eq(reply_int(&reply, "green"), 1);
    cr_expect_eq(reply_int(&reply, "yellow"), 0);
    cr_expect_eq(json_array_size(reply_at(&reply, "alerts")), 0);
    reply_clear(&reply);
}

Test(alerts, the_same_breach_is_one_alert_however_often_it_is_counted)
{
    await("opened", of_site("open"));
    sleep(3);
    cr_expect_eq(fixture_query_int(say("SELECT count(*) FROM alert WHERE site_id = %lld",
                                       city.cast.site)), 1);
    cr_expect_eq(fixture_query_int(say("SELECT count(*) FROM alert_event WHERE alert_id = %lld",
                                       the_alert())), 1);
}

Test(alerts, what_is_not_cleared_in_time_stops_the_site_until_an_authority_opens_it)
{
    const char *site = say("/v1/sites/%lld", city.cast.site);
    struct http_reply reply;

    await("opened", of_site("open"));
    force_overdue();
    await("escalated", of_site("escalated"));
    reply = ask("GET", site, city.cast.safety_officer.key, NULL);
    cr_expect_str_eq(reply_text(&reply, "state"), "stopped");
    reply_clear(&reply);
    reply = ask("PATCH", site, city.cast.safety_officer.key, "{\"state\":\"open\"}");
    cr_expect_eq(reply.status, 403, "%s", reply.body);
    reply_clear(&reply);
    reply = ask("PATCH", site, city.cast.inspector.key, "{\"state\":\"open\"}");
    cr_expect_eq(reply.status, 200, "%s", reply.body);
    reply_clear(&reply);
    sleep(2);
    reply = ask("GET", site, city.cast.safety_officer.key, NULL);
    cr_expect_str_eq(reply_text(&reply, "state"), "open", "one escalation stops it once");
    reply_clear(&reply);
    cr_expect_eq(fixture_query_int(say("SELECT count(*) FROM audit WHERE action = 'site.stop'"
                                       " AND detail->>'id' = '%lld'", city.cast.site)), 1);
}

Test(alerts, a_gate_lets_in_only_who_puts_right_what_stopped_the_site)
{
    struct http_reply reply;

    await("opened", of_site("open"));
    force_overdue();
    await("stopped", say("SELECT count(*) FROM site WHERE id = %lld AND state = 'stopped'",
                         city.cast.site));
    for (int i = 0; i < 50; i++) {
        reply = ask("POST", "/v1/gate/check", city.cast.gate_account.key,
                    say("{\"worker_no\":\"%lld\",\"direction\":\"in\",\"at\":\"%s\",\"epoch\":1,"
                        "\"seq\":%d}", city.own.id, city_now(), i + 1));
        cr_assert_eq(reply.status, 200, "%s", reply.body);
        if (strcmp(reply_text(&reply, "why"), "site_stopped") == 0)
            break;
        reply_clear(&reply);
        usleep(100000);
    }
    cr_expect_str_eq(reply_text(&reply, "verdict"), "refuse", "%s", reply.body);
    reply_clear(&reply);
}

Test(alerts, are_seen_by_who_is_in_charge_and_given_time_by_an_authority)
{
    const char *path;
    const char *today = city_today(), *late = city_day(20), *beyond = city_day(91);
    struct http_reply reply;

    await("opened", of_site("open"));
    path = say("/v1/alerts/%lld", the_alert());
    const struct {
        const char *what, *key, *body;
        int status;
    } cases[] = {
        {"the officer has seen it", city.cast.safety_officer.key, "{\"action\":\"seen\"}", 200},
        {"the officer wants time", city.cast.safety_officer.key,
         say("{\"action\":\"extend\",\"deadline\":\"%s\"}", late), 403},
        {"without a day", city.cast.inspector.key, "{\"action\":\"extend\"}", 400},
        {"no later than it was", city.cast.inspector.key,
         say("{\"action\":\"extend\",\"deadline\":\"%s\"}", today), 400},
        {"too late", city.cast.inspector.key,
         say("{\"action\":\"extend\",\"deadline\":\"%s\"}", beyond), 400},
        {"seen with a day", city.cast.inspector.key,
         say("{\"action\":\"seen\",\"deadline\":\"%s\"}", late), 400},
        {"the inspector gives time", city.cast.inspector.key,
         say("{\"action\":\"extend\",\"deadline\":\"%s\"}", late), 200},
        {"a contractor", city.cast.contractor.key, "{\"action\":\"seen\"}", 403},
        {"another city's regulator", city.cast.other_regulator.key, "{\"action\":\"seen\"}", 404},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        reply = ask("POST", path, cases[i].key, cases[i].body);
        cr_expect_eq(reply.status, cases[i].status, "%s: %s", cases[i].what, reply.body);
        reply_clear(&reply);
    }
    reply = ask("GET", path, city.cast.contractor.key, NULL);
    cr_expect_str_eq(reply_text(&reply, "deadline"), late, "%s", reply.body);
    cr_expect_str_eq(reply_text(&reply, "events.1.event"), "seen");
    cr_expect_str_eq(reply_text(&reply, "events.2.event"), "extended");
    reply_clear(&reply);
    reply = ask("GET", path, city.neighbour.key, NULL);
    cr_expect_eq(reply.status, 404, "another firm's site: %s", reply.body);
    reply_clear(&reply);
}

Test(alerts, a_site_that_lost_its_people_is_cleared)
{
    struct http_reply reply;

    await("opened", of_site("open"));
    reply = ask("POST", "/v1/engagements", city.cast.contractor.key,
                say("{\"kind\":\"engagement_end\",\"worker\":%lld,\"occurred_on\":\"%s\","
                    "\"site\":%lld}", city.own.id, city_today(), city.cast.site));
    cr_assert_eq(reply.status, 201, "%s", reply.body);
    reply_clear(&reply);
    await("cleared", of_site("cleared"));
    reply = ask("GET", say("/v1/sites/%lld/standing", city.cast.site), city.cast.safety_officer.key,
                NULL);
    cr_expect_not_null(reply_at(&reply, "people"), "%s", reply.body);
    cr_expect_eq(reply_int(&reply, "people"), 0);
    cr_expect_eq(reply_int(&reply, "yellow"), 0);
    reply_clear(&reply);
}
