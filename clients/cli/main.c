/* clients/cli/main.c: `jianan`: finds the verb and hands over. */
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "clients/cli/command.h"
#include "clients/cli/exit.h"
#include "clients/http/screen.h"

#define VERB(name, function, en, zh) int function(int argc, char **argv);
#include "clients/cli/verbs.def"
#undef VERB

static const struct verb {
    const char *name;
    int (*run)(int argc, char **argv);
    const char *en, *zh;
} verbs[] = {
#define VERB(name, function, en, zh) {#name, function, en, zh},
#include "clients/cli/verbs.def"
#undef VERB
};
enum { VERBS = sizeof verbs / sizeof verbs[0] };

static void usage(FILE *to)
{
    bool english = speaks_english();

    fputs(english ? "jianan VERB …: the command line of 建安码; jianan help VERB tells more\n\n"
                  : "jianan 命令 …：建安码命令行；jianan help 命令 查看用法\n\n",
          to);
    for (size_t i = 0; i < VERBS; i++)
        fprintf(to, "  jianan %-12s %s\n", verbs[i].name, english ? verbs[i].en : verbs[i].zh);
}

static int no_such(const char *verb)
{
    fprintf(stderr, "jianan: no such verb: %s / 没有这个命令\n", verb);
    usage(stderr);
    return CLI_USAGE;
}

static int run(int argc, char **argv) /* argv[0] is the verb */
{
    for (size_t i = 0; i < VERBS; i++) {
        if (strcmp(argv[0], verbs[i].name) == 0)
            return verbs[i].run(argc, argv);
    }
    return no_such(argv[0]);
}

/* What the tables know of the verb; a verb of its own is asked. */
static int help(int argc, char **argv)
{
    static char ask[] = "--help";
    char *own[] = {argv[1], ask, NULL};

    return help_main(argc, argv) ? CLI_DONE : run(2, own);
}

int main(int argc, char **argv)
{
    screen_open();
    if (!clock_set_zone("Asia/Shanghai"))
        fputs("tzdata: UTC\n", stderr); /* instants are then told in UTC */
    if (signal(SIGPIPE, SIG_IGN) == SIG_ERR || argc < 2) {
        usage(stderr);
        return CLI_USAGE;
    }
    if (strcmp(argv[1], "help") == 0 && argc > 2)
        return help(argc - 1, argv + 1);
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "help") == 0) {
        usage(stdout);
        return CLI_DONE;
    }
    return run(argc - 1, argv + 1);
}
