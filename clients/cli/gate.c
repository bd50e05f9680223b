/* clients/cli/gate.c: asking as a gate does, and handing in what a gate decided while alone. */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "clients/cli/command.h"
#include "clients/cli/exit.h"
#include "clients/cli/show.h"

/* The clock numbers the question: its second is the start, its microsecond the place in it. */
void gate_prepare(struct session *s)
{
    char at[CLOCK_RFC3339_BYTES];
    time_us now = clock_wall_us();
    struct text text = clock_format(now, at);
    json_t *missing = json_pack("{s:s, s:s#, s:I, s:I}", "direction", "in", "at", text.at,
                                text.bytes, "epoch", (json_int_t)(now / US_PER_SECOND), "seq",
                                (json_int_t)(now % US_PER_SECOND));

    if (s->body == NULL)
        s->body = json_object();
    json_object_update_missing(s->body, missing);
    json_decref(missing);
}

static void show_words(const char *label, const json_t *words)
{
    char line[256] = "";
    const json_t *word;
    size_t i, used = 0;

    json_array_foreach(words, i, word) {
        int put = snprintf(line + used, sizeof line - used, "%s%s", i > 0 ? " " : "",
                           json_string_value(word));

        if (put < 0 || (size_t)put >= sizeof line - used)
            break;
        used += (size_t)put;
    }
    if (used > 0)
        show_pair(label, line);
}

int gate_show(struct session *s, const json_t *answer)
{
    static const char *const fields[][3] = {
        {"screen", "屏幕", "screen"},     {"colour", "颜色", "colour"}, {"name", "姓名", "name"},
        {"recorded", "记录在", "recorded"}, {"pass", "通行号", "pass"},
    };
    bool english = s->reach.english;
    const char *verdict = json_string_at(answer, "verdict");

    if (!s->as_json) {
        printf("%s (%s)\n", verdict, json_string_at(answer, "why"));
        for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
            char value[128];

            show_value(fields[i][0], json_object_get(answer, fields[i][0]), english, value,
                       sizeof value);
            show_pair(fields[i][english ? 2 : 1], value);
        }
        show_words(english ? "reasons" : "原因类别", json_object_get(answer, "reasons"));
        show_words(english ? "stay shut" : "限制区域", json_object_get(answer, "restrictions"));
    }
    return strcmp(verdict, "open") == 0 ? CLI_DONE : CLI_NEGATIVE;
}

int handed_show(struct session *s, const json_t *answer)
{
    int64_t refused = json_int_at(answer, "refused");

    if (!s->as_json)
        printf(s->reach.english ? "accepted %lld, there already %lld, refused %lld\n"
                                : "收下 %lld 条，已有 %lld 条，被拒 %lld 条\n",
               (long long)json_int_at(answer, "accepted"),
               (long long)json_int_at(answer, "duplicates"), (long long)refused);
    return refused > 0 ? CLI_NEGATIVE : CLI_DONE;
}
