/* jianan-gate beside the real server: online, alone, and back again. */
#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "support/city.h"
#include "support/gate_program.h"
#include "support/pg_fixture.h"
#include "support/photo_post.h"

static struct server server;
static struct city city;
static struct gate_program gate;

static void done(struct http_reply reply)
{
    reply_clear(&reply);
}

static void set_up(void)
{
    fixture_open();
    server_start(&server, NULL);
    city_open(&server, &city);
    city_make_green(&server, &city, city.own.id);
    gate_start(&gate, server.port, city.cast.gate_account.key, NULL);
    gate_wait_is(&gate, "online", true);
    gate_wait_is(&gate, "can_decide", true);
}

static void tear_down(void)
{
    gate_stop(&gate);
    if (server.pid != 0)
        server_stop(&server);
    fixture_close();
}

TestSuite(gate_agent, .init = set_up, .fini = tear_down);

static const char *code_of(const struct citizen *citizen)
{
    static char code[1200];
    struct http_reply reply = server_must(&server, "POST", say("/v1/workers/%lld/code", citizen->id),
                                          citizen->key, "{}");

    snprintf(code, sizeof code, "%s", reply_text(&reply, "code"));
    reply_clear(&reply);
    return code;
}

static void expect(struct http_reply reply, const char *by, const char *verdict, const char *why)
{
    cr_expect_eq(reply.status, 200, "%s", reply.body);
    cr_expect_str_eq(reply_text(&reply, "by"), by, "%s", reply.body);
    cr_expect_str_eq(reply_text(&reply, "verdict"), verdict, "%s", reply.body);
    cr_expect_str_eq(reply_text(&reply, "why"), why, "%s", reply.body);
    reply_clear(&reply);
}

static long long passes(const char *where)
{
    return fixture_query_int(say("SELECT count(*) FROM pass WHERE %s", where));
}

Test(gate_agent, the_server_answers_while_it_is_there_and_records_the_pass)
{
    struct http_reply reply = gate_scan(&gate, code_of(&city.own), "in");

    cr_expect_str_eq(reply_text(&reply, "recorded"), "db", "%s", reply.body);
    cr_expect(strncmp(reply_text(&reply, "name"), "欧", 3) == 0, "%s", reply.body);
    expect(reply, "server", "open", "ok");
    cr_expect_eq(passes("source = 1"), 1);
    cr_expect_eq(gate_status_int(&gate, "receipts_kept"), 0);
}

Test(gate_agent, the_same_code_again_gets_the_same_answer_and_no_second_pass)
{
    const char *code = code_of(&city.own);

    expect(gate_scan(&gate, code, "in"), "server", "open", "ok");
    server_stop(&server); /* what was told is remembered here */
    expect(gate_scan(&gate, code, "in"), "server", "open", "ok");
    expect(gate_scan(&gate, code, "in"), "server", "open", "ok");
    cr_expect_eq(gate_status_int(&gate, "receipts_kept"), 0);
}

Test(gate_agent, who_leaves_is_let_out_at_once_and_the_receipt_is_handed_in)
{
    struct http_reply reply = gate_scan(&gate, code_of(&city.own), "out");

    cr_expect_str_eq(reply_text(&reply, "recorded"), "gate", "%s", reply.body);
    expect(reply, "gate", "open", "exit");
    gate_wait_int(&gate, "receipts_waiting", 0);
    cr_expect_eq(gate_status_int(&gate, "receipts_refused"), 0);
    cr_expect_eq(passes(say("source = 3 AND direction = 2 AND worker_id = %lld", city.own.id)), 1);
}

Test(gate_agent, alone_it_answers_within_the_boards_patience_and_hands_in_later)
{
    const char *code = code_of(&city.own);
    struct timespec began, ended;

    kill(server.pid, SIGSTOP); /* worse than gone: it takes connections and says nothing */
    clock_gettime(CLOCK_MONOTONIC, &began);
    done(gate_scan(&gate, code, "in"));
    clock_gettime(CLOCK_MONOTONIC, &ended);
    cr_expect((ended.tv_sec - began.tv_sec) * 1000 + (ended.tv_nsec - began.tv_nsec) / 1000000 <
                  1500);
    gate_wait_is(&gate, "online", false);
    expect(gate_scan(&gate, code, "out"), "gate", "open", "exit");
    cr_expect(gate_status_int(&gate, "receipts_waiting") >= 1);
    kill(server.pid, SIGCONT);
    gate_wait_is(&gate, "online", true);
    gate_wait_int(&gate, "receipts_waiting", 0);
    cr_expect_eq(gate_status_int(&gate, "receipts_refused"), 0);
    cr_expect_eq(passes(say("source = 3 AND direction = 2 AND worker_id = %lld", city.own.id)), 1);
}

/* Online until here; from now on the server is gone and what was fetched before must do. */
static void go_alone(void)
{
    gate_wait_is(&gate, "can_decide", true);
    server_stop(&server);
    gate_wait_is(&gate, "online", false);
}

Test(gate_agent, alone_it_opens_to_whom_the_roster_names_and_cannot_tell_about_others)
{
    char own[1200], far[1200];
    struct http_reply reply;

    snprintf(own, sizeof own, "%s", code_of(&city.own));
    snprintf(far, sizeof far, "%s", code_of(&city.far));
    go_alone();
    reply = gate_scan(&gate, own, "in");
    cr_expect_str_eq(reply_text(&reply, "recorded"), "gate", "%s", reply.body);
    cr_expect_str_eq(reply_text(&reply, "colour"), "green", "%s", reply.body);
    expect(reply, "gate", "open", "ok");
    expect(gate_scan(&gate, own, "in"), "gate", "open", "ok");
    cr_expect_eq(gate_status_int(&gate, "receipts_kept"), 1, "the same scan is the same pass");
    expect(gate_scan(&gate, far, "in"), "gate", "cannot_tell", "stale");
    expect(gate_post(&gate, "{\"worker_no\":\"1\",\"direction\":\"in\"}"), "gate", "cannot_tell",
           "stale");
}

Test(gate_agent, it_goes_on_alone_after_a_power_cut)
{
    char code[1200];

    snprintf(code, sizeof code, "%s", code_of(&city.own));
    go_alone();
    gate_kill(&gate);
    gate_start_again(&gate);
    cr_expect(gate_status_is(&gate, "clock_good"));
    cr_expect(gate_status_is(&gate, "can_decide"));
    expect(gate_scan(&gate, code, "in"), "gate", "open", "ok");
    cr_expect_eq(gate_status_int(&gate, "seq"), 1);
}

Test(gate_agent, a_full_disk_follows_the_sites_rule_and_locks_nobody_in)
{
    char code[1200];

    snprintf(code, sizeof code, "%s", code_of(&city.own));
    go_alone();
    gate_end(&gate);
    gate.file_bytes_max = 96 * 1024;
    gate_start_again(&gate);
    for (int i = 0; i < 200 && gate_status_is(&gate, "can_record"); i++)
        done(gate_scan(&gate, "hello", "out"));
    cr_expect_not(gate_status_is(&gate, "can_record"));
    expect(gate_scan(&gate, code, "in"), "gate", "cannot_tell", "unrecorded");
    expect(gate_scan(&gate, code, "out"), "gate", "open", "exit");
}

Test(gate_agent, a_forged_code_is_refused_with_and_without_the_server)
{
    char code[1200];

    snprintf(code, sizeof code, "%s", code_of(&city.own));
    code[strlen(code) - 10] = code[strlen(code) - 10] == 'A' ? 'B' : 'A';
    expect(gate_scan(&gate, code, "in"), "server", "refuse", "signature");
    server_stop(&server);
    gate_wait_is(&gate, "online", false);
    expect(gate_scan(&gate, code, "in"), "gate", "refuse", "signature");
    expect(gate_scan(&gate, "hello", "in"), "gate", "refuse", "not_ours");
}

Test(gate_agent, what_it_has_written_survives_being_killed)
{
    long long epoch = gate_status_int(&gate, "epoch");

    server_stop(&server);
    gate_wait_is(&gate, "online", false);
    for (int i = 0; i < 5; i++)
        expect(gate_scan(&gate, say("hello %d", i), "out"), "gate", "open", "exit");
    gate_kill(&gate);
    gate_start_again(&gate);
    cr_expect_eq(gate_status_int(&gate, "receipts_waiting"), 5);
    cr_expect(gate_status_int(&gate, "epoch") > epoch);
    done(gate_scan(&gate, "hello", "out"));
    cr_expect_eq(gate_status_int(&gate, "seq"), 1, "an epoch counts from 1");
}

Test(gate_agent, what_the_board_sends_wrongly_is_named)
{
    static const struct {
        const char *body, *code;
    } cases[] = {
        {"", "json_syntax"},
        {"[]", "json_object"},
        {"{}", "field_missing"},
        {"{\"code\":\"x\"}", "field_missing"}, /* this gate is for both directions */
        {"{\"code\":\"x\",\"direction\":\"up\"}", "field_choice"},
        {"{\"code\":1,\"direction\":\"in\"}", "field_type"},
        {"{\"code\":\"x\",\"direction\":\"in\",\"at\":\"now\"}", "field_unknown"},
        {"{\"code\":\"x\",\"short\":\"1\",\"direction\":\"in\"}", "field_unknown"},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct http_reply reply = gate_post(&gate, cases[i].body);

        cr_expect_eq(reply.status, 400, "%s: %s", cases[i].body, reply.body);
        cr_expect_str_eq(reply_text(&reply, "code"), cases[i].code, "%s: %s", cases[i].body,
                         reply.body);
        reply_clear(&reply);
    }
}

Test(gate_agent, the_page_says_in_words_how_the_gate_is)
{
    struct http_reply page = gate_get(&gate, "/");

    cr_expect(strstr(page.body, "320900工地") != NULL, "%s", page.body);
    cr_expect(strstr(page.body, "在线") != NULL, "%s", page.body);
    cr_expect(strstr(page.body, "<script") == NULL);
    reply_clear(&page);
    server_stop(&server);
    gate_wait_is(&gate, "online", false);
    page = gate_get(&gate, "/");
    cr_expect(strstr(page.body, "离线") != NULL, "%s", page.body);
    reply_clear(&page);
    page = gate_get(&gate, "/healthz");
    cr_expect_str_eq(page.body, "ok\n");
    reply_clear(&page);
}

/* -- photos ----------------------------------------------------------------------------------------- */

static struct posted_photo jpeg;

/* A new photo of his, by who engages him. */
static void post_photo(const char *tells)
{
    photo_post(&server, city.own.id, city.cast.contractor.key, tells, &jpeg);
}

static int look(const char *path, const char *host, const char *extra)
{
    struct http_reply reply = client_ask(
        &gate.client,
        &(struct http_question){.method = "GET", .path = path, .host = host, .extra = extra});
    int status = reply.status;

    reply_clear(&reply);
    return status;
}

/* Waits for a sync to bring it, or to take it away. */
static void wait_photo(const char *hex, int status)
{
    const char *path = say("/photos/%s", hex);

    for (int i = 0; i < 300 && look(path, NULL, NULL) != status; i++)
        usleep(100000);
    cr_assert_eq(look(path, NULL, NULL), status, "%s", hex);
}

static void expect_photo_shown(const char *code, const char *by)
{
    struct http_reply reply = gate_scan(&gate, code, "in");

    cr_expect_str_eq(reply_text(&reply, "photo"), jpeg.hex, "%s", reply.body);
    expect(reply, by, "open", "ok");
    reply = gate_get(&gate, "/");
    cr_expect_not_null(strstr(reply.body, say("<img src=\"/photos/%s\"", jpeg.hex)), "%s", reply.body);
    cr_expect_not_null(strstr(reply.body, "放行"), "%s", reply.body);
    reply_clear(&reply);
    reply = gate_get(&gate, say("/photos/%s", jpeg.hex));
    cr_expect_eq(reply.status, 200, "%s", reply.body);
    cr_expect_str_eq(reply_header(&reply, "Content-Type"), "image/jpeg");
    cr_expect(reply.body_bytes == jpeg.count && memcmp(reply.body, jpeg.bytes, jpeg.count) == 0);
    reply_clear(&reply);
}

Test(gate_agent, the_guard_sees_whose_code_was_shown_online_and_alone)
{
    char code[1200], later[1200];

    post_photo("own");
    wait_photo(jpeg.hex, 200);
    gate_wait_int(&gate, "photos_missing", 0);
    snprintf(code, sizeof code, "%s", code_of(&city.own));
    sleep(2); /* another second: another code */
    snprintf(later, sizeof later, "%s", code_of(&city.own));
    expect_photo_shown(code, "server");
    go_alone();
    expect_photo_shown(later, "gate");
    gate_kill(&gate); /* what is kept outlives a power cut */
    gate_start_again(&gate);
    cr_expect_eq(look(say("/photos/%s", jpeg.hex), NULL, NULL), 200);
}

Test(gate_agent, a_photo_goes_when_it_is_replaced_and_when_its_person_leaves_the_roster)
{
    char old[33];

    post_photo("first");
    wait_photo(jpeg.hex, 200);
    memcpy(old, jpeg.hex, sizeof old);
    post_photo("second");
    wait_photo(jpeg.hex, 200);
    wait_photo(old, 404);
    done(server_must(&server, "POST", "/v1/engagements", city.cast.contractor.key,
                     say("{\"kind\":\"engagement_end\",\"worker\":%lld,\"site\":%lld}",
                         city.own.id, city.cast.site)));
    wait_photo(jpeg.hex, 404);
    gate_wait_int(&gate, "photos", 0);
}

Test(gate_agent, photos_take_no_more_disk_than_they_may)
{
    gate_end(&gate);
    gate.settings[0] = "--photos_mb=0";
    gate_start_again(&gate);
    post_photo("own");
    for (int rounds = 0; rounds < 3; rounds++) { /* two at least since it was posted */
        long long before = gate_status_int(&gate, "sync_rounds");

        for (int i = 0; i < 300 && gate_status_int(&gate, "sync_rounds") == before; i++)
            usleep(100000);
    }
    cr_expect_eq(gate_status_int(&gate, "photos"), 0);
    cr_expect_eq(look(say("/photos/%s", jpeg.hex), NULL, NULL), 404);
}

Test(gate_agent, a_photo_that_was_changed_on_the_disk_is_not_shown)
{
    FILE *file;

    post_photo("own");
    wait_photo(jpeg.hex, 200);
    file = fopen(say("%s/data/photos/%s.jpg", gate.dir, jpeg.hex), "r+");
    cr_assert(file != NULL && fseek(file, 40, SEEK_SET) == 0 && fputc('!', file) == '!');
    cr_assert_eq(fclose(file), 0);
    cr_expect_eq(look(say("/photos/%s", jpeg.hex), NULL, NULL), 404);
}

Test(gate_agent, without_a_key_faces_are_shown_to_this_machine_alone)
{
    cr_expect_eq(look("/", NULL, NULL), 200);
    cr_expect_eq(look("/", say("127.0.0.1:%u", gate.port), NULL), 200);
    cr_expect_eq(look("/", "evil.example", NULL), 404, "a name that somebody else gave this machine");
    cr_expect_eq(look("/", "localhost.evil.example", NULL), 404);
    cr_expect_eq(look("/photos/00", "evil.example", NULL), 404);
    cr_expect_eq(look("/status", "evil.example", NULL), 200, "it tells of nobody");
}

Test(gate_agent, with_a_key_the_browser_is_asked_for_it)
{
    FILE *file = fopen(say("%s/scan.key", gate.dir), "w");
    static char setting[128];

    cr_assert(file != NULL && fputs("board-key-1234567890\n", file) >= 0 && fclose(file) == 0);
    cr_assert_eq(chmod(say("%s/scan.key", gate.dir), 0600), 0);
    gate_end(&gate);
    snprintf(setting, sizeof setting, "--scan_key_file=%s/scan.key", gate.dir);
    gate.settings[0] = setting;
    gate_start_again(&gate);
    cr_expect_eq(look("/", NULL, NULL), 401);
    cr_expect_eq(look("/photos/00", NULL, NULL), 401);
    cr_expect_eq(look("/", "gate.example", "Authorization: Bearer board-key-1234567890\r\n"), 200);
    /* guard:board-key-1234567890 and guard:board-key-1234567891 */
    cr_expect_eq(look("/", NULL, "Authorization: Basic Z3VhcmQ6Ym9hcmQta2V5LTEyMzQ1Njc4OTA=\r\n"), 200);
    cr_expect_eq(look("/", NULL, "Authorization: Basic Z3VhcmQ6Ym9hcmQta2V5LTEyMzQ1Njc4OTE=\r\n"), 401);
    cr_expect_eq(look("/", NULL, "Authorization: Basic Z3VhcmQ=\r\n"), 401);
}
