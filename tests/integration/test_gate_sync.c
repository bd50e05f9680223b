/* jianan-gate's sync on a wire that a test cuts: killed anywhere, what is kept is old or new; cut
 * anywhere, no receipt is lost and none counts twice. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "clients/gate/known.h"
#include "support/city.h"
#include "support/gate_program.h"
#include "support/pg_fixture.h"
#include "support/photo_post.h"
#include "support/wire.h"

static struct server server;
static struct city city;
static struct gate_program gate;
static struct wire *wire;

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
    wire = wire_open(server.port);
    gate_start(&gate, wire_port(wire), city.cast.gate_account.key, NULL);
    gate_wait_is(&gate, "can_decide", true);
}

static void tear_down(void)
{
    gate_stop(&gate);
    wire_close(wire);
    server_stop(&server);
    fixture_close();
}

TestSuite(gate_sync, .init = set_up, .fini = tear_down, .timeout = 280);

/* The gate's log up to now; to be freed. */
static char *gate_log(void)
{
    FILE *file = fopen(say("%s/log", gate.dir), "r");
    char *text = NULL;
    size_t bytes = 0;

    cr_assert(file != NULL && getdelim(&text, &bytes, '\0', file) >= 0);
    fclose(file);
    return text;
}

/* What a whole round of the sync sends over the wire. */
static long bytes_of_a_round(void)
{
    long bytes;

    gate_end(&gate);
    wire_mend(wire);
    gate_start_again(&gate);
    gate_wait_count(&gate, "sync_rounds", 1);
    bytes = wire_bytes(wire);
    gate_end(&gate);
    cr_assert(bytes > 2000, "%ld", bytes);
    return bytes;
}

static void engage_another(unsigned n)
{
    char number[19];

    (void)cast_worker(&server, city.cast.contractor.key, "测试甲", cast_number(number, "19920101", n),
                      city.cast.site, "020");
}

Test(gate_sync, killed_at_any_byte_of_a_sync_it_knows_the_old_or_the_new)
{
    long round = bytes_of_a_round();
    long long rows = 1;
    char *log;

    for (int i = 0; i < 12; i++) {
        long long now;

        engage_another(100u + (unsigned)i); /* the roster changes */
        wire_arm(wire, round * (i * 8 + 3) / 100, WIRE_SILENT);
        gate_start_again(&gate);
        cr_assert(wire_is_cut(wire, 20000), "round %d", i);
        gate_kill(&gate);
        wire_break(wire);
        gate_start_again(&gate); /* alone */
        cr_expect(gate_status_is(&gate, "can_decide"), "round %d", i);
        now = gate_status_int(&gate, "roster_rows");
        cr_expect(now >= rows && now <= 2 + i, "round %d: %lld rows", i, now);
        rows = now;
        gate_end(&gate);
    }
    wire_mend(wire);
    gate_start_again(&gate);
    gate_wait_int(&gate, "roster_rows", 13);
    log = gate_log();
    cr_expect_null(strstr(log, "kept_refused"), "something was kept by half");
    cr_expect_null(strstr(log, "kept_thrown_away"));
    free(log);
}

/* -- killed between two steps ----------------------------------------------------------------------- */

enum { SITE, ROSTERS, RECEIPTS, PHOTOS, THINGS };

/* What a sync asks for next when it is killed, and what of it is new by then. */
static const struct {
    const char *before;
    bool is_new[THINGS];
} kills[] = {
    {"GET /v1/gate/site", {false, false, false, false}},
    {"GET /v1/trust", {false, false, false, false}},
    {"GET /v1/gate/roster", {false, false, false, false}},
    {"GET /v1/lists", {true, true, false, false}},
    {"GET /v1/lists/", {true, true, false, false}},
    {"POST /v1/gate/passes", {true, true, false, false}},
    {"GET /v1/gate/photos/", {true, true, true, false}},
    {NULL, {true, true, true, true}}, /* at its end */
};

/* Until the server tells gates so: by then it tells them all that came before. */
static void set_site(const char *state)
{
    bool told = false;

    done(server_must(&server, "PATCH", say("/v1/sites/%lld", city.cast.site), server.operator_key,
                     say("{\"state\":\"%s\"}", state)));
    for (int i = 0; i < 200 && !told; i++) {
        struct http_reply reply =
            server_must(&server, "GET", "/v1/gate/site", city.cast.gate_account.key, NULL);

        told = strcmp(reply_text(&reply, "site.state"), state) == 0;
        reply_clear(&reply);
        usleep(told ? 0 : 20000);
    }
    cr_assert(told, "%s", state);
}

static const char *answer_alone(const char *code)
{
    static char why[32];
    struct http_reply reply = gate_scan(&gate, code, "in");

    cr_expect_str_eq(reply_text(&reply, "by"), "gate", "%s", reply.body);
    snprintf(why, sizeof why, "%s", reply_text(&reply, "why"));
    reply_clear(&reply);
    return why;
}

static const char *new_code(void)
{
    static char code[1200];
    struct http_reply reply = server_must(
        &server, "POST", say("/v1/workers/%lld/code", city.own.id), city.own.key, "{}");

    snprintf(code, sizeof code, "%s", reply_text(&reply, "code"));
    reply_clear(&reply);
    return code;
}

/* All that there is is known: a whole sync of this process. */
static void sync_all(long long rows)
{
    wire_mend(wire);
    for (int i = 0; i < 300 && gate_status_int(&gate, "sync_rounds") < 1; i++)
        usleep(100000);
    gate_wait_int(&gate, "roster_rows", rows);
    gate_wait_int(&gate, "receipts_waiting", 0);
    gate_wait_int(&gate, "photos_missing", 0);
}

/* A sync that is killed there, and the gate alone after it. */
static void sync_and_kill(unsigned k)
{
    if (kills[k].before != NULL)
        wire_arm_before(wire, kills[k].before);
    else
        wire_mend(wire);
    gate_start_again(&gate);
    if (kills[k].before != NULL)
        cr_assert(wire_is_cut(wire, 20000), "%s", kills[k].before);
    else
        for (int i = 0; i < 300 && gate_status_int(&gate, "sync_rounds") < 1; i++)
            usleep(100000);
    gate_kill(&gate);
    wire_break(wire);
    gate_start_again(&gate);
    cr_expect(gate_status_is(&gate, "can_decide"), "%u", k);
}

/* Work stops or goes on, somebody comes, a photo is replaced; then a sync is killed between two steps.
 * What the gate answers alone is by what was known before, or by all that the steps had brought. */
Test(gate_sync, killed_after_any_step_it_answers_by_the_old_or_by_the_new)
{
    static const char *const states[] = {"open", "stopped"}, *const whys[] = {"ok", "site_stopped"};
    long long rows = 1, receipts = 0;
    char code[1200];

    for (unsigned k = 0; k < sizeof kills / sizeof kills[0]; k++) {
        const bool *is_new = kills[k].is_new;
        unsigned before = k % 2, after = 1 - before;
        struct posted_photo photo;
        const char *why;
        bool is_here;

        sync_all(rows);
        wire_break(wire);
        gate_wait_is(&gate, "online", false);
        done(gate_scan(&gate, say("x%u", k), "out"));
        receipts++;
        gate_end(&gate);
        engage_another(200 + k);
        rows++;
        photo_post(&server, city.own.id, city.cast.contractor.key, say("%u", k), &photo);
        set_site(states[after]);
        snprintf(code, sizeof code, "%s", new_code());
        sync_and_kill(k);
        is_here = access(say("%s/data/photos/%s.jpg", gate.dir, photo.hex), R_OK) == 0;
        cr_expect_eq(gate_status_int(&gate, "roster_rows"), is_new[ROSTERS] ? rows : rows - 1, "%u", k);
        cr_expect_eq(gate_status_int(&gate, "receipts_waiting") == 0, is_new[RECEIPTS], "%u", k);
        cr_expect_eq(is_here, is_new[PHOTOS], "%u", k);
        why = answer_alone(code);
        cr_expect_str_eq(why, whys[is_new[SITE] ? after : before], "%u: %s", k, why);
        receipts++; /* that answer's */
    }
    wire_mend(wire);
    gate_wait_int(&gate, "receipts_waiting", 0);
    cr_expect_eq(gate_status_int(&gate, "receipts_refused"), 0);
    cr_expect_eq(fixture_query_int("SELECT count(*) FROM pass WHERE source = 3"), receipts);
}

Test(gate_sync, cut_at_any_byte_no_receipt_is_lost_and_none_counts_twice)
{
    long long scans = 0, passes;

    for (int i = 0; i < 14; i++) {
        /* The first bytes are the question's, the last the answer's. */
        wire_arm(wire, 150 + i * 130, WIRE_CUT);
        for (int k = 0; k < 3; k++, scans++)
            done(gate_scan(&gate, say("x%lld", scans), "out"));
        (void)wire_is_cut(wire, 3000);
    }
    wire_mend(wire);
    gate_wait_int(&gate, "receipts_waiting", 0);
    cr_expect_eq(gate_status_int(&gate, "receipts_refused"), 0);
    passes = fixture_query_int("SELECT count(*) FROM pass WHERE source = 3");
    cr_expect_eq(passes, scans, "%lld passes of %lld scans", passes, scans);
}

Test(gate_sync, a_gate_that_was_switched_off_forgets_what_it_was_entrusted_with)
{
    done(server_must(&server, "PATCH", say("/v1/devices/%lld", city.cast.gate),
                     server.operator_key, "{\"state\":\"disabled\"}"));
    gate_wait_is(&gate, "can_decide", false);
    gate_wait_int(&gate, "roster_rows", 0);
    gate_wait_int(&gate, "server_refused", 403);
}

/* -- nothing goes back --------------------------------------------------------------------------------- */

enum { FILE_BYTES = 2 << 20 };

static struct signer *servers_signer(void)
{
    struct signer *signer = NULL;

    cr_assert(!err_is(signer_open_file(say("%s/signing.pem", server.dir), &signer)));
    return signer;
}

/* Puts it there as if an earlier sync had fetched it; without an etag, so that the server's is sent. */
static void keep(const char *name, struct text body)
{
    time_us now = clock_wall_us();
    struct kept kept;

    cr_assert(!err_is(kept_open(&kept, say("%s/data", gate.dir))));
    cr_assert(!err_is(kept_put(&kept, name,
                               &(struct kept_thing){.fetched_at = now, .checked_at = now,
                                                    .body = body})));
    kept_close(&kept);
}

static void keep_later_trust(void)
{
    struct http_reply reply = server_must(&server, "GET", "/v1/trust", NULL, NULL);
    static char text[8192];
    char *at;

    snprintf(text, sizeof text, "%s", reply.body);
    at = strstr(text, "\"seq\":");
    cr_assert(at != NULL, "%s", text);
    memmove(at + 8, at + 6, strlen(at + 6) + 1); /* 1 becomes 991 or the like */
    memcpy(at, "\"seq\":99", 8);
    keep(KEPT_TRUST, text_of(text));
    reply_clear(&reply);
}

static void keep_later_roster(void)
{
    static char bytes[4096], scratch[4096];
    struct build out = build_over(bytes, sizeof bytes), payload = build_over(scratch, sizeof scratch);
    day_t today = clock_local_day(clock_wall_us());
    struct roster_head head = {.iat = time(NULL), .day = today, .site = (uint64_t)city.cast.site,
                               .exp = clock_day_start((day_t)(today + 1)) / US_PER_SECOND,
                               .seq = UINT64_C(1) << 50, .policy = 1};
    struct signer *signer = servers_signer();
    char name[KEPT_NAME_BYTES];

    cr_assert(!err_is(roster_sign(signer, &head, NULL, 0, &payload, &out)));
    kept_roster_name(name, today);
    keep(name, build_done(&out));
    signer_close(signer);
}

/* Everything in it is void. */
static void keep_later_list(void)
{
    static unsigned char packed[STATUSLIST_PACKED_BYTES];
    struct http_reply lists =
        server_must(&server, "GET", "/v1/lists", city.cast.gate_account.key, NULL);
    long long number = fixture_query_int(say("SELECT index >> 20 FROM slot WHERE worker_id = %lld"
                                             " AND badge IS NULL", city.own.id));
    const char *path = say("%s/%lld/%s", reply_text(&lists, "region"), number, city_today());
    day_t today = clock_local_day(clock_wall_us());
    struct statuslist_claims claims = {
        .sub = text_of(say("jianan/lists/%s", path)), .iat = time(NULL) + 20, /* within the skew */
        .exp = clock_day_start((day_t)(today + 2)) / US_PER_SECOND, .ttl_s = 600};
    struct signer *signer = servers_signer();
    struct arena arena;
    struct text list;

    memset(packed, 0x55, sizeof packed);
    arena_init(&arena, FILE_BYTES);
    cr_assert(!err_is(statuslist_issue(signer, &claims, packed, &arena, &list)));
    keep(say("list/%s", path), list);
    arena_clear(&arena);
    signer_close(signer);
    reply_clear(&lists);
}

static void wait_failed_at(const char *step, const char *why)
{
    char failed[16] = "", trouble[160] = "";

    for (int i = 0; i < 200 && strcmp(failed, step) != 0; i++) {
        struct http_reply reply = gate_get(&gate, "/status");

        snprintf(failed, sizeof failed, "%s", reply_text(&reply, "sync_failed_at"));
        snprintf(trouble, sizeof trouble, "%s", reply_text(&reply, "sync_trouble"));
        reply_clear(&reply);
        usleep(100000);
    }
    cr_expect_str_eq(failed, step, "%s", trouble);
    cr_expect_not_null(strstr(trouble, why), "%s: %s", step, trouble);
}

/* Whoever sits between a gate and its server may keep a signed thing and play it again later. */
Test(gate_sync, keys_rosters_and_lists_that_are_older_than_those_here_are_refused)
{
    char code[1200];

    cr_assert(clock_set_zone("Asia/Shanghai"));
    gate_end(&gate);
    keep_later_trust();
    gate_start_again(&gate);
    wait_failed_at("trust", "older than the one here");
    cr_expect_geq(gate_status_int(&gate, "trust_seq"), 99, "the later list stays");
    gate_end(&gate);
    keep_later_roster();
    gate_start_again(&gate);
    wait_failed_at("trust", "older"); /* the first thing that failed is named */
    cr_expect_eq(gate_status_int(&gate, "roster_rows"), 0, "the later roster stays");
    gate_end(&gate);
    (void)unlink(say("%s/data/kept.db", gate.dir)); /* may be deleted at any time */
    (void)unlink(say("%s/data/kept.db-wal", gate.dir));
    (void)unlink(say("%s/data/kept.db-shm", gate.dir));
    gate_start_again(&gate);
    gate_wait_is(&gate, "can_decide", true);
    gate_end(&gate);
    keep_later_list();
    gate_start_again(&gate);
    wait_failed_at("lists", "older than the one here");
    snprintf(code, sizeof code, "%s", new_code());
    wire_break(wire);
    gate_wait_is(&gate, "online", false);
    cr_expect_str_eq(answer_alone(code), "void", "the later list stays");
}

/* -- a key is removed ------------------------------------------------------------------------------------ */

/* The first key is gone at once, and another one signs. */
static void replace_key(void)
{
    char file[128], line[512], both[sizeof server.signing_keys];

    snprintf(file, sizeof file, "%s/second.pem", server.dir);
    cr_assert_eq(server_run_program((const char *[]){"--new-signing-key", file, NULL}, line,
                                    sizeof line), 0);
    snprintf(both, sizeof both, "%.120s %.120s", server.signing_keys, file);
    memcpy(server.signing_keys, both, sizeof both);
    server_kill(&server);
    server_start_again(&server);
    done(server_must(&server, "POST", "/v1/keys", server.operator_key, line));
    done(server_must(&server, "PATCH", "/v1/keys/1", server.operator_key,
                     "{\"state\":\"removed\",\"reason\":\"私钥可能外泄\"}"));
    done(server_must(&server, "PATCH", "/v1/keys/2", server.operator_key,
                     "{\"state\":\"active\",\"emergency\":true,\"reason\":\"旧钥已移除\"}"));
}

static void three_codes(char codes[3][1200])
{
    for (int i = 0; i < 3; i++) {
        snprintf(codes[i], 1200, "%s", new_code());
        usleep(1100000); /* another second: another code */
    }
}

Test(gate_sync, a_key_that_was_removed_while_the_gate_was_alone_counts_no_more_after_its_next_sync)
{
    long long before = gate_status_int(&gate, "trust_seq"), now = before;
    char codes[3][1200];

    three_codes(codes);
    wire_break(wire);
    gate_wait_is(&gate, "online", false);
    replace_key();
    cr_expect_str_eq(answer_alone(codes[0]), "ok", "it cannot know yet");
    wire_mend(wire);
    for (int i = 0; i < 300 && now == before; i++, usleep(100000))
        now = gate_status_int(&gate, "trust_seq");
    cr_expect_gt(now, before);
    gate_wait_is(&gate, "can_decide", true); /* roster and lists are signed anew */
    wire_break(wire);
    gate_wait_is(&gate, "online", false);
    cr_expect_str_eq(answer_alone(codes[1]), "key");
    cr_expect_str_eq(answer_alone(codes[0]), "key", "nor one that opened before");
    cr_expect_str_eq(answer_alone(new_code()), "ok", "the new key's");
}
