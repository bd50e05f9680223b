/* clients/cli/code.c: `jianan code`: judges codes, shows what is in them, draws them. Works without a
 * server. */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "clients/cli/code_files.h"
#include "clients/cli/code_private.h"
#include "clients/cli/exit.h"
#include "crypto/qr.h"

enum { PNG_SCALE = 8 };

static const char usage_text[] =
    "usage: jianan code verify --trust FILE [--root FILE] [--list FILE]... [--roster FILE]\n"
    "                          [--policy-id N] [--site ID] [--gate ID] [--direction in|out]\n"
    "                          [--now SECONDS] [--skew N] [--clock-bad] < texts > answers.jsonl\n"
    "       jianan code inspect < texts > fields.jsonl\n"
    "       jianan code qr TEXT [--svg FILE | --png FILE]\n"
    "--trust is a signed trust list (then --root is JSON with the roots' keys) or JSON.\n"
    "Without --list and --roster the answers speak of the codes alone.\n";

int code_usage(const char *what)
{
    if (what != NULL)
        fprintf(stderr, "jianan code: %s\n", what);
    fputs(usage_text, stderr);
    return CLI_USAGE;
}

int code_for_each_line(int (*each)(struct text line, void *arg), void *arg)
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

/* -- qr ---------------------------------------------------------------------------------------- */

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
        status = file_complain("code", "TEXT", e);
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
            return code_usage("unknown option");
    }
    if (optind + 1 != argc)
        return code_usage("one TEXT is needed");
    if (svg_file != NULL && png_file != NULL)
        return code_usage("--svg or --png, not both");
    return draw(argv[optind], svg_file, png_file);
}

/* argv[0] is "code", argv[1] what to do. */
int code_main(int argc, char **argv)
{
    if (argc < 2)
        return code_usage(NULL);
    if (strcmp(argv[1], "--help") == 0)
        return fputs(usage_text, stdout) >= 0 ? CLI_DONE : CLI_INPUT;
    if (strcmp(argv[1], "verify") == 0)
        return code_verify_main(argc - 1, argv + 1);
    if (strcmp(argv[1], "inspect") == 0)
        return code_inspect_main(argc - 1, argv + 1);
    if (strcmp(argv[1], "qr") == 0)
        return qr_main(argc - 1, argv + 1);
    return code_usage("verify, inspect or qr?");
}
