/* clients/cli/code.c: `jianan code`: judges codes against a trust list, shows what is in them, draws
 * them. Works without a server. */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/base32.h"
#include "base/clock.h"
#include "base/json.h"
#include "clients/cli/exit.h"
#include "crypto/cbor.h"
#include "crypto/cose.h"
#include "crypto/qr.h"
#include "crypto/seal.h"
#include "crypto/token.h"

int code_main(int argc, char **argv);

enum { ANSWER_BYTES_MAX = 16 * 1024, PNG_SCALE = 8 };

static const char usage_text[] =
    "usage: jianan code verify --trust FILE [--site ID] [--gate ID] [--direction in|out]\n"
    "                          [--policy-id N] [--now SECONDS] [--skew N] < texts > answers.jsonl\n"
    "       jianan code inspect < texts > fields.jsonl\n"
    "       jianan code qr TEXT [--svg FILE | --png FILE]\n";

static int usage(const char *what)
{
    if (what != NULL)
        fprintf(stderr, "jianan code: %s\n", what);
    fputs(usage_text, stderr);
    return CLI_USAGE;
}

static int input_error(const char *file, struct err e)
{
    fprintf(stderr, "jianan code: %s: %s%s%s%s%s\n", file, err_row(e.code)->en,
            e.field != NULL ? ": " : "", e.field != NULL ? e.field : "",
            e.expected != NULL ? ", expected " : "", e.expected != NULL ? e.expected : "");
    return CLI_INPUT;
}

/* -- verify ------------------------------------------------------------------------------------- */

struct verify_options {
    const char *trust_file;
    int64_t now_s, skew_s;
    int64_t policy; /* of the gate; -1 when it was not said */
};

struct answer {
    const char *verdict, *why;
    bool colour_counts; /* a colour of another policy does not */
    bool other_policy;
};

/* What a genuine token in time says by itself: green opens. Yellow needs a site's written rule that
 * says so, and none is here. */
static struct answer answer_for(const struct token *token, const struct verify_options *options)
{
    if (token->kind == TOKEN_BADGE)
        return (struct answer){.verdict = "open", .why = "ok"};
    if (options->policy >= 0 && options->policy != token->live.policy)
        return (struct answer){.verdict = "cannot_tell", .why = "other_policy", .other_policy = true};
    if (token->live.colour == 0)
        return (struct answer){.verdict = "open", .why = "ok", .colour_counts = true};
    return (struct answer){.verdict = "refuse",
                           .why = token->live.colour == 1 ? "yellow" : "red",
                           .colour_counts = true};
}

static struct answer judge(struct text code, const struct trust_list *trust,
                           const struct verify_options *options, struct token *token)
{
    unsigned char bytes[TOKEN_BYTES_MAX];
    enum token_why why = token_read(code, bytes, token);

    if (why == TOKEN_OK)
        why = token_judge(token, trust, options->now_s, options->skew_s);
    if (why == TOKEN_OK)
        return answer_for(token, options);
    return (struct answer){.verdict = why == TOKEN_UNKNOWN_KEY ? "cannot_tell" : "refuse",
                           .why = token_why_name(why)};
}

/* A token whose structure was not accepted says nothing; null stands for what is not known. */
static void put_claims(struct json_writer *w, const struct token *token,
                       const struct answer *answer)
{
    static const char *const colours[] = {"green", "yellow", "red"};
    bool has_claims = token->kind == TOKEN_LIVE || token->kind == TOKEN_BADGE;

    json_put_string(w, "kind", token_kind_name(token->kind));
    if (has_claims)
        json_put_int(w, "index", (int64_t)token->live.index);
    else
        json_put_null(w, "index");
    json_put_string(w, "colour", answer->colour_counts ? colours[token->live.colour] : NULL);
    json_put_string(w, "colour_from", answer->colour_counts ? "token" : NULL);
    if (has_claims) {
        json_put_int(w, "iat", token->live.iat);
        json_put_int(w, "exp", token->live.exp);
    } else {
        json_put_null(w, "iat");
        json_put_null(w, "exp");
    }
}

/* 0 for open, 1 for any other answer. */
static int verify_line(struct text code, const struct trust_list *trust,
                       const struct verify_options *options)
{
    char line[ANSWER_BYTES_MAX];
    struct build out = build_over(line, sizeof line);
    struct json_writer w = json_writer_over(&out);
    struct token token;
    struct answer answer = judge(code, trust, options, &token);

    if (strcmp(answer.why, "format") == 0) /* what was read before the fault is not vouched for */
        token = (struct token){0};
    json_open_object(&w, NULL);
    json_put_string(&w, "verdict", answer.verdict);
    json_put_string(&w, "why", answer.why);
    put_claims(&w, &token, &answer);
    json_open_array(&w, "flags");
    if (answer.other_policy)
        json_put_string(&w, NULL, "other_policy");
    json_close_array(&w);
    json_close_object(&w);
    CHECK(!out.full);
    puts(line);
    return strcmp(answer.verdict, "open") == 0 ? CLI_DONE : CLI_NEGATIVE;
}

static struct err load_trust(const char *file, struct trust_list *trust)
{
    static char content[TRUST_BYTES_MAX];
    FILE *in = fopen(file, "rb");
    size_t bytes;
    bool whole;

    if (in == NULL)
        return err_make(ERR_FILE_UNREADABLE);
    bytes = fread(content, 1, sizeof content, in);
    whole = feof(in) != 0 && ferror(in) == 0;
    (void)fclose(in); /* it was only read */
    if (!whole)
        return err_make(bytes == sizeof content ? ERR_TOO_LARGE : ERR_FILE_UNREADABLE);
    return trust_list_parse((struct text){content, bytes}, trust);
}

/* Calls each() for every line of standard input, without its LF; the worst status is returned. */
static int for_each_line(int (*each)(struct text line, void *arg), void *arg)
{
    char *line = NULL;
    size_t room = 0;
    ssize_t bytes;
    int worst = CLI_DONE;

    while ((bytes = getline(&line, &room, stdin)) >= 0) {
        int status;

        if (bytes > 0 && line[bytes - 1] == '\n')
            bytes--;
        status = each((struct text){line, (size_t)bytes}, arg);
        worst = status > worst ? status : worst;
    }
    free(line);
    return fflush(stdout) == 0 ? worst : CLI_INPUT;
}

struct verify_run {
    const struct verify_options *options;
    struct trust_list trust;
};

static int verify_each(struct text line, void *arg)
{
    struct verify_run *run = arg;

    return verify_line(line, &run->trust, run->options);
}

static int verify_all(const struct verify_options *options)
{
    struct verify_run run = {.options = options};
    struct err e = load_trust(options->trust_file, &run.trust);
    int status;

    if (err_is(e))
        return input_error(options->trust_file, e);
    status = for_each_line(verify_each, &run);
    trust_list_clear(&run.trust);
    return status;
}

/* --list and --roster come with the signed files they read; they are named here so that nobody
 * believes that they were taken into account. */
enum verify_option {
    OPT_TRUST, OPT_NOW, OPT_SKEW, OPT_POLICY, OPT_SITE, OPT_GATE, OPT_DIRECTION, OPT_LIST, OPT_ROSTER
};
static const struct option verify_options[] = {
    {"trust", required_argument, NULL, OPT_TRUST},
    {"now", required_argument, NULL, OPT_NOW},
    {"skew", required_argument, NULL, OPT_SKEW},
    {"policy-id", required_argument, NULL, OPT_POLICY},
    {"site", required_argument, NULL, OPT_SITE},
    {"gate", required_argument, NULL, OPT_GATE},
    {"direction", required_argument, NULL, OPT_DIRECTION},
    {"list", required_argument, NULL, OPT_LIST},
    {"roster", required_argument, NULL, OPT_ROSTER},
    {NULL, 0, NULL, 0},
};

/* NULL, or what is wrong with the option. A site, a gate and a direction say where the texts were
 * read; the token alone, which is all that is judged here, answers the same everywhere. */
static const char *take_option(int option, const char *value, struct verify_options *options)
{
    struct text text = text_of(value);

    switch (option) {
    case OPT_TRUST:
        options->trust_file = value;
        return NULL;
    case OPT_NOW:
        return text_to_int(text, 0, INT64_C(253402300799), &options->now_s)
                   ? NULL
                   : "--now takes seconds since 1970";
    case OPT_SKEW:
        return text_to_int(text, 0, TOKEN_SKEW_MAX_S, &options->skew_s) ? NULL
                                                                       : "--skew takes 0 to 3600";
    case OPT_POLICY:
        return text_to_int(text, 0, UINT32_MAX, &options->policy) ? NULL
                                                                  : "--policy-id takes a number";
    case OPT_SITE:
    case OPT_GATE:
        return text.bytes > 0 ? NULL : "--site and --gate take an id";
    case OPT_DIRECTION:
        return text_is(text, "in") || text_is(text, "out") ? NULL : "--direction takes in or out";
    case OPT_LIST:
    case OPT_ROSTER:
        return "this version reads no --list and no --roster; without them it judges the token "
               "alone";
    default:
        return "unknown option";
    }
}

static int verify_main(int argc, char **argv)
{
    struct verify_options options = {
        .now_s = clock_wall_us() / US_PER_SECOND, .skew_s = TOKEN_SKEW_S, .policy = -1};
    int option;

    opterr = 0;
    optind = 1;
    while ((option = getopt_long(argc, argv, "", verify_options, NULL)) != -1) {
        const char *wrong = take_option(option, optarg, &options);

        if (wrong != NULL)
            return usage(wrong);
    }
    if (optind < argc)
        return usage("the texts are read from standard input");
    if (options.trust_file == NULL)
        return usage("--trust FILE is needed");
    return verify_all(&options);
}

/* -- inspect ------------------------------------------------------------------------------------ */

/* A text as bytes; false when it is not base32 behind our prefix. */
static bool decode(struct text code, unsigned char bytes[TOKEN_BYTES_MAX], size_t *count)
{
    struct text prefix = TEXT(TOKEN_PREFIX);

    return code.bytes <= TOKEN_TEXT_MAX && text_starts(code, prefix) &&
           base32_parse((struct text){code.at + prefix.bytes, code.bytes - prefix.bytes}, bytes,
                        TOKEN_BYTES_MAX, count);
}

static void put_hex(struct json_writer *w, const char *key, struct text bytes)
{
    char hex[2 * TOKEN_BYTES_MAX + 1];

    CHECK(bytes.bytes <= TOKEN_BYTES_MAX);
    hex_format(bytes.at, bytes.bytes, hex);
    json_put_string(w, key, hex);
}

/* Diagnostic notation where the bytes are of the profile, else hex: inspecting judges nothing. */
static void put_cbor(struct json_writer *w, const char *key, struct text bytes)
{
    char shown[ANSWER_BYTES_MAX / 4];
    struct build out = build_over(shown, sizeof shown);

    if (!cbor_is_profile(bytes)) {
        put_hex(w, key, bytes);
        return;
    }
    cbor_diagnose(bytes, &out);
    json_put_text(w, key, build_done(&out));
}

static void put_token(struct json_writer *w, struct text code)
{
    static const char *const algs[] = {"ES256", "SM2"};
    unsigned char bytes[TOKEN_BYTES_MAX];
    struct token token;

    if (token_read(code, bytes, &token) != TOKEN_OK)
        return;
    json_put_string(w, "kind", token_kind_name(token.kind));
    if (token.envelope.alg == TOKEN_ES256 || token.envelope.alg == TOKEN_SM2)
        json_put_string(w, "alg", algs[token.envelope.alg == TOKEN_SM2]);
    else
        json_put_int(w, "alg", token.envelope.alg);
    put_hex(w, "kid", (struct text){(const char *)token.envelope.kid, TOKEN_KID_BYTES});
    put_hex(w, "digest", (struct text){(const char *)token.digest, sizeof token.digest});
    if (token.kind != TOKEN_LIVE && token.kind != TOKEN_BADGE)
        return;
    json_put_int(w, "iat", token.live.iat);
    json_put_int(w, "exp", token.live.exp);
    json_put_int(w, "index", (int64_t)token.live.index);
    json_put_int(w, "list", (int64_t)(token.live.index >> 20));
    json_put_int(w, "slot", (int64_t)(token.live.index & 0xFFFFF));
    if (token.kind == TOKEN_LIVE) {
        json_put_int(w, "colour", token.live.colour);
        json_put_int(w, "policy", token.live.policy);
    }
}

static int inspect_each(struct text line, void *arg)
{
    char shown[2 * ANSWER_BYTES_MAX];
    struct build out = build_over(shown, sizeof shown);
    struct json_writer w = json_writer_over(&out);
    unsigned char bytes[TOKEN_BYTES_MAX];
    struct cose_sign1 sign1;
    size_t count = 0;
    bool decoded = decode(line, bytes, &count);
    bool structured = decoded && cose_read((struct text){(const char *)bytes, count}, &sign1);

    (void)arg;
    json_open_object(&w, NULL);
    json_put_int(&w, "characters", (int64_t)line.bytes);
    json_put_string(&w, "structure",
                    structured ? "cose_sign1" : decoded ? "bytes" : "not base32 behind " TOKEN_PREFIX);
    if (decoded)
        json_put_int(&w, "bytes", (int64_t)count);
    put_token(&w, line);
    if (structured) {
        put_cbor(&w, "protected", sign1.protected_bytes);
        put_cbor(&w, "unprotected", sign1.unprotected);
        put_cbor(&w, "payload", sign1.payload);
        put_hex(&w, "signature", sign1.signature);
    } else if (decoded) {
        put_hex(&w, "hex", (struct text){(const char *)bytes, count});
    }
    json_close_object(&w);
    CHECK(!out.full);
    puts(shown);
    return structured ? CLI_DONE : CLI_INPUT;
}

/* -- qr ----------------------------------------------------------------------------------------- */

static int write_picture(const char *file, struct text picture)
{
    FILE *out = fopen(file, "wb");
    bool done = out != NULL && fwrite(picture.at, 1, picture.bytes, out) == picture.bytes;

    if (out != NULL && fclose(out) != 0)
        done = false;
    if (done)
        return CLI_DONE;
    fprintf(stderr, "jianan code: %s: %s\n", file, strerror(errno));
    return CLI_INPUT;
}

static int draw(const char *code, const char *svg_file, const char *png_file)
{
    struct text picture = {NULL, 0};
    struct arena arena;
    struct qr qr;
    struct err e;
    int status;

    arena_init(&arena, 16 << 20); /* version 40 in each form is below */
    e = qr_make(text_of(code), &arena, &qr);
    if (!err_is(e))
        e = svg_file != NULL   ? qr_svg(&qr, &arena, &picture)
            : png_file != NULL ? qr_png(&qr, PNG_SCALE, &arena, &picture)
                               : qr_terminal(&qr, &arena, &picture);
    if (err_is(e))
        status = input_error("TEXT", e);
    else if (svg_file != NULL || png_file != NULL)
        status = write_picture(svg_file != NULL ? svg_file : png_file, picture);
    else
        status = fwrite(picture.at, 1, picture.bytes, stdout) == picture.bytes ? CLI_DONE
                                                                              : CLI_INPUT;
    arena_clear(&arena);
    return status;
}

static int qr_main(int argc, char **argv)
{
    static const struct option options[] = {{"svg", required_argument, NULL, 's'},
                                            {"png", required_argument, NULL, 'p'},
                                            {NULL, 0, NULL, 0}};
    const char *svg_file = NULL, *png_file = NULL;
    int option;

    opterr = 0;
    optind = 1;
    while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
        if (option == 's')
            svg_file = optarg;
        else if (option == 'p')
            png_file = optarg;
        else
            return usage("unknown option");
    }
    if (optind + 1 != argc)
        return usage("one TEXT is needed");
    if (svg_file != NULL && png_file != NULL)
        return usage("--svg or --png, not both");
    return draw(argv[optind], svg_file, png_file);
}

/* argv[0] is "code", argv[1] what to do. */
int code_main(int argc, char **argv)
{
    if (argc < 2)
        return usage(NULL);
    if (strcmp(argv[1], "--help") == 0)
        return fputs(usage_text, stdout) >= 0 ? CLI_DONE : CLI_INPUT;
    if (strcmp(argv[1], "verify") == 0)
        return verify_main(argc - 1, argv + 1);
    if (strcmp(argv[1], "inspect") == 0)
        return argc == 2 ? for_each_line(inspect_each, NULL) : usage("inspect takes no options");
    if (strcmp(argv[1], "qr") == 0)
        return qr_main(argc - 1, argv + 1);
    return usage("verify, inspect or qr?");
}
