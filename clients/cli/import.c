/* clients/cli/import.c: `jianan import FILE`: sends a CSV, follows the work, tells which rows were
 * refused and why. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/csv.h"
#include "base/text.h"
#include "clients/cli/command.h"
#include "clients/cli/exit.h"
#include "clients/cli/show.h"
#include "clients/http/screen.h"

enum { LOOK_EVERY_MS = 200, COLUMNS = 5 };

static void get(struct session *s, const char *rest, int64_t import, struct answer *answer)
{
    char path[96];

    snprintf(path, sizeof path, "/v1/imports/%lld%s", (long long)import, rest);
    client_ask(s->client, &(struct question){.path = path, .key = s->reach.key}, answer);
    if (!answer_is_good(answer))
        answer_complain(answer, s->reach.english, NULL);
}

/* Until it no longer runs; the last look is the caller's to json_decref, or NULL. */
static json_t *follow(struct session *s, int64_t import, int64_t rows)
{
    struct bar bar = bar_start(s->reach.english ? "enrolling" : "登记中", (uint64_t)rows);

    for (;;) {
        struct answer answer;
        json_t *now;
        uint64_t done;

        get(s, "", import, &answer);
        now = answer_is_good(&answer) ? json_incref(answer.json) : NULL;
        answer_clear(&answer);
        done = (uint64_t)json_int_at(now, "done");
        if (now == NULL || strcmp(json_string_at(now, "state"), "running") != 0) {
            bar_end(&bar, done);
            return now;
        }
        bar_move(&bar, done);
        json_decref(now);
        nanosleep(&(struct timespec){.tv_nsec = LOOK_EVERY_MS * 1000000L}, NULL);
    }
}

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
        get(s, "/errors.csv", import, &answer);
        if (answer_is_good(&answer) && answer.body != NULL)
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
    json_t *last;
    int status;

    s->media_type = "text/csv";
    status = session_ask(s, &answer);
    import = json_int_at(answer.json, "import");
    rows = json_int_at(answer.json, "rows");
    answer_clear(&answer);
    if (status != CLI_DONE)
        return status;
    last = follow(s, import, rows);
    status = last != NULL ? tell(s, import, last) : CLI_UNREACHABLE;
    json_decref(last);
    return status;
}
