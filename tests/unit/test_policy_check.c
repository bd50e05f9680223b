/* domain/policy_check: each kind of finding is provoked by breaking a shipped document on purpose. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "domain/policy_check.h"
#include "support/cases.h"
#include "support/policy_edit.h"

enum { EDITS_MAX = 5 };

#define WORDS(code)                                                                              \
    "\"texts\":{\"" code "\":{\"zh\":{\"what\":\"事\",\"remedy\":\"法\",\"help\":\"人\"},"         \
    "\"en\":{\"what\":\"w\",\"remedy\":\"r\",\"help\":\"h\"}}}"
#define RULE(kind, code, inside)                                                                 \
    "{\"kind\":\"" kind "\",\"basis\":[{\"text\":\"b\",\"mark\":\"INF\"}]," WORDS(code) "," inside "}"
#define ALERT(percent, red, not_counted)                                                         \
    "{\"yellow_over_percent\":" percent ",\"red_over\":" red ",\"days\":3,\"then\":\"report\","  \
    "\"not_counted\":[" not_counted "],\"basis\":[{\"text\":\"b\",\"mark\":\"INF\"}],"           \
    "\"texts\":{\"zh\":{\"what\":\"事\",\"remedy\":\"法\",\"help\":\"人\"},"                     \
    "\"en\":{\"what\":\"w\",\"remedy\":\"r\",\"help\":\"h\"}}}"
#define AGE_60_RED                                                                               \
    "[{\"below\":60,\"colour\":\"green\"},{\"from\":60,\"colour\":\"red\",\"reason\":\"AGE_YELLOW\"}]"

/* Whatever can be yellow in Jiangsu. */
#define ALL_YELLOW                                                                               \
    "\"AGE_YELLOW\",\"CERT_EXPIRED\",\"CERT_NONE\",\"ENT_PERMIT\",\"HEALTH_CONTRA\","            \
    "\"HEALTH_EXPIRED\",\"HEALTH_NONE\",\"HEALTH_RECHECK\",\"IDLE_RETRAIN\",\"NO_CONTRACT\","    \
    "\"OVERRIDE\",\"TRAIN_EXPIRED\",\"TRAIN_NONE\",\"TRAIN_POINTS\",\"TRAIN_SITE\","             \
    "\"VIOL_POINTS\""

/* Jiangsu's rules: 0 age, 1 exam, 2 entry_training, 3 periodic_training, 4 transfer_training,
 * 5 study_points, 6 site_training, 7 idle, 8 violation_points, 9 off_job_training, 10 certificate,
 * 11 ban, 12 agreement, 13 site_state, 14 permit, 15 override. An edit without a value removes. */
static const struct {
    const char *what;
    struct {
        const char *pointer, *value;
    } edits[EDITS_MAX];
    enum finding_kind kind;
    const char *at, *words;
} broken[] = {
    {"a trade outside the scope must hold a certificate", {{"/exempt_trades", "[\"030\"]"}},
     FINDING_EXEMPT_NAMED, "/rules/10/needs", "030"},
    {"a trade outside the scope has an exam validity of its own", {{"/exempt_trades", "[\"130\"]"}},
     FINDING_EXEMPT_NAMED, "/rules/1/validity_by_trade", "130"},
    {"two sign, says the basis, and one is enough", {{"/rules/15/signers", "1"}},
     FINDING_SIGNERS_FEWER, "/rules/15/signers", "两人"},
    {"yellow at 200 points", {{"/rules/8/yellow", "200"}, {"/rules/8/red", "300"}},
     FINDING_POINTS_FAR, "/rules/8/yellow", "17"},
    {"red at 300 points", {{"/rules/8/red", "300"}}, FINDING_POINTS_FAR, "/rules/8/red", "25"},
    {"a cap puts red out of reach", {{"/rules/8/cap_day", "6"}, {"/rules/8/red", "100"}},
     FINDING_POINTS_FAR, "/rules/8/red", "17"},
    {"100,000 points of study", {{"/rules/5/points", "100000"}}, FINDING_STUDY_FAR,
     "/rules/5/points", "100000"},
    {"a province that there is not", {{"/region", "\"99\""}}, FINDING_REGION_UNKNOWN, "/region",
     "99"},
    {"a city of no province", {{"/region", "\"1601\""}}, FINDING_REGION_UNKNOWN, "/region", "16"},
    {"a trade outside the scope has an age",
     {{"/exempt_trades", "[\"390\"]"},
      {"/rules/-", RULE("age", "AGE_TRADE", "\"trades\":[\"390\"],\"unknown\":\"yellow\",\"men\":"
                        "[{\"below\":50,\"colour\":\"green\"},{\"from\":50,\"colour\":\"red\"}],"
                        "\"women\":[{\"colour\":\"green\"}]")}},
     FINDING_EXEMPT_NAMED, "/rules/16/trades", "390"},
    {"two rules of age colour a man of 60 differently",
     {{"/rules/-", RULE("age", "AGE_YELLOW", "\"unknown\":\"yellow\",\"men\":" AGE_60_RED
                        ",\"women\":[{\"colour\":\"green\"}]")}},
     FINDING_OPPOSED, "/rules/16", "/rules/0"},
    {"no agreement is yellow, and red",
     {{"/rules/-", RULE("agreement", "NO_CONTRACT", "\"missing\":\"red\"")}},
     FINDING_OPPOSED, "/rules/16", "/rules/12"},
    {"a grave violation is 12 points, but one counts 6 at most", {{"/rules/8/cap_each", "6"}},
     FINDING_CAP_EACH, "/rules/8/cap_each", "6"},
    {"yellow from 6 points, but a day counts 5 at most", {{"/rules/8/cap_day", "5"}},
     FINDING_CAP_DAY, "/rules/8/cap_day", "5"},
    {"red at 12, a grave violation is 12, but a day counts 11", {{"/rules/8/cap_day", "11"}},
     FINDING_CAP_DAY_EACH, "/rules/8/cap_day", "11"},
    {"a violation counts 12 at most, and a day 6",
     {{"/rules/8/cap_each", "12"}, {"/rules/8/cap_day", "6"}}, FINDING_CAP_DAY_EACH,
     "/rules/8/cap_day", "6"},
    {"electricians' exams are valid for half a year, others' for one",
     {{"/rules/1/validity_by_trade", "{\"130\":6}"}}, FINDING_VALIDITY_SHORTER,
     "/rules/1/validity_by_trade", "130"},
    {"a site is warned above 100 % of yellow", {{"/site_alert/yellow_over_percent", "100"}},
     FINDING_SHARE_NEVER, "/site_alert/yellow_over_percent", "100"},
    {"no yellow counts towards the share", {{"/site_alert/not_counted", "[" ALL_YELLOW "]"}},
     FINDING_YELLOW_NOT_COUNTED, "/site_alert", ""},
    {"a limit of red codes where nothing is red",
     {{"/rules", "[" RULE("agreement", "NO_CONTRACT", "\"missing\":\"yellow\"") "]"},
      {"/site_alert", ALERT("10", "2", "\"NO_CONTRACT\"")}},
     FINDING_RED_NEVER, "/site_alert/red_over", ""},
    {"only scaffolders' work is described",
     {{"/rules/1/hazards_by_trade", "{\"030\":[\"height\"]}"}}, FINDING_TRADE_WITHOUT_HAZARDS,
     "/rules/1/hazards_by_trade", "010, 020, 040"},
    {"every scaffolder is too old, or too young",
     {{"/rules/-", RULE("age", "AGE_TRADE", "\"trades\":[\"030\"],\"unknown\":\"yellow\",\"men\":"
                        "[{\"colour\":\"red\"}],\"women\":[{\"colour\":\"red\"}]")}},
     FINDING_NOBODY_GREEN, "/rules", "030"},
    {"no rule of age", {{"/rules/0", NULL}}, FINDING_STILL_GREEN, "/rules", "15"},
    {"no rule of exams", {{"/rules/1", NULL}}, FINDING_STILL_GREEN, "/rules", "体检"},
    {"no training asked for",
     {{"/rules/6", NULL}, {"/rules/5", NULL}, {"/rules/4", NULL}, {"/rules/3", NULL},
      {"/rules/2", NULL}}, FINDING_STILL_GREEN, "/rules",
     "安全培训"},
    {"nothing after an order to train off the job", {{"/rules/9", NULL}}, FINDING_STILL_GREEN,
     "/rules", "三违"},
    {"no rule of certificates", {{"/rules/10", NULL}}, FINDING_STILL_GREEN, "/rules", "架子工"},
    {"no rule of bans", {{"/rules/11", NULL}}, FINDING_STILL_GREEN, "/rules", "禁入"},
    {"no rule of agreements", {{"/rules/12", NULL}}, FINDING_STILL_GREEN, "/rules", "合同"},
    {"stopped sites are as open ones", {{"/rules/13", NULL}}, FINDING_STILL_GREEN, "/rules",
     "停工"},
    {"firms need no permit", {{"/rules/14", NULL}}, FINDING_STILL_GREEN, "/rules", "许可证"},
    {"the first violation is red at once", {{"/rules/8/points", "[12,12,12,12]"}},
     FINDING_NEVER_SAID, "/rules/8", "VIOL_POINTS yellow"},
    {"no violation has any points", {{"/rules/8/points", "[0,0,0,0]"}}, FINDING_NEVER_SAID,
     "/rules/8", "VIOL_POINTS red"},
    {"no trade means any work that an exam could forbid",
     {{"/rules/1/hazards_by_trade", "{}"}}, FINDING_NEVER_SAID, "/rules/1", "HEALTH_CONTRA red"},
    {"a band from 130 years on",
     {{"/rules/0/women",
       "[{\"below\":60,\"colour\":\"green\"},"
       "{\"from\":60,\"below\":130,\"colour\":\"yellow\",\"reason\":\"AGE_YELLOW\"},"
       "{\"from\":130,\"colour\":\"red\",\"reason\":\"AGE_RED\"}]"}},
     FINDING_BAND_NEVER, "/rules/0/women/2", "120"},
    {"30 study points beside 60",
     {{"/rules/-", RULE("study_points", "TRAIN_POINTS",
                        "\"points\":30,\"window_months\":60,\"missing\":\"yellow\"")}},
     FINDING_NO_EFFECT, "/rules/16", "TRAIN_POINTS yellow"},
    {"a decision never lifts the want of a certificate, which none touches",
     {{"/rules/15/never_lifts", "[\"AGE_UNDER\",\"CERT_NONE\"]"}}, FINDING_NEVER_LIFTS_IN_VAIN,
     "/rules/15/never_lifts", "CERT_NONE"},
    {"a reason that Jiangsu does not know is not counted",
     {{"/site_alert/not_counted", "[\"AGE_TRADE\"]"}}, FINDING_NOT_COUNTED_IN_VAIN,
     "/site_alert/not_counted", "AGE_TRADE"},
    {"an English title in Chinese's place", {{"/title/zh", "\"Jiangsu\""}}, FINDING_TEXT_ZH,
     "/title", "title"},
    {"a remedy in English", {{"/rules/11/texts/POST_BAN/zh/remedy", "\"wait\""}}, FINDING_TEXT_ZH,
     "/rules/11/texts/POST_BAN", "remedy"},
    {"an English help in Chinese", {{"/rules/11/texts/POST_BAN/en/help", "\"the 住建 office\""}},
     FINDING_TEXT_EN, "/rules/11/texts/POST_BAN", "help"},
    {"60 points of study in its words, 70 in the rule", {{"/rules/5/points", "70"}},
     FINDING_NUMBER_OTHER, "/rules/5/texts/TRAIN_POINTS/zh/what", "60分，规则里是70分"},
    {"and in its basis", {{"/rules/5/points", "70"}}, FINDING_NUMBER_OTHER, "/rules/5/basis/0", "60分"},
    {"and in the English remedy", {{"/rules/5/points", "70"}}, FINDING_NUMBER_OTHER,
     "/rules/5/texts/TRAIN_POINTS/en/remedy", "60分"},
    {"yellow at 3 points, and the basis says at 6", {{"/rules/8/yellow", "3"}},
     FINDING_NUMBER_OTHER, "/rules/8/basis/0", "6分，规则里是3分"},
    {"men are yellow from 57, and the words say from 60",
     {{"/rules/0/men",
       "[{\"below\":18,\"colour\":\"red\",\"reason\":\"AGE_UNDER\"},"
       "{\"from\":18,\"below\":57,\"colour\":\"green\"},"
       "{\"from\":57,\"below\":65,\"colour\":\"yellow\",\"reason\":\"AGE_YELLOW\"},"
       "{\"from\":65,\"colour\":\"red\",\"reason\":\"AGE_RED\"}]"}},
     FINDING_NUMBER_OTHER, "/rules/0/texts/AGE_YELLOW/zh/what", "60周岁，规则里是18、57、65周岁"},
    {"24 hours of training a year, and the words say 15", {{"/rules/3/hours", "24"}},
     FINDING_NUMBER_OTHER, "/rules/3/texts/TRAIN_EXPIRED/en/what", "15学时，规则里是24学时"},
    {"the team's 20 hours are 24", {{"/rules/2/levels/2/hours", "24"}}, FINDING_NUMBER_OTHER,
     "/rules/2/basis/1", "20学时"},
    {"an exam is valid for 18 months, and the basis says 12", {{"/rules/1/validity_months", "18"}},
     FINDING_NUMBER_OTHER, "/rules/1/basis/2", "12个月"},
    {"idle from 6 months on, and the decree says a year", {{"/rules/7/months", "6"}},
     FINDING_NUMBER_OTHER, "/rules/7/basis/0", "12个月，规则里是6个月"},
    {"four violations suspend, and the words say three", {{"/rules/10/blocked_by/violations", "4"}},
     FINDING_NUMBER_OTHER, "/rules/10/texts/CERT_SUSPENDED/zh/what", "3次，规则里是4次"},
    {"five days to clear an alert, and the remedy says three", {{"/site_alert/days", "5"}},
     FINDING_NUMBER_OTHER, "/site_alert/texts/en/remedy", "3天，规则里是5天"},
    {"an English alert of digits", {{"/site_alert/texts/en/what", "\"> 10 %\""}}, FINDING_TEXT_EN,
     "/site_alert/texts", "what"},
};
enum { BROKEN = sizeof broken / sizeof broken[0] };

static struct policy_report report_on(json_t *json, struct arena *arena, const char *what)
{
    struct policy_document *document = arena_new(arena, struct policy_document);
    struct policy_report report;
    struct err e = policy_compile_json(json, arena, document);

    cr_assert_not(err_is(e), "%s: %s, expected %s", what, e.field, e.expected);
    e = policy_check(document, arena, &report);
    cr_assert_not(err_is(e), "%s: %d", what, (int)e.code);
    return report;
}

static const struct policy_finding *find(const struct policy_report *report,
                                         enum finding_kind kind, const char *at,
                                         const char *words)
{
    for (unsigned i = 0; i < report->finding_count; i++) {
        const struct policy_finding *f = &report->findings[i];

        if (f->kind == kind && strcmp(f->at, at) == 0 && strstr(f->zh, words) != NULL)
            return f;
    }
    return NULL;
}

Test(policy_check, each_fault_is_found_at_its_place_and_shown_on_somebody)
{
    for (size_t i = 0; i < BROKEN; i++) {
        json_t *json = shipped_json("jiangsu-2023-05.json"), *person;
        struct arena arena;
        struct policy_report report;
        const struct policy_finding *f;

        arena_init(&arena, 128 << 20);
        for (size_t n = 0; n < EDITS_MAX && broken[i].edits[n].pointer != NULL; n++)
            policy_set(json, broken[i].edits[n].pointer, broken[i].edits[n].value);
        report = report_on(json, &arena, broken[i].what);
        f = find(&report, broken[i].kind, broken[i].at, broken[i].words);
        cr_expect_not_null(f, "%s: no %s at %s with %s (%u others)", broken[i].what,
                           finding_name(broken[i].kind), broken[i].at, broken[i].words,
                           report.finding_count);
        if (f != NULL) {
            cr_expect_null(strstr(f->zh, "{}"));
            cr_expect_null(strstr(f->en, "{}"));
            person = json_loadb(f->person.at, f->person.bytes, JSON_REJECT_DUPLICATES, NULL);
            cr_expect_gt(json_array_size(json_object_get(person, "records")), 1, "%s",
                         broken[i].what);
            json_decref(person);
        }
        arena_clear(&arena);
        json_decref(json);
    }
}

Test(policy_check, every_kind_of_finding_is_provoked)
{
    bool provoked[FINDING_KINDS] = {false};

    for (size_t i = 0; i < BROKEN; i++)
        provoked[broken[i].kind] = true;
    for (unsigned kind = 0; kind < FINDING_KINDS; kind++)
        cr_expect(provoked[kind], "%s", finding_name(kind));
}

/* Quotes and terms that are nobody's limit: none of them contradicts the rule it stands in. */
Test(policy_check, a_text_may_name_more_numbers_than_the_rule_has)
{
    static const struct {
        const char *pointer, *words;
    } fine[] = {
        {"/rules/5/texts/TRAIN_POINTS/zh/remedy", "\"积分达到60分后自动转绿；每次学习最多记10分。\""},
        {"/rules/5/texts/TRAIN_POINTS/zh/what", "\"安全学习积分不足60分，这十分重要，每天30分钟。\""},
        {"/rules/3/basis/0/text", "\"2019年5月1日第3号文第十五条\""},
        {"/rules/3/texts/TRAIN_EXPIRED/zh/remedy", "\"到期前3个月参加培训。\""},
        {"/rules/3/texts/TRAIN_EXPIRED/en/remedy", "\"Attend within 24 hours of notice.\""},
        {"/rules/10/basis/2/text", "\"负有事故责任的，暂扣考核合格证6个月或1年\""},
        {"/rules/8/texts/VIOL_POINTS/zh/what", "\"满六分黄，满12分的为红码。\""},
        {"/rules/0/texts/AGE_RED/zh/what", "\"女满60、男满65周岁，重叠的一岁取较严的颜色。\""},
    };

    for (size_t i = 0; i < sizeof fine / sizeof fine[0]; i++) {
        json_t *json = shipped_json("jiangsu-2023-05.json");
        struct arena arena;
        struct policy_report report;

        arena_init(&arena, 128 << 20);
        policy_set(json, fine[i].pointer, fine[i].words);
        report = report_on(json, &arena, fine[i].words);
        cr_expect_eq(report.finding_count, 0, "%s: %s", fine[i].words,
                     report.finding_count > 0 ? report.findings[0].zh : "");
        arena_clear(&arena);
        json_decref(json);
    }
}

/* A milder limit before a stricter one is no contradiction. */
Test(policy_check, limits_may_stand_in_steps)
{
    json_t *json = shipped_json("jiangsu-2023-05.json");
    struct arena arena;
    struct policy_report report;

    arena_init(&arena, 128 << 20);
    policy_set(json, "/rules/-", RULE("study_points", "TRAIN_POINTS",
                                      "\"points\":30,\"window_months\":60,\"missing\":\"red\""));
    report = report_on(json, &arena, "steps");
    cr_expect_eq(report.finding_count, 0, "%s",
                 report.finding_count > 0 ? report.findings[0].en : "");
    arena_clear(&arena);
    json_decref(json);
}

Test(policy_check, shipped_documents_are_in_order_and_every_reason_has_its_person)
{
    for (const char *const *name = shipped_names(); *name != NULL; name++) {
        json_t *json = shipped_json(*name);
        struct arena arena;
        struct policy_report report;

        arena_init(&arena, 128 << 20);
        report = report_on(json, &arena, *name);
        cr_expect_eq(report.finding_count, 0, "%s: %s", *name,
                     report.finding_count > 0 ? report.findings[0].en : "");
        cr_expect_gt(report.example_count, 25, "%s", *name);
        arena_clear(&arena);
        json_decref(json);
    }
}

Test(policy_check, out_of_memory_is_an_error_at_every_ceiling)
{
    json_t *json = shipped_json("jiangsu-2023-05.json");
    char *text = json_dumps(json, 0);
    size_t refused = 0;

    for (size_t ceiling = 32 << 10; ceiling < 512 << 10; ceiling += 16001) {
        struct policy_document document;
        struct policy_report report;
        struct arena arena;
        struct err e;

        arena_init(&arena, ceiling);
        e = policy_compile(text_of(text), &arena, &document);
        if (!err_is(e))
            e = policy_check(&document, &arena, &report);
        cr_assert(!err_is(e) || e.code == ERR_TOO_LARGE, "at %zu bytes: %d", ceiling, (int)e.code);
        refused += err_is(e);
        arena_clear(&arena);
    }
    cr_expect_gt(refused, 5);
    free(text);
    json_decref(json);
}
