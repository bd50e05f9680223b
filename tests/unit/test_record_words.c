/* Records in words: every code and every field that a record can hold has some. */
#include <criterion/criterion.h>
#include <string.h>

#include "base/choice.h"
#include "clients/cli/record_words.h"
#include "domain/record_fields.h"

static const char *code_of(struct text choice, char into[64])
{
    cr_assert_lt(choice.bytes, 64);
    memcpy(into, choice.at, choice.bytes);
    into[choice.bytes] = '\0';
    return into;
}

Test(record_words, every_kind_and_every_code_is_said_in_words)
{
    char code[64];

    for (unsigned kind = 1; kind < RECORD_KINDS; kind++)
        cr_expect_str_neq(record_word("kind", record_kind_name(kind), false), record_kind_name(kind));
    for (const struct body_field *f = body_fields; f->pointer != NULL; f++) {
        if (f->type != BODY_CHOICE && f->type != BODY_CHOICES)
            continue;
        for (int place = 0; choice_at(f->choices, place).at != NULL; place++) {
            code_of(choice_at(f->choices, place), code);
            cr_expect_str_neq(record_word(body_key(f), code, false), code, "%s %s", body_key(f), code);
        }
    }
}

Test(record_words, every_field_has_a_name_that_people_read)
{
    for (const struct body_field *f = body_fields; f->pointer != NULL; f++) {
        json_t *body = json_pack("{s:i}", body_key(f), 7);
        char line[256];

        record_body_show(body, false, line, sizeof line);
        cr_expect_null(strstr(line, body_key(f)), "%s", line);
        json_decref(body);
    }
}

Test(record_words, a_body_is_a_line)
{
    static const struct {
        const char *body, *zh, *en;
    } table[] = {
        {"{\"class\":\"operation\",\"category\":\"7.06\",\"severity\":4,\"off_job_training\":true}",
         "类别 违章作业，不安全行为 7.06 冒险进入危险场所，程度 严重，须离岗培训 是",
         "class worked against the rules; category 7.06; severity grave; off job training yes"},
        {"{\"conclusion\":\"contraindicated\",\"contraindicated_for\":[\"height\",\"heat\"]}",
         "结论 职业禁忌证，禁忌作业 高处、高温",
         "conclusion contraindicated; contraindicated for height, heat"},
        {"{\"trade\":\"030\",\"role\":\"worker\",\"site\":2}", "工种 030 架子工，岗位 工人，工地 2", NULL},
        {"{}", "", ""},
    };

    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        json_t *body = json_loads(table[i].body, 0, NULL);
        char line[512];

        record_body_show(body, false, line, sizeof line);
        cr_expect_str_eq(line, table[i].zh, "%zu", i);
        record_body_show(body, true, line, sizeof line);
        if (table[i].en != NULL)
            cr_expect_str_eq(line, table[i].en, "%zu", i);
        json_decref(body);
    }
}
