#include "clients/sim/morning.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/arena.h"
#include "base/clock.h"
#include "clients/cli/exit.h"
#include "clients/http/screen.h"
#include "clients/sim/crowd.h"
#include "clients/sim/options.h"
#include "clients/sim/proof.h"
#include "clients/sim/talk.h"
#include "crypto/qr.h"

enum { WATCH_MS = 100, QR_ARENA_BYTES = 256 * 1024 };

/* -- walking ------------------------------------------------------------------------------------------- */

static bool open_gates(struct morning *m)
{
    int32_t epoch = turnstile_epoch();

    for (unsigned g = 0; g < m->gate_count; g++) {
        m->gates[g].id = m->city->gates[g];
        m->gates[g].epoch = epoch;
        m->acknowledged[g] = calloc(SCANS_MAX, 1);
        CHECK_ALLOCATED((const void *)m->acknowledged[g]);
        if (!city_key(m->city, "gate", g + 1, m->gates[g].key))
            return false;
    }
    return true;
}

static void walk(struct morning *m, struct crowd crowds[GATES])
{
    pthread_t threads[GATES];
    struct bar bar = bar_start("进出场 / walking", 2 * (uint64_t)m->people);

    CHECK(pthread_barrier_init(&m->all_in, NULL, m->gate_count) == 0);
    for (unsigned g = 0; g < m->gate_count; g++) {
        crowds[g] = (struct crowd){.morning = m, .gate = g};
        CHECK(pthread_create(&threads[g], NULL, crowd_run, &crowds[g]) == 0);
    }
    for (unsigned g = 0; g < m->gate_count; g++) {
        while (pthread_tryjoin_np(threads[g], NULL) != 0) {
            nanosleep(&(struct timespec){.tv_nsec = WATCH_MS * 1000000L}, NULL);
            bar_move(&bar, atomic_load(&m->walked));
        }
    }
    bar_end(&bar, atomic_load(&m->walked));
    CHECK(pthread_barrier_destroy(&m->all_in) == 0);
}

/* -- telling ------------------------------------------------------------------------------------------- */

static void gather(struct crowd *all, struct crowd *crowds, unsigned count)
{
    for (unsigned g = 0; g < count; g++) {
        tally_add(&all->entries, &crowds[g].entries);
        tally_add(&all->exits, &crowds[g].exits);
        tally_add(&all->tricks, &crowds[g].tricks);
        tally_add(&all->colours, &crowds[g].colours);
        tally_add(&all->recorded, &crowds[g].recorded);
        for (unsigned i = 0; i < SURPRISES; i++)
            all->surprises[i] += crowds[g].surprises[i];
        if (all->green.worker == 0)
            all->green = crowds[g].green;
        if (all->red.worker == 0)
            all->red = crowds[g].red;
    }
}

static void print_part(const char *title, struct tally *tally)
{
    if (tally->kind_count == 0)
        return;
    printf("\n%s\n", title);
    tally_print(tally, stdout);
    if (tally->took_count > 0)
        printf("  %-20s p50 %.1f ms   p99 %.1f ms\n", "",
               (double)tally_quantile(tally, 500) / 1e3, (double)tally_quantile(tally, 990) / 1e3);
}

static unsigned print_surprises(const struct crowd *all)
{
    unsigned sum = 0;

    for (unsigned i = 0; i < SURPRISES; i++) {
        if (all->surprises[i] > 0)
            printf("  ！%s: %u\n", surprise_name(i), all->surprises[i]);
        sum += all->surprises[i];
    }
    return sum;
}

/* In the words of the policy, as the worker himself reads them. */
static void print_red(struct client *client, const struct shown *red)
{
    char path[64];
    json_t *colour;
    const json_t *reason;
    size_t i;

    if (red->worker == 0)
        return;
    snprintf(path, sizeof path, "/v1/workers/%lld/colour", (long long)red->worker);
    colour = talk_read(client, red->key, path);
    printf("\n一名红码工人看到的说明 / what a worker with a red code reads\n");
    json_array_foreach(json_object_get(colour, "reasons"), i, reason) {
        printf("  [%s] %s\n    怎么办：%s\n    找谁：%s\n", json_string_at(reason, "code"),
               json_string_at(reason, "what"), json_string_at(reason, "remedy"),
               json_string_at(reason, "help"));
    }
    json_decref(colour);
}

static void print_qr(struct client *client, const struct shown *green)
{
    struct arena arena;
    struct text lines;
    struct qr qr;
    char path[64];
    json_t *made;

    if (green->worker == 0)
        return;
    snprintf(path, sizeof path, "/v1/workers/%lld/code", (long long)green->worker);
    made = talk_write(client, green->key, path, json_object(), NULL);
    arena_init(&arena, QR_ARENA_BYTES);
    if (made != NULL && !err_is(qr_make(text_of(json_string_at(made, "code")), &arena, &qr)) &&
        !err_is(qr_terminal(&qr, &arena, &lines)))
        printf("\n一名绿码工人手机上的码（60 秒有效） / a green worker's code, valid for 60 s\n"
               "%.*s\n",
               (int)lines.bytes, lines.at);
    arena_clear(&arena);
    json_decref(made);
}

static void print_examples(const struct morning *m, const struct crowd *all)
{
    struct client *client = reach_client(m->reach);

    if (client == NULL)
        return;
    print_red(client, &all->red);
    if (all->green.answer != NULL)
        printf("\n闸机得到的回答 / what a gate is answered\n  %s\n", all->green.answer);
    print_qr(client, &all->green);
    client_free(client);
}

static int tell(struct morning *m, struct crowd *all)
{
    struct proof proof;
    bool proven, calm;

    print_part("进场 / coming in", &all->entries);
    print_part("出场 / leaving", &all->exits);
    print_part("试探 / tricks", &all->tricks);
    print_part("码的颜色 / colours of the codes", &all->colours);
    print_part("通行记录所在 / where passes are recorded", &all->recorded);
    print_examples(m, all);
    printf("\n核对 / proof\n");
    calm = print_surprises(all) == 0;
    proven = proof_of(m, &proof);
    printf("  已确认 %llu 条，找到 %llu 条，缺 %llu 条，重复 %llu 条"
           " / acknowledged, found, missing, twice\n",
           (unsigned long long)proof.acknowledged, (unsigned long long)proof.found,
           (unsigned long long)proof.missing, (unsigned long long)proof.twice);
    printf("  %s\n", calm && proven ? "一切如常 / all is well" : "有异常 / something is wrong");
    return calm && proven ? CLI_DONE : CLI_NEGATIVE;
}

static int run_morning(const struct city *city, const struct sim_options *options)
{
    static struct crowd crowds[GATES], all;
    static struct morning m;
    int status = CLI_INPUT;

    m = (struct morning){.city = city,
                         .reach = &options->reach,
                         .people = options->people < city->worker_count ? options->people
                                                                        : city->worker_count,
                         .gate_count = options->gates};
    if (open_gates(&m)) {
        walk(&m, crowds);
        gather(&all, crowds, m.gate_count);
        status = tell(&m, &all);
    }
    for (unsigned g = 0; g < GATES; g++) {
        struct crowd *c = &crowds[g];
        struct tally *own[] = {&c->entries, &c->exits, &c->tricks, &c->colours, &c->recorded};

        for (size_t i = 0; i < sizeof own / sizeof own[0]; i++)
            tally_clear(own[i]);
        free(c->green.answer);
        free(c->red.answer);
        free((void *)m.acknowledged[g]);
    }
    tally_clear(&all.entries);
    tally_clear(&all.exits);
    return status;
}

int morning_main(int argc, char **argv)
{
    struct sim_options options;
    struct city city;
    bool is_complete;
    int status = sim_options_read(argc, argv, SIM_MORNING, &options);

    if (status != CLI_DONE)
        return status;
    if (!city_open(&city, options.state, 1, 0, &is_complete) || !is_complete) {
        fprintf(stderr, "%s: 请先运行 jianan-sim seed / run jianan-sim seed first\n",
                options.state);
        city_clear(&city);
        return CLI_INPUT;
    }
    status = run_morning(&city, &options);
    city_clear(&city);
    return status;
}
