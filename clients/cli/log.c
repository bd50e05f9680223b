/* clients/cli/log.c: `jianan log`: an outsider holds the log against what he has kept of it.
 *
 * The server is not believed: heads are judged by a trust list that the outsider has from elsewhere,
 * and everything else by the hashes that a head signs. */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "clients/cli/code_files.h"
#include "clients/cli/command.h"
#include "clients/cli/exit.h"
#include "clients/http/reach.h"
#include "crypto/log_head.h"
#include "crypto/seal.h"

int log_main(int argc, char **argv);

enum { FILES_MAX = 64, PATH_BYTES = 256, HEAD_TEXT_MAX = 1024, EVIDENCE_BYTES_MAX = 1 << 20,
       LEAVES_AT_ONCE = 2000 };

static const char usage_text[] =
    "usage: jianan log head [--save FILE]\n"
    "       jianan log evidence OF [--save FILE]      OF: record:7.3 | policy:2.1 | audit:12 | ...\n"
    "       jianan log verify --trust FILE [--root FILE] [--head FILE] [--evidence FILE]...\n"
    "                         [--now FILE | --server URL] [--all] [--save FILE]\n"
    "--head is a head that you kept: what the server signs now must go on from it.\n"
    "--evidence is what `log evidence` gave you; it is verified without the server.\n"
    "--now is another head to hold the kept one against, instead of asking a server.\n"
    "--all fetches every leaf and computes the root anew. --save keeps the new head when all is well.\n"
    "Exit status 0: all is well; 1: it is not; 3: a file is not what it should be; 5: no server.\n";

/* A head as it was found: signed text, what it says. */
struct kept_head {
    bool there;
    char text[HEAD_TEXT_MAX];
    struct log_head head;
};

struct log_check {
    const char *trust_file, *root_file, *head_file, *now_file, *save_file;
    const char *evidence[FILES_MAX];
    unsigned evidence_count;
    bool all;
    struct reach reach;
    struct client *client; /* NULL: no server is asked */
    struct trust_list trust;
    struct kept_head now;
    unsigned findings;
};

static int usage(const char *what)
{
    fprintf(stderr, "jianan log: %s\n%s", what, usage_text);
    return CLI_USAGE;
}

/* -- telling ---------------------------------------------------------------------------------------- */

static void finding(struct log_check *c, const char *code, const char *about)
{
    c->findings++;
    printf("{\"finding\":\"%s\",\"about\":\"%s\"}\n", code, about);
}

static void well(const char *code, const char *about, const struct log_head *head)
{
    printf("{\"well\":\"%s\",\"about\":\"%s\",\"size\":%llu,\"sequence\":%llu}\n", code, about,
           (unsigned long long)head->size, (unsigned long long)head->sequence);
}

/* -- heads ------------------------------------------------------------------------------------------- */

/* Reads and judges a head's text; says what is wrong. CLI_DONE, CLI_INPUT or CLI_NEGATIVE. */
static int read_head(struct log_check *c, struct text text, const char *about,
                     struct kept_head *kept)
{
    unsigned char bytes[LOG_HEAD_BYTES_MAX];
    struct build copy = build_over(kept->text, sizeof kept->text);
    struct envelope envelope;
    struct text content;
    enum token_why why;

    text = text_trim(text);
    build_text(&copy, text);
    if (copy.full ||
        envelope_parse_text(text, bytes, sizeof bytes, &content) != TOKEN_OK ||
        !log_head_read(content, &kept->head, &envelope)) {
        fprintf(stderr, "jianan log: %s: no signed head\n", about);
        return CLI_INPUT;
    }
    why = log_head_judge(&kept->head, &envelope, &c->trust);
    kept->there = true;
    if (why == TOKEN_OK)
        return CLI_DONE;
    finding(c, why == TOKEN_UNKNOWN_KEY ? "head_unknown_key"
               : why == TOKEN_KEY       ? "head_key"
                                        : "head_signature",
            about);
    return CLI_NEGATIVE;
}

static int read_head_file(struct log_check *c, const char *file, struct kept_head *kept)
{
    char content[HEAD_TEXT_MAX];
    struct text text = {NULL, 0};
    struct err e = signed_file_read(file, content, sizeof content, &text);

    return err_is(e) ? file_complain("log", file, e) : read_head(c, text, file, kept);
}

/* -- asking ------------------------------------------------------------------------------------------- */

/* The answer is the caller's to clear. */
static int ask(struct log_check *c, const char *path, struct answer *answer)
{
    client_ask(c->client, &(struct question){.path = path, .key = c->reach.key[0] != '\0' ? c->reach.key : NULL},
               answer);
    if (answer_is_good(answer) && answer->json != NULL)
        return CLI_DONE;
    fprintf(stderr, "jianan log: %s: %s\n", path,
            answer->end == ANSWER_CAME ? json_string_at(answer->json, "title") : answer->trouble);
    return answer->end == ANSWER_CAME ? CLI_REFUSED : CLI_UNREACHABLE;
}

static bool read_path(const json_t *array, struct merkle_hash proof[MERKLE_PROOF_MAX],
                      unsigned *count)
{
    *count = (unsigned)json_array_size(array);
    if (!json_is_array(array) || json_array_size(array) > MERKLE_PROOF_MAX)
        return false;
    for (unsigned i = 0; i < *count; i++) {
        const char *hex = json_string_value(json_array_get(array, i));

        if (hex == NULL || !hex_parse(text_of(hex), proof[i].bytes, MERKLE_HASH_BYTES))
            return false;
    }
    return true;
}

/* -- one head goes on from another ---------------------------------------------------------------------- */

static int compare_sizes(struct log_check *c, const struct log_head *old, const char *about)
{
    struct merkle_hash proof[MERKLE_PROOF_MAX];
    struct answer answer = {0};
    char path[PATH_BYTES];
    unsigned count = 0;
    int status;

    if (c->client == NULL) {
        fprintf(stderr, "jianan log: %s: that one grew out of the other can only be proved by the server\n", about);
        return CLI_DONE;
    }
    snprintf(path, sizeof path, "/v1/log/proof?old=%llu&size=%llu", (unsigned long long)old->size,
             (unsigned long long)c->now.head.size);
    status = ask(c, path, &answer);
    if (status == CLI_DONE) {
        if (!read_path(json_object_get(answer.json, "path"), proof, &count) ||
            !merkle_verify_consistency(old->size, &old->root, c->now.head.size, &c->now.head.root,
                                       proof, count))
            finding(c, "inconsistent", about); /* what was sealed then is no longer what it was */
        else
            well("consistent", about, old);
    }
    answer_clear(&answer);
    return status;
}

/* Holds the head of now against one that is older, or should be. */
static int compare_heads(struct log_check *c, const struct kept_head *old, const char *about)
{
    const struct log_head *was = &old->head, *is = &c->now.head;

    if (was->sequence > is->sequence || was->size > is->size) {
        finding(c, "cut_off", about); /* the log was put back to an earlier state */
        return CLI_DONE;
    }
    if (was->size == is->size ? !merkle_equal(&was->root, &is->root)
                              : was->sequence == is->sequence) {
        finding(c, "two_heads", about); /* different logs are shown to different people */
        return CLI_DONE;
    }
    if (is->t_s < was->t_s)
        finding(c, "time_went_back", about);
    if (was->size == is->size || was->size == 0) {
        well("consistent", about, was);
        return CLI_DONE;
    }
    return compare_sizes(c, was, about);
}

/* -- evidence ------------------------------------------------------------------------------------------- */

static bool opens_leaf(const json_t *json, struct merkle_hash *leaf)
{
    unsigned char salt[16], commitment[LOG_COMMITMENT_BYTES];
    const json_t *content = json_object_get(json, "content");
    int64_t kind = json_int_at(json, "kind");

    if (!hex_parse(text_of(json_string_at(json, "salt")), salt, sizeof salt) ||
        !json_is_string(content) || kind < 1 || kind > UINT8_MAX)
        return false;
    log_commitment((struct text){(const char *)salt, sizeof salt},
                   (struct text){json_string_value(content), json_string_length(content)},
                   commitment);
    log_leaf_hash((unsigned)kind, commitment, leaf);
    return true;
}

static int check_evidence_of(struct log_check *c, const json_t *json, const char *file)
{
    struct merkle_hash leaf, proof[MERKLE_PROOF_MAX];
    struct kept_head head = {0};
    unsigned count;
    int64_t index = json_int_at(json, "index");
    int status;

    if (!opens_leaf(json, &leaf) || index < 0 ||
        !read_path(json_object_get(json, "path"), proof, &count)) {
        fprintf(stderr, "jianan log: %s: no evidence\n", file);
        return CLI_INPUT;
    }
    status = read_head(c, text_of(json_string_at(json, "head")), file, &head);
    if (status != CLI_DONE)
        return status;
    if (!merkle_verify_inclusion((uint64_t)index, head.head.size, &leaf, proof, count,
                                 &head.head.root)) {
        finding(c, "not_included", file);
        return CLI_NEGATIVE;
    }
    well("included", json_string_at(json, "of"), &head.head);
    return c->now.there ? compare_heads(c, &head, file) : CLI_DONE;
}

static int check_evidence(struct log_check *c, const char *file)
{
    char *content = malloc(EVIDENCE_BYTES_MAX);
    struct text text = {NULL, 0};
    json_t *json = NULL;
    struct err e;
    int status;

    CHECK_ALLOCATED(content);
    e = signed_file_read(file, content, EVIDENCE_BYTES_MAX, &text);
    if (!err_is(e))
        json = json_loadb(text.at, text.bytes, JSON_REJECT_DUPLICATES, NULL);
    if (json == NULL)
        status = file_complain("log", file, err_is(e) ? e : err_make(ERR_JSON_SYNTAX));
    else
        status = check_evidence_of(c, json, file);
    json_decref(json);
    free(content);
    return status;
}

/* -- all leaves ------------------------------------------------------------------------------------------ */

static int add_leaves(struct log_check *c, struct merkle_tree *tree)
{
    struct answer answer = {0};
    char path[PATH_BYTES];
    const json_t *leaves;
    int status;

    snprintf(path, sizeof path, "/v1/log/leaves?from=%llu&limit=%d", (unsigned long long)tree->size,
             LEAVES_AT_ONCE);
    status = ask(c, path, &answer);
    leaves = json_object_get(answer.json, "leaves");
    for (size_t i = 0; i < json_array_size(leaves) && status == CLI_DONE &&
                       tree->size < c->now.head.size; i++) {
        const char *hex = json_string_value(json_array_get(leaves, i));
        unsigned char leaf[LOG_LEAF_BYTES];
        struct merkle_hash hash;

        if (hex == NULL || !hex_parse(text_of(hex), leaf, sizeof leaf))
            status = CLI_INPUT;
        else
            merkle_leaf((struct text){(const char *)leaf, sizeof leaf}, &hash);
        if (status == CLI_DONE)
            merkle_append(tree, &hash, NULL, NULL);
    }
    if (status == CLI_DONE && json_array_size(leaves) == 0)
        status = CLI_NEGATIVE;
    answer_clear(&answer);
    return status;
}

static int check_all(struct log_check *c)
{
    struct merkle_tree tree = {0};
    struct merkle_hash root;
    int status = CLI_DONE;

    while (status == CLI_DONE && tree.size < c->now.head.size)
        status = add_leaves(c, &tree);
    merkle_root(&tree, &root);
    if (status == CLI_NEGATIVE || (status == CLI_DONE && !merkle_equal(&root, &c->now.head.root)))
        finding(c, "leaves", "every leaf");
    else if (status == CLI_DONE)
        well("leaves", "every leaf", &c->now.head);
    return status;
}

/* -- verify ----------------------------------------------------------------------------------------------- */

static int ask_head(struct log_check *c, struct answer *answer, const char **text)
{
    int status = ask(c, "/v1/log/head", answer);

    *text = json_string_at(answer->json, "head");
    return status;
}

static int find_now(struct log_check *c)
{
    struct answer answer = {0};
    const char *text;
    int status;

    if (c->now_file != NULL)
        return read_head_file(c, c->now_file, &c->now);
    if (c->client == NULL)
        return CLI_DONE;
    status = ask_head(c, &answer, &text);
    if (status == CLI_DONE)
        status = read_head(c, text_of(text), "the server", &c->now);
    answer_clear(&answer);
    if (status == CLI_DONE)
        well("signed", "the server", &c->now.head);
    return status;
}

static int save(const struct log_check *c, const char *text)
{
    FILE *to = c->save_file != NULL ? fopen(c->save_file, "w") : NULL;

    if (c->save_file == NULL)
        return CLI_DONE;
    if (to == NULL || fprintf(to, "%s\n", text) < 0 || fclose(to) != 0) {
        fprintf(stderr, "jianan log: %s cannot be written\n", c->save_file);
        return CLI_INPUT;
    }
    return CLI_DONE;
}

static int check(struct log_check *c)
{
    struct kept_head old = {0};
    int status = find_now(c);

    if (status == CLI_DONE && c->head_file != NULL)
        status = read_head_file(c, c->head_file, &old);
    if (status == CLI_DONE && old.there && c->now.there)
        status = compare_heads(c, &old, c->head_file);
    for (unsigned i = 0; i < c->evidence_count && (status == CLI_DONE || status == CLI_NEGATIVE); i++)
        status = check_evidence(c, c->evidence[i]);
    if (status == CLI_DONE && c->all && c->client != NULL && c->now.there)
        status = check_all(c);
    if (c->findings > 0)
        return CLI_NEGATIVE;
    return status == CLI_DONE && c->now.there ? save(c, c->now.text) : status;
}

static int load_trust(struct log_check *c)
{
    struct trust_list roots = {0};
    struct err e = OK;

    if (c->root_file != NULL)
        e = trust_load(c->root_file, NULL, -1, &roots);
    if (err_is(e))
        return file_complain("log", c->root_file, e);
    e = trust_load(c->trust_file, c->root_file != NULL ? &roots : NULL,
                   clock_wall_us() / US_PER_SECOND, &c->trust);
    trust_list_clear(&roots);
    return err_is(e) ? file_complain("log", c->trust_file, e) : CLI_DONE;
}

static int verify(struct log_check *c)
{
    int status;

    if (c->trust_file == NULL)
        return usage("--trust FILE is needed");
    if (c->now_file == NULL && c->reach.server[0] == '\0' && c->evidence_count == 0)
        return usage("--server URL, --now FILE or --evidence FILE is needed");
    status = load_trust(c);
    if (status == CLI_DONE)
        status = check(c);
    trust_list_clear(&c->trust);
    return status;
}

/* -- head, evidence ------------------------------------------------------------------------------------------ */

static int show_head(struct log_check *c)
{
    struct answer answer = {0};
    const char *text;
    int status = ask_head(c, &answer, &text);

    if (status == CLI_DONE) {
        puts(answer.body);
        status = save(c, text);
    }
    answer_clear(&answer);
    return status;
}

static int show_evidence(struct log_check *c, const char *of)
{
    struct answer answer = {0};
    char path[PATH_BYTES];
    int status;

    if (!reach_key(&c->reach))
        return CLI_USAGE;
    if (snprintf(path, sizeof path, "/v1/log/evidence?of=%s", of) >= (int)sizeof path)
        return usage("no such row");
    status = ask(c, path, &answer);
    if (status == CLI_DONE && c->save_file == NULL)
        puts(answer.body);
    else if (status == CLI_DONE)
        status = save(c, answer.body);
    answer_clear(&answer);
    return status;
}

/* -- arguments ------------------------------------------------------------------------------------------------ */

static const struct option rows[] = {
    {"trust", required_argument, NULL, 't'},  {"root", required_argument, NULL, 'r'},
    {"head", required_argument, NULL, 'h'},   {"now", required_argument, NULL, 'n'},
    {"save", required_argument, NULL, 's'},   {"evidence", required_argument, NULL, 'e'},
    {"all", no_argument, NULL, 'a'},          {"server", required_argument, NULL, 'u'},
    {"ca", required_argument, NULL, 'c'},     {"key-file", required_argument, NULL, 'k'},
    {NULL, 0, NULL, 0},
};

static bool keep(char *to, size_t max, const char *value)
{
    struct build b = build_over(to, max);

    build_string(&b, value);
    return !b.full;
}

static bool read_option(struct log_check *c, int option)
{
    switch (option) {
    case 't': c->trust_file = optarg; return true;
    case 'r': c->root_file = optarg; return true;
    case 'h': c->head_file = optarg; return true;
    case 'n': c->now_file = optarg; return true;
    case 's': c->save_file = optarg; return true;
    case 'a': c->all = true; return true;
    case 'u': return keep(c->reach.server, sizeof c->reach.server, optarg);
    case 'c': return keep(c->reach.ca, sizeof c->reach.ca, optarg);
    case 'k': return keep(c->reach.key_file, sizeof c->reach.key_file, optarg);
    case 'e':
        if (c->evidence_count == FILES_MAX)
            return false;
        c->evidence[c->evidence_count++] = optarg;
        return true;
    default: return false;
    }
}

/* argv[0] is "log", argv[1] what to do. */
int log_main(int argc, char **argv)
{
    static struct log_check c;
    const char *what = argc > 1 ? argv[1] : "";
    int option, status = CLI_USAGE;

    if (strcmp(what, "--help") == 0)
        return fputs(usage_text, stdout) >= 0 ? CLI_DONE : CLI_INPUT;
    opterr = 0;
    optind = 1;
    while ((option = getopt_long(argc - 1, argv + 1, "", rows, NULL)) != -1) {
        if (!read_option(&c, option))
            return usage("unknown or too long an option");
    }
    reach_complete(&c.reach);
    if (c.reach.server[0] != '\0' && c.now_file == NULL)
        c.client = reach_client(&c.reach);
    if (strcmp(what, "verify") == 0)
        status = verify(&c);
    else if (c.client == NULL)
        status = usage("head, evidence or verify? and where is the server?");
    else if (strcmp(what, "head") == 0)
        status = show_head(&c);
    else if (strcmp(what, "evidence") == 0 && optind == argc - 2)
        status = show_evidence(&c, argv[argc - 1]);
    else
        status = usage("head, evidence OF or verify?");
    client_free(c.client);
    return status;
}
