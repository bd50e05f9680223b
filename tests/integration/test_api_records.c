/* Everything that can happen to a worker, posted by whose business it is, and what it does to his
 * colour: one after another, for one person, as a year on a site would bring it. */
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
static const long long *const him = &city.own.id;
static long long version; /* of his newest record */

static void set_up(void)
{
    fixture_open();
    server_start(&server, NULL);
    city_open(&server, &city);
    version = 2; /* identity, engagement */
}

static void tear_down(void)
{
    city_expect_quiet(&server, &city);
    server_stop(&server);
    fixture_close();
}

TestSuite(records, .init = set_up, .fini = tear_down, .timeout = 120);

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

static long long referred; /* what {of} stands for */

/* {worker}, {site} and {today} in a body are his, the contractor's, and the day. */
static const char *fill(const char *body)
{
    static char turns[4][2048];
    static unsigned turn;
    char *into = turns[turn++ % 4];
    const char *const words[] = {"{worker}", "{site}", "{today}", "{tomorrow}", "{of}"};
    const char *const values[] = {say("%lld", *him), say("%lld", cast->site), city_today(),
                                  city_day(1), say("%lld", referred)};
    size_t at = 0;

    while (*body != '\0') {
        int i = 0;

        while (i < 5 && strncmp(body, words[i], strlen(words[i])) != 0)
            i++;
        cr_assert_lt(at + 32, sizeof turns[0]);
        if (i < 5) {
            at += (size_t)sprintf(into + at, "%s", values[i]);
            body += strlen(words[i]);
        } else {
            into[at++] = *body++;
        }
    }
    into[at] = '\0';
    return into;
}

/* Joins one record, with the next version: its version. */
static long long post(const char *path, const char *key, const char *body)
{
    struct http_reply reply = ask("POST", fill(path), key, fill(body));

    cr_assert_eq(reply.status, 201, "%s %s: %d %s", path, body, reply.status, reply.body);
    cr_expect_eq(reply_int(&reply, "worker"), *him, "%s", reply.body);
    cr_expect_eq(reply_int(&reply, "version"), ++version, "versions count up: %s", reply.body);
    reply_clear(&reply);
    return version;
}

static void refused(const char *path, const char *key, const char *body, int status,
                    const char *code)
{
    struct http_reply reply = ask("POST", fill(path), key, fill(body));

    cr_expect_eq(reply.status, status, "%s %s: %d %s", path, body, reply.status, reply.body);
    cr_expect_str_eq(reply_text(&reply, "code"), code, "%s: %s", body, reply.body);
    reply_clear(&reply);
}

static const char OWN_RECORDS[] = "/v1/workers/{worker}/records";

static const char *correction(const char *body, long long of)
{
    referred = of;
    return body;
}
static const char SUPERSEDES[] = "{\"kind\":\"supersede\",\"worker\":{worker},\"of\":{of}}";
static const char SUPERSEDES_HIS[] = "{\"kind\":\"supersede\",\"of\":{of}}";

static struct http_reply colour(void)
{
    return must("GET", fill("/v1/workers/{worker}/colour?site={site}"), cast->contractor.key, NULL);
}

static void expect_colours(const char *after, const char *person, const char *here,
                           const char *reason)
{
    struct http_reply reply = colour();

    cr_expect_str_eq(reply_text(&reply, "person_colour"), person, "after %s: %s", after,
                     reply.body);
    cr_expect_str_eq(reply_text(&reply, "colour_here"), here, "after %s: %s", after, reply.body);
    if (reason != NULL)
        cr_expect_not_null(strstr(reply.body, say("\"%s\"", reason)), "after %s: %s", after,
                           reply.body);
    reply_clear(&reply);
}

static void become_green(void)
{
    city_make_green(&server, &city, *him);
    version += 7;
    expect_colours("exam, three levels, study, site entry, agreement", "green", "green", NULL);
}

/* -- one by one --------------------------------------------------------------------------------- */

Test(records, a_new_worker_becomes_green_step_by_step)
{
    expect_colours("enrolment", "yellow", "yellow", "HEALTH_NONE");
    post("/v1/exams", cast->clinic.key, "{\"worker\":{worker},\"conclusion\":\"no_abnormality\"}");
    post("/v1/trainings", cast->centre.key,
         "{\"worker\":{worker},\"type\":\"entry_company\",\"hours\":15,\"passed\":true}");
    post("/v1/trainings", cast->centre.key,
         "{\"worker\":{worker},\"type\":\"entry_project\",\"hours\":15,\"passed\":true}");
    expect_colours("two of three levels", "yellow", "yellow", "TRAIN_NONE");
    post("/v1/trainings", cast->centre.key,
         "{\"worker\":{worker},\"type\":\"entry_team\",\"hours\":20,\"passed\":true}");
    post("/v1/trainings", cast->centre.key,
         "{\"worker\":{worker},\"kind\":\"study\",\"points\":59}");
    expect_colours("59 points", "yellow", "yellow", "TRAIN_POINTS");
    post("/v1/trainings", cast->centre.key,
         "{\"worker\":{worker},\"kind\":\"study\",\"points\":1}");
    post(OWN_RECORDS, cast->contractor.key,
         "{\"kind\":\"agreement\",\"type\":\"labour_contract\",\"from\":\"{today}\"}");
    expect_colours("everything but this site's entry", "green", "yellow", "TRAIN_SITE");
    post("/v1/trainings", cast->safety_officer.key,
         "{\"worker\":{worker},\"type\":\"site_entry\",\"hours\":2,\"passed\":true}");
    expect_colours("everything", "green", "green", NULL);
}

Test(records, a_violation_of_no_known_unsafe_act_is_refused)
{
    refused("/v1/violations", cast->inspector.key,
            "{\"worker\":{worker},\"class\":\"operation\",\"category\":\"99.99\",\"severity\":1}",
            400, "field_choice");
}

Test(records, a_violation_counts_until_it_is_superseded)
{
    static const char grave[] = "{\"worker\":{worker},\"class\":\"operation\","
                                "\"category\":\"7.06\",\"severity\":4,\"site\":{site}}";
    static const char minor[] = "{\"worker\":{worker},\"class\":\"operation\","
                                "\"category\":\"7.06\",\"severity\":1,\"site\":{site}}";
    static const char rectifies[] = "{\"kind\":\"rectification\",\"worker\":{worker},\"of\":{of}}";
    long long violation, correcting;

    become_green();
    violation = post("/v1/violations", cast->inspector.key, grave);
    expect_colours("a grave violation", "red", "red", "VIOL_POINTS");
    refused("/v1/violations", cast->inspector.key, correction(rectifies, 1), 404,
            "version_unknown");
    post("/v1/violations", cast->inspector.key, correction(rectifies, violation));
    refused("/v1/violations", cast->inspector.key, correction(rectifies, violation), 409,
            "already_rectified");
    /* the contractor's own officer and its own people cannot take it back */
    refused("/v1/violations", cast->safety_officer.key, correction(SUPERSEDES, violation), 403,
            "not_yours");
    refused(OWN_RECORDS, cast->contractor.key, correction(SUPERSEDES_HIS, violation), 403,
            "not_yours");
    refused(OWN_RECORDS, city.own.key, correction(SUPERSEDES_HIS, violation), 403, "not_yours");
    expect_colours("vain attempts", "red", "red", "VIOL_POINTS");
    correcting = post("/v1/violations", cast->inspector.key, correction(SUPERSEDES, violation));
    refused("/v1/violations", cast->inspector.key, correction(SUPERSEDES, violation), 409,
            "already_superseded");
    refused("/v1/violations", cast->inspector.key, correction(SUPERSEDES, correcting), 404,
            "version_unknown");
    refused("/v1/violations", cast->inspector.key, correction(rectifies, violation), 404,
            "version_unknown");
    expect_colours("the violation was superseded", "green", "green", NULL);
    post("/v1/violations", cast->inspector.key, minor);
    expect_colours("a minor one in its place", "green", "green", NULL);
    for (int i = 0; i < 5; i++)
        post("/v1/violations", cast->safety_officer.key, minor);
    expect_colours("six points", "yellow", "yellow", "VIOL_POINTS");
    post("/v1/violations", cast->inspector.key, "{\"kind\":\"star\",\"worker\":{worker},"
                                                "\"points\":100}");
    expect_colours("a star, which lifts nothing", "yellow", "yellow", "VIOL_POINTS");
}

Test(records, an_exam_is_corrected_by_the_clinic_that_posted_it)
{
    long long exam;

    become_green();
    exam = post("/v1/exams", cast->clinic.key, "{\"worker\":{worker},\"conclusion\":\"recheck\"}");
    expect_colours("a recheck", "yellow", "yellow", "HEALTH_RECHECK");
    refused("/v1/exams", city.other_clinic.key, correction(SUPERSEDES, exam), 403, "not_yours");
    post("/v1/exams", cast->clinic.key, correction(SUPERSEDES, exam));
    expect_colours("the recheck was an error", "green", "green", NULL);
    exam = post("/v1/exams", cast->clinic.key, "{\"worker\":{worker},\"conclusion\":\"unfit\"}");
    expect_colours("unfit", "red", "red", "HEALTH_UNFIT");
    post(OWN_RECORDS, cast->regulator.key, correction(SUPERSEDES_HIS, exam));
    expect_colours("a regulator's correction", "green", "green", NULL);
}

static void expect_record(const struct http_reply *reply, long long of_version, const char *kind)
{
    size_t count = json_array_size(reply_at(reply, "items"));

    for (size_t i = 0; i < count; i++) {
        if (reply_int(reply, say("items.%zu.version", i)) != of_version)
            continue;
        cr_expect_str_eq(reply_text(reply, say("items.%zu.kind", i)), kind, "%s", reply->body);
        return;
    }
    cr_expect(false, "version %lld is gone: %s", of_version, reply->body);
}

/* From the wrong exam to the right one: the colour on paper and at the gate follows, and what was
 * wrong can still be read. */
Test(records, a_wrong_record_is_replaced_in_one_request_and_the_old_one_remains)
{
    static const char replaces[] =
        "[{\"kind\":\"supersede\",\"worker\":{worker},\"of\":{of}},"
        "{\"worker\":{worker},\"occurred_on\":\"{today}\",\"conclusion\":\"no_abnormality\"}]";
    static const char at_gate[] = "{\"worker_no\":\"%lld\",\"direction\":\"in\",\"at\":\"%s\","
                                  "\"epoch\":1,\"seq\":%d}";
    struct http_reply reply;
    long long wrong;

    become_green();
    wrong = post("/v1/exams", cast->clinic.key,
                 "{\"worker\":{worker},\"conclusion\":\"unfit\"}"); /* another man's report */
    expect_colours("the wrong exam", "red", "red", "HEALTH_UNFIT");
    reply = must("POST", "/v1/gate/check", cast->gate_account.key,
                 say(at_gate, *him, city_now(), 1));
    cr_expect_str_eq(reply_text(&reply, "verdict"), "refuse", "%s", reply.body);
    reply_clear(&reply);
    reply = must("POST", "/v1/exams", cast->clinic.key, fill(correction(replaces, wrong)));
    cr_expect_eq(reply_int(&reply, "accepted"), 2, "%s", reply.body);
    reply_clear(&reply);
    version += 2;
    expect_colours("the right one", "green", "green", NULL);
    for (int i = 0; i < 50; i++) { /* the register follows within a moment */
        reply = must("POST", "/v1/gate/check", cast->gate_account.key,
                     say(at_gate, *him, city_now(), 2 + i));
        if (strcmp(reply_text(&reply, "verdict"), "open") == 0 || i == 49)
            break;
        reply_clear(&reply);
        usleep(20000);
    }
    cr_expect_str_eq(reply_text(&reply, "verdict"), "open", "%s", reply.body);
    reply_clear(&reply);
    reply = must("GET", fill("/v1/workers/{worker}/records"), city.own.key, NULL);
    expect_record(&reply, wrong, "exam");
    expect_record(&reply, wrong + 1, "supersede");
    expect_record(&reply, wrong + 2, "exam");
    reply_clear(&reply);
    reply = must("GET", fill("/v1/workers/{worker}/colour"), city.own.key, NULL);
    cr_expect_eq(reply_int(&reply, "version"), wrong + 2, "%s", reply.body);
    reply_clear(&reply);
}

/* Somebody whose document does not tell when he was born: only a human looked. */
static long long enrol_by_passport(void)
{
    struct http_reply reply =
        must("POST", "/v1/workers", cast->contractor.key,
             fill("{\"name\":\"李四海\",\"document_type\":8,\"document_number\":\"E99001234\","
                  "\"sex\":\"M\",\"birth_date\":\"1950-03-01\",\"site\":{site},\"trade\":\"020\"}"));
    long long id = reply_int(&reply, "worker");

    reply_clear(&reply);
    return id;
}

static void refused_at(const char *what, const char *path, const char *key, const char *body,
                       int status, const char *code, const char *pointer)
{
    struct http_reply reply = ask("POST", path, key, body);

    cr_expect_eq(reply.status, status, "%s: %s", what, reply.body);
    cr_expect_str_eq(reply_text(&reply, "code"), code, "%s: %s", what, reply.body);
    cr_expect_str_eq(reply_text(&reply, "errors.0.pointer"), pointer, "%s: %s", what, reply.body);
    reply_clear(&reply);
}

/* The code of the reason that is about age; "": there is none. */
static void expect_age_code(const char *when, long long worker, const char *code)
{
    struct http_reply reply =
        must("GET", say("/v1/workers/%lld/colour", worker), cast->contractor.key, NULL);
    const json_t *reason;
    const char *found = "";
    size_t i;

    json_array_foreach(reply_at(&reply, "reasons"), i, reason) {
        const char *name = json_string_value(json_object_get(reason, "code"));

        if (strncmp(name, "AGE_", 4) == 0)
            found = name;
    }
    cr_expect_str_eq(found, code, "%s: %s", when, reply.body);
    reply_clear(&reply);
}

Test(records, nobody_loses_his_identity_by_a_correction)
{
    static const char withdraw[] = "{\"kind\":\"supersede\",\"of\":1}";
    long long old = enrol_by_passport();
    const char *records = say("/v1/workers/%lld/records", old);
    char path[64];
    struct http_reply reply;
    long long appeal;

    snprintf(path, sizeof path, "%s", records);
    expect_age_code("too old", old, "AGE_RED");
    refused_at("his contractor", path, cast->contractor.key, withdraw, 409, "identity_kept", "/of");
    refused_at("a regulator", path, cast->regulator.key, withdraw, 409, "identity_kept", "/of");
    expect_age_code("still", old, "AGE_RED");
    reply = must("POST", "/v1/appeals", cast->contractor.key,
                 say("{\"worker\":%lld,\"reason\":\"AGE_RED\",\"scope\":\"person\",\"disputes\":1,"
                     "\"words\":\"护照登记有误\"}", old));
    appeal = reply_int(&reply, "id");
    reply_clear(&reply);
    refused_at("an upheld appeal", say("/v1/appeals/%lld/decision", appeal), cast->inspector.key,
               "{\"outcome\":\"upheld\",\"words\":\"属实\",\"supersede\":1}", 409, "identity_kept",
               "/supersede/of");

    /* one post, in whichever order; the identity of it is refused: nothing is taken back */
    reply = ask("POST", path, cast->regulator.key,
                "[{\"kind\":\"supersede\",\"of\":1},{\"kind\":\"identity\",\"birth_date\":"
                "\"1980-03-01\",\"sex\":\"M\",\"document_type\":1}]");
    cr_expect_eq(reply_int(&reply, "accepted"), 0, "%s", reply.body);
    cr_expect_str_eq(reply_text(&reply, "items.0.code"), "identity_kept", "%s", reply.body);
    cr_expect_str_eq(reply_text(&reply, "items.1.pointer"), "/document_type", "%s", reply.body);
    reply_clear(&reply);
    reply = ask("POST", path, cast->regulator.key,
                "[{\"kind\":\"supersede\",\"of\":1},{\"kind\":\"identity\",\"birth_date\":"
                "\"1980-03-01\",\"sex\":\"M\"}]");
    cr_expect_eq(reply_int(&reply, "accepted"), 2, "%s", reply.body);
    reply_clear(&reply);
    expect_age_code("born in 1980", old, "");
}

/* An ID card's number holds birth date and sex: at enrolment they were taken from it, and nobody
 * says otherwise later. */
Test(records, what_the_documents_number_tells_is_not_open_to_correction)
{
#define IDENTITY(birth, sex, rest)                                                                 \
    "{\"kind\":\"identity\",\"birth_date\":\"" birth "\",\"sex\":\"" sex "\"" rest "}"
    char number[19], right[128];

    snprintf(number, sizeof number, "%s", city.own.number);
    snprintf(right, sizeof right,
             "{\"kind\":\"identity\",\"birth_date\":\"%.4s-%.2s-%.2s\",\"sex\":\"%s\"}", number + 6,
             number + 10, number + 12, (number[16] - '0') % 2 == 1 ? "M" : "F");
    become_green();
    refused(OWN_RECORDS, cast->contractor.key, right, 403, "forbidden");
    refused(OWN_RECORDS, city.own.key, right, 403, "forbidden");
    refused_at("another birth date", fill(OWN_RECORDS), cast->regulator.key,
               IDENTITY("2011-05-05", "M", ""), 400, "field_range", "/birth_date");
    refused_at("another document", fill(OWN_RECORDS), cast->regulator.key,
               IDENTITY("2011-05-05", "M", ",\"document_type\":8"), 400, "field_choice",
               "/document_type");
    strstr(right, "sex")[6] = strstr(right, "sex")[6] == 'M' ? 'F' : 'M';
    refused_at("the other sex", fill(OWN_RECORDS), cast->regulator.key, right, 400, "field_range",
               "/sex");
    strstr(right, "sex")[6] = strstr(right, "sex")[6] == 'M' ? 'F' : 'M';
    post(OWN_RECORDS, cast->regulator.key, right);
    post(OWN_RECORDS, cast->contractor.key, correction(SUPERSEDES_HIS, 1));
    expect_colours("what the number tells is said again", "green", "green", NULL);
    refused(OWN_RECORDS, cast->regulator.key, correction(SUPERSEDES_HIS, version - 1), 409,
            "identity_kept");
}

Test(records, a_special_trade_needs_its_certificate_and_its_status)
{
    static const char certificate[] =
        "{\"worker\":{worker},\"type\":\"special_operation\",\"class\":\"02\",\"number\":\"T-1\","
        "\"issuer\":\"housing\",\"valid_from\":\"{today}\",\"valid_until\":\"2060-01-01\"}";
    static const char status[] = "{\"kind\":\"certificate_status\",\"worker\":{worker},"
                                 "\"number\":\"T-1\",\"status\":\"suspended\",\"from\":\"{today}\"}";
    static const char engages[] = "{\"worker\":{worker},\"site\":{site},\"trade\":\"030\","
                                  "\"role\":\"worker\"}";
    static const char ends[] = "{\"kind\":\"engagement_end\",\"worker\":{worker},\"of\":{of}}";
    static const char ends_the_only[] = "{\"kind\":\"engagement_end\",\"worker\":{worker}}";
    long long engagement, suspension;

    become_green();
    engagement = post("/v1/engagements", cast->contractor.key, engages);
    refused("/v1/engagements", cast->contractor.key, ends_the_only, 404, "version_unknown");
    refused("/v1/engagements", cast->contractor.key, engages, 409, "engagement_open");
    expect_colours("a scaffolder without a certificate", "green", "yellow", "CERT_NONE");
    post("/v1/certificates", cast->contractor.key, certificate);
    expect_colours("the certificate", "green", "green", NULL);
    suspension = post("/v1/certificates", cast->regulator.key, status);
    expect_colours("its suspension", "green", "red", "CERT_SUSPENDED");
    refused("/v1/certificates", cast->contractor.key, correction(SUPERSEDES, suspension), 403,
            "not_yours");
    refused("/v1/certificates", cast->contractor.key, status, 403, "forbidden");
    post("/v1/certificates", cast->regulator.key, correction(SUPERSEDES, suspension));
    expect_colours("the suspension was an error", "green", "green", NULL);
    post("/v1/engagements", cast->contractor.key, correction(ends, engagement));
    refused("/v1/engagements", cast->contractor.key, correction(ends, engagement), 409,
            "engagement_ended");
    refused("/v1/engagements", cast->contractor.key, correction(ends, 9999), 404,
            "version_unknown");
    expect_colours("a labourer again", "green", "green", NULL);
    post("/v1/engagements", cast->contractor.key, ends_the_only);
    refused("/v1/engagements", cast->contractor.key, ends_the_only, 404, "worker_unknown");
}

Test(records, bans_are_the_regulators)
{
    static const char ban[] = "{\"kind\":\"ban\",\"scope\":\"industry\",\"from\":\"{today}\","
                              "\"months\":6,\"basis\":\"第七条\"}";
    long long banned;

    become_green();
    refused(OWN_RECORDS, cast->inspector.key, ban, 403, "forbidden");
    refused(OWN_RECORDS, cast->other_regulator.key, ban, 404, "worker_unknown");
    banned = post(OWN_RECORDS, cast->regulator.key, ban);
    expect_colours("a ban", "red", "red", "POST_BAN");
    cr_expect_eq(fixture_query_int(say("SELECT ((body->>'until')::date = (occurred_on + "
                                       "interval '6 months')::date + 1 AND NOT body ? 'months')::int "
                                       "FROM record "
                                       "WHERE worker_id = %lld AND version = %lld",
                                       *him, banned)),
                 1, "what is stored is the day after the last");
    post(OWN_RECORDS, cast->regulator.key, correction(SUPERSEDES_HIS, banned));
    expect_colours("the ban's end", "green", "green", NULL);
}

/* How two sign it is test_api_overrides.c's business. */
Test(records, an_override_that_two_have_signed_lifts_a_ban_until_it_is_taken_back)
{
    static const char ban[] = "{\"kind\":\"ban\",\"scope\":\"industry\",\"from\":\"{today}\","
                              "\"months\":6,\"basis\":\"第七条\"}";
    struct http_reply reply;
    char body[512];

    become_green();
    post(OWN_RECORDS, cast->regulator.key, ban);
    expect_colours("a ban", "red", "red", "POST_BAN");
    snprintf(body, sizeof body,
             "{\"worker\":%lld,\"colour\":\"green\",\"from\":\"{today}\",\"until\":\"{tomorrow}\","
             "\"evidence\":\"复核单3号\",\"signed_by\":[%lld,%lld]}",
             *him, cast->regulator.id, cast->inspector.id);
    reply = must("POST", "/v1/overrides", cast->regulator.key, fill(body));
    done(must("POST", say("/v1/overrides/%lld/signature", reply_int(&reply, "id")),
              cast->inspector.key, NULL));
    reply_clear(&reply);
    version++;
    expect_colours("an override", "green", "green", "OVERRIDE");
    post(OWN_RECORDS, cast->regulator.key, correction(SUPERSEDES_HIS, version));
    expect_colours("the override's end", "red", "red", "POST_BAN");
}

Test(records, consent_is_the_workers_and_an_agreement_the_firms)
{
    static const char consent[] = "{\"kind\":\"consent\",\"scope\":\"location\",\"given\":true}";
    static const char contract[] = "{\"kind\":\"agreement\",\"type\":\"written_agreement\","
                                   "\"from\":\"{today}\",\"until\":\"{tomorrow}\"}";

    post(OWN_RECORDS, city.own.key, consent);
    post(OWN_RECORDS, city.own.key, "{\"kind\":\"consent\",\"scope\":\"location\",\"given\":false}");
    refused(OWN_RECORDS, cast->contractor.key, consent, 403, "forbidden");
    refused(OWN_RECORDS, city.own.key, contract, 403, "forbidden");
    refused(OWN_RECORDS, city.next_door.key, consent, 404, "worker_unknown");
    expect_colours("no agreement", "yellow", "yellow", "NO_CONTRACT");
    post(OWN_RECORDS, cast->contractor.key, contract);
    refused(OWN_RECORDS, cast->contractor.key,
            "{\"kind\":\"agreement\",\"type\":\"written_agreement\",\"from\":\"{tomorrow}\","
            "\"until\":\"{tomorrow}\"}", 400, "date_order");
    cr_expect_eq(fixture_query_int(say("SELECT version FROM facts WHERE worker_id = %lld", *him)),
                 version, "facts are as of the last record");
}

/* -- many at once ------------------------------------------------------------------------------- */

static void expect_item(const struct http_reply *reply, int i, int status, const char *code,
                        long long of_version)
{
    cr_expect_eq(reply_int(reply, say("items.%d.status", i)), status, "item %d: %s", i,
                 reply->body);
    cr_expect_str_eq(reply_text(reply, say("items.%d.code", i)), code, "item %d", i);
    cr_expect_eq(reply_int(reply, say("items.%d.version", i)), of_version, "item %d", i);
}

Test(records, of_many_items_each_is_answered_and_the_bad_spoil_none)
{
    const char *body = fill(
        "[{\"worker\":{worker},\"type\":\"entry_company\",\"hours\":15,\"passed\":true},"
        "{\"worker\":77777777,\"type\":\"entry_company\",\"hours\":15,\"passed\":true},"
        "{\"worker\":{worker},\"type\":\"entry_project\",\"hours\":15,\"passed\":true},"
        "{\"worker\":{worker},\"type\":\"yoga\",\"hours\":15,\"passed\":true},"
        "{\"worker\":{worker},\"type\":\"annual\",\"hours\":15,\"passed\":true},"
        "{\"worker\":{worker},\"kind\":\"exam\",\"conclusion\":\"unfit\"},"
        "7,"
        "{\"worker\":{worker},\"kind\":\"study\",\"points\":60},"
        "{\"worker\":{worker},\"type\":\"entry_team\",\"hours\":20,\"passed\":true,"
        "\"occurred_on\":\"{tomorrow}\"}]");
    struct http_reply reply = must("POST", "/v1/trainings", cast->centre.key, body);

    expect_item(&reply, 0, 201, "", version + 1);
    expect_item(&reply, 1, 404, "worker_unknown", 0);
    expect_item(&reply, 2, 201, "", version + 2);
    expect_item(&reply, 3, 400, "field_choice", 0);
    cr_expect_str_eq(reply_text(&reply, "items.3.pointer"), "/type");
    expect_item(&reply, 4, 403, "not_accredited", 0);
    expect_item(&reply, 5, 400, "field_choice", 0);
    expect_item(&reply, 6, 400, "json_object", 0);
    expect_item(&reply, 7, 201, "", version + 3);
    expect_item(&reply, 8, 400, "date_future", 0);
    cr_expect_eq(reply_int(&reply, "accepted"), 3);
    cr_expect_eq(reply_int(&reply, "refused"), 6);
    reply_clear(&reply);
    cr_expect_eq(fixture_query_int(say("SELECT max(version)::bigint FROM record WHERE worker_id ="
                                       " %lld", *him)), version + 3);
}

Test(records, a_later_item_may_build_on_an_earlier_one)
{
    static const char body[] =
        "[{\"worker\":{worker},\"class\":\"discipline\",\"category\":\"7.06\",\"severity\":2},"
        "{\"kind\":\"rectification\",\"worker\":{worker},\"of\":{of}},"
        "{\"kind\":\"rectification\",\"worker\":{worker},\"of\":{of}}]";
    struct http_reply reply = must("POST", "/v1/violations", cast->inspector.key,
                                   fill(correction(body, version + 1)));

    expect_item(&reply, 0, 201, "", version + 1);
    expect_item(&reply, 1, 201, "", version + 2);
    expect_item(&reply, 2, 409, "already_rectified", 0);
    reply_clear(&reply);
}

Test(records, when_all_are_refused_nothing_is_written)
{
    struct http_reply reply = must("POST", "/v1/exams", cast->clinic.key,
                                   "[{\"worker\":77777777,\"conclusion\":\"unfit\"}]");

    expect_item(&reply, 0, 404, "worker_unknown", 0);
    reply_clear(&reply);
    cr_expect_eq(fixture_query_int("SELECT count(*) FROM record WHERE kind = 2"), 0);
}

Test(records, a_repeated_request_is_answered_byte_by_byte_the_same)
{
    char body[256];
    struct http_question question = {.method = "POST", .path = "/v1/exams",
                                     .key = cast->clinic.key, .idempotency = "exam-1",
                                     .body = body};
    struct http_reply first, second;

    snprintf(body, sizeof body, "[{\"worker\":%lld,\"conclusion\":\"recheck\"},{\"worker\":1.5}]",
             *him);
    first = client_ask(&server.client, &question);
    cr_assert_eq(first.status, 200, "%s", first.body);
    for (int i = 0; i < 2; i++) {
        second = client_ask(&server.client, &question);
        cr_expect_eq(second.status, first.status);
        cr_expect_str_eq(second.body, first.body);
        reply_clear(&second);
    }
    cr_expect_eq(fixture_query_int("SELECT count(*) FROM record WHERE kind = 2"), 1);
    question.key = city.other_clinic.key; /* a key is its sender's own */
    second = client_ask(&server.client, &question);
    cr_expect_eq(second.status, 200);
    cr_expect_eq(fixture_query_int("SELECT count(*) FROM record WHERE kind = 2"), 2);
    reply_clear(&second);
    question.key = cast->clinic.key;
    snprintf(body, sizeof body, "[{\"worker\":%lld,\"conclusion\":\"unfit\"}]", *him);
    second = client_ask(&server.client, &question);
    cr_expect_eq(second.status, 422);
    cr_expect_str_eq(reply_text(&second, "code"), "idempotency_key_reuse");
    reply_clear(&second);
    reply_clear(&first);
}

/* Numbers count up: a clinic that could post about any of them would know who there is. */
Test(records, a_clinic_names_by_number_only_whom_it_named_by_document_before)
{
    static const char by_number[] = "{\"worker\":%lld,\"conclusion\":\"no_abnormality\"}";
    static const char by_document[] = "{\"document_type\":1,\"document_number\":\"%s\","
                                      "\"conclusion\":\"no_abnormality\"}";
    const char *const exists = say(by_number, city.next_door.id);
    const char *const absent = say(by_number, 77777777LL);
    struct http_reply first = ask("POST", "/v1/exams", cast->clinic.key, exists);
    struct http_reply second = ask("POST", "/v1/exams", cast->clinic.key, absent);

    cr_expect_eq(first.status, 404, "%s", first.body);
    json_object_del(first.json, "instance");
    json_object_del(second.json, "instance");
    cr_expect(json_equal(first.json, second.json), "%s, but %s", first.body, second.body);
    reply_clear(&first);
    reply_clear(&second);
    /* by document, and from then on by number: this clinic, and no other */
    done(must("POST", "/v1/exams", cast->clinic.key, say(by_document, city.next_door.number)));
    done(must("POST", "/v1/exams", cast->clinic.key, exists));
    cr_expect_eq(status_of("POST", "/v1/exams", city.other_clinic.key, exists), 404);
    cast_meet(&server, &city.other_clinic, city.next_door.number); /* asking by document will do */
    done(must("POST", "/v1/exams", city.other_clinic.key, exists));
    cr_expect_eq(status_of("POST", "/v1/trainings", cast->centre.key,
                           say("{\"worker\":%lld,\"type\":\"entry_company\",\"hours\":8,"
                               "\"passed\":true}", city.next_door.id)), 404,
                 "a training centre is held to the same");
}

/* -- who is who --------------------------------------------------------------------------------- */

static char *shape(const struct http_reply *reply)
{
    json_t *copy = json_deep_copy(reply->json);
    char *text;

    json_object_set_new(copy, "worker", json_integer(0));
    text = json_dumps(copy, JSON_SORT_KEYS);
    json_decref(copy);
    return text;
}

static struct http_reply enrol(const char *name, const char *number)
{
    return must("POST", "/v1/workers", city.neighbour.key,
                say("{\"name\":\"%s\",\"document_number\":\"%s\",\"site\":%lld,\"trade\":\"020\"}",
                    name, number, city.neighbour_site));
}

Test(records, a_known_number_under_another_name_tells_its_sender_nothing)
{
    char number[19];
    struct http_reply fresh = enrol("百里新", cast_number(number, "19810101", 500));
    struct http_reply other = enrol("皇甫改", city.own.number), reply;
    char *shapes[2] = {shape(&fresh), shape(&other)};
    long long claimed = reply_int(&other, "worker");

    cr_expect_eq(fresh.status, other.status);
    cr_expect_str_eq(shapes[0], shapes[1], "the answer is that of somebody new");
    cr_assert_neq(claimed, *him);
    reply = must("GET", "/v1/identity-reviews", cast->regulator.key, NULL);
    cr_expect_eq(json_array_size(reply_at(&reply, "items")), 1, "%s", reply.body);
    cr_expect_eq(reply_int(&reply, "items.0.worker"), claimed);
    cr_expect_eq(reply_int(&reply, "items.0.known_worker"), *him);
    cr_expect_str_eq(reply_text(&reply, "items.0.known_name"), "欧*");
    cr_expect_eq(reply_int(&reply, "items.0.org"), city.neighbour.org);
    reply_clear(&reply);
    reply = must("GET", "/v1/identity-reviews", cast->other_regulator.key, NULL);
    cr_expect_eq(json_array_size(reply_at(&reply, "items")), 0);
    reply_clear(&reply);
    /* looked into: they are one */
    cr_expect_eq(status_of("POST", say("/v1/workers/%lld/records", claimed), city.neighbour.key,
                           say("{\"kind\":\"merge\",\"into\":%lld}", *him)), 403);
    reply = must("POST", say("/v1/workers/%lld/records", claimed), cast->regulator.key,
                 say("{\"kind\":\"merge\",\"into\":%lld}", *him));
    cr_expect_eq(reply_int(&reply, "version"), 3, "%s", reply.body);
    reply_clear(&reply);
    reply = must("GET", say("/v1/workers/%lld/records", claimed), cast->regulator.key, NULL);
    cr_expect_str_eq(reply_text(&reply, "items.2.kind"), "merge", "%s", reply.body);
    cr_expect_eq(reply_int(&reply, "items.2.body.into"), *him, "%s", reply.body);
    reply_clear(&reply);
    reply_clear(&fresh);
    reply_clear(&other);
    free(shapes[0]);
    free(shapes[1]);
}

Test(records, the_same_number_and_name_is_the_same_person_at_the_next_firm)
{
    struct http_reply reply = enrol(city.own.name, city.own.number);

    cr_expect_eq(reply_int(&reply, "worker"), *him);
    cr_expect_eq(reply_int(&reply, "version"), 3);
    reply_clear(&reply);
    reply = must("GET", fill("/v1/workers/{worker}"), cast->contractor.key, NULL);
    cr_expect_eq(json_array_size(reply_at(&reply, "engagements")), 1,
                 "another firm's engagement is that firm's business: %s", reply.body);
    reply_clear(&reply);
    reply = must("GET", fill("/v1/workers/{worker}"), city.own.key, NULL);
    cr_expect_eq(json_array_size(reply_at(&reply, "engagements")), 2, "%s", reply.body);
    reply_clear(&reply);
}

Test(records, the_worker_sees_who_looked)
{
    static const char *const actions[] = {"worker.open", "worker.records", "worker.colour"};
    struct http_reply reply;

    done(must("GET", fill("/v1/workers/{worker}"), cast->contractor.key, NULL));
    done(must("GET", fill("/v1/workers/{worker}/records"), cast->inspector.key, NULL));
    done(must("GET", fill("/v1/workers/{worker}/colour"), cast->regulator.key, NULL));
    reply = must("GET", fill("/v1/workers/{worker}/accesses"), city.own.key, NULL);
    for (int i = 0; i < 3; i++)
        cr_expect_not_null(strstr(reply.body, say("\"%s\"", actions[i])), "%s: %s", actions[i],
                           reply.body);
    cr_expect_not_null(strstr(reply.body, "\"inspector\""), "%s", reply.body);
    cr_expect_not_null(strstr(reply.body, "测试contractor"), "the firm by its name: %s",
                       reply.body);
    reply_clear(&reply);
    cr_expect_eq(status_of("GET", fill("/v1/workers/{worker}/accesses"), city.next_door.key, NULL),
                 404);
}
