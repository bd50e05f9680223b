#include "clients/sim/people.h"

#include <stdio.h>
#include <string.h>

#include "base/check.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static const char *const surnames[] = {
    "王", "李", "张", "刘", "陈", "杨", "黄", "赵", "周", "吴", "徐", "孙", "马", "朱", "胡",
    "郭", "何", "高", "林", "罗", "郑", "梁", "谢", "宋", "唐", "许", "韩", "冯", "邓", "曹",
    "彭", "曾", "肖", "田", "董", "潘", "袁", "蔡", "蒋", "余", "于", "杜", "叶", "程", "欧阳",
};
static const char *const men[] = {
    "建国", "志强", "海涛", "永福", "德明", "国庆", "长春", "大勇", "金宝", "卫东", "学军",
    "福生", "玉柱", "军", "勇", "涛", "刚", "平", "明", "强", "伟", "斌", "波", "辉", "宏伟",
    "春生", "水根", "家旺", "树林", "正华",
};
static const char *const women[] = {
    "秀英", "桂兰", "玉梅", "春花", "丽", "敏", "静", "红梅", "翠兰", "小凤", "金凤", "霞",
    "燕", "芳", "玲", "巧云", "素珍", "兰", "彩霞", "月娥",
};

/* In 1/10,000; site workers: under 18 0.05 %, 18-24 4, 25-34 14, 35-44 25, 45-49 16, 50-54 19,
 * 55-59 14, 60-64 6, 65 and over 1.95. */
static const struct {
    unsigned weight;
    int from, to;
} ages[] = {
    {5, 17, 17},    {400, 18, 24},  {1400, 25, 34}, {2500, 35, 44}, {1600, 45, 49},
    {1900, 50, 54}, {1400, 55, 59}, {600, 60, 64},  {195, 65, 70},
};

/* In percent of workers. */
static const struct {
    unsigned weight, trade;
    const char *certificate;
} trades[] = {
    {9, 50, NULL},  {9, 240, NULL},  {14, 20, NULL}, {14, 10, NULL}, {12, 190, NULL},
    {6, 110, NULL}, {5, 130, "01"},  {3, 270, "99"}, {8, 40, NULL},  {6, 30, "02"},
    {3, 170, "04"}, {2, 180, "08"},  {2, 80, NULL},  {7, 390, NULL},
};

enum { FEMALE_PERCENT = 12, MANAGER_PERCENT = 6, FLAWS_PER_10000 = 1400, REDS_PER_10000 = 90 };

static const struct {
    const char *name;
    unsigned weight; /* among the yellow, among the red */
} flaws[FLAWS] = {
    [FLAW_NONE] = {"none", 0},
    [FLAW_EXAM_NONE] = {"exam_none", 12},
    [FLAW_EXAM_OLD] = {"exam_old", 26},
    [FLAW_EXAM_RECHECK] = {"exam_recheck", 12},
    [FLAW_TRAINING] = {"training", 15},
    [FLAW_STUDY] = {"study", 15},
    [FLAW_SITE_ENTRY] = {"site_entry", 10},
    [FLAW_VIOLATIONS] = {"violations", 6},
    [FLAW_CERTIFICATE] = {"certificate", 4},
    [FLAW_UNFIT] = {"unfit", 1},
    [FLAW_OFF_JOB] = {"off_job", 1},
};

const char *flaw_name(enum flaw flaw)
{
    CHECK(flaw < FLAWS);
    return flaws[flaw].name;
}

static void draw_age(struct person *p, struct dice *dice)
{
    unsigned weights[COUNT(ages)];
    size_t band;

    for (size_t i = 0; i < COUNT(ages); i++)
        weights[i] = ages[i].weight;
    band = dice_weigh(dice, weights, COUNT(ages));
    p->age = dice_between(dice, ages[band].from, ages[band].to);
    p->sex = dice_below(dice, 100) < FEMALE_PERCENT ? 'F' : 'M';
}

static void draw_trade(struct person *p, struct dice *dice)
{
    unsigned weights[COUNT(trades)];
    size_t at;

    for (size_t i = 0; i < COUNT(trades); i++)
        weights[i] = trades[i].weight;
    at = dice_weigh(dice, weights, COUNT(trades));
    p->is_manager = dice_below(dice, 100) < MANAGER_PERCENT;
    p->trade = p->is_manager ? 900 : trades[at].trade;
    p->certificate = p->is_manager ? NULL : trades[at].certificate;
}

/* Yellow or red by age alone, under Jiangsu's bands: nothing is added to those. */
static bool is_green_by_age(const struct person *p)
{
    return p->age >= 18 && p->age < (p->sex == 'F' ? 55 : 60);
}

static enum flaw draw_flaw(const struct person *p, struct dice *dice)
{
    unsigned weights[FLAWS] = {0}, chance = dice_below(dice, 10000);
    bool red = chance < REDS_PER_10000;

    if (!is_green_by_age(p) || chance >= FLAWS_PER_10000 + REDS_PER_10000)
        return FLAW_NONE;
    for (unsigned i = 1; i < FLAWS; i++)
        weights[i] = (i >= FLAW_UNFIT) == red ? flaws[i].weight : 0;
    if (p->certificate == NULL && !red)
        weights[FLAW_CERTIFICATE] = 0;
    return (enum flaw)dice_weigh(dice, weights, FLAWS);
}

static void draw_name(struct person *p, struct dice *dice)
{
    const char *surname = surnames[dice_below(dice, COUNT(surnames))];
    const char *given = p->sex == 'F' ? women[dice_below(dice, COUNT(women))]
                                      : men[dice_below(dice, COUNT(men))];

    CHECK(snprintf(p->name, sizeof p->name, "%s%s", surname, given) < (int)sizeof p->name);
}

/* GB 11643: region, birth date, a number of the day (odd: male), check digit by ISO 7064 MOD 11-2.
 * Region and number together are this place's own, so no two people share one. */
static void make_number(struct person *p, unsigned place, struct civil birth)
{
    static const int weights[17] = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
    unsigned of_day = place % 499 * 2 + (p->sex == 'M' ? 1 : 2);
    int sum = 0;

    CHECK(place < PEOPLE_MAX);
    snprintf(p->number, sizeof p->number, "%06u%04d%02d%02d%03u", 990101 + place / 499,
             birth.year, birth.month, birth.day, of_day);
    for (int i = 0; i < 17; i++)
        sum += (p->number[i] - '0') * weights[i];
    p->number[17] = "10X98765432"[sum % 11];
    p->number[18] = '\0';
}

void person_make(struct person *person, uint64_t seed, unsigned place, day_t today)
{
    struct dice dice = {seed * 1000003 + place};
    day_t birth;

    dice_next(&dice); /* neighbours' first numbers are alike */
    *person = (struct person){0};
    draw_age(person, &dice);
    draw_trade(person, &dice);
    draw_name(person, &dice);
    person->flaw = draw_flaw(person, &dice);
    person->entry_days_ago = dice_between(&dice, 3, 150);
    person->exam_days_ago = person->entry_days_ago + dice_between(&dice, 1, 180);
    /* born so many years and some days ago: the age holds for the year, except on a birthday */
    birth = day_add_months(today, -12 * person->age);
    birth = (day_t)(birth - dice_between(&dice, 1, 360));
    make_number(person, place, day_to_civil(birth));
    snprintf(person->phone, sizeof person->phone, "1990000%04u", place);
}
