#include "domain/idnumber.h"

#include <string.h>

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_upper(char c)
{
    return c >= 'A' && c <= 'Z';
}

static bool all_digits(struct text t)
{
    for (size_t i = 0; i < t.bytes; i++) {
        if (!is_digit(t.at[i]))
            return false;
    }
    return t.bytes > 0;
}

static bool all_alphanumeric(struct text t)
{
    for (size_t i = 0; i < t.bytes; i++) {
        if (!is_digit(t.at[i]) && !is_upper(t.at[i]))
            return false;
    }
    return t.bytes > 0;
}

static struct text tail_of(struct text t, size_t from)
{
    return (struct text){t.at + from, t.bytes - from};
}

static int number_at(struct text t, size_t from, size_t digits)
{
    int number = 0;

    for (size_t i = 0; i < digits; i++)
        number = number * 10 + (t.at[from + i] - '0');
    return number;
}

/* -- GB 11643 ----------------------------------------------------------------------------------- */

/* ISO 7064 MOD 11-2 over the first 17 digits. */
static char id_check_digit(const char *number)
{
    static const uint8_t weights[17] = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
    int sum = 0;

    for (int i = 0; i < 17; i++)
        sum += (number[i] - '0') * weights[i];
    return "10X98765432"[sum % 11];
}

static struct err id_card_check(struct document *out, struct text t, const char *field,
                                day_t today)
{
    if (t.bytes == 15 && all_digits(t))
        return err_field(ERR_ID_LEGACY, field, "18 characters");
    if (t.bytes != 18 || !all_digits((struct text){t.at, 17}) || t.at[0] == '0' ||
        (!is_digit(t.at[17]) && t.at[17] != 'X'))
        return err_field(ERR_ID_SYNTAX, field, "17 digits and a digit or X");
    out->birth = day_from_civil(
        (struct civil){number_at(t, 6, 4), number_at(t, 10, 2), number_at(t, 12, 2)});
    if (out->birth == DAY_UNKNOWN || out->birth > today)
        return err_field(ERR_ID_BIRTH_DATE, field, "YYYYMMDD from the 7th digit");
    if (id_check_digit(t.at) != t.at[17])
        return err_field(ERR_ID_CHECKSUM, field, NULL);
    out->sex = (t.at[16] - '0') % 2 == 1 ? SEX_MALE : SEX_FEMALE;
    return OK;
}

/* Since 2023 an 18-digit number from 9 with the same check digit; before, ABC + 12 digits. */
static struct err foreign_permanent_check(struct document *out, struct text t, const char *field,
                                          day_t today)
{
    if (t.bytes == 15 && all_digits(tail_of(t, 3)) && is_upper(t.at[0]) && is_upper(t.at[1]) &&
        is_upper(t.at[2]))
        return OK;
    if (t.bytes != 18 || t.at[0] != '9')
        return err_field(ERR_ID_SYNTAX, field, "18 digits from 9, or 3 letters and 12 digits");
    return id_card_check(out, t, field, today);
}

static bool form_is_right(enum document_type type, struct text t)
{
    switch (type) {
    case DOCUMENT_HK_MACAO_PERMIT:
        return (t.bytes == 9 || t.bytes == 11) && (t.at[0] == 'H' || t.at[0] == 'M') &&
               all_digits(tail_of(t, 1));
    case DOCUMENT_TAIWAN_PERMIT:
    case DOCUMENT_TAIWAN_CARD: return (t.bytes == 8 || t.bytes == 10) && all_digits(t);
    case DOCUMENT_PASSPORT:    return t.bytes >= 5 && t.bytes <= 15 && all_alphanumeric(t);
    default:                   return t.bytes >= 4 && t.bytes <= 20 && all_alphanumeric(t);
    }
}

bool document_type_exists(int64_t type)
{
    switch (type) {
    case DOCUMENT_ID_CARD:
    case DOCUMENT_OFFICER:
    case DOCUMENT_PASSPORT:
    case DOCUMENT_HK_MACAO_PERMIT:
    case DOCUMENT_TAIWAN_PERMIT:
    case DOCUMENT_FOREIGN_PERMANENT:
    case DOCUMENT_TAIWAN_CARD:
    case DOCUMENT_OTHER: return true;
    default:             return false;
    }
}

struct err document_parse(enum document_type type, struct text from, const char *field,
                          day_t today, struct document *out)
{
    struct text t;

    CHECK(document_type_exists(type));
    memset(out, 0, sizeof *out);
    if (from.bytes == 0 || from.bytes > DOCUMENT_BYTES_MAX)
        return err_field(ERR_ID_SYNTAX, field, NULL);
    out->type = (uint8_t)type;
    out->bytes = (uint8_t)from.bytes;
    for (size_t i = 0; i < from.bytes; i++) {
        char c = from.at[i];

        out->number[i] = c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
    }
    t = (struct text){out->number, from.bytes};
    if (type == DOCUMENT_ID_CARD)
        return id_card_check(out, t, field, today);
    if (type == DOCUMENT_FOREIGN_PERMANENT)
        return foreign_permanent_check(out, t, field, today);
    return form_is_right(type, t) ? OK : err_field(ERR_ID_SYNTAX, field, NULL);
}

/* -- firms, phones ------------------------------------------------------------------------------ */

/* C18 = (31 - sum mod 31) mod 31; a copy that drops the "31 -" goes round. */
struct err uscc_check(struct text from, const char *field)
{
    static const char alphabet[] = "0123456789ABCDEFGHJKLMNPQRTUWXY"; /* no I O S V Z */
    unsigned sum = 0, weight = 1, value[18];

    if (from.bytes != 18)
        return err_field(ERR_USCC_INVALID, field, "18 characters");
    for (int i = 0; i < 18; i++) {
        const char *place = memchr(alphabet, from.at[i], sizeof alphabet - 1);

        if (place == NULL)
            return err_field(ERR_USCC_INVALID, field, alphabet);
        value[i] = (unsigned)(place - alphabet);
    }
    for (int i = 0; i < 17; i++) {
        sum += value[i] * weight;
        weight = weight * 3 % 31;
    }
    return (31 - sum % 31) % 31 == value[17] ? OK
                                             : err_field(ERR_USCC_INVALID, field, "check digit");
}

struct err phone_check(struct text from, const char *field)
{
    return from.bytes == 11 && all_digits(from) && from.at[0] == '1' && from.at[1] >= '3'
               ? OK : err_field(ERR_PHONE_INVALID, field, "11 digits, 1[3-9]");
}

/* -- texts -------------------------------------------------------------------------------------- */

static bool is_unseen(uint32_t c)
{
    return c < 0x20 || (c >= 0x7F && c <= 0x9F) ||       /* C0, DEL, C1 */
           c == 0xAD || c == 0x61C || c == 0x180E ||     /* soft hyphen, Arabic mark, Mongolian */
           (c >= 0x200B && c <= 0x200F) ||               /* zero width, direction marks */
           (c >= 0x2028 && c <= 0x202E) ||               /* separators, embeddings, overrides */
           (c >= 0x2060 && c <= 0x206F) ||               /* joiners, isolates */
           c == 0xFEFF || (c >= 0xFFF9 && c <= 0xFFFB) || /* BOM, annotations */
           c == 0x115F || c == 0x1160 || c == 0x3164 || c == 0xFFA0 || /* Hangul fillers */
           (c >= 0xFDD0 && c <= 0xFDEF) || (c & 0xFFFE) == 0xFFFE ||   /* non-characters */
           (c >= 0xE0000 && c <= 0xE007F);               /* tags */
}

static bool is_blank(uint32_t c)
{
    return c == ' ' || c == 0xA0 || (c >= 0x2000 && c <= 0x200A) || c == 0x202F || c == 0x205F ||
           c == 0x3000;
}

bool text_is_clean(struct text from)
{
    if (!text_is_utf8(from, NULL))
        return false;
    while (from.bytes > 0) {
        if (is_unseen(text_next_code_point(&from)))
            return false;
    }
    return true;
}

struct err text_check(struct text from, const char *field, size_t min, size_t max)
{
    size_t points;
    uint32_t first = 0, last = 0;

    if (!text_is_utf8(from, &points) || !text_is_clean(from))
        return err_field(ERR_FIELD_TEXT, field, NULL);
    if (points < min || points > max)
        return err_field(ERR_FIELD_LENGTH, field, NULL);
    for (size_t i = 0; from.bytes > 0; i++) {
        last = text_next_code_point(&from);
        if (i == 0)
            first = last;
    }
    return points > 0 && (is_blank(first) || is_blank(last))
               ? err_field(ERR_FIELD_TEXT, field, "no blanks at the ends") : OK;
}

struct err name_check(struct text from, const char *field)
{
    struct err e = text_check(from, field, 1, NAME_POINTS_MAX);

    if (e.code == ERR_FIELD_LENGTH)
        e.expected = "1..60 characters";
    return e;
}

/* -- masks -------------------------------------------------------------------------------------- */

/* Shows `head` bytes in front and `tail` behind; every other byte is a star. For ASCII numbers. */
static struct text masked(struct text from, size_t head, size_t tail, char *buffer, size_t max)
{
    size_t bytes = from.bytes < max - 1 ? from.bytes : max - 1;

    for (size_t i = 0; i < bytes; i++)
        buffer[i] = i < head || i >= bytes - tail ? from.at[i] : '*';
    buffer[bytes] = '\0';
    return (struct text){buffer, bytes};
}

struct text document_mask(struct text number, char buffer[DOCUMENT_BYTES_MAX + 1])
{
    if (number.bytes < 8)
        return masked(number, 0, number.bytes > 0 ? 1 : 0, buffer, DOCUMENT_BYTES_MAX + 1);
    return number.bytes < 15 ? masked(number, 1, 2, buffer, DOCUMENT_BYTES_MAX + 1)
                             : masked(number, 3, 4, buffer, DOCUMENT_BYTES_MAX + 1);
}

struct text phone_mask(struct text phone, char buffer[12])
{
    return phone.bytes == 11 ? masked(phone, 3, 4, buffer, 12) : masked(phone, 0, 0, buffer, 12);
}

struct text name_mask(struct text name, char buffer[8])
{
    struct text rest = name;
    size_t bytes;

    if (name.bytes == 0) {
        buffer[0] = '\0';
        return (struct text){buffer, 0};
    }
    (void)text_next_code_point(&rest);
    bytes = name.bytes - rest.bytes;
    memcpy(buffer, name.at, bytes);
    buffer[bytes] = '*';
    buffer[bytes + 1] = '\0';
    return (struct text){buffer, bytes + 1};
}
