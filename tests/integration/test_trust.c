/* The list of keys that a root signs offline: what the server publishes of it, and what a gate that
 * pins the roots makes of it, over the real programs and a wire that is cut. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "crypto/seal.h"
#include "support/city.h"
#include "support/code_maker.h"
#include "support/gate_program.h"
#include "support/pg_fixture.h"
#include "support/rooted.h"
#include "support/wire.h"

enum { LIST_BYTES = 8 * 1024, HOUR_S = 3600 };

static struct server server;
static struct city city;
static struct gate_program gate;
static struct rooted rooted;
static struct wire *wire;
static char list_bytes[LIST_BYTES];

static void open_server(void)
{
    static char roots[128];

    fixture_open();
    rooted_open(&rooted);
    snprintf(roots, sizeof roots, "--trust_roots=%s", rooted.file);
    server_start(&server, (const char *[]){roots, NULL});
    city_open(&server, &city);
    city_make_green(&server, &city, city.own.id);
}

static void close_server(void)
{
    server_stop(&server);
    rooted_close(&rooted);
    fixture_close();
}

static void open_gate(void)
{
    static char roots[128];

    open_server();
    rooted_publish(&server, rooted.roots[0]);
    snprintf(roots, sizeof roots, "--trust_roots=%s", rooted.file);
    wire = wire_open(server.port);
    gate_start(&gate, wire_port(wire), city.cast.gate_account.key,
               (const char *[]){roots, NULL});
    gate_wait_is(&gate, "can_decide", true);
}

static void close_gate(void)
{
    gate_stop(&gate);
    wire_close(wire);
    close_server();
}

TestSuite(trust, .init = open_server, .fini = close_server, .timeout = 280);
TestSuite(trust_gate, .init = open_gate, .fini = close_gate, .timeout = 280);

/* -- what is done --------------------------------------------------------------------------------- */

/* "badges", which outlive every pause that a busy machine makes, or "code". */
static const char *new_code(const char *what)
{
    static char codes[8][1100];
    static unsigned turn;
    char *into = codes[turn++ % 8];
    struct http_reply reply =
        server_must(&server, "POST", say("/v1/workers/%lld/%s", city.own.id, what),
                    city.cast.contractor.key, strcmp(what, "code") == 0 ? "{}" : NULL);

    snprintf(into, sizeof codes[0], "%s", reply_text(&reply, "code"));
    reply_clear(&reply);
    return into;
}

static void announce_another(void)
{
    char file[128], line[512], both[sizeof server.signing_keys];
    struct http_reply reply;

    snprintf(file, sizeof file, "%s/second.pem", server.dir);
    cr_assert_eq(server_run_program((const char *[]){"--new-signing-key", file, NULL}, line, sizeof line), 0);
    snprintf(both, sizeof both, "%.120s %.120s", server.signing_keys, file);
    memcpy(server.signing_keys, both, sizeof both);
    server_kill(&server);
    server_start_again(&server);
    reply = server_must(&server, "POST", "/v1/keys", server.operator_key, line);
    reply_clear(&reply);
}

/* Another key, announced a day ago, may be activated. */
static void rotate(void)
{
    announce_another();
    rooted_publish(&server, rooted.roots[1]); /* a list without it publishes nothing */
    fixture_exec("UPDATE signing_key SET nbf = greatest(nbf - 90000, 0);"
                 " UPDATE trust_list SET recorded_at = recorded_at - interval '25 hours';"
                 " INSERT INTO change (kind, key, version) VALUES (10, 0, 0)");
    nanosleep(&(struct timespec){1, 500000000}, NULL); /* the register polls once a second */
}

static void move(int number, const char *body)
{
    struct http_reply reply = server_must(&server, "PATCH", say("/v1/keys/%d", number),
                                          server.operator_key, body);

    reply_clear(&reply);
}

#define REMOVED "{\"state\":\"removed\",\"reason\":\"外泄\"}"

/* As a hand in the database, or a server that lies, would have it. */
static void put_list(uint64_t sequence, struct text bytes)
{
    static char hex[2 * LIST_BYTES + 1], sql[2 * LIST_BYTES + 512];

    hex_format((const unsigned char *)bytes.at, bytes.bytes, hex);
    snprintf(sql, sizeof sql,
             "INSERT INTO trust_list (sequence, signed, root, kids, issued_at, expires_at, account_id)"
             " VALUES (%llu, '\\x%s', '\\x01020304', '{}', now(), now(), 1);"
             " INSERT INTO change (kind, key, version) VALUES (10, 0, 0)",
             (unsigned long long)sequence, hex);
    fixture_exec(sql);
}

static void expect_scan(const char *code, const char *verdict, const char *why)
{
    struct http_reply reply = gate_scan(&gate, code, "in");

    cr_expect_str_eq(reply_text(&reply, "verdict"), verdict, "%s", reply.body);
    cr_expect_str_eq(reply_text(&reply, "by"), "gate", "%s", reply.body);
    cr_expect(why == NULL || strcmp(reply_text(&reply, "why"), why) == 0, "%s", reply.body);
    reply_clear(&reply);
}

/* Two rounds: the second began after whatever was done before the call. */
static void wait_for_syncs(void)
{
    gate_wait_int(&gate, "sync_rounds", gate_status_int(&gate, "sync_rounds") + 1);
    gate_wait_int(&gate, "sync_rounds", gate_status_int(&gate, "sync_rounds") + 1);
}

static bool logged(const char *what)
{
    FILE *file = fopen(say("%s/log", gate.dir), "r");
    char *text = NULL;
    size_t bytes = 0;
    bool there;

    cr_assert(file != NULL && getdelim(&text, &bytes, '\0', file) >= 0);
    fclose(file);
    there = strstr(text, what) != NULL;
    free(text);
    return there;
}

static void wait_logged(const char *what)
{
    for (int i = 0; i < 600 && !logged(what); i++)
        nanosleep(&(struct timespec){0, 50000000}, NULL);
    cr_expect(logged(what), "%s", what);
}

/* -- the server ------------------------------------------------------------------------------------- */

static void stranger_signs(struct trust_list *list) { (void)list; }
static void same_again(struct trust_list *list) { list->sequence--; }
static void jumps(struct trust_list *list) { list->sequence += 1000; }
static void is_over(struct trust_list *list)
{
    list->iat = clock_wall_us() / US_PER_SECOND - 2 * HOUR_S;
    list->exp = list->iat + HOUR_S;
}
static void is_to_come(struct trust_list *list)
{
    list->iat = clock_wall_us() / US_PER_SECOND + HOUR_S;
}
static void lacks_the_signing_key(struct trust_list *list) { trust_list_clear(list); }
static void says_it_is_removed(struct trust_list *list) { list->keys[0].state = KEY_REMOVED; }
static void ends_too_soon(struct trust_list *list) { list->keys[0].exp = 1000; }
static void lets_it_sign_receipts(struct trust_list *list) { list->keys[0].kinds |= 1u << TOKEN_RECEIPT; }
static void has_another(struct trust_list *list)
{
    struct signer *other = maker_signer(TOKEN_ES256);

    cr_assert(!err_is(trust_list_add(list, signer_key(other))));
    signer_close(other);
}

Test(trust, what_a_root_has_not_signed_rightly_is_not_published)
{
    static const struct {
        const char *name;
        void (*change)(struct trust_list *list);
        const char *field;
    } cases[] = {
        {"signed by a stranger", stranger_signs, "/signature"},
        {"the same number again", same_again, "/seq"},
        {"a number that jumps", jumps, "/seq"},
        {"over", is_over, "/signature"},
        {"from the future", is_to_come, "/signature"},
        {"without the key that signs", lacks_the_signing_key, "/keys"},
        {"the key that signs is removed in it", says_it_is_removed, "/keys"},
        {"the key that signs is over in it", ends_too_soon, "/keys"},
        {"lets a key sign more than it may", lets_it_sign_receipts, "/keys"},
        {"with a key that is nobody's", has_another, "/keys"},
    };
    struct signer *stranger = maker_signer(TOKEN_ES256);
    struct http_reply reply;

    rooted_publish(&server, rooted.roots[0]);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct trust_list list = rooted_list(&server);
        uint64_t sequence = list.sequence;
        struct signer *by = cases[i].change == stranger_signs ? stranger : rooted.roots[i % 2];

        cases[i].change(&list);
        if (list.sequence == 0)
            list.sequence = sequence;
        reply = rooted_post(&server, rooted_sign(by, &list, list_bytes, sizeof list_bytes));
        cr_expect_eq(reply.status, 422, "%s: %s", cases[i].name, reply.body);
        cr_expect_str_eq(reply_text(&reply, "code"), "trust_refused", "%s: %s", cases[i].name, reply.body);
        cr_expect_str_eq(reply_text(&reply, "errors.0.pointer"), cases[i].field, "%s: %s",
                         cases[i].name, reply.body);
        reply_clear(&reply);
        trust_list_clear(&list);
    }
    reply = rooted_post(&server, TEXT("{\"keys\":[]}"));
    cr_expect_eq(reply.status, 422, "%s", reply.body);
    reply_clear(&reply);
    cr_expect_eq(fixture_query_int("SELECT count(*) FROM trust_list"), 1);
    signer_close(stranger);
}

static struct http_reply signed_list(const char *extra)
{
    return client_ask(&server.client,
                      &(struct http_question){.method = "GET", .path = "/v1/trust",
                                              .extra = say("Accept: application/cose\r\n%s", extra)});
}

Test(trust, anybody_reads_what_a_root_has_signed_and_either_root_may_sign_the_next)
{
    struct http_reply reply = signed_list("");
    struct trust_list roots, list;
    char etag[64];

    cr_expect_eq(reply.status, 404);
    cr_expect_str_eq(reply_text(&reply, "code"), "trust_none");
    reply_clear(&reply);
    cr_assert(!err_is(trust_roots_open(rooted.file, &roots)));
    for (int i = 0; i < 4; i++) {
        long long sequence = rooted_publish(&server, rooted.roots[i % 2]);

        for (int wait = 0; wait < 100; wait++) { /* the register hears of it */
            reply = signed_list("");
            if (reply.status == 200 &&
                trust_list_read((struct text){reply.body, reply.body_bytes}, &roots,
                                clock_wall_us() / US_PER_SECOND, 30, &list) == TOKEN_OK) {
                bool is_new = (long long)list.sequence == sequence;

                trust_list_clear(&list);
                if (is_new)
                    break;
            }
            reply_clear(&reply);
            nanosleep(&(struct timespec){0, 50000000}, NULL);
        }
        cr_assert_eq(reply.status, 200, "%d", i);
        snprintf(etag, sizeof etag, "%s", reply_header(&reply, "etag"));
        reply_clear(&reply);
        reply = signed_list(say("If-None-Match: %s\r\n", etag));
        cr_expect_eq(reply.status, 304);
        reply_clear(&reply);
    }
    trust_list_clear(&roots);
}

Test(trust, a_removed_key_does_not_come_back_by_an_older_list_with_a_new_number)
{
    struct trust_list list = rooted_list(&server);
    struct http_reply reply;

    move(1, REMOVED);
    list.sequence++;
    reply = rooted_post(&server, rooted_sign(rooted.roots[0], &list, list_bytes, sizeof list_bytes));
    cr_expect_eq(reply.status, 422, "%s", reply.body);
    cr_expect_str_eq(reply_text(&reply, "errors.0.pointer"), "/keys", "%s", reply.body);
    reply_clear(&reply);
    trust_list_clear(&list);
    rooted_publish(&server, rooted.roots[0]);
}

static void activate(int status)
{
    struct http_reply reply = server_ask(&server, "PATCH", "/v1/keys/2", server.operator_key,
                                         "{\"state\":\"active\"}");

    cr_expect_eq(reply.status, status, "%s", reply.body);
    cr_expect(status != 409 || strcmp(reply_text(&reply, "code"), "key_early") == 0, "%s", reply.body);
    reply_clear(&reply);
}

Test(trust, a_key_counts_as_published_once_a_root_has_listed_it_and_not_before)
{
    rooted_publish(&server, rooted.roots[0]); /* from now on it is roots that publish */
    announce_another();
    fixture_exec("UPDATE signing_key SET recorded_at = recorded_at - interval '25 hours',"
                 " nbf = greatest(nbf - 90000, 0)");
    activate(409);
    rooted_publish(&server, rooted.roots[1]);
    activate(409); /* today */
    fixture_exec("UPDATE trust_list SET recorded_at = recorded_at - interval '25 hours'");
    activate(200);
}

/* -- the gate --------------------------------------------------------------------------------------- */

Test(trust_gate, a_key_removed_while_it_is_offline_is_refused_from_the_next_sync_on)
{
    const char *old = new_code("badges"), *new;

    rotate();
    move(2, "{\"state\":\"active\"}");
    rooted_publish(&server, rooted.roots[0]);
    wait_for_syncs();
    wire_break(wire);
    gate_wait_is(&gate, "online", false);
    expect_scan(old, "open", NULL);
    move(1, REMOVED); /* nobody can tell the gate: until it is back, what it knows counts */
    expect_scan(old, "open", NULL);
    wire_mend(wire);
    gate_wait_is(&gate, "online", true);
    wait_for_syncs(); /* a removal needs no root: none has signed a list since */
    new = new_code("code");
    wire_break(wire);
    gate_wait_is(&gate, "online", false);
    expect_scan(old, "refuse", "key");
    expect_scan(new, "open", NULL);
}

Test(trust_gate, a_list_that_is_rolled_back_or_a_strangers_is_not_taken_not_even_after_a_restart)
{
    struct signer *stranger = maker_signer(TOKEN_ES256);
    struct trust_list list = rooted_list(&server);
    long long sequence = rooted_publish(&server, rooted.roots[1]);

    gate_wait_int(&gate, "trust_seq", sequence);
    put_list((uint64_t)sequence + 5, rooted_sign(stranger, &list, list_bytes, sizeof list_bytes));
    wait_logged("no root of this gate has signed the list of keys");
    cr_expect_eq(gate_status_int(&gate, "trust_seq"), sequence);
    list.sequence = 1; /* rightly signed, and older than what it has */
    put_list((uint64_t)sequence + 6, rooted_sign(rooted.roots[0], &list, list_bytes, sizeof list_bytes));
    wait_logged("trust_went_back");
    cr_expect_eq(gate_status_int(&gate, "trust_seq"), sequence);
    gate_end(&gate);
    cr_assert_eq(system(say("rm %s/data/kept.db*", gate.dir)), 0); /* what it knew is gone, not how far it came */
    cr_assert_eq(truncate(say("%s/log", gate.dir), 0), 0);
    gate_start_again(&gate);
    wait_logged("trust_went_back");
    cr_expect_eq(gate_status_int(&gate, "trust_seq"), -1);
    cr_expect(!gate_status_is(&gate, "can_decide"));
    trust_list_clear(&list);
    signer_close(stranger);
}

Test(trust_gate, a_list_whose_number_jumps_is_taken_because_it_may_have_missed_some)
{
    struct trust_list list = rooted_list(&server);

    list.sequence += 1000;
    put_list(list.sequence, rooted_sign(rooted.roots[1], &list, list_bytes, sizeof list_bytes));
    gate_wait_int(&gate, "trust_seq", (long long)list.sequence);
    trust_list_clear(&list);
}

Test(trust_gate, one_root_signs_while_the_other_is_replaced)
{
    struct signer *fresh = maker_signer(TOKEN_ES256), *kept = rooted.roots[1];
    struct signer *const now[] = {kept, fresh};
    struct trust_list list = rooted_list(&server);
    long long sequence;

    sequence = rooted_publish(&server, kept); /* the first root was lost: the second goes on */
    gate_wait_int(&gate, "trust_seq", sequence);
    rooted_pin(&rooted, now, 2); /* at the gate no restart is needed */
    list.sequence = (uint64_t)sequence + 1;
    put_list(list.sequence, rooted_sign(rooted.roots[0], &list, list_bytes, sizeof list_bytes));
    wait_logged("no root of this gate has signed the list of keys"); /* the lost one's word is nothing */
    cr_expect_eq(gate_status_int(&gate, "trust_seq"), sequence);
    list.sequence++;
    put_list(list.sequence, rooted_sign(fresh, &list, list_bytes, sizeof list_bytes));
    gate_wait_int(&gate, "trust_seq", (long long)list.sequence);
    trust_list_clear(&list);
    signer_close(fresh);
}
