/* domain/idnumber.h: numbers and names of people and firms: what is well-formed, what it tells, how
 * it is masked.
 *
 * A form is checked, never an age or a region: an unknown region prefix is fine (abolished counties
 * live on in numbers), and being too young is a policy's reason, not a format error. */
#ifndef DOMAIN_IDNUMBER_H
#define DOMAIN_IDNUMBER_H

#include "base/err.h"
#include "base/text.h"
#include "scoring/facts.h"

/* idCardType of the national real-name platform. */
enum document_type {
    DOCUMENT_ID_CARD = 1,          /* 居民身份证, and 港澳台居民居住证 (81…, 82…, 83…): GB 11643 */
    DOCUMENT_OFFICER = 2,          /* 军官证 */
    DOCUMENT_PASSPORT = 8,
    DOCUMENT_HK_MACAO_PERMIT = 10, /* 港澳居民来往内地通行证: H or M, 8 or 10 digits */
    DOCUMENT_TAIWAN_PERMIT = 12,   /* 台胞通行证: 8 digits (older: 10) */
    DOCUMENT_FOREIGN_PERMANENT = 20, /* 外国人永久居留身份证: 18 digits from 9, or 3 letters + 12 digits */
    DOCUMENT_TAIWAN_CARD = 23,     /* 台胞证 */
    DOCUMENT_OTHER = 99
};
bool document_type_exists(int64_t type);

enum { DOCUMENT_BYTES_MAX = 24 };

/* A checked number in the one spelling under which it is stored and searched: upper case. */
struct document {
    char number[DOCUMENT_BYTES_MAX + 1];
    uint8_t type, bytes;
    uint8_t sex;  /* enum sex; SEX_UNKNOWN unless the number tells */
    day_t birth;  /* DAY_UNKNOWN unless the number tells */
};

/* Fails with ERR_ID_SYNTAX, ERR_ID_LEGACY (15 digits), ERR_ID_BIRTH_DATE (no such date, before
 * 1900, or after `today`) or ERR_ID_CHECKSUM. Blanks, hyphens and full-width digits are errors. */
MUST_USE struct err document_parse(enum document_type type, struct text from, const char *field,
                                   day_t today, struct document *out);

/* 统一社会信用代码, GB 32100. ERR_USCC_INVALID. Upper-case letters only. */
MUST_USE struct err uscc_check(struct text from, const char *field);
/* Mainland mobile number. ERR_PHONE_INVALID. */
MUST_USE struct err phone_check(struct text from, const char *field);

/* Valid UTF-8 without what cannot be seen or turns text around: no control characters, zero-width
 * characters, direction marks, line separators, BOM, tags or non-characters. Rare characters (𠮷) and
 * the private use area, in which old systems keep some, are text. */
bool text_is_clean(struct text from);
/* Clean, min..max code points, not only blanks, none at either end. ERR_FIELD_TEXT or
 * ERR_FIELD_LENGTH with "1..60" style expectations left to the caller. */
MUST_USE struct err text_check(struct text from, const char *field, size_t min, size_t max);
enum { NAME_POINTS_MAX = 60 };
MUST_USE struct err name_check(struct text from, const char *field);

/* Masks: 320***********0010 · 138****1234 · 张*. Numbers of fewer than 8 characters show their last
 * one only. */
struct text document_mask(struct text number, char buffer[DOCUMENT_BYTES_MAX + 1]);
struct text phone_mask(struct text phone, char buffer[12]);
struct text name_mask(struct text name, char buffer[8]);

#endif
