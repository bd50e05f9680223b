/* migrations/policies/schema/policy.json says what the program reads: no shipped document breaks it,
 * it refuses nothing that the program accepts, and it knows the keys that the program asks for, no
 * more and no fewer. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "support/json_schema.h"
#include "support/policy_edit.h"

enum { KEYS_MAX = 256, ARENA_BYTES = 8 << 20 };

static json_t *schema;

static void set_up(void)
{
    schema = shipped_json("schema/policy.json");
}

static void tear_down(void)
{
    json_decref(schema);
}

TestSuite(policy_schema, .init = set_up, .fini = tear_down, .timeout = 240);

static bool program_accepts(const json_t *document)
{
    struct policy_document out;
    struct arena arena;
    struct err e;

    arena_init(&arena, ARENA_BYTES);
    e = policy_compile_json(document, &arena, &out);
    arena_clear(&arena);
    return !err_is(e);
}

Test(policy_schema, every_shipped_document_is_valid_by_it)
{
    cr_assert_null(schema_unknown_keyword(schema), "%s", schema_unknown_keyword(schema));
    for (const char *const *name = shipped_names(); *name != NULL; name++) {
        json_t *document = shipped_json(*name);

        cr_expect(schema_accepts(schema, document), "%s", *name);
        json_decref(document);
    }
}

/* -- where a decree is silent ------------------------------------------------------------------- */

/* What a region says otherwise than the default, by its own words. A file's name may be the beginning
 * of several. */
static const struct {
    const char *file, *kind, *why;
} own[] = {
    {"", "age", "全国没有统一的年龄上限；低于十八周岁的，各地另有规定"},
    {"drafts/zhengzhou", "violation_points", "征求意见稿按年度计算"},
    {"shenzhen", "periodic_training", "季度、月度培训的学时计入年度学时"},
};

static bool is_own(const char *file, const char *kind)
{
    for (size_t i = 0; i < sizeof own / sizeof own[0]; i++) {
        if (strcmp(own[i].kind, kind) == 0 && strncmp(file, own[i].file, strlen(own[i].file)) == 0)
            return true;
    }
    return false;
}

static const char *kind_of(const json_t *rule)
{
    return json_string_value(json_object_get(rule, "kind"));
}

/* All but the words and what they rest on. */
static bool asks_the_same(const json_t *a, const json_t *b)
{
    json_t *x = json_copy((json_t *)(uintptr_t)a), *y = json_copy((json_t *)(uintptr_t)b);
    bool same;

    for (size_t i = 0; i < 2; i++) {
        (void)json_object_del(i == 0 ? x : y, "basis");
        (void)json_object_del(i == 0 ? x : y, "texts");
    }
    same = json_equal(x, y) == 1;
    json_decref(x);
    json_decref(y);
    return same;
}

static void expect_rule(const char *file, const json_t *document, const json_t *wanted)
{
    const json_t *rules = json_object_get(document, "rules");
    bool has_kind = false, has_rule = false;

    for (size_t i = 0; i < json_array_size(rules); i++) {
        const json_t *rule = json_array_get(rules, i);

        has_kind = has_kind || strcmp(kind_of(rule), kind_of(wanted)) == 0;
        has_rule = has_rule || asks_the_same(rule, wanted);
    }
    cr_expect(has_kind, "%s has no %s", file, kind_of(wanted));
    cr_expect(has_rule || is_own(file, kind_of(wanted)),
              "%s: %s differs from the default, and nothing here says why", file, kind_of(wanted));
}

Test(policy_schema, a_region_asks_what_the_default_asks_where_its_decree_is_silent)
{
    json_t *otherwise = shipped_json("default.json");
    const json_t *rules = json_object_get(otherwise, "rules");

    for (const char *const *name = shipped_names(); *name != NULL; name++) {
        json_t *document = shipped_json(*name);

        for (size_t i = 0; i < json_array_size(rules); i++)
            expect_rule(*name, document, json_array_get(rules, i));
        json_decref(document);
    }
    json_decref(otherwise);
}

/* Nobody learns of an exception that is none any more. */
Test(policy_schema, each_exception_is_one)
{
    json_t *otherwise = shipped_json("default.json");

    for (size_t i = 0; i < sizeof own / sizeof own[0]; i++) {
        bool differs = false;

        for (const char *const *name = shipped_names(); *name != NULL; name++) {
            json_t *document = shipped_json(*name);

            if (strncmp(*name, own[i].file, strlen(own[i].file)) == 0)
                differs = differs || !asks_the_same(policy_rule_of(document, own[i].kind),
                                                    policy_rule_of(otherwise, own[i].kind));
            json_decref(document);
        }
        cr_expect(differs, "%s: %s is the default's", own[i].file, own[i].kind);
    }
    json_decref(otherwise);
}

/* -- broken documents ------------------------------------------------------------------------- */

/* Numbers are Shenzhen's rules: 0 and 1 age, 2 exam, 3 entry_training, 5 the quarter, 6 the month. */
static const struct {
    const char *what, *pointer, *value;
} broken[] = {
    {"an unknown key", "/colour", "1"},
    {"no number", "/number", NULL},
    {"a region of three digits", "/region", "\"320\""},
    {"an unknown gate rule", "/yellow_gate", "\"maybe\""},
    {"an unknown rule of briefings", "/pre_shift", "\"sometimes\""},
    {"no rules", "/rules", "[]"},
    {"an unknown kind", "/rules/0/kind", "\"horoscope\""},
    {"an unknown key of a rule", "/rules/0/sign", "1"},
    {"no basis", "/rules/0/basis", "[]"},
    {"a mark that is none", "/rules/0/basis/0/mark", "\"TRUE\""},
    {"no texts", "/rules/0/texts", NULL},
    {"an empty text", "/rules/0/texts/AGE_RED/zh/what", "\"\""},
    {"green for an unknown age", "/rules/0/unknown", "\"green\""},
    {"bands from and over", "/rules/0/men/1/over", "15"},
    {"trades and roles", "/rules/1/roles", "[\"head\"]"},
    {"a validity beyond the horizon", "/rules/2/validity_months", "61"},
    {"an unknown hazard", "/rules/2/hazards_by_trade", "{\"030\":[\"sea\"]}"},
    {"green for unfit", "/rules/2/conclusions/unfit", "\"green\""},
    {"a window beside a period", "/rules/5/window_months", "3"},
    {"an unknown period", "/rules/5/period", "\"week\""},
    {"an unknown role", "/rules/6/roles", "[\"cook\"]"},
    {"an alert above everybody", "/site_alert/yellow_over_percent", "101"},
    {"an alert without words", "/site_alert/texts", NULL},
    {"an alert that shoots", "/site_alert/then", "\"shoot\""},
};

Test(policy_schema, what_is_plainly_wrong_is_refused_by_both)
{
    for (size_t i = 0; i < sizeof broken / sizeof broken[0]; i++) {
        json_t *document = shipped_json("shenzhen-2020.json");

        policy_set(document, broken[i].pointer, broken[i].value);
        cr_expect_not(schema_accepts(schema, document), "the schema lets pass: %s",
                      broken[i].what);
        cr_expect_not(program_accepts(document), "the program lets pass: %s", broken[i].what);
        json_decref(document);
    }
}

/* -- never stricter --------------------------------------------------------------------------- */

/* A value in the place of another: of another type, or out of range, or in it. */
static json_t *other_value(unsigned turn, const json_t *is)
{
    switch (turn % 6) {
    case 0:  return json_null();
    case 1:  return json_integer(-1);
    case 2:  return json_string("yellow");
    case 3:  return json_array();
    case 4:  return json_boolean(!json_is_true(is));
    default: return json_object();
    }
}

struct trial {
    json_t *document;
    unsigned turn, refused;
};

static void try_it(struct trial *t)
{
    bool by_schema;

    t->turn++;
    by_schema = schema_accepts(schema, t->document);
    t->refused += !by_schema;
    if (!by_schema && program_accepts(t->document)) {
        char *text = json_dumps(t->document, JSON_COMPACT);

        cr_expect(false, "turn %u: the schema refuses what the program accepts: %.600s", t->turn,
                  text);
        free(text);
    }
}

static void change_each(struct trial *t, json_t *within);

static void change_members(struct trial *t, json_t *object)
{
    const char *names[KEYS_MAX];
    size_t count = 0;
    const char *key;
    json_t *is;

    json_object_foreach(object, key, is)
        names[count++] = key;
    for (size_t i = 0; i < count; i++) {
        char name[64];

        (void)snprintf(name, sizeof name, "%s", names[i]);
        is = json_incref(json_object_get(object, name));
        if (json_is_integer(is)) { /* most limits lie beside what the document says */
            json_object_set_new(object, name, json_integer(json_integer_value(is) + 1));
            try_it(t);
        }
        if (t->turn % 2 == 0)
            json_object_del(object, name);
        else
            json_object_set_new(object, name, other_value(t->turn / 2, is));
        try_it(t);
        json_object_set_new(object, name, is); /* at the end now: order is of no account */
        change_each(t, is);
    }
}

static void change_items(struct trial *t, json_t *array)
{
    for (size_t i = 0; i < json_array_size(array); i++) {
        json_t *is = json_incref(json_array_get(array, i));

        json_array_set_new(array, i, other_value(t->turn, is));
        try_it(t);
        json_array_set_new(array, i, is);
        change_each(t, is);
    }
}

static void change_each(struct trial *t, json_t *within)
{
    if (json_is_object(within))
        change_members(t, within);
    if (json_is_array(within))
        change_items(t, within);
}

/* Texts are alike in all rules: two rules' are enough. */
static void drop_texts(json_t *document)
{
    size_t i;
    json_t *rule;

    json_array_foreach(json_object_get(document, "rules"), i, rule)
    {
        if (i > 1)
            json_object_set_new(json_array_get(json_object_get(rule, "basis"), 0), "text",
                                json_string("b"));
    }
}

Test(policy_schema, what_it_refuses_the_program_refuses_too)
{
    static const char *const names[] = {"shenzhen-2020.json",
                                        "drafts/jiangsu-2023-05-milder.json"};

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        struct trial t = {.document = shipped_json(names[i]), .turn = (unsigned)i};

        drop_texts(t.document);
        change_each(&t, t.document);
        cr_expect_gt(t.refused, 500, "%s: %u of %u", names[i], t.refused, t.turn);
        json_decref(t.document);
    }
}

/* -- keys ------------------------------------------------------------------------------------- */

/* The program asks for keys by json_object_get, which the linker leads here in this test: so what it
 * knows of a rule is what it asks a rule's object for. */
json_t *__real_json_object_get(const json_t *object, const char *key);
json_t *__wrap_json_object_get(const json_t *object, const char *key);

static struct {
    const char *kind; /* asked of rules of this kind; NULL: nobody listens */
    const char *keys[KEYS_MAX];
    size_t count;
} asked;

json_t *__wrap_json_object_get(const json_t *object, const char *key)
{
    const char *kind = json_string_value(__real_json_object_get(object, "kind"));

    if (asked.kind != NULL && kind != NULL && strcmp(kind, asked.kind) == 0) {
        size_t i = 0;

        while (i < asked.count && strcmp(asked.keys[i], key) != 0)
            i++;
        if (i == asked.count && i < KEYS_MAX)
            asked.keys[asked.count++] = strdup(key); /* kept to the test's end */
    }
    return __real_json_object_get(object, key);
}

static bool is_asked(const char *key)
{
    for (size_t i = 0; i < asked.count; i++) {
        if (strcmp(asked.keys[i], key) == 0)
            return true;
    }
    return false;
}

static json_t *document_with(const char *kind, json_t **rule)
{
    json_t *document = shipped_json("default.json");

    if (strcmp(kind, "study_points") == 0) { /* the one that the default does not have */
        json_decref(document);
        document = shipped_json("jiangsu-2023-05.json");
    }
    *rule = policy_rule_of(document, kind);
    return document;
}

static void listen(const char *kind, const json_t *document)
{
    asked.kind = kind;
    (void)program_accepts(document);
    asked.kind = NULL;
}

/* Once as it is, and once with each key that the schema knows: some are asked for only beside it. */
static void ask_for_all(const char *kind, const json_t *properties)
{
    const char *key;
    json_t *is, *rule, *document = document_with(kind, &rule);

    asked.count = 0;
    listen(kind, document);
    json_decref(document);
    json_object_foreach((json_t *)(uintptr_t)properties, key, is)
    {
        document = document_with(kind, &rule);
        if (json_object_get(rule, key) == NULL)
            json_object_set_new(rule, key, json_integer(1));
        listen(kind, document);
        json_decref(document);
    }
}

Test(policy_schema, it_knows_the_keys_of_rules_that_the_program_asks_for)
{
    size_t kinds = 0;
    const char *name, *key;
    json_t *definition, *is;

    json_object_foreach(json_object_get(schema, "$defs"), name, definition)
    {
        const json_t *properties = json_object_get(definition, "properties");

        if (strncmp(name, "rule_", 5) != 0)
            continue;
        kinds++;
        ask_for_all(name + 5, properties);
        json_object_foreach((json_t *)(uintptr_t)properties, key, is)
            cr_expect(is_asked(key), "%s: the program never asks for %s", name, key);
        for (size_t i = 0; i < asked.count; i++)
            cr_expect_not_null(json_object_get(properties, asked.keys[i]),
                               "%s: the schema does not know %s", name, asked.keys[i]);
        for (size_t i = 0; i < asked.count; i++)
            free((char *)(uintptr_t)asked.keys[i]);
    }
    cr_expect_eq(kinds, RULE_KINDS);
}
