/* CSV: what rows come out, and where an error is said to be. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "base/csv.h"

/* Every row as "number:[field][field]", an error as "number!column"; one line for the whole. */
static void show(struct text input, char *shown, size_t max)
{
    char *bytes = malloc(input.bytes + 1); /* exact size: one byte too far is seen */
    struct csv_reader reader;
    struct text fields[CSV_FIELDS_MAX];
    struct build out = build_over(shown, max);
    unsigned count, row;

    bytes = realloc(bytes, input.bytes > 0 ? input.bytes : 1);
    cr_assert(bytes != NULL);
    memcpy(bytes, input.at, input.bytes);
    reader = csv_over(bytes, input.bytes);
    for (unsigned turn = 0; turn < 1000; turn++) {
        struct err e = csv_next_row(&reader, fields, CSV_FIELDS_MAX, &count, &row);

        if (err_is(e)) {
            cr_expect(e.code == ERR_CSV_SYNTAX || e.code == ERR_TOO_LARGE);
            cr_expect(e.expected != NULL && count == 0);
            build_format(&out, "%u!%u ", row, reader.column);
            continue;
        }
        if (count == 0)
            break;
        build_format(&out, "%u:", row);
        for (unsigned i = 0; i < count; i++) {
            build_char(&out, '[');
            build_text(&out, fields[i]);
            build_char(&out, ']');
        }
        build_char(&out, ' ');
    }
    if (out.bytes > 0)
        out.at[out.bytes - 1] = '\0'; /* the last blank */
    free(bytes);
}

static const struct {
    const char *name;
    struct text input;
    const char *rows;
} cases[] = {
    {"nothing", TEXT(""), ""},
    {"one field", TEXT("a"), "1:[a]"},
    {"LF", TEXT("a,b\nc,d\n"), "1:[a][b] 2:[c][d]"},
    {"CRLF", TEXT("a,b\r\nc,d\r\n"), "1:[a][b] 2:[c][d]"},
    {"no end of the last line", TEXT("a,b\nc,d"), "1:[a][b] 2:[c][d]"},
    {"empty fields", TEXT(",\n,,"), "1:[][] 2:[][][]"},
    {"empty quoted field", TEXT("\"\""), "1:[]"},
    {"quoted", TEXT("\"a\",\"b\"\n"), "1:[a][b]"},
    {"comma inside", TEXT("\"a,b\",c"), "1:[a,b][c]"},
    {"line end inside", TEXT("\"a\nb\",c\nd"), "1:[a\nb][c] 2:[d]"},
    {"CRLF inside", TEXT("\"a\r\nb\""), "1:[a\r\nb]"},
    {"doubled quotes", TEXT("\"a\"\"b\",\"\"\"\"\"\""), "1:[a\"b][\"\"]"},
    {"blanks are kept", TEXT(" a , b "), "1:[ a ][ b ]"},
    {"byte order mark", TEXT("\xEF\xBB\xBF" "a,b"), "1:[a][b]"},
    {"byte order mark before a quote", TEXT("\xEF\xBB\xBF\"a\",b"), "1:[a][b]"},
    {"byte order mark alone", TEXT("\xEF\xBB\xBF"), ""},
    {"half a byte order mark", TEXT("\xEF\xBB"), "1:[\xEF\xBB]"},
    {"empty lines count", TEXT("\n\r\na\n\n\nb\n\n"), "3:[a] 6:[b]"},
    {"Chinese", TEXT("姓名,工种\n张三,架子工"), "1:[姓名][工种] 2:[张三][架子工]"},
    {"quote inside a plain field", TEXT("x\na\"b,c\nd"), "1:[x] 2!1 3:[d]"},
    {"quote behind a plain field", TEXT("a,b\"\nc"), "1!2 2:[c]"},
    {"text behind a closing quote", TEXT("\"a\"b,c\nd"), "1!1 2:[d]"},
    {"blank before a quote", TEXT("a, \"b\"\nc"), "1!2 2:[c]"},
    {"quote never closed", TEXT("a,\"b\nc,d\n"), "1!2"},
    {"quote alone", TEXT("\""), "1!1"},
    {"three quotes", TEXT("\"\"\""), "1!1"},
    {"NUL", TEXT("a,b\0c\nd"), "1!2 2:[d]"},
    {"NUL in quotes", TEXT("\"a\0\",b\nd"), "1!1 2:[d]"},
    {"CR alone", TEXT("a\rb\nc"), "1!1 2:[c]"},
    {"CR at the very end", TEXT("a\r"), "1!1"},
    {"CR behind a closing quote", TEXT("\"a\"\rb\nc"), "1!1 2:[c]"},
    {"an error in each line", TEXT("a\"\nb\"\nc\n"), "1!1 2!1 3:[c]"},
};

Test(csv, rows_and_errors_are_where_they_should_be)
{
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char shown[256];

        show(cases[i].input, shown, sizeof shown);
        cr_expect_str_eq(shown, cases[i].rows, "%s: %s", cases[i].name, shown);
    }
}

static struct err first_row(char *bytes, size_t count, unsigned max, unsigned *fields_read)
{
    struct csv_reader reader = csv_over(bytes, count);
    struct text fields[CSV_FIELDS_MAX];
    unsigned row;

    return csv_next_row(&reader, fields, max, fields_read, &row);
}

Test(csv, a_row_holds_64_fields_and_no_more)
{
    char bytes[CSV_FIELDS_MAX + 1];
    unsigned count;
    struct err e;

    memset(bytes, ',', sizeof bytes);
    e = first_row(bytes, CSV_FIELDS_MAX - 1, CSV_FIELDS_MAX, &count);
    cr_expect(!err_is(e) && count == CSV_FIELDS_MAX);
    e = first_row(bytes, CSV_FIELDS_MAX, CSV_FIELDS_MAX, &count);
    cr_expect(e.code == ERR_TOO_LARGE && count == 0);
    e = first_row(bytes, 3, 4, &count);
    cr_expect(!err_is(e) && count == 4);
    e = first_row(bytes, 4, 4, &count);
    cr_expect(e.code == ERR_TOO_LARGE && count == 0, "the caller's own limit");
}

Test(csv, a_field_holds_4096_bytes_and_no_more)
{
    char *bytes = malloc(CSV_FIELD_BYTES_MAX + 3);
    unsigned count;
    struct err e;

    memset(bytes, 'x', CSV_FIELD_BYTES_MAX + 3);
    e = first_row(bytes, CSV_FIELD_BYTES_MAX, 1, &count);
    cr_expect(!err_is(e) && count == 1);
    e = first_row(bytes, CSV_FIELD_BYTES_MAX + 1, 1, &count);
    cr_expect_eq(e.code, ERR_TOO_LARGE);
    bytes[0] = bytes[CSV_FIELD_BYTES_MAX + 1] = '"';
    e = first_row(bytes, CSV_FIELD_BYTES_MAX + 2, 1, &count);
    cr_expect(!err_is(e) && count == 1, "the quotes do not count");
    bytes[CSV_FIELD_BYTES_MAX + 1] = 'x';
    bytes[CSV_FIELD_BYTES_MAX + 2] = '"';
    e = first_row(bytes, CSV_FIELD_BYTES_MAX + 3, 1, &count);
    cr_expect_eq(e.code, ERR_TOO_LARGE);
    free(bytes);
}

/* Any field, quoted as RFC 4180 says, comes back as it was. */
Test(csv, what_is_quoted_comes_back)
{
    static const char letters[] = "a\",\n\r xy";
    unsigned state = 1;

    for (unsigned turn = 0; turn < 2000; turn++) {
        char field[12], row[64];
        struct build out = build_over(row, sizeof row);
        struct csv_reader reader;
        struct text fields[2];
        unsigned count, number;
        size_t bytes = turn % sizeof field;
        struct err e;

        build_char(&out, '"');
        for (size_t i = 0; i < bytes; i++) {
            state = state * 1103515245 + 12345;
            field[i] = letters[state >> 16 & 7];
            build_string(&out, field[i] == '"' ? "\"\"" : (char[]){field[i], '\0'});
        }
        build_string(&out, "\",z\n");
        reader = csv_over(out.at, out.bytes);
        e = csv_next_row(&reader, fields, 2, &count, &number);
        cr_assert(!err_is(e) && count == 2);
        cr_expect(text_equal(fields[0], (struct text){field, bytes}), "turn %u", turn);
    }
}
