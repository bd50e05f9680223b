#include "bench/nation.h"

#include <string.h>

#include "base/check.h"
#include "clients/sim/dice.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

/* Completed years and how many of 10,000 site workers are so old. */
static const struct {
    unsigned weight;
    int from, to;
} ages[] = {
    {5, 17, 17},    {400, 18, 24},  {1400, 25, 34}, {2500, 35, 44}, {1600, 45, 49},
    {1900, 50, 54}, {1400, 55, 59}, {600, 60, 64},  {195, 65, 70},
};

/* In percent; class: of the certificate of special operations that the trade asks for. */
static const struct {
    unsigned weight;
    uint16_t trade;
    uint8_t class;
} trades[] = {
    {9, 50, 0},   {9, 240, 0}, {14, 20, 0}, {14, 10, 0}, {12, 190, 0}, {6, 110, 0}, {5, 130, 1},
    {3, 270, 99}, {8, 40, 0},  {6, 30, 2},  {3, 170, 4}, {2, 180, 8},  {2, 80, 0},  {7, 390, 0},
};

enum { SITES = 15000, FEMALE_PERCENT = 12, MANAGER_PERCENT = 6, HISTORY_DAYS = 1500 };

static unsigned draw_weighed(struct dice *dice, unsigned sum, unsigned (*weight)(unsigned))
{
    unsigned at = dice_below(dice, sum), i = 0;

    for (; at >= weight(i); i++)
        at -= weight(i);
    return i;
}

static unsigned age_weight(unsigned i)
{
    return ages[i].weight;
}

static unsigned trade_weight(unsigned i)
{
    return trades[i].weight;
}

struct life {
    struct nation_worker *worker;
    struct dice dice;
    day_t today, came; /* came: to this site */
    uint8_t class;
};

static bool chance(struct life *life, unsigned of_1000)
{
    return dice_below(&life->dice, 1000) < of_1000;
}

static struct fact *add(struct life *life, enum fact_kind kind, int on)
{
    struct facts *facts = &life->worker->facts;
    struct fact *f = &life->worker->fact[facts->count++];

    CHECK(facts->count <= NATION_FACTS_MAX);
    *f = (struct fact){.on = (day_t)on, .kind = (uint8_t)kind};
    return f;
}

static void add_person(struct life *life)
{
    struct nation_worker *w = life->worker;
    unsigned band = draw_weighed(&life->dice, 10000, age_weight);
    unsigned trade = draw_weighed(&life->dice, 100, trade_weight);
    int age = dice_between(&life->dice, ages[band].from, ages[band].to);
    bool manager = chance(life, MANAGER_PERCENT * 10);
    unsigned history = chance(life, 400) ? 160 : HISTORY_DAYS; /* four in ten are new */

    w->facts.birth =
        (day_t)(day_add_months(life->today, -12 * age) - dice_between(&life->dice, 1, 360));
    w->facts.sex = chance(life, FEMALE_PERCENT * 10) ? SEX_FEMALE : SEX_MALE;
    life->came = (day_t)(life->today - dice_between(&life->dice, 3, 150));
    w->facts.enrolled = life->came;
    if (history > 160)
        w->facts.enrolled = (day_t)(life->came - dice_between(&life->dice, 0, (int)history));
    life->class = manager ? 0 : trades[trade].class;
    w->context = (struct context){
        .trade = manager ? 900 : trades[trade].trade,
        .role = manager ? ROLE_MANAGER : ROLE_WORKER,
        .site_state = chance(life, 3) ? SITE_STOPPED : SITE_OPEN,
        .org_permit = chance(life, 4) ? PERMIT_EXPIRED : PERMIT_VALID,
        .site = 1 + dice_below(&life->dice, SITES),
    };
}

/* Yearly, the last one within the year but for one in thirty. */
static void add_exams(struct life *life)
{
    int first = life->worker->facts.enrolled,
        last = life->today - dice_between(&life->dice, 5, 350);

    if (chance(life, 12))
        return;
    if (chance(life, 25))
        last -= 380;
    if (last < first)
        last = first;
    for (int on = last - (last - first) / 365 * 365; on <= last; on += 365) {
        struct fact *f = add(life, FACT_EXAM, on);

        f->a = on == last && chance(life, 14) ? EXAM_RECHECK : EXAM_NO_ABNORMALITY;
        if (on == last && chance(life, 8)) {
            f->a = EXAM_CONTRAINDICATED;
            f->b = chance(life, 500) ? HAZARD_HEIGHT : HAZARD_NOISE;
        }
    }
}

static void train(struct life *life, int on, enum training_type type, uint8_t hours, uint32_t site)
{
    struct fact *f = add(life, FACT_TRAINING, on);

    f->a = (uint8_t)type;
    f->b = hours;
    f->c = 1;
    f->ref = site;
}

static void add_trainings(struct life *life)
{
    int first = life->worker->facts.enrolled;
    uint32_t here = life->worker->context.site;

    train(life, first, TRAINING_ENTRY_COMPANY, 15, 0);
    train(life, first, TRAINING_ENTRY_PROJECT, 15, 0);
    if (!chance(life, 15))
        train(life, first, TRAINING_ENTRY_TEAM, 20, 0);
    if (first < life->came && chance(life, 500))
        train(life, first + 1, TRAINING_SITE_ENTRY, 2, 1 + here % SITES);
    for (int on = first + 300; on <= life->today; on += 330) { /* one year's is left out at times */
        if (!chance(life, 20))
            train(life, on, TRAINING_ANNUAL, 20, 0);
    }
    if (!chance(life, 12))
        train(life, life->came, TRAINING_SITE_ENTRY, 2, here);
}

static void add_study(struct life *life)
{
    for (unsigned i = 1 + dice_below(&life->dice, 3); i > 0; i--)
        add(life, FACT_STUDY, life->today - 10 - (int)i * 60)->ref = chance(life, 18) ? 20 : 65;
}

/* One in twelve has been written up lately, one in four of them again. */
static void add_violations(struct life *life)
{
    int on = life->today - dice_between(&life->dice, 1, 700);

    if (!chance(life, 80))
        return;
    do {
        struct fact *f = add(life, FACT_VIOLATION, on);

        f->until = DAY_NEVER;
        f->a = VIOLATION_OPERATION;
        f->b = chance(life, 50) ? 3 : 1;
        f->c = f->b > 2;
        f->ref = chance(life, 500) ? 706 : 711;
        on += dice_between(&life->dice, 0, 60);
    } while (on <= life->today && chance(life, 250));
}

/* Of two years each, the last one running; an old one of another kind now and then. */
static void add_certificates(struct life *life)
{
    int until = life->today + dice_between(&life->dice, 1, 700);

    if (life->class == 0 || chance(life, 30))
        return;
    if (chance(life, 30))
        until = life->today - 20;
    for (int from = until - (chance(life, 400) ? 1460 : 730); from < until; from += 730) {
        struct fact *f = add(life, FACT_CERTIFICATE, from);

        f->until = (day_t)(from + 730);
        f->a = CERTIFICATE_SPECIAL_OPERATION;
        f->b = life->class;
        f->c = ISSUER_HOUSING;
        f->ref = 1 + dice_below(&life->dice, 1u << 31);
    }
}

static void add_engagement(struct life *life, int from, int until, uint8_t trade)
{
    struct fact *f = add(life, FACT_ENGAGEMENT, from);

    f->until = (day_t)until;
    f->a = life->worker->context.role;
    f->b = trade;
    f->ref = life->worker->context.site;
}

static void add_papers(struct life *life)
{
    int first = life->worker->facts.enrolled;
    struct fact *f = add(life, FACT_AGREEMENT, first);
    uint8_t trade = (uint8_t)(life->worker->context.trade / 10);

    f->until = chance(life, 15) ? (day_t)(life->today - 3) : DAY_NEVER;
    f->a = AGREEMENT_LABOUR_CONTRACT;
    if (chance(life, 2)) {
        f = add(life, FACT_OVERRIDE, life->today - 9);
        f->until = (day_t)(life->today + 21);
        f->a = COLOUR_YELLOW;
        f->c = 2;
    }
    if (first < life->came) { /* elsewhere before; one in five as something else */
        int until = life->came - dice_between(&life->dice, 0, 60);

        add_engagement(life, first, until > first ? until : first + 1,
                       chance(life, 200) ? 39 : trade);
    }
    add_engagement(life, life->came, DAY_NEVER, trade);
}

/* In the order of facts: by kind, as the kinds follow one another here, then by day. */
static void sort_facts(struct nation_worker *w)
{
    for (unsigned i = 1; i < w->facts.count; i++) {
        struct fact f = w->fact[i];
        unsigned at = i;

        for (; at > 0 && (w->fact[at - 1].kind > f.kind ||
                          (w->fact[at - 1].kind == f.kind && w->fact[at - 1].on > f.on));
             at--)
            w->fact[at] = w->fact[at - 1];
        w->fact[at] = f;
    }
}

void nation_worker_make(struct nation_worker *worker, uint64_t place, day_t today)
{
    struct life life = {.worker = worker, .dice = {place * 0x9e3779b97f4a7c15u}, .today = today};

    worker->facts = (struct facts){.fact = worker->fact, .version = 1};
    add_person(&life);
    add_exams(&life);
    add_trainings(&life);
    add_study(&life);
    add_violations(&life);
    add_certificates(&life);
    add_papers(&life);
    sort_facts(worker);
}
