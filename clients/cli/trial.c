/* clients/cli/trial.c: `jianan policy trial NUMBER`: what a policy would change, for everybody. */
#include <stdio.h>
#include <string.h>

#include "clients/cli/command.h"
#include "clients/cli/exit.h"
#include "clients/cli/show.h"

enum { CELL_BYTES = 128, ROWS_SHOWN = 10 };

static void show_moves(const json_t *changes, bool english, const char *indent)
{
    char from[CELL_BYTES], to[CELL_BYTES];
    const json_t *move;
    size_t i;

    json_array_foreach(changes, i, move) {
        show_value("person_colour", json_object_get(move, "from"), english, from, sizeof from);
        show_value("person_colour", json_object_get(move, "to"), english, to, sizeof to);
        printf("%s%s → %s  %lld\n", indent, from, to, (long long)json_int_at(move, "posts"));
    }
}

static void show_colours(const json_t *report, const char *key, const char *label, bool english)
{
    static const char *const names[] = {"green", "yellow", "red", "none"};
    const json_t *colours = json_object_get(report, key);
    char line[4 * CELL_BYTES] = "", word[CELL_BYTES];

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        json_t *name = json_string(names[i]);
        size_t used = strlen(line);

        show_value("person_colour", name, english, word, sizeof word);
        snprintf(line + used, sizeof line - used, "%s%s %lld", used > 0 ? "  " : "", word,
                 (long long)json_int_at(colours, names[i]));
        json_decref(name);
    }
    show_pair(label, line);
}

static void show_reasons(const json_t *report, const char *key, const char *label)
{
    const char *code;
    json_t *posts;

    if (json_object_size(json_object_get(report, key)) == 0)
        return;
    puts(label);
    json_object_foreach(json_object_get(report, key), code, posts)
    {
        printf("  %s  %lld\n", code, (long long)json_integer_value(posts));
    }
}

/* Those that change most; the rest is in --json. */
static void show_table(const json_t *report, const char *key, const char *label, bool english)
{
    const json_t *row;
    size_t i;

    puts(label);
    json_array_foreach(json_object_get(report, key), i, row) {
        const char *code = json_string_at(row, "code");

        if (i == ROWS_SHOWN || json_int_at(row, "changed") == 0)
            return;
        if (json_object_get(row, "id") != NULL)
            printf("  %lld ", (long long)json_int_at(row, "id"));
        else
            printf("  %s ", code[0] != '\0' ? code : "-");
        printf(english ? "%s: %lld of %lld\n" : "%s：%lld / %lld\n", json_string_at(row, "name"),
               (long long)json_int_at(row, "changed"), (long long)json_int_at(row, "posts"));
        show_moves(json_object_get(row, "changes"), english, "      ");
    }
}

static void show_examples(const json_t *report, bool english)
{
    char from[CELL_BYTES], to[CELL_BYTES];
    const json_t *example;
    size_t i;

    if (json_array_size(json_object_get(report, "examples")) == 0)
        return;
    puts(english ? "examples (jianan worker colour ID)" : "举例（jianan worker colour 工人号）");
    json_array_foreach(json_object_get(report, "examples"), i, example) {
        show_value("person_colour", json_object_get(example, "from"), english, from, sizeof from);
        show_value("person_colour", json_object_get(example, "to"), english, to, sizeof to);
        printf(english ? "  %s → %s: worker %lld\n" : "  %s → %s：工人 %lld\n", from, to,
               (long long)json_int_at(example, "worker"));
    }
}

static void show_report(const json_t *trial, bool english)
{
    const json_t *report = json_object_get(trial, "report");
    char on[CELL_BYTES];

    show_value("on", json_object_get(trial, "on"), english, on, sizeof on);
    printf(english ? "trial %lld of policy %lld on %s: %lld of %lld posts change colour\n"
                   : "试行 %lld：政策 %lld，按 %s 计；%lld 个岗位变色，共 %lld 个\n",
           (long long)json_int_at(trial, "trial"), (long long)json_int_at(trial, "policy"), on,
           (long long)json_int_at(report, "changed"), (long long)json_int_at(report, "posts"));
    if (json_int_at(report, "posts") == 0) {
        puts(english ? "  Nobody is judged by it that day: no site of its region has people, or another policy"
                       " goes before it there (a longer region, a later day)."
                     : "  当天没有人由它判定：该地区的工地没有人员，或另一份政策优先（区划更细，或生效更晚）。");
        return;
    }
    show_colours(report, "now", english ? "now" : "现在", english);
    show_colours(report, "then", english ? "then" : "试行后", english);
    show_moves(json_object_get(report, "changes"), english, "  ");
    show_reasons(report, "reasons_begin", english ? "reasons that begin" : "新增原因");
    show_reasons(report, "reasons_end", english ? "reasons that end" : "消失的原因");
    show_table(report, "regions", english ? "regions" : "地区", english);
    show_table(report, "orgs", english ? "firms" : "单位", english);
    show_table(report, "sites", english ? "sites" : "工地", english);
    show_table(report, "trades", english ? "trades" : "工种", english);
    show_examples(report, english);
}

static int tell(const struct session *s, const json_t *trial)
{
    bool done = strcmp(json_string_at(trial, "state"), "done") == 0;

    if (s->as_json) {
        json_dumpf(trial, stdout, JSON_COMPACT);
        putchar('\n');
    } else if (done) {
        show_report(trial, s->reach.english);
    } else {
        fputs(s->reach.english ? "The trial was interrupted; start it again.\n"
                               : "试行被中断，请重新开始。\n",
              stderr);
    }
    return done ? CLI_DONE : CLI_UNREACHABLE;
}

int policy_trial_run(struct session *s)
{
    struct answer answer;
    int status = session_ask(s, &answer);
    char path[96];
    json_t *last;

    snprintf(path, sizeof path, "/v1/trials/%lld", (long long)json_int_at(answer.json, "trial"));
    answer_clear(&answer);
    if (status != CLI_DONE)
        return status;
    last = session_follow(s, path, s->reach.english ? "trying it" : "试算中", 0);
    status = last != NULL ? tell(s, last) : CLI_UNREACHABLE;
    json_decref(last);
    return status;
}
