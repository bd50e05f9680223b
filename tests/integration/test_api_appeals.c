/* Appeals: from the reason that somebody reads to the answer of a human, and what it mends; who sees
 * what of it, and what is refused. */
#include <criterion/criterion.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "domain/record.h"
#include "support/city.h"
#include "support/parallel.h"
#include "support/pg_fixture.h"

static struct server server;
static struct city city;
static const struct cast *const cast = &city.cast;
static const struct citizen *const him = &city.own;
static struct parallel parallel;

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

TestSuite(appeals, .init = set_up, .fini = tear_down, .timeout = 120);

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

static void expect_refused(const char *what, struct http_reply reply, int status, const char *code,
                           const char *pointer)
{
    cr_expect_eq(reply.status, status, "%s: %d %s", what, reply.status, reply.body);
    cr_expect_str_eq(reply_text(&reply, "code"), code, "%s: %s", what, reply.body);
    if (pointer != NULL)
        cr_expect_str_eq(reply_text(&reply, "errors.0.pointer"), pointer, "%s: %s", what,
                         reply.body);
    reply_clear(&reply);
}

static long long number_in(struct http_reply reply, const char *path)
{
    long long number = reply_int(&reply, path);

    reply_clear(&reply);
    return number;
}

static long long post_violation(const char *key, int severity)
{
    return number_in(must("POST", "/v1/violations", key,
                          say("{\"worker\":%lld,\"class\":\"operation\",\"category\":\"7.06\","
                              "\"severity\":%d}", him->id, severity)), "version");
}

#define VIOLATION_APPEAL                                                                           \
    "{\"reason\":\"VIOL_POINTS\",\"scope\":\"person\",\"words\":\"当天我在别的工地，不是我\"}"

static long long file(const char *key, const char *body)
{
    return number_in(must("POST", "/v1/appeals", key, body), "id");
}

static struct http_reply answer(long long appeal, const char *key, const char *body)
{
    return ask("POST", say("/v1/appeals/%lld/decision", appeal), key, body);
}

static struct http_reply colour(const char *key)
{
    return must("GET", say("/v1/workers/%lld/colour", him->id), key, NULL);
}

static void expect_colour(const char *when, const char *expected)
{
    struct http_reply reply = colour(him->key);

    cr_expect_str_eq(reply_text(&reply, "person_colour"), expected, "%s: %s", when, reply.body);
    reply_clear(&reply);
}

/* Formats for longer than say() keeps it: for tables of bodies. */
static const char *keep(const char *format, ...) __attribute__((format(printf, 1, 2)));
static const char *keep(const char *format, ...)
{
    enum { KEPT = 16, BYTES = 1024 };
    static char kept[KEPT][BYTES];
    static unsigned count;
    va_list args;

    cr_assert_lt(count, KEPT);
    va_start(args, format);
    vsnprintf(kept[count], BYTES, format, args);
    va_end(args);
    return kept[count++];
}

/* -- from the reason to the answer -------------------------------------------------------------- */

Test(appeals, every_reason_says_what_until_when_on_what_basis_and_that_one_may_appeal)
{
    static const char *const words[] = {"code", "colour", "scope",  "since",
                                        "what", "remedy", "help", "appeal"};
    struct http_reply reply;
    const json_t *reason, *basis;
    size_t i, j;

    post_violation(cast->inspector.key, 4);
    reply = colour(him->key);
    cr_assert_geq(json_array_size(reply_at(&reply, "reasons")), 3, "%s", reply.body);
    json_array_foreach(reply_at(&reply, "reasons"), i, reason) {
        for (j = 0; j < sizeof words / sizeof words[0]; j++) {
            const char *text = json_string_value(json_object_get(reason, words[j]));

            cr_expect(text != NULL && text[0] != '\0', "reason %zu has no %s: %s", i, words[j],
                      reply.body);
        }
        cr_expect_not_null(json_object_get(reason, "until"), "%zu", i);
        cr_expect_geq(json_array_size(json_object_get(reason, "basis")), 1, "%zu", i);
        json_array_foreach(json_object_get(reason, "basis"), j, basis) {
            cr_expect_not_null(json_string_value(json_object_get(basis, "text")));
            cr_expect_not_null(json_string_value(json_object_get(basis, "mark")));
        }
    }
    reply_clear(&reply);
}

Test(appeals, a_worker_disputes_a_violation_and_a_human_takes_it_back)
{
    struct http_reply reply;
    long long appeal, violation, mended;
    char due[16];

    city_make_green(&server, &city, him->id);
    violation = post_violation(cast->inspector.key, 4);
    expect_colour("the violation", "red");
    reply = must("POST", "/v1/appeals", him->key,
                 say("{\"reason\":\"VIOL_POINTS\",\"scope\":\"person\",\"disputes\":%lld,"
                     "\"words\":\"当天我在别的工地，不是我\"}", violation));
    cr_expect_eq(reply.status, 201);
    appeal = reply_int(&reply, "id");
    cr_expect_str_eq(reply_text(&reply, "state"), "open");
    snprintf(due, sizeof due, "%s", reply_text(&reply, "due"));
    cr_expect_gt(strcmp(due, city_today()), 0, "%s", due);
    reply_clear(&reply);
    reply = colour(him->key);
    cr_expect_eq(reply_int(&reply, "appeals.0.id"), appeal, "it waits: %s", reply.body);
    cr_expect_str_eq(reply_text(&reply, "appeals.0.due"), due);
    reply_clear(&reply);

    reply = must("GET", "/v1/appeals", cast->regulator.key, NULL);
    cr_expect_eq(reply_int(&reply, "items.0.id"), appeal, "%s", reply.body);
    cr_expect_eq(reply_int(&reply, "items.0.disputes"), violation);
    cr_expect_null(strstr(reply.body, "当天"), "a list holds no words");
    reply_clear(&reply);
    reply = must("GET", say("/v1/appeals/%lld", appeal), cast->regulator.key, NULL);
    cr_expect_str_eq(reply_text(&reply, "words"), "当天我在别的工地，不是我", "%s", reply.body);
    cr_expect(json_is_null(reply_at(&reply, "answer")));
    reply_clear(&reply);

    expect_refused("who posted it", answer(appeal, cast->inspector.key,
                                           "{\"outcome\":\"rejected\",\"words\":\"没错\"}"),
                   403, "appeal_own_record", NULL);
    reply = answer(appeal, cast->regulator.key,
                   say("{\"outcome\":\"upheld\",\"words\":\"核对考勤，确认当天不在该工地\","
                       "\"supersede\":%lld}", violation));
    cr_assert_eq(reply.status, 201, "%s", reply.body);
    mended = reply_int(&reply, "mended_by");
    cr_expect_str_eq(reply_text(&reply, "state"), "upheld");
    reply_clear(&reply);
    expect_colour("the violation is taken back", "green");

    reply = must("GET", say("/v1/appeals/%lld", appeal), him->key, NULL);
    cr_expect_str_eq(reply_text(&reply, "state"), "upheld", "%s", reply.body);
    cr_expect_str_eq(reply_text(&reply, "answer"), "核对考勤，确认当天不在该工地");
    cr_expect_eq(reply_int(&reply, "mended_by"), mended);
    cr_expect_str_eq(reply_text(&reply, "due"), due, "a deadline stays as it was told");
    cr_expect(json_is_string(reply_at(&reply, "answered_at")));
    reply_clear(&reply);
    reply = must("GET", say("/v1/workers/%lld/records?after=%lld", him->id, violation - 1),
                 him->key, NULL);
    cr_expect_str_eq(reply_text(&reply, "items.0.kind"), "violation", "the old one is still there");
    cr_expect_str_eq(reply_text(&reply, "items.1.kind"), "supersede", "%s", reply.body);
    cr_expect_eq(reply_int(&reply, "items.1.version"), mended);
    reply_clear(&reply);
    expect_refused("again", answer(appeal, cast->regulator.key,
                                   "{\"outcome\":\"rejected\",\"words\":\"又\"}"),
                   409, "appeal_answered", NULL);
    cr_expect_eq(fixture_query_int(say("SELECT count(*) FROM audit WHERE worker_id = %lld AND action"
                                       " IN ('appeal.file', 'appeal.open', 'appeal.answer')",
                                       him->id)), 4);
}

/* Who is in charge of the region puts right what another office posted: that record, and no other. */
Test(appeals, whoever_upholds_an_appeal_takes_the_disputed_record_back_whosever_it_is)
{
    struct part deputy = cast_account(&server, "inspector", cast->inspector.org,
                                      ",\"region\":\"320900\"");
    long long violation, other, appeal;
    struct http_reply reply;

    city_make_green(&server, &city, him->id);
    violation = post_violation(cast->safety_officer.key, 4);
    other = post_violation(cast->safety_officer.key, 1);
    expect_refused("without an appeal",
                   ask("POST", "/v1/violations", deputy.key,
                       say("{\"worker\":%lld,\"kind\":\"supersede\",\"of\":%lld}", him->id,
                           violation)), 403, "not_yours", "/of");
    appeal = file(him->key, say("{\"reason\":\"VIOL_POINTS\",\"scope\":\"person\",\"disputes\":%lld,"
                                "\"words\":\"不是我\"}", violation));
    expect_refused("another record", answer(appeal, deputy.key,
                                            say("{\"outcome\":\"upheld\",\"words\":\"属实\","
                                                "\"supersede\":%lld}", other)), 404,
                   "version_unknown", "/supersede");
    reply = answer(appeal, deputy.key, say("{\"outcome\":\"upheld\",\"words\":\"属实\",\"supersede\":"
                                           "%lld}", violation));
    cr_assert_eq(reply.status, 201, "%s", reply.body);
    cr_expect_eq(reply_int(&reply, "mended_by"), other + 1);
    reply_clear(&reply);
    expect_colour("the violation of another office is taken back", "green");

    /* an exam's permission is the clinics' alone; who decides takes it back all the same */
    violation = number_in(must("POST", "/v1/exams", cast->clinic.key,
                               say("{\"worker\":%lld,\"conclusion\":\"unfit\"}", him->id)), "version");
    appeal = file(him->key, "{\"reason\":\"HEALTH_UNFIT\",\"scope\":\"person\",\"words\":\"拿错\"}");
    reply = answer(appeal, cast->inspector.key,
                   say("{\"outcome\":\"upheld\",\"words\":\"报告拿错\",\"supersede\":%lld}", violation));
    cr_assert_eq(reply.status, 201, "%s", reply.body);
    reply_clear(&reply);
    expect_colour("the exam is taken back", "green");
}

/* Of a record that the reason does not rest on, no answer could mend what the appeal is about. */
Test(appeals, what_is_disputed_is_a_record_that_the_colour_answer_names)
{
    long long training, violation, appeal;
    struct http_reply reply;
    const json_t *rests_on = NULL, *reason;
    size_t i;

    city_make_green(&server, &city, him->id);
    training = number_in(must("POST", "/v1/trainings", cast->centre.key,
                              say("{\"worker\":%lld,\"kind\":\"training\",\"type\":\"entry_team\","
                                  "\"hours\":20,\"passed\":true}", him->id)), "version");
    violation = number_in(must("POST", "/v1/violations", cast->inspector.key,
                               say("{\"worker\":%lld,\"class\":\"operation\",\"category\":\"7.06\","
                                   "\"severity\":1,\"off_job_training\":true}", him->id)), "version");
    reply = colour(him->key);
    json_array_foreach(reply_at(&reply, "reasons"), i, reason) {
        if (strcmp(json_string_value(json_object_get(reason, "code")), "VIOL_OFFJOB") == 0)
            rests_on = json_object_get(reason, "rests_on");
    }
    cr_assert_eq(json_array_size(rests_on), 1, "%s", reply.body);
    cr_expect_eq(json_integer_value(json_object_get(json_array_get(rests_on, 0), "version")),
                 violation);
    reply_clear(&reply);
    reply = ask("POST", "/v1/appeals", him->key,
                say("{\"reason\":\"VIOL_OFFJOB\",\"scope\":\"person\",\"disputes\":%lld,"
                    "\"words\":\"不是我\"}", training));
    cr_expect_str_eq(reply_text(&reply, "errors.0.expected"), say("%lld", violation), "%s", reply.body);
    expect_refused("his training", reply, 404, "version_unknown", "/disputes");
    appeal = file(him->key, say("{\"reason\":\"VIOL_OFFJOB\",\"scope\":\"person\",\"disputes\":%lld,"
                                "\"words\":\"不是我\"}", violation));
    reply = answer(appeal, cast->regulator.key,
                   say("{\"outcome\":\"upheld\",\"words\":\"属实\",\"supersede\":%lld}", violation));
    cr_expect_eq(reply.status, 201, "%s", reply.body);
    reply_clear(&reply);
}

Test(appeals, an_answer_can_rest_on_a_record_that_came_meanwhile)
{
    long long appeal = file(him->key, "{\"reason\":\"HEALTH_NONE\",\"scope\":\"person\","
                                      "\"words\":\"上月在县医院体检过\"}");
    long long exam;
    struct http_reply reply;

    expect_refused("older than the appeal",
                   answer(appeal, cast->inspector.key,
                          "{\"outcome\":\"upheld\",\"words\":\"属实\",\"mended_by\":1}"),
                   404, "version_unknown", "/mended_by");
    exam = number_in(must("POST", "/v1/exams", cast->clinic.key,
                          say("{\"worker\":%lld,\"conclusion\":\"no_abnormality\"}", him->id)),
                     "version");
    reply = answer(appeal, cast->inspector.key,
                   say("{\"outcome\":\"upheld\",\"words\":\"机构已补传\",\"mended_by\":%lld}", exam));
    cr_expect_eq(reply.status, 201, "%s", reply.body);
    cr_expect_eq(reply_int(&reply, "mended_by"), exam);
    reply_clear(&reply);
}

Test(appeals, an_answer_rests_on_a_colour_by_hand_once_two_have_signed_it)
{
    const char *override = keep(
        "{\"worker\":%lld,\"colour\":\"yellow\",\"from\":\"%s\",\"until\":\"%s\",\"evidence\":"
        "\"复核单7号\",\"signed_by\":[%lld,%lld]}",
        him->id, city_today(), city_day(7), cast->regulator.id, cast->inspector.id);
    struct http_reply reply;
    long long appeal, id, record;

    city_make_green(&server, &city, him->id);
    record = number_in(must("POST", "/v1/exams", cast->clinic.key,
                            say("{\"worker\":%lld,\"conclusion\":\"unfit\"}", him->id)), "version");
    expect_colour("unfit", "red");
    appeal = file(him->key, "{\"reason\":\"HEALTH_UNFIT\",\"scope\":\"person\","
                            "\"words\":\"报告拿错了\"}");
    id = number_in(must("POST", "/v1/overrides", cast->regulator.key, override), "id");
    expect_refused("nobody signed it yet",
                   answer(appeal, cast->regulator.key,
                          say("{\"outcome\":\"partly\",\"words\":\"先放行\",\"mended_by\":%lld}",
                              record + 1)), 404, "version_unknown", "/mended_by");
    record = number_in(must("POST", say("/v1/overrides/%lld/signature", id), cast->inspector.key,
                            NULL), "record");
    expect_colour("the override", "yellow");
    reply = answer(appeal, cast->regulator.key,
                   say("{\"outcome\":\"partly\",\"words\":\"先放行，待复查\",\"mended_by\":%lld}",
                       record));
    cr_expect_eq(reply.status, 201, "%s", reply.body);
    cr_expect_eq(reply_int(&reply, "mended_by"), record);
    reply_clear(&reply);
    cr_expect_eq(fixture_query_int(say("SELECT (f.version = max(r.version))::int FROM record r"
                                       " JOIN facts f USING (worker_id) WHERE worker_id = %lld"
                                       " GROUP BY f.version", him->id)), 1);
}

/* -- who sees what ------------------------------------------------------------------------------ */

Test(appeals, a_contractor_files_for_his_worker_and_reads_no_words_of_the_workers_own)
{
    const char *body = keep("{\"worker\":%lld,\"reason\":\"TRAIN_NONE\",\"scope\":\"person\","
                           "\"words\":\"他去年培训过，有证书\"}", him->id);
    long long own = file(him->key, "{\"reason\":\"NO_CONTRACT\",\"scope\":\"person\","
                                   "\"words\":\"老板不肯签合同\"}");
    long long on_behalf = file(cast->contractor.key, body);
    struct http_reply reply = must("GET", say("/v1/appeals/%lld", own), cast->contractor.key, NULL);

    cr_expect(json_is_null(reply_at(&reply, "words")), "%s", reply.body);
    cr_expect(json_is_null(reply_at(&reply, "on_behalf_by")));
    reply_clear(&reply);
    reply = must("GET", say("/v1/appeals/%lld", on_behalf), cast->contractor.key, NULL);
    cr_expect_str_eq(reply_text(&reply, "words"), "他去年培训过，有证书", "%s", reply.body);
    cr_expect_eq(reply_int(&reply, "on_behalf_by"), cast->contractor.org);
    reply_clear(&reply);
    reply = must("GET", say("/v1/appeals/%lld", on_behalf), him->key, NULL);
    cr_expect_str_eq(reply_text(&reply, "words"), "他去年培训过，有证书", "he sees what was said");
    reply_clear(&reply);
    reply = must("GET", "/v1/appeals", him->key, NULL);
    cr_expect_eq(json_array_size(reply_at(&reply, "items")), 2, "%s", reply.body);
    reply_clear(&reply);
    cr_expect_eq(status_of("GET", say("/v1/appeals/%lld", own), city.neighbour.key, NULL), 404);
    cr_expect_eq(status_of("GET", say("/v1/appeals/%lld", own), city.next_door.key, NULL), 404);
    cr_expect_eq(status_of("GET", say("/v1/appeals/%lld", own), cast->other_regulator.key, NULL),
                 404);
    cr_expect_eq(status_of("POST", "/v1/appeals", city.neighbour.key, body), 404);
    expect_refused("another region's", answer(own, cast->other_regulator.key,
                                              "{\"outcome\":\"rejected\",\"words\":\"不\"}"),
                   404, "not_found", NULL);
}

Test(appeals, what_is_overdue_is_listed_first_and_the_answered_last)
{
    static const char *const reasons[] = {"HEALTH_NONE", "TRAIN_NONE", "TRAIN_POINTS",
                                          "NO_CONTRACT"};
    long long ids[4], seen[5];
    char path[128] = "/v1/appeals?limit=2";
    struct http_reply reply;
    int count = 0;

    for (int i = 0; i < 4; i++)
        ids[i] = file(him->key, say("{\"reason\":\"%s\",\"scope\":\"person\",\"words\":\"不对\"}",
                                    reasons[i]));
    fixture_exec(say("UPDATE appeal SET due = current_date - 3 WHERE id = %lld", ids[2]));
    fixture_exec(say("UPDATE appeal SET due = current_date - 9 WHERE id = %lld", ids[0]));
    done(answer(ids[0], cast->regulator.key, "{\"outcome\":\"rejected\",\"words\":\"查无记录\"}"));
    while (path[0] != '\0' && count < 5) {
        size_t i, items;

        reply = must("GET", path, cast->regulator.key, NULL);
        items = json_array_size(reply_at(&reply, "items"));
        for (i = 0; i < items && count < 5; i++)
            seen[count++] = reply_int(&reply, say("items.%zu.id", i));
        if (json_is_string(reply_at(&reply, "next")))
            snprintf(path, sizeof path, "/v1/appeals?limit=2&after=%s", reply_text(&reply, "next"));
        else
            path[0] = '\0';
        reply_clear(&reply);
    }
    cr_assert_eq(count, 4);
    cr_expect(seen[0] == ids[2] && seen[1] == ids[1] && seen[2] == ids[3] && seen[3] == ids[0],
              "%lld %lld %lld %lld", seen[0], seen[1], seen[2], seen[3]);
    reply = must("GET", "/v1/appeals?overdue=true", cast->regulator.key, NULL);
    cr_expect_eq(json_array_size(reply_at(&reply, "items")), 1, "%s", reply.body);
    cr_expect(json_is_true(reply_at(&reply, "items.0.overdue")));
    reply_clear(&reply);
    reply = must("GET", "/v1/appeals?state=rejected", cast->inspector.key, NULL);
    cr_expect_eq(reply_int(&reply, "items.0.id"), ids[0], "%s", reply.body);
    reply_clear(&reply);
    reply = must("GET", "/v1/appeals", cast->other_regulator.key, NULL);
    cr_expect_eq(json_array_size(reply_at(&reply, "items")), 0, "%s", reply.body);
    reply_clear(&reply);
}

Test(appeals, what_is_answered_between_two_pages_hides_nothing_that_waits)
{
    static const char *const reasons[] = {"HEALTH_NONE", "TRAIN_NONE", "TRAIN_POINTS"};
    long long ids[3];
    char next[64];
    struct http_reply reply;

    for (int i = 0; i < 3; i++)
        ids[i] = file(him->key, say("{\"reason\":\"%s\",\"scope\":\"person\",\"words\":\"不对\"}",
                                    reasons[i]));
    reply = must("GET", "/v1/appeals?limit=2", cast->regulator.key, NULL);
    cr_expect_eq(reply_int(&reply, "items.1.id"), ids[1], "%s", reply.body);
    snprintf(next, sizeof next, "%s", reply_text(&reply, "next"));
    reply_clear(&reply);
    done(answer(ids[1], cast->regulator.key, "{\"outcome\":\"rejected\",\"words\":\"查无记录\"}"));
    reply = must("GET", say("/v1/appeals?limit=2&after=%s", next), cast->regulator.key, NULL);
    cr_expect_eq(reply_int(&reply, "items.0.id"), ids[2], "%s", reply.body);
    cr_expect_eq(reply_int(&reply, "items.1.id"), ids[1], "answered, it stands among the last");
    reply_clear(&reply);
}

Test(appeals, a_place_in_the_list_is_one_that_the_list_gave)
{
    static const char *const places[] = {"7", "0.2026-11-30", "2.2026-11-30.7", "0.2026-02-30.7",
                                         "0.2026-11-30.0", "0.2026-11-30.7.", "0..7"};

    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++)
        expect_refused(places[i], ask("GET", say("/v1/appeals?after=%s", places[i]),
                                      cast->regulator.key, NULL), 400, "query_invalid", "after");
}

Test(appeals, somebody_engaged_nowhere_is_heard_where_his_firm_is)
{
    static const char *const regions[] = {"320900", ""};
    long long engagement = fixture_query_int(
        say("SELECT version FROM engagement WHERE worker_id = %lld", him->id));

    done(must("POST", "/v1/engagements", cast->contractor.key,
              say("{\"worker\":%lld,\"kind\":\"supersede\",\"of\":%lld}", him->id, engagement)));
    for (int i = 0; i < 2; i++) {
        long long appeal = file(him->key, say("{\"reason\":\"%s\",\"scope\":\"person\",\"words\":\"不对\"}",
                                              i == 0 ? "HEALTH_NONE" : "TRAIN_NONE"));
        struct http_reply reply = must("GET", say("/v1/appeals/%lld", appeal), cast->regulator.key,
                                       NULL);

        cr_expect_str_eq(reply_text(&reply, "region"), regions[i], "%s", reply.body);
        reply_clear(&reply);
        fixture_exec("UPDATE org SET region = ''"); /* a firm of no region: every authority's */
    }
}

Test(appeals, what_a_site_or_a_firm_was_is_looked_at_today_only)
{
    static const char body[] = "{\"reason\":\"SITE_STOPPED\",\"scope\":\"site\",\"words\":\"已复工\"%s}";
    long long appeal;

    fixture_exec(say("UPDATE engagement SET from_day = current_date - 9 WHERE worker_id = %lld",
                     him->id));
    done(must("PATCH", say("/v1/sites/%lld", cast->site), cast->inspector.key,
              "{\"state\":\"stopped\"}"));
    expect_refused("yesterday", ask("POST", "/v1/appeals", him->key,
                                    keep(body, keep(",\"on\":\"%s\"", city_day(-1)))),
                   400, "field_range", "/on");
    appeal = file(him->key, keep(body, ""));
    expect_refused("mended by what has nothing to do with it",
                   answer(appeal, cast->regulator.key,
                          "{\"outcome\":\"upheld\",\"words\":\"对\",\"mended_by\":1}"),
                   404, "version_unknown", "/mended_by");
    done(must("PATCH", say("/v1/sites/%lld", cast->site), cast->inspector.key,
              "{\"state\":\"open\"}"));
    cr_expect_eq(status_of("POST", say("/v1/appeals/%lld/decision", appeal), cast->regulator.key,
                           "{\"outcome\":\"upheld\",\"words\":\"已恢复施工\"}"), 201,
                 "the site was mended, no record of his");
}

/* -- what a reason rests on --------------------------------------------------------------------- */

/* The reason of that code in the answer, or NULL. */
static const json_t *reason_of(const struct http_reply *reply, const char *code)
{
    const json_t *reason;
    size_t i;

    json_array_foreach(reply_at(reply, "reasons"), i, reason) {
        if (strcmp(json_string_value(json_object_get(reason, "code")), code) == 0)
            return reason;
    }
    return NULL;
}

static void expect_rests(const json_t *reason, size_t place, long long version, const char *kind)
{
    const json_t *one = json_array_get(json_object_get(reason, "rests_on"), place);

    cr_expect_eq(json_integer_value(json_object_get(one, "version")), version, "place %zu", place);
    cr_expect_str_eq(json_string_value(json_object_get(one, "kind")), kind, "place %zu", place);
    cr_expect(json_is_string(json_object_get(one, "on")), "place %zu", place);
}

Test(appeals, a_red_code_says_which_violations_and_how_many_points)
{
    long long first = post_violation(cast->inspector.key, 3);
    long long wrong = post_violation(cast->inspector.key, 2);
    long long last = post_violation(cast->safety_officer.key, 4);
    struct http_reply reply;
    const json_t *reason;
    double points;

    done(must("POST", "/v1/violations", cast->inspector.key,
              say("{\"worker\":%lld,\"kind\":\"supersede\",\"of\":%lld}", him->id, wrong)));
    reply = colour(him->key);
    reason = reason_of(&reply, "VIOL_POINTS");
    cr_assert_not_null(reason, "%s", reply.body);
    cr_expect_eq(json_array_size(json_object_get(reason, "rests_on")), 2, "%s", reply.body);
    expect_rests(reason, 0, first, "violation");
    expect_rests(reason, 1, last, "violation");
    points = json_number_value(json_object_get(reason, "points"));
    cr_expect_geq(points, json_number_value(json_object_get(reason, "yellow")), "%s", reply.body);
    cr_expect_gt(json_number_value(json_object_get(reason, "red")),
                 json_number_value(json_object_get(reason, "yellow")), "%s", reply.body);
    cr_expect_eq(json_array_size(json_object_get(reason_of(&reply, "HEALTH_NONE"), "rests_on")), 0,
                 "for want of any: %s", reply.body);
    cr_expect_eq(json_integer_value(json_object_get(reason_of(&reply, "TRAIN_POINTS"), "points")), 0,
                 "%s", reply.body);
    cr_expect_gt(json_integer_value(json_object_get(reason_of(&reply, "TRAIN_POINTS"), "required")),
                 0, "%s", reply.body);
    reply_clear(&reply);
}

Test(appeals, who_has_no_birth_date_on_record_is_not_told_that_he_is_of_an_age)
{
    struct http_reply reply;
    const json_t *reason;

    fixture_exec(say("UPDATE record SET kind = %d, body = '{\"points\": 1}' WHERE worker_id = %lld"
                     " AND kind = %d", RECORD_STAR, him->id, RECORD_IDENTITY));
    reply = colour(him->key);
    reason = reason_of(&reply, "AGE_YELLOW");
    cr_assert_not_null(reason, "%s", reply.body);
    cr_expect_str_eq(json_string_value(json_object_get(reason, "missing")), "birth_date", "%s",
                     reply.body);
    cr_expect_str_eq(json_string_value(json_object_get(reason, "what")),
                     "系统中没有您的出生日期，无法按年龄判定。");
    reply_clear(&reply);
}

/* -- what is refused ---------------------------------------------------------------------------- */

Test(appeals, an_appeal_is_against_a_reason_that_is_there)
{
    const struct {
        const char *what, *body;
        int status;
        const char *code, *pointer;
    } table[] = {
        {"a reason that the colour does not have",
         "{\"reason\":\"AGE_RED\",\"scope\":\"person\",\"words\":\"不对\"}", 422, "appeal_reason",
         "/reason"},
        {"another scope", "{\"reason\":\"HEALTH_NONE\",\"scope\":\"trade\",\"words\":\"不对\"}", 422,
         "appeal_reason", "/reason"},
        {"no reason at all", "{\"reason\":\"BAD_LUCK\",\"scope\":\"person\",\"words\":\"不对\"}", 422,
         "appeal_reason", "/reason"},
        {"no scope", "{\"reason\":\"HEALTH_NONE\",\"words\":\"不对\"}", 400, "field_missing", "/scope"},
        {"no words", "{\"reason\":\"HEALTH_NONE\",\"scope\":\"person\"}", 400, "field_missing",
         "/words"},
        {"empty words", "{\"reason\":\"HEALTH_NONE\",\"scope\":\"person\",\"words\":\"\"}", 400,
         "field_length", "/words"},
        {"tomorrow", keep("{\"reason\":\"HEALTH_NONE\",\"scope\":\"person\",\"words\":\"不对\","
                         "\"on\":\"%s\"}", city_day(1)), 400, "date_future", "/on"},
        {"long ago", keep("{\"reason\":\"HEALTH_NONE\",\"scope\":\"person\",\"words\":\"不对\","
                         "\"on\":\"%s\"}", city_day(-400)), 400, "date_too_old", "/on"},
        {"a record that does not bear on it",
         "{\"reason\":\"HEALTH_NONE\",\"scope\":\"person\",\"words\":\"不对\",\"disputes\":1}", 404,
         "version_unknown", "/disputes"},
        {"a site that is not his",
         keep("{\"reason\":\"HEALTH_NONE\",\"scope\":\"person\",\"words\":\"不对\",\"site\":%lld}",
             city.neighbour_site), 404, "site_unknown", "/site"},
        {"somebody else", keep("{\"worker\":%lld,\"reason\":\"HEALTH_NONE\",\"scope\":\"person\","
                              "\"words\":\"不对\"}", city.next_door.id), 404, "worker_unknown", NULL},
    };

    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
        expect_refused(table[i].what, ask("POST", "/v1/appeals", him->key, table[i].body),
                       table[i].status, table[i].code, table[i].pointer);
    expect_refused("a contractor who names nobody",
                   ask("POST", "/v1/appeals", cast->contractor.key,
                       "{\"reason\":\"HEALTH_NONE\",\"scope\":\"person\",\"words\":\"不对\"}"),
                   400, "field_missing", "/worker");
    cr_expect_eq(fixture_query_int("SELECT count(*) FROM appeal"), 0);
}

Test(appeals, one_matter_is_appealed_once_at_a_time_and_again_after_the_answer)
{
    long long first, second;
    struct http_reply reply;

    post_violation(cast->safety_officer.key, 4);
    first = file(him->key, VIOLATION_APPEAL);
    expect_refused("while it waits", ask("POST", "/v1/appeals", him->key, VIOLATION_APPEAL), 409,
                   "appeal_open", "/reason");
    done(answer(first, cast->regulator.key, "{\"outcome\":\"rejected\",\"words\":\"照片为证\"}"));
    second = file(him->key, VIOLATION_APPEAL);
    reply = must("GET", say("/v1/appeals/%lld", second), him->key, NULL);
    cr_expect_eq(reply_int(&reply, "round"), 2, "%s", reply.body);
    reply_clear(&reply);
}

Test(appeals, what_is_upheld_is_mended_and_what_is_rejected_is_not)
{
    long long violation = post_violation(cast->safety_officer.key, 4);
    long long appeal = file(him->key, VIOLATION_APPEAL);
    long long training = number_in(must("POST", "/v1/trainings", cast->centre.key,
                                        say("{\"worker\":%lld,\"type\":\"entry_company\",\"hours\":8,"
                                            "\"passed\":true}", him->id)), "version");
    const struct {
        const char *what, *body;
        int status;
        const char *code, *pointer;
    } table[] = {
        {"no outcome", "{\"words\":\"好\"}", 400, "field_missing", "/outcome"},
        {"no words", "{\"outcome\":\"rejected\"}", 400, "field_missing", "/words"},
        {"upheld, and nothing mends it", "{\"outcome\":\"upheld\",\"words\":\"对\"}", 400,
         "field_missing", "/mended_by"},
        {"partly, and nothing mends it", "{\"outcome\":\"partly\",\"words\":\"对\"}", 400,
         "field_missing", "/mended_by"},
        {"rejected, and mended",
         keep("{\"outcome\":\"rejected\",\"words\":\"错\",\"supersede\":%lld}", violation), 400,
         "field_choice", "/outcome"},
        {"mended twice", keep("{\"outcome\":\"upheld\",\"words\":\"对\",\"supersede\":%lld,"
                             "\"mended_by\":%lld}", violation, violation), 400, "field_unknown",
         "/mended_by"},
        {"mended by what was there before",
         keep("{\"outcome\":\"upheld\",\"words\":\"对\",\"mended_by\":%lld}", violation), 404,
         "version_unknown", "/mended_by"},
        {"mended by nothing", "{\"outcome\":\"upheld\",\"words\":\"对\",\"mended_by\":999}", 404,
         "version_unknown", "/mended_by"},
        {"another record taken back", "{\"outcome\":\"upheld\",\"words\":\"对\",\"supersede\":1}", 404,
         "version_unknown", "/supersede"},
        {"mended by a record that has nothing to do with it",
         keep("{\"outcome\":\"upheld\",\"words\":\"对\",\"mended_by\":%lld}", training), 404,
         "version_unknown", "/mended_by"},
        {"an override, which only two can sign",
         "{\"outcome\":\"upheld\",\"words\":\"对\",\"override\":{\"colour\":\"green\"}}", 400,
         "field_unknown", "/override"},
    };
    int64_t records = fixture_query_int("SELECT count(*) FROM record");

    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
        expect_refused(table[i].what, answer(appeal, cast->regulator.key, table[i].body),
                       table[i].status, table[i].code, table[i].pointer);
    cr_expect_eq(fixture_query_int("SELECT count(*) FROM appeal"), 1);
    cr_expect_eq(fixture_query_int("SELECT count(*) FROM record"), records, "nothing was written");
    /* without a disputed record, whoever posted any that the reason rests on is a party */
    post_violation(cast->inspector.key, 1);
    appeal = file(cast->contractor.key,
                  say("{\"worker\":%lld,\"reason\":\"TRAIN_NONE\",\"scope\":\"person\",\"words\":"
                      "\"有证\"}", him->id));
    cr_expect_eq(status_of("POST", say("/v1/appeals/%lld/decision", appeal), cast->inspector.key,
                           "{\"outcome\":\"rejected\",\"words\":\"没有\"}"), 201,
                 "a violation is not what this one is about");
}

/* -- at the same moment -------------------------------------------------------------------------- */

Test(appeals, of_two_who_file_or_answer_at_once_one_comes_too_late)
{
    struct part second = cast_account(&server, "regulator", cast->regulator.org,
                                      ",\"region\":\"32\"");
    const char *const keys[] = {cast->regulator.key, second.key};
    struct http_question questions[8];
    long long appeal;

    post_violation(cast->safety_officer.key, 4);
    for (int i = 0; i < 8; i++)
        questions[i] = (struct http_question){.method = "POST", .path = "/v1/appeals",
                                              .key = him->key, .idempotency = say("f-%d", i),
                                              .body = VIOLATION_APPEAL};
    parallel_begin(&parallel, server.port, questions, 8);
    parallel_finish(&parallel);
    cr_expect_eq(parallel_count(&parallel, 201), 1);
    cr_expect_eq(parallel_count_text(&parallel, "\"appeal_open\"") +
                     parallel_count_text(&parallel, "\"conflict\""), 7);
    parallel_clear(&parallel);
    appeal = fixture_query_int("SELECT max(id) FROM appeal");
    for (int i = 0; i < 2; i++)
        questions[i] = (struct http_question){
            .method = "POST", .path = say("/v1/appeals/%lld/decision", appeal), .key = keys[i],
            .idempotency = say("a-%d", i), .body = "{\"outcome\":\"rejected\",\"words\":\"no\"}"};
    parallel_begin(&parallel, server.port, questions, 2);
    parallel_finish(&parallel);
    cr_expect_eq(parallel_count(&parallel, 201), 1);
    cr_expect_eq(parallel_count(&parallel, 409), 1);
    parallel_clear(&parallel);
    cr_expect_eq(fixture_query_int("SELECT max(version) FROM appeal"), 2);
}

Test(appeals, a_repeated_request_acts_once_and_is_answered_the_same)
{
    struct http_question question = {.method = "POST", .path = "/v1/appeals", .key = him->key,
                                     .idempotency = "appeal-1",
                                     .body = "{\"reason\":\"HEALTH_NONE\",\"scope\":\"person\","
                                             "\"words\":\"体检过\"}"};
    struct http_reply first = client_ask(&server.client, &question);
    struct http_reply again = client_ask(&server.client, &question);

    cr_expect_eq(first.status, 201, "%s", first.body);
    cr_expect_str_eq(first.body, again.body);
    cr_expect_eq(fixture_query_int("SELECT count(*) FROM appeal"), 1);
    reply_clear(&first);
    reply_clear(&again);
}

/* -- what is personal ---------------------------------------------------------------------------- */

Test(appeals, what_was_written_rests_sealed_and_goes_with_the_person)
{
    long long answered, waiting;
    struct http_reply reply;
    char *log;

    answered = file(him->key, "{\"reason\":\"HEALTH_NONE\",\"scope\":\"person\",\"words\":"
                              "\"我在第三医院做过\"}");
    done(answer(answered, cast->regulator.key, "{\"outcome\":\"rejected\",\"words\":\"医院未上传\"}"));
    waiting = file(him->key, "{\"reason\":\"TRAIN_NONE\",\"scope\":\"person\",\"words\":"
                             "\"我培训过三次\"}");
    cr_expect_eq(fixture_query_int(
                     "SELECT count(*) FROM appeal_words WHERE position('医院'::bytea in sealed) > 0"
                     " OR position('三次'::bytea in sealed) > 0"), 0);
    cr_expect_eq(fixture_query_int("SELECT count(*) FROM appeal_words"), 3);
    cr_expect_eq(fixture_query_int("SELECT count(*) FROM idempotency WHERE answer LIKE '%医院%'"), 0);
    log = city_log(&server);
    cr_expect_null(strstr(log, "第三医院"));
    free(log);

    done(must("POST", "/v1/engagements", cast->contractor.key,
              say("{\"kind\":\"engagement_end\",\"worker\":%lld,\"site\":%lld}", him->id, cast->site)));
    done(must("DELETE", say("/v1/workers/%lld", him->id), him->key, NULL));
    cr_expect_eq(fixture_query_int("SELECT count(*) FROM appeal_words"), 0);
    reply = must("GET", say("/v1/appeals/%lld", waiting), cast->regulator.key, NULL);
    cr_expect_str_eq(reply_text(&reply, "state"), "void", "nobody is left to answer: %s", reply.body);
    cr_expect(json_is_null(reply_at(&reply, "words")));
    reply_clear(&reply);
    reply = must("GET", say("/v1/appeals/%lld", answered), cast->regulator.key, NULL);
    cr_expect_str_eq(reply_text(&reply, "state"), "rejected", "what was decided stays decided");
    cr_expect(json_is_null(reply_at(&reply, "answer")));
    reply_clear(&reply);
}

/* -- stars --------------------------------------------------------------------------------------- */

Test(appeals, stars_add_up_beside_the_colour_and_never_change_it)
{
    static const char star[] = "{\"worker\":%lld,\"kind\":\"star\",\"points\":%d}";
    struct http_reply reply;
    long long wrong;

    post_violation(cast->inspector.key, 4);
    expect_colour("a grave violation", "red");
    done(must("POST", "/v1/violations", cast->safety_officer.key, say(star, him->id, 500)));
    wrong = number_in(must("POST", "/v1/violations", cast->inspector.key, say(star, him->id, 1000)),
                      "version");
    done(must("POST", "/v1/violations", cast->safety_officer.key, say(star, him->id, 7)));
    done(must("POST", "/v1/violations", cast->inspector.key,
              say("{\"worker\":%lld,\"kind\":\"supersede\",\"of\":%lld}", him->id, wrong)));
    reply = must("GET", say("/v1/workers/%lld/stars", him->id), him->key, NULL);
    cr_expect_eq(reply_int(&reply, "points"), 507, "%s", reply.body);
    cr_expect_eq(reply_int(&reply, "count"), 2);
    cr_expect_eq(reply_int(&reply, "items.0.points"), 7, "the newest first");
    cr_expect_eq(reply_int(&reply, "items.1.points"), 500);
    reply_clear(&reply);
    reply = colour(him->key);
    cr_expect_str_eq(reply_text(&reply, "person_colour"), "red", "%s", reply.body);
    cr_expect_eq(reply_int(&reply, "stars.points"), 507);
    reply_clear(&reply);
}
