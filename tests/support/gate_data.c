#include "support/gate_data.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/json.h"
#include "clients/gate/book.h"
#include "clients/gate/known.h"

enum { SITE = 12, GATE = 70, POLICY = 7, SLOTS_APART = 131, LIST_BYTES = 1536 * 1024 };

static void must(struct err e, const char *what)
{
    if (err_is(e)) {
        fprintf(stderr, "gate_data: %s: %s %s\n", what, err_row(e.code)->code,
                e.detail != NULL ? e.detail : "");
        abort();
    }
}

static void keep(struct kept *kept, const char *name, struct text body)
{
    time_us now = clock_wall_us();

    must(kept_put(kept, name,
                  &(struct kept_thing){.fetched_at = now, .checked_at = now, .body = body}),
         name);
}

static void keep_site(struct kept *kept)
{
    static char text[2048];
    char now[CLOCK_RFC3339_BYTES];
    struct build out = build_over(text, sizeof text);

    build_format(&out,
                 "{\"now\":\"%s\",\"gate\":{\"id\":%d,\"version\":1,\"direction\":\"both\","
                 "\"zone\":null},\"site\":{\"id\":%d,\"version\":1,\"name\":\"测试工地\",\"region\":"
                 "\"320900\",\"state\":\"open\",\"rule\":{},\"rectification\":[]},\"policy\":"
                 "{\"number\":%d,\"yellow_gate\":\"allow_restricted\",\"pre_shift\":\"off\"}}",
                 clock_format(clock_wall_us(), now).at, GATE, SITE, POLICY);
    keep(kept, KEPT_SITE, build_done(&out));
}

static void keep_trust(struct kept *kept, struct signer *server)
{
    static char text[4096];
    struct build out = build_over(text, sizeof text);
    struct trusted_key key = *signer_key(server);
    struct trust_list trust = {.sequence = 1};

    key.kinds = 1u << TOKEN_LIVE | 1u << TOKEN_BADGE | 1u << TOKEN_ROSTER | 1u << TOKEN_LIST;
    must(trust_list_add(&trust, &key), "a key");
    trust_list_render(&trust, &out);
    keep(kept, KEPT_TRUST, build_done(&out));
    trust_list_clear(&trust);
}

static uint64_t index_of(unsigned n)
{
    return (uint64_t)n * SLOTS_APART;
}

static void keep_roster(struct kept *kept, struct signer *server, unsigned workers, day_t day)
{
    struct roster_row *rows = calloc(workers, sizeof *rows);
    char *bytes = malloc(2 * ROSTER_BYTES_MAX), name[KEPT_NAME_BYTES];
    struct build payload = build_over(bytes, ROSTER_BYTES_MAX);
    struct build out = build_over(bytes + ROSTER_BYTES_MAX, ROSTER_BYTES_MAX);
    int64_t from = clock_day_start(day) / US_PER_SECOND;
    struct roster_head head = {.iat = from, .exp = from + 86400, .seq = 1, .site = SITE,
                               .day = day, .policy = POLICY};

    for (unsigned i = 0; i < workers; i++)
        rows[i] = (struct roster_row){.index = index_of(i), .trade = 20};
    must(roster_sign(server, &head, rows, workers, &payload, &out), "a roster");
    kept_roster_name(name, day);
    keep(kept, name, build_done(&out));
    free(bytes);
    free(rows);
}

/* Half of the slots taken, one worker in twenty not green: what a list of a busy region looks like. */
static void fill(unsigned char *packed, unsigned seed)
{
    uint64_t dice = seed * 2654435761u + 1;

    for (unsigned slot = 0; slot < STATUSLIST_ENTRIES; slot++) {
        unsigned status = STATUS_VALID;

        dice = dice * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        if ((dice >> 33 & 1) != 0 && slot % SLOTS_APART != 0)
            status = STATUS_INVALID;
        else if ((dice >> 40) % 20 == 0 && slot % SLOTS_APART != 0)
            status = STATUS_SPECIFIC;
        statuslist_put(packed, STATUSLIST_BITS, slot, status);
    }
}

static void keep_list(struct kept *kept, struct signer *server, unsigned number, day_t day,
                      unsigned char *packed)
{
    struct civil date = day_to_civil(day);
    char sub[96], name[KEPT_NAME_BYTES];
    int64_t now_s = clock_wall_us() / US_PER_SECOND;
    struct arena arena;
    struct text list;

    snprintf(name, sizeof name, "list/320900/%u/%04d-%02d-%02d", number, date.year, date.month,
             date.day);
    snprintf(sub, sizeof sub, "test/lists%s", name + strlen("list"));
    fill(packed, number);
    arena_init(&arena, LIST_BYTES);
    must(statuslist_issue(server,
                          &(struct statuslist_claims){
                              .sub = text_of(sub), .iat = now_s, .ttl_s = 300,
                              .exp = clock_day_start((day_t)(day + 1)) / US_PER_SECOND},
                          packed, &arena, &list),
         "a list");
    keep(kept, name, list);
    arena_clear(&arena);
}

static void keep_clock(const char *dir)
{
    struct gate_clocks clocks = gate_clocks_now();
    struct gate_time time = {0};
    struct book book;
    bool put_aside;

    must(book_open(&book, dir, &put_aside), "receipts.db");
    gate_time_measure(&time, clocks.wall_us, clocks, clocks);
    must(book_keep_time(&book, &time), "the clock");
    book_close(&book);
}

void gate_data_make(const char *dir, struct signer *server, unsigned workers, unsigned lists)
{
    day_t today = clock_local_day(clock_wall_us());
    unsigned char *packed = malloc(STATUSLIST_PACKED_BYTES);
    struct kept kept;

    must(kept_open(&kept, dir), "kept.db");
    keep_site(&kept);
    keep_trust(&kept, server);
    keep_roster(&kept, server, workers, today);
    keep_roster(&kept, server, workers, (day_t)(today + 1)); /* a measurement may see midnight */
    for (unsigned i = 0; i < lists; i++)
        keep_list(&kept, server, i, today, packed);
    kept_close(&kept);
    free(packed);
    keep_clock(dir);
}

void gate_data_code(struct signer *server, unsigned n, unsigned workers, struct build *out)
{
    int64_t now_s = clock_wall_us() / US_PER_SECOND;
    struct live_claims claims = {.iat = now_s, .exp = now_s + TOKEN_LIVE_S,
                                 .index = index_of(n % workers), .policy = POLICY};

    must(token_issue_live(server, &claims, out, NULL), "a code");
}
