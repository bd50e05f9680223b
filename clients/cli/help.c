/* clients/cli/help.c: what a verb and its commands take, from the tables they run by. */
#include <stdio.h>
#include <string.h>

#include "clients/cli/command.h"
#include "clients/cli/show.h"
#include "clients/http/screen.h"

enum { NAME_COLUMNS = 34, COMMAND_COLUMNS = 32 };

/* "jianan worker colour 工人|me": what is in braces in the path. */
static void put_name(const struct command *c, char *into, size_t bytes)
{
    const char *open = c->path != NULL ? strchr(c->path, '{') : NULL;
    int argument = open != NULL ? (int)strcspn(open + 1, "}") : 0;

    snprintf(into, bytes, "jianan %s%s%s%s%.*s", c->verb, c->sub != NULL ? " " : "",
             c->sub != NULL ? c->sub : "", open != NULL ? " " : "", argument,
             open != NULL ? open + 1 : "");
}

static void put_option(FILE *to, const char *name, const char *value, const char *does)
{
    char left[128];

    snprintf(left, sizeof left, "  %s %s", name, value);
    screen_pad(to, left, NAME_COLUMNS);
    fprintf(to, " %s\n", does);
}

static void put_common(FILE *to, const struct command *c, bool english)
{
    if (c->alone != NULL) {
        put_option(to, "--json", "", english ? "JSON, one line a file" : "输出 JSON，每个文件一行");
        return;
    }
    put_option(to, "--server", "URL", english ? "or JIANAN_SERVER" : "服务器，或 JIANAN_SERVER");
    put_option(to, "--key-file", "FILE", english ? "or JIANAN_KEY_FILE" : "密钥，或 JIANAN_KEY_FILE");
    put_option(to, "--ca", "FILE", english ? "or JIANAN_CA" : "服务器证书的 CA，或 JIANAN_CA");
    put_option(to, "--json", "", english ? "the answer as it came" : "原样输出 JSON");
    if (c->columns != NULL)
        put_option(to, "--all", "", english ? "all pages" : "取全部页");
    if (c->writes && !c->body_is_file && c->options != NULL)
        put_option(to, "--body", "FILE|-",
                   english ? "the body as JSON instead; an array posts many"
                           : "改用 JSON 文件；数组即批量");
    if (c->show == show_key)
        put_option(to, "--save", "FILE",
                   english ? "where what is shown once goes: a new file, mode 600"
                           : "只显示一次的密钥存入此新文件（权限 600，不覆盖）");
    if (c->for_good)
        put_option(to, "--yes", "", english ? "it is meant: it cannot be undone" : "确认执行（不可恢复）");
    if (c->writes)
        put_option(to, "--key", "KEY",
                   english ? "repeats a write whose outcome is unknown"
                           : "重复一次结果未知的写入");
}

void help_command(FILE *to, const struct command *c, bool english)
{
    char name[128];

    put_name(c, name, sizeof name);
    fprintf(to, "%s\n  %s\n\n", name, english ? c->en : c->zh);
    for (const struct option_row *row = c->options; row != NULL && row->name != NULL; row++) {
        char does[256];

        snprintf(does, sizeof does, "%s%s", english ? row->en : row->zh,
                 !row->required ? "" : english ? " (required)" : "（必填）");
        put_option(to, row->name, row->value, does);
    }
    put_common(to, c, english);
}

bool help_verb(FILE *to, const char *verb, bool english)
{
    bool any = false;

    for (const struct command *c = commands; c->verb != NULL; c++) {
        char name[128];

        if (strcmp(c->verb, verb) != 0)
            continue;
        put_name(c, name, sizeof name);
        fputs("  ", to);
        screen_pad(to, name, COMMAND_COLUMNS);
        fprintf(to, "%s\n", english ? c->en : c->zh);
        any = true;
    }
    if (any)
        fprintf(to, english ? "\nOptions: jianan help %s COMMAND\n"
                            : "\n选项：jianan help %s 命令\n",
                verb);
    return any;
}

bool help_main(int argc, char **argv)
{
    bool english = speaks_english();

    for (const struct command *c = commands; argc > 1 && c->verb != NULL; c++) {
        const char *sub = argc > 2 ? argv[2] : "";

        if (strcmp(c->verb, argv[1]) == 0 && strcmp(c->sub != NULL ? c->sub : "", sub) == 0) {
            help_command(stdout, c, english);
            return true;
        }
    }
    return help_verb(stdout, argv[1], english);
}
