/* Receipts handed in to the real server: what each is held against, in whatever order they come, and
 * what is told of a gate whose chain is not whole. */
#include <criterion/criterion.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "crypto/ecc.h"
#include "crypto/receipt.h"
#include "crypto/seal.h"
#include "crypto/token.h"
#include "support/city.h"
#include "support/code_maker.h"
#include "support/pg_fixture.h"
#include "support/raw_client.h"

enum { TEXT_BYTES = 1024, MANY = 10000, AT_ONCE = 200 };

static struct server server;
static struct cast cast;
static struct signer *signer, *other_signer;

static void set_up(void)
{
    fixture_open();
    server_start(&server, NULL);
    cast_open(&server, &cast);
    signer = maker_signer(TOKEN_ES256);
    other_signer = maker_signer(TOKEN_ES256);
}

static void tear_down(void)
{
    signer_close(signer);
    signer_close(other_signer);
    server_stop(&server);
    fixture_close();
}

TestSuite(receipts, .init = set_up, .fini = tear_down, .timeout = 280);

/* -- a gate's book ---------------------------------------------------------------------------------- */

struct book {
    struct receipt next;
    struct signer *by;
    unsigned char last[RECEIPT_DIGEST_BYTES];
};

static struct book book_of(long long gate, long long site, uint32_t epoch)
{
    struct book book = {.by = signer,
                        .next = {.t_s = (int64_t)time(NULL) - 60, .seq = 1, .site = (uint64_t)site,
                                 .gate = (uint64_t)gate, .epoch = epoch, .direction = 1,
                                 .index = RECEIPT_UNKNOWN, .colour = 0, .verdict = 1}};

    for (unsigned i = 0; i < RECEIPT_INPUT_COUNT; i++)
        book.next.inputs[i] = RECEIPT_UNKNOWN;
    return book;
}

/* The next receipt, as text. */
static void write_next(struct book *book, char text[TEXT_BYTES])
{
    char bytes[RECEIPT_BYTES_MAX + 1];
    struct build out = build_over(bytes, sizeof bytes), shown = build_over(text, TEXT_BYTES);

    cr_assert(!err_is(receipt_sign(book->by, &book->next, &out, book->last)));
    envelope_format_text(build_done(&out), &shown);
    cr_assert(!shown.full);
    memcpy(book->next.prev, book->last, sizeof book->last);
    book->next.seq++;
}

static char (*write_some(struct book *book, unsigned count))[TEXT_BYTES]
{
    char(*texts)[TEXT_BYTES] = calloc(count, TEXT_BYTES);

    for (unsigned i = 0; i < count; i++)
        write_next(book, texts[i]);
    return texts;
}

/* -- handing in --------------------------------------------------------------------------------------- */

static char *body_of(char *const *texts, unsigned count)
{
    json_t *array = json_array(), *body = json_object();
    char *dumped;

    for (unsigned i = 0; i < count; i++)
        json_array_append_new(array, json_string(texts[i]));
    json_object_set_new(body, "receipts", array);
    dumped = json_dumps(body, JSON_COMPACT);
    json_decref(body);
    return dumped;
}

static struct http_reply hand_in(char *const *texts, unsigned count)
{
    char *body = body_of(texts, count);
    struct http_reply reply =
        server_ask(&server, "POST", "/v1/gate/passes", cast.gate_account.key, body);

    free(body);
    cr_assert_eq(reply.status, 200, "%s", reply.body);
    return reply;
}

static const char *key_body(struct signer *of, const char *more)
{
    unsigned char point[ECC_POINT_BYTES];
    char x[65], y[65];

    cr_assert(ecc_point(signer_key(of)->public_key, point));
    hex_format(point, 32, x);
    hex_format(point + 32, 32, y);
    return say("{\"alg\":\"ES256\",\"x\":\"%s\",\"y\":\"%s\"%s}", x, y, more);
}

static void give_key(void)
{
    struct http_reply reply = server_must(&server, "POST", "/v1/gate/key", cast.gate_account.key,
                                          key_body(signer, ""));

    reply_clear(&reply);
}

static struct http_reply chain(void)
{
    return server_must(&server, "GET", say("/v1/devices/%lld/chain", cast.gate), server.operator_key,
                       NULL);
}

static void expect_chain(const char *when, bool whole, bool suspect)
{
    struct http_reply reply = chain();

    cr_expect_eq(json_is_true(reply_at(&reply, "whole")), whole, "%s: %s", when, reply.body);
    cr_expect_eq(json_is_true(reply_at(&reply, "suspect")), suspect, "%s: %s", when, reply.body);
    reply_clear(&reply);
}

static long long stored(void)
{
    return fixture_query_int("SELECT count(*) FROM pass WHERE source = 3");
}

static void expect_item(const struct http_reply *reply, unsigned item, int status, const char *code)
{
    cr_expect_eq(reply_int(reply, say("items.%u.status", item)), status, "%u: %s", item, reply->body);
    if (code != NULL)
        cr_expect_str_eq(reply_text(reply, say("items.%u.code", item)), code, "%u", item);
}

/* -- the gate's key ----------------------------------------------------------------------------------- */

static const struct {
    const char *name, *body, *field;
} bad_keys[] = {
    {"no hexadecimal", "{\"alg\":\"ES256\",\"x\":\"zz%062d\",\"y\":\"%064d\"}", "/x"},
    {"no point of the curve", "{\"alg\":\"ES256\",\"x\":\"%064d\",\"y\":\"%064d\"}", "/x"},
    {"another algorithm", "{\"alg\":\"EdDSA\",\"x\":\"%064d\",\"y\":\"%064d\"}", "/alg"},
    {"too short", "{\"alg\":\"ES256\",\"x\":\"%063d\",\"y\":\"%064d\"}", "/x"},
};

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
Test(receipts, a_key_that_is_none_is_refused_by_its_field)
{
    for (unsigned i = 0; i < sizeof bad_keys / sizeof *bad_keys; i++) {
        char body[512];
        struct http_reply reply;

        snprintf(body, sizeof body, bad_keys[i].body, 1, 1);
        reply = server_ask(&server, "POST", "/v1/gate/key", cast.gate_account.key, body);
        cr_expect_eq(reply.status, 400, "%s: %s", bad_keys[i].name, reply.body);
        cr_expect_str_eq(reply_text(&reply, "errors.0.pointer"), bad_keys[i].field, "%s: %s",
                         bad_keys[i].name, reply.body);
        reply_clear(&reply);
    }
    cr_expect_eq(fixture_query_int("SELECT count(*) FROM device_key"), 0);
}
#pragma GCC diagnostic pop

Test(receipts, a_gate_gives_its_first_key_and_the_operator_any_other)
{
    const char *path = say("/v1/devices/%lld/key", cast.gate);
    struct http_reply reply =
        server_ask(&server, "POST", "/v1/gate/key", cast.gate_account.key, key_body(signer, ""));

    cr_expect_eq(reply.status, 201, "%s", reply.body);
    reply_clear(&reply);
    reply = server_ask(&server, "POST", "/v1/gate/key", cast.gate_account.key, key_body(signer, ""));
    cr_expect_eq(reply.status, 200, "the same once more: %s", reply.body);
    reply_clear(&reply);
    reply = server_ask(&server, "POST", "/v1/gate/key", cast.gate_account.key,
                       key_body(other_signer, ""));
    cr_expect_eq(reply.status, 409);
    cr_expect_str_eq(reply_text(&reply, "code"), "gate_key_other");
    reply_clear(&reply);
    reply = server_ask(&server, "POST", path, server.operator_key, key_body(other_signer, ""));
    cr_expect_eq(reply.status, 201, "%s", reply.body);
    cr_expect_eq(reply_int(&reply, "number"), 2);
    reply_clear(&reply);
    cr_expect_eq(fixture_query_int("SELECT count(*) FROM audit WHERE action IN ('gate.key', 'device.key')"), 2);
    cr_expect_eq(fixture_query_int("SELECT count(*) FROM log_pending WHERE kind = 7")
                 + fixture_query_int("SELECT count(*) FROM log_leaf WHERE kind = 7"), 2);
}

Test(receipts, a_key_that_was_removed_no_longer_counts_and_a_newer_one_does)
{
    struct book book = book_of(cast.gate, cast.site, 1);
    char(*texts)[TEXT_BYTES] = write_some(&book, 2);
    char last[TEXT_BYTES];
    struct http_reply reply;

    give_key();
    reply = hand_in((char *[]){texts[0]}, 1);
    expect_item(&reply, 0, 201, NULL);
    reply_clear(&reply);
    reply = server_must(&server, "POST", say("/v1/devices/%lld/key", cast.gate), server.operator_key,
                        key_body(other_signer, ",\"remove_earlier\":true"));
    reply_clear(&reply);
    book.by = other_signer;
    write_next(&book, last);
    reply = hand_in((char *[]){texts[1], last}, 2);
    expect_item(&reply, 0, 422, "receipt_key");
    expect_item(&reply, 1, 201, NULL);
    reply_clear(&reply);
    free(texts);
}

/* -- one by one ----------------------------------------------------------------------------------------- */

Test(receipts, without_a_key_nothing_is_believed)
{
    struct book book = book_of(cast.gate, cast.site, 1);
    char(*texts)[TEXT_BYTES] = write_some(&book, 1);
    struct http_reply reply = hand_in((char *[]){texts[0]}, 1);

    expect_item(&reply, 0, 422, "receipt_key");
    reply_clear(&reply);
    cr_expect_eq(stored(), 0);
    free(texts);
}

Test(receipts, each_is_answered_by_itself_and_the_good_ones_are_kept)
{
    struct book book = book_of(cast.gate, cast.site, 1), strange = book, far, wrong;
    char(*good)[TEXT_BYTES] = write_some(&book, 3);
    char forged[TEXT_BYTES], foreign[TEXT_BYTES], changed[TEXT_BYTES], live[TEXT_BYTES], ago[TEXT_BYTES],
        badly[TEXT_BYTES];
    struct http_reply reply;
    struct build shown;

    give_key();
    strange.by = other_signer;
    write_next(&strange, forged);
    far = book_of(cast.other_gate, cast.other_site, 1);
    write_next(&far, foreign);
    memcpy(changed, good[2], sizeof changed);
    changed[60] = changed[60] == 'A' ? 'B' : 'A';
    shown = build_over(live, sizeof live);
    cr_assert(!err_is(token_issue_live(signer, &(struct live_claims){.iat = 1, .exp = 2}, &shown, NULL)));
    far = book;
    far.next.t_s -= 500 * 86400;
    write_next(&far, ago);
    wrong = book;
    wrong.next.direction = 2;
    wrong.next.verdict = 2; /* nobody is kept in */
    write_next(&wrong, badly);
    reply = hand_in((char *[]){good[0], forged, foreign, changed, (char[]){"JA1."}, (char[]){"hello"}, good[1], live, ago, badly,
                               good[2]}, 11);
    expect_item(&reply, 0, 201, NULL);
    expect_item(&reply, 1, 422, "receipt_key");
    expect_item(&reply, 2, 422, "receipt_gate");
    cr_expect_eq(reply_int(&reply, "items.3.status"), 422, "%s", reply.body);
    expect_item(&reply, 4, 422, "receipt_invalid");
    expect_item(&reply, 5, 422, "receipt_invalid");
    expect_item(&reply, 6, 201, NULL);
    expect_item(&reply, 7, 422, "receipt_invalid");
    expect_item(&reply, 8, 400, "date_too_old");
    expect_item(&reply, 9, 422, "receipt_invalid");
    expect_item(&reply, 10, 201, NULL);
    cr_expect_eq(reply_int(&reply, "accepted"), 3);
    cr_expect_eq(reply_int(&reply, "refused"), 8);
    reply_clear(&reply);
    cr_expect_eq(stored(), 3);
    cr_expect_eq(fixture_query_int("SELECT count(*) FROM receipt"), 3);
    reply = hand_in((char *[]){good[2], good[1], good[0]}, 3);
    cr_expect_eq(reply_int(&reply, "duplicates"), 3, "%s", reply.body);
    expect_item(&reply, 0, 200, NULL);
    reply_clear(&reply);
    cr_expect_eq(stored(), 3);
    expect_chain("three of three", true, false);
    free(good);
}

Test(receipts, every_flipped_bit_of_a_receipt_is_refused)
{
    struct book book = book_of(cast.gate, cast.site, 1);
    char bytes[RECEIPT_BYTES_MAX + 1], (*texts)[TEXT_BYTES] = calloc(500, TEXT_BYTES), *list[500];
    struct build out = build_over(bytes, sizeof bytes);
    unsigned count = 0;
    struct http_reply reply;

    give_key();
    cr_assert(!err_is(receipt_sign(signer, &book.next, &out, NULL)));
    for (unsigned bit = 0; bit < out.bytes * 8 && count < 500; bit += 5) {
        struct build shown = build_over(texts[count], TEXT_BYTES);

        bytes[bit / 8] = (char)(bytes[bit / 8] ^ 1 << bit % 8);
        envelope_format_text((struct text){bytes, out.bytes}, &shown);
        bytes[bit / 8] = (char)(bytes[bit / 8] ^ 1 << bit % 8);
        list[count] = texts[count];
        count++;
    }
    reply = hand_in(list, count);
    cr_expect_eq(reply_int(&reply, "refused"), count, "%s", reply.body);
    reply_clear(&reply);
    cr_expect_eq(stored(), 0);
    cr_expect_eq(fixture_query_int("SELECT count(*) FROM receipt"), 0);
    free(texts);
}

static const struct {
    const char *name, *body, *field;
} bad_bodies[] = {
    {"neither", "{\"x\":[]}", "/receipts"},
    {"both", "{\"receipts\":[\"a\"],\"passes\":[]}", "/"},
    {"no array", "{\"receipts\":\"JA1.\"}", "/receipts"},
    {"an empty one", "{\"receipts\":[]}", "/receipts"},
};

Test(receipts, a_body_that_is_none_is_refused_by_its_field)
{
    for (unsigned i = 0; i < sizeof bad_bodies / sizeof *bad_bodies; i++) {
        struct http_reply reply = server_ask(&server, "POST", "/v1/gate/passes", cast.gate_account.key,
                                             bad_bodies[i].body);

        cr_expect_eq(reply.status, 400, "%s: %s", bad_bodies[i].name, reply.body);
        cr_expect_str_eq(reply_text(&reply, "errors.0.pointer"), bad_bodies[i].field, "%s: %s",
                         bad_bodies[i].name, reply.body);
        reply_clear(&reply);
    }
}

/* -- the chain -------------------------------------------------------------------------------------------- */

Test(receipts, what_is_missing_is_told_and_filled_later)
{
    struct book book = book_of(cast.gate, cast.site, 1);
    char(*texts)[TEXT_BYTES] = write_some(&book, 10), after[TEXT_BYTES];
    struct http_reply reply;

    give_key();
    book.next.epoch = 2; /* the gate was started anew: the chain goes on */
    book.next.seq = 1;
    write_next(&book, after);
    reply = hand_in((char *[]){texts[9], texts[2], after}, 3);
    cr_expect_eq(reply_int(&reply, "accepted"), 3, "%s", reply.body);
    cr_expect_eq(reply_int(&reply, "gaps.0.first"), 4, "%s", reply.body);
    cr_expect_eq(reply_int(&reply, "gaps.0.last"), 9, "%s", reply.body);
    reply_clear(&reply);
    reply = chain();
    cr_expect_not(json_is_true(reply_at(&reply, "whole")));
    cr_expect_not(json_is_true(reply_at(&reply, "suspect")), "%s", reply.body);
    cr_expect_eq(reply_int(&reply, "epochs.1.missing"), 8, "%s", reply.body);
    cr_expect_eq(reply_int(&reply, "gaps.0.first"), 1, "%s", reply.body);
    cr_expect_eq(reply_int(&reply, "gaps.0.last"), 2);
    cr_expect_eq(reply_int(&reply, "gaps.1.first"), 4);
    reply_clear(&reply);
    reply = hand_in((char *[]){texts[8], texts[3], texts[0], texts[5], texts[4], texts[7], texts[6], texts[1]}, 8);
    cr_expect_eq(json_array_size(reply_at(&reply, "gaps")), 0, "%s", reply.body);
    reply_clear(&reply);
    expect_chain("all of it", true, false);
    free(texts);
}

Test(receipts, two_that_tell_different_things_under_one_number_are_both_kept)
{
    struct book book = book_of(cast.gate, cast.site, 1), image = book;
    char(*texts)[TEXT_BYTES] = write_some(&book, 3), fork[TEXT_BYTES];
    struct http_reply reply;

    give_key();
    reply = hand_in((char *[]){texts[0], texts[1], texts[2]}, 3);
    reply_clear(&reply);
    image.next.t_s += 7; /* an old image replays the first number at another time */
    write_next(&image, fork);
    for (unsigned again = 0; again < 2; again++) {
        reply = hand_in((char *[]){fork}, 1);
        expect_item(&reply, 0, 409, "receipt_fork");
        reply_clear(&reply);
    }
    cr_expect_eq(stored(), 3, "what came first stands");
    cr_expect_eq(fixture_query_int("SELECT count(*) FROM receipt WHERE seq = 1"), 2);
    reply = hand_in((char *[]){texts[0]}, 1);
    expect_item(&reply, 0, 200, NULL);
    reply_clear(&reply);
    expect_chain("a fork", true, true);
    free(texts);
}

Test(receipts, an_old_image_that_goes_on_in_a_new_epoch_is_seen)
{
    struct book book = book_of(cast.gate, cast.site, 1), image;
    char(*texts)[TEXT_BYTES] = write_some(&book, 2), next[TEXT_BYTES], other[TEXT_BYTES];
    struct http_reply reply;

    give_key();
    image = book; /* taken here */
    write_next(&book, next);
    image.next.epoch = 2;
    image.next.seq = 1;
    write_next(&image, other);
    reply = hand_in((char *[]){texts[0], texts[1], next, other}, 4);
    cr_expect_eq(reply_int(&reply, "accepted"), 4, "facts are kept: %s", reply.body);
    reply_clear(&reply);
    expect_chain("two that name one before them", true, true);
    free(texts);
}

Test(receipts, one_that_names_another_than_the_one_before_it_is_seen)
{
    struct book book = book_of(cast.gate, cast.site, 1);
    unsigned char first[RECEIPT_DIGEST_BYTES];
    char one[TEXT_BYTES], two[TEXT_BYTES], three[TEXT_BYTES];
    struct http_reply reply;

    give_key();
    write_next(&book, one);
    memcpy(first, book.last, sizeof first);
    write_next(&book, two);
    memcpy(book.next.prev, first, sizeof first);
    write_next(&book, three);
    reply = hand_in((char *[]){one, three}, 2);
    reply_clear(&reply);
    reply = chain();
    cr_expect_eq(reply_int(&reply, "epochs.0.broken"), 1, "%s", reply.body);
    cr_expect(json_is_true(reply_at(&reply, "suspect")));
    reply_clear(&reply);
}

Test(receipts, a_gate_that_lost_its_memory_is_seen)
{
    struct book book = book_of(cast.gate, cast.site, 1), anew = book_of(cast.gate, cast.site, 2);
    char one[TEXT_BYTES], two[TEXT_BYTES];
    struct http_reply reply;

    give_key();
    write_next(&book, one);
    write_next(&anew, two);
    reply = hand_in((char *[]){one, two}, 2);
    reply_clear(&reply);
    expect_chain("begun twice", true, true);
}

/* -- interrupted ---------------------------------------------------------------------------------------------- */

Test(receipts, what_breaks_off_at_any_byte_leaves_nothing_half_done)
{
    struct book book = book_of(cast.gate, cast.site, 1);
    char(*texts)[TEXT_BYTES] = write_some(&book, 3);
    char *body = body_of((char *[]){texts[0], texts[1], texts[2]}, 3), head[512];
    size_t head_bytes, whole;
    char *request;
    struct http_reply reply;

    give_key();
    head_bytes = (size_t)snprintf(head, sizeof head,
                                  "POST /v1/gate/passes HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\n"
                                  "Content-Type: application/json\r\nContent-Length: %zu\r\n\r\n",
                                  cast.gate_account.key, strlen(body));
    whole = head_bytes + strlen(body);
    request = malloc(whole + 1);
    snprintf(request, whole + 1, "%s%s", head, body);
    for (size_t cut = 1; cut < whole; cut += 23) {
        struct raw_client client;

        cr_assert(raw_open(&client, server.port));
        cr_assert(raw_send(&client, request, cut));
        raw_close(&client);
    }
    reply = server_must(&server, "GET", "/healthz", NULL, NULL);
    reply_clear(&reply);
    cr_expect_eq(stored(), 0);
    reply = hand_in((char *[]){texts[0], texts[1], texts[2]}, 3);
    cr_expect_eq(reply_int(&reply, "accepted"), 3, "%s", reply.body);
    reply_clear(&reply);
    free(request);
    free(body);
    free(texts);
}

/* -- three days alone ------------------------------------------------------------------------------------------ */

struct live {
    _Atomic bool stop;
    unsigned asked, well;
    int64_t slowest_ms;
    long long worker;
};

static int64_t now_ms(void)
{
    struct timespec at;

    clock_gettime(CLOCK_MONOTONIC, &at);
    return (int64_t)at.tv_sec * 1000 + at.tv_nsec / 1000000;
}

/* Another gate of the city, on a connection of its own, while the receipts come in. */
static void *ask_live(void *arg)
{
    struct live *live = arg;
    struct http_client client;

    client_open(&client, server.port);
    while (!atomic_load(&live->stop)) {
        char body[256];
        struct http_question question = {.method = "POST", .path = "/v1/gate/check", .body = body,
                                         .key = cast.other_gate_account.key};
        int64_t began = now_ms(), took;
        struct http_reply reply;

        snprintf(body, sizeof body,
                 "{\"worker_no\":\"%lld\",\"direction\":\"%s\",\"at\":\"%s\",\"epoch\":1,\"seq\":%u}",
                 live->worker, live->asked % 2 == 0 ? "in" : "out", city_now(), live->asked + 1);
        live->asked++;
        reply = client_ask(&client, &question);
        took = now_ms() - began;
        live->slowest_ms = took > live->slowest_ms ? took : live->slowest_ms;
        live->well += reply.status == 200 && strcmp(reply_text(&reply, "recorded"), "none") != 0;
        reply_clear(&reply);
        nanosleep(&(struct timespec){0, 10000000}, NULL);
    }
    client_close(&client);
    return NULL;
}

static unsigned draw(unsigned *state, unsigned below)
{
    *state = *state * 1664525 + 1013904223;
    return (*state >> 8) % below;
}

/* Shuffled; every fourth stands there twice. */
static char **shuffle(char (*texts)[TEXT_BYTES], unsigned count, unsigned *total)
{
    char **order = calloc(count + count / 4, sizeof *order);
    unsigned state = 7;

    *total = count + count / 4;
    for (unsigned i = 0; i < *total; i++)
        order[i] = texts[i < count ? i : (i - count) * 4];
    for (unsigned i = *total - 1; i > 0; i--) {
        unsigned j = draw(&state, i + 1);
        char *kept = order[i];

        order[i] = order[j];
        order[j] = kept;
    }
    return order;
}

Test(receipts, three_days_of_ten_thousand_come_shuffled_and_partly_twice_while_gates_go_on)
{
    struct book book = book_of(cast.gate, cast.site, 1);
    char(*texts)[TEXT_BYTES] = calloc(MANY, TEXT_BYTES), **order, number[19];
    struct live live = {0};
    unsigned total;
    long long accepted = 0, duplicates = 0;
    pthread_t thread;
    int64_t began;

    give_key();
    live.worker = cast_worker(&server, cast.other_contractor.key, "赵远", cast_number(number, "19900101", 9),
                              cast.other_site, "020");
    book.next.t_s -= 3 * 86400;
    for (unsigned i = 0; i < MANY; i++) {
        book.next.t_s += 25;
        book.next.direction = 1 + i % 2;
        write_next(&book, texts[i]);
    }
    order = shuffle(texts, MANY, &total);
    cr_assert_eq(pthread_create(&thread, NULL, ask_live, &live), 0);
    began = now_ms();
    for (unsigned at = 0; at < total; at += AT_ONCE) {
        unsigned count = total - at < AT_ONCE ? total - at : AT_ONCE;
        struct http_reply reply = hand_in(order + at, count);

        accepted += reply_int(&reply, "accepted");
        duplicates += reply_int(&reply, "duplicates");
        cr_assert_eq(reply_int(&reply, "refused"), 0, "%s", reply.body);
        reply_clear(&reply);
    }
    began = now_ms() - began;
    atomic_store(&live.stop, true);
    pthread_join(thread, NULL);
    fprintf(stderr, "%u receipts in %lld ms; %u live questions meanwhile, the slowest %lld ms\n", total,
            (long long)began, live.asked, (long long)live.slowest_ms);
    cr_expect_eq(accepted, MANY);
    cr_expect_eq(duplicates, (long long)total - MANY);
    cr_expect_eq(stored(), MANY);
    cr_expect_eq(fixture_query_int("SELECT count(*) FROM receipt"), MANY);
    cr_expect_eq(fixture_query_int("SELECT count(DISTINCT day) FROM pass WHERE source = 3") >= 3, 1);
    cr_expect_gt(live.asked, 10);
    cr_expect_eq(live.well, live.asked, "%u of %u", live.well, live.asked);
    expect_chain("all three days", true, false);
    free(order);
    free(texts);
}
