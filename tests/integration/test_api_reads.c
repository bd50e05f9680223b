/* Reading about people over HTTP: who sees what, that it is written down, and health. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "support/cast.h"
#include "support/pg_fixture.h"

static struct server server;
static struct cast cast;
static char number[19];
static long long worker, other_worker;

static void set_up(void)
{
    fixture_open();
    server_start(&server, NULL);
    cast_open(&server, &cast);
    worker = cast_worker(&server, cast.contractor.key, "王建国", cast_number(number, "19850312", 7),
                         cast.site, "030");
    other_worker = cast_worker(&server, cast.other_contractor.key, "李四",
                               cast_number((char[19]){0}, "19900101", 8), cast.other_site, "240");
}

static void tear_down(void)
{
    server_stop(&server);
    fixture_close();
}

TestSuite(reads, .init = set_up, .fini = tear_down);

static struct http_reply get(const char *key, const char *path)
{
    return server_ask(&server, "GET", path, key, NULL);
}

static int status_of(const char *key, const char *path)
{
    struct http_reply reply = get(key, path);
    int status = reply.status;

    reply_clear(&reply);
    return status;
}

static void post(const char *path, const char *key, const char *body)
{
    struct http_reply reply = server_must(&server, "POST", path, key, body);

    reply_clear(&reply);
}

static int64_t audit_rows(const char *action)
{
    return fixture_query_int(say("SELECT count(*) FROM audit WHERE action = '%s'", action));
}

static struct part worker_part(void)
{
    char key[CAST_WORKER_KEY_BYTES];
    struct part part = {0};

    cast_phone(&server, cast.contractor.key, worker, key);
    snprintf(part.key, sizeof part.key, "%.*s", (int)sizeof part.key - 1, key);
    return part;
}

/* -- one person ----------------------------------------------------------------------------- */

Test(reads, everybody_sees_of_a_person_what_is_theirs_to_see)
{
    struct part self = worker_part();
    const struct {
        const char *who, *key;
        int status;
        const char *name; /* as it is shown */
    } table[] = {
        {"who engages him", cast.contractor.key, 200, "王建国"},
        {"himself", self.key, 200, "王建国"},
        {"regulator of the region", cast.regulator.key, 200, "王建国"},
        {"inspector of the region", cast.inspector.key, 200, "王*"},
        {"safety officer of the site", cast.safety_officer.key, 200, "王*"},
        {"another contractor", cast.other_contractor.key, 404, NULL},
        {"regulator of another region", cast.other_regulator.key, 404, NULL},
        {"clinic", cast.clinic.key, 403, NULL},
        {"training centre", cast.centre.key, 403, NULL},
        {"gate", cast.gate_account.key, 403, NULL},
        {"operator", server.operator_key, 403, NULL},
    };

    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct http_reply reply = get(table[i].key, say("/v1/workers/%lld", worker));

        cr_expect_eq(reply.status, table[i].status, "%s: %s", table[i].who, reply.body);
        cr_expect_null(strstr(reply.body, number), "%s sees the number", table[i].who);
        if (table[i].name != NULL) {
            cr_expect_str_eq(reply_text(&reply, "name"), table[i].name, "%s", table[i].who);
            cr_expect_not_null(strstr(reply_text(&reply, "document_number"), "***"), "%s",
                               table[i].who);
        }
        reply_clear(&reply);
    }
}

Test(reads, what_is_not_yours_and_what_is_not_there_look_the_same)
{
    static const char *const paths[] = {"/v1/workers/%lld", "/v1/workers/%lld/records",
                                        "/v1/workers/%lld/colour"};

    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        char foreign[64], absent[64];
        struct http_reply a, b;

        snprintf(foreign, sizeof foreign, "/v1/workers/%lld%s", other_worker,
                 paths[i] + strlen("/v1/workers/%lld"));
        snprintf(absent, sizeof absent, "/v1/workers/%lld%s", 99999999LL,
                 paths[i] + strlen("/v1/workers/%lld"));
        a = get(cast.contractor.key, foreign);
        b = get(cast.contractor.key, absent);
        cr_expect_eq(a.status, 404, "%s", foreign);
        cr_expect_eq(b.status, 404, "%s", absent);
        cr_expect_str_eq(reply_text(&a, "code"), reply_text(&b, "code"));
        cr_expect_str_eq(reply_text(&a, "detail"), reply_text(&b, "detail"));
        reply_clear(&a);
        reply_clear(&b);
    }
}

Test(reads, opening_a_person_is_written_down_before_it_is_answered)
{
    const struct {
        const char *path, *action;
    } table[] = {
        {"", "worker.open"},
        {"/records", "worker.records"},
        {"/colour", "worker.colour"},
    };

    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        cr_assert_eq(status_of(cast.regulator.key, say("/v1/workers/%lld%s", worker,
                                                       table[i].path)), 200);
        cr_expect_eq(fixture_query_int(say("SELECT count(*) FROM audit WHERE action = '%s' AND"
                                           " worker_id = %lld AND account_id = %lld",
                                           table[i].action, worker, cast.regulator.id)), 1,
                     "%s", table[i].action);
    }
}

Test(reads, without_an_audit_nobody_reads_a_person)
{
    fixture_exec("REVOKE INSERT ON audit FROM jianan_app");
    cr_expect_eq(status_of(cast.contractor.key, say("/v1/workers/%lld", worker)), 500);
    fixture_exec("GRANT INSERT ON audit TO jianan_app");
    cr_expect_eq(status_of(cast.contractor.key, say("/v1/workers/%lld", worker)), 200);
}

Test(reads, results_of_exams_are_for_who_must_act_on_them)
{
    struct part self = worker_part();
    const struct {
        const char *who, *key;
        bool sees;
    } table[] = {
        {"contractor", cast.contractor.key, true},
        {"himself", self.key, true},
        {"regulator", cast.regulator.key, true},
        {"inspector", cast.inspector.key, false},
        {"safety officer", cast.safety_officer.key, false},
    };

    post("/v1/exams", cast.clinic.key,
         say("{\"document_number\":\"%s\",\"conclusion\":\"contraindicated\","
             "\"contraindicated_for\":[\"height\"]}", number));
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct http_reply reply = get(table[i].key, say("/v1/workers/%lld/records", worker));

        cr_expect_eq(reply.status, 200, "%s: %s", table[i].who, reply.body);
        cr_expect_eq(strstr(reply.body, "contraindicated") != NULL, table[i].sees, "%s: %s",
                     table[i].who, reply.body);
        cr_expect_not_null(strstr(reply.body, "\"kind\":\"exam\""), "%s", table[i].who);
        reply_clear(&reply);
    }
}

Test(reads, records_show_no_hash_of_what_is_personal)
{
    struct http_reply reply;

    post("/v1/certificates", cast.contractor.key,
         say("{\"worker\":%lld,\"type\":\"special_operation\",\"class\":\"02\",\"number\":\"T123\","
             "\"issuer\":\"housing\",\"valid_from\":\"2025-01-01\",\"valid_until\":\"2031-01-01\"}",
             worker));
    reply = get(cast.contractor.key, say("/v1/workers/%lld/records", worker));
    cr_expect_not_null(strstr(reply.body, "\"kind\":\"certificate\""));
    cr_expect_null(strstr(reply.body, "_hash"), "%s", reply.body);
    cr_expect_null(strstr(reply.body, "T123"));
    reply_clear(&reply);
}

Test(reads, records_are_read_page_by_page)
{
    char path[128];
    long long last = 0;
    int seen = 0;

    for (int i = 0; i < 5; i++)
        post("/v1/violations", cast.safety_officer.key,
             say("{\"worker\":%lld,\"class\":\"operation\",\"category\":\"7.11\",\"severity\":1,"
                 "\"off_job_training\":false}", worker));
    for (snprintf(path, sizeof path, "/v1/workers/%lld/records?limit=2", worker); path[0] != '\0';) {
        struct http_reply reply = get(cast.contractor.key, path);
        const char *next = reply_text(&reply, "next");

        cr_assert_eq(reply.status, 200, "%s", reply.body);
        for (size_t i = 0; i < json_array_size(reply_at(&reply, "items")); i++, seen++) {
            cr_assert_gt(reply_int(&reply, say("items.%zu.version", i)), last);
            last = reply_int(&reply, say("items.%zu.version", i));
        }
        if (next[0] != '\0')
            snprintf(path, sizeof path, "/v1/workers/%lld/records?limit=2&after=%s", worker, next);
        else
            path[0] = '\0';
        reply_clear(&reply);
    }
    cr_expect_geq(seen, 7); /* identity, engagement, five violations */
}

/* -- colours -------------------------------------------------------------------------------- */

Test(reads, a_colour_explains_itself_in_the_callers_language)
{
    const char *path = say("/v1/workers/%lld/colour", worker);
    struct http_reply zh = get(cast.contractor.key, path);
    struct http_reply en = client_ask(
        &server.client, &(struct http_question){.method = "GET", .path = path,
                                                .key = cast.contractor.key,
                                                .extra = "Accept-Language: en\r\n"});

    cr_assert_eq(zh.status, 200, "%s", zh.body);
    cr_expect_str_eq(reply_text(&zh, "region"), "320900");
    cr_expect_eq(reply_int(&zh, "post.site"), cast.site);
    cr_expect_str_eq(reply_text(&zh, "post.trade"), "030");
    cr_expect_gt(json_array_size(reply_at(&zh, "reasons")), 0); /* never examined, no certificate */
    for (size_t i = 0; i < json_array_size(reply_at(&zh, "reasons")); i++) {
        const char *what = say("reasons.%zu.what", i);

        cr_expect_neq(reply_text(&zh, what)[0], '\0');
        cr_expect_str_neq(reply_text(&zh, what), reply_text(&en, what));
        cr_expect_neq(reply_text(&zh, say("reasons.%zu.remedy", i))[0], '\0');
        cr_expect_gt(json_array_size(reply_at(&zh, say("reasons.%zu.basis", i))), 0);
        cr_expect_str_eq(reply_text(&zh, say("reasons.%zu.code", i)),
                         reply_text(&en, say("reasons.%zu.code", i)));
    }
    reply_clear(&zh);
    reply_clear(&en);
}

Test(reads, a_colour_may_be_asked_for_another_day_and_place)
{
    struct http_reply reply = get(cast.contractor.key,
                                  say("/v1/workers/%lld/colour?on=2050-03-12", worker));

    cr_expect_eq(reply.status, 200, "%s", reply.body); /* 65 years old */
    cr_expect_str_eq(reply_text(&reply, "on"), "2050-03-12");
    cr_expect_str_eq(reply_text(&reply, "person_colour"), "red");
    cr_expect_not_null(strstr(reply.body, "AGE_RED"));
    reply_clear(&reply);
    cr_expect_eq(status_of(cast.contractor.key, say("/v1/workers/%lld/colour?site=%lld", worker,
                                                    cast.other_site)), 404);
    cr_expect_eq(status_of(cast.contractor.key, say("/v1/workers/%lld/colour?on=2026-02-30",
                                                    worker)), 400);
}

/* -- lists and the search ------------------------------------------------------------------- */

Test(reads, a_list_holds_ones_own_people_only_and_is_written_down)
{
    const struct {
        const char *who, *key;
        long long only;
    } table[] = {
        {"contractor", cast.contractor.key, worker},
        {"other contractor", cast.other_contractor.key, other_worker},
        {"safety officer", cast.safety_officer.key, worker},
        {"inspector", cast.inspector.key, worker},
        {"regulator", cast.regulator.key, worker},
        {"other regulator", cast.other_regulator.key, other_worker},
    };

    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct http_reply reply = get(table[i].key, "/v1/workers");

        cr_expect_eq(reply.status, 200, "%s: %s", table[i].who, reply.body);
        cr_expect_eq(json_array_size(reply_at(&reply, "items")), 1, "%s: %s", table[i].who,
                     reply.body);
        cr_expect_eq(reply_int(&reply, "items.0.id"), table[i].only, "%s", table[i].who);
        cr_expect_not_null(strchr(reply_text(&reply, "items.0.name"), '*'), "%s", table[i].who);
        reply_clear(&reply);
        cr_expect_eq(fixture_query_int(say("SELECT count(*) FROM audit WHERE action = 'worker.list'"
                                           " AND worker_ids = ARRAY[%lld::bigint]",
                                           table[i].only)) > 0, true);
    }
}

Test(reads, a_filter_reaches_no_further_than_the_caller)
{
    const char *const empty[] = {say("/v1/workers?org=%lld", cast.other_contractor.org),
                                 say("/v1/workers?site=%lld", cast.other_site),
                                 "/v1/workers?trade=240", "/v1/workers?colour=green"};

    for (size_t i = 0; i < sizeof empty / sizeof *empty; i++) {
        struct http_reply reply = get(cast.contractor.key, empty[i]);

        cr_expect_eq(reply.status, 200, "%s", empty[i]);
        cr_expect_eq(json_array_size(reply_at(&reply, "items")), 0, "%s: %s", empty[i], reply.body);
        reply_clear(&reply);
    }
    cr_expect_eq(status_of(cast.contractor.key, "/v1/workers?trade=999"), 400);
}

Test(reads, a_colour_filter_gives_every_page_in_full)
{
    char path[128] = "/v1/workers?colour=red&limit=4";
    int seen = 0;

    for (unsigned i = 0; i < 9; i++) /* men of 66 are red anywhere in Jiangsu */
        cast_worker(&server, cast.contractor.key, "赵老",
                    cast_number((char[19]){0}, i % 3 == 2 ? "19950505" : "19600101", 11 + 2 * i),
                    cast.site, "240");
    while (path[0] != '\0') {
        struct http_reply reply = get(cast.contractor.key, path);
        size_t count = json_array_size(reply_at(&reply, "items"));

        for (size_t i = 0; i < count; i++)
            cr_expect_str_eq(reply_text(&reply, say("items.%zu.colour_here", i)), "red");
        seen += (int)count;
        if (json_is_string(reply_at(&reply, "next")))
            snprintf(path, sizeof path, "/v1/workers?colour=red&limit=4&after=%s",
                     reply_text(&reply, "next"));
        else
            path[0] = '\0';
        reply_clear(&reply);
    }
    cr_expect_geq(seen, 6);
    cr_expect_eq(status_of(cast.contractor.key, "/v1/workers?colour=blue"), 400);
}

Test(reads, a_document_finds_whom_the_asker_may_find)
{
    char body[128];
    int64_t before = audit_rows("worker.find");
    const struct {
        const char *who, *key;
        int status;
    } table[] = {
        {"clinic", cast.clinic.key, 200},
        {"training centre", cast.centre.key, 200},
        {"inspector", cast.inspector.key, 200},
        {"contractor", cast.contractor.key, 200},
        {"another contractor", cast.other_contractor.key, 404},
        {"safety officer", cast.safety_officer.key, 200},
        {"gate", cast.gate_account.key, 403},
        {"operator", server.operator_key, 403},
    };

    snprintf(body, sizeof body, "{\"document_type\":1,\"document_number\":\"%s\"}", number);
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct http_reply reply = server_ask(&server, "POST", "/v1/workers/find", table[i].key,
                                             body);

        cr_expect_eq(reply.status, table[i].status, "%s: %s", table[i].who, reply.body);
        if (reply.status == 200) {
            cr_expect_eq(reply_int(&reply, "id"), worker, "%s", table[i].who);
            cr_expect_str_eq(reply_text(&reply, "name"), "王*", "%s", table[i].who);
        }
        reply_clear(&reply);
    }
    cr_expect_eq(audit_rows("worker.find") - before, 6); /* found or not */
}

Test(reads, guessing_numbers_is_slowed_down)
{
    struct part clinic = cast_account(&server, "clinic", cast_org(&server, "clinic", ""), "");
    char body[128];
    int found = 0, slowed = 0;

    for (unsigned i = 0; i < 70; i++) {
        struct http_reply reply;

        snprintf(body, sizeof body, "{\"document_type\":1,\"document_number\":\"%s\"}",
                 cast_number((char[19]){0}, "19700101", 100 + i));
        reply = server_ask(&server, "POST", "/v1/workers/find", clinic.key, body);
        found += reply.status == 404;
        slowed += reply.status == 429;
        if (reply.status == 429)
            cr_expect_not_null(reply_header(&reply, "Retry-After"));
        reply_clear(&reply);
    }
    cr_expect_geq(found, 60);
    cr_expect_gt(slowed, 0);
    cr_expect_eq(found + slowed, 70);
}

/* -- who looked ----------------------------------------------------------------------------- */

Test(reads, a_worker_sees_who_looked)
{
    struct part self = worker_part();
    const char *path = say("/v1/workers/%lld/accesses", worker);
    struct http_reply reply;

    cr_assert_eq(status_of(cast.inspector.key, say("/v1/workers/%lld", worker)), 200);
    cr_assert_eq(status_of(cast.safety_officer.key, "/v1/workers"), 200);
    reply = get(self.key, path);
    cr_assert_eq(reply.status, 200, "%s", reply.body);
    cr_expect_not_null(strstr(reply.body, "\"action\":\"worker.open\""));
    cr_expect_not_null(strstr(reply.body, "\"role\":\"inspector\""));
    cr_expect_not_null(strstr(reply.body, "\"action\":\"worker.list\""));
    cr_expect_not_null(strstr(reply.body, "\"role\":\"safety_officer\""));
    reply_clear(&reply);
    cr_expect_eq(status_of(cast.contractor.key, path), 403);
    cr_expect_eq(status_of(self.key, say("/v1/workers/%lld/accesses", other_worker)), 404);
}

Test(reads, a_regulator_reads_the_deeds_of_his_region)
{
    struct http_reply reply;

    cr_assert_eq(status_of(cast.inspector.key, say("/v1/workers/%lld", worker)), 200);
    cr_assert_eq(status_of(cast.other_regulator.key, say("/v1/workers/%lld", other_worker)), 200);
    reply = get(cast.regulator.key, "/v1/audit?limit=100");
    cr_assert_eq(reply.status, 200, "%s", reply.body);
    cr_expect_not_null(strstr(reply.body, say("\"account\":%lld,", cast.inspector.id)));
    cr_expect_null(strstr(reply.body, say("\"account\":%lld,", cast.other_regulator.id)));
    reply_clear(&reply);
    cr_expect_eq(audit_rows("audit.list"), 1);
    cr_expect_eq(status_of(cast.inspector.key, "/v1/audit"), 403);
    cr_expect_eq(status_of(cast.contractor.key, "/v1/audit"), 403);
}

Test(reads, two_names_under_one_number_wait_for_a_review)
{
    struct http_reply reply;
    long long claimed = cast_worker(&server, cast.other_contractor.key, "张三", number,
                                    cast.other_site, "240");

    cr_assert_neq(claimed, worker);
    reply = get(cast.other_regulator.key, "/v1/identity-reviews");
    cr_assert_eq(reply.status, 200, "%s", reply.body);
    cr_expect_eq(reply_int(&reply, "items.0.worker"), claimed);
    cr_expect_eq(reply_int(&reply, "items.0.known_worker"), worker);
    cr_expect_null(strstr(reply.body, "张三"));
    reply_clear(&reply);
    reply = get(cast.regulator.key, "/v1/identity-reviews"); /* another region's business */
    cr_expect_eq(json_array_size(reply_at(&reply, "items")), 0, "%s", reply.body);
    reply_clear(&reply);
}

static const char *now_text(void)
{
    static char text[32];
    time_t now = time(NULL);
    struct tm utc;

    gmtime_r(&now, &utc);
    strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &utc);
    return text;
}

/* -- passes --------------------------------------------------------------------------------- */

Test(reads, passes_of_a_site_are_for_those_in_charge_of_it)
{
    struct http_reply reply;
    char path[64];
    int seen = 0;

    snprintf(path, sizeof path, "/v1/passes?site=%lld&limit=2", cast.site);
    for (int i = 0; i < 3; i++)
        post("/v1/gate/check", cast.gate_account.key,
             say("{\"code\":\"JA1.NOTACODE\",\"direction\":\"in\",\"at\":\"%s\",\"epoch\":1,"
                 "\"seq\":%d}", now_text(), i + 1));
    for (char next[64] = ""; ;) {
        reply = get(cast.safety_officer.key, say("%s%s%s", path, next[0] ? "&after=" : "", next));
        cr_assert_eq(reply.status, 200, "%s", reply.body);
        for (size_t i = 0; i < json_array_size(reply_at(&reply, "items")); i++) {
            cr_expect_eq(reply_int(&reply, say("items.%zu.seq", i)), ++seen);
            cr_expect_eq(reply_int(&reply, say("items.%zu.gate", i)), cast.gate);
            cr_expect_str_neq(reply_text(&reply, say("items.%zu.verdict", i)), "open");
        }
        snprintf(next, sizeof next, "%s", reply_text(&reply, "next"));
        reply_clear(&reply);
        if (next[0] == '\0')
            break;
    }
    cr_expect_eq(seen, 3);
    cr_expect_eq(status_of(cast.inspector.key, path), 200);
    cr_expect_eq(status_of(cast.other_regulator.key, path), 404);
    cr_expect_eq(status_of(cast.safety_officer.key, say("/v1/passes?site=%lld", cast.other_site)),
                 404);
    cr_expect_eq(status_of(cast.safety_officer.key, "/v1/passes"), 400);
    cr_expect_eq(status_of(cast.safety_officer.key, say("%s&after=1.2", path)), 400);
    cr_expect_eq(status_of(cast.contractor.key, path), 403);
}

/* -- health --------------------------------------------------------------------------------- */

Test(reads, health_is_open_to_probes)
{
    struct http_reply reply = get(NULL, "/readyz");

    cr_expect_eq(reply.status, 200, "%s", reply.body);
    cr_expect(json_is_true(reply_at(&reply, "ready")));
    cr_expect(json_is_integer(reply_at(&reply, "workers")), "%s", reply.body);
    reply_clear(&reply);
    cr_expect_eq(status_of(NULL, "/healthz"), 200);
    reply = get(NULL, "/openapi.yaml");
    cr_expect_eq(reply.status, 200);
    cr_expect_not_null(strstr(reply.body, "\nopenapi: 3.1"));
    reply_clear(&reply);
    cr_expect_eq(status_of(NULL, "/v1/orgs"), 401);
}

/* promtool's exit status for what it is given on its standard input. */
static int promtool(const char *metrics)
{
    FILE *file = tmpfile();
    int status = -1;
    pid_t pid;

    cr_assert_not_null(file);
    fputs(metrics, file);
    rewind(file);
    pid = fork();
    if (pid == 0) {
        dup2(fileno(file), STDIN_FILENO);
        execlp("promtool", "promtool", "check", "metrics", (char *)NULL);
        _exit(127);
    }
    cr_assert_eq(waitpid(pid, &status, 0), pid);
    fclose(file);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

Test(reads, metrics_pass_promtool_and_name_nobody)
{
    struct http_reply reply = get(NULL, "/metrics");

    cr_assert_eq(reply.status, 200);
    cr_expect_not_null(strstr(reply.body, "\njianan_register_ready 1\n"));
    cr_expect_not_null(strstr(reply.body, "\njianan_loops 2\n"));
    cr_expect_null(strstr(reply.body, number));
    cr_expect_eq(promtool(reply.body), 0, "promtool is not content");
    cr_expect_neq(promtool("x{ 1\n"), 0); /* it would have said so */
    reply_clear(&reply);
}
