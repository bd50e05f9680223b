/* clients/cli/arguments.c: what stands on the command line becomes the session: path, query, body,
 * and what every command knows (server, key, manner). */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/check.h"
#include "base/json.h"
#include "base/text.h"
#include "clients/cli/command.h"
#include "clients/cli/exit.h"

enum { LINE_BYTES = 1024, FILE_BYTES_MAX = 32 * 1024 * 1024 };

/* -- saying what is wrong ------------------------------------------------------------------------- */

static int refuse(const struct session *s, const char *zh, const char *en, const char *which)
{
    fprintf(stderr, s->reach.english ? "%s: %s\n" : "%s：%s\n", s->reach.english ? en : zh, which);
    if (s->command != NULL)
        fprintf(stderr, s->reach.english ? "See: jianan help %s %s\n" : "用法：jianan help %s %s\n",
                s->command->verb, s->command->sub != NULL ? s->command->sub : "");
    return CLI_USAGE;
}

/* -- files and lines --------------------------------------------------------------------------------- */

char *file_read(const char *file, size_t *bytes)
{
    FILE *in = strcmp(file, "-") == 0 ? stdin : fopen(file, "rb");
    char *content = malloc(FILE_BYTES_MAX + 2);
    bool whole;

    CHECK_ALLOCATED(content);
    if (in == NULL) {
        fprintf(stderr, "%s: %s\n", file, strerror(errno));
        free(content);
        return NULL;
    }
    *bytes = fread(content, 1, FILE_BYTES_MAX + 1, in);
    whole = ferror(in) == 0 && *bytes <= FILE_BYTES_MAX;
    if (in != stdin)
        (void)fclose(in); /* it was only read */
    if (!whole) {
        fprintf(stderr, "%s: 无法读取或超过 32 MiB / unreadable, or more than 32 MiB\n", file);
        free(content);
        return NULL;
    }
    content[*bytes] = '\0';
    return content;
}

bool file_write(const char *file, const char *bytes, size_t count)
{
    bool to_screen = strcmp(file, "-") == 0;
    FILE *to = to_screen ? stdout : fopen(file, "w");
    bool good = to != NULL && fwrite(bytes, 1, count, to) == count;

    if (to != NULL)
        good = (to_screen ? fflush(to) : fclose(to)) == 0 && good;
    if (!good)
        perror(file);
    return good;
}

static json_t *file_read_json(const char *file)
{
    size_t bytes;
    char *content = file_read(file, &bytes);
    json_t *json = NULL;

    if (content == NULL)
        return NULL;
    if (err_is(json_read((struct text){content, bytes}, &json))) {
        int line, column;

        json_error_place((struct text){content, bytes}, &line, &column);
        fprintf(stderr, "%s:%d:%d: 不是有效的 JSON / not valid JSON\n", file, line, column);
        json = NULL;
    }
    free(content);
    return json;
}

/* A line that should not stand on the command line, where every user of this machine can see it. */
static json_t *line_read(const struct session *s, const struct option_row *row)
{
    char line[LINE_BYTES];

    if (isatty(STDIN_FILENO) == 1)
        fprintf(stderr, "%s: ", s->reach.english ? row->en : row->zh);
    if (fgets(line, sizeof line, stdin) == NULL)
        return NULL;
    line[strcspn(line, "\r\n")] = '\0';
    return json_string(line);
}

/* -- options ------------------------------------------------------------------------------------------ */

static json_t *split(const char *value, bool ids)
{
    json_t *array = json_array();
    struct text rest = text_of(value);
    int64_t id;

    while (rest.at != NULL && array != NULL && value[0] != '\0') {
        struct text one = text_trim(text_cut(rest, ',', &rest));

        if (!ids) {
            json_array_append_new(array, json_stringn(one.at, one.bytes));
        } else if (text_to_int(one, 1, INT64_MAX, &id)) {
            json_array_append_new(array, json_integer(id));
        } else {
            json_decref(array);
            array = NULL;
        }
    }
    return array;
}

static bool is_number(const char *value, int64_t *number)
{
    return value[0] != '0' && text_to_int(text_of(value), 0, INT64_MAX, number);
}

/* NULL: the value is not of the option's type. */
static json_t *value_of(const struct session *s, const struct option_row *row, const char *value)
{
    int64_t number;

    switch (row->type) {
    case OPTION_TEXT:
        return strcmp(value, "-") == 0 ? line_read(s, row) : json_string(value);
    case OPTION_INT:
        return text_to_int(text_of(value), INT64_MIN, INT64_MAX, &number) ? json_integer(number)
                                                                         : NULL;
    case OPTION_ANY: return is_number(value, &number) ? json_integer(number) : json_string(value);
    case OPTION_BOOL:
        return strcmp(value, "true") == 0    ? json_true()
               : strcmp(value, "false") == 0 ? json_false()
                                             : NULL;
    case OPTION_WORDS: return split(value, false);
    case OPTION_IDS:   return split(value, true);
    case OPTION_JSON:  return file_read_json(value);
    }
    return NULL;
}

static void field_name(const struct option_row *row, char name[64])
{
    snprintf(name, 64, "%s", row->name + 2);
    for (char *c = name; *c != '\0'; c++) {
        if (*c == '-')
            *c = '_';
    }
}

/* Letters, digits and what an address may hold stand for themselves. */
void query_put(struct build *out, const char *name, const json_t *value)
{
    char digits[32];
    const char *text = json_string_value(value);

    if (json_is_boolean(value)) {
        text = json_is_true(value) ? "true" : "false";
    } else if (text == NULL) {
        snprintf(digits, sizeof digits, "%lld", (long long)json_integer_value(value));
        text = digits;
    }
    build_char(out, strchr(out->at, '?') == NULL ? '?' : '&');
    build_string(out, name);
    build_char(out, '=');
    for (; *text != '\0'; text++) {
        if ((*text >= '0' && *text <= '9') || (*text >= 'a' && *text <= 'z') ||
            (*text >= 'A' && *text <= 'Z') || strchr("-._~", *text) != NULL)
            build_char(out, *text);
        else
            build_format(out, "%%%02X", (unsigned char)*text);
    }
}

static bool goes_into_query(const struct command *c)
{
    return strcmp(c->method, "GET") == 0;
}

static int take_option(struct session *s, const struct option_row *row, const char *value)
{
    json_t *json = value_of(s, row, value);
    char name[64];

    if (json == NULL)
        return refuse(s, "选项的值无效", "the option's value cannot be used", row->name);
    field_name(row, name);
    if (goes_into_query(s->command)) {
        struct build out = {.at = s->path, .bytes = strlen(s->path), .max = sizeof s->path};

        query_put(&out, name, json);
        json_decref(json);
        return out.full ? refuse(s, "参数过长", "too long", row->name) : CLI_DONE;
    }
    if (s->body == NULL)
        s->body = json_object();
    json_object_set_new(s->body, name, json);
    return CLI_DONE;
}

/* Those that every command knows. True when it was one of them. */
static bool take_common(struct session *s, const char *name, const char *value, bool *has_value)
{
    const struct {
        const char *name;
        char *into;
        size_t bytes;
    } places[] = {
        {"--server", s->reach.server, sizeof s->reach.server},
        {"--key-file", s->reach.key_file, sizeof s->reach.key_file},
        {"--ca", s->reach.ca, sizeof s->reach.ca},
    };

    *has_value = true;
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        if (strcmp(name, places[i].name) == 0) {
            snprintf(places[i].into, places[i].bytes, "%s", value);
            return true;
        }
    }
    if (strcmp(name, "--key") == 0)
        s->idempotency = value;
    else if (strcmp(name, "--save") == 0)
        s->save = value;
    else if (strcmp(name, "--body") == 0)
        s->file = value;
    else
        *has_value = false;
    if (strcmp(name, "--json") == 0)
        s->as_json = true;
    else if (strcmp(name, "--all") == 0)
        s->all = true;
    else if (strcmp(name, "--yes") == 0 && s->command->for_good)
        s->yes = true;
    else
        return *has_value;
    return true;
}

static const struct option_row *find_option(const struct command *c, const char *name)
{
    for (const struct option_row *row = c->options; row != NULL && row->name != NULL; row++) {
        if (strcmp(row->name, name) == 0)
            return row;
    }
    return NULL;
}

/* -- arguments ------------------------------------------------------------------------------------------ */

/* The worker that a worker's own key belongs to: jw_ID_… */
static bool own_number(struct session *s, char number[32])
{
    struct text rest, id;

    if (!reach_key(&s->reach))
        return false;
    if (strncmp(s->reach.key, "jw_", 3) != 0) {
        refuse(s, "me 需要工人本人的密钥", "\"me\" needs a worker's own key", s->reach.key_file);
        return false;
    }
    id = text_cut(text_of(s->reach.key + 3), '_', &rest);
    return snprintf(number, 32, "%.*s", (int)id.bytes, id.at) < 32;
}

/* A number; for a pass, four of them: gate-epoch-seq-YYYYMMDD. */
static bool is_id(const char *value, bool of_pass)
{
    struct text rest = text_of(value);
    int64_t id;

    for (int i = 0; i < 3 && of_pass; i++) {
        if (!text_to_int(text_cut(rest, '-', &rest), 0, INT64_MAX, &id) || rest.at == NULL)
            return false;
    }
    return text_to_int(rest, 1, INT64_MAX, &id);
}

/* Puts the argument where the path's next {…} is. */
static int take_argument(struct session *s, const char *value)
{
    char *open = strchr(s->path, '{'), *close = strchr(s->path, '}');
    char rest[sizeof s->path], number[32];
    bool of_pass = open != NULL && strncmp(open, PASS_ARGUMENT, strlen(PASS_ARGUMENT)) == 0;

    if (open == NULL || close == NULL)
        return refuse(s, "多余的参数", "one argument too many", value);
    if (strncmp(open, FILE_ARGUMENT, strlen(FILE_ARGUMENT)) == 0) {
        s->argument = value;
        open[-1] = '\0'; /* its name is no part of the address */
        return CLI_DONE;
    }
    if (strcmp(value, "me") == 0) {
        if (!own_number(s, number))
            return CLI_USAGE;
        value = number;
    }
    if (!is_id(value, of_pass))
        return refuse(s, of_pass ? "应为通行号，如 70-3-881-20261121" : "应为编号",
                      of_pass ? "not a pass, like 70-3-881-20261121" : "not a number", value);
    snprintf(rest, sizeof rest, "%s", close + 1);
    snprintf(open, sizeof s->path - (size_t)(open - s->path), "%s%s", value, rest);
    return CLI_DONE;
}

/* Arguments first, because options of a GET are added behind the path. */
static int take_arguments(struct session *s, int argc, char **argv)
{
    const char *open;
    char missing[64];
    int status = CLI_DONE;

    for (int i = 0; i < argc && status == CLI_DONE; i++) {
        bool has_value = strcmp(argv[i], "--json") != 0 && strcmp(argv[i], "--all") != 0 &&
                         strcmp(argv[i], "--yes") != 0;

        if (strncmp(argv[i], "--", 2) != 0)
            status = take_argument(s, argv[i]);
        else if (has_value)
            i++;
    }
    open = strchr(s->path, '{');
    if (status != CLI_DONE || open == NULL)
        return status;
    snprintf(missing, sizeof missing, "%.*s", (int)strcspn(open + 1, "}"), open + 1);
    return refuse(s, "缺少参数", "an argument is missing", missing);
}

static int take_options(struct session *s, int argc, char **argv, bool common)
{
    for (int i = 0; i < argc && argv[i] != NULL; i++) {
        const char *value = i + 1 < argc ? argv[i + 1] : NULL;
        const struct option_row *row = find_option(s->command, argv[i]);
        bool has_value = row != NULL, known;

        if (strncmp(argv[i], "--", 2) != 0)
            continue;
        known = row != NULL || take_common(s, argv[i], value != NULL ? value : "", &has_value);
        if (!known)
            return refuse(s, "未知选项", "unknown option", argv[i]);
        if (has_value && value == NULL)
            return refuse(s, "选项缺少值", "an option without its value", argv[i]);
        if (row != NULL && !common) {
            int status = take_option(s, row, value);

            if (status != CLI_DONE)
                return status;
        }
        i += has_value;
    }
    return CLI_DONE;
}

bool was_given(int argc, char **argv, const char *name)
{
    for (int i = 0; i < argc; i++) {
        if (strcmp(argv[i], name) == 0)
            return true;
    }
    return false;
}

static int check_required(const struct session *s, int argc, char **argv)
{
    const struct option_row *row = s->file == NULL ? s->command->options : NULL;

    for (; row != NULL && row->name != NULL; row++) {
        if (row->required && !was_given(argc, argv, row->name))
            return refuse(s, "缺少选项", "a required option is missing", row->name);
    }
    return CLI_DONE;
}

/* The members that a command always sends; of each item when the body is an array. */
static void add_fixed(struct session *s)
{
    json_t *fixed = s->command->fixed != NULL ? json_loads(s->command->fixed, 0, NULL) : NULL, *one;
    size_t i;

    if (fixed == NULL)
        return;
    if (s->body == NULL)
        s->body = json_object();
    json_object_update_missing(s->body, fixed);
    json_array_foreach(s->body, i, one) {
        json_object_update_missing(one, fixed);
    }
    json_decref(fixed);
}

int session_read(struct session *s, int argc, char **argv)
{
    int status = take_options(s, argc, argv, true); /* language, key and server first */

    reach_complete(&s->reach);
    if (status == CLI_DONE && s->command->path != NULL) {
        snprintf(s->path, sizeof s->path, "%s", s->command->path);
        status = take_arguments(s, argc, argv);
    }
    if (status == CLI_DONE)
        status = check_required(s, argc, argv);
    if (status == CLI_DONE)
        status = take_options(s, argc, argv, false);
    if (status != CLI_DONE)
        return status;
    if (s->file != NULL) {
        json_decref(s->body);
        s->body = file_read_json(s->file);
        if (s->body == NULL)
            return CLI_INPUT;
    }
    add_fixed(s);
    if (s->command->prepare != NULL)
        s->command->prepare(s);
    return CLI_DONE;
}
