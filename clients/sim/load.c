#include "clients/sim/load.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/check.h"
#include "base/clock.h"
#include "base/text.h"
#include "clients/cli/exit.h"
#include "clients/http/screen.h"
#include "clients/sim/city.h"
#include "clients/sim/options.h"
#include "clients/sim/tally.h"
#include "clients/sim/turnstile.h"

enum { LINES_MAX = 100000, LINE_BYTES = 1100, CONNECTIONS_MAX = 256, AGAIN_MS = 20 };

struct line {
    int64_t worker;
    char *code; /* NULL: asked by number */
};

struct load {
    const struct sim_options *options;
    struct gate gate;
    struct line *lines;
    unsigned line_count;
    int64_t until_us;
    FILE *out; /* NULL: nowhere */
    pthread_mutex_t writing;
};

struct asker {
    struct load *load;
    unsigned number;
    uint64_t acknowledged, unrecorded, refused, lost;
    struct tally answers;
};

/* -- the lines to ask with -------------------------------------------------------------------------- */

static bool take_line(struct load *load, char *text)
{
    struct text code, number = text_cut(text_of(text), ' ', &code);
    struct line *line = &load->lines[load->line_count];

    if (!text_to_int(text_trim(number), 1, INT64_MAX, &line->worker))
        return false;
    code = text_trim(code.at != NULL ? code : TEXT(""));
    if (code.bytes > 0) {
        line->code = strndup(code.at, code.bytes);
        CHECK_ALLOCATED(line->code);
    }
    load->line_count++;
    return true;
}

static bool read_lines(struct load *load, const char *file)
{
    FILE *in = fopen(file, "r");
    char text[LINE_BYTES];
    bool good = true;

    if (in == NULL) {
        perror(file);
        return false;
    }
    while (good && load->line_count < LINES_MAX && fgets(text, sizeof text, in) != NULL) {
        text[strcspn(text, "\r\n")] = '\0';
        good = text[0] == '\0' || take_line(load, text);
    }
    (void)fclose(in); /* it was only read */
    if (!good || load->line_count == 0)
        fprintf(stderr, "%s: 第 %u 行无效 / line %u cannot be used\n", file, load->line_count + 1,
                load->line_count + 1);
    return good && load->line_count > 0;
}

/* -- asking ------------------------------------------------------------------------------------------- */

/* On disk before it is counted, whatever happens to us next. */
static void write_down(struct load *load, const struct told *told, int64_t worker)
{
    if (load->out == NULL)
        return;
    CHECK(pthread_mutex_lock(&load->writing) == 0);
    fprintf(load->out, "%s\t%lld\t%s\n", told->pass, (long long)worker, told->recorded);
    CHECK(pthread_mutex_unlock(&load->writing) == 0);
}

static void take(struct asker *asker, const struct told *told, int64_t worker)
{
    if (told->end != ANSWER_CAME) {
        asker->lost++;
        nanosleep(&(struct timespec){.tv_nsec = AGAIN_MS * 1000000L}, NULL);
        return;
    }
    if (told->status != 200) {
        char name[TALLY_NAME_BYTES];

        asker->refused++;
        snprintf(name, sizeof name, "HTTP %d", told->status);
        tally_kind(&asker->answers, name);
        return;
    }
    tally_time(&asker->answers, told->took_us);
    tally_kind(&asker->answers, told->verdict);
    if (strcmp(told->recorded, "none") == 0) {
        asker->unrecorded++;
        return;
    }
    asker->acknowledged++;
    write_down(asker->load, told, worker);
}

static void *ask_on(void *arg)
{
    struct asker *asker = arg;
    struct load *load = asker->load;
    struct client *client = reach_client(&load->options->reach);
    unsigned at = asker->number * 7919 % load->line_count; /* not all with the same people */

    while (client != NULL && clock_monotonic_us() < load->until_us) {
        const struct line *line = &load->lines[at];
        struct scan scan = {.code = line->code,
                            .worker = line->worker,
                            .direction = load->options->direction,
                            .seq = turnstile_next(&load->gate)};
        struct told told;

        turnstile_ask(client, &load->gate, &scan, &told);
        free(told.body);
        take(asker, &told, line->worker);
        at = (at + 1) % load->line_count;
    }
    client_free(client);
    return NULL;
}

static int tell(struct asker *askers, unsigned count, int64_t took_us)
{
    struct asker all = {0};

    for (unsigned i = 0; i < count; i++) {
        all.acknowledged += askers[i].acknowledged;
        all.unrecorded += askers[i].unrecorded;
        all.refused += askers[i].refused;
        all.lost += askers[i].lost;
        tally_add(&all.answers, &askers[i].answers);
        tally_clear(&askers[i].answers);
    }
    printf("acknowledged %llu unrecorded %llu refused %llu lost %llu\n",
           (unsigned long long)all.acknowledged, (unsigned long long)all.unrecorded,
           (unsigned long long)all.refused, (unsigned long long)all.lost);
    printf("per_second %.0f p50_ms %.2f p99_ms %.2f\n",
           (double)all.acknowledged * US_PER_SECOND / (double)(took_us > 0 ? took_us : 1),
           (double)tally_quantile(&all.answers, 500) / 1e3,
           (double)tally_quantile(&all.answers, 990) / 1e3);
    tally_print(&all.answers, stdout);
    tally_clear(&all.answers);
    return all.acknowledged > 0 ? CLI_DONE : CLI_UNREACHABLE;
}

static int run(struct load *load)
{
    static struct asker askers[CONNECTIONS_MAX];
    pthread_t threads[CONNECTIONS_MAX];
    unsigned count = load->options->connections;
    int64_t started_us = clock_monotonic_us();

    load->until_us = started_us + (int64_t)load->options->seconds * US_PER_SECOND;
    for (unsigned i = 0; i < count; i++) {
        askers[i] = (struct asker){.load = load, .number = i};
        CHECK(pthread_create(&threads[i], NULL, ask_on, &askers[i]) == 0);
    }
    for (unsigned i = 0; i < count; i++)
        CHECK(pthread_join(threads[i], NULL) == 0);
    return tell(askers, count, clock_monotonic_us() - started_us);
}

static bool open_out(struct load *load, const char *file)
{
    if (file == NULL)
        return true;
    load->out = fopen(file, "a");
    if (load->out == NULL) {
        perror(file);
        return false;
    }
    CHECK(setvbuf(load->out, NULL, _IOLBF, 64 * 1024) == 0); /* whole lines, as they come */
    return true;
}

int load_main(int argc, char **argv)
{
    static struct load load = {.writing = PTHREAD_MUTEX_INITIALIZER};
    static struct sim_options options;
    int status = sim_options_read(argc, argv, SIM_LOAD, &options);

    if (status != CLI_DONE)
        return status;
    if (!server_is_here(options.reach.server)) {
        fputs("load 只压测本机 / load is for this machine only: --server https://localhost:…\n",
              stderr);
        return CLI_USAGE;
    }
    load.options = &options;
    load.gate.epoch = turnstile_epoch();
    load.lines = calloc(LINES_MAX + 1, sizeof *load.lines);
    CHECK_ALLOCATED(load.lines);
    status = CLI_INPUT;
    if (reach_key(&options.reach) && read_lines(&load, options.codes) &&
        open_out(&load, options.out)) {
        memcpy(load.gate.key, options.reach.key, sizeof load.gate.key);
        status = run(&load);
    }
    if (load.out != NULL && fclose(load.out) != 0) {
        perror(options.out);
        status = CLI_INPUT;
    }
    for (unsigned i = 0; i < load.line_count; i++)
        free(load.lines[i].code);
    free(load.lines);
    return status;
}

int codes_main(int argc, char **argv)
{
    struct sim_options options;
    struct city city;
    bool is_complete;
    int status = sim_options_read(argc, argv, SIM_CODES, &options);

    if (status != CLI_DONE)
        return status;
    if (!city_open(&city, options.state, 1, 0, &is_complete) || !is_complete)
        status = CLI_INPUT;
    for (unsigned i = 0; i < city.worker_count && status == CLI_DONE; i++)
        printf("%lld\n", (long long)city.workers[i].id);
    city_clear(&city);
    return status;
}
