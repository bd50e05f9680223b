/* clients/gate/main.c: reads settings, then serves, or makes the gate's key. */
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "clients/gate/agent.h"
#include "crypto/signer.h"

extern char **environ;

enum { EXIT_OK, EXIT_REFUSED = 1, EXIT_USAGE = 2, SETTINGS_MAX = 64 };

static const char usage[] =
    "jianan-gate：闸机旁的代理程序，联网时向平台查验，断网时自行判定 / the agent beside the turnstile\n"
    "\n"
    "jianan-gate [--config FILE] [--SETTING=VALUE …]   运行，直到 SIGTERM / serves until SIGTERM\n"
    "  --new-key FILE      生成本闸机的签名密钥 / makes the gate's own signing key\n"
    "  --print-settings    显示生效的配置 / the settings in force\n"
    "  --version, --help\n"
    "\n"
    "  http://127.0.0.1:8460/         状态页 / how the gate is\n"
    "  POST http://127.0.0.1:8460/scan {\"code\":\"JA1.…\",\"direction\":\"in\"}\n"
    "\n"
    "配置 / settings:\n";

static int print_help(void)
{
    static char text[SETTING_PRINT_BYTES];
    struct build out = build_over(text, sizeof text);

    build_string(&out, usage);
    setting_print_help(&gate_settings_table, &out);
    fputs(text, stdout);
    return EXIT_OK;
}

static int print_settings(const struct gate_settings *s)
{
    static char text[SETTING_PRINT_BYTES];
    struct build out = build_over(text, sizeof text);

    setting_print(&gate_settings_table, s, &out);
    fputs(text, stdout);
    return EXIT_OK;
}

static int new_key(const char *file)
{
    struct err e = signer_create_file(file, TOKEN_ES256);

    if (!err_is(e))
        return EXIT_OK;
    fprintf(stderr, "%s: %s\n", file, err_row(e.code)->en);
    return EXIT_REFUSED;
}

/* -- serving --------------------------------------------------------------------------------------- */

/* Signals are taken by one thread in its own time, so that no handler runs anywhere. */
static void *wait_for_end(void *arg)
{
    sigset_t set;
    int number;

    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    CHECK(sigwait(&set, &number) == 0);
    agent_stop(arg);
    return NULL;
}

static void block_signals(void)
{
    sigset_t set;

    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    CHECK(pthread_sigmask(SIG_BLOCK, &set, NULL) == 0);
    CHECK(signal(SIGPIPE, SIG_IGN) != SIG_ERR);
    CHECK(signal(SIGXFSZ, SIG_IGN) != SIG_ERR); /* a file at its limit is a full disk */
}

static int serve(const struct gate_settings *s)
{
    static struct agent agent;
    pthread_t signals;
    bool opened;

    block_signals();
    log_set_level(s->log_level);
    opened = agent_open(&agent, s);
    if (opened) {
        CHECK(pthread_create(&signals, NULL, wait_for_end, &agent) == 0);
        agent_run(&agent);
        CHECK(pthread_join(signals, NULL) == 0);
    }
    agent_close(&agent);
    return opened ? EXIT_OK : EXIT_REFUSED;
}

/* -- arguments ------------------------------------------------------------------------------------- */

struct arguments {
    const char *verb, *file, *config;
    char *settings[SETTINGS_MAX];
    int count;
};

static bool read_arguments(int argc, char **argv, struct arguments *a)
{
    for (int i = 1; i < argc; i++) {
        bool takes_file = strcmp(argv[i], "--new-key") == 0 || strcmp(argv[i], "--config") == 0;

        if (takes_file && i + 1 == argc)
            return false;
        if (strcmp(argv[i], "--config") == 0) {
            a->config = argv[++i];
        } else if (strchr(argv[i], '=') != NULL && a->count < SETTINGS_MAX) {
            a->settings[a->count++] = argv[i];
        } else if (a->verb == NULL && argv[i][0] == '-') {
            a->verb = argv[i];
            a->file = takes_file ? argv[++i] : NULL;
        } else {
            return false;
        }
    }
    return true;
}

static bool read_settings(const struct arguments *a, struct gate_settings *s)
{
    const struct setting_table *table = &gate_settings_table;
    struct setting_fault fault;

    setting_defaults(table, s);
    if ((a->config != NULL && !setting_read_file(table, s, a->config, &fault)) ||
        !setting_read_environment(table, s, environ, &fault) ||
        !setting_read_arguments(table, s, a->settings, a->count, &fault) ||
        (a->verb == NULL && !gate_settings_check(s, &fault))) {
        fprintf(stderr, "%s\n", fault.text);
        return false;
    }
    if (!clock_set_zone(s->time_zone)) {
        fprintf(stderr, "time_zone: the TZ database does not hold %s (package tzdata)\n",
                s->time_zone);
        return false;
    }
    return true;
}

int main(int argc, char **argv)
{
    static struct gate_settings settings;
    struct arguments a = {0};

    if (!read_arguments(argc, argv, &a)) {
        fputs(usage, stderr);
        return EXIT_USAGE;
    }
    if (a.verb != NULL && strcmp(a.verb, "--help") == 0)
        return print_help();
    if (a.verb != NULL && strcmp(a.verb, "--version") == 0)
        return puts("jianan-gate " JIANAN_VERSION) < 0;
    if (a.verb != NULL && strcmp(a.verb, "--new-key") == 0)
        return new_key(a.file);
    if (!read_settings(&a, &settings))
        return EXIT_USAGE;
    if (a.verb == NULL)
        return serve(&settings);
    if (strcmp(a.verb, "--print-settings") == 0)
        return print_settings(&settings);
    fprintf(stderr, "unknown: %s\n\n%s", a.verb, usage);
    return EXIT_USAGE;
}
