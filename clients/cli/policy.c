/* clients/cli/policy.c: `jianan policy check FILE` judges a document as the server would, without
 * one; `jianan policy show` prints a document. */
#include "domain/policy.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"
#include "clients/cli/command.h"
#include "clients/cli/exit.h"
#include "clients/cli/show.h"

enum { ARENA_BYTES = 8 * 1024 * 1024 };

static int refuse(const struct session *s, struct err e)
{
    const struct err_row *row = err_row(e.code);
    bool english = s->reach.english;

    fprintf(stderr, "%s%s%s\n", s->argument, english ? ": " : "：", english ? row->en : row->zh);
    if (e.field != NULL)
        fprintf(stderr, english ? "  at %s" : "  位置 %s", e.field[0] != '\0' ? e.field : "/");
    if (e.expected != NULL)
        fprintf(stderr, english ? ", expected: %s" : "，应为：%s", e.expected);
    if (e.field != NULL || e.expected != NULL)
        fputc('\n', stderr);
    return CLI_INPUT;
}

int policy_check_run(struct session *s)
{
    struct policy_document document;
    struct arena arena;
    size_t bytes;
    char *json = file_read(s->argument, &bytes);
    struct err e;
    int status = CLI_DONE;

    if (json == NULL)
        return CLI_INPUT;
    arena_init(&arena, ARENA_BYTES);
    e = policy_compile((struct text){json, bytes}, &arena, &document);
    if (err_is(e))
        status = refuse(s, e);
    else
        printf(s->reach.english ? "%s is a valid policy: number %u, %s, region \"%s\"\n"
                                : "%s 有效：编号 %u，%s，区划“%s”\n",
               s->argument, (unsigned)document.policy.number,
               s->reach.english ? document.title_en : document.title_zh, document.policy.region);
    arena_clear(&arena);
    free(json);
    return status;
}

int policy_show_run(struct session *s)
{
    struct answer answer;
    int status = session_ask(s, &answer);

    if (status == CLI_DONE) {
        json_dumpf(answer.json, stdout, s->as_json ? JSON_COMPACT : JSON_INDENT(2));
        putchar('\n');
    }
    answer_clear(&answer);
    return status;
}
