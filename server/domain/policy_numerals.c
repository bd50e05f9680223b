#include "domain/policy_numerals.h"

#include <string.h>

enum {
    VALUE_MAX = 1000000,
    YEAR_FROM = 1000, /* a year of the calendar */
    AGE_FROM = 10,    /* "重叠的一岁" is nobody's age */
    COLOUR_WITHIN = 4
};

/* A number's place in the words: what stands before it, and behind it. */
struct place {
    struct text before, behind;
};

struct finder {
    struct numeral *out;
    unsigned count;
    unsigned waiting; /* of them, the last ones, whose unit is still to come */
    uint8_t sex;
};

/* -- numbers -------------------------------------------------------------------------------------- */

static bool is_digit(struct text t, size_t i)
{
    return i < t.bytes && t.at[i] >= '0' && t.at[i] <= '9';
}

static bool is_letter(struct text t, size_t i)
{
    return i < t.bytes && ((t.at[i] | 0x20) >= 'a' && (t.at[i] | 0x20) <= 'z');
}

static bool take(struct text *rest, const char *word)
{
    if (!text_starts(*rest, text_of(word)))
        return false;
    rest->at += strlen(word);
    rest->bytes -= strlen(word);
    return true;
}

/* UINT32_MAX for what is no whole number: 9.1. */
static uint32_t take_digits(struct text *rest)
{
    uint32_t value = 0;
    bool whole = true;
    size_t i = 0;

    while (is_digit(*rest, i) || (i < rest->bytes && rest->at[i] == '.' && is_digit(*rest, i + 1))) {
        whole = whole && rest->at[i] != '.';
        if (whole && value < VALUE_MAX)
            value = value * 10 + (uint32_t)(rest->at[i] - '0');
        i++;
    }
    rest->at += i;
    rest->bytes -= i;
    return whole ? value : UINT32_MAX;
}

static bool take_han_digit(struct text *rest, uint32_t *digit)
{
    static const char *const words[] = {"一", "二", "三", "四", "五", "六", "七", "八", "九", "两"};

    for (uint32_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (take(rest, words[i])) {
            *digit = i == 9 ? 2 : i + 1;
            return true;
        }
    }
    return false;
}

/* 十六, 六十, 一百二十: a digit waits for the place that it counts. */
static uint32_t take_han(struct text *rest)
{
    uint32_t value = 0, digit = 0;

    for (;;) {
        if (take_han_digit(rest, &digit))
            continue;
        if (take(rest, "十"))
            value += (digit > 0 ? digit : 1) * 10;
        else if (take(rest, "百"))
            value += digit * 100;
        else
            return value + digit;
        digit = 0;
    }
}

static bool take_number(struct text *rest, uint32_t *value)
{
    size_t bytes = rest->bytes;

    *value = is_digit(*rest, 0) ? take_digits(rest) : take_han(rest);
    return rest->bytes < bytes;
}

/* -- units ---------------------------------------------------------------------------------------- */

/* The first that fits counts, so longer words stand before shorter ones. */
static const struct unit_word {
    const char *word;
    uint8_t unit, times;
} unit_words[] = {
    {"周岁", UNIT_AGE, 1},      {"岁", UNIT_AGE, 1},        {"分钟", UNIT_NONE, 1},
    {"分之", UNIT_NONE, 1},     {"分", UNIT_POINTS, 1},     {"学时", UNIT_HOURS, 1},
    {"课时", UNIT_HOURS, 1},    {"个月", UNIT_MONTHS, 1},   {"年", UNIT_MONTHS, 12},
    {"天", UNIT_DAYS, 1},       {"日", UNIT_DAYS, 1},       {"次", UNIT_TIMES, 1},
    {"人", UNIT_PEOPLE, 1},     {"%", UNIT_PERCENT, 1},     {"％", UNIT_PERCENT, 1},
    {"points", UNIT_POINTS, 1}, {"point", UNIT_POINTS, 1},  {"hours", UNIT_HOURS, 1},
    {"hour", UNIT_HOURS, 1},    {"months", UNIT_MONTHS, 1}, {"month", UNIT_MONTHS, 1},
    {"years", UNIT_YEARS, 1},   {"year", UNIT_YEARS, 1},    {"days", UNIT_DAYS, 1},
    {"day", UNIT_DAYS, 1},
};

/* What stands right before a number that is none of a rule's: an order, a date, a term before
 * something ends. NUMERAL_UNITS: whatever its unit. */
static const struct lead {
    const char *word;
    uint8_t unit;
} leads[] = {
    {"第", NUMERAL_UNITS},
    {"前", NUMERAL_UNITS},
    {"within the last", NUMERAL_UNITS},
    {"within", UNIT_HOURS}, /* of the clock */
    {"月", UNIT_DAYS},      /* 1月1日 */
};

static struct text trim_gap(struct text t)
{
    while (t.bytes > 0 && (t.at[0] == ' ' || (t.at[0] == '-' && is_letter(t, 1)))) {
        t.at++;
        t.bytes--;
    }
    return t;
}

static bool is_led(struct text before, uint8_t unit)
{
    while (before.bytes > 0 && before.at[before.bytes - 1] == ' ')
        before.bytes--;
    for (size_t i = 0; i < sizeof leads / sizeof leads[0]; i++) {
        size_t bytes = strlen(leads[i].word);

        if (before.bytes >= bytes &&
            memcmp(before.at + before.bytes - bytes, leads[i].word, bytes) == 0 &&
            (leads[i].unit == unit || leads[i].unit == NUMERAL_UNITS))
            return true;
    }
    return false;
}

static const struct unit_word *find_unit(struct text behind)
{
    behind = trim_gap(behind);
    for (size_t i = 0; i < sizeof unit_words / sizeof unit_words[0]; i++) {
        const char *word = unit_words[i].word;

        if (text_starts(behind, text_of(word)) &&
            !(is_letter(behind, 0) && is_letter(behind, strlen(word))))
            return unit_words[i].unit != UNIT_NONE ? &unit_words[i] : NULL;
    }
    return NULL;
}

/* 2019年 is a date, 一岁 a step, 十分 means very. */
static bool is_measure(const struct place *p, uint32_t value, const struct unit_word *unit)
{
    if (unit->times == 12 && value >= YEAR_FROM)
        return false;
    if (unit->unit == UNIT_AGE && value < AGE_FROM)
        return false;
    if (value == 10 && text_starts(p->behind, TEXT("分")) && p->behind.at[-1] != '0')
        return false;
    return !is_led(p->before, unit->unit);
}

/* -- of whom, of what ----------------------------------------------------------------------------- */

/* "满6分黄", "6分的为黄码": the colour that follows within few characters of one phrase. */
static uint8_t colour_behind(struct text behind)
{
    static const char *const ends[] = {"，", "、", "；", "。", "绿", ",", ";"};

    for (unsigned i = 0; i <= COLOUR_WITHIN && behind.bytes > 0; i++) {
        if (text_starts(behind, TEXT("黄")))
            return TAG_YELLOW;
        if (text_starts(behind, TEXT("红")))
            return TAG_RED;
        for (size_t n = 0; n < sizeof ends / sizeof ends[0]; n++) {
            if (text_starts(behind, text_of(ends[n])))
                return TAG_NONE;
        }
        (void)text_next_code_point(&behind);
    }
    return TAG_NONE;
}

static bool is_one_of(uint32_t point, const char *set)
{
    struct text rest = text_of(set);

    while (rest.bytes > 0) {
        if (text_next_code_point(&rest) == point)
            return true;
    }
    return false;
}

/* Words between numbers: whose age, and whether they still belong to one list or range. */
static void pass_word(struct finder *f, struct text *rest, bool in_word)
{
    struct text at = *rest;
    uint32_t point = text_next_code_point(rest);

    if (is_one_of(point, "，。；、：（）,;:()"))
        f->sex = TAG_NONE;
    if (text_starts(at, TEXT("女")) || (!in_word && text_starts(at, TEXT("wom"))))
        f->sex = TAG_WOMEN;
    else if (text_starts(at, TEXT("男")) || (!in_word && text_starts(at, TEXT("men "))))
        f->sex = TAG_MEN;
    if (!is_one_of(point, "至到、和或及满各男女性~～-–— to,and")) {
        f->count -= f->waiting;
        f->waiting = 0;
    }
}

/* -- all of them ---------------------------------------------------------------------------------- */

static void give_unit(struct finder *f, const struct unit_word *unit, struct text behind)
{
    uint8_t colour = unit->unit == UNIT_POINTS ? colour_behind(behind) : (uint8_t)TAG_NONE;

    for (; f->waiting > 0; f->waiting--) {
        struct numeral *n = &f->out[f->count - f->waiting];

        n->unit = unit->unit;
        n->value *= unit->times;
        if (unit->unit != UNIT_AGE && unit->unit != UNIT_YEARS)
            n->tag = colour;
    }
}

static void take_numeral(struct finder *f, const struct place *p, uint32_t value)
{
    const struct unit_word *unit = find_unit(p->behind);
    struct text after = trim_gap(p->behind);

    if (value >= VALUE_MAX || is_led(p->before, NUMERAL_UNITS) ||
        (unit != NULL && !is_measure(p, value, unit))) {
        f->count -= f->waiting;
        f->waiting = 0;
        return;
    }
    f->out[f->count++] = (struct numeral){value, UNIT_NONE, f->sex};
    f->waiting++;
    if (unit == NULL)
        return;
    (void)take(&after, unit->word);
    give_unit(f, unit, after);
}

unsigned numerals_find(struct text words, struct numeral out[NUMERALS_MAX])
{
    struct finder f = {.out = out};
    struct text rest = words;

    while (rest.bytes > 0 && f.count < NUMERALS_MAX) {
        size_t at = words.bytes - rest.bytes;
        struct place p = {{words.at, at}, rest};
        uint32_t value;

        if (take_number(&rest, &value)) {
            p.behind = rest;
            take_numeral(&f, &p, value);
        } else {
            pass_word(&f, &rest, at > 0 && is_letter(words, at - 1));
        }
    }
    return f.count - f.waiting;
}
