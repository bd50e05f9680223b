/* What is wrong in the numbers themselves: trades outside the scope that a rule names, caps that undo a
 * table, validities, alerts that can never come, limits that nobody reaches, a region that there is not. */
#include <string.h>

#include "domain/policy_check_parts.h"

enum { POINT = 100 /* sums are kept in hundredths */, CREDIT_MAX = 1000 /* study, one record */ };

static struct person_plan worker_of(const struct check *c, uint16_t trade)
{
    return person_in_order(c->policy, trade, ROLE_WORKER, c->on);
}

static struct person_plan anybody(const struct check *c)
{
    return worker_of(c, policy_people_trade(c->policy, 20));
}

/* -- trades outside the scope ----------------------------------------------------------------- */

static void check_trade(struct check *c, unsigned rule, const char *key, uint16_t trade)
{
    struct person_plan worker = worker_of(c, trade);
    char code[8];
    struct build b = build_over(code, sizeof code);

    if (!trade_list_has(&c->policy->exempt, trade))
        return;
    build_format(&b, "%03u", trade);
    check_find_word(c, FINDING_EXEMPT_NAMED, check_rule_at(c, rule, key), code, &worker);
}

static void check_trades(struct check *c, unsigned rule, const struct audience *whom)
{
    for (unsigned i = 0; i < whom->trades.count; i++)
        check_trade(c, rule, "trades", whom->trades.trade[i]);
}

/* A trade that has alternatives stands in several needs, and is told once. */
static void check_needs(struct check *c, unsigned rule, const struct rule_certificate *r)
{
    for (unsigned i = 0; i < r->need_count; i++) {
        unsigned first = 0;

        while (r->needs[first].trade != r->needs[i].trade)
            first++;
        if (first == i && r->needs[i].trade != 0)
            check_trade(c, rule, "needs", r->needs[i].trade);
    }
}

static void check_exempt(struct check *c, unsigned rule, const struct rule *r)
{
    if (r->kind == RULE_AGE)
        check_trades(c, rule, &r->age.audience);
    if (r->kind == RULE_PERIODIC_TRAINING)
        check_trades(c, rule, &r->periodic_training.audience);
    if (r->kind == RULE_CERTIFICATE)
        check_needs(c, rule, &r->certificate);
    for (unsigned i = 0; r->kind == RULE_EXAM && i < r->exam.validity_count; i++)
        check_trade(c, rule, "validity_by_trade", r->exam.validity[i].trade);
}

/* -- ages ------------------------------------------------------------------------------------- */

static void check_bands(struct check *c, unsigned rule, const struct rule_age *r)
{
    static const char *const keys[] = {"men", "women"};
    struct person_plan old = anybody(c);

    old.age = 90;
    for (unsigned sex = 0; sex < 2; sex++) {
        for (unsigned i = 0; i < r->band_count[sex]; i++) {
            const char *at = arena_format(c->arena, "/rules/%u/%s/%u", rule, keys[sex], i);

            if (r->bands[sex][i].from_age > PEOPLE_AGE_MAX)
                check_find_word(c, FINDING_BAND_NEVER, at, "120", &old);
        }
    }
}

/* -- health and points ------------------------------------------------------------------------ */

static void check_validity(struct check *c, unsigned rule, const struct rule_exam *r)
{
    for (unsigned i = 0; i < r->validity_count; i++) {
        struct person_plan worker = worker_of(c, r->validity[i].trade);
        char code[8];
        struct build b = build_over(code, sizeof code);

        worker.exam_months = (uint8_t)r->validity[i].months;
        build_format(&b, "%03u", r->validity[i].trade);
        if (r->validity[i].months < r->validity_months)
            check_find_word(c, FINDING_VALIDITY_SHORTER,
                            check_rule_at(c, rule, "validity_by_trade"), code, &worker);
    }
}

/* A cap below the gravest row of the table makes its points a threat that is never carried out; one
 * of a day below the yellow limit lets a whole day of violations pass. */
static void check_caps(struct check *c, unsigned rule, const struct rule_violation_points *r)
{
    struct person_plan one = anybody(c), many = one;
    uint32_t gravest = (uint32_t)r->points[4] * POINT;
    char points[16];
    struct build b = build_over(points, sizeof points);

    one.violations[0] = (struct violation_plan){1, 4, VIOLATION_OPERATION, true, true, false};
    many.violations[0] = (struct violation_plan){40, 4, VIOLATION_OPERATION, true, true, false};
    if (r->each_max < gravest) {
        build_format(&b, "%u", r->each_max / POINT);
        check_find_word(c, FINDING_CAP_EACH, check_rule_at(c, rule, "cap_each"), points, &one);
    }
    b = build_over(points, sizeof points);
    build_format(&b, "%u", r->day_max / POINT);
    if (r->day_max < r->yellow)
        check_find_word(c, FINDING_CAP_DAY, check_rule_at(c, rule, "cap_day"), points, &many);
    else if (r->day_max < gravest)
        check_find_word(c, FINDING_CAP_DAY_EACH, check_rule_at(c, rule, "cap_day"), points, &one);
}

/* -- what nobody reaches ------------------------------------------------------------------------ */

/* More than one of the gravest a month, each on a day of its own, for as long as one counts. */
static void check_reach(struct check *c, unsigned rule, const char *key, uint32_t limit,
                        const struct rule_violation_points *r)
{
    uint32_t each = (uint32_t)r->points[4] * r->repeat_percent[0];
    uint32_t months = r->months[4] > 12 ? r->months[4] : 12, needed;
    struct person_plan many = anybody(c);
    char words[16];
    struct build b = build_over(words, sizeof words);

    each = each < r->each_max ? each : r->each_max;
    each = each < r->day_max ? each : r->day_max;
    if (each == 0)
        return;
    needed = (limit + each - 1) / each;
    build_format(&b, "%u", needed);
    many.violations[0] = (struct violation_plan){40, 4, VIOLATION_OPERATION, true, true, false};
    if (needed > months)
        check_find_word(c, FINDING_POINTS_FAR, check_rule_at(c, rule, key), words, &many);
}

static void check_study(struct check *c, unsigned rule, const struct rule_study_points *r)
{
    struct person_plan plan = anybody(c);
    char words[16];
    struct build b = build_over(words, sizeof words);

    build_format(&b, "%u", r->points);
    if (r->points > (uint32_t)r->window_months * CREDIT_MAX)
        check_find_word(c, FINDING_STUDY_FAR, check_rule_at(c, rule, "points"), words, &plan);
}

/* -- who signs ---------------------------------------------------------------------------------- */

/* The words for two people that stand in a text; NULL: none. */
static const char *two_people_in(const char *text)
{
    static const char *const words[] = {"两人", "二人", "两名", "two people", "two persons"};

    for (unsigned i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (strstr(text, words[i]) != NULL)
            return words[i];
    }
    return NULL;
}

static void check_signers(struct check *c, unsigned rule, const struct rule_override *r)
{
    const struct policy_rule_text *texts = &c->document->texts[rule];
    struct person_plan decided = anybody(c);
    const char *found = NULL;

    for (unsigned i = 0; i < texts->basis_count && found == NULL; i++)
        found = two_people_in(texts->basis[i].text);
    for (unsigned i = 0; i < texts->reason_count && found == NULL; i++) {
        found = two_people_in(texts->reasons[i].zh.what);
        found = found != NULL ? found : two_people_in(texts->reasons[i].en.what);
    }
    decided.override = COLOUR_GREEN;
    if (r->signers < 2 && found != NULL)
        check_find_word(c, FINDING_SIGNERS_FEWER, check_rule_at(c, rule, "signers"), found, &decided);
}

/* -- where -------------------------------------------------------------------------------------- */

/* GB/T 2260: the first two digits of provinces, autonomous regions, municipalities and special
 * administrative regions. */
static bool is_province(const char *region)
{
    static const char codes[] = "11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 "
                                "50 51 52 53 54 61 62 63 64 65 71 81 82 ";
    char code[] = {region[0], region[1], ' ', '\0'};

    return strstr(codes, code) != NULL;
}

static void check_region(struct check *c)
{
    struct person_plan plan = anybody(c);
    char code[] = {c->policy->region[0], c->policy->region[1], '\0'};

    if (c->policy->region[0] != '\0' && !is_province(c->policy->region))
        check_find_word(c, FINDING_REGION_UNKNOWN, "/region", code, &plan);
}

void check_contradictions(struct check *c)
{
    check_region(c);
    for (unsigned i = 0; i < c->policy->rule_count; i++) {
        const struct rule *r = &c->policy->rules[i];

        check_exempt(c, i, r);
        if (r->kind == RULE_AGE)
            check_bands(c, i, &r->age);
        if (r->kind == RULE_EXAM)
            check_validity(c, i, &r->exam);
        if (r->kind == RULE_VIOLATION_POINTS) {
            check_caps(c, i, &r->violation_points);
            check_reach(c, i, "yellow", r->violation_points.yellow, &r->violation_points);
            check_reach(c, i, "red", r->violation_points.red, &r->violation_points);
        }
        if (r->kind == RULE_STUDY_POINTS)
            check_study(c, i, &r->study_points);
        if (r->kind == RULE_OVERRIDE)
            check_signers(c, i, &r->override);
    }
}

/* -- alerts, and lists of reasons ------------------------------------------------------------- */

/* The first reason of the set that was never given, as a word; false when each was. */
static bool in_vain(uint32_t set, uint32_t given, char words[512])
{
    struct build b = build_over(words, 512);

    for (unsigned code = 0; code < REASON_COUNT; code++) {
        if (((set & ~given) >> code & 1) != 0)
            build_format(&b, "%s%s", b.bytes > 0 ? ", " : "", reason_name(code));
    }
    return b.bytes > 0;
}

/* Decisions touch reasons of scope person only. */
static void check_never_lifts(struct check *c)
{
    char words[512];

    for (unsigned i = 0; i < c->policy->rule_count; i++) {
        const struct rule *r = &c->policy->rules[i];
        struct person_plan plan = anybody(c);

        plan.override = COLOUR_GREEN;
        plan.certificate = PAPER_NONE;
        if (r->kind == RULE_OVERRIDE &&
            in_vain(r->override.never_lifts, c->given_to_person & ~(1u << REASON_OVERRIDE), words))
            check_find_word(c, FINDING_NEVER_LIFTS_IN_VAIN, check_rule_at(c, i, "never_lifts"),
                            words, &plan);
    }
}

void check_alert(struct check *c)
{
    const struct site_alert_rule *alert = &c->policy->site_alert;
    struct person_plan plan = anybody(c);
    char words[512];

    check_never_lifts(c);
    if (alert->days == 0) /* no site is warned */
        return;
    if (alert->yellow_over_percent == 100)
        check_find_word(c, FINDING_SHARE_NEVER, "/site_alert/yellow_over_percent", "100", &plan);
    plan.exam = 0;
    plan.certificate = PAPER_NONE;
    if (!c->some_yellow_counted)
        check_find_word(c, FINDING_YELLOW_NOT_COUNTED, "/site_alert", "", &plan);
    if (!c->some_red)
        check_find_word(c, FINDING_RED_NEVER, "/site_alert/red_over", "", &plan);
    if (in_vain(alert->not_counted, c->given, words))
        check_find_word(c, FINDING_NOT_COUNTED_IN_VAIN, "/site_alert/not_counted", words, &plan);
}
