/* The life of HTTP connections: deadlines, peers that go away, drain, descriptors. */
#include <criterion/criterion.h>

#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "support/net_server.h"
#include "support/no_leaks.h"
#include "support/raw_client.h"

TestSuite(http_life, .fini = no_leaks, .timeout = 60);

static const char good[] = "GET /echo?fine HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";

static struct net_server *start(void)
{
    return net_server_start(&(struct net_server_options){.slow_ms = 50, .big_bytes = 200000});
}

/* Deadlines that a test can wait for. */
static struct net_server *start_hasty(void)
{
    return net_server_start(&(struct net_server_options){
        .limits = {.headers_ms = 300, .body_ms = 300, .handler_ms = 300, .write_ms = 300,
                   .idle_ms = 600, .linger_ms = 200},
        .slow_ms = 50,
        .big_bytes = 200000});
}

static void expect_alive(struct net_server *s, const char *after)
{
    int status = raw_ask(net_server_port(s), good, NULL);

    cr_expect(status == 200, "after %s a good request got %d", after, status);
}

static int64_t now_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void sleep_ms(long ms)
{
    nanosleep(&(struct timespec){ms / 1000, (ms % 1000) * 1000000}, NULL);
}

/* -- deadlines ----------------------------------------------------------------------------------- */

/* Sends `slowly` a byte every 50 ms until the server answers; returns the answer's status. */
static int drip(struct net_server *s, const char *at_once, const char *slowly, int64_t *took_ms)
{
    struct raw_client client;
    struct raw_answer answer;
    int64_t began_ms = now_ms();

    cr_assert(raw_open(&client, net_server_port(s)));
    cr_assert(raw_send_text(&client, at_once));
    for (const char *at = slowly; *at != '\0' && raw_send(&client, at, 1); at++) {
        sleep_ms(50);
        if (now_ms() - began_ms > 600)
            break;
    }
    answer = raw_read(&client, false);
    *took_ms = now_ms() - began_ms;
    cr_expect(raw_is_closed(&client, RAW_WAIT_MS));
    raw_answer_clear(&answer);
    raw_close(&client);
    return answer.status;
}

Test(http_life, a_byte_now_and_then_does_not_extend_a_deadline)
{
    struct net_server *s = start_hasty();
    int64_t took_ms;

    cr_expect(drip(s, "G", "ET /echo HTTP/1.1\r\nHost: aaaaaaaaaaaaaaaaaaaaaa", &took_ms) == 408);
    cr_expect(took_ms < 1500, "headers: %lld ms", (long long)took_ms);
    cr_expect(drip(s, "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n",
                   "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb", &took_ms) == 408);
    cr_expect(took_ms < 1500, "body: %lld ms", (long long)took_ms);
    expect_alive(s, "drips");
    net_server_stop(s);
}

Test(http_life, two_hundred_slow_peers_do_not_slow_a_good_one)
{
    enum { PEERS = 200, ASKED = 50 };
    static struct raw_client peers[PEERS];
    struct net_server *s = start();
    int64_t began_ms;

    for (int i = 0; i < PEERS; i++) {
        cr_assert(raw_open(&peers[i], net_server_port(s)));
        cr_assert(raw_send_text(&peers[i], i % 2 ? "GET /echo HTTP/1.1\r\nX:"
                                                 : "POST /echo HTTP/1.1\r\nHost: a\r\n"
                                                   "Content-Length: 50\r\n\r\nb"));
    }
    began_ms = now_ms();
    for (int i = 0; i < ASKED; i++)
        expect_alive(s, "slow peers");
    cr_expect(now_ms() - began_ms < ASKED * 50, "%d requests took %lld ms", ASKED,
              (long long)(now_ms() - began_ms));
    cr_expect(net_server_counts(s).connections_now >= PEERS);
    for (int i = 0; i < PEERS; i++)
        raw_close(&peers[i]);
    net_server_stop(s);
}

Test(http_life, an_idle_connection_is_closed_and_an_answered_one_may_idle_again)
{
    struct net_server *s = start_hasty();
    struct raw_client client;
    struct raw_answer answer;

    cr_assert(raw_open(&client, net_server_port(s)));
    for (int i = 0; i < 3; i++) {
        sleep_ms(350); /* longer than half the idle time: the deadline starts anew each time */
        cr_assert(raw_send_text(&client, "GET /echo HTTP/1.1\r\nHost: a\r\n\r\n"));
        answer = raw_read(&client, false);
        cr_expect(answer.status == 200, "turn %d: %d", i, answer.status);
        raw_answer_clear(&answer);
    }
    cr_expect(!raw_is_closed(&client, 300));
    cr_expect(raw_is_closed(&client, 1500));
    raw_close(&client);
    net_server_stop(s);
}

Test(http_life, a_slow_handler_is_answered_for_and_its_own_answer_dropped)
{
    struct net_server *s = start_hasty();
    struct raw_client client;
    struct raw_answer answer;
    char value[256];
    struct http_counts counts;

    cr_assert(raw_open(&client, net_server_port(s)));
    cr_assert(raw_send_text(&client, "GET /never HTTP/1.1\r\nHost: a\r\n\r\n"));
    answer = raw_read(&client, false);
    cr_expect(answer.status == 503 && answer.close);
    cr_expect_str_eq(raw_header(&answer, "Retry-After", value), "1");
    raw_answer_clear(&answer);
    cr_expect(raw_is_closed(&client, RAW_WAIT_MS));
    raw_close(&client);
    sleep_ms(300); /* the socket is long gone when the handler answers */
    net_server_release(s);
    counts = net_server_counts(s);
    cr_expect(counts.late == 1 && counts.dropped == 1 && counts.connections_now == 0);
    expect_alive(s, "a slow handler");
    net_server_stop(s);
}

Test(http_life, a_handler_that_answers_just_after_its_deadline_is_dropped_too)
{
    struct net_server *s = net_server_start(&(struct net_server_options){
        .limits = {.headers_ms = 5000, .body_ms = 5000, .handler_ms = 100, .write_ms = 5000,
                   .idle_ms = 5000, .linger_ms = 5000}});
    struct raw_client client;
    struct raw_answer answer;

    cr_assert(raw_open(&client, net_server_port(s)));
    cr_assert(raw_send_text(&client, "GET /never HTTP/1.1\r\nHost: a\r\n\r\n"));
    answer = raw_read(&client, false);
    cr_expect(answer.status == 503);
    raw_answer_clear(&answer);
    cr_expect(net_server_counts(s).connections_now == 1, "the connection lingers");
    net_server_release(s);
    cr_expect(net_server_counts(s).dropped == 1);
    cr_expect(raw_is_closed(&client, RAW_WAIT_MS));
    cr_expect(client.count == 0, "a second answer followed the first");
    raw_close(&client);
    net_server_stop(s);
}

Test(http_life, a_peer_that_does_not_read_is_cut_off)
{
    struct net_server *s = start_hasty();
    struct raw_client client;

    cr_assert(raw_open(&client, net_server_port(s)));
    for (int i = 0; i < 100; i++) /* 20 MB of answers, more than socket buffers hold */
        cr_assert(raw_send_text(&client, "GET /big HTTP/1.1\r\nHost: a\r\n\r\n"));
    for (int i = 0; i < 60 && net_server_counts(s).connections_now > 0; i++)
        sleep_ms(50);
    cr_expect(net_server_counts(s).connections_now == 0);
    cr_expect(net_server_counts(s).requests < 100, "it went on answering");
    raw_close(&client);
    expect_alive(s, "a peer that does not read");
    net_server_stop(s);
}

/* -- peers that go away -------------------------------------------------------------------------- */

Test(http_life, a_peer_that_hangs_up_while_the_handler_works_does_no_harm)
{
    enum { PEERS = 60 };
    struct net_server *s = start();
    struct raw_client client;

    for (unsigned i = 0; i < PEERS; i++) {
        cr_assert(raw_open(&client, net_server_port(s)));
        cr_assert(raw_send_text(&client, "GET /never HTTP/1.1\r\nHost: a\r\n\r\n"));
        while (net_server_held(s) <= i)
            sleep_ms(1);
        if (i % 3 == 0)
            raw_close(&client);
        else if (i % 3 == 1)
            raw_reset(&client);
        else
            raw_half_close(&client);
        raw_close(&client);
    }
    net_server_release(s);
    for (int i = 0; i < 100 && net_server_counts(s).connections_now > 0; i++)
        sleep_ms(20);
    cr_expect(net_server_counts(s).connections_now == 0);
    expect_alive(s, "hang-ups");
    net_server_stop(s);
}

Test(http_life, a_peer_that_half_closes_still_gets_its_answers)
{
    struct net_server *s = start();
    struct raw_client client;
    struct raw_answer answer;

    cr_assert(raw_open(&client, net_server_port(s)));
    cr_assert(raw_send_text(&client, "GET /slow HTTP/1.1\r\nHost: a\r\n\r\n"
                                     "GET /echo?2 HTTP/1.1\r\nHost: a\r\n\r\n"));
    raw_half_close(&client);
    answer = raw_read(&client, false);
    cr_expect_str_eq(answer.body, "slow");
    raw_answer_clear(&answer);
    answer = raw_read(&client, false);
    cr_expect_str_eq(answer.body, "2");
    raw_answer_clear(&answer);
    cr_expect(raw_is_closed(&client, RAW_WAIT_MS));
    raw_close(&client);
    net_server_stop(s);
}

Test(http_life, a_request_cut_short_is_not_executed)
{
    static const char request[] = "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nabcd";
    struct net_server *s = start();

    for (size_t cut = 0; cut < sizeof request - 1; cut += 3) {
        struct raw_client client;

        cr_assert(raw_open(&client, net_server_port(s)));
        cr_assert(raw_send(&client, request, cut));
        raw_half_close(&client);
        cr_expect(raw_is_closed(&client, RAW_WAIT_MS), "cut at %zu", cut);
        raw_close(&client);
    }
    cr_expect(net_server_counts(s).requests == 0);
    expect_alive(s, "cut requests");
    net_server_stop(s);
}

/* -- drain and descriptors ----------------------------------------------------------------------- */

Test(http_life, draining_answers_what_is_open_and_closes_what_is_idle)
{
    struct net_server *s = start();
    struct raw_client open_one, idle, half;
    struct raw_answer answer;

    cr_assert(raw_open(&idle, net_server_port(s)));
    cr_assert(raw_open(&half, net_server_port(s)));
    cr_assert(raw_open(&open_one, net_server_port(s)));
    cr_assert(raw_send_text(&half, "GET /echo?half HTTP/1.1\r\n"));
    cr_assert(raw_send_text(&open_one, "GET /never HTTP/1.1\r\nHost: a\r\n\r\n"));
    while (net_server_held(s) == 0 || net_server_counts(s).connections_now < 3)
        sleep_ms(5);
    sleep_ms(50);
    net_server_drain_begin(s, 10000);
    cr_expect(raw_is_closed(&idle, RAW_WAIT_MS));
    cr_expect(raw_ask(net_server_port(s), good, NULL) == 0, "a new connection was accepted");
    cr_assert(raw_send_text(&half, "Host: a\r\n\r\n"));
    answer = raw_read(&half, false);
    cr_expect(answer.status == 200 && answer.close);
    raw_answer_clear(&answer);
    cr_expect(raw_is_closed(&half, RAW_WAIT_MS));
    net_server_release(s);
    answer = raw_read(&open_one, false);
    cr_expect(answer.status == 200 && answer.close);
    cr_expect_str_eq(answer.body, "held");
    raw_answer_clear(&answer);
    cr_expect(raw_is_closed(&open_one, RAW_WAIT_MS));
    raw_close(&idle);
    raw_close(&half);
    raw_close(&open_one);
    cr_expect(net_server_drain_end(s, 5000));
    net_server_stop(s);
}

Test(http_life, a_drain_ends_in_time_even_when_a_handler_never_answers)
{
    struct net_server *s = start();
    struct raw_client client;
    int64_t began_ms;

    cr_assert(raw_open(&client, net_server_port(s)));
    cr_assert(raw_send_text(&client, "GET /never HTTP/1.1\r\nHost: a\r\n\r\n"));
    while (net_server_held(s) == 0)
        sleep_ms(5);
    began_ms = now_ms();
    cr_expect(net_server_drain(s, 300));
    cr_expect(now_ms() - began_ms >= 250 && now_ms() - began_ms < 2000);
    net_server_release(s); /* the late answer finds nobody */
    cr_expect(net_server_counts(s).dropped == 1);
    raw_close(&client);
    net_server_stop(s);
}

Test(http_life, an_answer_that_outlives_the_server_finds_nobody)
{
    struct net_server *s = start();
    struct raw_client client;

    cr_assert(raw_open(&client, net_server_port(s)));
    cr_assert(raw_send_text(&client, "GET /never HTTP/1.1\r\nHost: a\r\n\r\n"));
    while (net_server_held(s) == 0)
        sleep_ms(5);
    net_server_end_http(s);
    cr_expect(raw_is_closed(&client, RAW_WAIT_MS));
    net_server_release(s);
    raw_close(&client);
    net_server_stop(s);
}

Test(http_life, an_idle_server_drains_at_once)
{
    struct net_server *s = start();
    int64_t began_ms = now_ms();

    cr_expect(net_server_drain(s, 5000));
    cr_expect(now_ms() - began_ms < 1000);
    net_server_stop(s);
}

Test(http_life, running_out_of_descriptors_neither_spins_nor_sticks)
{
    enum { LIMIT = 64 };
    struct net_server *s;
    struct raw_client clients[LIMIT];
    struct http_counts counts;
    struct rlimit limit;
    struct timespec cpu_before, cpu_after;
    int opened = 0, spare[LIMIT], spares = 0;
    int64_t cpu_ms;

    s = start();
    cr_assert(getrlimit(RLIMIT_NOFILE, &limit) == 0);
    limit.rlim_cur = LIMIT;
    cr_assert(setrlimit(RLIMIT_NOFILE, &limit) == 0);
    /* Client and server share the limit here: the peers' own sockets use it up. */
    while (opened < LIMIT && raw_open(&clients[opened], net_server_port(s)))
        opened++;
    raw_close(&clients[opened]);
    while (spares < LIMIT && (spare[spares] = dup(0)) >= 0)
        spares++;
    cr_assert(clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &cpu_before) == 0);
    sleep_ms(1500);
    cr_assert(clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &cpu_after) == 0);
    counts = net_server_counts(s);
    cr_expect(counts.accept_pauses >= 1 && counts.accept_pauses <= 8, "%llu pauses",
              (unsigned long long)counts.accept_pauses);
    cpu_ms = (cpu_after.tv_sec - cpu_before.tv_sec) * 1000 +
             (cpu_after.tv_nsec - cpu_before.tv_nsec) / 1000000;
    cr_expect(cpu_ms < 300, "%lld ms of CPU in 1.5 s", (long long)cpu_ms);
    while (spares > 0)
        close(spare[--spares]);
    while (opened > 0)
        raw_close(&clients[--opened]);
    sleep_ms(HTTP_ACCEPT_PAUSE_MS + 200);
    expect_alive(s, "running out of descriptors");
    net_server_stop(s);
}

Test(http_life, the_last_descriptors_are_not_given_to_peers)
{
    enum { LIMIT = 64 };
    struct net_server *s = start();
    struct rlimit limit;
    struct raw_client client;
    int taken[LIMIT], count = 0;

    cr_assert(getrlimit(RLIMIT_NOFILE, &limit) == 0);
    limit.rlim_cur = LIMIT;
    cr_assert(setrlimit(RLIMIT_NOFILE, &limit) == 0);
    do {
        cr_assert(count < LIMIT && (taken[count] = dup(0)) >= 0);
    } while (taken[count++] < LIMIT - HTTP_SPARE_DESCRIPTORS - 2);
    cr_assert(raw_open(&client, net_server_port(s))); /* takes the last but the spare ones */
    cr_expect(raw_is_closed(&client, RAW_WAIT_MS));
    cr_expect(net_server_counts(s).accept_pauses == 1);
    cr_expect(net_server_counts(s).accepted == 0);
    raw_close(&client);
    while (count > 0)
        close(taken[--count]);
    sleep_ms(HTTP_ACCEPT_PAUSE_MS + 200);
    expect_alive(s, "a shortage of descriptors");
    net_server_stop(s);
}
