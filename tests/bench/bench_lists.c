/* What a status list costs: 2^20 workers judged, packed, compressed and signed, beside zlib alone over
 * the same bytes in the same run. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <zlib.h>

#include "base/clock.h"
#include "crypto/signer.h"
#include "crypto/statuslist.h"
#include "register/listing.h"
#include "register/registry_write.h"
#include "support/cases.h"
#include "support/workforce.h"

enum { WORKERS = 1 << 19, DAY_S = 86400 }; /* a list is half full */

static int64_t begun;

static double ms(void)
{
    int64_t now = clock_monotonic_us(), took = now - begun;

    begun = now;
    return (double)took / 1000;
}

static void fill(struct workforce *w)
{
    static const char *const lives[] = {
        "[{\"kind\":\"identity\",\"occurred_on\":\"2024-01-01\",\"recorded_at\":\"2024-01-01T08:00:00+08:00\","
        "\"birth_date\":\"1980-05-01\",\"sex\":\"M\"}]",
        "[{\"kind\":\"identity\",\"occurred_on\":\"2024-01-01\",\"recorded_at\":\"2024-01-01T08:00:00+08:00\","
        "\"birth_date\":\"1950-05-01\",\"sex\":\"M\"}]"};
    struct engaged at = engaged_at(1, 11, 30);

    for (int64_t id = 1; id <= WORKERS; id++) {
        uint64_t slot = (uint64_t)id * 2654435761u % LISTING_SLOTS;

        if (id <= 2)
            workforce_add(w, id, lives[id - 1], &at, 1);
        registry_write_slot(w->registry, slot, slot_value(id, false, false));
    }
    for (int64_t first = 0; first <= WORKERS; first += 512) { /* blocks of copies of the two */
        struct worker_view views[512], like[2];
        size_t count = 0;

        registry_enter(w->reader);
        bool both = registry_worker(w->reader, 1, &like[0]) && registry_worker(w->reader, 2, &like[1]);
        CHECK(both);
        for (int64_t id = first > 0 ? first : 3; id < first + 512 && id <= WORKERS; id++) {
            views[count] = like[id % 11 == 0];
            views[count++].worker_id = id;
        }
        registry_leave(w->reader);
        if (count > 0)
            registry_write_workers(w->registry, views, count);
    }
}

static struct signer *new_signer(void)
{
    char folder[] = "/tmp/jianan-bench-XXXXXX", path[64];
    struct signer *signer;

    CHECK(mkdtemp(folder) != NULL);
    CHECK(snprintf(path, sizeof path, "%s/key", folder) > 0);
    CHECK(!err_is(signer_create_file(path, TOKEN_ES256)));
    CHECK(!err_is(signer_open_file(path, &signer)));
    CHECK(unlink(path) == 0 && rmdir(folder) == 0);
    return signer;
}

int main(void)
{
    static unsigned char packed[LISTING_BYTES], out[2 * LISTING_BYTES];
    struct workforce w = workforce_new();
    struct signer *signer = new_signer();
    uLongf bytes = sizeof out;
    struct listing *l;
    struct arena arena;
    struct text list;
    double judged, slots, signing, alone;

    fill(&w);
    arena_init(&arena, 4 << 20);
    l = listing_new(w.registry, TEXT("32"), 2, on_day("2026-11-22"));
    begun = clock_monotonic_us();
    CHECK(survey_run(w.reader, listing_survey(l), NULL));
    judged = ms();
    CHECK(listing_pack(l, 0, packed));
    slots = ms();
    CHECK(!err_is(statuslist_issue(signer,
                                   &(struct statuslist_claims){TEXT("x/lists/32/0/2026-11-22"), 1,
                                                               DAY_S, 300},
                                   packed, &arena, &list)));
    signing = ms();
    CHECK(compress2(out, &bytes, packed, sizeof packed, 6) == Z_OK);
    alone = ms();
    printf("%d workers: judged %.0f ms (%.0f ms a million), 2^20 slots packed %.1f ms, zlib and ES256 "
           "%.1f ms, zlib-6 alone %.1f ms; %zu bytes%s\n",
           WORKERS, judged, judged * 1e6 / WORKERS, slots, signing, alone, list.bytes,
           listing_is_whole(l) ? "" : " (another policy)");
    listing_free(l);
    signer_close(signer);
    arena_clear(&arena);
    workforce_free(&w);
    return 0;
}
