/* domain/site_rule and domain/directory: what a site signed, and whether a permit holds on a day. */
#include <criterion/criterion.h>
#include <string.h>

#include "base/json.h"
#include "domain/directory.h"
#include "domain/site_rule.h"

static struct err parse(const char *text, struct site_rule *rule)
{
    json_t *json;
    struct err e = json_read(text_of(text), &json);

    cr_assert(!err_is(e), "the case itself is not JSON: %s", text);
    e = site_rule_parse(json, rule);
    json_decref(json);
    return e;
}

Test(site_rule, an_empty_rule_is_the_default_and_refuses_when_nobody_can_tell)
{
    struct site_rule rule;

    cr_assert(!err_is(parse("{}", &rule)));
    cr_assert_eq(memcmp(&rule, &site_rule_default, sizeof rule), 0);
    cr_assert_eq(rule.yellow_gate, YELLOW_DENY);
    cr_assert_eq(rule.cannot_tell, FALLBACK_REFUSE);
    cr_assert_eq(rule.offline_hours, 24);
}

Test(site_rule, every_member_is_read)
{
    struct site_rule rule;

    cr_assert(!err_is(parse(
        "{\"yellow_gate\":\"allow_restricted\",\"cannot_tell\":\"open_flagged\",\"late\":"
        "\"open_flagged\",\"unrecorded\":\"open_flagged\",\"offline_hours\":168,\"list_hours\":1,"
        "\"passback\":\"refuse\",\"pre_shift\":\"refuse\",\"zones\":[{\"zone\":\"height\","
        "\"trades\":[30,1000],\"certificates\":[\"02\"]},{\"zone\":\"pit\"}]}",
        &rule)));
    cr_assert_eq(rule.yellow_gate, YELLOW_ALLOW_RESTRICTED);
    cr_assert_eq(rule.cannot_tell, FALLBACK_OPEN_FLAGGED);
    cr_assert_eq(rule.late, FALLBACK_OPEN_FLAGGED);
    cr_assert_eq(rule.unrecorded, FALLBACK_OPEN_FLAGGED);
    cr_assert_eq(rule.offline_hours, 168);
    cr_assert_eq(rule.list_hours, 1);
    cr_assert_eq(rule.passback, PASSBACK_REFUSE);
    cr_assert_eq(rule.pre_shift, PRE_SHIFT_REFUSE);
    cr_assert_eq(rule.zone_count, 2);
    cr_assert_str_eq(rule.zones[0].name, "height");
    cr_assert_eq(rule.zones[0].trade_count, 2);
    cr_assert_eq(rule.zones[0].trades[1], 1000);
    cr_assert_eq(rule.zones[0].certificates[0], 2);
    cr_assert_str_eq(rule.zones[1].name, "pit");
    cr_assert_eq(rule.zones[1].trade_count, 0);
}

Test(site_rule, what_is_wrong_is_refused_by_name_and_changes_nothing)
{
    static const struct {
        const char *json;
        enum err_code code;
        const char *field;
    } cases[] = {
        {"[]", ERR_FIELD_TYPE, ""},
        {"{\"exit_gate\":\"deny\"}", ERR_FIELD_UNKNOWN, ""},
        {"{\"yellow_gate\":\"maybe\"}", ERR_FIELD_CHOICE, "/yellow_gate"},
        {"{\"yellow_gate\":1}", ERR_FIELD_TYPE, "/yellow_gate"},
        {"{\"cannot_tell\":\"open\"}", ERR_FIELD_CHOICE, "/cannot_tell"},
        {"{\"pre_shift\":\"\"}", ERR_FIELD_CHOICE, "/pre_shift"},
        {"{\"offline_hours\":0}", ERR_FIELD_RANGE, "/offline_hours"},
        {"{\"list_hours\":169}", ERR_FIELD_RANGE, "/list_hours"},
        {"{\"list_hours\":1.5}", ERR_FIELD_TYPE, "/list_hours"},
        {"{\"zones\":{}}", ERR_FIELD_TYPE, "/zones"},
        {"{\"zones\":[7]}", ERR_FIELD_TYPE, "/zones"},
        {"{\"zones\":[{}]}", ERR_FIELD_MISSING, "/zones/zone"},
        {"{\"zones\":[{\"zone\":\"Height\"}]}", ERR_FIELD_TEXT, "/zones/zone"},
        {"{\"zones\":[{\"zone\":\"\"}]}", ERR_FIELD_LENGTH, "/zones/zone"},
        {"{\"zones\":[{\"zone\":\"a\"},{\"zone\":\"a\"}]}", ERR_FIELD_CHOICE, "/zones/zone"},
        {"{\"zones\":[{\"zone\":\"a\",\"shut\":true}]}", ERR_FIELD_UNKNOWN, "/zones"},
        {"{\"zones\":[{\"zone\":\"a\",\"trades\":[9]}]}", ERR_FIELD_RANGE, "/zones/trades"},
        {"{\"zones\":[{\"zone\":\"a\",\"trades\":[\"030\"]}]}", ERR_FIELD_TYPE, "/zones/trades"},
        {"{\"zones\":[{\"zone\":\"a\",\"certificates\":[\"2\"]}]}", ERR_FIELD_CHOICE,
         "/zones/certificates"},
        {"{\"zones\":[{\"zone\":\"a\",\"certificates\":[\"-2\"]}]}", ERR_FIELD_CHOICE,
         "/zones/certificates"},
        {"{\"zones\":[{\"zone\":\"a\",\"certificates\":[2]}]}", ERR_FIELD_TYPE,
         "/zones/certificates"},
        {"{\"late\":\"open_flagged\",\"passback\":\"open\"}", ERR_FIELD_CHOICE, "/passback"},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct site_rule rule, before;
        struct err e;

        memset(&rule, 0x5a, sizeof rule);
        before = rule;
        e = parse(cases[i].json, &rule);
        cr_expect_eq(e.code, cases[i].code, "%s gave %d", cases[i].json, (int)e.code);
        cr_expect(e.field != NULL && strcmp(e.field, cases[i].field) == 0, "%s", cases[i].json);
        cr_expect_eq(memcmp(&rule, &before, sizeof rule), 0, "%s", cases[i].json);
    }
}

Test(site_rule, there_is_an_end_to_zones_trades_and_certificates)
{
    static const struct {
        const char *before, *each, *after;
        int fits;
    } cases[] = {
        {"{\"zones\":[{\"zone\":\"a\",\"trades\":[", "10", "]}]}", ZONE_TRADES_MAX},
        {"{\"zones\":[{\"zone\":\"a\",\"certificates\":[", "\"01\"", "]}]}", ZONE_CERTIFICATES_MAX},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        for (int more = 0; more < 2; more++) {
            char text[1024];
            struct build b = build_over(text, sizeof text - 1);
            struct site_rule rule;

            build_string(&b, cases[i].before);
            for (int n = 0; n < cases[i].fits + more; n++)
                build_format(&b, "%s%s", n == 0 ? "" : ",", cases[i].each);
            build_string(&b, cases[i].after);
            cr_assert(!b.full);
            cr_expect_eq(parse(text, &rule).code, more == 0 ? ERR_NONE : ERR_FIELD_LENGTH);
        }
    }
}

Test(directory, names_and_kinds_are_each_others_inverse)
{
    for (int kind = 1; kind < ORG_KINDS; kind++)
        cr_expect_eq(org_kind_of(text_of(org_kind_name((enum org_kind)kind))), kind);
    for (int role = 1; role < ACCOUNT_ROLES; role++)
        cr_expect_eq(account_role_of(text_of(account_role_name((enum account_role)role))), role);
    cr_expect_eq(org_kind_of(TEXT("")), 0);
    cr_expect_eq(org_kind_of(TEXT("Operator")), 0);
    cr_expect_eq(account_role_of(TEXT("gat")), 0);
}

Test(directory, a_valid_permit_expires_on_the_day_it_states)
{
    static const struct {
        enum permit_state recorded;
        day_t until, on;
        enum permit_state expected;
    } cases[] = {
        {PERMIT_VALID, 46000, 45999, PERMIT_VALID},
        {PERMIT_VALID, 46000, 46000, PERMIT_EXPIRED},
        {PERMIT_VALID, DAY_UNKNOWN, 46000, PERMIT_VALID},
        {PERMIT_SUSPENDED, 46000, 46001, PERMIT_SUSPENDED},
        {PERMIT_REVOKED, DAY_UNKNOWN, 46001, PERMIT_REVOKED},
        {PERMIT_NONE, DAY_UNKNOWN, 46001, PERMIT_NONE},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct org org = {.permit = cases[i].recorded, .permit_until = cases[i].until};

        cr_expect_eq(org_permit_on(&org, cases[i].on), cases[i].expected, "case %zu", i);
    }
}

Test(site_rule, what_is_written_is_read_back_as_the_same_rule)
{
    static const char *const rules[] = {
        "{}",
        "{\"yellow_gate\":\"allow\",\"cannot_tell\":\"open_flagged\",\"late\":\"open_flagged\","
        "\"unrecorded\":\"open_flagged\",\"offline_hours\":168,\"list_hours\":1,\"passback\":"
        "\"refuse\",\"pre_shift\":\"flag\",\"zones\":[{\"zone\":\"height\",\"trades\":[30,1000],"
        "\"certificates\":[\"02\",\"99\"]},{\"zone\":\"pit\"}]}",
    };

    for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++) {
        static char bytes[SITE_RULE_BYTES_MAX];
        struct build out = build_over(bytes, sizeof bytes);
        struct json_writer w = json_writer_over(&out);
        struct site_rule rule, again;
        json_t *json;

        cr_assert(!err_is(parse(rules[i], &rule)));
        json_open_object(&w, NULL);
        site_rule_render(&rule, "rule", &w);
        json_close_object(&w);
        cr_assert(!out.full && !err_is(json_read(build_done(&out), &json)), "%s", bytes);
        cr_assert(!err_is(site_rule_parse(json_object_get(json, "rule"), &again)), "%s", bytes);
        cr_expect_eq(memcmp(&rule, &again, sizeof rule), 0, "%s", bytes);
        json_decref(json);
    }
}
