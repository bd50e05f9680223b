/* clients/cli/code_verify.c: `jianan code verify`: the texts of one gate, one a line, each with its
 * answer. The run remembers what it was shown, as a gate does. */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/json.h"
#include "clients/cli/code_files.h"
#include "clients/cli/code_private.h"
#include "clients/cli/exit.h"
#include "crypto/profile.h"

enum { RECALLED_MAX = 1 << 16 };

struct verify_options {
    const char *trust_file, *root_file, *roster_file, *list_files[LISTS_MAX];
    unsigned list_count;
    struct code_gate gate;
};

struct verify_run {
    struct trust_list trust;
    struct signed_files files;
    struct code_recall recall;
    struct code_memory memory;
    struct code_gate gate;
};

/* -- answers ----------------------------------------------------------------------------------- */

/* Of a kind that nobody shows, the claims were not read. null stands for what is not known. */
static void put_claims(struct json_writer *w, const struct token *token)
{
    bool has_claims = token->kind != 0 && token->kind <= TOKEN_BADGE;

    json_put_string(w, "kind", token_kind_name(token->kind));
    if (has_claims)
        json_put_int(w, "index", (int64_t)token->live.index);
    else
        json_put_null(w, "index");
}

static void put_times(struct json_writer *w, const struct token *token)
{
    if (token->kind != 0 && token->kind <= TOKEN_BADGE) {
        json_put_int(w, "iat", token->live.iat);
        json_put_int(w, "exp", token->live.exp);
    } else {
        json_put_null(w, "iat");
        json_put_null(w, "exp");
    }
}

/* That a scan came again is not said: the same scan gets the same answer, letter for letter. */
static void put_flags(struct json_writer *w, uint32_t flags)
{
    json_open_array(w, "flags");
    for (unsigned i = 0; code_flag_name(i) != NULL; i++) {
        if ((flags & ~(uint32_t)CODE_AGAIN & 1u << i) != 0)
            json_put_string(w, NULL, code_flag_name(i));
    }
    json_close_array(w);
}

static int verify_line(struct text code, void *arg)
{
    const struct verify_run *run = arg;
    char line[CODE_ANSWER_BYTES_MAX];
    unsigned char bytes[TOKEN_BYTES_MAX];
    struct build out = build_over(line, sizeof line);
    struct json_writer w = json_writer_over(&out);
    struct code_answer answer;
    struct token token;

    code_judge(code, &run->gate, bytes, &token, &answer);
    json_open_object(&w, NULL);
    json_put_string(&w, "verdict", code_verdict_name(answer.verdict));
    json_put_string(&w, "why", token_why_name(answer.why));
    put_claims(&w, &token);
    json_put_string(&w, "colour", code_colour_name(answer.colour));
    json_put_string(&w, "colour_from", code_colour_from_name(answer.colour_from));
    put_times(&w, &token);
    put_flags(&w, answer.flags);
    json_close_object(&w);
    CHECK(!out.full);
    puts(line);
    return answer.verdict == CODE_OPEN ? CLI_DONE : CLI_NEGATIVE;
}

/* -- files ------------------------------------------------------------------------------------- */

static struct err load_trust(const struct verify_options *options, struct trust_list *trust,
                             const char **file)
{
    struct trust_list roots = {0};
    struct err e = OK;

    *file = options->root_file;
    if (options->root_file != NULL)
        e = trust_load(options->root_file, NULL, options->gate.now_s, &roots);
    if (err_is(e))
        return e;
    *file = options->trust_file;
    e = trust_load(options->trust_file, options->root_file != NULL ? &roots : NULL,
                   options->gate.now_s, trust);
    trust_list_clear(&roots);
    return e;
}

/* A file that is refused does not end the run: what rests on it cannot be told, and the status says
 * that some input was invalid. */
static int load_files(const struct verify_options *options, struct verify_run *run)
{
    int worst = CLI_DONE, status;

    for (unsigned i = 0; i < options->list_count; i++) {
        status = list_load(&run->files, options->list_files[i], &run->gate);
        worst = status > worst ? status : worst;
        run->gate.lists = &run->files.code_lists;
    }
    if (options->roster_file != NULL) {
        status = roster_load(&run->files, options->roster_file, &run->gate);
        worst = status > worst ? status : worst;
        run->gate.roster = &run->files.code_roster;
    }
    return worst;
}

static int verify_all(const struct verify_options *options)
{
    static struct verify_run run;
    const char *file;
    int worst, status;
    struct err e;

    run = (struct verify_run){.gate = options->gate};
    e = load_trust(options, &run.trust, &file);
    if (err_is(e))
        return file_complain("code", file, e);
    run.recall = (struct code_recall){calloc(RECALLED_MAX, sizeof(struct code_recalled)),
                                      RECALLED_MAX};
    CHECK_ALLOCATED(run.recall.places);
    run.memory = code_recall_memory(&run.recall);
    run.gate.trust = &run.trust;
    run.gate.memory = &run.memory;
    worst = load_files(options, &run);
    status = code_for_each_line(verify_line, &run);
    free(run.recall.places);
    signed_files_clear(&run.files);
    trust_list_clear(&run.trust);
    return status > worst ? status : worst;
}

/* -- options ----------------------------------------------------------------------------------- */

enum verify_option {
    OPT_TRUST, OPT_ROOT, OPT_NOW, OPT_SKEW, OPT_POLICY, OPT_SITE, OPT_GATE, OPT_DIRECTION,
    OPT_LIST, OPT_ROSTER, OPT_CLOCK_BAD
};
static const struct option verify_options[] = {
    {"trust", required_argument, NULL, OPT_TRUST},
    {"root", required_argument, NULL, OPT_ROOT},
    {"now", required_argument, NULL, OPT_NOW},
    {"skew", required_argument, NULL, OPT_SKEW},
    {"policy-id", required_argument, NULL, OPT_POLICY},
    {"site", required_argument, NULL, OPT_SITE},
    {"gate", required_argument, NULL, OPT_GATE},
    {"direction", required_argument, NULL, OPT_DIRECTION},
    {"list", required_argument, NULL, OPT_LIST},
    {"roster", required_argument, NULL, OPT_ROSTER},
    {"clock-bad", no_argument, NULL, OPT_CLOCK_BAD},
    {NULL, 0, NULL, 0},
};

/* A site's id is a number; another name is nobody's roster's. */
static const char *take_id(struct text text, uint64_t *id)
{
    int64_t number;

    if (text.bytes == 0)
        return "--site and --gate take an id";
    *id = text_to_int(text, 0, (int64_t)PROFILE_NUMBER_MAX, &number) ? (uint64_t)number
                                                                     : UINT64_MAX;
    return NULL;
}

static const char *take_file(int option, const char *file, struct verify_options *options)
{
    switch (option) {
    case OPT_TRUST:  options->trust_file = file; return NULL;
    case OPT_ROOT:   options->root_file = file; return NULL;
    case OPT_ROSTER: options->roster_file = file; return NULL;
    default:
        if (options->list_count == LISTS_MAX)
            return "at most 256 lists";
        options->list_files[options->list_count++] = file;
        return NULL;
    }
}

/* NULL, or what is wrong with the option. */
static const char *take_option(int option, const char *value, struct verify_options *options)
{
    struct code_gate *gate = &options->gate;
    struct text text = text_of(value);

    switch (option) {
    case OPT_TRUST:
    case OPT_ROOT:
    case OPT_LIST:
    case OPT_ROSTER: return take_file(option, value, options);
    case OPT_NOW:
        return text_to_int(text, 0, PROFILE_TIME_MAX_S, &gate->now_s)
                   ? NULL
                   : "--now takes seconds since 1970";
    case OPT_SKEW:
        return text_to_int(text, 0, TOKEN_SKEW_MAX_S, &gate->skew_s) ? NULL
                                                                    : "--skew takes 0 to 3600";
    case OPT_POLICY:
        return text_to_int(text, 0, UINT32_MAX, &gate->policy) ? NULL
                                                               : "--policy-id takes a number";
    case OPT_SITE: return take_id(text, &gate->site);
    case OPT_GATE: return take_id(text, &gate->gate);
    case OPT_CLOCK_BAD: gate->clock_bad = true; return NULL;
    case OPT_DIRECTION:
        gate->direction = text_is(text, "out") ? CODE_OUT : CODE_IN;
        return text_is(text, "in") || text_is(text, "out") ? NULL : "--direction takes in or out";
    default: return "unknown option";
    }
}

int code_verify_main(int argc, char **argv)
{
    struct verify_options options = {.gate = {.now_s = clock_wall_us() / US_PER_SECOND,
                                              .skew_s = TOKEN_SKEW_S,
                                              .policy = CODE_ANY_POLICY}};
    int option;

    opterr = 0;
    optind = 1;
    while ((option = getopt_long(argc, argv, "", verify_options, NULL)) != -1) {
        const char *wrong = take_option(option, optarg, &options);

        if (wrong != NULL)
            return code_usage(wrong);
    }
    if (optind < argc)
        return code_usage("the texts are read from standard input");
    if (options.trust_file == NULL)
        return code_usage("--trust FILE is needed");
    options.gate.today = clock_local_day(options.gate.now_s * US_PER_SECOND);
    options.gate.today_from_s = clock_day_start(options.gate.today) / US_PER_SECOND;
    return verify_all(&options);
}
