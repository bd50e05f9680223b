/* net/tls.c: how we speak TLS. Measured with testssl.sh; see README.md. */
#include "net/http.h"

#include <sys/stat.h>

#include <openssl/err.h>

#include "base/log.h"

static struct err refuse_file(SSL_CTX *context, enum err_code code, const char *file)
{
    const char *reason = ERR_reason_error_string(ERR_peek_last_error());

    log_event(LOG_ERROR, 0, "tls_refused", log_text("file", file), log_text("reason", reason));
    ERR_clear_error();
    SSL_CTX_free(context);
    return err_field(code, file, NULL);
}

static void harden(SSL_CTX *context)
{
    CHECK(SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) == 1);
    CHECK(SSL_CTX_set_max_proto_version(context, TLS1_3_VERSION) == 1);
    /* TLS 1.2: forward secrecy and AEAD; OpenSSL's own default still offers CBC (LUCKY13). */
    CHECK(SSL_CTX_set_cipher_list(context, "ECDHE+AESGCM:ECDHE+CHACHA20") == 1);
    /* No resumption at all: it would skip the check of a gate's certificate. */
    SSL_CTX_set_options(context, SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION |
                                     SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE);
    CHECK(SSL_CTX_set_num_tickets(context, 0) == 1);
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    /* An idle connection gives its two 16 KiB record buffers back. A write may be retried from
     * another address, because bufferevents move their buffers. */
    SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                                  SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
}

struct err tls_context_new(const char *certificate_file, const char *key_file, SSL_CTX **context)
{
    SSL_CTX *made;
    struct stat key;

    *context = NULL;
    if (stat(key_file, &key) != 0)
        return refuse_file(NULL, ERR_FILE_UNREADABLE, key_file);
    if ((key.st_mode & (S_IRWXG | S_IRWXO)) != 0)
        return refuse_file(NULL, ERR_FILE_MODE, key_file);
    ERR_clear_error();
    made = SSL_CTX_new(TLS_server_method());
    CHECK_ALLOCATED(made);
    harden(made);
    if (SSL_CTX_use_certificate_chain_file(made, certificate_file) != 1)
        return refuse_file(made, ERR_FILE_UNREADABLE, certificate_file);
    if (SSL_CTX_use_PrivateKey_file(made, key_file, SSL_FILETYPE_PEM) != 1 ||
        SSL_CTX_check_private_key(made) != 1)
        return refuse_file(made, ERR_FILE_UNREADABLE, key_file);
    *context = made;
    return OK;
}
