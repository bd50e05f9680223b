#include "base/csv.h"

#include <string.h>

struct csv_reader csv_over(char *at, size_t bytes)
{
    struct csv_reader reader = {.at = at, .end = at + bytes};

    if (bytes >= 3 && memcmp(at, "\xEF\xBB\xBF", 3) == 0)
        reader.at += 3;
    return reader;
}

static bool is_line_end(const struct csv_reader *r, const char *at)
{
    return at == r->end || *at == '\n' || (*at == '\r' && at + 1 < r->end && at[1] == '\n');
}

static bool is_field_end(const struct csv_reader *r, const char *at)
{
    return is_line_end(r, at) || *at == ',';
}

static void skip_line_end(struct csv_reader *r)
{
    if (r->at < r->end && *r->at == '\r')
        r->at++;
    if (r->at < r->end)
        r->at++;
}

/* Leaves the reader behind the line in which the error stands. */
static struct err refuse(struct csv_reader *r, enum err_code code, const char *expected)
{
    char *line_end = r->at < r->end ? memchr(r->at, '\n', (size_t)(r->end - r->at)) : NULL;

    r->at = line_end != NULL ? line_end + 1 : r->end;
    return err_field(code, NULL, expected);
}

static struct err read_plain(struct csv_reader *r, struct text *field)
{
    char *start = r->at;

    for (; !is_field_end(r, r->at); r->at++) {
        if (*r->at == '\0')
            return refuse(r, ERR_CSV_SYNTAX, "no NUL");
        if (*r->at == '"')
            return refuse(r, ERR_CSV_SYNTAX, "quotes around the whole field, doubled inside");
        if (*r->at == '\r')
            return refuse(r, ERR_CSV_SYNTAX, "CRLF or LF at the end of a row");
    }
    *field = (struct text){start, (size_t)(r->at - start)};
    return OK;
}

static struct err read_quoted(struct csv_reader *r, struct text *field)
{
    char *start = ++r->at, *write = start;

    for (;; r->at++) {
        if (r->at == r->end)
            return refuse(r, ERR_CSV_SYNTAX, "a closing quote");
        if (*r->at == '\0')
            return refuse(r, ERR_CSV_SYNTAX, "no NUL");
        if (*r->at == '"' && (++r->at == r->end || *r->at != '"'))
            break; /* a single quote closes; of a doubled one the second is kept */
        *write++ = *r->at;
    }
    if (!is_field_end(r, r->at))
        return refuse(r, ERR_CSV_SYNTAX, "a comma or the row's end behind a closing quote");
    *field = (struct text){start, (size_t)(write - start)};
    return OK;
}

static struct err read_field(struct csv_reader *r, struct text *field)
{
    bool quoted = r->at < r->end && *r->at == '"';
    struct err e = quoted ? read_quoted(r, field) : read_plain(r, field);

    if (!err_is(e) && field->bytes > CSV_FIELD_BYTES_MAX)
        e = refuse(r, ERR_TOO_LARGE, "at most 4096 bytes a field");
    return e;
}

struct err csv_next_row(struct csv_reader *reader, struct text *fields, unsigned max,
                        unsigned *count, unsigned *row)
{
    struct err e;

    *count = 0;
    for (reader->row++; reader->at < reader->end && is_line_end(reader, reader->at); reader->row++)
        skip_line_end(reader);
    *row = reader->row;
    if (reader->at == reader->end)
        return OK;
    for (reader->column = 1;; reader->column++) {
        if (*count < max && *count < CSV_FIELDS_MAX)
            e = read_field(reader, &fields[*count]);
        else
            e = refuse(reader, ERR_TOO_LARGE, "fewer fields in a row");
        if (err_is(e)) {
            *count = 0;
            return e;
        }
        ++*count;
        if (is_line_end(reader, reader->at))
            break;
        reader->at++; /* the comma */
    }
    skip_line_end(reader);
    return OK;
}
