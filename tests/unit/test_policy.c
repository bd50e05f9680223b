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
    {"study without end", "study_points", "window_months", "0", "/rules/5/window_months"},
    {"yellow at red", "violation_points", "yellow", "12", "/rules/8/yellow"},
    {"fewer points for a graver one", "violation_points", "points", "[1,3,2,12]",
     "/rules/8/points/2"},
    {"three severities", "violation_points", "points", "[1,3,6]", "/rules/8/points"},
    {"a need of nobody", "certificate", "needs",
     "[{\"types\":[\"A\"],\"issuers\":[\"housing\"]}]", "/rules/10/needs/0/roles"},
    {"a class of three digits", "certificate", "needs",
     "[{\"trades\":[\"030\"],\"types\":[\"A\"],\"issuers\":[\"housing\"],\"classes\":[\"002\"]}]",
     "/rules/10/needs/0/classes/0"},
    {"an unknown reason", "override", "never_lifts", "[\"\"]", "/rules/15/never_lifts/0"},
    {"three signers", "override", "signers", "3", "/rules/15/signers"},
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

/* The same of the default policy, whose rule of that kind stands somewhere: `field` is what follows
 * its place. */
static const struct {
    const char *what, *kind, *key, *value, *field;
} broken_rules[] = {
    {"a reason of everybody's for some roles", "age", "roles", "[\"head\"]", "/men/0/reason"},
    {"a year claimed twice by one colour", "age", "men",
     "[{\"to\":16,\"colour\":\"red\",\"reason\":\"AGE_RED\"},"
     "{\"from\":16,\"colour\":\"red\",\"reason\":\"AGE_RED\"}]", "/men/1"},
    {"a mode that is none", "age", "boundary_mode", "\"best\"", "/boundary_mode"},
    {"trades of nobody", "age", "trades", "[]", "/trades"},
    {"green, and lifted", "age", "men",
     "[{\"below\":16,\"colour\":\"red\",\"reason\":\"AGE_RED\"},"
     "{\"from\":16,\"colour\":\"green\",\"lifted_by_exam_months\":12}]",
     "/men/1/lifted_by_exam_months"},
    {"lifted for longer than exams are kept", "age", "men",
     "[{\"colour\":\"red\",\"reason\":\"AGE_RED\",\"lifted_by_exam_months\":61}]",
     "/men/0/lifted_by_exam_months"},
    {"a window beside the calendar", "periodic_training", "period", "\"quarter\"", "/window_months"},
    {"a period that is none", "periodic_training", "period", "\"week\"", "/period"},
    {"neither window nor calendar", "periodic_training", "window_months", NULL, "/window_months"},
    {"briefings in a window", "periodic_training", "types", "[\"annual\",\"pre_shift\"]", "/types"},
    {"briefings for a site", "site_training", "types", "[\"pre_shift\"]", "/types"},
    {"drills without end", "site_training", "types", "[\"drill\"]", "/types"},
    {"two times to lapse", "violation_points", "months_by_severity", "[6,6,6,6]", "/window_months"},
    {"a window beside the year", "violation_points", "period", "\"year\"", "/window_months"},
    {"a repeat that counts less", "violation_points", "repeat_percent", "[100,150,120]",
     "/repeat_percent/2"},
    {"nine repeats", "violation_points", "repeat_percent", "[1,2,3,4,5,6,7,8,9]",
     "/repeat_percent"},
    {"a repeat beyond a thousand", "violation_points", "repeat_percent", "[1001]",
     "/repeat_percent/0"},
    {"a cap of nothing", "violation_points", "cap_each", "0", "/cap_each"},
    {"a day's cap of nothing", "violation_points", "cap_day", "0", "/cap_day"},
    {"an unknown class", "violation_points", "classes", "[\"careless\"]", "/classes/0"},
    {"a certificate for 61 months", "certificate", "needs",
     "[{\"trades\":[\"030\"],\"types\":[\"A\"],\"issuers\":[\"housing\"],\"months\":61}]",
     "/needs/0/months"},
    {"blocked by nothing", "certificate", "blocked_by",
     "{\"violations\":0,\"window_months\":24}", "/blocked_by/violations"},
    {"blocked for ever", "certificate", "blocked_by", "{\"violations\":3}",
     "/blocked_by/window_months"},
    {"blocked by no class", "certificate", "blocked_by",
     "{\"violations\":3,\"window_months\":24,\"classes\":[]}", "/blocked_by/classes"},
    {"blocked by a class that there is not", "certificate", "blocked_by",
     "{\"violations\":3,\"window_months\":24,\"classes\":[\"operations\"]}",
     "/blocked_by/classes/0"},
    {"blocked by something else", "certificate", "blocked_by",
     "{\"violations\":3,\"window_months\":24,\"colour\":\"red\"}", "/blocked_by/colour"},
};

Test(policy, each_broken_key_of_a_rule_is_refused_at_its_place)
{
    for (size_t i = 0; i < sizeof broken_rules / sizeof broken_rules[0]; i++) {
        json_t *document = shipped_json("default.json");
        json_t *rules = json_object_get(document, "rules");
        json_t *rule = policy_rule_of(document, broken_rules[i].kind);
        char field[128];
        size_t at = 0;

        while (json_array_get(rules, at) != rule)
            at++;
        (void)snprintf(field, sizeof field, "/rules/%zu%s", at, broken_rules[i].field);
        if (broken_rules[i].value == NULL)
            json_object_del(rule, broken_rules[i].key);
        else
            json_object_set_new(rule, broken_rules[i].key,
                                json_loads(broken_rules[i].value, JSON_DECODE_ANY, NULL));
        refused_at(document, field, broken_rules[i].what);
        json_decref(document);
    }
}

Test(policy, a_rule_for_trades_is_not_for_roles_too)
{
    json_t *document = shipped_json("default.json"), *rules = json_object_get(document, "rules");
    char field[64] = "";

    for (size_t i = 0; i < json_array_size(rules) && field[0] == '\0'; i++) {
        if (json_object_get(json_array_get(rules, i), "trades") == NULL)
            continue;
        (void)snprintf(field, sizeof field, "/rules/%zu/roles", i);
        policy_set(document, field, "[\"head\"]");
        refused_at(document, field, "trades and roles");
    }
    cr_assert_str_neq(field, "", "the default policy has no rule for some trades");
    json_decref(document);
}

static const char alert[] =
    "{\"yellow_over_percent\":10,\"red_over\":2,\"days\":3,\"then\":\"stop_work\","
    "\"not_counted\":[\"VIOL_POINTS\"],\"basis\":[{\"text\":\"b\",\"mark\":\"PUB\"}],\"texts\":{"
    "\"zh\":{\"what\":\"w\",\"remedy\":\"r\",\"help\":\"h\"},"
    "\"en\":{\"what\":\"w\",\"remedy\":\"r\",\"help\":\"h\"}}}";

static const struct {
    const char *what, *key, *value, *field;
} broken_alerts[] = {
    {"a share of nothing", "yellow_over_percent", "0", "/site_alert/yellow_over_percent"},
    {"a share of more than all", "yellow_over_percent", "101", "/site_alert/yellow_over_percent"},
    {"a thousand and one", "red_over", "1001", "/site_alert/red_over"},
    {"no days to clear it", "days", "0", "/site_alert/days"},
    {"too long to clear it", "days", "91", "/site_alert/days"},
    {"another end", "then", "\"demolish\"", "/site_alert/then"},
    {"an unknown reason", "not_counted", "[\"RAIN\"]", "/site_alert/not_counted/0"},
    {"no basis", "basis", NULL, "/site_alert/basis"},
    {"no words", "texts", "{}", "/site_alert/texts/zh"},
    {"an unknown key", "colour", "1", "/site_alert/colour"},
};

Test(policy, each_broken_alert_is_refused_at_its_place)
{
    for (size_t i = 0; i < sizeof broken_alerts / sizeof broken_alerts[0]; i++) {
        json_t *document = shipped_json("default.json");
        json_t *of = json_loads(alert, 0, NULL);

        if (broken_alerts[i].value == NULL)
            json_object_del(of, broken_alerts[i].key);
        else
            json_object_set_new(of, broken_alerts[i].key,
                                json_loads(broken_alerts[i].value, JSON_DECODE_ANY, NULL));
        json_object_set_new(document, "site_alert", of);
        refused_at(document, broken_alerts[i].field, broken_alerts[i].what);
        json_decref(document);
    }
}

Test(policy, a_policy_says_when_a_site_is_warned_and_what_of_briefings)
{
    json_t *document = shipped_json("default.json");
    struct policy_document d;
    struct arena arena;

    arena_init(&arena, 8 << 20);
    json_object_del(document, "site_alert");
    json_object_del(document, "pre_shift");
    cr_assert(!err_is(policy_compile_json(document, &arena, &d)));
    cr_assert_eq(d.policy.site_alert.yellow_over_percent, 0);
    cr_assert_eq(d.policy.pre_shift, PRE_SHIFT_OFF);
    cr_assert_null(d.alert_text.basis);
    json_object_set_new(document, "site_alert", json_loads(alert, 0, NULL));
    json_object_set_new(document, "pre_shift", json_string("refuse"));
    cr_assert(!err_is(policy_compile_json(document, &arena, &d)));
    cr_assert_eq(d.policy.site_alert.yellow_over_percent, 10);
    cr_assert_eq(d.policy.site_alert.red_over, 2);
    cr_assert_eq(d.policy.site_alert.days, 3);
    cr_assert_eq(d.policy.site_alert.then, ALERT_STOP_WORK);
    cr_assert_eq(d.policy.site_alert.not_counted, 1u << REASON_VIOL_POINTS);
    cr_assert_str_eq(d.alert_text.zh.what, "w");
    cr_assert_eq(d.alert_text.basis_count, 1);
    cr_assert_eq(d.policy.pre_shift, PRE_SHIFT_REFUSE);
    json_object_set_new(document, "pre_shift", json_string("sometimes"));
    refused_at(document, "/pre_shift", "another rule of briefings");
    json_decref(document);
    arena_clear(&arena);
}

Test(policy, words_that_no_verdict_can_use_are_refused)
{
    json_t *document = shipped_json("jiangsu-2023-05.json");
    json_t *texts = json_object_get(policy_rule_of(document, "ban"), "texts");

    json_object_set(texts, "AGE_RED", json_object_get(texts, "POST_BAN"));
    refused_at(document, "/rules/11/texts/AGE_RED", "words for another rule's reason");
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
