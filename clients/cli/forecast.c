/* clients/cli/forecast.c: who changes colour when: a line each, and below it what begins and ends. */
#include <stdio.h>
#include <string.h>

#include "clients/cli/command.h"
#include "clients/cli/exit.h"
#include "clients/cli/show.h"

enum { CELL_BYTES = 128 };

static const char *cell(const json_t *row, const char *field, const char *as, bool english,
                        char into[CELL_BYTES])
{
    show_value(as, json_object_get(row, field), english, into, CELL_BYTES);
    return into;
}

static void show_change(const json_t *row, bool english)
{
    char on[CELL_BYTES], name[CELL_BYTES], trade[CELL_BYTES], from[CELL_BYTES], to[CELL_BYTES];

    printf(english ? "%s  in %lld days  worker %lld  %s  site %lld  %s  %s -> %s\n"
                   : "%s  %lld 天后  工号 %lld  %s  工地 %lld  %s  %s → %s\n",
           cell(row, "on", "on", english, on), (long long)json_int_at(row, "days"),
           (long long)json_int_at(row, "worker"), cell(row, "name", "name", english, name),
           (long long)json_int_at(row, "site"), cell(row, "trade", "trade", english, trade),
           cell(row, "from", "colour", english, from), cell(row, "to", "colour", english, to));
}

static void show_reasons(const json_t *reasons, const char *sign, bool with_remedy)
{
    const json_t *reason;
    size_t i;

    json_array_foreach(reasons, i, reason) {
        printf("    %s %s", sign, json_string_at(reason, "what"));
        if (with_remedy)
            printf(" %s", json_string_at(reason, "remedy"));
        putchar('\n');
    }
}

int forecast_show(struct session *s, const json_t *answer)
{
    const json_t *items = json_object_get(answer, "items"), *row;
    const char *next = json_string_at(answer, "next");
    bool english = s->reach.english;
    size_t i;

    if (s->as_json)
        return CLI_DONE;
    if (json_array_size(items) == 0)
        puts(english ? "Nobody changes colour." : "没有人会变色。");
    json_array_foreach(items, i, row) {
        show_change(row, english);
        show_reasons(json_object_get(row, "begins"), "+", true);
        show_reasons(json_object_get(row, "ends"), "-", false);
    }
    (void)fflush(stdout); /* so that what follows on standard error stands below */
    if (next[0] != '\0')
        fprintf(stderr, english ? "More follow: --after %s, or --all\n"
                                : "后面还有：--after %s，或 --all 取全部\n",
                next);
    return CLI_DONE;
}
