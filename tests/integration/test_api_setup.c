/* Organisations, sites, gates, accounts and policies over HTTP, with the real server. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "support/cast.h"
#include "support/pg_fixture.h"

static struct server server;
static struct cast cast;

static void set_up(void)
{
    fixture_open();
    server_start(&server, NULL);
}

static void set_up_cast(void)
{
    set_up();
    cast_open(&server, &cast);
}

static void tear_down(void)
{
    server_stop(&server);
    fixture_close();
}

TestSuite(setup, .init = set_up, .fini = tear_down);
TestSuite(setup_cast, .init = set_up_cast, .fini = tear_down);

static const char *const operator_key = server.operator_key;

/* One request, its status and, for a problem, its code and the pointer of its first error. */
struct expectation {
    const char *what, *method, *path, *body;
    int status;
    const char *code, *pointer;
};

static void check_one(const struct expectation *e, const char *key)
{
    struct http_reply reply = server_ask(&server, e->method, e->path, key, e->body);

    cr_expect_eq(reply.status, e->status, "%s: %d, not %d: %s", e->what, reply.status, e->status,
                 reply.body);
    if (e->code != NULL)
        cr_expect_str_eq(reply_text(&reply, "code"), e->code, "%s: %s", e->what, reply.body);
    if (e->pointer != NULL)
        cr_expect_str_eq(reply_text(&reply, "errors.0.pointer"), e->pointer, "%s: %s", e->what,
                         reply.body);
    reply_clear(&reply);
}

static void check_all(const struct expectation *table, const char *key)
{
    for (; table->what != NULL; table++)
        check_one(table, key);
}

static struct http_reply ask(const char *method, const char *path, const char *key,
                             const char *body)
{
    return server_ask(&server, method, path, key, body);
}

static int status_of(const char *method, const char *path, const char *key, const char *body)
{
    struct http_reply reply = ask(method, path, key, body);
    int status = reply.status;

    reply_clear(&reply);
    return status;
}

/* -- organisations -------------------------------------------------------------------------- */

Test(setup, an_organisation_is_checked_field_by_field)
{
    static const struct expectation table[] = {
        {"plain", "POST", "/v1/orgs", "{\"kind\":\"clinic\",\"name\":\"体检\"}", 201, NULL, NULL},
        {"no kind", "POST", "/v1/orgs", "{\"name\":\"a\"}", 400, "field_missing", "/kind"},
        {"odd kind", "POST", "/v1/orgs", "{\"kind\":\"bank\",\"name\":\"a\"}", 400, "field_choice",
         "/kind"},
        {"empty name", "POST", "/v1/orgs", "{\"kind\":\"clinic\",\"name\":\"\"}", 400,
         "field_length", "/name"},
        {"region of 4", "POST", "/v1/orgs",
         "{\"kind\":\"clinic\",\"name\":\"a\",\"region\":\"3209\"}", 400, NULL, "/region"},
        {"credit code", "POST", "/v1/orgs",
         "{\"kind\":\"clinic\",\"name\":\"a\",\"uscc\":\"91350100M000100Y43\"}", 201, NULL, NULL},
        {"credit code again", "POST", "/v1/orgs",
         "{\"kind\":\"clinic\",\"name\":\"b\",\"uscc\":\"91350100M000100Y43\"}", 409,
         "already_exists", NULL},
        {"credit code, wrong check digit", "POST", "/v1/orgs",
         "{\"kind\":\"clinic\",\"name\":\"a\",\"uscc\":\"91350100M000100Y4Z\"}", 400,
         "uscc_invalid", "/uscc"},
        {"odd accreditation", "POST", "/v1/orgs",
         "{\"kind\":\"clinic\",\"name\":\"a\",\"accreditations\":[\"yoga\"]}", 400, "field_choice",
         "/accreditations"},
        {"mass assignment", "POST", "/v1/orgs",
         "{\"kind\":\"clinic\",\"name\":\"a\",\"version\":7}", 400, "field_unknown", "/version"},
        {0},
    };

    check_all(table, operator_key);
}

Test(setup, a_change_is_a_new_version_and_a_stale_one_is_refused)
{
    long long id = cast_org(&server, "contractor", "");
    const char *path = say("/v1/orgs/%lld", id);
    struct http_reply reply;

    reply = server_must(&server, "PATCH", path, operator_key,
                        "{\"permit_state\":\"valid\",\"permit_until\":\"2030-01-02\"}");
    cr_assert_eq(reply_int(&reply, "version"), 2);
    reply_clear(&reply);
    reply = client_ask(&server.client,
                       &(struct http_question){.method = "PATCH", .path = path,
                                               .key = operator_key, .body = "{\"name\":\"新名\"}",
                                               .extra = "If-Match: \"1\"\r\n"});
    cr_assert_eq(reply.status, 412);
    cr_assert_str_eq(reply_text(&reply, "code"), "precondition_failed");
    reply_clear(&reply);
    reply = client_ask(&server.client,
                       &(struct http_question){.method = "PATCH", .path = path,
                                               .key = operator_key, .body = "{\"name\":\"新名\"}",
                                               .extra = "If-Match: \"2\"\r\n"});
    cr_assert_eq(reply.status, 200);
    reply_clear(&reply);
    reply = server_must(&server, "GET", path, operator_key, NULL);
    cr_expect_str_eq(reply_header(&reply, "ETag"), "\"3\"");
    cr_expect_str_eq(reply_text(&reply, "name"), "新名");
    cr_expect_str_eq(reply_text(&reply, "permit_state"), "valid");
    cr_expect_str_eq(reply_text(&reply, "permit_until"), "2030-01-02");
    reply_clear(&reply);
    cr_expect_eq(fixture_query_int("SELECT count(*) FROM org WHERE name = '新名'"), 1);
}

Test(setup, an_end_of_the_permit_can_be_taken_back)
{
    long long id = cast_org(&server, "contractor", ",\"permit_until\":\"2030-01-02\"");
    const char *path = say("/v1/orgs/%lld", id);
    struct http_reply reply;

    reply = server_must(&server, "PATCH", path, operator_key, "{\"permit_until\":null}");
    reply_clear(&reply);
    reply = server_must(&server, "GET", path, operator_key, NULL);
    cr_expect(json_is_null(reply_at(&reply, "permit_until")));
    reply_clear(&reply);
}

Test(setup, a_list_is_read_page_by_page_without_gaps_or_repeats)
{
    char path[256] = "/v1/orgs?limit=3&kind=clinic";
    long long last = 0;
    int pages = 0, seen = 0;

    for (int i = 0; i < 7; i++)
        cast_org(&server, "clinic", "");
    cast_org(&server, "owner", "");
    while (path[0] != '\0') {
        struct http_reply reply = server_must(&server, "GET", path, operator_key, NULL);
        const char *link = reply_header(&reply, "Link");

        for (size_t i = 0; i < json_array_size(reply_at(&reply, "items")); i++, seen++) {
            long long id = reply_int(&reply, say("items.%zu.id", i));

            cr_assert_gt(id, last);
            last = id;
        }
        path[0] = '\0';
        if (link != NULL)
            cr_assert_eq(sscanf(link, "<%255[^>]>", path), 1);
        cr_assert_eq(link != NULL, json_is_string(reply_at(&reply, "next")));
        reply_clear(&reply);
        cr_assert_lt(pages++, 5);
    }
    cr_assert_eq(seen, 7);
    cr_assert_eq(pages, 3);
}

Test(setup, odd_pages_are_refused)
{
    static const struct expectation table[] = {
        {"limit 0", "GET", "/v1/orgs?limit=0", NULL, 400, "query_invalid", NULL},
        {"limit -1", "GET", "/v1/orgs?limit=-1", NULL, 400, "query_invalid", NULL},
        {"limit huge", "GET", "/v1/orgs?limit=1000000000", NULL, 400, "query_invalid", NULL},
        {"unknown", "GET", "/v1/orgs?page=2", NULL, 400, "query_invalid", NULL},
        {"twice", "GET", "/v1/orgs?limit=2&limit=2", NULL, 400, "query_invalid", NULL},
        {"no such org", "GET", "/v1/orgs/999999", NULL, 404, "org_unknown", NULL},
        {"no id", "GET", "/v1/orgs/abc", NULL, 404, "org_unknown", NULL},
        {0},
    };

    check_all(table, operator_key);
}

Test(setup_cast, a_regulator_keeps_permits_of_his_region_and_nothing_else)
{
    long long theirs = cast_org(&server, "contractor", ",\"region\":\"320900\"");
    long long others = cast_org(&server, "contractor", ",\"region\":\"410100\"");
    const char *mine = say("/v1/orgs/%lld", theirs), *foreign = say("/v1/orgs/%lld", others);
    const struct expectation table[] = {
        {"suspends", "PATCH", mine, "{\"permit_state\":\"suspended\"}", 200, NULL, NULL},
        {"renames", "PATCH", mine, "{\"name\":\"x\"}", 403, "forbidden", "/name"},
        {"closes", "PATCH", mine, "{\"state\":\"closed\"}", 403, "forbidden", "/state"},
        {"elsewhere", "PATCH", foreign, "{\"permit_state\":\"suspended\"}", 404, "org_unknown",
         NULL},
        {"reads elsewhere", "GET", foreign, NULL, 404, "org_unknown", NULL},
        {0},
    };

    check_all(table, cast.regulator.key);
}

/* -- sites ---------------------------------------------------------------------------------- */

Test(setup, a_site_is_checked_with_its_rule)
{
    long long org = cast_org(&server, "contractor", "");
    const struct expectation table[] = {
        {"plain", "POST", "/v1/sites",
         say("{\"name\":\"a\",\"region\":\"320900\",\"org\":%lld,\"rule\":{\"passback\":\"refuse\"}}",
             org),
         201, NULL, NULL},
        {"no such org", "POST", "/v1/sites",
         "{\"name\":\"a\",\"region\":\"320900\",\"org\":999999}", 404, "org_unknown", "/org"},
        {"odd rule", "POST", "/v1/sites",
         say("{\"name\":\"a\",\"region\":\"320900\",\"org\":%lld,\"rule\":{\"passback\":\"sing\"}}",
             org),
         400, NULL, "/rule/passback"},
        {"unknown rule", "POST", "/v1/sites",
         say("{\"name\":\"a\",\"region\":\"320900\",\"org\":%lld,\"rule\":{\"exit\":\"deny\"}}",
             org),
         400, NULL, "/rule"},
        {"letters in region", "POST", "/v1/sites",
         say("{\"name\":\"a\",\"region\":\"32090x\",\"org\":%lld}", org), 400, NULL, "/region"},
        {0},
    };

    check_all(table, operator_key);
}

Test(setup_cast, who_is_in_charge_stops_work_but_does_not_set_up)
{
    const char *site = say("/v1/sites/%lld", cast.site);
    const char *other = say("/v1/sites/%lld", cast.other_site);
    const struct expectation table[] = {
        {"stops", "PATCH", site, "{\"state\":\"stopped\"}", 200, NULL, NULL},
        {"opens what he stopped", "PATCH", site, "{\"state\":\"open\"}", 200, NULL, NULL},
        {"closes for good", "PATCH", site, "{\"state\":\"closed\"}", 403, "forbidden", "/state"},
        {"renames", "PATCH", site, "{\"name\":\"x\"}", 403, "forbidden", "/name"},
        {"another site", "PATCH", other, "{\"state\":\"stopped\"}", 404, "site_unknown", NULL},
        {"reads another", "GET", other, NULL, 404, "site_unknown", NULL},
        {"names a stranger", "PATCH", site, "{\"rectification\":[424242]}", 404, "worker_unknown",
         "/rectification"},
        {0},
    };

    check_all(table, cast.safety_officer.key);
}

Test(setup_cast, a_safety_officer_cannot_open_what_an_inspector_stopped)
{
    const char *site = say("/v1/sites/%lld", cast.site);
    const struct expectation stops = {"stops", "PATCH", site, "{\"state\":\"stopped\"}",
                                      200,     NULL,    NULL};
    const struct expectation refused = {"opens",    "PATCH",     site, "{\"state\":\"open\"}", 403,
                                        "forbidden", "/state"};
    const struct expectation opens = {"opens", "PATCH", site, "{\"state\":\"open\"}",
                                      200,     NULL,    NULL};

    check_one(&stops, cast.inspector.key);
    check_one(&refused, cast.safety_officer.key);
    check_one(&opens, cast.inspector.key);
}

Test(setup_cast, an_engaged_worker_joins_the_rectification_list)
{
    char number[19];
    long long worker = cast_worker(&server, cast.contractor.key, "王建国",
                                   cast_number(number, "19850312", 7), cast.site, "030");
    const char *path = say("/v1/sites/%lld", cast.site);
    struct http_reply reply =
        server_must(&server, "PATCH", path, cast.safety_officer.key,
                    say("{\"state\":\"stopped\",\"rectification\":[%lld,%lld]}", worker, worker));

    reply_clear(&reply);
    reply = server_must(&server, "GET", path, cast.safety_officer.key, NULL);
    cr_expect_eq(json_array_size(reply_at(&reply, "rectification")), 1);
    cr_expect_eq(reply_int(&reply, "rectification.0"), worker);
    reply_clear(&reply);
}

Test(setup_cast, a_contractor_sees_its_own_sites_only)
{
    struct http_reply reply = server_must(&server, "GET", "/v1/sites", cast.contractor.key, NULL);

    cr_expect_eq(json_array_size(reply_at(&reply, "items")), 1);
    cr_expect_eq(reply_int(&reply, "items.0.id"), cast.site);
    reply_clear(&reply);
    cr_expect_eq(status_of("GET", say("/v1/sites/%lld", cast.other_site), cast.contractor.key,
                           NULL), 404);
}

/* -- gates and accounts --------------------------------------------------------------------- */

Test(setup_cast, a_new_key_works_at_once_and_a_rotated_one_is_dead)
{
    struct http_reply reply = ask("GET", "/v1/orgs", cast.contractor.key, NULL);
    char key[64];

    cr_assert_eq(reply.status, 200);
    reply_clear(&reply);
    reply = server_must(&server, "POST", say("/v1/accounts/%lld/key", cast.contractor.id),
                        operator_key, NULL);
    cr_assert_eq(reply.status, 201);
    cr_assert_eq(reply_int(&reply, "version"), 2);
    snprintf(key, sizeof key, "%s", reply_text(&reply, "key"));
    reply_clear(&reply);
    cr_assert_eq(status_of("GET", "/v1/orgs", key, NULL), 200);
    for (int tries = 0; tries < 100; tries++) { /* other servers follow within a second */
        int status = status_of("GET", "/v1/orgs", cast.contractor.key, NULL);

        if (status == 401)
            return;
        usleep(20000);
    }
    cr_assert_fail("the key from before the rotation still works");
}

Test(setup, a_key_is_shown_once_and_never_stored)
{
    long long org = cast_org(&server, "clinic", "");
    struct http_question question = {
        .method = "POST", .path = "/v1/accounts", .key = operator_key, .idempotency = "once",
        .body = say("{\"role\":\"clinic\",\"org\":%lld,\"label\":\"前台\"}", org)};
    struct http_reply first = client_ask(&server.client, &question);
    struct http_reply second = client_ask(&server.client, &question);

    cr_assert_eq(first.status, 201, "%s", first.body);
    cr_assert_eq(second.status, 200, "%s", second.body);
    cr_assert_eq(strncmp(reply_text(&first, "key"), "jk_", 3), 0);
    cr_assert(json_is_null(reply_at(&second, "key")));
    cr_assert_neq(reply_text(&second, "hint")[0], '\0');
    cr_assert_eq(reply_int(&first, "id"), reply_int(&second, "id"));
    cr_assert_str_eq(reply_text(&first, "key_prefix"), reply_text(&second, "key_prefix"));
    cr_assert_eq(fixture_query_int(say("SELECT count(*) FROM idempotency WHERE answer LIKE '%%%s%%'",
                                       reply_text(&first, "key") + 16)), 0);
    cr_assert_eq(fixture_query_int("SELECT count(*) FROM account WHERE role = 'clinic'"), 1);
    reply_clear(&first);
    reply_clear(&second);
}

Test(setup, a_gate_comes_with_its_account_and_a_key_shown_once)
{
    long long org = cast_org(&server, "contractor", "");
    struct http_reply site = server_must(
        &server, "POST", "/v1/sites", operator_key,
        say("{\"name\":\"a\",\"region\":\"320900\",\"org\":%lld}", org));
    struct http_question question = {
        .method = "POST", .path = "/v1/devices", .key = operator_key, .idempotency = "gate-1",
        .body = say("{\"site\":%lld,\"name\":\"东门\",\"direction\":\"in\"}",
                    reply_int(&site, "id"))};
    struct http_reply first = client_ask(&server.client, &question);
    struct http_reply second = client_ask(&server.client, &question);

    cr_assert_eq(first.status, 201, "%s", first.body);
    cr_assert_eq(second.status, 200, "%s", second.body);
    cr_assert(json_is_string(reply_at(&first, "key")));
    cr_assert(json_is_null(reply_at(&second, "key")));
    cr_assert_eq(fixture_query_int("SELECT count(*) FROM device"), 1);
    cr_assert_eq(fixture_query_int("SELECT count(*) FROM account a JOIN device d"
                                   " ON d.id = a.device_id AND d.site_id = a.site_id"
                                   " WHERE a.role = 'gate'"), 1);
    reply_clear(&site);
    reply_clear(&first);
    reply_clear(&second);
}

Test(setup_cast, a_disabled_account_is_told_nothing)
{
    struct http_reply reply =
        server_must(&server, "PATCH", say("/v1/accounts/%lld", cast.inspector.id), operator_key,
                    "{\"state\":\"disabled\"}");

    reply_clear(&reply);
    for (int tries = 0; tries < 100; tries++) {
        if (status_of("GET", "/v1/sites", cast.inspector.key, NULL) == 401)
            return;
        usleep(20000);
    }
    cr_assert_fail("a disabled account still reads");
}

Test(setup, a_role_is_narrowed_as_it_must_be)
{
    long long contractor = cast_org(&server, "contractor", "");
    long long regulator = cast_org(&server, "regulator", "");
    const char *path = "/v1/accounts";
    const struct expectation table[] = {
        {"wrong kind of org", "POST", path,
         say("{\"role\":\"clinic\",\"org\":%lld,\"label\":\"x\"}", contractor), 400,
         "field_choice", "/org"},
        {"no such org", "POST", path, "{\"role\":\"clinic\",\"org\":99999,\"label\":\"x\"}", 404,
         "org_unknown", "/org"},
        {"officer without a site", "POST", path,
         say("{\"role\":\"safety_officer\",\"org\":%lld,\"label\":\"x\"}", contractor), 400,
         "field_missing", "/site"},
        {"inspector without a region", "POST", path,
         say("{\"role\":\"inspector\",\"org\":%lld,\"label\":\"x\"}", regulator), 400,
         "field_missing", "/region"},
        {"contractor with a region", "POST", path,
         say("{\"role\":\"contractor\",\"org\":%lld,\"label\":\"x\",\"region\":\"32\"}",
             contractor),
         400, "field_unknown", "/region"},
        {"a gate by hand", "POST", path,
         say("{\"role\":\"gate\",\"org\":%lld,\"label\":\"x\"}", contractor), 400, "field_choice",
         "/role"},
        {"whole country", "POST", path,
         say("{\"role\":\"regulator\",\"org\":%lld,\"label\":\"x\",\"region\":\"\"}", regulator),
         201, NULL, NULL},
        {0},
    };

    check_all(table, operator_key);
}

Test(setup_cast, only_the_operator_sets_up)
{
    const char *const keys[] = {cast.contractor.key, cast.clinic.key,    cast.centre.key,
                                cast.inspector.key,  cast.regulator.key, cast.safety_officer.key,
                                cast.gate_account.key};
    static const struct expectation table[] = {
        {"org", "POST", "/v1/orgs", "{\"kind\":\"clinic\",\"name\":\"a\"}", 403, "forbidden", NULL},
        {"site", "POST", "/v1/sites", "{\"name\":\"a\",\"region\":\"320900\",\"org\":1}", 403,
         "forbidden", NULL},
        {"accounts", "GET", "/v1/accounts", NULL, 403, "forbidden", NULL},
        {0},
    };

    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        check_all(table, keys[i]);
}

Test(setup, a_repeated_request_acts_once_and_another_body_is_refused)
{
    struct http_question question = {.method = "POST", .path = "/v1/orgs", .key = operator_key,
                                     .idempotency = "same",
                                     .body = "{\"kind\":\"clinic\",\"name\":\"a\"}"};
    struct http_reply first = client_ask(&server.client, &question);
    struct http_reply second = client_ask(&server.client, &question);
    struct http_reply third;

    cr_assert_eq(first.status, 201);
    cr_assert_eq(second.status, 201);
    cr_assert_str_eq(first.body, second.body);
    cr_assert_eq(fixture_query_int("SELECT count(*) FROM org WHERE kind = 'clinic'"), 1);
    question.body = "{\"kind\":\"clinic\",\"name\":\"b\"}";
    third = client_ask(&server.client, &question);
    cr_assert_eq(third.status, 422);
    question.idempotency = "";
    reply_clear(&third);
    third = client_ask(&server.client, &question);
    cr_assert_eq(third.status, 400);
    cr_assert_str_eq(reply_text(&third, "code"), "idempotency_key_missing");
    reply_clear(&first);
    reply_clear(&second);
    reply_clear(&third);
}

/* -- policies ------------------------------------------------------------------------------- */

/* In Beijing, as the server counts. */
static const char *days_ago(int days)
{
    static char text[16];
    time_t then = time(NULL) + 8 * 3600 - (time_t)days * 86400;

    cr_assert_neq(strftime(text, sizeof text, "%Y-%m-%d", gmtime(&then)), 0);
    return text;
}

/* A policy that comes with the program, under another number and for another place. */
static char *policy_like(long long source, long long number, const char *region)
{
    struct http_reply reply = server_must(&server, "GET", say("/v1/policies/%lld", source),
                                          operator_key, NULL);
    json_t *document = json_deep_copy(reply_at(&reply, "document"));
    char *text;

    cr_assert_not_null(document);
    json_object_set_new(document, "number", json_integer(number));
    json_object_set_new(document, "region", json_string(region));
    json_object_set_new(document, "effective", json_string(days_ago(21)));
    text = json_dumps(document, JSON_COMPACT);
    json_decref(document);
    reply_clear(&reply);
    return text;
}

static long long first_policy(void)
{
    struct http_reply reply = server_must(&server, "GET", "/v1/policies", operator_key, NULL);
    long long number = reply_int(&reply, "items.0.number");

    cr_assert_gt(json_array_size(reply_at(&reply, "items")), 0);
    cr_assert_str_eq(reply_text(&reply, "items.0.state"), "in_force");
    reply_clear(&reply);
    return number;
}

Test(setup_cast, a_decree_that_is_only_a_draft_comes_as_a_draft)
{
    struct http_reply reply = server_must(&server, "GET", "/v1/policies/10", operator_key, NULL);

    cr_expect_str_eq(reply_text(&reply, "document.id"), "ZZ-DRAFT");
    cr_expect_str_eq(reply_text(&reply, "state"), "draft");
    reply_clear(&reply);
    reply = server_must(&server, "GET", "/v1/policies/3", operator_key, NULL);
    cr_expect_str_eq(reply_text(&reply, "document.id"), "YC-2023-05");
    cr_expect_str_eq(reply_text(&reply, "state"), "in_force");
    reply_clear(&reply);
}

Test(setup_cast, what_came_as_a_draft_is_not_put_in_force_by_whoever_approved_it)
{
    const struct expectation alone[] = {
        {"approves", "POST", "/v1/policies/9/state", "{\"state\":\"approved\"}", 200, NULL, NULL},
        {"puts in force", "POST", "/v1/policies/9/state", "{\"state\":\"in_force\"}", 403,
         "second_account", "/state"},
        {0},
    };

    check_all(alone, operator_key);
    cr_expect_eq(fixture_query_int("SELECT count(*) FROM policy WHERE number = 9"), 2);
}

Test(setup_cast, a_policy_goes_from_draft_to_force_by_two_pairs_of_eyes)
{
    char *body = policy_like(first_policy(), 777001, "3209");
    const char *path = "/v1/policies/777001/state";
    const struct expectation by_author[] = {
        {"posts", "POST", "/v1/policies", body, 201, NULL, NULL},
        {"posts again", "POST", "/v1/policies", body, 409, "already_exists", "/number"},
        {"puts a draft in force", "POST", path, "{\"state\":\"in_force\"}", 400, "field_choice",
         "/state"},
        {"approves his own", "POST", path, "{\"state\":\"approved\"}", 403, "second_account", "/state"},
        {0},
    };
    const struct expectation by_second[] = {
        {"approves", "POST", path, "{\"state\":\"approved\"}", 200, NULL, NULL},
        {"puts in force", "POST", path, "{\"state\":\"in_force\",\"past_days\":21}", 200, NULL, NULL},
        {"retires at once", "POST", path, "{\"state\":\"retired\"}", 400, "field_choice", "/state"},
        {"asks to retire", "POST", path, "{\"state\":\"retiring\"}", 200, NULL, NULL},
        {"retires alone", "POST", path, "{\"state\":\"retired\"}", 403, "second_account", "/state"},
        {0},
    };
    const struct expectation by_author_again[] = {
        {"retires", "POST", path, "{\"state\":\"retired\"}", 200, NULL, NULL},
        {"revives", "POST", path, "{\"state\":\"in_force\"}", 400, "field_choice", "/state"},
        {0},
    };

    check_all(by_author, cast.regulator.key);
    check_all(by_second, operator_key);
    check_all(by_author_again, cast.regulator.key);
    cr_expect_eq(fixture_query_int("SELECT count(*) FROM policy WHERE number = 777001"), 5);
    cr_expect_eq(fixture_query_int("SELECT count(*) FROM policy WHERE number = 777001"
                                   " AND sha256 = sha256(convert_to(document::text, 'UTF8'))"), 5);
    free(body);
}

/* Whoever lets a policy judge days that are gone has to know that it will. */
Test(setup_cast, a_policy_that_judges_days_already_gone_is_put_in_force_by_saying_how_many)
{
    char *body = policy_like(first_policy(), 777011, "3209");
    const char *path = "/v1/policies/777011/state";
    const struct expectation refused[] = {
        {"approves, as if that judged anything", "POST", path,
         "{\"state\":\"approved\",\"past_days\":21}", 400, "field_range", "/past_days"},
        {"approves", "POST", path, "{\"state\":\"approved\"}", 200, NULL, NULL},
        {"says nothing", "POST", path, "{\"state\":\"in_force\"}", 400, "field_missing",
         "/past_days"},
        {"counts wrong", "POST", path, "{\"state\":\"in_force\",\"past_days\":20}", 400,
         "field_missing", "/past_days"},
        {0},
    };
    const struct expectation admitted[] = {
        {"says 21", "POST", path, "{\"state\":\"in_force\",\"past_days\":21}", 200, NULL, NULL},
        {"asks to retire", "POST", path, "{\"state\":\"retiring\"}", 200, NULL, NULL},
        {"keeps it: it was in force all the time", "POST", path, "{\"state\":\"in_force\"}", 200,
         NULL, NULL},
        {0},
    };
    struct http_reply reply = server_must(&server, "POST", "/v1/policies", cast.regulator.key, body);

    reply_clear(&reply);
    check_all(refused, operator_key);
    reply = ask("POST", path, operator_key, "{\"state\":\"in_force\"}");
    cr_expect_str_eq(reply_text(&reply, "errors.0.expected"),
                     "21: days already gone that it will judge");
    reply_clear(&reply);
    check_all(admitted, operator_key);
    free(body);
}

/* A limit that no share of people can pass: nobody would ever be warned. Its words still say 10 %. */
static char *policy_with_a_mistake(long long number)
{
    char *body = policy_like(first_policy(), number, "3209");
    json_t *document = json_loads(body, 0, NULL);
    char *text;

    free(body);
    cr_assert_not_null(document);
    json_object_set_new(json_object_get(document, "site_alert"), "yellow_over_percent",
                        json_integer(100));
    text = json_dumps(document, JSON_COMPACT);
    json_decref(document);
    return text;
}

Test(setup_cast, a_draft_with_a_mistake_is_not_approved_and_an_example_shows_why)
{
    char *body = policy_with_a_mistake(777003);
    struct http_reply reply = server_must(&server, "POST", "/v1/policies", cast.regulator.key, body);
    long long findings = reply_int(&reply, "findings");
    const struct expectation refused = {
        "approves", "POST", "/v1/policies/777003/state", "{\"state\":\"approved\"}", 409,
        "policy_findings", "/site_alert/yellow_over_percent"};

    cr_expect_gt(findings, 1);
    reply_clear(&reply);
    check_one(&refused, operator_key);
    reply = server_must(&server, "GET", "/v1/policies/777003/findings", operator_key, NULL);
    cr_expect_str_eq(reply_text(&reply, "items.0.kind"), "share_never");
    cr_expect_not_null(reply_at(&reply, "items.0.example.records"));
    cr_expect_str_eq(reply_text(&reply, "items.1.kind"), "number_other");
    cr_expect_eq(json_array_size(reply_at(&reply, "items")), findings);
    reply_clear(&reply);
    cr_expect_eq(fixture_query_int("SELECT count(*) FROM policy WHERE number = 777003"), 1);
    free(body);
}

Test(setup_cast, a_regulator_sets_policies_for_his_own_region_only)
{
    char *body = policy_like(first_policy(), 777002, "41");
    const struct expectation elsewhere = {"elsewhere", "POST",      "/v1/policies", body, 403,
                                          "forbidden", "/region"};
    const struct expectation moves = {
        "moves", "POST", "/v1/policies/777002/state", "{\"state\":\"retired\"}", 404, "not_found",
        NULL};

    check_one(&elsewhere, cast.regulator.key);
    cr_assert_eq(status_of("POST", "/v1/policies", cast.other_regulator.key, body), 201);
    check_one(&moves, cast.regulator.key);
    free(body);
}

Test(setup_cast, drafts_are_for_those_who_set_policies)
{
    char *body = policy_like(first_policy(), 777003, "3209");

    cr_assert_eq(status_of("POST", "/v1/policies", cast.regulator.key, body), 201);
    cr_expect_eq(status_of("GET", "/v1/policies/777003", cast.regulator.key, NULL), 200);
    cr_expect_eq(status_of("GET", "/v1/policies/777003", cast.contractor.key, NULL), 404);
    cr_expect_eq(status_of("GET", "/v1/policies", cast.contractor.key, NULL), 200);
    free(body);
}

Test(setup, a_policy_that_cannot_be_read_is_refused_with_its_place)
{
    static const struct expectation table[] = {
        {"empty", "POST", "/v1/policies", "{}", 400, "policy_invalid", NULL},
        {"an array", "POST", "/v1/policies", "[]", 400, NULL, NULL},
        {"not JSON", "POST", "/v1/policies", "{", 400, "json_syntax", NULL},
        {0},
    };

    check_all(table, operator_key);
}

/* -- calendars of working days ------------------------------------------------------------------ */

#define CALENDAR(year, off) "{\"year\":" year ",\"source\":\"通知\",\"mark\":\"PUB\",\"off\":[" off \
                            "],\"working\":[]}"

Test(setup, the_calendar_of_another_year_is_posted_and_a_corrected_one_is_its_next_version)
{
    static const struct expectation table[] = {
        {"nonsense", "POST", "/v1/holidays", "[]", 400, "field_type", NULL},
        {"a day of another year", "POST", "/v1/holidays",
         CALENDAR("2027", "{\"from\":\"2026-10-01\",\"until\":\"2026-10-08\",\"name\":\"国庆节\"}"),
         400, "field_range", "/off/0"},
        {"2027", "POST", "/v1/holidays", CALENDAR("2027", ""), 201, NULL, NULL},
        {"2027 again", "POST", "/v1/holidays",
         CALENDAR("2027", "{\"from\":\"2027-10-01\",\"until\":\"2027-10-08\",\"name\":\"国庆节\"}"),
         201, NULL, NULL},
        {NULL, NULL, NULL, NULL, 0, NULL, NULL},
    };
    struct http_reply reply;

    check_all(table, server.operator_key);
    reply = ask("GET", "/v1/holidays", server.operator_key, NULL);
    cr_expect_eq(reply_int(&reply, "items.0.year"), 2026, "%s", reply.body);
    cr_expect_eq(reply_int(&reply, "items.0.version"), 1, "it came with the program");
    cr_expect_str_eq(reply_text(&reply, "items.0.document.mark"), "PUB");
    cr_expect_eq(reply_int(&reply, "items.1.year"), 2027);
    cr_expect_eq(reply_int(&reply, "items.1.version"), 2);
    cr_expect_str_eq(reply_text(&reply, "items.1.document.off.0.name"), "国庆节");
    reply_clear(&reply);
    reply = ask("GET", "/v1/holidays?year=2027", server.operator_key, NULL);
    cr_expect_eq(json_array_size(reply_at(&reply, "items")), 1, "%s", reply.body);
    reply_clear(&reply);
    cr_expect_eq(fixture_query_int("SELECT count(*) FROM holiday_year"), 3, "nothing is overwritten");
}
