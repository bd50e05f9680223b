/* main.c: reads settings, then serves, or does one of the things an operator does by hand. */
#include <inttypes.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "api/access.h"
#include "api/app.h"
#include "base/embedded.h"
#include "base/json.h"
#include "base/log.h"
#include "crypto/ecc.h"
#include "crypto/seal.h"
#include "crypto/token.h"
#include "log_verify_run.h"
#include "replay_run.h"
#include "service.h"
#include "store/first_account.h"
#include "store/migrate.h"
#include "store/holidays.h"
#include "store/policies_seed.h"

extern char **environ;

enum { EXIT_OK, EXIT_USAGE = 2, EXIT_REFUSED = 1, ARENA_BYTES = 1024 * 1024 };

static const char usage[] =
    "jianan-server [--config FILE] [--SETTING=VALUE …]   serve until SIGTERM\n"
    "  --migrate                 bring the database's schema up to date, put policies in force\n"
    "  --new-vault FILE          make the keys of personal data (keep a copy elsewhere)\n"
    "  --new-signing-key FILE    make a key that signs codes (ES256); prints its public half\n"
    "  --new-sm2-signing-key FILE  the same with SM2\n"
    "  --public-signing-key FILE print its public half again, as jianan key add takes it\n"
    "  --new-operator-key NAME   open an operator's account; prints its key, once\n"
    "  --replay DAY[..DAY]       decide every pass of these days again; 1: some differ\n"
    "  --verify-log              hold every sealed row against the log; 1: something differs\n"
    "  --print-routes            the service's routes as JSON\n"
    "  --print-settings          the settings in force\n"
    "  --version, --help\n\n";

/* What went wrong, for whoever started us. */
static int refuse(struct err e)
{
    fprintf(stderr, "%s: %s%s%s%s%s%s\n", err_row(e.code)->code, err_row(e.code)->en,
            e.field != NULL ? " [" : "", e.field != NULL ? e.field : "",
            e.field != NULL ? "]" : "", e.expected != NULL ? ", expected " : "",
            e.expected != NULL ? e.expected : "");
    if (e.detail != NULL)
        fprintf(stderr, "  %s\n", e.detail);
    return EXIT_REFUSED;
}

static int outcome(struct err e)
{
    return err_is(e) ? refuse(e) : EXIT_OK;
}

/* -- what an operator does by hand ---------------------------------------------------------------- */

static int print_help(void)
{
    static char text[SETTING_PRINT_BYTES];
    struct build out = build_over(text, sizeof text);

    build_string(&out, usage);
    setting_print_help(&settings_table, &out);
    fputs(text, stdout);
    return EXIT_OK;
}

static int print_settings(const struct settings *s)
{
    static char text[SETTING_PRINT_BYTES];
    struct build out = build_over(text, sizeof text);

    setting_print(&settings_table, s, &out);
    fputs(text, stdout);
    return EXIT_OK;
}

static void print_names(struct json_writer *w, const struct route *route)
{
    json_open_array(w, "permissions");
    for (unsigned bit = 0; bit < 32; bit++) {
        if ((route->permission & 1u << bit) != 0)
            json_put_string(w, NULL, permission_name((enum permission)(1u << bit)));
    }
    json_close_array(w);
    json_open_array(w, "roles");
    for (int role = 1; role < ACCOUNT_ROLES; role++) {
        if (route->permission == 0 ||
            (role_permissions((enum account_role)role) & route->permission) != 0)
            json_put_string(w, NULL, account_role_name((enum account_role)role));
    }
    json_close_array(w);
}

static int print_routes(void)
{
    static char text[256 * 1024];
    struct build out = build_over(text, sizeof text);
    struct json_writer w = json_writer_over(&out);

    json_open_array(&w, NULL);
    for (size_t i = 0; i < route_count; i++) {
        build_char(&out, '\n');
        json_open_object(&w, NULL);
        json_put_string(&w, "method", method_name(routes[i].method));
        json_put_string(&w, "path", routes[i].pattern);
        json_put_bool(&w, "writes", routes[i].writes);
        json_put_string(&w, "media_type",
                        routes[i].media_type != NULL ? routes[i].media_type : "application/json");
        print_names(&w, &routes[i]);
        json_put_string(&w, "does", routes[i].does);
        json_close_object(&w);
    }
    build_char(&out, '\n');
    json_close_array(&w);
    puts(text);
    return EXIT_OK;
}

static int migrate(const struct settings *s)
{
    struct arena arena;
    struct err e;
    int added = 0, drafts = 0, years = 0;

    arena_init(&arena, 64 * ARENA_BYTES);
    e = migrate_run(s->database_owner, &migrations_embedded, &arena);
    if (!err_is(e))
        e = policies_seed(s->database_owner, policies_embedded, POLICY_IN_FORCE, &arena, &added);
    if (!err_is(e))
        e = policies_seed(s->database_owner, policy_drafts_embedded, POLICY_DRAFT, &arena, &drafts);
    if (!err_is(e))
        e = holidays_seed(s->database_owner, holidays_embedded, &arena, &years);
    if (!err_is(e))
        printf("schema %d, %d policies put in force, %d as drafts, %d calendars\n",
               migrations_embedded.count, added, drafts, years);
    else
        refuse(e);
    arena_clear(&arena);
    return err_is(e) ? EXIT_REFUSED : EXIT_OK;
}

static int new_operator_key(const struct settings *s, const char *label)
{
    char key[API_KEY_BYTES], prefix[API_KEY_PREFIX + 1], hex[65];
    unsigned char hash[32];
    struct text found;
    struct err e = api_key_new(key, hash);

    if (err_is(e) || !api_key_split(text_of(key), &found, hash))
        return refuse(e);
    snprintf(prefix, sizeof prefix, "%.*s", (int)found.bytes, found.at);
    hex_format(hash, sizeof hash, hex);
    e = first_account_open(s->database_owner, label, prefix, hex);
    if (err_is(e))
        return refuse(e);
    puts(key);
    return EXIT_OK;
}

static void print_coordinate(struct json_writer *w, const char *name, const unsigned char *at)
{
    char hex[2 * ECC_COORDINATE_BYTES + 1];

    hex_format(at, ECC_COORDINATE_BYTES, hex);
    json_put_string(w, name, hex);
}

/* {"alg","x","y"}: what the service is told of the key. */
static int print_signing_key(const char *file)
{
    unsigned char point[ECC_POINT_BYTES];
    char text[512];
    struct build out = build_over(text, sizeof text);
    struct json_writer w = json_writer_over(&out);
    struct signer *signer;
    struct err e = signer_open_file(file, &signer);

    if (err_is(e))
        return refuse(e);
    CHECK(ecc_point(signer_key(signer)->public_key, point));
    json_open_object(&w, NULL);
    json_put_string(&w, "alg", ecc_alg_find(signer_key(signer)->alg)->name);
    print_coordinate(&w, "x", point);
    print_coordinate(&w, "y", point + ECC_COORDINATE_BYTES);
    json_close_object(&w);
    puts(text);
    signer_close(signer);
    return EXIT_OK;
}

static int new_signing_key(const char *file, enum token_alg alg)
{
    struct err e = signer_create_file(file, alg);

    return err_is(e) ? refuse(e) : print_signing_key(file);
}

/* Findings first, one a line; then the counts. Exit 1: something differs, or cannot be made again;
 * 2: it could not be looked at. */
static int replay(const struct settings *s, const char *span)
{
    struct replay_counts counts;
    struct err e = replay_run(s, span, &counts);

    if (err_is(e)) {
        (void)refuse(e);
        return EXIT_USAGE;
    }
    printf("{\"passes\":%" PRId64 ",\"equal\":%" PRId64 ",\"decided_elsewhere\":%" PRId64
           ",\"different\":%" PRId64 ",\"impossible\":%" PRId64 "}\n",
           counts.passes, counts.equal, counts.elsewhere, counts.different, counts.impossible);
    return counts.different + counts.impossible > 0 ? EXIT_REFUSED : EXIT_OK;
}

/* Like replay(): findings first, then the counts. */
static int verify_log(const struct settings *s)
{
    struct log_verify_counts counts;
    struct err e = log_verify_run(s, &counts);

    if (err_is(e)) {
        (void)refuse(e);
        return EXIT_USAGE;
    }
    printf("{\"leaves\":%" PRId64 ",\"heads\":%" PRId64 ",\"heads_by_other_keys\":%" PRId64
           ",\"findings\":%" PRId64 ",\"first_bad\":",
           counts.leaves, counts.heads, counts.heads_by_other_keys, counts.findings);
    if (counts.first_bad >= 0)
        printf("%" PRId64 "}\n", counts.first_bad);
    else
        puts("null}");
    return counts.findings > 0 ? EXIT_REFUSED : EXIT_OK;
}

/* -- serving --------------------------------------------------------------------------------------- */

static void raise_descriptors(void)
{
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        limit.rlim_cur = limit.rlim_max;
        if (setrlimit(RLIMIT_NOFILE, &limit) != 0)
            log_event(LOG_WARN, 0, "descriptors_not_raised");
    }
}

/* Signals are taken by one thread in its own time, so that no handler runs anywhere. */
static void *wait_for_end(void *arg)
{
    sigset_t set;
    int number;

    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    CHECK(sigwait(&set, &number) == 0);
    service_stop(arg);
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
}

static int serve(const struct settings *s)
{
    struct service *service;
    struct arena arena;
    pthread_t signals;
    struct err e;

    block_signals();
    raise_descriptors();
    log_set_level(s->log_level);
    arena_init(&arena, ARENA_BYTES);
    e = service_open(s, &arena, &service);
    if (err_is(e)) {
        refuse(e);
    } else {
        CHECK(pthread_create(&signals, NULL, wait_for_end, service) == 0);
        service_run(service);
        CHECK(pthread_join(signals, NULL) == 0);
    }
    service_close(service);
    arena_clear(&arena);
    return err_is(e) ? EXIT_REFUSED : EXIT_OK;
}

/* -- arguments -------------------------------------------------------------------------------------- */

struct command {
    const char *verb, *argument; /* --new-vault FILE */
    const char *config;
    int settings_count;
    char *settings[64]; /* --name=value */
};

static bool takes_argument(const char *verb)
{
    return strcmp(verb, "--new-vault") == 0 || strcmp(verb, "--new-signing-key") == 0 ||
           strcmp(verb, "--new-sm2-signing-key") == 0 ||
           strcmp(verb, "--public-signing-key") == 0 ||
           strcmp(verb, "--new-operator-key") == 0 || strcmp(verb, "--replay") == 0 ||
           strcmp(verb, "--config") == 0;
}

/* Verbs that read as the service does; those of the schema's owner say by themselves what they lack. */
static bool reads_database(const char *verb)
{
    return verb != NULL && (strcmp(verb, "--replay") == 0 || strcmp(verb, "--verify-log") == 0);
}

static bool read_arguments(int argc, char **argv, struct command *c)
{
    for (int i = 1; i < argc; i++) {
        if (strchr(argv[i], '=') != NULL) {
            if (c->settings_count == (int)(sizeof c->settings / sizeof c->settings[0]))
                return false;
            c->settings[c->settings_count++] = argv[i];
        } else if (strcmp(argv[i], "--config") == 0 && i + 1 < argc) {
            c->config = argv[++i];
        } else if (c->verb == NULL && argv[i][0] == '-') {
            c->verb = argv[i];
            if (takes_argument(argv[i])) {
                if (i + 1 == argc)
                    return false;
                c->argument = argv[++i];
            }
        } else {
            return false;
        }
    }
    return true;
}

static bool read_settings(const struct command *c, struct settings *s)
{
    struct setting_fault fault;

    setting_defaults(&settings_table, s);
    if ((c->config != NULL && !setting_read_file(&settings_table, s, c->config, &fault)) ||
        !setting_read_environment(&settings_table, s, environ, &fault) ||
        !setting_read_arguments(&settings_table, s, c->settings, c->settings_count, &fault) ||
        (c->verb == NULL && !settings_check_serving(s, &fault))) {
        fprintf(stderr, "%s\n", fault.text);
        return false;
    }
    if (reads_database(c->verb) && s->database[0] == '\0') {
        fprintf(stderr, "database: not set; give --config FILE or --database=...\n");
        return false;
    }
    if (!clock_set_zone(s->time_zone)) {
        fprintf(stderr, "time_zone: the TZ database does not hold %s (package tzdata)\n",
                s->time_zone);
        return false;
    }
    return true;
}

static int run(const struct command *c, const struct settings *s)
{
    if (c->verb == NULL)
        return serve(s);
    if (strcmp(c->verb, "--migrate") == 0)
        return migrate(s);
    if (strcmp(c->verb, "--new-operator-key") == 0)
        return new_operator_key(s, c->argument);
    if (strcmp(c->verb, "--replay") == 0)
        return replay(s, c->argument);
    if (strcmp(c->verb, "--verify-log") == 0)
        return verify_log(s);
    if (strcmp(c->verb, "--print-settings") == 0)
        return print_settings(s);
    fprintf(stderr, "unknown: %s\n\n%s", c->verb, usage);
    return EXIT_USAGE;
}

int main(int argc, char **argv)
{
    static struct settings settings;
    struct command c = {0};

    if (!read_arguments(argc, argv, &c)) {
        fputs(usage, stderr);
        return EXIT_USAGE;
    }
    if (c.verb != NULL && strcmp(c.verb, "--help") == 0)
        return print_help();
    if (c.verb != NULL && strcmp(c.verb, "--version") == 0)
        return puts("jianan-server " JIANAN_VERSION) < 0;
    if (c.verb != NULL && strcmp(c.verb, "--print-routes") == 0)
        return print_routes();
    if (c.verb != NULL && strcmp(c.verb, "--new-vault") == 0)
        return outcome(vault_create(c.argument));
    if (c.verb != NULL && strcmp(c.verb, "--new-signing-key") == 0)
        return new_signing_key(c.argument, TOKEN_ES256);
    if (c.verb != NULL && strcmp(c.verb, "--new-sm2-signing-key") == 0)
        return new_signing_key(c.argument, TOKEN_SM2);
    if (c.verb != NULL && strcmp(c.verb, "--public-signing-key") == 0)
        return print_signing_key(c.argument);
    if (!read_settings(&c, &settings))
        return EXIT_USAGE;
    return run(&c, &settings);
}
