#include "base/setting.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *const levels[] = {"error", "warn", "info", "debug"};

/* One source while it is read: where we are in it, and what it has set already. */
struct source {
    const struct setting_table *table;
    void *settings;
    struct setting_fault *fault;
    const char *name; /* of the file, "environment" or "arguments" */
    unsigned line;    /* 0: has none */
    bool secrets_allowed;
    bool seen[SETTING_ROWS_MAX];
};

static bool refuse(const struct source *source, enum err_code code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static bool refuse(const struct source *source, enum err_code code, const char *format, ...)
{
    struct build out = build_over(source->fault->text, sizeof source->fault->text - 1);
    char rest[400];
    va_list args;

    source->fault->code = code;
    va_start(args, format);
    (void)vsnprintf(rest, sizeof rest, format, args);
    va_end(args);
    build_string(&out, source->name);
    if (source->line != 0)
        build_format(&out, ":%u", source->line);
    build_string(&out, ": ");
    build_string(&out, rest);
    return false;
}

/* -- names ---------------------------------------------------------------------------------- */

static unsigned smallest(unsigned a, unsigned b, unsigned c)
{
    unsigned least = a < b ? a : b;

    return least < c ? least : c;
}

/* Levenshtein's distance, one row of the table at a time. */
static unsigned distance(struct text a, struct text b)
{
    unsigned costs[SETTING_NAME_BYTES_MAX + 1];

    CHECK(b.bytes <= SETTING_NAME_BYTES_MAX);
    for (unsigned j = 0; j <= b.bytes; j++)
        costs[j] = j;
    for (unsigned i = 0; i < a.bytes; i++) {
        unsigned diagonal = i;

        costs[0] = i + 1;
        for (unsigned j = 0; j < b.bytes; j++) {
            unsigned differs = a.at[i] != b.at[j];
            unsigned above = costs[j + 1];

            costs[j + 1] = smallest(diagonal + differs, above + 1, costs[j] + 1);
            diagonal = above;
        }
    }
    return costs[b.bytes];
}

/* The most similar name, or NULL when none is similar enough to be what was meant. */
static const char *nearest_name(const struct setting_table *table, struct text name)
{
    const char *best = NULL;
    unsigned best_distance = 4;

    if (name.bytes > SETTING_NAME_BYTES_MAX + 4)
        return NULL;
    for (size_t i = 0; i < table->count; i++) {
        unsigned d = distance(name, text_of(table->rows[i].name));

        if (d < best_distance && d * 2 < name.bytes) {
            best = table->rows[i].name;
            best_distance = d;
        }
    }
    return best;
}

static const struct setting_row *find_row(const struct setting_table *table, struct text name)
{
    for (size_t i = 0; i < table->count; i++) {
        if (text_is(name, table->rows[i].name))
            return &table->rows[i];
    }
    return NULL;
}

static bool refuse_name(const struct source *source, struct text name)
{
    const char *meant = nearest_name(source->table, name);
    int shown = name.bytes > 60 ? 60 : (int)name.bytes;

    return refuse(source, ERR_SETTING_UNKNOWN, "no setting is called \"%.*s\"%s%s%s", shown,
                  name.at, meant != NULL ? "; did you mean " : "", meant != NULL ? meant : "",
                  meant != NULL ? "?" : "; --help lists them all");
}

/* -- values --------------------------------------------------------------------------------- */

static bool set_text(const struct source *source, const struct setting_row *row, struct text value)
{
    char *to = (char *)source->settings + row->at;

    if ((int64_t)value.bytes < row->min || (int64_t)value.bytes > row->max)
        return refuse(source, ERR_SETTING_INVALID, "%s takes %lld to %lld bytes", row->name,
                      (long long)row->min, (long long)row->max);
    memcpy(to, value.at, value.bytes);
    to[value.bytes] = '\0';
    return true;
}

static size_t digits_at_front(struct text value)
{
    size_t n = value.bytes > 0 && value.at[0] == '-';

    while (n < value.bytes && value.at[n] >= '0' && value.at[n] <= '9')
        n++;
    return n;
}

static bool set_number(const struct source *source, const struct setting_row *row,
                       struct text value)
{
    size_t digits = digits_at_front(value);
    struct text unit = text_trim((struct text){value.at + digits, value.bytes - digits});
    int64_t number;

    if (unit.bytes > 0 && (row->unit[0] == '\0' || !text_is(unit, row->unit)))
        return refuse(source, ERR_SETTING_INVALID, "%s is a number%s%s, %lld to %lld", row->name,
                      row->unit[0] != '\0' ? " of " : "", row->unit, (long long)row->min,
                      (long long)row->max);
    if (!text_to_int((struct text){value.at, digits}, row->min, row->max, &number))
        return refuse(source, ERR_SETTING_INVALID, "%s must be %lld to %lld%s%s", row->name,
                      (long long)row->min, (long long)row->max, row->unit[0] != '\0' ? " " : "",
                      row->unit);
    if (row->kind == KIND_FLAG)
        memcpy((char *)source->settings + row->at, &(bool){number != 0}, sizeof(bool));
    else
        memcpy((char *)source->settings + row->at, &number, sizeof number);
    return true;
}

static bool set_level(const struct source *source, const struct setting_row *row, struct text value)
{
    for (enum log_level level = LOG_ERROR; level <= LOG_DEBUG; level++) {
        if (text_is(value, levels[level])) {
            memcpy((char *)source->settings + row->at, &level, sizeof level);
            return true;
        }
    }
    return refuse(source, ERR_SETTING_INVALID, "%s must be error, warn, info or debug", row->name);
}

static bool set_value(const struct source *source, const struct setting_row *row, struct text value)
{
    switch (row->kind) {
    case KIND_TEXT:
    case KIND_SECRET:
        return set_text(source, row, value);
    case KIND_NUMBER:
    case KIND_FLAG:
        return set_number(source, row, value);
    case KIND_LEVEL:
        return set_level(source, row, value);
    }
    CHECK(false);
    return false;
}

static bool set(struct source *source, const struct setting_row *row, struct text value)
{
    bool *seen = &source->seen[row - source->table->rows];

    if (*seen)
        return refuse(source, ERR_SETTING_INVALID, "%s is set twice; keep one", row->name);
    *seen = true;
    if (value.bytes == 0)
        return refuse(source, ERR_SETTING_INVALID, "%s has no value; leave it out for its default",
                      row->name);
    if (row->kind == KIND_SECRET && !source->secrets_allowed)
        return refuse(source, ERR_FILE_MODE,
                      "%s may hold a password, but others may read this file; chmod 600 or 640",
                      row->name);
    return set_value(source, row, value);
}

static bool set_pair(struct source *source, struct text name, struct text value)
{
    const struct setting_row *row = find_row(source->table, name);

    return row != NULL ? set(source, row, value) : refuse_name(source, name);
}

void setting_defaults(const struct setting_table *table, void *s)
{
    struct setting_fault fault;
    struct source source = {
        .table = table, .settings = s, .fault = &fault, .name = "defaults"};

    CHECK(table->count <= SETTING_ROWS_MAX);
    memset(s, 0, table->bytes);
    for (size_t i = 0; i < table->count; i++) {
        CHECK(strlen(table->rows[i].name) <= SETTING_NAME_BYTES_MAX);
        CHECK(set_value(&source, &table->rows[i], text_of(table->rows[i].standard)));
    }
}

/* -- the file ------------------------------------------------------------------------------- */

/* A comment begins with # at a line's start or behind a blank, so that a password may hold one. */
static struct text without_comment(struct text line)
{
    for (size_t i = 0; i < line.bytes; i++) {
        if (line.at[i] == '#' && (i == 0 || line.at[i - 1] == ' ' || line.at[i - 1] == '\t'))
            return (struct text){line.at, i};
    }
    return line;
}

static bool is_printable(struct text line)
{
    for (size_t i = 0; i < line.bytes; i++) {
        unsigned char c = (unsigned char)line.at[i];

        if ((c < 0x20 && c != '\t') || c == 0x7f)
            return false;
    }
    return text_is_utf8(line, NULL);
}

static bool read_line(struct source *source, struct text line, unsigned *pairs)
{
    struct text name, value;

    if (line.bytes > 0 && line.at[line.bytes - 1] == '\r')
        line.bytes--;
    if (!is_printable(line))
        return refuse(source, ERR_SETTING_INVALID,
                      "this is not text (UTF-8 without control characters)");
    line = text_trim(without_comment(line));
    if (line.bytes == 0)
        return true;
    name = text_trim(text_cut(line, '=', &value));
    if (value.at == NULL)
        return refuse(source, ERR_SETTING_INVALID, "write a setting as: name = value");
    (*pairs)++;
    return set_pair(source, name, text_trim(value));
}

bool setting_read_text(const struct setting_table *table, void *s, const char *file,
                       struct text content, bool secrets_allowed, struct setting_fault *fault)
{
    struct source source = {.table = table, .settings = s, .fault = fault, .name = file,
                            .secrets_allowed = secrets_allowed};
    unsigned pairs = 0;

    while (content.at != NULL) {
        struct text line = text_cut(content, '\n', &content);

        source.line++;
        if (!read_line(&source, line, &pairs))
            return false;
    }
    source.line = 0;
    if (pairs == 0)
        return refuse(&source, ERR_SETTING_INVALID, "the file sets nothing; is it the right one?");
    return true;
}

/* The whole file into `at`, which holds one byte more than allowed. -1 as read(2) would. */
static ssize_t read_whole(int fd, char *at)
{
    size_t bytes = 0;
    ssize_t got;

    do {
        got = read(fd, at + bytes, SETTING_FILE_BYTES_MAX + 1 - bytes);
        if (got < 0)
            return -1;
        bytes += (size_t)got;
    } while (got > 0 && bytes <= SETTING_FILE_BYTES_MAX);
    return (ssize_t)bytes;
}

bool setting_read_file(const struct setting_table *table, void *s, const char *file,
                       struct setting_fault *fault)
{
    static char content[SETTING_FILE_BYTES_MAX + 1];
    struct source source = {.table = table, .settings = s, .fault = fault, .name = file};
    struct stat about = {0};
    int fd = open(file, O_RDONLY | O_CLOEXEC);
    ssize_t bytes = -1;

    if (fd >= 0 && fstat(fd, &about) == 0)
        bytes = read_whole(fd, content);
    if (bytes < 0)
        refuse(&source, ERR_FILE_UNREADABLE, "cannot be read: %s", strerror(errno));
    if (fd >= 0)
        close(fd);
    if (bytes < 0)
        return false;
    if (bytes > SETTING_FILE_BYTES_MAX)
        return refuse(&source, ERR_SETTING_INVALID, "is larger than 64 KiB; is it the right one?");
    return setting_read_text(table, s, file, (struct text){content, (size_t)bytes},
                             (about.st_mode & S_IRWXO) == 0, fault);
}

/* -- environment and arguments -------------------------------------------------------------- */

static struct text lower_case(struct text name, char buffer[SETTING_NAME_BYTES_MAX + 5])
{
    size_t n = name.bytes < SETTING_NAME_BYTES_MAX + 4 ? name.bytes : SETTING_NAME_BYTES_MAX + 4;

    for (size_t i = 0; i < n; i++)
        buffer[i] = (char)tolower((unsigned char)name.at[i]);
    return (struct text){buffer, n};
}

/* Other programs have variables of this prefix too (the command line's JIANAN_SERVER), so a name
 * that is none of ours is refused only when it looks like a slip of the pen. */
bool setting_read_environment(const struct setting_table *table, void *s,
                              char *const *environment, struct setting_fault *fault)
{
    struct source source = {.table = table, .settings = s, .fault = fault,
                            .name = "environment", .secrets_allowed = true};
    struct text prefix = text_of(table->prefix);
    char buffer[SETTING_NAME_BYTES_MAX + 5];

    for (; *environment != NULL; environment++) {
        struct text value, name = text_cut(text_of(*environment), '=', &value);

        if (!text_starts(name, prefix) || value.at == NULL)
            continue;
        name = lower_case((struct text){name.at + prefix.bytes, name.bytes - prefix.bytes},
                          buffer);
        if (find_row(table, name) == NULL && nearest_name(table, name) == NULL)
            continue;
        if (!set_pair(&source, name, text_trim(value)))
            return false;
    }
    return true;
}

bool setting_read_arguments(const struct setting_table *table, void *s,
                            char *const *arguments, int count, struct setting_fault *fault)
{
    struct source source = {.table = table, .settings = s, .fault = fault,
                            .name = "arguments", .secrets_allowed = true};

    for (int i = 0; i < count; i++) {
        struct text value, name = text_cut(text_of(arguments[i]), '=', &value);

        if (!text_starts(name, TEXT("--")))
            return refuse(&source, ERR_SETTING_INVALID, "\"%.60s\" is not of the form --name=value",
                          arguments[i]);
        name = (struct text){name.at + 2, name.bytes - 2};
        if (find_row(table, name) == NULL)
            return refuse_name(&source, name);
        if (!set_pair(&source, name, value.at != NULL ? text_trim(value) : (struct text){"", 0}))
            return false;
    }
    return true;
}

/* -- for those who check what must fit together ------------------------------------------------ */

bool setting_refuse(struct setting_fault *fault, enum err_code code, const char *name,
                    const char *why)
{
    struct source source = {.fault = fault, .name = name};

    return refuse(&source, code, "%s", why);
}

bool setting_check_key_file(const char *name, const char *file, struct setting_fault *fault)
{
    struct stat about;

    if (stat(file, &about) != 0 || access(file, R_OK) != 0)
        return setting_refuse(fault, ERR_FILE_UNREADABLE, name, strerror(errno));
    if (!S_ISREG(about.st_mode))
        return setting_refuse(fault, ERR_FILE_UNREADABLE, name, "is not a file");
    if ((about.st_mode & S_IRWXO) != 0)
        return setting_refuse(fault, ERR_FILE_MODE, name,
                              "others may read or change this file of secrets; chmod 600");
    return true;
}

/* -- printing ------------------------------------------------------------------------------- */

static void print_range(const struct setting_row *row, struct build *out)
{
    if (row->kind == KIND_LEVEL)
        build_string(out, "error | warn | info | debug");
    else if (row->kind == KIND_TEXT || row->kind == KIND_SECRET)
        build_format(out, "at most %lld bytes", (long long)row->max);
    else
        build_format(out, "%lld to %lld", (long long)row->min, (long long)row->max);
    if (row->unit[0] != '\0')
        build_format(out, " %s", row->unit);
}

void setting_print_help(const struct setting_table *table, struct build *out)
{
    for (size_t i = 0; i < table->count; i++) {
        const struct setting_row *row = &table->rows[i];

        build_format(out, "  --%s=%s\n      %s (", row->name, row->standard, row->does);
        print_range(row, out);
        build_string(out, ")\n");
    }
}

static void print_value(const void *s, const struct setting_row *row, struct build *out)
{
    const char *at = (const char *)s + row->at;

    switch (row->kind) {
    case KIND_TEXT:
        build_string(out, at);
        break;
    case KIND_SECRET:
        break;
    case KIND_NUMBER:
        build_int(out, *(const int64_t *)(const void *)at);
        break;
    case KIND_FLAG:
        build_int(out, *(const bool *)(const void *)at);
        break;
    case KIND_LEVEL:
        build_string(out, levels[*(const enum log_level *)(const void *)at]);
        break;
    }
}

void setting_print(const struct setting_table *table, const void *s, struct build *out)
{
    for (size_t i = 0; i < table->count; i++) {
        const struct setting_row *row = &table->rows[i];
        bool is_text = row->kind == KIND_TEXT || row->kind == KIND_SECRET;
        bool unset = is_text && ((const char *)s)[row->at] == '\0';

        if (unset)
            build_format(out, "# %s is not set", row->name);
        else if (row->kind == KIND_SECRET)
            build_format(out, "# %s is set, and not shown", row->name);
        else
            build_format(out, "%s = ", row->name);
        if (!unset)
            print_value(s, row, out);
        build_string(out, "\n");
    }
}
