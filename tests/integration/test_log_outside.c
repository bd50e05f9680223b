/* The log seen from outside: what it answers, to whom, and what `jianan log verify` finds for somebody
 * who kept a head, got evidence, and believes the server nothing. */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "crypto/log_head.h"
#include "crypto/seal.h"
#include "support/city.h"
#include "support/code_maker.h"
#include "support/log_checker.h"
#include "support/pg_fixture.h"

enum { FILE_BYTES = 64 * 1024 };

static struct server server;
static struct city city;
static char out[FILE_BYTES];

static const char *in_dir(const char *name)
{
    return say("%s/%s", server.dir, name);
}

static void write_file(const char *name, const char *content)
{
    FILE *to = fopen(in_dir(name), "w");

    cr_assert(to != NULL && fputs(content, to) >= 0 && fclose(to) == 0);
    cr_assert_eq(chmod(in_dir(name), 0600), 0);
}

static void fetch(const char *path, const char *key, const char *name)
{
    struct http_reply reply = server_must(&server, "GET", path, key, NULL);

    write_file(name, reply.body);
    reply_clear(&reply);
}

static void set_up(void)
{
    fixture_open();
    server_start(&server, (const char *[]){"--seal_s=1", NULL});
    city_open(&server, &city);
    log_wait_sealed();
    unsetenv("JIANAN_KEY_FILE");
    setenv("HOME", server.dir, 1);
    setenv("JIANAN_SERVER", say("http://127.0.0.1:%u", server.port), 1);
    fetch("/v1/trust", NULL, "trust.json");
}

static void tear_down(void)
{
    if (server.pid == 0)
        server_start_again(&server);
    server_stop(&server);
    fixture_close();
}

TestSuite(outside, .init = set_up, .fini = tear_down, .timeout = 240);

/* jianan log …; what it says is left in out. */
static int jianan_log(const char *const *arguments)
{
    const char *argv[24] = {JIANAN_CLI, "log"};
    int ends[2], status;
    size_t count = 0;
    ssize_t got;
    pid_t pid;

    for (unsigned i = 0; i < 20 && arguments[i] != NULL; i++)
        argv[i + 2] = arguments[i];
    cr_assert_eq(pipe(ends), 0);
    pid = fork();
    if (pid == 0) {
        dup2(ends[1], STDOUT_FILENO);
        dup2(ends[1], STDERR_FILENO);
        execv(JIANAN_CLI, (char *const *)argv);
        _exit(127);
    }
    close(ends[1]);
    while ((got = read(ends[0], out + count, sizeof out - count - 1)) > 0)
        count += (size_t)got;
    out[count] = '\0';
    close(ends[0]);
    cr_assert_eq(waitpid(pid, &status, 0), pid);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
}
#define LOG(...) jianan_log((const char *[]){__VA_ARGS__, NULL})

static const char *trust(void)
{
    return in_dir("trust.json");
}

static void expect_said(const char *word, const char *when)
{
    cr_expect(strstr(out, word) != NULL, "%s: %s not in: %s", when, word, out);
}

static void more_rows(unsigned count)
{
    fixture_exec(say("INSERT INTO audit (account_id, action, request_id)"
                     " SELECT 1, 'some.deed', n FROM generate_series(1, %u) AS n", count));
    log_wait_sealed();
}

/* -- all is well -------------------------------------------------------------------------------------- */

Test(outside, who_kept_a_head_and_got_evidence_finds_that_all_is_well)
{
    const char *of = say("/v1/log/evidence?of=record:%lld.1", city.own.id);

    fetch(of, city.own.key, "evidence.json");
    cr_assert_eq(LOG("head", "--save", in_dir("kept")), 0, "%s", out);
    more_rows(700);
    cr_expect_eq(LOG("verify", "--trust", trust(), "--head", in_dir("kept"), "--evidence",
                     in_dir("evidence.json"), "--all", "--save", in_dir("today")), 0, "%s", out);
    expect_said("\"well\":\"consistent\"", "the kept head");
    expect_said("\"well\":\"included\"", "the evidence");
    expect_said("\"well\":\"leaves\"", "every leaf");
    cr_expect_eq(LOG("verify", "--trust", trust(), "--head", in_dir("today")), 0, "saved: %s", out);
    server_kill(&server);
    unsetenv("JIANAN_SERVER");
    cr_expect_eq(LOG("verify", "--trust", trust(), "--evidence", in_dir("evidence.json")), 0,
                 "without a server: %s", out);
}

Test(outside, every_leaf_of_every_size_is_proved)
{
    struct http_reply head, proof;
    struct merkle_hash root;
    long long size;

    more_rows(40);
    head = server_must(&server, "GET", "/v1/log/head", NULL, NULL);
    size = reply_int(&head, "size");
    cr_assert(hex_parse(text_of(reply_text(&head, "root")), root.bytes, sizeof root.bytes));
    for (long long index = 0; index < size; index += 7) {
        struct merkle_hash leaf, path[MERKLE_PROOF_MAX];
        unsigned count;

        proof = server_must(&server, "GET", say("/v1/log/proof?index=%lld&size=%lld", index, size), NULL, NULL);
        count = (unsigned)json_array_size(reply_at(&proof, "path"));
        cr_assert(hex_parse(text_of(reply_text(&proof, "leaf")), leaf.bytes, sizeof leaf.bytes));
        for (unsigned i = 0; i < count; i++)
            cr_assert(hex_parse(text_of(reply_text(&proof, say("path.%u", i))), path[i].bytes, 32));
        cr_expect(merkle_verify_inclusion((uint64_t)index, (uint64_t)size, &leaf, path, count, &root),
                  "%lld of %lld", index, size);
        reply_clear(&proof);
    }
    reply_clear(&head);
}

static const struct {
    const char *path, *field;
} bad_questions[] = {
    {"/v1/log/proof?index=0&size=100000", "/size"}, {"/v1/log/proof?index=5&size=5", "/index"},
    {"/v1/log/proof?old=6&size=5", "/old"},         {"/v1/log/proof?index=0", "/size"},
    {"/v1/log/proof?index=-1&size=5", "/index"},    {"/v1/log/leaves?limit=5000", "/limit"},
    {"/v1/log/head?sequence=0", "/sequence"},
};

Test(outside, a_question_that_makes_no_sense_is_refused_by_its_field)
{
    for (unsigned i = 0; i < sizeof bad_questions / sizeof *bad_questions; i++) {
        struct http_reply reply = server_ask(&server, "GET", bad_questions[i].path, NULL, NULL);

        cr_expect_eq(reply.status, 400, "%s: %s", bad_questions[i].path, reply.body);
        cr_expect(strstr(reply.body, bad_questions[i].field + 1) != NULL, "%s: %s",
                  bad_questions[i].path, reply.body);
        reply_clear(&reply);
    }
}

/* -- evidence ------------------------------------------------------------------------------------------ */

/* Changes one member of the evidence, and looks. */
static int with_member(const char *name, json_t *value)
{
    json_t *json = json_load_file(in_dir("evidence.json"), 0, NULL);

    cr_assert(json != NULL);
    json_object_set_new(json, name, value);
    cr_assert_eq(json_dump_file(json, in_dir("bent.json"), 0), 0);
    json_decref(json);
    return LOG("verify", "--trust", trust(), "--evidence", in_dir("bent.json"));
}

Test(outside, evidence_that_was_bent_is_found)
{
    static const char zeros[] = "00000000000000000000000000000000";

    fetch(say("/v1/log/evidence?of=record:%lld.1", city.own.id), city.own.key, "evidence.json");
    cr_expect_eq(with_member("content", json_string("[1, 1, 1]")), 1, "%s", out);
    expect_said("not_included", "content");
    cr_expect_eq(with_member("salt", json_string(zeros)), 1, "%s", out);
    cr_expect_eq(with_member("index", json_integer(0)), 1, "%s", out);
    cr_expect_eq(with_member("kind", json_integer(2)), 1, "%s", out);
    cr_expect_eq(with_member("path", json_array()), 1, "%s", out);
    cr_expect_eq(with_member("kind", json_integer(0)), 3, "%s", out);
    cr_expect_eq(with_member("head", json_string("JA1.AAAA")), 3, "%s", out);
}

static int evidence_status(const char *of, const char *key)
{
    struct http_reply reply = server_ask(&server, "GET", say("/v1/log/evidence?of=%s", of), key, NULL);
    int status = reply.status;

    reply_clear(&reply);
    return status;
}

Test(outside, a_row_is_opened_for_those_whom_it_concerns)
{
    char own[64], far[64]; /* say() has eight places */
    struct part national = cast_account(&server, "regulator", city.cast.regulator.org, ",\"region\":\"\"");

    snprintf(own, sizeof own, "record:%lld.1", city.own.id);
    snprintf(far, sizeof far, "record:%lld.1", city.far.id);
    cr_expect_eq(evidence_status(own, city.own.key), 200);
    cr_expect_eq(evidence_status(own, city.cast.contractor.key), 200);
    cr_expect_eq(evidence_status(own, city.cast.regulator.key), 200);
    cr_expect_eq(evidence_status(far, city.own.key), 404);
    cr_expect_eq(evidence_status(far, city.cast.contractor.key), 404);
    cr_expect_eq(evidence_status(own, city.cast.other_regulator.key), 404, "another region's");
    cr_expect_eq(evidence_status(own, city.cast.clinic.key), 403);
    cr_expect_eq(evidence_status(own, city.cast.gate_account.key), 403);
    cr_expect_eq(evidence_status(own, city.cast.safety_officer.key), 404, "no diagnosis on a site");
    cr_expect_eq(evidence_status("policy:1.1", city.own.key), 200);
    cr_expect_eq(evidence_status("audit:1", city.own.key), 404);
    cr_expect_eq(evidence_status("audit:1", city.cast.contractor.key), 404);
    cr_expect_eq(evidence_status("audit:1", national.key), 200);
    cr_expect_eq(evidence_status("account:1.1", server.operator_key), 404);
    cr_expect_eq(evidence_status("audit:999999", national.key), 404);
    cr_expect_eq(evidence_status("nonsense:1", national.key), 400);
    cr_expect_gt(fixture_query_int("SELECT count(*) FROM audit WHERE action = 'log.evidence'"), 4);
}

Test(outside, what_everybody_may_read_names_nobody)
{
    static const char *const paths[] = {"/v1/log/head", "/v1/log/leaves?limit=2000",
                                        "/v1/log/proof?index=3&size=20"};

    for (unsigned i = 0; i < sizeof paths / sizeof *paths; i++) {
        struct http_reply reply = server_must(&server, "GET", paths[i], NULL, NULL);

        cr_expect_null(city_told_of(&city.own, reply.body), "%s", paths[i]);
        reply_clear(&reply);
    }
}

Test(outside, erasing_a_person_leaves_the_log_whole)
{
    struct http_reply reply;

    fetch(say("/v1/log/evidence?of=record:%lld.1", city.own.id), city.own.key, "evidence.json");
    reply = server_must(&server, "POST", "/v1/engagements", city.cast.contractor.key,
                        say("{\"kind\":\"engagement_end\",\"worker\":%lld,\"site\":%lld}", city.own.id,
                            city.cast.site));
    reply_clear(&reply);
    reply = server_must(&server, "DELETE", say("/v1/workers/%lld", city.own.id), city.own.key, NULL);
    reply_clear(&reply);
    log_wait_sealed();
    cr_expect_eq(log_check(&server).findings, 0, "%s", log_check(&server).said);
    cr_expect_eq(LOG("verify", "--trust", trust(), "--evidence", in_dir("evidence.json")), 0, "%s", out);
}

/* -- a server that lies --------------------------------------------------------------------------------- */

Test(outside, a_log_that_was_put_back_is_found_by_who_kept_a_later_head)
{
    server_kill(&server); /* the state that it will be put back to */
    fixture_exec("CREATE TABLE old_leaf AS TABLE log_leaf; CREATE TABLE old_node AS TABLE log_node;"
                 " CREATE TABLE old_head AS TABLE log_head; CREATE TABLE old_audit AS TABLE audit");
    server_start_again(&server);
    more_rows(50);
    cr_assert_eq(LOG("head", "--save", in_dir("kept")), 0, "%s", out);
    server_kill(&server);
    fixture_exec("SET session_replication_role = replica; TRUNCATE log_leaf, log_node, log_head, log_pending, audit;"
                 " INSERT INTO log_leaf TABLE old_leaf; INSERT INTO log_node TABLE old_node;"
                 " INSERT INTO log_head TABLE old_head; INSERT INTO audit OVERRIDING SYSTEM VALUE TABLE old_audit");
    server_start_again(&server);
    cr_expect_eq(log_check(&server).findings, 0, "by itself it looks well: %s", log_check(&server).said);
    cr_expect_eq(LOG("verify", "--trust", trust(), "--head", in_dir("kept")), 1, "%s", out);
    expect_said("cut_off", "put back");
    more_rows(200); /* it grows beyond, with other things */
    while (fixture_query_int("SELECT max(sequence) FROM log_head") <
           fixture_query_int("SELECT max(sequence) + 60 FROM old_head") &&
           LOG("verify", "--trust", trust(), "--head", in_dir("kept")) == 1 && strstr(out, "cut_off") != NULL)
        sleep(1);
    cr_expect_eq(LOG("verify", "--trust", trust(), "--head", in_dir("kept")), 1, "%s", out);
    expect_said("inconsistent", "grown anew");
}

static void sign_head(const char *name, const struct log_head *head, struct signer *by)
{
    char bytes[LOG_HEAD_BYTES_MAX], text[1024];
    struct build signed_bytes = build_over(bytes, sizeof bytes), shown = build_over(text, sizeof text);

    cr_assert(!err_is(log_head_sign(by, head, &signed_bytes)));
    envelope_format_text(build_done(&signed_bytes), &shown);
    write_file(name, text);
}

static const struct {
    const char *name;
    struct log_head was, is;
    int status;
    const char *word;
} pairs[] = {
    {"two of one size", {1000, 5, 8, {{1}}}, {1060, 6, 8, {{2}}}, 1, "two_heads"},
    {"one sequence, two sizes", {1000, 5, 8, {{1}}}, {1000, 5, 9, {{2}}}, 1, "two_heads"},
    {"fewer leaves", {1000, 5, 8, {{1}}}, {1060, 6, 7, {{2}}}, 1, "cut_off"},
    {"an earlier sequence", {1000, 5, 8, {{1}}}, {1060, 4, 9, {{2}}}, 1, "cut_off"},
    {"time went back", {1000, 5, 8, {{1}}}, {940, 6, 8, {{1}}}, 1, "time_went_back"},
    {"the same", {1000, 5, 8, {{1}}}, {1000, 5, 8, {{1}}}, 0, "consistent"},
    {"nothing new", {1000, 5, 8, {{1}}}, {1060, 6, 8, {{1}}}, 0, "consistent"},
};

Test(outside, two_heads_are_compared_without_a_server)
{
    struct signer *signer;

    cr_assert(!err_is(signer_open_file(in_dir("signing.pem"), &signer)));
    unsetenv("JIANAN_SERVER");
    for (unsigned i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        sign_head("was", &pairs[i].was, signer);
        sign_head("is", &pairs[i].is, signer);
        cr_expect_eq(LOG("verify", "--trust", trust(), "--head", in_dir("was"), "--now", in_dir("is")),
                     pairs[i].status, "%s: %s", pairs[i].name, out);
        expect_said(pairs[i].word, pairs[i].name);
    }
    signer_close(signer);
}

Test(outside, a_head_by_another_key_or_changed_is_none)
{
    struct signer *other = maker_signer(TOKEN_ES256), *own;
    struct log_head head = {1000, 5, 8, {{1}}};
    char text[1024];
    FILE *file;

    unsetenv("JIANAN_SERVER");
    sign_head("strange", &head, other);
    cr_expect_eq(LOG("verify", "--trust", trust(), "--now", in_dir("strange")), 1, "%s", out);
    expect_said("head_unknown_key", "another key");
    cr_assert(!err_is(signer_open_file(in_dir("signing.pem"), &own)));
    sign_head("good", &head, own);
    file = fopen(in_dir("good"), "r");
    cr_assert(file != NULL && fgets(text, sizeof text, file) != NULL);
    fclose(file);
    text[strlen(text) - 20] = text[strlen(text) - 20] == 'A' ? 'B' : 'A';
    write_file("changed", text);
    cr_expect_eq(LOG("verify", "--trust", trust(), "--now", in_dir("changed")), 1, "%s", out);
    expect_said("head_signature", "changed");
    write_file("none", "hello");
    cr_expect_eq(LOG("verify", "--trust", trust(), "--now", in_dir("none")), 3, "%s", out);
    cr_expect_eq(LOG("verify", "--now", in_dir("good")), 2, "no trust: %s", out);
    signer_close(other);
    signer_close(own);
}
