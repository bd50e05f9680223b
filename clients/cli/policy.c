/* clients/cli/policy.c: a policy on the server: its document, what became of a draft, what the
 * checker finds in it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "clients/cli/command.h"
#include "clients/cli/exit.h"
#include "clients/cli/show.h"

/* The document alone, as `policy check` and `policy post` read it. */
static int save_document(const struct session *s, const json_t *document)
{
    char *text = json_dumps(document, JSON_INDENT(2));
    bool saved;

    CHECK_ALLOCATED(text);
    saved = file_write(s->save, text, strlen(text)) &&
            (strcmp(s->save, "-") != 0 || putchar('\n') == '\n');
    free(text);
    if (!saved)
        return CLI_INPUT;
    if (!s->as_json && strcmp(s->save, "-") != 0)
        printf(s->reach.english ? "the document is in %s\n" : "政策文件已存入 %s\n", s->save);
    return CLI_DONE;
}

int policy_show_run(struct session *s)
{
    struct answer answer;
    int status = session_ask(s, &answer);

    if (status == CLI_DONE && s->save != NULL) {
        status = save_document(s, json_object_get(answer.json, "document"));
    } else if (status == CLI_DONE) {
        json_dumpf(answer.json, stdout, s->as_json ? JSON_COMPACT : JSON_INDENT(2));
        putchar('\n');
    }
    answer_clear(&answer);
    return status;
}

/* A new draft: done, and what has to be done before it can be approved. */
int draft_show(struct session *s, const json_t *answer)
{
    long long findings = (long long)json_int_at(answer, "findings");
    long long number = (long long)json_int_at(answer, "number");

    show_written(s, answer);
    if (!s->as_json && findings > 0)
        printf(s->reach.english
                   ? "  %lld to mend before it can be approved: jianan policy findings %lld\n"
                   : "  有 %lld 处须先修改才能批准：jianan policy findings %lld\n", findings, number);
    return CLI_DONE;
}

/* As `jianan policy check` says it of a file. 1 when there is something to mend. */
int findings_show(struct session *s, const json_t *answer)
{
    const json_t *items = json_object_get(answer, "items"), *item;
    bool english = s->reach.english;
    size_t i;

    if (json_array_size(items) == 0) {
        if (!s->as_json)
            puts(english ? "Nothing to mend was found." : "没有发现需要修改的地方。");
        return CLI_DONE;
    }
    json_array_foreach(items, i, item) {
        char *example = json_dumps(json_object_get(item, "example"), JSON_COMPACT);

        if (!s->as_json)
            printf("%zu. %s  %s\n   %s\n   %s%s\n", i + 1,
                   finding_class_word(json_string_at(item, "class"), english),
                   json_string_at(item, "at"), json_string_at(item, english ? "en" : "zh"),
                   english ? "For example: " : "示例：", example);
        free(example);
    }
    return CLI_NEGATIVE;
}

/* -- a move that is refused ----------------------------------------------------------------------- */

/* What may follow is told as the commands that do it; by what the server expects of the state. */
static const struct {
    const char *expected, *commands[2];
} next[] = {
    {"approved | retired", {"approve", "end"}},
    {"in_force | retired", {"enforce", "end"}},
    {"retiring", {"retire", NULL}},
    {"retired | in_force", {"end", "keep"}},
    {"nothing: it is retired", {NULL, NULL}},
};

static bool tell_next(const char *expected, const char *number, bool english)
{
    for (size_t i = 0; i < sizeof next / sizeof next[0]; i++) {
        if (strcmp(expected, next[i].expected) != 0)
            continue;
        if (next[i].commands[0] == NULL) {
            fputs(english ? "It is retired; nothing can follow.\n" : "该政策已废止，不能再变更。\n", stderr);
            return true;
        }
        fputs(english ? "As it stands, what may follow is:\n" : "目前不能这样办理；现在可以：\n", stderr);
        for (size_t j = 0; j < 2 && next[i].commands[j] != NULL; j++)
            fprintf(stderr, "  jianan policy %s %s\n", next[i].commands[j], number);
        return true;
    }
    return false;
}

bool policy_refused(const struct session *s, const struct answer *answer)
{
    const json_t *wrong = json_array_get(json_object_get(answer->json, "errors"), 0);
    const char *at = json_string_at(wrong, "pointer"), *expected = json_string_at(wrong, "expected");
    struct text rest, number = text_cut(text_of(s->path + strlen("/v1/policies/")), '/', &rest);
    char policy[32];
    long days = strtol(expected, NULL, 10); /* "21: …" */

    snprintf(policy, sizeof policy, "%.*s", (int)number.bytes, number.at);
    if (strcmp(at, "/state") == 0 && strcmp(json_string_at(answer->json, "code"), "field_choice") == 0)
        return tell_next(expected, policy, s->reach.english);
    if (strcmp(at, "/past_days") != 0 || days == 0)
        return false;
    fprintf(stderr, s->reach.english
                        ? "Its first day is gone: in force, it will judge %ld days that are gone anew.\n"
                          "If that is meant: jianan policy enforce %s --past-days %ld\n"
                        : "生效日已过：施行后，已过去的 %ld 天将由它重新判定。\n"
                          "确认请用：jianan policy enforce %s --past-days %ld\n", days, policy, days);
    return true;
}
