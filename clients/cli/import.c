/* clients/cli/import.c: `jianan import FILE`: sends a CSV, follows the work, tells which rows were
 * refused and why. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/csv.h"
#include "base/text.h"
#include "clients/cli/command.h"
#include "clients/cli/exit.h"
#include "clients/cli/show.h"

enum { COLUMNS = 5 };

/* row,column,code,reason,expected */
static void show_refused(char *csv, size_t bytes, bool english)
{
    struct csv_reader reader = csv_over(csv, bytes);
    struct text cell[COLUMNS];
    unsigned count, row;

    while (!err_is(csv_next_row(&reader, cell, COLUMNS, &count, &row)) && count > 0) {
        if (row == 1 || count < COLUMNS)
            continue;
        printf(english ? "  row %.*s, column %.*s: %.*s" : "  第 %.*s 行，%.*s 列：%.*s",
               (int)cell[0].bytes, cell[0].at, (int)cell[1].bytes, cell[1].at, (int)cell[3].bytes,
               cell[3].at);
        if (cell[4].bytes > 0)
            printf(english ? " (expected: %.*s)" : "（应为：%.*s）", (int)cell[4].bytes,
                   cell[4].at);
        putchar('\n');
    }
}

static int tell(struct session *s, int64_t import, const json_t *last)
{
    int64_t refused = json_int_at(last, "refused");
    bool done = strcmp(json_string_at(last, "state"), "done") == 0;
    struct answer answer;
    char path[96];

    if (s->as_json) {
        json_dumpf(last, stdout, JSON_COMPACT);
        putchar('\n');
    } else {
        printf(s->reach.english ? "import %lld: %s, %lld rows, %lld refused\n"
                                : "导入 %lld：%s，共 %lld 行，被拒 %lld 行\n",
               (long long)import, json_string_at(last, "state"),
               (long long)json_int_at(last, "done"), (long long)refused);
    }
    if (refused > 0 && !s->as_json) {
        snprintf(path, sizeof path, "/v1/imports/%lld/errors.csv", (long long)import);
        if (session_get(s, path, &answer) && answer.body != NULL)
            show_refused(answer.body, answer.body_bytes, s->reach.english);
        answer_clear(&answer);
    }
    if (!done)
        return CLI_UNREACHABLE; /* interrupted: send the file again, done rows are recognised */
    return refused > 0 ? CLI_NEGATIVE : CLI_DONE;
}

int import_run(struct session *s)
{
    struct answer answer;
    int64_t import, rows;
    char path[96];
    json_t *last;
    int status;

    s->media_type = "text/csv";
    status = session_ask(s, &answer);
    import = json_int_at(answer.json, "import");
    rows = json_int_at(answer.json, "rows");
    answer_clear(&answer);
    if (status != CLI_DONE)
        return status;
    snprintf(path, sizeof path, "/v1/imports/%lld", (long long)import);
    last = session_follow(s, path, s->reach.english ? "enrolling" : "登记中", (uint64_t)rows);
    status = last != NULL ? tell(s, import, last) : CLI_UNREACHABLE;
    json_decref(last);
    return status;
}
