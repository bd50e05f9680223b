/* clients/cli/remote.c: does what a row of commands.c says: the session that arguments.c has read is
 * asked once, or page by page; the answer is shown. */
#include <stdio.h>
#include <stdlib.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/check.h"
#include "clients/cli/command.h"
#include "clients/cli/exit.h"
#include "clients/cli/show.h"

enum { PAGES_MAX = 100000 };

int exit_of(const struct answer *answer)
{
    switch (answer->end) {
    case ANSWER_UNREACHABLE:
    case ANSWER_LOST: return CLI_UNREACHABLE;
    case ANSWER_CAME: break;
    }
    if (answer->status >= 200 && answer->status < 300)
        return CLI_DONE;
    if (answer->status >= 500)
        return CLI_UNREACHABLE;
    switch (answer->status) {
    case 400:
    case 413:
    case 414:
    case 415:
    case 422: return CLI_INPUT;
    default:  return CLI_REFUSED;
    }
}

/* -- asking ------------------------------------------------------------------------------------------------ */

/* The body as it is sent: the file's own bytes, or what the options made. */
static bool write_body(const struct session *s, char **body, size_t *bytes)
{
    *body = NULL;
    *bytes = 0;
    if (s->argument != NULL)
        return (*body = file_read(s->argument, bytes)) != NULL;
    if (s->body == NULL)
        return true;
    *body = json_dumps(s->body, JSON_COMPACT);
    CHECK_ALLOCATED(*body);
    *bytes = strlen(*body);
    return true;
}

int session_ask(struct session *s, struct answer *answer)
{
    char *body;
    size_t bytes;

    *answer = (struct answer){.end = ANSWER_UNREACHABLE};
    if (!write_body(s, &body, &bytes))
        return CLI_INPUT;
    if (s->command->writes && s->idempotency == NULL) {
        idempotency_new(s->made);
        s->idempotency = s->made;
    }
    client_ask(s->client,
               &(struct question){.method = s->command->method,
                                  .path = s->path,
                                  .key = s->reach.key[0] != '\0' ? s->reach.key : NULL,
                                  .body = body,
                                  .body_bytes = bytes,
                                  .media_type = s->media_type,
                                  .idempotency = s->command->writes ? s->idempotency : NULL},
               answer);
    free(body);
    if (!answer_is_good(answer) &&
        (s->command->refused == NULL || !s->command->refused(s, answer)))
        answer_complain(answer, s->reach.english, s->command->writes ? s->idempotency : NULL);
    return exit_of(answer);
}

/* The same question, from where the page ended. */
static void go_to(struct session *s, const char *first_path, const char *after)
{
    struct build out = build_over(s->path, sizeof s->path);
    json_t *value = json_string(after);

    build_string(&out, first_path);
    query_put(&out, "after", value);
    json_decref(value);
}

static int ask_all(struct session *s, json_t **all)
{
    char first_path[sizeof s->path];
    int status = CLI_DONE;

    memcpy(first_path, s->path, sizeof first_path);
    *all = json_pack("{s:[], s:n}", "items", "next");
    for (int page = 0; page < PAGES_MAX && status == CLI_DONE; page++) {
        struct answer answer;
        const char *next;

        status = session_ask(s, &answer);
        json_array_extend(json_object_get(*all, "items"), json_object_get(answer.json, "items"));
        next = json_string_at(answer.json, "next");
        if (next[0] != '\0')
            go_to(s, first_path, next);
        else
            page = PAGES_MAX;
        answer_clear(&answer);
    }
    if (s->as_json && status == CLI_DONE) {
        json_dumpf(*all, stdout, JSON_COMPACT);
        putchar('\n');
    }
    return status;
}

static int ask_once(struct session *s, json_t **json)
{
    struct answer answer;
    int status = session_ask(s, &answer);

    *json = status == CLI_DONE && answer.json != NULL ? json_incref(answer.json) : NULL;
    if (s->as_json && *json != NULL)
        puts(answer.body); /* as it came */
    answer_clear(&answer);
    return status;
}

static int ask_and_show(struct session *s)
{
    json_t *json = NULL;
    int status = s->all && s->command->columns != NULL ? ask_all(s, &json) : ask_once(s, &json);

    if (status == CLI_DONE && json != NULL)
        status = s->command->show(s, json); /* with --json it only judges */
    json_decref(json);
    return status;
}

/* -- which command -------------------------------------------------------------------------------------------- */

static const struct command *find_command(const char *verb, const char *sub)
{
    const struct command *alone = NULL;

    for (const struct command *c = commands; c->verb != NULL; c++) {
        if (strcmp(c->verb, verb) != 0)
            continue;
        if (c->sub == NULL)
            alone = c;
        else if (sub != NULL && strcmp(c->sub, sub) == 0)
            return c;
    }
    return alone;
}

static bool needs_key(const struct command *c)
{
    return (c->writes || strcmp(c->verb, "trust") != 0) && c->run != doctor_run;
}

/* What is shown once goes into a file of its own, made before anything is asked: a key that is in
 * force and was written nowhere would be lost, and so would the one that stood there before. */
static bool open_save(struct session *s)
{
    bool english = s->reach.english;

    s->save_fd = open(s->save, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (s->save_fd >= 0)
        return true;
    if (errno == EEXIST)
        fprintf(stderr, english ? "%s is there already and is not overwritten; nothing was asked.\n"
                                : "%s 已存在，不会覆盖；请求没有发出。请换一个文件名。\n", s->save);
    else
        perror(s->save);
    return false;
}

static void close_save(struct session *s)
{
    if (close(s->save_fd) != 0)
        perror(s->save);
    if (!s->kept)
        (void)unlink(s->save); /* it is empty */
}

/* The number once more, where somebody can be asked. */
static bool is_meant(const struct session *s)
{
    const char *number = strrchr(s->path, '/') + 1;
    bool english = s->reach.english;
    char line[32];

    if (s->yes)
        return true;
    if (isatty(STDIN_FILENO) != 1) {
        fputs(english ? "This cannot be undone; say --yes.\n" : "此操作不可恢复；确认请加 --yes。\n",
              stderr);
        return false;
    }
    fprintf(stderr, english ? "This cannot be undone. Type %s again to go on: "
                            : "此操作不可恢复。确认请再输入一次编号 %s：", number);
    if (fgets(line, sizeof line, stdin) == NULL)
        return false;
    line[strcspn(line, "\r\n")] = '\0';
    if (strcmp(line, number) == 0)
        return true;
    fputs(english ? "Not the same; nothing was done.\n" : "编号不一致，没有执行。\n", stderr);
    return false;
}

static int run(struct session *s, int argc, char **argv)
{
    bool saves;

    int status = session_read(s, argc, argv);

    if (status != CLI_DONE)
        return status;
    if (needs_key(s->command) && !reach_key(&s->reach))
        return CLI_USAGE;
    if (s->command->for_good && !is_meant(s))
        return CLI_USAGE;
    s->client = reach_client(&s->reach);
    if (s->client == NULL)
        return CLI_USAGE;
    saves = s->save != NULL && s->command->show == show_key;
    if (saves && !open_save(s))
        return CLI_INPUT;
    status = s->command->run != NULL ? s->command->run(s) : ask_and_show(s);
    if (saves)
        close_save(s);
    return status;
}

int remote_main(int argc, char **argv)
{
    static struct session s;
    const struct command *command = find_command(argv[0], argc > 1 ? argv[1] : NULL);
    bool english = speaks_english();
    int skip, status;

    if (was_given(argc, argv, "--help") || command == NULL ||
        (command->sub == NULL && command->path != NULL && argc < 2)) {
        bool asked = was_given(argc, argv, "--help");

        if (!asked && command == NULL && argc > 1)
            fprintf(stderr, english ? "no such command: jianan %s %s\n" : "没有这个命令：jianan %s %s\n",
                    argv[0], argv[1]);
        if (command != NULL && argc > 2)
            help_command(asked ? stdout : stderr, command, english);
        else
            help_verb(asked ? stdout : stderr, argv[0], english);
        return asked ? CLI_DONE : CLI_USAGE;
    }
    skip = command->sub != NULL ? 2 : 1;
    if (command->alone != NULL)
        return command->alone(command, argc - skip, argv + skip, english);
    s = (struct session){.command = command, .reach = {.english = english}};
    status = run(&s, argc - skip, argv + skip);
    client_free(s.client);
    json_decref(s.body);
    explicit_bzero(s.reach.key, sizeof s.reach.key);
    return status;
}
