/* A gate's answers, by the real server, in every situation that can be made; then everything that
 * they were decided by is superseded, changed or erased; and each of them is decided again. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "support/city.h"
#include "support/pg_fixture.h"
#include "support/replayer.h"

static struct server server;
static struct city city;
static long long other_gate, zone_gate; /* of the same site */
static char other_gate_key[64], zone_gate_key[64];
static struct citizen yellow;           /* of the same firm and site, with nothing but a name */
static int seq;

static void must(const char *method, const char *path, const char *key, const char *body)
{
    struct http_reply reply = server_must(&server, method, path, key, body);

    reply_clear(&reply);
}

static void add_gate(const char *zone, long long *id, char key[64])
{
    struct http_reply reply =
        server_must(&server, "POST", "/v1/devices", server.operator_key,
                    say("{\"site\":%lld,\"name\":\"南门\",\"direction\":\"both\"%s}",
                        city.cast.site, zone));

    *id = reply_int(&reply, "id");
    snprintf(key, 64, "%s", reply_text(&reply, "key"));
    reply_clear(&reply);
}

static void set_up(void)
{
    fixture_open();
    server_start(&server, NULL);
    city_open(&server, &city);
    add_gate("", &other_gate, other_gate_key);
    add_gate(",\"zone\":\"height\"", &zone_gate, zone_gate_key);
    snprintf(yellow.name, sizeof yellow.name, "%s", "诸葛木工");
    snprintf(yellow.phone, sizeof yellow.phone, "%s", "19971000099");
    cast_number(yellow.number, "19920404", 77);
    city_enrol(&server, city.cast.contractor.key, city.cast.site, "020", &yellow);
    city_make_green(&server, &city, city.own.id);
    seq = 0;
}

static void tear_down(void)
{
    server_stop(&server);
    fixture_close();
}

TestSuite(replay_gate, .init = set_up, .fini = tear_down, .timeout = 280);

/* -- asking ------------------------------------------------------------------------------------ */

static const char *code_of(const struct citizen *citizen)
{
    static char codes[4][1100];
    static unsigned turn;
    char *code = codes[turn++ % 4];
    struct http_reply reply = server_must(&server, "POST", say("/v1/workers/%lld/code", citizen->id),
                                          citizen->key, "{}");

    snprintf(code, 1100, "%s", reply_text(&reply, "code"));
    reply_clear(&reply);
    return code;
}

static void ask_at(const char *gate_key, const char *what, const char *direction, const char *at)
{
    struct http_reply reply =
        server_ask(&server, "POST", "/v1/gate/check", gate_key,
                   say("{%s,\"direction\":\"%s\",\"at\":\"%s\",\"epoch\":1,\"seq\":%d}", what,
                       direction, at, ++seq));

    cr_assert_eq(reply.status, 200, "%s", reply.body);
    reply_clear(&reply);
}

static void ask(const char *gate_key, const char *what, const char *direction)
{
    ask_at(gate_key, what, direction, city_now());
}

/* In and out, by code and by number, of two people, at three gates of the site and one of another. */
static void round_of_questions(void)
{
    const char *gates[] = {city.cast.gate_account.key, other_gate_key, zone_gate_key,
                           city.cast.other_gate_account.key};
    const struct citizen *people[] = {&city.own, &yellow};

    for (int p = 0; p < 2; p++) {
        const char *code = code_of(people[p]);

        for (int g = 0; g < 4; g++) {
            ask(gates[g], say("\"code\":\"%s\"", code), "in");
            ask(gates[g], say("\"worker_no\":\"%lld\"", people[p]->id), "in");
        }
        ask(gates[0], say("\"code\":\"%s\"", code), "out");
        ask(gates[1], say("\"worker_no\":\"%lld\"", people[p]->id), "out");
    }
}

static void strangers(void)
{
    const char *key = city.cast.gate_account.key;

    ask(key, "\"code\":\"https://example.org/\"", "in");
    ask(key, "\"code\":\"JA1.AAAAAAAA\"", "in");
    ask(key, "\"code\":\"JA1.AAAAAAAA\"", "out");
    ask(key, "\"worker_no\":\"999999999\"", "in");
    ask_at(key, say("\"worker_no\":\"%lld\"", city.own.id), "in",
           say("%sT03:00:00Z", city_day(-1))); /* a gate's clock far behind */
}

/* -- what sites and people go through ------------------------------------------------------------ */

/* What a gate decides by next is this, once its server has heard of it. */
static void wait_until_heard(void)
{
    for (int i = 0; i < 600; i++) {
        ask(city.cast.gate_account.key, say("\"worker_no\":\"%lld\"", city.own.id), "out");
        if (last_pass_is_current())
            return;
        usleep(50 * 1000);
    }
    cr_assert_fail("the server never heard");
}

static void change(const char *path, const char *body)
{
    must("PATCH", path, server.operator_key, body);
    wait_until_heard();
}

static void set_rule(const char *rule)
{
    change(say("/v1/sites/%lld", city.cast.site), say("{\"rule\":%s}", rule));
}

static void set_state(const char *state)
{
    struct http_reply reply = server_must(&server, "PATCH", say("/v1/sites/%lld", city.cast.site),
                                          city.cast.safety_officer.key, state);

    reply_clear(&reply);
    wait_until_heard();
}

static const char *const rules[] = {
    "{}",
    "{\"yellow_gate\":\"allow_restricted\",\"zones\":[{\"zone\":\"height\",\"trades\":[30]}]}",
    "{\"yellow_gate\":\"allow\",\"passback\":\"refuse\",\"zones\":[{\"zone\":\"height\"}]}",
    "{\"pre_shift\":\"refuse\",\"offline_hours\":48}",
    "{\"pre_shift\":\"flag\",\"cannot_tell\":\"open_flagged\"}",
};

static void everything_is_asked(void)
{
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
        set_rule(rules[i]);
        round_of_questions();
    }
    strangers();
    change(say("/v1/orgs/%lld", city.cast.contractor.org), "{\"permit_state\":\"suspended\"}");
    round_of_questions();
    set_state("{\"state\":\"stopped\"}");
    round_of_questions();
    set_state(say("{\"rectification\":[%lld]}", city.own.id));
    round_of_questions();
}

/* A gate's own decisions. */
static void hand_in(void)
{
    must("POST", "/v1/gate/passes", city.cast.gate_account.key,
         say("{\"passes\":[{\"epoch\":9,\"seq\":1,\"at\":\"%s\",\"direction\":\"in\","
             "\"verdict\":\"open\",\"colour\":\"green\",\"worker\":%lld},"
             "{\"epoch\":9,\"seq\":2,\"at\":\"%s\",\"direction\":\"out\",\"verdict\":\"open\"}]}",
             city_now(), city.own.id, city_now()));
}

/* -- what happens afterwards ---------------------------------------------------------------------- */

static long long version_of(const char *kind)
{
    return fixture_query_int(say("SELECT min(version)::bigint FROM record WHERE worker_id = %lld "
                                 "AND kind = %s", city.own.id, kind));
}

static void correct_people(void)
{
    must("POST", "/v1/exams", city.cast.clinic.key,
         say("[{\"worker\":%lld,\"kind\":\"supersede\",\"of\":%lld},"
             "{\"worker\":%lld,\"conclusion\":\"unfit\"}]",
             city.own.id, version_of("2"), city.own.id));
    must("POST", "/v1/violations", city.cast.safety_officer.key,
         say("{\"worker\":%lld,\"class\":\"operation\",\"category\":\"7.06\",\"severity\":4,"
             "\"site\":%lld}", city.own.id, city.cast.site));
    for (int i = 0; i < 2; i++)
        must("POST", "/v1/engagements", city.cast.contractor.key,
             say("{\"worker\":%lld,\"kind\":\"engagement_end\",\"site\":%lld,\"until\":\"%s\"}",
                 i == 0 ? city.own.id : yellow.id, city.cast.site, city_today()));
}

static void change_places(void)
{
    set_state("{\"state\":\"open\",\"rectification\":[]}");
    set_rule("{\"yellow_gate\":\"deny\",\"passback\":\"flag\",\"cannot_tell\":\"refuse\"}");
    change(say("/v1/orgs/%lld", city.cast.contractor.org), "{\"permit_state\":\"valid\"}");
    change(say("/v1/devices/%lld", zone_gate), "{\"zone\":\"electric\"}");
    change(say("/v1/devices/%lld", other_gate), "{\"state\":\"disabled\"}");
}

/* The rule of age: men are red from 35, and its words name no other ages. */
static void make_stricter(json_t *rule)
{
    const char *code;
    json_t *texts;

    json_object_set_new(rule, "basis", json_pack("[{s:s,s:s}]", "text", "b", "mark", "INF"));
    json_object_foreach(json_object_get(rule, "texts"), code, texts) {
        json_object_set_new(texts, "zh", json_pack("{s:s,s:s,s:s}", "what", "年龄不符", "remedy",
                                                   "换岗", "help", "劳务企业"));
        json_object_set_new(texts, "en", json_pack("{s:s,s:s,s:s}", "what", "too old", "remedy",
                                                   "another post", "help", "the contractor"));
    }
    cr_assert_str_eq(json_string_value(json_object_get(rule, "kind")), "age");
    json_object_set_new(rule, "men", json_pack("[{s:i,s:s,s:s},{s:i,s:i,s:s},{s:i,s:s,s:s}]",
                                               "below", 18, "colour", "red", "reason", "AGE_UNDER",
                                               "from", 18, "to", 35, "colour", "green",
                                               "from", 35, "colour", "red", "reason", "AGE_RED"));
}

/* Another policy for the same place takes the place of the one that decided, which is retired. */
static void change_policy(void)
{
    long long number = fixture_query_int("SELECT max(policy)::bigint FROM pass");
    struct http_reply reply = server_must(&server, "GET", say("/v1/policies/%lld", number),
                                          server.operator_key, NULL);
    json_t *document = json_deep_copy(reply_at(&reply, "document"));
    char *text;

    cr_assert_not_null(document);
    json_object_set_new(document, "number", json_integer(777001));
    json_object_set_new(document, "id", json_string("JS-LATER"));
    json_object_set_new(document, "yellow_gate", json_string("deny"));
    make_stricter(json_array_get(json_object_get(document, "rules"), 0));
    text = json_dumps(document, JSON_COMPACT);
    must("POST", "/v1/policies", server.operator_key, text);
    must("POST", "/v1/policies/777001/state", city.cast.regulator.key, "{\"state\":\"approved\"}");
    cast_enforce(&server, server.operator_key, 777001);
    must("POST", say("/v1/policies/%lld/state", number), city.cast.regulator.key, "{\"state\":\"retiring\"}");
    must("POST", say("/v1/policies/%lld/state", number), server.operator_key, "{\"state\":\"retired\"}");
    free(text);
    json_decref(document);
    reply_clear(&reply);
}

static void erase(const struct citizen *citizen)
{
    must("DELETE", say("/v1/workers/%lld", citizen->id), citizen->key, NULL);
}

static void expect_equal(const char *when)
{
    struct replayed r = replay_days(replay_span());

    cr_expect_eq(r.status, 0, "%s: %s", when, r.finding);
    cr_expect_eq(r.passes, fixture_query_int("SELECT count(*) FROM pass"), "%s", when);
    cr_expect_eq(r.equal + r.elsewhere, r.passes, "%s: %s", when, r.finding);
    cr_expect_eq(r.elsewhere, fixture_query_int("SELECT count(*) FROM pass WHERE source = 3"));
}

Test(replay_gate, what_cannot_be_looked_at_is_no_difference)
{
    static const char *const spans[] = {"2026-02-30", "yesterday", "2026-02-02..2026-02-01", "..", ""};
    const char *database = say("--database=%s", fixture_conninfo(FIXTURE_APP));
    char line[512];

    for (size_t i = 0; i < sizeof spans / sizeof *spans; i++)
        cr_expect_eq(server_run_program((const char *[]){"--replay", spans[i], database, NULL}, line,
                                        sizeof line), 2, "%s", spans[i]);
    cr_expect_eq(server_run_program((const char *[]){"--replay", NULL}, line, sizeof line), 2);
    cr_expect_eq(server_run_program((const char *[]){"--replay", "2026-02-02", "--database=host=/nowhere",
                                                     NULL}, line, sizeof line), 2);
    cr_expect_eq(server_run_program((const char *[]){"--replay", "2026-02-02", database, NULL}, line,
                                    sizeof line), 0);
    cr_expect_str_eq(line, "{\"passes\":0,\"equal\":0,\"decided_elsewhere\":0,\"different\":0,"
                           "\"impossible\":0}");
}

/* -- one by one, over the API ---------------------------------------------------------------------- */

static struct http_reply read_pass(const char *key, const char *id)
{
    return server_ask(&server, "GET", say("/v1/passes/%s", id), key, NULL);
}

static void expect_one(const char *id, bool handed)
{
    struct http_reply reply = read_pass(city.cast.inspector.key, id);

    cr_expect_eq(reply.status, 200, "%s: %s", id, reply.body);
    cr_expect_str_eq(reply_text(&reply, "answers.0.replay.result"),
                     handed ? "decided_elsewhere" : "equal", "%s", reply.body);
    cr_expect_str_eq(reply_text(&reply, "pass"), id);
    cr_expect_eq(json_is_null(reply_at(&reply, "answers.0.inputs")), handed, "%s", reply.body);
    if (!handed)
        cr_expect_str_eq(reply_text(&reply, "answers.0.replay.why"),
                         reply_text(&reply, "answers.0.why"));
    reply_clear(&reply);
}

/* Every pass of the site, by the ids that the list gives. */
static void expect_each(void)
{
    struct http_reply list =
        server_must(&server, "GET", say("/v1/passes?site=%lld&limit=500", city.cast.site),
                    city.cast.inspector.key, NULL);
    size_t count = json_array_size(reply_at(&list, "items"));

    cr_expect_gt(count, 50);
    for (size_t i = 0; i < count; i++)
        expect_one(reply_text(&list, say("items.%zu.pass", i)),
                   strcmp(reply_text(&list, say("items.%zu.source", i)), "handed_in") == 0);
    reply_clear(&list);
}

Test(replay_gate, every_answer_is_made_again_whatever_came_afterwards)
{
    everything_is_asked();
    hand_in();
    cr_expect_geq(fixture_query_int("SELECT count(*) FROM pass"), 90);
    cr_expect_geq(fixture_query_int("SELECT count(DISTINCT why) FROM pass"), 12, "%lld kinds of answer",
                  (long long)fixture_query_int("SELECT count(DISTINCT why) FROM pass"));
    expect_equal("as it was");
    correct_people();
    expect_equal("after corrections");
    change_places();
    expect_equal("after changes of site, firm and gates");
    change_policy();
    expect_equal("under another policy");
    erase(&city.own);
    erase(&yellow);
    expect_equal("after both were erased");
    expect_each();
}

static const char *id_of(const char *what, const char *direction)
{
    static char id[64];
    struct http_reply reply =
        server_must(&server, "POST", "/v1/gate/check", city.cast.gate_account.key,
                    say("{%s,\"direction\":\"%s\",\"at\":\"%s\",\"epoch\":1,\"seq\":%d}", what,
                        direction, city_now(), ++seq));

    snprintf(id, sizeof id, "%s", reply_text(&reply, "pass"));
    reply_clear(&reply);
    return id;
}

Test(replay_gate, one_answer_is_told_with_what_it_was_decided_from_and_every_reason)
{
    const char *id;
    struct http_reply reply;

    set_rule(rules[1]);
    id = id_of(say("\"worker_no\":\"%lld\"", yellow.id), "in");
    reply = read_pass(city.cast.regulator.key, id);
    cr_assert_eq(reply.status, 200, "%s", reply.body);
    cr_expect_eq(reply_int(&reply, "worker"), yellow.id);
    cr_expect_eq(json_array_size(reply_at(&reply, "answers")), 1u);
    cr_expect_str_eq(reply_text(&reply, "answers.0.inputs.code_says"), "ok");
    cr_expect(json_is_true(reply_at(&reply, "answers.0.inputs.by_number")));
    cr_expect_eq(reply_int(&reply, "answers.0.inputs.site_version"), 2, "%s", reply.body);
    cr_expect_geq(reply_int(&reply, "answers.0.inputs.facts_version"), 2);
    cr_expect_str_neq(reply_text(&reply, "answers.0.replay.colour.reasons.0.remedy"), "");
    cr_expect_str_neq(reply_text(&reply, "answers.0.replay.colour.reasons.0.basis.0.text"), "");
    cr_expect_null(strstr(reply.body, yellow.name));
    reply_clear(&reply);
    cr_expect_eq(fixture_query_int(say("SELECT count(*) FROM audit WHERE action = 'pass.open' "
                                       "AND worker_id = %lld", yellow.id)), 1);
}

Test(replay_gate, passes_are_read_by_those_in_charge_and_by_their_whole_id)
{
    static const char *const wrong[] = {"1", "1-1-1", "1-1-1-20260230", "1-1-1-2026010", "x-1-1-20260101",
                                        "1-1--1-20260101", "1-1-1-20260101-0", "99999999-1-1-20260101"};
    char id[64];
    struct http_reply reply;

    snprintf(id, sizeof id, "%s", id_of("\"worker_no\":\"999999\"", "in"));
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        reply = read_pass(city.cast.inspector.key, wrong[i]);
        cr_expect_eq(reply.status, 404, "%s: %s", wrong[i], reply.body);
        cr_expect_str_eq(reply_text(&reply, "code"), "pass_unknown");
        reply_clear(&reply);
    }
    reply = read_pass(city.cast.other_regulator.key, id);
    cr_expect_eq(reply.status, 404, "%s", reply.body);
    reply_clear(&reply);
    reply = read_pass(city.cast.contractor.key, id);
    cr_expect_eq(reply.status, 403, "%s", reply.body);
    reply_clear(&reply);
    expect_one(id, false);
}

/* -- and what is altered in place is found ---------------------------------------------------------- */

static const struct {
    const char *name, *alter, *undo;
} alterations[] = {
    {"a site's rule, in a member that decided nothing",
     "UPDATE site SET rule = rule || '{\"list_hours\":25}' WHERE version = 2",
     "UPDATE site SET rule = rule - 'list_hours' WHERE version = 2"},
    {"a gate's zone", "UPDATE device SET zone = 'heights' WHERE zone = 'height'",
     "UPDATE device SET zone = 'height' WHERE zone = 'heights'"},
    {"a firm's permit", "UPDATE org SET permit_until = '2030-01-01' WHERE kind = 'contractor'",
     "UPDATE org SET permit_until = NULL WHERE kind = 'contractor'"},
    {"an hour of training",
     "UPDATE record SET body = jsonb_set(body, '{hours}', '41') WHERE body @> '{\"hours\":40}'",
     "UPDATE record SET body = jsonb_set(body, '{hours}', '40') WHERE body @> '{\"hours\":41}'"},
    {"a day", "UPDATE record SET occurred_on = occurred_on - 1 WHERE kind = 2",
     "UPDATE record SET occurred_on = occurred_on + 1 WHERE kind = 2"},
    {"a policy's words", "UPDATE policy SET document = document || '{\"title\":{\"zh\":\"甲\",\"en\":\"a\"}}' "
     "WHERE number IN (SELECT policy FROM pass)", NULL},
    {"a pass's person", "UPDATE pass SET worker_id = worker_id + 1 WHERE seq = 1", NULL},
};

static void expect_told(const char *result, const char *part, long long number)
{
    struct http_reply list = server_must(&server, "GET", say("/v1/passes?site=%lld", city.cast.site),
                                         city.cast.inspector.key, NULL);
    struct http_reply reply =
        read_pass(city.cast.inspector.key, reply_text(&list, say("items.%lld.pass", number)));

    cr_expect_str_eq(reply_text(&reply, "answers.0.replay.result"), result, "%s", reply.body);
    cr_expect_not_null(strstr(reply.body, part), "%s", reply.body);
    reply_clear(&reply);
    reply_clear(&list);
}

Test(replay_gate, an_altered_row_is_told_to_whoever_reads_it_and_harms_nobody)
{
    set_rule(rules[1]);
    for (int i = 0; i < 3; i++)
        ask(city.cast.gate_account.key, say("\"worker_no\":\"%lld\"", city.own.id), "in");
    fixture_exec("UPDATE pass SET verdict = 2 WHERE seq = 1");
    fixture_exec("UPDATE pass SET engine = 9 WHERE seq = 2");
    fixture_exec("UPDATE pass SET verdict = 77, why = 200, person_colour = -1, inputs = -1 WHERE seq = 3");
    expect_told("different", "\"differs\":[\"verdict\",\"inputs\"]", 0);
    expect_told("impossible", "\"missing\":\"engine\"", 1);
    expect_told("impossible", "\"missing\":\"inputs\"", 2);
}

Test(replay_gate, whatever_is_altered_in_place_is_found)
{
    set_rule(rules[1]);
    round_of_questions();
    expect_equal("as it was");
    for (size_t i = 0; i < sizeof alterations / sizeof *alterations; i++) {
        struct replayed r;

        fixture_exec(alterations[i].alter);
        r = replay_days(replay_span());
        cr_expect_eq(r.status, 1, "%s", alterations[i].name);
        cr_expect_gt(r.different + r.impossible, 0, "%s", alterations[i].name);
        cr_expect_str_neq(r.finding, "", "%s", alterations[i].name);
        if (alterations[i].undo == NULL)
            continue;
        fixture_exec(alterations[i].undo);
        expect_equal(alterations[i].name);
    }
}
