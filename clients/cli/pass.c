/* clients/cli/pass.c: a gate's answer, what it was decided from, and what comes out of it now. */
#include <string.h>

#include "clients/cli/command.h"
#include "clients/cli/exit.h"
#include "clients/cli/show.h"

enum { LINE_BYTES = 256 };

static const struct {
    const char *result, *zh;
} results[] = {
    {"equal", "与存档完全一致"},
    {"different", "与存档不一致：存档或其依据被改动"},
    {"decided_elsewhere", "由闸机离线自行判定，未重算；存档未被改动"},
    {"impossible", "无法重算：缺少当时的依据"},
};

static void show_words(const char *label, const json_t *words)
{
    char line[LINE_BYTES];
    struct build b = build_over(line, sizeof line);
    const json_t *word;
    size_t i;

    json_array_foreach(words, i, word) {
        build_format(&b, "%s%s", i > 0 ? " " : "", json_string_value(word));
    }
    if (b.bytes > 0 && !b.full)
        show_pair(label, build_done(&b).at);
}

static void show_field(const json_t *answer, const char *field, const char *label, bool english)
{
    char value[LINE_BYTES];

    show_value(field, json_object_get(answer, field), english, value, sizeof value);
    show_pair(label, value);
}

static void show_answer(const json_t *answer, bool english)
{
    const json_t *inputs = json_object_get(answer, "inputs");

    printf("\n%s (%s)%s\n", json_string_at(answer, "verdict"), json_string_at(answer, "why"),
           !json_is_true(json_object_get(answer, "told_otherwise")) ? ""
           : english ? "  told instead"
                     : "  实际告知");
    show_field(answer, "person_colour", english ? "person" : "个人", english);
    show_field(answer, "colour_here", english ? "at this post" : "在此岗位", english);
    show_words(english ? "reasons" : "原因", json_object_get(answer, "reasons"));
    show_words(english ? "stay shut" : "限制区域", json_object_get(answer, "restrictions"));
    show_words(english ? "flags" : "标记", json_object_get(answer, "flags"));
    if (!json_is_object(inputs))
        return;
    show_field(inputs, "day", english ? "day" : "判定日", english);
    show_field(inputs, "policy", english ? "policy" : "政策", english);
    show_field(inputs, "facts_version", english ? "records to" : "记录至版本", english);
}

static const char *result_in_words(const char *result, bool english)
{
    for (size_t i = 0; i < sizeof results / sizeof *results && !english; i++) {
        if (strcmp(result, results[i].result) == 0)
            return results[i].zh;
    }
    return result;
}

/* False: it does not come out as it is stored. */
static bool show_replay(const json_t *answer, bool as_json, bool english)
{
    const json_t *replay = json_object_get(answer, "replay");
    const char *result = json_string_at(replay, "result");

    if (!as_json) {
        show_pair(english ? "decided again" : "重算", result_in_words(result, english));
        show_words(english ? "differs" : "不一致", json_object_get(replay, "differs"));
        if (json_is_string(json_object_get(replay, "missing")))
            show_field(replay, "missing", english ? "missing" : "缺少", english);
    }
    return strcmp(result, "equal") == 0 || strcmp(result, "decided_elsewhere") == 0;
}

int pass_show(struct session *s, const json_t *pass)
{
    bool english = s->reach.english, fine = true;
    const json_t *answer;
    size_t i;

    if (!s->as_json) {
        show_field(pass, "worker", english ? "worker" : "工号", english);
        show_field(pass, "at", english ? "at" : "时间", english);
        show_field(pass, "direction", english ? "way" : "方向", english);
    }
    json_array_foreach(json_object_get(pass, "answers"), i, answer) {
        if (!s->as_json)
            show_answer(answer, english);
        fine = show_replay(answer, s->as_json, english) && fine;
    }
    return fine ? CLI_DONE : CLI_NEGATIVE;
}
