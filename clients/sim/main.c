/* clients/sim/main.c: `jianan-sim`: finds the verb and hands over. */
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "clients/cli/exit.h"
#include "clients/http/screen.h"
#include "clients/sim/load.h"
#include "clients/sim/morning.h"
#include "clients/sim/options.h"
#include "clients/sim/receive.h"
#include "clients/sim/seed.h"

static const struct verb {
    const char *name;
    int (*run)(int argc, char **argv);
    enum sim_verb options;
    const char *zh, *en;
} verbs[] = {
#define VERB(name, function, options, zh, en) {#name, function, options, zh, en},
#include "clients/sim/verbs.def"
#undef VERB
};
enum { VERBS = sizeof verbs / sizeof verbs[0] };

static void usage(FILE *to)
{
    fputs("jianan-sim VERB：建安码的模拟器 / simulator of 建安码\n", to);
    for (size_t i = 0; i < VERBS; i++) {
        fprintf(to, "\n  %-10s%s\n            %s\n", verbs[i].name, verbs[i].zh, verbs[i].en);
        sim_options_help(to, verbs[i].options);
    }
}

int main(int argc, char **argv)
{
    screen_open();
    if (!clock_set_zone("Asia/Shanghai")) {
        fputs("缺少时区数据 / the TZ database is missing: apt-get install tzdata\n", stderr);
        return CLI_INPUT;
    }
    if (signal(SIGPIPE, SIG_IGN) == SIG_ERR || argc < 2) {
        usage(stderr);
        return CLI_USAGE;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "help") == 0) {
        usage(stdout);
        return CLI_DONE;
    }
    for (size_t i = 0; i < VERBS; i++) {
        if (strcmp(argv[1], verbs[i].name) == 0)
            return verbs[i].run(argc - 1, argv + 1);
    }
    fprintf(stderr, "没有这个命令 / no such verb: %s\n", argv[1]);
    usage(stderr);
    return CLI_USAGE;
}
