/* clients/cli/cose.c: `jianan cose verify`: any COSE_Sign1, also others', against one key. */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "clients/cli/code_files.h"
#include "clients/cli/exit.h"
#include "crypto/cose_any.h"
#include "crypto/public_key.h"
#include "crypto/seal.h"

int cose_main(int argc, char **argv);

enum { MESSAGE_BYTES_MAX = 8 << 20, KEY_FILE_BYTES_MAX = 16 * 1024, KID_SHOWN_MAX = 256 };

static const char usage_text[] =
    "usage: jianan cose verify --key FILE [--external HEX] [--payload FILE] < message\n"
    "The message is a COSE_Sign1 (RFC 9052), tagged or not, as bytes or as hex digits; ES256 or SM2.\n"
    "--key       PEM, JWK or COSE_Key (bytes or hex digits)\n"
    "--external  externally supplied data (external_aad)\n"
    "--payload   the content of a message that holds none\n"
    "Exit status: 0 verified, 1 not, 3 not a COSE_Sign1 or no such key.\n";

struct cose_options {
    const char *key_file, *payload_file, *external_hex;
};

static int usage(const char *what)
{
    if (what != NULL)
        fprintf(stderr, "jianan cose: %s\n", what);
    fputs(usage_text, stderr);
    return CLI_USAGE;
}

/* Hex digits and blanks between them become bytes, in place; anything else stays as it is. */
static struct text bytes_of(char *at, struct text given)
{
    size_t digits = 0;
    char *hex = malloc(given.bytes + 1);
    struct text bytes = given;

    CHECK_ALLOCATED(hex);
    for (size_t i = 0; i < given.bytes; i++) {
        if (strchr(" \t\r\n", at[i]) == NULL || at[i] == '\0')
            hex[digits++] = at[i];
    }
    if (digits > 0 && hex_parse((struct text){hex, digits}, at, digits / 2))
        bytes.bytes = digits / 2;
    free(hex);
    return bytes;
}

static EVP_PKEY *load_key(const char *file)
{
    static char content[KEY_FILE_BYTES_MAX];
    struct text text = {NULL, 0};
    struct err e = signed_file_read(file, content, sizeof content, &text);
    EVP_PKEY *key = NULL;

    if (err_is(e)) {
        (void)file_complain("cose", file, e);
        return NULL;
    }
    key = public_key_parse(text);
    if (key == NULL)
        fprintf(stderr, "jianan cose: %s: no public key on P-256 or SM2, as PEM, JWK or COSE_Key\n",
                file);
    return key;
}

static void put_answer(const struct cose_any *message, enum cose_any_why why)
{
    char line[2 * KID_SHOWN_MAX + 512], hex[2 * KID_SHOWN_MAX + 1];
    struct build out = build_over(line, sizeof line);
    struct json_writer w = json_writer_over(&out);
    const struct ecc_alg *alg = message->has_alg ? ecc_alg_find(message->alg) : NULL;

    json_open_object(&w, NULL);
    json_put_bool(&w, "verified", why == COSE_ANY_OK);
    json_put_string(&w, "why", cose_any_why_name(why));
    if (alg != NULL)
        json_put_string(&w, "alg", alg->name);
    else if (message->has_alg)
        json_put_int(&w, "alg", message->alg);
    else
        json_put_null(&w, "alg");
    hex_format(message->kid.at, message->kid.bytes < KID_SHOWN_MAX ? message->kid.bytes
                                                                  : KID_SHOWN_MAX, hex);
    json_put_string(&w, "kid", message->kid.at != NULL ? hex : NULL);
    json_put_bool(&w, "tagged", message->is_tagged);
    json_put_int(&w, "payload_bytes", (int64_t)message->sign1.payload.bytes);
    json_close_object(&w);
    CHECK(!out.full);
    puts(line);
}

/* The message's own payload, or the one that stands elsewhere. NULL, or what is wrong. */
static const char *take_payload(const struct cose_options *options, struct cose_any *message)
{
    static char content[MESSAGE_BYTES_MAX];
    struct err e;

    if (message->is_detached && options->payload_file == NULL)
        return "the message holds no content: --payload FILE is needed";
    if (!message->is_detached && options->payload_file != NULL)
        return "the message holds its content: no --payload";
    if (options->payload_file == NULL)
        return NULL;
    e = signed_file_read(options->payload_file, content, sizeof content, &message->sign1.payload);
    return err_is(e) ? err_row(e.code)->en : NULL;
}

static int verify_message(const struct cose_options *options, EVP_PKEY *key, struct text external)
{
    static char content[MESSAGE_BYTES_MAX];
    struct text given = {NULL, 0};
    struct cose_any message = {0};
    enum cose_any_why why = COSE_ANY_FORMAT;
    const char *wrong = NULL;
    struct err e = signed_file_read("-", content, sizeof content, &given);

    if (err_is(e))
        return file_complain("cose", "standard input", e);
    why = cose_any_read(bytes_of(content, given), &message);
    if (why == COSE_ANY_OK)
        wrong = take_payload(options, &message);
    if (wrong != NULL) {
        fprintf(stderr, "jianan cose: %s\n", wrong);
        return CLI_INPUT;
    }
    if (why == COSE_ANY_OK)
        why = cose_any_verify(&message, external, key);
    put_answer(&message, why);
    return why == COSE_ANY_OK ? CLI_DONE : why == COSE_ANY_FORMAT ? CLI_INPUT : CLI_NEGATIVE;
}

static int verify(const struct cose_options *options)
{
    static char external[KEY_FILE_BYTES_MAX];
    struct text hex = text_of(options->external_hex);
    EVP_PKEY *key;
    int status;

    if (hex.bytes / 2 > sizeof external || !hex_parse(hex, external, hex.bytes / 2))
        return usage("--external takes hex digits");
    key = load_key(options->key_file);
    if (key == NULL)
        return CLI_INPUT;
    status = verify_message(options, key, (struct text){external, hex.bytes / 2});
    EVP_PKEY_free(key);
    return fflush(stdout) == 0 ? status : CLI_INPUT;
}

/* argv[0] is "cose", argv[1] what to do. */
int cose_main(int argc, char **argv)
{
    static const struct option rows[] = {{"key", required_argument, NULL, 'k'},
                                         {"external", required_argument, NULL, 'e'},
                                         {"payload", required_argument, NULL, 'p'},
                                         {NULL, 0, NULL, 0}};
    struct cose_options options = {0};
    int option;

    if (argc == 2 && strcmp(argv[1], "--help") == 0)
        return fputs(usage_text, stdout) >= 0 ? CLI_DONE : CLI_INPUT;
    if (argc < 2 || strcmp(argv[1], "verify") != 0)
        return usage("verify?");
    opterr = 0;
    optind = 1;
    while ((option = getopt_long(argc - 1, argv + 1, "", rows, NULL)) != -1) {
        switch (option) {
        case 'k': options.key_file = optarg; break;
        case 'e': options.external_hex = optarg; break;
        case 'p': options.payload_file = optarg; break;
        default:  return usage("unknown option");
        }
    }
    if (optind < argc - 1 || options.key_file == NULL)
        return usage(options.key_file == NULL ? "--key FILE is needed"
                                              : "the message is read from standard input");
    return verify(&options);
}
