/* domain/policy_numerals.h: the numbers that a policy's words name together with a unit: "满60周岁",
 * "20学时", "两年", "满6分黄", "12 months". Private to policy_check*.c.
 *
 * Chinese numerals up to the hundreds are read, ranges and lists share the unit that ends them
 * ("女55至59、男60至64周岁"), Chinese years and durations come as months. Not read are dates,
 * articles ("第三条"), decimals, and times that run up to something else ("到期前3个月"). */
#ifndef DOMAIN_POLICY_NUMERALS_H
#define DOMAIN_POLICY_NUMERALS_H

#include "base/text.h"

enum numeral_unit {
    UNIT_NONE,
    UNIT_POINTS,
    UNIT_HOURS, /* of training */
    UNIT_AGE,   /* completed years */
    UNIT_MONTHS,
    UNIT_YEARS, /* English years: an age, or twelve months each */
    UNIT_DAYS,
    UNIT_TIMES,
    UNIT_PERCENT,
    UNIT_PEOPLE,
    NUMERAL_UNITS
};

/* Of whom, or of which limit, a number is told: ages of men and women, points of a colour. */
enum numeral_tag { TAG_NONE, TAG_MEN, TAG_WOMEN, TAG_YELLOW, TAG_RED, TAG_TABLE /* of no text */ };

struct numeral {
    uint32_t value;
    uint8_t unit, tag;
};

enum { NUMERALS_MAX = 32 }; /* of one text; what comes after is not read */

/* Those of valid UTF-8, in order; their count. */
unsigned numerals_find(struct text words, struct numeral out[NUMERALS_MAX]);

#endif
