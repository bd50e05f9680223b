/* Numbers in words: a rule's texts and basis name points, hours, ages, months, days, and the rule says
 * others. What is asked of a text, for each unit:
 *
 *   - some number of it is the rule's own; ages of men, of women and the points of a colour each
 *     for themselves;
 *   - a number that is not the rule's own does not stand there while one of the rule's own limits
 *     is named nowhere among its words.
 *
 * So a text may quote more than the rule says (a decree's other numbers), but not instead of it. A
 * basis may name other times than the rule's, as long as the rule's own are named somewhere: decrees
 * speak of many terms in one article. */
#include "domain/policy_check_parts.h"

#include "base/check.h"
#include "domain/policy_numerals.h"

enum { OWN_MAX = 160, POINT = 100 /* sums are kept in hundredths */ };

/* A number of the rule; must: a limit that its words should name. */
struct own {
    uint32_t value;
    uint8_t unit, tag;
    bool must, named;
};

struct owns {
    struct own at[OWN_MAX];
    unsigned count;
};

/* One text: its numbers, where it stands. */
struct said_text {
    const char *at;
    bool is_basis;
    struct numeral numerals[NUMERALS_MAX];
    unsigned count;
};

enum { TEXTS_MAX = 6 + REASON_COUNT * 6 }; /* basis, and two languages of three words a reason */

struct said_rule {
    struct owns owns;
    struct said_text texts[TEXTS_MAX];
    unsigned count;
};

/* -- what a rule's numbers are ------------------------------------------------------------------- */

static void own(struct owns *o, uint32_t value, enum numeral_unit unit, enum numeral_tag tag,
                bool must)
{
    for (unsigned i = 0; i < o->count; i++) {
        struct own *n = &o->at[i];

        if (n->value == value && n->unit == unit && n->tag == tag) {
            n->must = n->must || must;
            return;
        }
    }
    CHECK(o->count < OWN_MAX); /* months are 1..60, all else is few */
    if (value > 0)
        o->at[o->count++] = (struct own){value, (uint8_t)unit, (uint8_t)tag, must, false};
}

static void own_ages(struct owns *o, const struct rule_age *r)
{
    for (unsigned sex = 0; sex < 2; sex++) {
        for (unsigned i = 0; i < r->band_count[sex]; i++) {
            const struct age_band *band = &r->bands[sex][i];

            own(o, band->from_age, UNIT_AGE, sex == 0 ? TAG_MEN : TAG_WOMEN, true);
            own(o, band->lifted_by_exam_months, UNIT_MONTHS, TAG_NONE, false);
        }
    }
}

static void own_violations(struct owns *o, const struct rule_violation_points *r)
{
    for (unsigned severity = 1; severity <= 4; severity++) {
        own(o, r->points[severity], UNIT_POINTS, TAG_TABLE, false);
        own(o, r->months[severity], UNIT_MONTHS, TAG_NONE, true);
    }
    own(o, r->yellow / POINT, UNIT_POINTS, TAG_YELLOW, true);
    own(o, r->red / POINT, UNIT_POINTS, TAG_RED, true);
    if (r->each_max != UINT32_MAX)
        own(o, r->each_max / POINT, UNIT_POINTS, TAG_TABLE, false);
    if (r->day_max != UINT32_MAX)
        own(o, r->day_max / POINT, UNIT_POINTS, TAG_TABLE, false);
}

static void own_exam(struct owns *o, const struct rule_exam *r)
{
    own(o, r->validity_months, UNIT_MONTHS, TAG_NONE, true);
    for (unsigned i = 0; i < r->validity_count; i++)
        own(o, r->validity[i].months, UNIT_MONTHS, TAG_NONE, false);
}

static void own_certificate(struct owns *o, const struct rule_certificate *r)
{
    for (unsigned i = 0; i < r->need_count; i++)
        own(o, r->needs[i].months, UNIT_MONTHS, TAG_NONE, false);
    own(o, r->blocked_violations, UNIT_TIMES, TAG_NONE, true);
    own(o, r->blocked_months, UNIT_MONTHS, TAG_NONE, true);
}

static void own_training(struct owns *o, const struct rule *r)
{
    if (r->kind == RULE_PERIODIC_TRAINING) {
        own(o, r->periodic_training.hours, UNIT_HOURS, TAG_NONE, true);
        own(o, r->periodic_training.window_months, UNIT_MONTHS, TAG_NONE, true);
    }
    if (r->kind == RULE_TRANSFER_TRAINING)
        own(o, r->transfer_training.hours, UNIT_HOURS, TAG_NONE, true);
    for (unsigned i = 0; r->kind == RULE_ENTRY_TRAINING && i < r->entry_training.need_count; i++)
        own(o, r->entry_training.need[i].hours, UNIT_HOURS, TAG_NONE, true);
    if (r->kind == RULE_SITE_TRAINING)
        own(o, r->site_training.validity_months, UNIT_MONTHS, TAG_NONE, true);
    if (r->kind == RULE_STUDY_POINTS) {
        own(o, r->study_points.points, UNIT_POINTS, TAG_NONE, true);
        own(o, r->study_points.window_months, UNIT_MONTHS, TAG_NONE, true);
    }
}

static void own_numbers(struct owns *o, const struct rule *r)
{
    switch (r->kind) {
    case RULE_AGE:              own_ages(o, &r->age); break;
    case RULE_EXAM:             own_exam(o, &r->exam); break;
    case RULE_IDLE:             own(o, r->idle.months, UNIT_MONTHS, TAG_NONE, true); break;
    case RULE_VIOLATION_POINTS: own_violations(o, &r->violation_points); break;
    case RULE_CERTIFICATE:      own_certificate(o, &r->certificate); break;
    default:                    own_training(o, r); break;
    }
}

static void own_alert(struct owns *o, const struct site_alert_rule *alert)
{
    own(o, alert->yellow_over_percent, UNIT_PERCENT, TAG_NONE, true);
    own(o, alert->red_over, UNIT_PEOPLE, TAG_NONE, true);
    own(o, alert->days, UNIT_DAYS, TAG_NONE, true);
}

/* -- what its words say -------------------------------------------------------------------------- */

static bool is_of(const struct own *o, unsigned unit, unsigned tag)
{
    return o->unit == unit && (tag == TAG_NONE || o->tag == tag);
}

/* "60" names the band from 61 on as well: over 60, up to 60. */
static bool is_same(const struct own *o, const struct numeral *n)
{
    return is_of(o, n->unit, n->tag) &&
           (o->value == n->value || (n->unit == UNIT_AGE && o->value == n->value + 1));
}

static bool is_own(const struct owns *o, const struct numeral *n)
{
    for (unsigned i = 0; i < o->count; i++) {
        if (is_same(&o->at[i], n))
            return true;
    }
    return false;
}

/* English years are ages where the rule is about ages and about no such time; a tag means something
 * only where the rule tells the two apart. */
static void settle(const struct owns *o, struct numeral *n)
{
    struct numeral time = {n->value * 12, UNIT_MONTHS, TAG_NONE};
    bool apart = false;

    if (n->unit == UNIT_YEARS) {
        n->unit = UNIT_AGE;
        for (unsigned i = 0; i < o->count; i++)
            apart = apart || o->at[i].unit == UNIT_AGE;
        if (!apart || is_own(o, &time))
            *n = time;
    }
    apart = false;
    for (unsigned i = 0; i < o->count; i++)
        apart = apart || (is_of(&o->at[i], n->unit, n->tag));
    if (!apart)
        n->tag = TAG_NONE;
}

static void said_add(struct said_rule *r, const char *at, bool is_basis, const char *words)
{
    struct said_text *t = &r->texts[r->count];

    if (at == NULL || r->count == TEXTS_MAX)
        return;
    r->count++;
    t->at = at;
    t->is_basis = is_basis;
    t->count = numerals_find(text_of(words), t->numerals);
    for (unsigned i = 0; i < t->count; i++) {
        settle(&r->owns, &t->numerals[i]);
        for (unsigned n = 0; n < r->owns.count; n++) {
            struct own *o = &r->owns.at[n];

            o->named = o->named || is_same(o, &t->numerals[i]);
        }
    }
}

static void said_words(struct check *c, struct said_rule *r, const char *at, const char *language,
                       const struct policy_words *words)
{
    const char *keys[] = {"what", "remedy", "help"};
    const char *texts[] = {words->what, words->remedy, words->help};

    for (unsigned i = 0; i < 3; i++)
        said_add(r, arena_format(c->arena, "%s/%s/%s", at, language, keys[i]), false,
                 texts[i]);
}

static void said_basis(struct check *c, struct said_rule *r, const char *at,
                       const struct policy_basis *basis, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        said_add(r, arena_format(c->arena, "%s/basis/%u", at, i), true, basis[i].text);
}

/* -- comparing ----------------------------------------------------------------------------------- */

/* Of one unit and tag in a text: how many numbers are the rule's own, and the first that is not. */
struct tally {
    unsigned own, others;
    const struct numeral *first;
};

static struct tally tally_of(const struct said_text *t, const struct owns *o, unsigned unit,
                             unsigned tag)
{
    struct tally y = {0};

    for (unsigned i = 0; i < t->count; i++) {
        const struct numeral *n = &t->numerals[i];

        if (n->unit != unit || (tag != TAG_NONE && n->tag != tag))
            continue;
        if (is_own(o, n))
            y.own++;
        else if (y.others++ == 0)
            y.first = n;
    }
    return y;
}

static bool has_unnamed(const struct owns *o, unsigned unit, unsigned tag, bool must)
{
    for (unsigned i = 0; i < o->count; i++) {
        if (is_of(&o->at[i], unit, tag) && !o->at[i].named && (o->at[i].must || !must))
            return true;
    }
    return false;
}

static bool has_any(const struct owns *o, unsigned unit, unsigned tag)
{
    for (unsigned i = 0; i < o->count; i++) {
        if (is_of(&o->at[i], unit, tag))
            return true;
    }
    return false;
}

static bool is_time(unsigned unit)
{
    return unit == UNIT_MONTHS || unit == UNIT_DAYS || unit == UNIT_TIMES;
}

static bool differs(const struct said_text *t, const struct owns *o, unsigned unit, unsigned tag,
                    const struct tally *y)
{
    if (y->others == 0 || !has_any(o, unit, tag))
        return false;
    if (y->own > 0)
        return has_unnamed(o, unit, tag, true);
    return !t->is_basis || !is_time(unit) || has_unnamed(o, unit, tag, false);
}

static const struct {
    const char *zh, *en;
} unit_names[NUMERAL_UNITS] = {
    [UNIT_POINTS] = {"分", " points"},     [UNIT_HOURS] = {"学时", " hours"},
    [UNIT_AGE] = {"周岁", " years"},       [UNIT_MONTHS] = {"个月", " months"},
    [UNIT_DAYS] = {"天", " days"},         [UNIT_TIMES] = {"次", " times"},
    [UNIT_PERCENT] = {"%", " %"},          [UNIT_PEOPLE] = {"人", " people"},
};

/* An own number that was told already: men's and women's ages are often the same. */
static bool is_told(const struct owns *o, unsigned until, const struct numeral *n)
{
    for (unsigned i = 0; i < until; i++) {
        if (is_of(&o->at[i], n->unit, n->tag) && o->at[i].value == o->at[until].value)
            return true;
    }
    return false;
}

/* "60分，规则里是70分", "60周岁，规则里是18、57、65周岁" */
static void tell(struct check *c, const struct said_text *t, const struct owns *o,
                 const struct numeral *n, const struct person_plan *plan)
{
    char zh[256], en[256];
    struct build z = build_over(zh, sizeof zh), e = build_over(en, sizeof en);
    const char *comma[2] = {"", ""};

    build_format(&z, "%u%s，规则里是", n->value, unit_names[n->unit].zh);
    build_format(&e, "%u%s, the rule ", n->value, unit_names[n->unit].en);
    for (unsigned i = 0; i < o->count; i++) {
        if (!is_of(&o->at[i], n->unit, n->tag) || is_told(o, i, n))
            continue;
        build_format(&z, "%s%u", comma[0], o->at[i].value);
        build_format(&e, "%s%u", comma[1], o->at[i].value);
        comma[0] = "、";
        comma[1] = ", ";
    }
    build_string(&z, unit_names[n->unit].zh);
    build_string(&e, unit_names[n->unit].en);
    check_find(c, FINDING_NUMBER_OTHER, t->at, zh, en, plan);
}

/* The first disagreement of a text. */
static void compare(struct check *c, const struct said_text *t, const struct owns *o,
                    const struct person_plan *plan)
{
    for (unsigned unit = UNIT_POINTS; unit < NUMERAL_UNITS; unit++) {
        for (unsigned tag = TAG_NONE; tag < TAG_TABLE; tag++) {
            struct tally y = tally_of(t, o, unit, tag);

            if (differs(t, o, unit, tag, &y)) {
                tell(c, t, o, y.first, plan);
                return;
            }
        }
    }
}

static void compare_all(struct check *c, const struct said_rule *r, const struct person_plan *plan)
{
    for (unsigned i = 0; i < r->count; i++)
        compare(c, &r->texts[i], &r->owns, plan);
}

static void check_rule(struct check *c, unsigned rule, struct said_rule *r)
{
    const struct policy_rule_text *texts = &c->document->texts[rule];
    struct person_plan plan = check_plan_of(
        c, rule, texts->reason_count > 0 ? texts->reasons[0].code : NO_REASON);

    *r = (struct said_rule){0};
    own_numbers(&r->owns, &c->policy->rules[rule]);
    said_basis(c, r, check_rule_at(c, rule, ""), texts->basis, texts->basis_count);
    for (unsigned i = 0; i < texts->reason_count; i++) {
        const struct policy_reason *reason = &texts->reasons[i];
        const char *at = arena_format(c->arena, "/rules/%u/texts/%s", rule,
                                      reason_name(reason->code));

        said_words(c, r, at, "zh", &reason->zh);
        said_words(c, r, at, "en", &reason->en);
    }
    compare_all(c, r, &plan);
}

static void check_alert_words(struct check *c, struct said_rule *r)
{
    const struct policy_alert_text *texts = &c->document->alert_text;
    struct person_plan plan = check_plan_of(c, 0, NO_REASON);

    *r = (struct said_rule){0};
    own_alert(&r->owns, &c->policy->site_alert);
    said_basis(c, r, "/site_alert", texts->basis, texts->basis_count);
    said_words(c, r, "/site_alert/texts", "zh", &texts->zh);
    said_words(c, r, "/site_alert/texts", "en", &texts->en);
    compare_all(c, r, &plan);
}

void check_said(struct check *c)
{
    struct said_rule *r = arena_new(c->arena, struct said_rule);

    if (r == NULL)
        return;
    for (unsigned i = 0; i < c->policy->rule_count; i++)
        check_rule(c, i, r);
    if (c->policy->site_alert.days != 0)
        check_alert_words(c, r);
}
