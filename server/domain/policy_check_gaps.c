/* Gaps: trades that nobody thought of, people who stay green in spite of what the law asks, posts
 * in which nobody can ever be green. */
#include "domain/policy_check_parts.h"

#include "base/choice.h"
#include "domain/record_fields.h"

enum { LIST_BYTES = 512 };

/* A list of words under the way: "030, 040", and the first one's person. */
struct found {
    char words[LIST_BYTES];
    struct build list;
    struct person_plan first;
};

static void found_add(struct found *f, struct text word, const struct person_plan *plan)
{
    if (f->list.bytes == 0)
        f->first = *plan;
    else
        build_string(&f->list, ", ");
    build_text(&f->list, word);
}

static struct text trade_code(uint16_t trade, char code[8])
{
    struct build b = build_over(code, 8);

    build_format(&b, "%03u", trade);
    return build_done(&b);
}

/* -- trades whose work nobody wrote down ------------------------------------------------------ */

static bool names_trade(const struct rule_exam *r, uint16_t trade)
{
    for (unsigned i = 0; i < r->hazard_count; i++) {
        if (r->hazards[i].trade == trade)
            return true;
    }
    return false;
}

static void check_hazards(struct check *c, unsigned rule, const struct rule_exam *r)
{
    struct found f;
    size_t count;
    const uint16_t *trades = policy_people_trades(&count);

    f.list = build_over(f.words, sizeof f.words);
    for (size_t i = 0; i < count; i++) {
        struct person_plan plan = person_in_order(c->policy, trades[i], ROLE_WORKER, c->on);
        char code[8];

        plan.exam = EXAM_CONTRAINDICATED;
        plan.hazards = UINT8_MAX;
        if (!names_trade(r, trades[i]) && !trade_list_has(&c->policy->exempt, trades[i]))
            found_add(&f, trade_code(trades[i], code), &plan);
    }
    if (f.list.bytes > 0)
        check_find_word(c, FINDING_TRADE_WITHOUT_HAZARDS,
                        check_rule_at(c, rule, "hazards_by_trade"), f.words, &f.first);
}

/* -- posts in which nobody is green ----------------------------------------------------------- */

static void try_post(struct check *c, struct found *f, uint16_t trade, uint8_t role,
                     struct text word)
{
    struct person_plan plan = person_in_order(c->policy, trade, role, c->on);
    struct colours is;

    if (trade_list_has(&c->policy->exempt, trade))
        return;
    is = check_colours(c, &plan);
    if (is.colour_here != COLOUR_GREEN)
        found_add(f, word, &plan);
}

static void check_posts(struct check *c)
{
    const char *roles = record_choices(RECORD_ENGAGEMENT, "role");
    struct found f;
    size_t count;
    const uint16_t *trades = policy_people_trades(&count);

    f.list = build_over(f.words, sizeof f.words);
    for (size_t i = 0; i < count; i++) {
        char code[8];

        try_post(c, &f, trades[i], ROLE_WORKER, trade_code(trades[i], code));
    }
    for (unsigned role = ROLE_MANAGER; role <= ROLE_HEAD; role++)
        try_post(c, &f, policy_people_trade(c->policy, 900), (uint8_t)role,
                 choice_at(roles, (int)role - ROLE_WORKER));
    if (f.list.bytes > 0)
        check_find_word(c, FINDING_NOBODY_GREEN, "/rules", f.words, &f.first);
}

/* -- people whom the law keeps out, and who are green ----------------------------------------- */

static void no_identity(struct person_plan *p)     { p->without_identity = true; }
static void fifteen(struct person_plan *p)         { p->age = 15; }
static void unexamined(struct person_plan *p)      { p->exam = 0; }
static void unfit(struct person_plan *p)           { p->exam = EXAM_UNFIT; }
static void untrained(struct person_plan *p)
{
    p->left_out = UINT32_MAX;
    p->study_max = 0;
}
static void off_job(struct person_plan *p)
{
    p->violations[0] = (struct violation_plan){1, 1, VIOLATION_OPERATION, true, true, true};
}
static void uncertified(struct person_plan *p)     { p->certificate = PAPER_NONE; }
static void banned(struct person_plan *p)          { p->ban = BAN_INDUSTRY; }
static void without_contract(struct person_plan *p) { p->agreement = PAPER_NONE; }
static void stopped(struct person_plan *p)         { p->site_state = SITE_STOPPED; }
static void permit_revoked(struct person_plan *p)  { p->org_permit = PERMIT_REVOKED; }

static const struct {
    void (*spoil)(struct person_plan *p);
    const char *zh, *en;
} never_green[] = {
    {no_identity, "没有身份信息的人", "Somebody without any identity"},
    {fifteen, "15周岁的人（劳动法第十五条：不得招用未满16周岁的人）",
     "Somebody of 15 (Labour Law 15: nobody under 16 may be employed)"},
    {unexamined, "没有体检的人（职业病防治法第三十五条）",
     "Somebody without a health exam (Law on Occupational Diseases 35)"},
    {unfit, "体检结论为不适合作业的人（职业病防治法第三十五条）",
     "Somebody whom his exam found unfit (Law on Occupational Diseases 35)"},
    {untrained, "没有受过任何安全培训的人（安全生产法第二十八条）",
     "Somebody without any safety training (Work Safety Law 28)"},
    {off_job, "被要求脱产培训而没有完成的“三违”人员（交住建字〔2024〕80号二（四））",
     "Somebody who was ordered off the job for training and has not passed it (notice 80 of 2024)"},
    {uncertified, "没有操作资格证书的架子工（建设工程安全生产管理条例第二十五条）",
     "A scaffolder without a certificate (Construction Work Safety Regulations 25)"},
    {banned, "被行业禁入的人", "Somebody who is banned from the industry"},
    {without_contract, "没有劳动合同或用工书面协议的人（保障农民工工资支付条例第二十八条）",
     "Somebody without a contract or written agreement (Wage Payment Regulations 28)"},
    {stopped, "停工工地上的人", "Somebody on a site where work is stopped"},
    {permit_revoked, "单位安全生产许可证被吊销的人（安全生产许可证条例第二条）",
     "Somebody whose firm lost its safety permit (Safety Permit Regulations 2)"},
};

static void check_green(struct check *c)
{
    uint16_t trade = policy_people_trade(c->policy, 30);

    for (size_t i = 0; i < sizeof never_green / sizeof never_green[0]; i++) {
        struct person_plan plan = person_in_order(c->policy, trade, ROLE_WORKER, c->on);

        if (never_green[i].spoil == uncertified && trade != 30)
            continue;
        never_green[i].spoil(&plan);
        if (check_colours(c, &plan).colour_here == COLOUR_GREEN)
            check_find(c, FINDING_STILL_GREEN, "/rules", never_green[i].zh, never_green[i].en,
                       &plan);
    }
}

void check_gaps(struct check *c)
{
    for (unsigned i = 0; i < c->policy->rule_count; i++) {
        if (c->policy->rules[i].kind == RULE_EXAM)
            check_hazards(c, i, &c->policy->rules[i].exam);
    }
    check_posts(c);
    check_green(c);
}
