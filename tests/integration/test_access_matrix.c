/* Who may do what: every route of the program's own table, asked by every role about what is its
 * own, its neighbour's, somebody's far away, and nobody's.
 *
 * The rows come from `jianan-server --print-routes`; what to send stands in examples[], and a route
 * without an example fails, so that a new one cannot be forgotten. What must come of it is one
 * rule, in expected_of(). */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/city.h"
#include "support/pg_fixture.h"
#include "support/photo_post.h"

static struct server server;
static struct city city;

static void set_up(void)
{
    fixture_open();
    server_start(&server, (const char *[]){"--address_failures_per_min=1000000", NULL});
    city_open(&server, &city);
}

static void tear_down(void)
{
    city_expect_quiet(&server, &city);
    server_stop(&server);
    fixture_close();
}

TestSuite(matrix, .init = set_up, .fini = tear_down, .timeout = 240);

/* -- who asks ----------------------------------------------------------------------------------- */

enum who {
    OPERATOR, CONTRACTOR, CLINIC, CENTRE, OFFICER, INSPECTOR, REGULATOR, GATE, WORKER,
    ROLES,
    NO_KEY = ROLES, WRONG_KEY, WRONG_WORKER_KEY, NONSENSE, ASKERS
};
#define AS(who) (1u << (who))
#define ANYBODY UINT32_MAX

static const char *const names[ASKERS] = {
    "operator", "contractor", "clinic", "training_centre", "safety_officer", "inspector",
    "regulator", "gate", "worker", "no key", "wrong key", "wrong worker key", "nonsense"};

static const char *key_of(enum who who)
{
    const struct cast *cast = &city.cast;
    const char *const keys[ASKERS] = {
        server.operator_key, cast->contractor.key, cast->clinic.key, cast->centre.key,
        cast->safety_officer.key, cast->inspector.key, cast->regulator.key,
        cast->gate_account.key, city.own.key, NULL,
        "jk_AAAAAAAAAAAA_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "jw_1_1_AAAAAAAAAAAAAAAAAAAAAA",
        "%00 or 1=1"};

    return keys[who];
}

/* -- what is asked about ------------------------------------------------------------------------ */

enum object { NOTHING, PERSON, PASS, ORG, SITE, DEVICE, ACCOUNT, DRAFT, IMPORT, TRIAL, ALERT, ANOMALY, WEBHOOK, APPEAL, OVERRIDE, SESSION, SIGNING_KEY, OBJECTS };
enum whose { OWN, NEIGHBOUR, FAR, ABSENT, WHOSE };

static const char *const whose_names[WHOSE] = {"own", "neighbour's", "far", "absent"};
static long long ids[OBJECTS][WHOSE];
static char numbers[WHOSE][19];
static struct posted_photo photos[WHOSE]; /* of each person */
/* A status list of the gate's region. */
static char list_region[16];
static long long list_number;

static long long draft(long long number, const char *region, const char *key)
{
    struct http_reply list = server_must(&server, "GET", "/v1/policies", server.operator_key, NULL);
    struct http_reply reply =
        server_must(&server, "GET", say("/v1/policies/%lld", reply_int(&list, "items.0.number")),
                    server.operator_key, NULL);
    json_t *document = json_deep_copy(reply_at(&reply, "document"));
    char *text;

    reply_clear(&list);
    reply_clear(&reply);
    json_object_set_new(document, "number", json_integer(number));
    json_object_set_new(document, "region", json_string(region));
    text = json_dumps(document, JSON_COMPACT);
    reply = server_must(&server, "POST", "/v1/policies", key, text);
    reply_clear(&reply);
    free(text);
    json_decref(document);
    return number;
}

static long long trial(long long number, const char *key)
{
    struct http_reply reply =
        server_must(&server, "POST", say("/v1/policies/%lld/trial", number), key, "{}");
    long long id = reply_int(&reply, "trial");

    reply_clear(&reply);
    return id;
}

static long long alert(long long site)
{
    fixture_exec(say("INSERT INTO alert (site_id, kind, policy, then_what, opened_on, deadline)"
                     " VALUES (%lld, 1, 2, 0, current_date, current_date + 3)", site));
    return fixture_query_int("SELECT max(id) FROM alert");
}

static long long anomaly(long long site)
{
    fixture_exec(say("INSERT INTO anomaly (kind, site_id, worker_id, gate_id, epoch, seq, day,"
                     " other_gate, at) VALUES (4, %lld, 0, 1, 1, %lld, current_date, 0, now())",
                     site, site));
    return fixture_query_int("SELECT max(id) FROM anomaly");
}

static void badge(const char *key, long long worker)
{
    struct http_reply reply =
        server_must(&server, "POST", say("/v1/workers/%lld/badges", worker), key, NULL);

    reply_clear(&reply);
}

static long long import(const char *key)
{
    struct http_question question = {.method = "POST", .path = "/v1/imports", .key = key,
                                     .media_type = "text/csv",
                                     .body = "name,document_number,site,trade\r\n"};
    struct http_reply reply = client_ask(&server.client, &question);
    long long id = reply_int(&reply, "import");

    cr_assert_eq(reply.status, 202, "%s", reply.body);
    reply_clear(&reply);
    return id;
}

/* A pass stands here for its gate: it is the gate's seventh of its first start, today. */
static long long pass_at(long long gate, const char *key)
{
    struct http_reply reply =
        server_must(&server, "POST", "/v1/gate/check", key,
                    say("{\"worker_no\":\"999999\",\"direction\":\"out\",\"at\":\"%s\","
                        "\"epoch\":1,\"seq\":7}", city_now()));

    reply_clear(&reply);
    return gate;
}

static long long webhook(const char *key)
{
    struct http_reply reply = server_must(
        &server, "POST", "/v1/webhooks", key,
        "{\"url\":\"https://hook.example.cn/x\",\"events\":[\"reminder.expiry\"]}");
    long long id = reply_int(&reply, "id");

    reply_clear(&reply);
    return id;
}

static long long appeal(const struct citizen *who)
{
    struct http_reply reply =
        server_must(&server, "POST", "/v1/appeals", who->key,
                    "{\"reason\":\"TRAIN_NONE\",\"scope\":\"person\",\"words\":\"我参加过培训\"}");
    long long id = reply_int(&reply, "id");

    reply_clear(&reply);
    return id;
}

static long long override(const struct citizen *who, const struct part *first)
{
    struct http_reply reply = server_must(
        &server, "POST", "/v1/overrides", first->key,
        say("{\"worker\":%lld,\"colour\":\"yellow\",\"from\":\"%s\",\"until\":\"%s\","
            "\"evidence\":\"复核单\",\"signed_by\":[%lld,%lld]}", who->id, city_today(),
            city_day(7), first->id,
            cast_account(&server, "inspector", city.cast.inspector.org, ",\"region\":\"\"").id));
    long long id = reply_int(&reply, "id");

    reply_clear(&reply);
    return id;
}

static void set_objects(void)
{
    const struct cast *cast = &city.cast;
    const long long all[OBJECTS][WHOSE] = {
        [PERSON] = {city.own.id, city.next_door.id, city.far.id, 77777777},
        [PASS] = {pass_at(cast->gate, cast->gate_account.key),
                  pass_at(city.neighbour_gate, city.neighbour_gate_account.key),
                  pass_at(cast->other_gate, cast->other_gate_account.key), 77777777},
        [ORG] = {cast->contractor.org, city.neighbour.org, cast->other_contractor.org, 77777777},
        [SITE] = {cast->site, city.neighbour_site, cast->other_site, 77777777},
        [DEVICE] = {cast->gate, city.neighbour_gate, cast->other_gate, 77777777},
        /* not those that ask: these are given new keys on the way */
        [ACCOUNT] = {cast_account(&server, "contractor", cast->contractor.org, "").id,
                     cast_account(&server, "contractor", city.neighbour.org, "").id,
                     cast_account(&server, "contractor", cast->other_contractor.org, "").id,
                     77777777},
        [DRAFT] = {draft(770001, "3209", cast->regulator.key),
                   draft(770002, "3201", cast->regulator.key),
                   draft(770003, "41", cast->other_regulator.key), 77777777},
        [IMPORT] = {import(cast->contractor.key), import(city.neighbour.key),
                    import(cast->other_contractor.key), 77777777},
        [WEBHOOK] = {webhook(cast->contractor.key), webhook(city.neighbour.key),
                     webhook(cast->other_contractor.key), 77777777},
        [APPEAL] = {appeal(&city.own), appeal(&city.next_door), appeal(&city.far), 77777777},
        [OVERRIDE] = {override(&city.own, &cast->regulator),
                      override(&city.next_door, &cast->regulator),
                      override(&city.far, &cast->other_regulator), 77777777},
        /* nobody here came by a session */
        [SESSION] = {77777776, 77777777, 77777778, 77777779},
        [SIGNING_KEY] = {1, 1, 1, 77777777}, /* the only one there is */
    }; /* trials are of the drafts, which must be there first */
    struct http_reply lists =
        server_must(&server, "GET", "/v1/lists", cast->gate_account.key, NULL);
    const struct citizen *const people[] = {&city.own, &city.next_door, &city.far};
    const long long trials[WHOSE] = {trial(770001, cast->regulator.key),
                                     trial(770002, cast->regulator.key),
                                     trial(770003, cast->other_regulator.key), 77777777};

    snprintf(list_region, sizeof list_region, "%s", reply_text(&lists, "region"));
    list_number = reply_int(&lists, "lists.0");
    reply_clear(&lists);
    badge(cast->contractor.key, city.own.id);
    badge(city.neighbour.key, city.next_door.id);
    badge(cast->other_contractor.key, city.far.id);
    photo_post(&server, city.own.id, cast->contractor.key, "own", &photos[OWN]);
    photo_post(&server, city.next_door.id, city.neighbour.key, "next door", &photos[NEIGHBOUR]);
    photo_post(&server, city.far.id, cast->other_contractor.key, "far", &photos[FAR]);
    snprintf(photos[ABSENT].hex, sizeof photos[ABSENT].hex, "%032d", 7);
    memcpy(ids, all, sizeof ids);
    memcpy(ids[TRIAL], trials, sizeof trials);
    for (int i = 0; i < 3; i++) {
        ids[ALERT][i] = alert(ids[SITE][i]);
        ids[ANOMALY][i] = anomaly(ids[SITE][i]);
    }
    ids[ALERT][ABSENT] = ids[ANOMALY][ABSENT] = 77777777;
    for (int i = 0; i < 3; i++)
        memcpy(numbers[i], people[i]->number, sizeof numbers[i]);
    cast_number(numbers[ABSENT], "19770707", 777);
}

/* -- what is sent ------------------------------------------------------------------------------- */

/* In path and body `{}` is the object's id, `{number}` the person's document number, {today},
 * {now} and {site} (the asker's own) what they say. The first row that fits the asker counts. */
struct example {
    const char *method, *pattern;
    enum object object;
    uint32_t roles;
    const char *query, *body, *media_type;
};

#define RECORDS "/v1/workers/{id}/records"
/* A public key that nobody signs with: the base point of P-256. */
#define GATE_KEY                                                                                   \
    "{\"alg\":\"ES256\",\"x\":\"6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296\"," \
    "\"y\":\"4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5\"}"
static const struct example examples[] = {
    {"POST", "/v1/orgs", NOTHING, ANYBODY, "", "{\"kind\":\"clinic\",\"name\":\"新\"}", NULL},
    {"GET", "/v1/orgs", NOTHING, ANYBODY, "?limit=2", NULL, NULL},
    {"GET", "/v1/orgs/{id}", ORG, ANYBODY, "", NULL, NULL},
    {"PATCH", "/v1/orgs/{id}", ORG, ANYBODY, "", "{\"permit_state\":\"valid\"}", NULL},
    {"POST", "/v1/sites", NOTHING, ANYBODY, "",
     "{\"name\":\"新\",\"region\":\"320900\",\"org\":1}", NULL},
    {"GET", "/v1/sites", NOTHING, ANYBODY, "", NULL, NULL},
    {"GET", "/v1/sites/{id}", SITE, ANYBODY, "", NULL, NULL},
    {"PATCH", "/v1/sites/{id}", SITE, ANYBODY, "", "{\"state\":\"open\"}", NULL},
    {"GET", "/v1/sites/{id}/standing", SITE, ANYBODY, "", NULL, NULL},
    {"GET", "/v1/alerts", NOTHING, ANYBODY, "", NULL, NULL},
    {"GET", "/v1/alerts/{id}", ALERT, ANYBODY, "", NULL, NULL},
    {"POST", "/v1/alerts/{id}", ALERT, ANYBODY, "", "{\"action\":\"seen\"}", NULL},
    {"GET", "/v1/anomalies", NOTHING, ANYBODY, "", NULL, NULL},
    {"POST", "/v1/anomalies/{id}", ANOMALY, ANYBODY, "", "{\"outcome\":\"harmless\"}", NULL},
    {"POST", "/v1/devices", NOTHING, ANYBODY, "",
     "{\"site\":{site},\"name\":\"新\",\"direction\":\"in\"}", NULL},
    {"GET", "/v1/devices", NOTHING, ANYBODY, "", NULL, NULL},
    {"GET", "/v1/devices/{id}", DEVICE, ANYBODY, "", NULL, NULL},
    {"PATCH", "/v1/devices/{id}", DEVICE, ANYBODY, "", "{\"name\":\"新\"}", NULL},
    {"POST", "/v1/devices/{id}/key", DEVICE, ANYBODY, "", GATE_KEY, NULL},
    {"GET", "/v1/devices/{id}/chain", DEVICE, ANYBODY, "", NULL, NULL},
    {"POST", "/v1/accounts", NOTHING, ANYBODY, "", "{\"role\":\"operator\",\"label\":\"x\"}", NULL},
    {"GET", "/v1/accounts", NOTHING, ANYBODY, "", NULL, NULL},
    {"GET", "/v1/accounts/{id}", ACCOUNT, ANYBODY, "", NULL, NULL},
    {"PATCH", "/v1/accounts/{id}", ACCOUNT, ANYBODY, "", "{\"label\":\"x\"}", NULL},
    {"POST", "/v1/accounts/{id}/key", ACCOUNT, ANYBODY, "", NULL, NULL},
    {"POST", "/v1/session", NOTHING, ANYBODY, "",
     "{\"login\":\"nobody.here\",\"password\":\"x\"}", NULL},
    {"POST", "/v1/session/worker", NOTHING, ANYBODY, "",
     "{\"token\":\"00\",\"device_key\":" CAST_DEVICE_KEY "}", NULL},
    {"GET", "/v1/session", NOTHING, ANYBODY, "", NULL, NULL},
    {"DELETE", "/v1/session", NOTHING, ANYBODY, "", NULL, NULL},
    {"GET", "/v1/sessions", NOTHING, ANYBODY, "", NULL, NULL},
    {"DELETE", "/v1/sessions/{id}", SESSION, ANYBODY, "", NULL, NULL},
    {"POST", "/v1/session/password", NOTHING, ANYBODY, "",
     "{\"current\":\"x\",\"password\":\"none of those\"}", NULL},
    {"POST", "/v1/session/totp", NOTHING, ANYBODY, "", NULL, NULL},
    {"POST", "/v1/session/totp/confirm", NOTHING, ANYBODY, "", "{\"code\":\"000000\"}", NULL},
    {"POST", "/v1/password", NOTHING, ANYBODY, "",
     "{\"token\":\"00\",\"password\":\"none of those\"}", NULL},
    {"POST", "/v1/accounts/{id}/login", ACCOUNT, ANYBODY, "", "{\"login\":\"account.{id}\"}",
     NULL},
    {"DELETE", "/v1/accounts/{id}/sessions", ACCOUNT, ANYBODY, "", NULL, NULL},
    {"POST", "/v1/webhooks", NOTHING, ANYBODY, "",
     "{\"url\":\"https://hook.example.cn/x\",\"events\":[\"reminder.expiry\"]}", NULL},
    {"GET", "/v1/webhooks", NOTHING, ANYBODY, "", NULL, NULL},
    {"GET", "/v1/webhooks/{id}", WEBHOOK, ANYBODY, "", NULL, NULL},
    {"PATCH", "/v1/webhooks/{id}", WEBHOOK, ANYBODY, "", "{\"state\":\"active\"}", NULL},
    {"POST", "/v1/webhooks/{id}/secret", WEBHOOK, ANYBODY, "", NULL, NULL},
    {"POST", "/v1/webhooks/{id}/test", WEBHOOK, ANYBODY, "", NULL, NULL},
    {"POST", "/v1/webhooks/{id}/retry", WEBHOOK, ANYBODY, "", NULL, NULL},
    {"GET", "/v1/webhooks/{id}/deliveries", WEBHOOK, ANYBODY, "", NULL, NULL},
    {"POST", "/v1/reminders", NOTHING, ANYBODY, "", NULL, NULL},
    {"POST", "/v1/policies", NOTHING, ANYBODY, "", "{}", NULL},
    {"GET", "/v1/policies", NOTHING, ANYBODY, "", NULL, NULL},
    {"GET", "/v1/policies/{number}", DRAFT, ANYBODY, "", NULL, NULL},
    {"GET", "/v1/policies/{number}/findings", DRAFT, ANYBODY, "", NULL, NULL},
    {"POST", "/v1/holidays", NOTHING, ANYBODY, "",
     "{\"year\":2030,\"source\":\"通知\",\"mark\":\"PUB\",\"off\":[],\"working\":[]}", NULL},
    {"GET", "/v1/holidays", NOTHING, ANYBODY, "?year=2026", NULL, NULL},
    {"GET", "/v1/keys", NOTHING, ANYBODY, "", NULL, NULL},
    {"POST", "/v1/keys", NOTHING, ANYBODY, "", GATE_KEY, NULL},
    {"PATCH", "/v1/keys/{id}", SIGNING_KEY, ANYBODY, "", "{\"state\":\"active\"}", NULL},
    {"POST", "/v1/trust", NOTHING, ANYBODY, "", "no list", "application/cose"},
    {"POST", "/v1/policies/{number}/state", DRAFT, ANYBODY, "", "{\"state\":\"retired\"}", NULL},
    {"POST", "/v1/policies/{number}/trial", DRAFT, ANYBODY, "", "{\"on\":\"2030-01-01\"}", NULL},
    {"GET", "/v1/trials", NOTHING, ANYBODY, "", NULL, NULL},
    {"GET", "/v1/trials/{id}", TRIAL, ANYBODY, "", NULL, NULL},
    {"POST", "/v1/workers", NOTHING, ANYBODY, "",
     "{\"name\":\"新\",\"document_number\":\"990101199001019997\",\"site\":{site},"
     "\"trade\":\"020\"}", NULL},
    {"POST", "/v1/workers/{id}/invitation", PERSON, ANYBODY, "", NULL, NULL},
    {"DELETE", "/v1/workers/{id}/access", PERSON, ANYBODY, "", NULL, NULL},
    {"DELETE", "/v1/workers/{id}", PERSON, ANYBODY, "", NULL, NULL},
    {"POST", "/v1/imports", NOTHING, ANYBODY, "", "name,document_number,site,trade\r\n", "text/csv"},
    {"GET", "/v1/imports/{id}", IMPORT, ANYBODY, "", NULL, NULL},
    {"GET", "/v1/imports/{id}/errors.csv", IMPORT, ANYBODY, "", NULL, NULL},
    {"GET", "/v1/workers", NOTHING, ANYBODY, "", NULL, NULL},
    {"GET", "/v1/forecast", NOTHING, ANYBODY, "?days=90", NULL, NULL},
    {"POST", "/v1/workers/find", PERSON, ANYBODY, "",
     "{\"document_type\":1,\"document_number\":\"{number}\"}", NULL},
    {"GET", "/v1/workers/{id}", PERSON, ANYBODY, "", NULL, NULL},
    {"GET", RECORDS, PERSON, ANYBODY, "", NULL, NULL},
    {"GET", "/v1/workers/{id}/colour", PERSON, ANYBODY, "", NULL, NULL},
    {"GET", "/v1/workers/{id}/calendar", PERSON, ANYBODY, "", NULL, NULL},
    {"GET", "/v1/workers/{id}/stars", PERSON, ANYBODY, "", NULL, NULL},
    {"GET", "/v1/workers/{id}/accesses", PERSON, ANYBODY, "", NULL, NULL},
    {"POST", "/v1/workers/{id}/photo", PERSON, ANYBODY, "", "x", "image/jpeg"},
    {"GET", "/v1/workers/{id}/photo", PERSON, ANYBODY, "", NULL, NULL},
    {"GET", "/v1/identity-reviews", NOTHING, ANYBODY, "", NULL, NULL},
    {"GET", "/v1/passes", SITE, ANYBODY, "?site={}", NULL, NULL},
    {"GET", "/v1/passes/{pass}", PASS, ANYBODY, "", NULL, NULL},
    {"GET", "/v1/audit", NOTHING, ANYBODY, "", NULL, NULL},
    {"POST", "/v1/appeals", PERSON, ANYBODY, "",
     "{\"worker\":{},\"reason\":\"HEALTH_NONE\",\"scope\":\"person\",\"words\":\"我体检过\"}", NULL},
    {"GET", "/v1/appeals", NOTHING, ANYBODY, "", NULL, NULL},
    {"GET", "/v1/appeals/{id}", APPEAL, ANYBODY, "", NULL, NULL},
    {"POST", "/v1/appeals/{id}/decision", APPEAL, ANYBODY, "",
     "{\"outcome\":\"rejected\",\"words\":\"没有培训记录\"}", NULL},
    {"POST", "/v1/overrides", PERSON, ANYBODY, "",
     "{\"worker\":{},\"colour\":\"green\",\"from\":\"{today}\",\"until\":\"2070-01-01\","
     "\"evidence\":\"复核单\",\"signed_by\":[1,2]}", NULL},
    {"GET", "/v1/overrides", NOTHING, ANYBODY, "", NULL, NULL},
    {"GET", "/v1/overrides/{id}", OVERRIDE, ANYBODY, "", NULL, NULL},
    {"POST", "/v1/overrides/{id}/signature", OVERRIDE, ANYBODY, "", NULL, NULL},
    {"POST", "/v1/overrides/{id}/withdrawal", OVERRIDE, ANYBODY, "", NULL, NULL},
    {"POST", "/v1/engagements", PERSON, ANYBODY, "",
     "{\"worker\":{},\"site\":{site},\"trade\":\"030\",\"role\":\"worker\"}", NULL},
    {"POST", "/v1/exams", PERSON, ANYBODY, "", "{\"worker\":{},\"conclusion\":\"no_abnormality\"}",
     NULL},
    {"POST", "/v1/trainings", PERSON, AS(OFFICER), "",
     "{\"worker\":{},\"type\":\"drill\",\"hours\":1,\"passed\":true}", NULL},
    {"POST", "/v1/trainings", PERSON, ANYBODY, "",
     "{\"worker\":{},\"type\":\"entry_company\",\"hours\":8,\"passed\":true}", NULL},
    {"POST", "/v1/violations", PERSON, ANYBODY, "",
     "{\"worker\":{},\"class\":\"operation\",\"category\":\"7.06\",\"severity\":1}", NULL},
    {"POST", "/v1/certificates", PERSON, AS(REGULATOR), "",
     "{\"worker\":{},\"kind\":\"certificate_status\",\"number\":\"T1\",\"status\":\"valid\","
     "\"from\":\"{today}\"}", NULL},
    {"POST", "/v1/certificates", PERSON, ANYBODY, "",
     "{\"worker\":{},\"type\":\"other\",\"number\":\"T1\",\"issuer\":\"other\","
     "\"valid_from\":\"{today}\",\"valid_until\":\"2070-01-01\"}", NULL},
    {"POST", RECORDS, PERSON, AS(CONTRACTOR), "",
     "{\"kind\":\"agreement\",\"type\":\"labour_contract\",\"from\":\"{today}\"}", NULL},
    {"POST", RECORDS, PERSON, AS(OFFICER) | AS(INSPECTOR), "", "{\"kind\":\"star\",\"points\":1}",
     NULL},
    {"POST", RECORDS, PERSON, AS(REGULATOR), "",
     "{\"kind\":\"ban\",\"scope\":\"role\",\"subject\":\"head\",\"from\":\"{today}\","
     "\"basis\":\"第七条\"}", NULL},
    {"POST", RECORDS, PERSON, ANYBODY, "",
     "{\"kind\":\"consent\",\"scope\":\"health\",\"given\":true}", NULL},
    {"POST", "/v1/workers/{id}/code", PERSON, ANYBODY, "", "{\"svg\":false}", NULL},
    {"POST", "/v1/workers/{id}/badges", PERSON, ANYBODY, "", NULL, NULL},
    {"POST", "/v1/badges/sheet", PERSON, ANYBODY, "", "{\"workers\":[{}]}", NULL},
    {"GET", "/v1/workers/{id}/badges", PERSON, ANYBODY, "", NULL, NULL},
    {"POST", "/v1/workers/{id}/badges/{n}/void", PERSON, ANYBODY, "", "{\"reason\":\"lost\"}", NULL},
    {"POST", "/v1/gate/check", NOTHING, ANYBODY, "",
     "{\"worker_no\":\"1\",\"direction\":\"in\",\"at\":\"{now}\",\"epoch\":1,\"seq\":1}", NULL},
    {"POST", "/v1/gate/passes", NOTHING, ANYBODY, "", "[]", NULL},
    {"POST", "/v1/gate/key", NOTHING, ANYBODY, "", GATE_KEY, NULL},
    {"GET", "/v1/gate/site", NOTHING, ANYBODY, "", NULL, NULL},
    {"GET", "/v1/gate/roster", NOTHING, ANYBODY, "?day={today}", NULL, NULL},
    {"GET", "/v1/gate/photos/{hash}", PERSON, ANYBODY, "", NULL, NULL},
    {"GET", "/v1/lists", NOTHING, ANYBODY, "", NULL, NULL},
    {"GET", "/v1/lists/{region}/{number}/{day}", NOTHING, ANYBODY, "", NULL, NULL},
    {"GET", "/v1/trust", NOTHING, ANYBODY, "", NULL, NULL},
    {"GET", "/v1/log/head", NOTHING, ANYBODY, "", NULL, NULL},
    {"GET", "/v1/log/leaves", NOTHING, ANYBODY, "?limit=2", NULL, NULL},
    {"GET", "/v1/log/proof", NOTHING, ANYBODY, "?index=0&size=1", NULL, NULL},
    {"GET", "/v1/log/evidence", NOTHING, ANYBODY, "?of=policy:1.1", NULL, NULL},
    {"GET", "/healthz", NOTHING, ANYBODY, "", NULL, NULL},
    {"GET", "/readyz", NOTHING, ANYBODY, "", NULL, NULL},
    {"GET", "/metrics", NOTHING, ANYBODY, "", NULL, NULL},
    {"GET", "/openapi.yaml", NOTHING, ANYBODY, "", NULL, NULL},
};
enum { EXAMPLES = sizeof examples / sizeof examples[0] };

static const struct example *example_of(const char *method, const char *pattern, enum who who)
{
    for (size_t i = 0; i < EXAMPLES; i++) {
        if (strcmp(examples[i].method, method) == 0 &&
            strcmp(examples[i].pattern, pattern) == 0 &&
            (examples[i].roles == ANYBODY || (examples[i].roles & AS(who)) != 0))
            return &examples[i];
    }
    return NULL;
}

static void put(char *into, size_t bytes, const char *from, const char *word, const char *value)
{
    const char *at;

    into[0] = '\0';
    while ((at = strstr(from, word)) != NULL) {
        size_t used = strlen(into);

        snprintf(into + used, bytes - used, "%.*s%s", (int)(at - from), from, value);
        from = at + strlen(word);
    }
    snprintf(into + strlen(into), bytes - strlen(into), "%s", from);
}

static const char *fill(char into[2048], const char *template, enum object object,
                        enum whose whose)
{
    char turn[2][2048];

    put(turn[0], 2048, template, "{id}", say("%lld", ids[object][whose]));
    put(turn[1], 2048, turn[0], "{}", say("%lld", ids[object][whose]));
    memcpy(turn[0], turn[1], sizeof turn[0]);
    put(turn[1], 2048, turn[0], "{n}", "1"); /* the first badge */
    put(turn[0], 2048, turn[1], "{pass}",
        say("%lld-1-7-%.4s%.2s%.2s", ids[object][whose], city_today(), city_today() + 5,
            city_today() + 8));
    put(turn[1], 2048, turn[0], "{region}/{number}/{day}",
        say("%s/%lld/%s", list_region, list_number, city_today()));
    put(turn[0], 2048, turn[1], "{number}",
        object == DRAFT ? say("%lld", ids[object][whose]) : numbers[whose]);
    put(turn[1], 2048, turn[0], "{today}", city_today());
    put(turn[0], 2048, turn[1], "{now}", city_now());
    put(turn[1], 2048, turn[0], "{hash}", photos[whose].hex);
    put(into, 2048, turn[1], "{site}", say("%lld", city.cast.site));
    return into;
}

static struct http_reply ask(const struct example *example, enum who who, enum whose whose)
{
    char path[2048], query[2048], body[2048], url[4096];

    snprintf(url, sizeof url, "%s%s", fill(path, example->pattern, example->object, whose),
             fill(query, example->query, example->object, whose));
    if (example->body != NULL)
        fill(body, example->body, example->object, whose);
    return client_ask(&server.client,
                      &(struct http_question){.method = example->method, .path = url,
                                              .key = key_of(who),
                                              .body = example->body != NULL ? body : NULL,
                                              .media_type = example->media_type});
}

/* -- what must come of it ----------------------------------------------------------------------- */

/* Routes that a role's permission opens and that are not for it all the same. */
static const struct {
    const char *method, *pattern;
    uint32_t roles;
} closed[] = {
    {"GET", "/v1/workers", AS(WORKER)}, /* he is nobody's list */
    {"GET", "/v1/forecast", AS(WORKER)},
    {"GET", "/v1/workers/{id}/accesses", AS(CONTRACTOR) | AS(OFFICER) | AS(INSPECTOR)},
};

static bool is_closed(const struct example *example, enum who who)
{
    for (size_t i = 0; i < sizeof closed / sizeof closed[0]; i++) {
        if (strcmp(closed[i].method, example->method) == 0 &&
            strcmp(closed[i].pattern, example->pattern) == 0 && (closed[i].roles & AS(who)) != 0)
            return true;
    }
    return false;
}

/* How far each role sees. */
static bool may_see(enum who who, const struct example *example, enum whose whose)
{
    /* who is shown a document may ask whose it is: a masked name, and nothing else */
    bool finds = strcmp(example->pattern, "/v1/workers/find") == 0;

    if (example->object == NOTHING)
        return true;
    if (whose == ABSENT || example->object == SESSION)
        return false;
    if (example->object == WEBHOOK) /* of the contractor: not even his regulator reads it */
        return who == CONTRACTOR && whose == OWN;
    switch (who) {
    case OPERATOR: return true;
    case CLINIC:
    case CENTRE:   return true; /* who comes to them shows his document */
    case INSPECTOR:
        return finds || (example->object != DRAFT && whose != FAR);
    case REGULATOR:
        /* anybody who sets policies reads every draft; he moves those of his region */
        if (example->object == DRAFT && strcmp(example->method, "GET") == 0)
            return true;
        return finds || whose != FAR;
    case CONTRACTOR:
    case OFFICER: return example->object != DRAFT && whose == OWN;
    default:      return example->object != DRAFT && whose == OWN;
    }
}

enum { ALLOWED = 0 }; /* anything but 401, 403, 404 and a failure of the server's */

/* Open to everybody, and what is shown there opens nothing. */
static const struct {
    const char *pattern;
    int status;
} knocks[] = {{"/v1/session", 401}, {"/v1/session/worker", 410}, {"/v1/password", 410}};

static int expected_open(const struct example *example)
{
    for (size_t i = 0; i < sizeof knocks / sizeof knocks[0]; i++) {
        if (strcmp(knocks[i].pattern, example->pattern) == 0)
            return knocks[i].status;
    }
    return 200;
}

static int expected_of(const json_t *route, const struct example *example, enum who who,
                       enum whose whose)
{
    const json_t *roles = json_object_get(route, "roles"), *role;
    size_t i;
    bool may = false;

    if (json_array_size(json_object_get(route, "permissions")) == 0)
        return expected_open(example);
    if (who >= ROLES)
        return 401;
    json_array_foreach(roles, i, role)
        may = may || strcmp(json_string_value(role), names[who]) == 0;
    if (!may || is_closed(example, who))
        return 403;
    return may_see(who, example, whose) ? ALLOWED : 404;
}

static bool is_as(int status, int expected)
{
    if (expected != ALLOWED)
        return status == expected;
    return status < 500 && status != 401 && status != 403 && status != 404 && status != 429;
}

/* The answer without what names the request itself. */
static char *told(const struct http_reply *reply)
{
    json_t *copy = json_deep_copy(reply->json);
    char *text;

    json_object_del(copy, "instance");
    text = json_dumps(copy, JSON_SORT_KEYS);
    json_decref(copy);
    return text;
}

/* What is somebody else's is answered as what does not exist. */
static void compare(const struct example *example, enum who who, enum whose whose,
                    const struct http_reply *reply, char **absent)
{
    char *text = told(reply);

    cr_assert_not_null(text, "%s %s as %s: not JSON: %s", example->method, example->pattern,
                       names[who], reply->body);
    if (*absent == NULL) {
        *absent = text;
        return;
    }
    cr_expect_str_eq(text, *absent, "%s %s as %s, %s: %s, but absent: %s", example->method,
                     example->pattern, names[who], whose_names[whose], text, *absent);
    free(text);
}

static void walk_route(const json_t *route, enum who who)
{
    const char *method = json_string_value(json_object_get(route, "method"));
    const char *pattern = json_string_value(json_object_get(route, "path"));
    const struct example *example = example_of(method, pattern, who);
    char *absent = NULL;

    cr_assert_not_null(example, "%s %s has no example here: add one", method, pattern);
    for (int whose = WHOSE; whose-- > 0;) { /* absent first: the others are compared with it */
        int expected = expected_of(route, example, who, (enum whose)whose);
        struct http_reply reply;

        if (example->object == NOTHING && whose != OWN)
            continue;
        reply = ask(example, who, (enum whose)whose);
        cr_expect(is_as(reply.status, expected), "%s %s as %s, %s: %d, not %d: %s", method, pattern,
                  names[who], whose_names[whose], reply.status, expected, reply.body);
        if (who == WORKER && whose == OWN && reply.status == 200 &&
            strcmp(pattern, "/v1/workers/{id}/access") == 0) /* it was his own: he comes back */
            cast_phone(&server, city.cast.contractor.key, city.own.id, city.own.key);
        if (expected >= 400)
            compare(example, who, (enum whose)whose, &reply, &absent);
        reply_clear(&reply);
    }
    free(absent);
}

static json_t *print_routes(void)
{
    static char command[512], text[128 * 1024];
    FILE *program;
    json_t *routes;

    snprintf(command, sizeof command, "%s --print-routes", JIANAN_SERVER);
    program = popen(command, "r");
    cr_assert_not_null(program);
    text[fread(text, 1, sizeof text - 1, program)] = '\0';
    cr_assert_eq(pclose(program), 0);
    routes = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
    cr_assert_not_null(routes, "not JSON: %s", text);
    return routes;
}

static void walk_as(enum who who)
{
    json_t *routes = print_routes();
    const json_t *route;
    size_t i;

    cr_assert_gt(json_array_size(routes), 40);
    if (ids[PERSON][OWN] == 0)
        set_objects();
    json_array_foreach(routes, i, route)
        walk_route(route, who);
    json_decref(routes);
}

Test(matrix, operator) { walk_as(OPERATOR); }
Test(matrix, contractor) { walk_as(CONTRACTOR); }
Test(matrix, clinic) { walk_as(CLINIC); }
Test(matrix, training_centre) { walk_as(CENTRE); }
Test(matrix, safety_officer) { walk_as(OFFICER); }
Test(matrix, inspector) { walk_as(INSPECTOR); }
Test(matrix, regulator) { walk_as(REGULATOR); }
Test(matrix, gate) { walk_as(GATE); }
Test(matrix, worker) { walk_as(WORKER); }

Test(matrix, without_a_valid_key)
{
    for (enum who who = NO_KEY; who < ASKERS; who++)
        walk_as(who);
}

Test(matrix, no_example_is_left_of_a_route_that_is_gone)
{
    json_t *routes = print_routes();
    const json_t *route;
    size_t at;

    for (size_t i = 0; i < EXAMPLES; i++) {
        bool found = false;

        json_array_foreach(routes, at, route)
            found = found ||
                    (strcmp(json_string_value(json_object_get(route, "method")),
                            examples[i].method) == 0 &&
                     strcmp(json_string_value(json_object_get(route, "path")),
                            examples[i].pattern) == 0);
        cr_expect(found, "%s %s", examples[i].method, examples[i].pattern);
    }
    json_decref(routes);
}
