/* Words that would not be understood: a Chinese text without Chinese, an English one without
 * English. That both are there at all is the format's business. */
#include "domain/policy_check_parts.h"

static bool is_han(uint32_t point)
{
    return (point >= 0x3400 && point <= 0x9fff) || (point >= 0x20000 && point <= 0x323af);
}

static bool is_letter(uint32_t point)
{
    return (point | 0x20) >= 'a' && (point | 0x20) <= 'z';
}

static void count_scripts(const char *string, unsigned *han, unsigned *letters)
{
    struct text rest = text_of(string);

    *han = *letters = 0;
    while (rest.bytes > 0) {
        uint32_t point = text_next_code_point(&rest);

        *han += is_han(point);
        *letters += point < 0x80 && is_letter(point);
    }
}

/* One text of a pair; `at` is where both stand. */
static void check_text(struct check *c, const char *at, const char *word, const char *zh,
                       const char *en, const struct person_plan *plan)
{
    unsigned han, letters;

    count_scripts(zh, &han, &letters);
    if (han == 0)
        check_find_word(c, FINDING_TEXT_ZH, at, word, plan);
    count_scripts(en, &han, &letters);
    if (letters == 0 || han > 0)
        check_find_word(c, FINDING_TEXT_EN, at, word, plan);
}

static void check_words(struct check *c, const char *at, const struct policy_words *zh,
                        const struct policy_words *en, const struct person_plan *plan)
{
    check_text(c, at, "what", zh->what, en->what, plan);
    check_text(c, at, "remedy", zh->remedy, en->remedy, plan);
    check_text(c, at, "help", zh->help, en->help, plan);
}

struct person_plan check_plan_of(const struct check *c, unsigned rule, unsigned code)
{
    const struct rule_check *r = &c->rules[rule];

    for (unsigned i = 0; i < r->said_count; i++) {
        if (r->said[i].is_found && r->said[i].is.code == code)
            return r->said[i].plan;
    }
    return person_in_order(c->policy, policy_people_trade(c->policy, 20), ROLE_WORKER, c->on);
}

static void check_reasons(struct check *c, unsigned rule)
{
    const struct policy_rule_text *texts = &c->document->texts[rule];

    for (unsigned i = 0; i < texts->reason_count; i++) {
        const struct policy_reason *reason = &texts->reasons[i];
        struct person_plan plan = check_plan_of(c, rule, reason->code);
        const char *at = arena_format(c->arena, "/rules/%u/texts/%s", rule,
                                      reason_name(reason->code));

        check_words(c, at, &reason->zh, &reason->en, &plan);
    }
}

void check_texts(struct check *c)
{
    const struct policy_document *d = c->document;
    struct person_plan anybody = person_in_order(c->policy, policy_people_trade(c->policy, 20),
                                                 ROLE_WORKER, c->on);

    check_text(c, "/title", "title", d->title_zh, d->title_en, &anybody);
    if (c->policy->site_alert.days != 0)
        check_words(c, "/site_alert/texts", &d->alert_text.zh, &d->alert_text.en, &anybody);
    for (unsigned i = 0; i < c->policy->rule_count; i++)
        check_reasons(c, i);
}
