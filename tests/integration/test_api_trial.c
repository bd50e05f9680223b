/* A policy is tried on everybody before it is in force, over HTTP, with the real server. */
#include <criterion/criterion.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support/city.h"
#include "support/pg_fixture.h"

enum { DRAFT = 778001, BUSY_DRAFTS = 4 /* SURVEYS_FOR_PEOPLE_MAX */ };

static struct server server;
static struct city city;

/* Everybody above 18 is red: whoever was not, changes. */
static void post_draft(int number, const char *key, const char *region, const char *effective)
{
    struct http_reply reply =
        server_must(&server, "GET", "/v1/policies/2", server.operator_key, NULL);
    json_t *document = json_deep_copy(reply_at(&reply, "document"));
    json_t *age = json_array_get(json_object_get(document, "rules"), 0);
    char *text;

    reply_clear(&reply);
    cr_assert_str_eq(json_string_value(json_object_get(age, "kind")), "age");
    json_object_set_new(document, "number", json_integer(number));
    json_object_set_new(document, "region", json_string(region));
    json_object_set_new(document, "effective", json_string(effective));
    json_object_del(age, "boundary_mode");
    json_object_set_new(age, "men",
                        json_pack("[{s:i,s:s,s:s},{s:i,s:s,s:s}]", "below", 18, "colour", "yellow",
                                  "reason", "AGE_YELLOW", "from", 18, "colour", "red", "reason",
                                  "AGE_RED"));
    json_object_set_new(age, "women",
                        json_pack("[{s:i,s:s,s:s}]", "from", 0, "colour", "red", "reason",
                                  "AGE_UNDER"));
    text = json_dumps(document, JSON_COMPACT);
    json_decref(document);
    reply = server_ask(&server, "POST", "/v1/policies", key, text);
    cr_assert_eq(reply.status, 201, "%s", reply.body);
    reply_clear(&reply);
    free(text);
}

static void set_up(void)
{
    fixture_open();
    server_start(&server, NULL);
    city_open(&server, &city);
    city_make_green(&server, &city, city.own.id);
    post_draft(DRAFT, city.cast.regulator.key, "3209", "2026-01-01");
}

static void tear_down(void)
{
    server_stop(&server);
    fixture_close();
}

TestSuite(trial_api, .init = set_up, .fini = tear_down, .timeout = 300);

static struct http_reply start(const char *body)
{
    return server_ask(&server, "POST", say("/v1/policies/%d/trial", DRAFT), city.cast.regulator.key,
                      body);
}

static struct http_reply await(long long id, const char *key)
{
    struct http_reply reply;

    for (int i = 0; i < 600; i++) {
        reply = server_ask(&server, "GET", say("/v1/trials/%lld", id), key, NULL);
        if (reply.status != 200 || strcmp(reply_text(&reply, "state"), "running") != 0)
            return reply;
        reply_clear(&reply);
        usleep(100000);
    }
    cr_assert(false, "the trial did not end");
    return reply;
}

Test(trial_api, says_how_many_change_from_what_to_what_and_why)
{
    struct http_reply taken = start("{}"), done;
    long long id = reply_int(&taken, "trial");

    cr_assert_eq(taken.status, 202, "%s", taken.body);
    done = await(id, city.cast.regulator.key);
    cr_assert_str_eq(reply_text(&done, "state"), "done", "%s", done.body);
    cr_expect_eq(reply_int(&done, "workers"), 3);
    cr_expect_eq(reply_int(&done, "done"), 3);
    cr_expect_eq(reply_int(&done, "report.posts"), 2, "two of the three work in 3209: %s", done.body);
    cr_expect_eq(reply_int(&done, "report.other_policy"), 1);
    cr_expect_eq(reply_int(&done, "report.changed"), 2);
    cr_expect_eq(reply_int(&done, "report.now.green"), 1);
    cr_expect_eq(reply_int(&done, "report.then.red"), 2);
    cr_expect_eq(reply_int(&done, "report.reasons_begin.AGE_RED") +
                     reply_int(&done, "report.reasons_begin.AGE_UNDER"), 2);
    cr_expect_str_eq(reply_text(&done, "report.regions.0.code"), "320900");
    cr_expect_eq(reply_int(&done, "report.sites.0.posts"), 1);
    cr_expect_gt(strlen(reply_text(&done, "report.orgs.0.name")), 0);
    cr_expect_str_eq(reply_text(&done, "report.examples.0.from"), "green");
    cr_expect_eq(reply_int(&done, "report.examples.0.worker"), city.own.id);
    cr_expect_null(city_told_of(&city.own, done.body));
    reply_clear(&done);
    reply_clear(&taken);
    cr_expect_eq(fixture_query_int("SELECT count(*) FROM audit WHERE action = 'policy.trial'"), 1);
    cr_expect_eq(fixture_query_int("SELECT count(*) FROM policy WHERE number = 778001"), 1,
                 "trying changes nothing");
}

Test(trial_api, the_same_request_key_is_the_same_trial)
{
    struct http_question question = {.method = "POST", .path = "/v1/policies/778001/trial",
                                     .key = city.cast.regulator.key, .body = "{}",
                                     .idempotency = "one-trial"};
    struct http_reply first = client_ask(&server.client, &question);
    struct http_reply second = client_ask(&server.client, &question);

    cr_expect_eq(first.status, 202);
    cr_expect_str_eq(first.body, second.body);
    cr_expect_eq(fixture_query_int("SELECT count(*) FROM trial"), 1);
    reply_clear(&first);
    reply_clear(&second);
}

Test(trial_api, is_for_days_on_which_the_policy_applies)
{
    static const struct {
        const char *body;
        int status;
    } cases[] = {
        {"{\"on\":\"2025-12-31\"}", 400},
        {"{\"on\":\"2026-01-01\"}", 202},
        {"{\"on\":\"2030-01-01\"}", 202},
        {"{\"on\":\"yesterday\"}", 400},
        {"{\"at\":\"2026-01-01\"}", 400},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct http_reply reply = start(cases[i].body);

        cr_expect_eq(reply.status, cases[i].status, "%s: %s", cases[i].body, reply.body);
        if (i == 0)
            cr_expect_str_eq(reply_text(&reply, "errors.0.pointer"), "/on");
        if (reply.status == 202) {
            struct http_reply done = await(reply_int(&reply, "trial"), city.cast.regulator.key);

            reply_clear(&done);
        }
        reply_clear(&reply);
    }
}

Test(trial_api, is_read_by_those_who_set_policies_there)
{
    struct http_reply taken = start("{}"), reply;
    long long id = reply_int(&taken, "trial");

    reply_clear(&taken);
    reply = await(id, server.operator_key);
    cr_expect_eq(reply.status, 200);
    reply_clear(&reply);
    reply = await(id, city.cast.other_regulator.key);
    cr_expect_eq(reply.status, 404);
    reply_clear(&reply);
    reply = await(id, city.cast.contractor.key);
    cr_expect_eq(reply.status, 403);
    reply_clear(&reply);
    reply = server_ask(&server, "GET", "/v1/trials?policy=778001", city.cast.regulator.key, NULL);
    cr_expect_eq(reply_int(&reply, "items.0.trial"), id);
    cr_expect_null(reply_at(&reply, "items.0.report"), "lists are short");
    reply_clear(&reply);
    reply = server_ask(&server, "POST", "/v1/policies/778001/trial", city.cast.other_regulator.key,
                       "{}");
    cr_expect_eq(reply.status, 404, "%s", reply.body);
    reply_clear(&reply);
}

Test(trial_api, one_that_is_not_heard_of_is_called_interrupted)
{
    fixture_exec("INSERT INTO trial (id, policy, region, on_day, account_id, workers, server_id,"
                 " heard_at) VALUES (4711, 778001, '32', '2026-11-22', 1, 10,"
                 " '00000000-0000-0000-0000-000000000001', now() - interval '2 minutes')");
    server_stop(&server);
    server_start(&server, NULL); /* each job runs at the start */
    for (int i = 0; i < 600; i++) {
        if (fixture_query_int("SELECT count(*) FROM trial WHERE state = 'interrupted'") == 1)
            return;
        usleep(100000);
    }
    cr_assert(false, "still running");
}

/* -- once at a time, and only what can begin ------------------------------------------------- */

static struct http_reply start_under(const char *idempotency, int number)
{
    return client_ask(&server.client,
                      &(struct http_question){.method = "POST",
                                              .path = say("/v1/policies/%d/trial", number),
                                              .key = city.cast.regulator.key, .body = "{}",
                                              .idempotency = idempotency});
}

Test(trial_api, a_policy_is_tried_once_at_a_time)
{
    struct http_reply reply;

    fixture_exec("INSERT INTO trial (id, policy, region, on_day, account_id, workers, server_id)"
                 " VALUES (4712, 778001, '32', '2026-11-22', 1, 10,"
                 " '00000000-0000-0000-0000-000000000001')");
    reply = start_under("one-at-a-time", DRAFT);
    cr_expect_eq(reply.status, 409, "%s", reply.body);
    cr_expect_str_eq(reply_text(&reply, "code"), "trial_running");
    reply_clear(&reply);
    fixture_exec("UPDATE trial SET state = 'interrupted' WHERE id = 4712");
    reply = start_under("one-at-a-time", DRAFT);
    cr_assert_eq(reply.status, 202, "%s", reply.body);
    reply_clear(&reply);
}

/* proc(5): the 17th field behind the name, which is in parentheses. */
static long nice_of(const char *stat)
{
    const char *at = strrchr(stat, ')');

    for (int i = 0; at != NULL && i < 17; i++)
        at = strchr(at + 1, ' ');
    return at != NULL ? strtol(at, NULL, 10) : 0;
}

/* Calls one() for the server's threads that the scheduler serves last (nice 19): the surveyor's, and
 * that of its errands. */
static int each_last_thread(void (*one)(pid_t thread))
{
    DIR *threads = opendir(say("/proc/%d/task", (int)server.pid));
    struct dirent *entry;
    int count = 0;

    cr_assert_not_null(threads);
    while ((entry = readdir(threads)) != NULL) {
        FILE *file = fopen(say("/proc/%d/task/%s/stat", (int)server.pid, entry->d_name), "r");
        char stat[512];

        if (file == NULL)
            continue;
        if (fgets(stat, sizeof stat, file) != NULL && nice_of(stat) == 19) {
            one((pid_t)strtol(entry->d_name, NULL, 10));
            count++;
        }
        fclose(file);
    }
    closedir(threads);
    return count;
}

static void hold(pid_t thread)
{
    cr_assert_eq(ptrace(PTRACE_SEIZE, thread, 0, 0), 0);
    cr_assert_eq(ptrace(PTRACE_INTERRUPT, thread, 0, 0), 0);
    cr_assert_eq(waitpid(thread, NULL, __WALL), thread);
}

static void let_go(pid_t thread)
{
    cr_assert_eq(ptrace(PTRACE_DETACH, thread, 0, 0), 0);
}

Test(trial_api, one_that_found_no_place_is_not_promised_and_takes_one_later_under_the_same_key)
{
    struct http_reply reply;

    for (int i = 1; i <= BUSY_DRAFTS; i++)
        post_draft(DRAFT + i, city.cast.regulator.key, "3209", "2026-01-01");
    cr_assert_gt(each_last_thread(hold), 0);
    for (int i = 1; i <= BUSY_DRAFTS; i++) {
        reply = start_under(say("busy-%d", i), DRAFT + i);
        cr_expect_eq(reply.status, 202, "%s", reply.body);
        reply_clear(&reply);
    }
    for (int i = 0; i < 2; i++) {
        reply = start_under("no-place", DRAFT);
        cr_expect_eq(reply.status, 503, "%s", reply.body);
        cr_expect_str_eq(reply_text(&reply, "code"), "busy");
        reply_clear(&reply);
    }
    cr_expect_eq(fixture_query_int("SELECT count(*) FROM trial WHERE policy = 778001"), 0);
    cr_assert_gt(each_last_thread(let_go), 0);
    for (int i = 0; i < 300 && fixture_query_int("SELECT count(*) FROM trial WHERE state = 'done'")
                                   < BUSY_DRAFTS; i++)
        usleep(100000);
    reply = start_under("no-place", DRAFT);
    cr_assert_eq(reply.status, 202, "%s", reply.body);
    reply_clear(&reply);
}
