/* clients/cli/root.c: `jianan root`: the offline side of the trust list. A root's private half lies on a
 * machine without network; it signs the list of keys that the server publishes, and verifiers pin its
 * public half. Two roots, one of each algorithm, so that either may be lost. */
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/json.h"
#include "clients/cli/code_files.h"
#include "clients/cli/exit.h"
#include "crypto/ecc.h"
#include "crypto/profile.h"
#include "crypto/seal.h"

int root_main(int argc, char **argv);

enum { DAYS_DEFAULT = 30, DAYS_MAX = 366, DAY_S = 86400, SIGNED_BYTES_MAX = 64 * 1024 };

static const char usage_text[] =
    "usage: jianan root new FILE [--alg ES256|SM2]\n"
    "       jianan root public FILE... > roots.json\n"
    "       jianan root sign --root FILE --trust trust.json [--after OLD] [--days N] > trust.cose\n"
    "new     makes a root's key (mode 600); keep it off every machine with a network\n"
    "public  what verifiers pin: jianan code verify --root roots.json\n"
    "sign    signs the server's list of keys (jianan trust --json) for N days, 30 by default;\n"
    "        --after is the signed list before it: the sequence must not go back\n";

static int usage(const char *what)
{
    if (what != NULL)
        fprintf(stderr, "jianan root: %s\n", what);
    fputs(usage_text, stderr);
    return CLI_USAGE;
}

static int refuse(const char *file, const char *why)
{
    fprintf(stderr, "jianan root: %s: %s\n", file, why);
    return CLI_INPUT;
}

/* The public half, permitted for trust lists and nothing else. */
static struct err add_root(struct trust_list *roots, const struct signer *root)
{
    struct trusted_key key = *signer_key(root);

    key.kinds = 1u << TOKEN_TRUST;
    return trust_list_add(roots, &key);
}

static int write_out(struct text content)
{
    return fwrite(content.at, 1, content.bytes, stdout) == content.bytes && fflush(stdout) == 0
               ? CLI_DONE
               : CLI_INPUT;
}

/* -- new, public -------------------------------------------------------------------------------- */

static int make_root(int argc, char **argv)
{
    static const struct option rows[] = {{"alg", required_argument, NULL, 'a'}, {NULL, 0, NULL, 0}};
    const struct ecc_alg *alg = ecc_alg_find(TOKEN_ES256);
    char kid[2 * TOKEN_KID_BYTES + 1];
    struct signer *root;
    struct err e;

    opterr = 0;
    optind = 1;
    for (int option; (option = getopt_long(argc, argv, "", rows, NULL)) != -1;) {
        alg = option == 'a' ? ecc_alg_named(text_of(optarg)) : NULL;
        if (alg == NULL)
            return usage("--alg takes ES256 or SM2");
    }
    if (optind + 1 != argc)
        return usage("one FILE is needed");
    e = signer_create_file(argv[optind], alg->id);
    if (!err_is(e))
        e = signer_open_file(argv[optind], &root);
    if (err_is(e))
        return file_complain("root", argv[optind], e);
    hex_format(signer_key(root)->kid, TOKEN_KID_BYTES, kid);
    printf("%s %s\n", alg->name, kid);
    signer_close(root);
    return CLI_DONE;
}

static int show_public(int argc, char **argv)
{
    struct trust_list roots = {0};
    char json[SIGNED_BYTES_MAX];
    struct build out = build_over(json, sizeof json);
    int status = CLI_DONE;

    if (argc < 2)
        return usage("a FILE is needed");
    for (int i = 1; i < argc && status == CLI_DONE; i++) {
        struct signer *root;
        struct err e = signer_open_file(argv[i], &root);

        if (!err_is(e)) {
            e = add_root(&roots, root);
            signer_close(root);
        }
        if (err_is(e))
            status = file_complain("root", argv[i], e);
    }
    trust_list_render(&roots, &out);
    build_char(&out, '\n');
    trust_list_clear(&roots);
    CHECK(!out.full);
    return status == CLI_DONE ? write_out(build_done(&out)) : status;
}

/* -- sign --------------------------------------------------------------------------------------- */

struct sign_options {
    const char *root_file, *trust_file, *after_file;
    int64_t days;
};

/* A list that made roots could never be taken back. */
static const char *is_signable(const struct trust_list *list)
{
    for (unsigned i = 0; i < list->count; i++) {
        if ((list->keys[i].kinds & 1u << TOKEN_TRUST) != 0)
            return "a key of the list is permitted to sign lists (kind 6)";
    }
    return list->count == 0 ? "no keys" : NULL;
}

/* The list before it must be this service's, by any algorithm: its sequence is what counts. */
static int check_after(const struct sign_options *options, const struct trust_list *list,
                       int64_t now_s)
{
    struct trust_list before;
    struct err e = trust_load(options->after_file, NULL, now_s, &before);
    uint64_t sequence = before.sequence;

    if (err_is(e))
        return file_complain("root", options->after_file, e);
    trust_list_clear(&before);
    return list->sequence > sequence ? CLI_DONE
                                     : refuse(options->trust_file, "the sequence does not go on");
}

static int sign_list(const struct sign_options *options, struct signer *root,
                     struct trust_list *list, int64_t now_s)
{
    static char bytes[SIGNED_BYTES_MAX];
    struct build out = build_over(bytes, sizeof bytes);
    const char *wrong = is_signable(list);
    struct err e;

    if (wrong != NULL)
        return refuse(options->trust_file, wrong);
    if (options->after_file != NULL && check_after(options, list, now_s) != CLI_DONE)
        return CLI_INPUT;
    list->iat = now_s;
    list->exp = now_s + options->days * DAY_S;
    e = trust_list_sign(root, list, &out);
    return err_is(e) ? file_complain("root", options->root_file, e) : write_out(build_done(&out));
}

static int sign_files(const struct sign_options *options)
{
    int64_t now_s = clock_wall_us() / US_PER_SECOND;
    struct trust_list list;
    struct signer *root;
    int status;
    struct err e = signer_open_file(options->root_file, &root);

    if (err_is(e))
        return file_complain("root", options->root_file, e);
    e = trust_load(options->trust_file, NULL, now_s, &list);
    status = err_is(e) ? file_complain("root", options->trust_file, e)
                       : sign_list(options, root, &list, now_s);
    trust_list_clear(&list);
    signer_close(root);
    return status;
}

static int sign_main(int argc, char **argv)
{
    static const struct option rows[] = {{"root", required_argument, NULL, 'r'},
                                         {"trust", required_argument, NULL, 't'},
                                         {"after", required_argument, NULL, 'a'},
                                         {"days", required_argument, NULL, 'd'},
                                         {NULL, 0, NULL, 0}};
    struct sign_options options = {.days = DAYS_DEFAULT};

    opterr = 0;
    optind = 1;
    for (int option; (option = getopt_long(argc, argv, "", rows, NULL)) != -1;) {
        switch (option) {
        case 'r': options.root_file = optarg; break;
        case 't': options.trust_file = optarg; break;
        case 'a': options.after_file = optarg; break;
        case 'd':
            if (!text_to_int(text_of(optarg), 1, DAYS_MAX, &options.days))
                return usage("--days takes 1 to 366");
            break;
        default: return usage("unknown option");
        }
    }
    if (optind != argc || options.root_file == NULL || options.trust_file == NULL)
        return usage("--root FILE and --trust FILE are needed");
    return sign_files(&options);
}

/* argv[0] is "root", argv[1] what to do. */
int root_main(int argc, char **argv)
{
    if (argc < 2)
        return usage(NULL);
    if (strcmp(argv[1], "--help") == 0)
        return fputs(usage_text, stdout) >= 0 ? CLI_DONE : CLI_INPUT;
    if (strcmp(argv[1], "new") == 0)
        return make_root(argc - 1, argv + 1);
    if (strcmp(argv[1], "public") == 0)
        return show_public(argc - 1, argv + 1);
    if (strcmp(argv[1], "sign") == 0)
        return sign_main(argc - 1, argv + 1);
    return usage("new, public or sign?");
}
