/* TLS: what is offered, what is refused, and that the connection's life is the same under it. */
#include <criterion/criterion.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include "base/log.h"
#include "support/net_server.h"
#include "support/no_leaks.h"
#include "support/raw_client.h"

static const char good[] = "GET /echo?fine HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";

static void sleep_ms(long ms)
{
    nanosleep(&(struct timespec){ms / 1000, (ms % 1000) * 1000000}, NULL);
}

static char tls_dir[] = "/tmp/test_tls_XXXXXX";

static void write_pem(const char *name, EVP_PKEY *key, X509 *certificate, mode_t mode)
{
    char path[128];
    FILE *file;

    snprintf(path, sizeof path, "%s/%s", tls_dir, name);
    file = fopen(path, "w");
    cr_assert(file != NULL);
    if (key != NULL)
        cr_assert(PEM_write_PrivateKey(file, key, NULL, NULL, 0, NULL, NULL) == 1);
    if (certificate != NULL)
        cr_assert(PEM_write_X509(file, certificate) == 1);
    fclose(file);
    cr_assert(chmod(path, mode) == 0);
}

static X509 *self_sign(EVP_PKEY *key)
{
    X509 *certificate = X509_new();
    X509_NAME *name = X509_get_subject_name(certificate);

    cr_assert(X509_set_version(certificate, 2) == 1);
    cr_assert(ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1) == 1);
    cr_assert(X509_gmtime_adj(X509_getm_notBefore(certificate), 0) != NULL);
    cr_assert(X509_gmtime_adj(X509_getm_notAfter(certificate), 3600) != NULL);
    cr_assert(X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                                         (const unsigned char *)"localhost", -1, -1, 0) == 1);
    cr_assert(X509_set_issuer_name(certificate, name) == 1);
    cr_assert(X509_set_pubkey(certificate, key) == 1);
    cr_assert(X509_sign(certificate, key, EVP_sha256()) > 0);
    return certificate;
}

static void make_certificate(void)
{
    EVP_PKEY *key = EVP_EC_gen("P-256"), *other = EVP_EC_gen("P-256");
    X509 *certificate = self_sign(key);

    cr_assert(mkdtemp(tls_dir) != NULL);
    write_pem("cert.pem", NULL, certificate, 0644);
    write_pem("key.pem", key, NULL, 0600);
    write_pem("open.pem", key, NULL, 0640);
    write_pem("other.pem", other, NULL, 0600);
    X509_free(certificate);
    EVP_PKEY_free(key);
    EVP_PKEY_free(other);
}

static void remove_certificate(void)
{
    static const char *const names[] = {"cert.pem", "key.pem", "open.pem", "other.pem"};
    char path[128];

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        snprintf(path, sizeof path, "%s/%s", tls_dir, names[i]);
        unlink(path);
    }
    rmdir(tls_dir);
    no_leaks();
}

static struct err load(const char *certificate_name, const char *key_name, SSL_CTX **context)
{
    char certificate[128], key[128];

    snprintf(certificate, sizeof certificate, "%s/%s", tls_dir, certificate_name);
    snprintf(key, sizeof key, "%s/%s", tls_dir, key_name);
    return tls_context_new(certificate, key, context);
}

TestSuite(tls, .init = make_certificate, .fini = remove_certificate, .timeout = 60);

static struct net_server *start_tls(const struct http_limits *limits)
{
    struct net_server *s;
    SSL_CTX *context;

    cr_assert(!err_is(load("cert.pem", "key.pem", &context)));
    s = net_server_start(&(struct net_server_options){
        .limits = limits != NULL ? *limits : (struct http_limits){0},
        .tls = context,
        .slow_ms = 50,
        .big_bytes = 200000});
    SSL_CTX_free(context);
    return s;
}

static void expect_tls_alive(struct net_server *s, const char *after)
{
    struct raw_client client;
    struct raw_answer answer = {0};

    if (raw_open_tls(&client, net_server_port(s), TLS1_3_VERSION) && raw_send_text(&client, good))
        answer = raw_read(&client, false);
    cr_expect(answer.status == 200, "after %s: %d", after, answer.status);
    raw_answer_clear(&answer);
    raw_close(&client);
}

Test(tls, a_key_file_that_others_can_read_is_refused)
{
    SSL_CTX *context;

    log_set_level(LOG_ERROR);
    cr_expect(load("cert.pem", "open.pem", &context).code == ERR_FILE_MODE);
    cr_expect(context == NULL);
    cr_expect(load("cert.pem", "other.pem", &context).code == ERR_FILE_UNREADABLE);
    cr_expect(load("none.pem", "key.pem", &context).code == ERR_FILE_UNREADABLE);
    cr_expect(load("cert.pem", "none.pem", &context).code == ERR_FILE_UNREADABLE);
    cr_expect(!err_is(load("cert.pem", "key.pem", &context)));
    SSL_CTX_free(context);
}

Test(tls, requests_are_served_over_tls_1_2_and_1_3)
{
    static const int versions[] = {TLS1_2_VERSION, TLS1_3_VERSION};
    struct net_server *s = start_tls(NULL);

    for (size_t i = 0; i < 2; i++) {
        struct raw_client client;
        struct raw_answer answer;

        cr_assert(raw_open_tls(&client, net_server_port(s), versions[i]));
        cr_expect(SSL_version(client.tls) == versions[i]);
        cr_assert(raw_send_text(&client, "GET /big HTTP/1.1\r\nHost: a\r\n\r\n"
                                         "GET /slow HTTP/1.1\r\nHost: a\r\n\r\n"
                                         "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n"
                                         "Connection: close\r\n\r\nabc"));
        answer = raw_read(&client, false);
        cr_expect(answer.status == 200 && answer.body_bytes == 200000);
        raw_answer_clear(&answer);
        answer = raw_read(&client, false);
        cr_expect_str_eq(answer.body, "slow");
        raw_answer_clear(&answer);
        answer = raw_read(&client, false);
        cr_expect_str_eq(answer.body, "abc");
        raw_answer_clear(&answer);
        cr_expect(raw_is_closed(&client, RAW_WAIT_MS));
        cr_expect(SSL_get_shutdown(client.tls) & SSL_RECEIVED_SHUTDOWN, "no close_notify");
        raw_close(&client);
    }
    net_server_stop(s);
}

Test(tls, old_versions_and_plain_bytes_are_refused)
{
    static const int versions[] = {TLS1_VERSION, TLS1_1_VERSION};
    struct net_server *s = start_tls(NULL);
    struct raw_client client;

    for (size_t i = 0; i < 2; i++) {
        cr_expect(!raw_open_tls(&client, net_server_port(s), versions[i]));
        raw_close(&client);
        expect_tls_alive(s, "an old version");
    }
    cr_assert(raw_open(&client, net_server_port(s)));
    cr_assert(raw_send_text(&client, good));
    cr_expect(raw_is_closed(&client, RAW_WAIT_MS), "plain bytes on the TLS port");
    raw_close(&client);
    cr_expect(net_server_counts(s).requests == 2);
    expect_tls_alive(s, "plain bytes");
    net_server_stop(s);
}

Test(tls, only_forward_secret_aead_suites_and_no_tickets_are_offered)
{
    struct net_server *s = start_tls(NULL);
    struct raw_client client;
    struct raw_answer answer;

    cr_assert(raw_open_tls(&client, net_server_port(s), TLS1_2_VERSION));
    cr_expect(strncmp(SSL_get_cipher_name(client.tls), "ECDHE-", 6) == 0);
    cr_expect(SSL_CIPHER_is_aead(SSL_get_current_cipher(client.tls)));
    cr_expect(!SSL_SESSION_has_ticket(SSL_get_session(client.tls)));
    cr_expect(SSL_get_secure_renegotiation_support(client.tls));
    raw_close(&client);
    cr_assert(raw_open_tls(&client, net_server_port(s), TLS1_3_VERSION));
    cr_assert(raw_send_text(&client, good));
    answer = raw_read(&client, false); /* 1.3 sends tickets after the handshake */
    cr_expect(answer.status == 200);
    cr_expect(!SSL_SESSION_is_resumable(SSL_get_session(client.tls)));
    raw_answer_clear(&answer);
    raw_close(&client);
    net_server_stop(s);
}

Test(tls, a_handshake_that_does_not_come_is_cut_off)
{
    static const struct http_limits limits = {.headers_ms = 300, .body_ms = 300,
                                              .handler_ms = 300, .write_ms = 300,
                                              .idle_ms = 10000, .linger_ms = 200};
    struct net_server *s = start_tls(&limits);
    struct raw_client silent, dripping;

    cr_assert(raw_open(&silent, net_server_port(s)));
    cr_assert(raw_open(&dripping, net_server_port(s)));
    for (int i = 0; i < 6; i++) {
        (void)raw_send(&dripping, &"\x16\x03\x01\x00\x80\x01"[i], 1);
        sleep_ms(60);
    }
    cr_expect(raw_is_closed(&silent, 1000));
    cr_expect(raw_is_closed(&dripping, 1000));
    raw_close(&silent);
    raw_close(&dripping);
    expect_tls_alive(s, "a slow handshake");
    net_server_stop(s);
}

struct refusal {
    const char *name, *bytes;
    int status;
};

Test(tls, a_malformed_request_is_refused_over_tls_too)
{
    static const struct refusal refusals[] = {
        {"no Host", "GET /echo HTTP/1.1\r\n\r\n", 400},
        {"bare LF", "GET /echo HTTP/1.1\n", 400},
        {"chunked", "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n", 411},
        {"too large", "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 65537\r\n\r\nabc", 413},
        {"unknown method", "BREW /echo HTTP/1.1\r\nHost: a\r\n\r\n", 501},
    };
    struct net_server *s = start_tls(NULL);

    for (size_t i = 0; i < sizeof refusals / sizeof refusals[0]; i++) {
        struct raw_client client;
        struct raw_answer answer;

        cr_assert(raw_open_tls(&client, net_server_port(s), TLS1_3_VERSION));
        cr_assert(raw_send_text(&client, refusals[i].bytes));
        answer = raw_read(&client, false);
        cr_expect(answer.status == refusals[i].status, "%s: %d", refusals[i].name, answer.status);
        cr_expect(raw_is_closed(&client, RAW_WAIT_MS), "%s", refusals[i].name);
        raw_answer_clear(&answer);
        raw_close(&client);
    }
    net_server_stop(s);
}

Test(tls, peers_that_vanish_while_the_handler_works_do_no_harm)
{
    struct net_server *s = start_tls(NULL);
    struct raw_client client;

    for (unsigned i = 0; i < 30; i++) {
        cr_assert(raw_open_tls(&client, net_server_port(s), TLS1_3_VERSION));
        cr_assert(raw_send_text(&client, "GET /never HTTP/1.1\r\nHost: a\r\n\r\n"));
        while (net_server_held(s) <= i)
            sleep_ms(1);
        if (i % 2 == 0)
            raw_reset(&client);
        else
            raw_close(&client);
    }
    net_server_release(s);
    for (int i = 0; i < 100 && net_server_counts(s).connections_now > 0; i++)
        sleep_ms(20);
    cr_expect(net_server_counts(s).connections_now == 0);
    expect_tls_alive(s, "vanished peers");
    net_server_stop(s);
}
