/* domain/policy: what a document may be, and which one counts where. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "support/cases.h"
#include "support/policy_edit.h"

static void refused_at(const json_t *json, const char *field, const char *what)
{
    struct policy_document document;
    struct arena arena;
    struct err e;

    arena_init(&arena, 8 << 20);
    e = policy_compile_json(json, &arena, &document);
    cr_expect_eq(e.code, ERR_POLICY_INVALID, "%s: code %d", what, (int)e.code);
    cr_expect_str_eq(e.field != NULL ? e.field : "", field, "%s: at %s (%s)", what, e.field,
                     e.expected);
    arena_clear(&arena);
}

/* Each row sets `key` of the document, or of its rule of `kind`, to `value` (NULL: removes it). */
static const struct {
    const char *what, *kind, *key, *value, *field;
} broken[] = {
    {"an unknown key", NULL, "colour", "1", "/colour"},
    {"no number", NULL, "number", NULL, "/number"},
    {"another semantics", NULL, "semantics", "2", "/semantics"},
    {"a region of letters", NULL, "region", "\"JS\"", "/region"},
    {"a region of three digits", NULL, "region", "\"320\"", "/region"},
    {"no such day", NULL, "effective", "\"2023-02-30\"", "/effective"},
    {"over before it begins", NULL, "until", "\"2023-05-25\"", "/until"},
    {"an id with a blank", NULL, "id", "\"a b\"", "/id"},
    {"an unknown gate rule", NULL, "yellow_gate", "\"maybe\"", "/yellow_gate"},
    {"no rules", NULL, "rules", "[]", "/rules"},
    {"an unknown trade", NULL, "exempt_trades", "[\"260\"]", "/exempt_trades/0"},
    {"an unknown kind", "age", "kind", "\"horoscope\"", "/rules/0/kind"},
    {"an unknown key of a rule", "age", "sign", "1", "/rules/0/sign"},
    {"no basis", "age", "basis", NULL, "/rules/0/basis"},
    {"an empty basis", "age", "basis", "[]", "/rules/0/basis"},
    {"a mark that is none", "age", "basis", "[{\"text\":\"t\",\"mark\":\"TRUE\"}]",
     "/rules/0/basis/0/mark"},
    {"no texts", "age", "texts", "{}", "/rules/0/texts/AGE_RED"},
    {"a gap between bands", "age", "men",
     "[{\"below\":18,\"colour\":\"green\"},{\"from\":19,\"colour\":\"green\"}]", "/rules/0/men/1"},
    {"overlapping bands", "age", "men",
     "[{\"to\":18,\"colour\":\"green\"},{\"from\":18,\"colour\":\"green\"}]", "/rules/0/men/1"},
    {"an upper end of the last band", "age", "men", "[{\"below\":18,\"colour\":\"green\"}]",
     "/rules/0/men"},
    {"green for an unknown age", "age", "unknown", "\"green\"", "/rules/0/unknown"},
    {"green for no exam", "exam", "none", "\"green\"", "/rules/1/none"},
    {"green for unfit", "exam", "conclusions",
     "{\"no_abnormality\":\"green\",\"recheck\":\"yellow\",\"suspected_occupational\":\"red\","
     "\"unfit\":\"green\",\"other\":\"yellow\"}", "/rules/1/conclusions/unfit"},
    {"a validity beyond the horizon", "exam", "validity_months", "61", "/rules/1/validity_months"},
    {"an unknown hazard", "exam", "hazards_by_trade", "{\"030\":[\"sea\"]}",
     "/rules/1/hazards_by_trade/030/0"},
    {"study without end", "study_points", "window_months", "0", "/rules/3/window_months"},
    {"yellow at red", "violation_points", "yellow", "12", "/rules/5/yellow"},
    {"fewer points for a graver one", "violation_points", "points", "[1,3,2,12]",
     "/rules/5/points/2"},
    {"three severities", "violation_points", "points", "[1,3,6]", "/rules/5/points"},
    {"a need of nobody", "certificate", "needs",
     "[{\"types\":[\"A\"],\"issuers\":[\"housing\"]}]", "/rules/7/needs/0/roles"},
    {"a class of three digits", "certificate", "needs",
     "[{\"trades\":[\"030\"],\"types\":[\"A\"],\"issuers\":[\"housing\"],\"classes\":[\"002\"]}]",
     "/rules/7/needs/0/classes/0"},
    {"an unknown reason", "override", "never_lifts", "[\"\"]", "/rules/12/never_lifts/0"},
    {"three signers", "override", "signers", "3", "/rules/12/signers"},
};

Test(policy, each_broken_document_is_refused_at_its_place)
{
    for (size_t i = 0; i < sizeof broken / sizeof broken[0]; i++) {
        json_t *document = shipped_json("jiangsu-2023-05.json");
        json_t *at = broken[i].kind != NULL ? policy_rule_of(document, broken[i].kind) : document;

        if (broken[i].value == NULL)
            json_object_del(at, broken[i].key);
        else
            json_object_set_new(at, broken[i].key,
                                json_loads(broken[i].value, JSON_DECODE_ANY, NULL));
        refused_at(document, broken[i].field, broken[i].what);
        json_decref(document);
    }
}

Test(policy, words_that_no_verdict_can_use_are_refused)
{
    json_t *document = shipped_json("jiangsu-2023-05.json");
    json_t *texts = json_object_get(policy_rule_of(document, "ban"), "texts");

    json_object_set(texts, "AGE_RED", json_object_get(texts, "POST_BAN"));
    refused_at(document, "/rules/8/texts/AGE_RED", "words for another rule's reason");
    json_decref(document);
}

Test(policy, two_rules_of_exams_contradict_one_another)
{
    json_t *document = shipped_json("jiangsu-2023-05.json");

    json_array_append(json_object_get(document, "rules"), policy_rule_of(document, "exam"));
    refused_at(document, "/rules", "two exam rules");
    json_decref(document);
}

Test(policy, what_is_no_json_object_is_refused)
{
    struct policy_document document;
    struct arena arena;

    arena_init(&arena, 1 << 20);
    cr_assert_eq(policy_compile(TEXT("[]"), &arena, &document).code, ERR_POLICY_INVALID);
    cr_assert_eq(policy_compile(TEXT("{"), &arena, &document).code, ERR_JSON_SYNTAX);
    cr_assert_eq(policy_compile(TEXT("{}"), &arena, &document).code, ERR_POLICY_INVALID);
    arena_clear(&arena);
}

Test(policy, out_of_memory_is_an_error_at_every_ceiling)
{
    json_t *json = shipped_json("jiangsu-2023-05.json");
    size_t refused = 0;

    for (size_t ceiling = 0; ceiling < 64 << 10; ceiling += 997) {
        struct policy_document document;
        struct arena arena;
        struct err e;

        arena_init(&arena, ceiling);
        e = policy_compile_json(json, &arena, &document);
        cr_assert(!err_is(e) || e.code == ERR_TOO_LARGE, "at %zu bytes: %s", ceiling, e.field);
        refused += err_is(e);
        arena_clear(&arena);
    }
    cr_assert_gt(refused, 10);
    json_decref(json);
}

Test(policy, every_reason_of_a_verdict_has_words_in_both_languages_and_a_basis)
{
    const struct policy_document *d = shipped_policy("jiangsu-2023-05.json");
    struct context here = {30, ROLE_WORKER, SITE_STOPPED, PERMIT_NONE, 1};
    struct facts nobody = {0};
    struct verdict v;

    safety_code(&nobody, &here, &d->policy, 46000, &v);
    cr_assert_geq(v.reason_count, 8);
    for (unsigned i = 0; i < v.reason_count; i++) {
        const struct policy_reason *words = policy_explain(d, &v.reasons[i]);

        cr_assert_not_null(words, "%s", reason_name(v.reasons[i].code));
        cr_assert(words->zh.what[0] != '\0' && words->zh.remedy[0] != '\0' &&
                  words->zh.help[0] != '\0' && words->en.what[0] != '\0');
        cr_assert_geq(policy_rule_text(d, &v.reasons[i])->basis_count, 1);
    }
}

static struct policy_document at(uint32_t number, const char *region, day_t from, day_t until)
{
    struct policy_document d = {.policy = {.number = number, .from = from, .until = until}};

    memcpy(d.policy.region, region, strlen(region) + 1);
    return d;
}

Test(policy, the_longest_region_counts_then_the_later_day_then_the_number)
{
    struct policy_document all[] = {
        at(1, "", 40000, DAY_NEVER),      at(2, "32", 45000, DAY_NEVER),
        at(3, "3209", 45500, 45600),      at(4, "32", 45500, DAY_NEVER),
        at(5, "32", 45500, DAY_NEVER),
    };
    const struct policy_document *listed[] = {&all[0], &all[1], &all[2], &all[3], &all[4]};
    struct policy_set set = {.documents = listed, .count = 5};

    cr_assert_eq(policy_find(&set, TEXT("410100"), 45500)->policy.number, 1);
    cr_assert_eq(policy_find(&set, TEXT("320900"), 44999)->policy.number, 1);
    cr_assert_eq(policy_find(&set, TEXT("320900"), 45000)->policy.number, 2);
    cr_assert_eq(policy_find(&set, TEXT("320900"), 45500)->policy.number, 3);
    cr_assert_eq(policy_find(&set, TEXT("320900"), 45600)->policy.number, 5);
    cr_assert_eq(policy_find(&set, TEXT("321000"), 45500)->policy.number, 5);
    cr_assert_null(policy_find(&set, TEXT("320900"), 39999));
}
