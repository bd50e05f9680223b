/* What was taken away is gone, what is others' never shows, and who was erased is nowhere. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "support/city.h"
#include "support/pg_fixture.h"

static struct server server;
static struct city city;
static const struct cast *const cast = &city.cast;

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

TestSuite(ends, .init = set_up, .fini = tear_down, .timeout = 120);

static struct http_reply ask(const char *method, const char *path, const char *key,
                             const char *body)
{
    return server_ask(&server, method, path, key, body);
}

static struct http_reply must(const char *method, const char *path, const char *key,
                              const char *body)
{
    return server_must(&server, method, path, key, body);
}

static void done(struct http_reply reply)
{
    reply_clear(&reply);
}

static int status_of(const char *method, const char *path, const char *key, const char *body)
{
    struct http_reply reply = ask(method, path, key, body);
    int status = reply.status;

    reply_clear(&reply);
    return status;
}

static struct http_reply check(const char *key, const char *what, int seq)
{
    return ask("POST", "/v1/gate/check", key,
               say("{%s,\"direction\":\"in\",\"at\":\"%s\",\"epoch\":1,\"seq\":%d}", what,
                   city_now(), seq));
}

/* Within the second in which servers learn from one another. */
static void becomes(int status, const char *method, const char *path, const char *key,
                    const char *body)
{
    int got = 0;

    for (int tries = 0; tries < 50; tries++) {
        got = status_of(method, path, key, body);
        if (got == status)
            return;
        usleep(20000);
    }
    cr_assert_fail("%s %s: still %d, not %d", method, path, got, status);
}

/* -- keys --------------------------------------------------------------------------------------- */

Test(ends, an_account_that_is_switched_off_is_dead_at_once)
{
    const char *path = say("/v1/workers/%lld", city.own.id);

    cr_assert_eq(status_of("GET", path, cast->contractor.key, NULL), 200);
    done(must("PATCH", say("/v1/accounts/%lld", cast->contractor.id), server.operator_key,
              "{\"state\":\"disabled\"}"));
    becomes(401, "GET", path, cast->contractor.key, NULL);
    cr_expect_eq(status_of("POST", "/v1/workers", cast->contractor.key, "{}"), 401);
    done(must("PATCH", say("/v1/accounts/%lld", cast->contractor.id), server.operator_key,
              "{\"state\":\"active\"}"));
    becomes(200, "GET", path, cast->contractor.key, NULL);
}

Test(ends, a_gate_that_is_switched_off_is_told_so_and_opens_nothing)
{
    const char *handed = say("{\"passes\":[{\"direction\":\"in\",\"verdict\":\"open\",\"at\":\"%s\","
                             "\"epoch\":1,\"seq\":99,\"worker\":%lld}]}", city_now(), city.own.id);
    char asks[256];
    int64_t passes;
    struct http_reply reply;

    snprintf(asks, sizeof asks, "{\"worker_no\":\"%lld\",\"direction\":\"in\",\"at\":\"%s\","
             "\"epoch\":1,\"seq\":77}", city.own.id, city_now());
    done(must("POST", "/v1/gate/check", cast->gate_account.key, asks));
    done(must("PATCH", say("/v1/devices/%lld", cast->gate), server.operator_key,
              "{\"state\":\"disabled\"}"));
    becomes(403, "POST", "/v1/gate/check", cast->gate_account.key, asks);
    passes = fixture_query_int("SELECT count(*) FROM pass");
    reply = check(cast->gate_account.key, "\"worker_no\":\"1\"", 78);
    cr_expect_str_eq(reply_text(&reply, "code"), "device_disabled", "%s", reply.body);
    reply_clear(&reply);
    reply = ask("POST", "/v1/gate/passes", cast->gate_account.key, handed);
    cr_expect_eq(reply.status, 403, "%s", reply.body);
    reply_clear(&reply);
    cr_expect_eq(fixture_query_int("SELECT count(*) FROM pass"), passes);
    cr_expect_eq(status_of("POST", "/v1/gate/check", city.neighbour_gate_account.key, asks), 200,
                 "the neighbour's gate still serves");
}

Test(ends, a_key_from_before_the_rotation_is_dead_and_the_new_one_lives)
{
    struct http_reply reply = must("POST", say("/v1/accounts/%lld/key", cast->regulator.id),
                                   server.operator_key, NULL);
    char key[64];

    snprintf(key, sizeof key, "%s", reply_text(&reply, "key"));
    reply_clear(&reply);
    cr_expect_eq(status_of("GET", "/v1/audit", key, NULL), 200);
    becomes(401, "GET", "/v1/audit", cast->regulator.key, NULL);
    cr_expect_eq(status_of("GET", "/v1/audit", key, NULL), 200);
}

Test(ends, a_workers_key_ends_when_he_signs_in_on_another_phone)
{
    const char *path = say("/v1/workers/%lld/colour", city.own.id);
    char key[CAST_WORKER_KEY_BYTES];

    cast_phone(&server, cast->contractor.key, city.own.id, key);
    cr_expect_eq(status_of("GET", path, key, NULL), 200, "the new one works at once");
    becomes(401, "GET", path, city.own.key, NULL);
    cr_expect_eq(status_of("POST", say("/v1/workers/%lld/code", city.own.id), city.own.key, "{}"),
                 401);
    cr_expect_eq(status_of("GET", path, key, NULL), 200);
    key[4] = key[4] == '1' ? '2' : '1'; /* somebody else's number under the same seal */
    cr_expect_eq(status_of("GET", path, key, NULL), 401);
}

/* -- people ------------------------------------------------------------------------------------- */

static char *told(struct http_reply reply)
{
    json_t *copy = json_deep_copy(reply.json);
    char *text;

    json_object_del(copy, "instance");
    text = json_dumps(copy, JSON_SORT_KEYS);
    json_decref(copy);
    reply_clear(&reply);
    return text;
}

/* Asks about him and about nobody; `%lld` of path and body is the worker. */
static void expect_unknown(const char *method, const char *path, const char *body, const char *key)
{
    char at[2][256], sent[2][512];
    const long long workers[2] = {city.own.id, 77777777};
    char *answers[2];

    for (int i = 0; i < 2; i++) {
        const char *number = say("%lld", workers[i]);

        snprintf(at[i], sizeof at[i], "%s", path);
        if (strstr(path, "{}") != NULL)
            snprintf(at[i], sizeof at[i], "%.*s%s%s", (int)(strstr(path, "{}") - path), path,
                     number, strstr(path, "{}") + 2);
        snprintf(sent[i], sizeof sent[i], "%s", body != NULL ? body : "");
        if (body != NULL && strstr(body, "{}") != NULL)
            snprintf(sent[i], sizeof sent[i], "%.*s%s%s", (int)(strstr(body, "{}") - body), body,
                     number, strstr(body, "{}") + 2);
        answers[i] = told(ask(method, at[i], key, body != NULL ? sent[i] : NULL));
    }
    cr_expect_not_null(strstr(answers[0], "\"status\": 404"), "%s %s: %s", method, path,
                       answers[0]);
    cr_expect_str_eq(answers[0], answers[1], "%s %s", method, path);
    free(answers[0]);
    free(answers[1]);
}

static void end_engagement(void)
{
    done(must("POST", "/v1/engagements", cast->contractor.key,
              say("{\"kind\":\"engagement_end\",\"worker\":%lld,\"site\":%lld}", city.own.id,
                  cast->site)));
}

static void expect_out_of_sight(const char *key)
{
    expect_unknown("GET", "/v1/workers/{}", NULL, key);
    expect_unknown("GET", "/v1/workers/{}/records", NULL, key);
    expect_unknown("GET", "/v1/workers/{}/colour", NULL, key);
    expect_unknown("POST", "/v1/workers/{}/invitation", NULL, key);
    expect_unknown("DELETE", "/v1/workers/{}/access", NULL, key);
    expect_unknown("POST", "/v1/workers/{}/code", "{\"svg\":false}", key);
    expect_unknown("POST", "/v1/engagements",
                   "{\"worker\":{},\"site\":1,\"trade\":\"020\",\"role\":\"worker\"}", key);
    expect_unknown("POST", "/v1/certificates",
                   "{\"worker\":{},\"type\":\"other\",\"number\":\"1\",\"issuer\":\"other\","
                   "\"valid_from\":\"2026-01-01\",\"valid_until\":\"2030-01-01\"}", key);
    expect_unknown("POST", "/v1/workers/{}/records",
                   "{\"kind\":\"agreement\",\"type\":\"labour_contract\",\"from\":\"2026-01-01\"}",
                   key);
}

Test(ends, a_firm_loses_sight_of_who_left_it)
{
    char find[128];
    struct http_reply list;

    snprintf(find, sizeof find, "{\"document_type\":1,\"document_number\":\"%s\"}",
             city.own.number); /* say() would be written over */
    cr_assert_eq(status_of("POST", "/v1/workers/find", cast->contractor.key, find), 200);
    end_engagement();
    /* the code route reads the register, which follows within the second */
    becomes(404, "POST", say("/v1/workers/%lld/code", city.own.id), cast->contractor.key, "{}");
    expect_out_of_sight(cast->contractor.key);
    cr_expect_eq(status_of("POST", "/v1/workers/find", cast->contractor.key, find), 404);
    cr_expect_eq(status_of("POST", "/v1/workers/find", cast->safety_officer.key, find), 404);
    cr_expect_eq(status_of("GET", say("/v1/workers/%lld", city.own.id), cast->safety_officer.key,
                           NULL), 404);
    list = must("GET", "/v1/workers", cast->contractor.key, NULL);
    cr_expect_eq(json_array_size(reply_at(&list, "items")), 0, "%s", list.body);
    reply_clear(&list);
    /* he goes on to the neighbour, who sees him; the old firm does not */
    done(must("POST", "/v1/workers", city.neighbour.key,
              say("{\"name\":\"%s\",\"document_number\":\"%s\",\"site\":%lld,\"trade\":\"030\"}",
                  city.own.name, city.own.number, city.neighbour_site)));
    cr_expect_eq(status_of("GET", say("/v1/workers/%lld", city.own.id), city.neighbour.key, NULL),
                 200);
    expect_out_of_sight(cast->contractor.key);
}

Test(ends, the_gate_refuses_who_left)
{
    struct http_reply reply;

    city_make_green(&server, &city, city.own.id);
    end_engagement();
    for (int i = 0; i < 50; i++) {
        reply = check(cast->gate_account.key, say("\"worker_no\":\"%lld\"", city.own.id), 100 + i);
        if (strcmp(reply_text(&reply, "why"), "not_engaged") == 0)
            break;
        reply_clear(&reply);
        usleep(20000);
    }
    cr_assert_str_eq(reply_text(&reply, "verdict"), "refuse");
    reply_clear(&reply);
}

/* -- lists -------------------------------------------------------------------------------------- */

/* Is this worker named anywhere in a list's answer? */
static bool names(const json_t *at, long long worker)
{
    static const char *const words[] = {"id", "worker", "known_worker", "workers"};
    const char *key;
    const json_t *value;
    size_t i;

    json_array_foreach(at, i, value)
        if (names(value, worker) || (json_is_integer(value) && json_integer_value(value) == worker))
            return true;
    json_object_foreach((json_t *)(uintptr_t)at, key, value) {
        for (i = 0; i < sizeof words / sizeof words[0]; i++)
            if (strcmp(key, words[i]) == 0 && json_is_integer(value) &&
                json_integer_value(value) == worker)
                return true;
        if (!json_is_integer(value) && strcmp(key, "detail") != 0 && names(value, worker))
            return true;
    }
    return false;
}

static void expect_list(const char *path, const char *key, size_t items, const char *who)
{
    struct http_reply reply = must("GET", path, key, NULL);

    cr_expect_eq(json_array_size(reply_at(&reply, "items")), items, "%s by %s: %s", path, who,
                 reply.body);
    cr_expect(json_is_null(reply_at(&reply, "next")), "%s by %s: %s", path, who, reply.body);
    cr_expect_null(reply_header(&reply, "Link"));
    reply_clear(&reply);
}

Test(ends, lists_hold_ones_own_people_and_count_nobody_else)
{
    const struct {
        const char *who, *key;
        size_t workers, sites, devices;
    } asked[] = {
        {"contractor", cast->contractor.key, 1, 1, 1},
        {"neighbour", city.neighbour.key, 1, 1, 1},
        {"far contractor", cast->other_contractor.key, 1, 1, 1},
        {"safety officer", cast->safety_officer.key, 1, 1, 1},
        {"inspector", cast->inspector.key, 2, 2, 2},
        {"regulator", cast->regulator.key, 2, 2, 2},
        {"far regulator", cast->other_regulator.key, 1, 1, 1},
    };

    for (size_t i = 0; i < sizeof asked / sizeof asked[0]; i++) {
        expect_list("/v1/workers", asked[i].key, asked[i].workers, asked[i].who);
        expect_list("/v1/sites", asked[i].key, asked[i].sites, asked[i].who);
        expect_list("/v1/devices", asked[i].key, asked[i].devices, asked[i].who);
    }
    /* whole pages do not tell that others follow */
    expect_list("/v1/workers?limit=1", cast->contractor.key, 1, "contractor");
    expect_list("/v1/workers?limit=2", cast->regulator.key, 2, "regulator");
    /* asking for what is others' finds nothing */
    expect_list(say("/v1/workers?site=%lld", cast->other_site), cast->contractor.key, 0,
                "contractor");
    expect_list(say("/v1/workers?org=%lld", city.neighbour.org), cast->contractor.key, 0,
                "contractor");
    expect_list(say("/v1/workers?org=%lld", city.neighbour.org), cast->safety_officer.key, 0,
                "officer");
    expect_list(say("/v1/workers?site=%lld", cast->other_site), cast->regulator.key, 0,
                "regulator");
    expect_list("/v1/workers?colour=green", cast->contractor.key, 0, "contractor");
    expect_list("/v1/workers?site=77777777", cast->contractor.key, 0, "contractor");
}

Test(ends, audit_reviews_and_passes_are_of_ones_region)
{
    static const char *const paths[] = {"/v1/audit?limit=500", "/v1/identity-reviews"};
    struct http_reply reply;

    /* far away somebody comes with a known number under another name; and passes a gate */
    done(must("POST", "/v1/workers", cast->other_contractor.key,
              say("{\"name\":\"夏侯某\",\"document_number\":\"%s\",\"site\":%lld,\"trade\":\"020\"}",
                  city.far.number, cast->other_site)));
    done(check(cast->other_gate_account.key, say("\"worker_no\":\"%lld\"", city.far.id), 1));
    done(must("GET", say("/v1/workers/%lld", city.far.id), cast->other_contractor.key, NULL));
    for (int i = 0; i < 2; i++) {
        reply = must("GET", paths[i], cast->regulator.key, NULL);
        cr_expect_not(names(reply_at(&reply, "items"), city.far.id), "%s: %s", paths[i],
                      reply.body);
        reply_clear(&reply);
        reply = must("GET", paths[i], cast->other_regulator.key, NULL);
        cr_expect(names(reply_at(&reply, "items"), city.far.id), "%s: %s", paths[i], reply.body);
        cr_expect_not(names(reply_at(&reply, "items"), city.own.id), "%s: %s", paths[i],
                      reply.body);
        reply_clear(&reply);
    }
    cr_expect_eq(status_of("GET", say("/v1/passes?site=%lld", cast->other_site),
                           cast->regulator.key, NULL), 404);
    expect_list(say("/v1/passes?site=%lld", cast->other_site), cast->other_regulator.key, 1, "far");
    expect_list(say("/v1/passes?site=%lld", cast->site), cast->regulator.key, 0, "own");
}

/* -- what a gate is told ------------------------------------------------------------------------ */

static const char *code_of(const struct citizen *citizen)
{
    static char code[1100];
    struct http_reply reply =
        must("POST", say("/v1/workers/%lld/code", citizen->id), citizen->key, "{}");

    snprintf(code, sizeof code, "%s", reply_text(&reply, "code"));
    reply_clear(&reply);
    return code;
}

static void expect_discreet(struct http_reply reply, const struct citizen *about)
{
    static const char *const classes = " age certificate organisation health training agreement"
                                       " decision ban site violation ";
    static const char *const never[] = {"unfit", "contraindicated", "HEALTH", "VIOL", "birth",
                                        "height", "exam", "体检", "医", "document", "phone"};
    const json_t *reason;
    size_t i;

    cr_assert_eq(reply.status, 200, "%s", reply.body);
    cr_expect_null(city_told_of(about, reply.body), "%s", reply.body);
    for (i = 0; i < sizeof never / sizeof never[0]; i++)
        cr_expect_null(strstr(reply.body, never[i]), "%s: %s", never[i], reply.body);
    json_array_foreach(reply_at(&reply, "reasons"), i, reason)
        cr_expect_not_null(strstr(classes, say(" %s ", json_string_value(reason))), "%s",
                           reply.body);
    reply_clear(&reply);
}

Test(ends, a_gate_is_told_no_number_and_nothing_about_health)
{
    struct http_reply reply;

    done(must("POST", "/v1/exams", cast->clinic.key,
              say("{\"worker\":%lld,\"conclusion\":\"contraindicated\","
                  "\"contraindicated_for\":[\"height\",\"heat\"]}", city.own.id)));
    done(must("POST", "/v1/violations", cast->inspector.key,
              say("{\"worker\":%lld,\"class\":\"operation\",\"category\":\"7.06\",\"severity\":4}",
                  city.own.id)));
    expect_discreet(check(cast->gate_account.key, say("\"code\":\"%s\"", code_of(&city.own)), 1),
                    &city.own);
    expect_discreet(check(cast->gate_account.key, say("\"worker_no\":\"%lld\"", city.own.id), 2),
                    &city.own);
    expect_discreet(check(cast->gate_account.key, say("\"code\":\"%s\"", code_of(&city.far)), 3),
                    &city.far);
    reply = check(cast->gate_account.key, say("\"worker_no\":\"%lld\"", city.far.id), 4);
    cr_expect_eq(json_array_size(reply_at(&reply, "reasons")), 0,
                 "who is not engaged here is nobody's business: %s", reply.body);
    expect_discreet(reply, &city.far);
}

Test(ends, an_inspector_sees_that_there_was_an_exam_and_not_what_it_said)
{
    const struct part *const roles[] = {&cast->inspector, &cast->safety_officer};
    struct http_reply reply;

    done(must("POST", "/v1/exams", cast->clinic.key,
              say("{\"worker\":%lld,\"conclusion\":\"unfit\"}", city.own.id)));
    for (int i = 0; i < 2; i++) {
        reply = must("GET", say("/v1/workers/%lld/records", city.own.id), roles[i]->key, NULL);
        cr_expect_null(strstr(reply.body, "unfit"), "%s", reply.body);
        cr_expect_not_null(strstr(reply.body, "\"withheld\":true"), "%s", reply.body);
        reply_clear(&reply);
        reply = must("GET", say("/v1/workers/%lld", city.own.id), roles[i]->key, NULL);
        cr_expect_null(city_told_of(&city.own, reply.body), "%s", reply.body);
        reply_clear(&reply);
    }
    reply = must("GET", say("/v1/workers/%lld", city.own.id), cast->contractor.key, NULL);
    cr_expect_str_eq(reply_text(&reply, "name"), city.own.name);
    cr_expect_null(strstr(reply.body, city.own.number), "the number is masked for everybody");
    reply_clear(&reply);
}

/* -- erasure ------------------------------------------------------------------------------------ */

/* Everything that the database holds, as text. */
static char *dump(void)
{
    FILE *program = popen(say("/usr/lib/postgresql/15/bin/pg_dump --data-only --dbname='%s'",
                              fixture_conninfo(FIXTURE_SUPERUSER)), "r");
    char *text = NULL;
    size_t bytes = 0;

    cr_assert_not_null(program);
    cr_assert_gt(getdelim(&text, &bytes, '\0', program), 4096);
    cr_assert_eq(pclose(program), 0);
    cr_assert_not_null(strstr(text, "COPY public.record "), "a dump without records");
    return text;
}

Test(ends, no_name_number_or_phone_rests_readable_in_the_database)
{
    const struct citizen *const people[] = {&city.own, &city.next_door, &city.far};
    char *text = dump();

    for (int i = 0; i < 3; i++)
        cr_expect_null(city_told_of(people[i], text), "person %d", i);
    cr_expect_not_null(strstr(text, "欧*"), "the mask is there, so the dump has people");
    free(text);
}

/* Erases him by his own wish. */
static int64_t erase(void)
{
    int64_t records;

    city_make_green(&server, &city, city.own.id);
    done(must("POST", "/v1/certificates", cast->contractor.key,
              say("{\"worker\":%lld,\"type\":\"other\",\"number\":\"证ZX-71\",\"issuer\":\"other\","
                  "\"valid_from\":\"%s\",\"valid_until\":\"2070-01-01\"}",
                  city.own.id, city_today())));
    cr_expect_eq(status_of("DELETE", say("/v1/workers/%lld", city.own.id), city.own.key, NULL), 409,
                 "who is engaged is not erased");
    end_engagement();
    records = fixture_query_int(say("SELECT count(*) FROM record WHERE worker_id = %lld",
                                    city.own.id));
    done(must("DELETE", say("/v1/workers/%lld", city.own.id), city.own.key, NULL));
    return records;
}

static bool is_refused(struct http_reply reply)
{
    bool refused = reply.status == 200 && strcmp(reply_text(&reply, "verdict"), "refuse") == 0 &&
                   reply_text(&reply, "name")[0] == '\0';

    reply_clear(&reply);
    return refused;
}

Test(ends, an_erased_persons_code_opens_nothing_and_his_key_is_dead)
{
    char code[1100];
    bool refused = false;

    snprintf(code, sizeof code, "%s", code_of(&city.own));
    erase();
    for (int i = 0; i < 50 && !refused; i++) {
        refused = is_refused(check(cast->gate_account.key, say("\"code\":\"%s\"", code), 10 + i));
        usleep(20000);
    }
    cr_expect(refused, "the gate still knows him");
    cr_expect(is_refused(check(cast->gate_account.key, say("\"worker_no\":\"%lld\"", city.own.id),
                               200)));
    becomes(401, "GET", say("/v1/workers/%lld/colour", city.own.id), city.own.key, NULL);
    cr_expect_eq(status_of("POST", say("/v1/workers/%lld/code", city.own.id), city.own.key, "{}"),
                 401);
}

Test(ends, an_erased_person_is_nowhere_and_his_records_remain)
{
    const char *const keys[] = {cast->contractor.key, cast->regulator.key, cast->inspector.key,
                                cast->clinic.key, city.neighbour.key};
    int64_t records = erase();
    struct http_reply reply;
    char *text = dump();

    cr_expect_null(city_told_of(&city.own, text));
    cr_expect_null(strstr(text, "欧*"), "not even the mask");
    cr_expect_null(strstr(text, "ZX-71"));
    free(text);
    cr_expect_eq(fixture_query_int(say("SELECT count(*) FROM record WHERE worker_id = %lld",
                                       city.own.id)), records + 1,
                 "records are never deleted; the last one says that he was erased");
    cr_expect_eq(fixture_query_int(say("SELECT kind FROM record WHERE worker_id = %lld"
                                       " ORDER BY version DESC LIMIT 1", city.own.id)), 18);
    cr_expect_eq(fixture_query_int(say("SELECT (SELECT count(*) FROM person_key WHERE worker_id ="
                                       " %lld) + (SELECT count(*) FROM record_secret WHERE"
                                       " worker_id = %lld)", city.own.id, city.own.id)), 0);
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        reply = ask("POST", "/v1/workers/find", keys[i],
                    say("{\"document_type\":1,\"document_number\":\"%s\"}", city.own.number));
        cr_expect_eq(reply.status, 404, "%zu: %s", i, reply.body);
        reply_clear(&reply);
        reply = ask("GET", say("/v1/workers/%lld", city.own.id), keys[i], NULL);
        cr_expect_geq(reply.status, 400, "%zu: %s", i, reply.body);
        cr_expect_null(strstr(reply.body, "欧"), "%s", reply.body);
        reply_clear(&reply);
    }
    cr_expect_neq(status_of("POST", "/v1/exams", cast->clinic.key,
                            say("{\"worker\":%lld,\"conclusion\":\"unfit\"}", city.own.id)), 201,
                  "nothing joins an erased person");
}

Test(ends, the_same_number_enrolled_again_is_a_new_person)
{
    struct citizen again = city.own;

    erase();
    city_enrol(&server, city.neighbour.key, city.neighbour_site, "020", &again);
    cr_expect_neq(again.id, city.own.id);
    cr_expect_eq(fixture_query_int(say("SELECT count(*) FROM record WHERE worker_id = %lld",
                                       again.id)), 2, "identity and engagement, nothing old");
    cr_expect_eq(fixture_query_int("SELECT count(*) FROM identity_review"), 0);
}
