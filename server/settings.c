#include "settings.h"

#include "base/address.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum kind { KIND_TEXT, KIND_SECRET, KIND_NUMBER, KIND_FLAG, KIND_LEVEL };

struct row {
    const char *name;
    enum kind kind;
    const char *standard;
    int64_t min, max;
    const char *unit, *does;
    size_t at; /* in struct settings */
};

static const struct row rows[] = {
#define SETTING(name, type, standard, min, max, unit, does)                                        \
    {#name, KIND_##type, standard, min, max, unit, does, offsetof(struct settings, name)},
#include "settings.def"
#undef SETTING
};
enum { ROWS = sizeof rows / sizeof rows[0], NAME_BYTES_MAX = 32 };

static const char *const levels[] = {"error", "warn", "info", "debug"};

/* One source while it is read: where we are in it, and what it has set already. */
struct source {
    struct settings *settings;
    struct settings_fault *fault;
    const char *name; /* of the file, "environment" or "arguments" */
    unsigned line;    /* 0: has none */
    bool secrets_allowed;
    bool seen[ROWS];
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
    unsigned costs[NAME_BYTES_MAX + 1];

    CHECK(b.bytes <= NAME_BYTES_MAX);
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
static const char *nearest_name(struct text name)
{
    const char *best = NULL;
    unsigned best_distance = 4;

    if (name.bytes > NAME_BYTES_MAX + 4)
        return NULL;
    for (size_t i = 0; i < ROWS; i++) {
        unsigned d = distance(name, text_of(rows[i].name));

        if (d < best_distance && d * 2 < name.bytes) {
            best = rows[i].name;
            best_distance = d;
        }
    }
    return best;
}

static const struct row *find_row(struct text name)
{
    for (size_t i = 0; i < ROWS; i++) {
        if (text_is(name, rows[i].name))
            return &rows[i];
    }
    return NULL;
}

static bool refuse_name(const struct source *source, struct text name)
{
    const char *meant = nearest_name(name);
    int shown = name.bytes > 60 ? 60 : (int)name.bytes;

    return refuse(source, ERR_SETTING_UNKNOWN, "no setting is called \"%.*s\"%s%s%s", shown,
                  name.at, meant != NULL ? "; did you mean " : "", meant != NULL ? meant : "",
                  meant != NULL ? "?" : "; --help lists them all");
}

/* -- values --------------------------------------------------------------------------------- */

static bool set_text(const struct source *source, const struct row *row, struct text value)
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

static bool set_number(const struct source *source, const struct row *row, struct text value)
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

static bool set_level(const struct source *source, const struct row *row, struct text value)
{
    for (enum log_level level = LOG_ERROR; level <= LOG_DEBUG; level++) {
        if (text_is(value, levels[level])) {
            memcpy((char *)source->settings + row->at, &level, sizeof level);
            return true;
        }
    }
    return refuse(source, ERR_SETTING_INVALID, "%s must be error, warn, info or debug", row->name);
}

static bool set_value(const struct source *source, const struct row *row, struct text value)
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

static bool set(struct source *source, const struct row *row, struct text value)
{
    bool *seen = &source->seen[row - rows];

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
    const struct row *row = find_row(name);

    return row != NULL ? set(source, row, value) : refuse_name(source, name);
}

void settings_defaults(struct settings *s)
{
    struct settings_fault fault;
    struct source source = {.settings = s, .fault = &fault, .name = "defaults"};

    memset(s, 0, sizeof *s);
    for (size_t i = 0; i < ROWS; i++) {
        CHECK(strlen(rows[i].name) <= NAME_BYTES_MAX);
        CHECK(set_value(&source, &rows[i], text_of(rows[i].standard)));
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

bool settings_read_text(struct settings *s, const char *file, struct text content,
                        bool secrets_allowed, struct settings_fault *fault)
{
    struct source source = {
        .settings = s, .fault = fault, .name = file, .secrets_allowed = secrets_allowed};
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
        got = read(fd, at + bytes, SETTINGS_FILE_BYTES_MAX + 1 - bytes);
        if (got < 0)
            return -1;
        bytes += (size_t)got;
    } while (got > 0 && bytes <= SETTINGS_FILE_BYTES_MAX);
    return (ssize_t)bytes;
}

bool settings_read_file(struct settings *s, const char *file, struct settings_fault *fault)
{
    static char content[SETTINGS_FILE_BYTES_MAX + 1];
    struct source source = {.settings = s, .fault = fault, .name = file};
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
    if (bytes > SETTINGS_FILE_BYTES_MAX)
        return refuse(&source, ERR_SETTING_INVALID, "is larger than 64 KiB; is it the right one?");
    return settings_read_text(s, file, (struct text){content, (size_t)bytes},
                              (about.st_mode & S_IRWXO) == 0, fault);
}

/* -- environment and arguments -------------------------------------------------------------- */

static struct text lower_case(struct text name, char buffer[NAME_BYTES_MAX + 5])
{
    size_t n = name.bytes < NAME_BYTES_MAX + 4 ? name.bytes : NAME_BYTES_MAX + 4;

    for (size_t i = 0; i < n; i++)
        buffer[i] = (char)tolower((unsigned char)name.at[i]);
    return (struct text){buffer, n};
}

/* Other programs have variables of this prefix too (the command line's JIANAN_SERVER), so a name
 * that is none of ours is refused only when it looks like a slip of the pen. */
bool settings_read_environment(struct settings *s, char *const *environment,
                               struct settings_fault *fault)
{
    struct source source = {
        .settings = s, .fault = fault, .name = "environment", .secrets_allowed = true};
    char buffer[NAME_BYTES_MAX + 5];

    for (; *environment != NULL; environment++) {
        struct text value, name = text_cut(text_of(*environment), '=', &value);

        if (!text_starts(name, TEXT("JIANAN_")) || value.at == NULL)
            continue;
        name = lower_case((struct text){name.at + 7, name.bytes - 7}, buffer);
        if (find_row(name) == NULL && nearest_name(name) == NULL)
            continue;
        if (!set_pair(&source, name, text_trim(value)))
            return false;
    }
    return true;
}

bool settings_read_arguments(struct settings *s, char *const *arguments, int count,
                             struct settings_fault *fault)
{
    struct source source = {
        .settings = s, .fault = fault, .name = "arguments", .secrets_allowed = true};

    for (int i = 0; i < count; i++) {
        struct text value, name = text_cut(text_of(arguments[i]), '=', &value);

        if (!text_starts(name, TEXT("--")))
            return refuse(&source, ERR_SETTING_INVALID, "\"%.60s\" is not of the form --name=value",
                          arguments[i]);
        name = (struct text){name.at + 2, name.bytes - 2};
        if (find_row(name) == NULL)
            return refuse_name(&source, name);
        if (!set_pair(&source, name, value.at != NULL ? text_trim(value) : (struct text){"", 0}))
            return false;
    }
    return true;
}

/* -- what must fit together ----------------------------------------------------------------- */

static bool refuse_setting(struct settings_fault *fault, enum err_code code, const char *name,
                           const char *why)
{
    struct source source = {.fault = fault, .name = name};

    return refuse(&source, code, "%s", why);
}

bool settings_check_key_file(const char *name, const char *file, struct settings_fault *fault)
{
    struct stat about;

    if (stat(file, &about) != 0 || access(file, R_OK) != 0)
        return refuse_setting(fault, ERR_FILE_UNREADABLE, name, strerror(errno));
    if (!S_ISREG(about.st_mode))
        return refuse_setting(fault, ERR_FILE_UNREADABLE, name, "is not a file");
    if ((about.st_mode & S_IRWXO) != 0)
        return refuse_setting(fault, ERR_FILE_MODE, name,
                              "others may read or change this file of secrets; chmod 600");
    return true;
}

static bool check_webhooks(const struct settings *s, struct settings_fault *fault)
{
    struct network_list networks;

    if (!network_list_parse(text_of(s->webhook_networks), &networks))
        return refuse_setting(fault, ERR_SETTING_INVALID, "webhook_networks",
                              "takes at most 16 networks like 10.1.0.0/16 or fd00::/8");
    if (s->webhook_ca[0] != '\0' && access(s->webhook_ca, R_OK) != 0)
        return refuse_setting(fault, ERR_FILE_UNREADABLE, "webhook_ca", strerror(errno));
    return true;
}

bool settings_check_serving(const struct settings *s, struct settings_fault *fault)
{
    const struct {
        const char *name, *value;
    } needed[] = {{"database", s->database},
                  {"spool_dir", s->spool_dir},
                  {"vault_file", s->vault_file},
                  {"signing_key", s->signing_key}};

    for (size_t i = 0; i < sizeof needed / sizeof needed[0]; i++) {
        if (needed[i].value[0] == '\0')
            return refuse_setting(fault, ERR_SETTING_INVALID, needed[i].name, "must be set");
    }
    if (s->listen_port == 0 && s->plain_port == 0)
        return refuse_setting(fault, ERR_SETTING_INVALID, "listen_port",
                              "must not be 0 while plain_port is 0 too");
    if (s->listen_port != 0 && s->tls_certificate[0] == '\0')
        return refuse_setting(fault, ERR_SETTING_INVALID, "tls_certificate",
                              "must be set, or listen_port must be 0");
    if (s->listen_port != 0 && s->tls_key[0] == '\0')
        return refuse_setting(fault, ERR_SETTING_INVALID, "tls_key",
                              "must be set, or listen_port must be 0");
    if (s->listen_port != 0 && !settings_check_key_file("tls_key", s->tls_key, fault))
        return false;
    if (!check_webhooks(s, fault))
        return false;
    return settings_check_key_file("vault_file", s->vault_file, fault) &&
           settings_check_key_file("signing_key", s->signing_key, fault);
}

/* -- printing ------------------------------------------------------------------------------- */

static void print_range(const struct row *row, struct build *out)
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

void settings_print_help(struct build *out)
{
    for (size_t i = 0; i < ROWS; i++) {
        const struct row *row = &rows[i];

        build_format(out, "  --%s=%s\n      %s (", row->name, row->standard, row->does);
        print_range(row, out);
        build_string(out, ")\n");
    }
}

static void print_value(const struct settings *s, const struct row *row, struct build *out)
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

void settings_print(const struct settings *s, struct build *out)
{
    for (size_t i = 0; i < ROWS; i++) {
        const struct row *row = &rows[i];
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
