/* jianan-gate fits into a small box: 32 MiB with the roster of a site of 5,000, 64 MiB with the lists
 * of a region of 50 million besides. */
#include <criterion/criterion.h>

#include "base/clock.h"
#include "support/code_maker.h"
#include "support/gate_data.h"
#include "support/gate_program.h"

enum { WORKERS = 5000, SCANS = 50, CODE_BYTES = 2048 };

/* The address sanitizer keeps shadows and what was freed: its figures are not the program's. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
enum { IS_MEASURED = 0, LISTS = 4 };
#else
enum { IS_MEASURED = 1, LISTS = 100 };
#endif

static long peak_with(unsigned lists)
{
    struct signer *server = maker_signer(TOKEN_ES256);
    struct gate_program gate;
    char data[80], code[CODE_BYTES];
    long kib;

    cr_assert(clock_set_zone("Asia/Shanghai"));
    gate_start(&gate, 1, "none", NULL); /* no server listens on port 1 */
    gate_end(&gate);
    snprintf(data, sizeof data, "%s/data", gate.dir);
    gate_data_make(data, server, WORKERS, lists);
    gate_start_again(&gate);
    gate_wait_is(&gate, "can_decide", true);
    gate_wait_int(&gate, "lists", lists);
    for (unsigned i = 0; i < SCANS; i++) {
        struct build out = build_over(code, sizeof code);
        struct http_reply reply;

        gate_data_code(server, i, WORKERS, &out);
        reply = gate_scan(&gate, code, "in");
        cr_expect_str_eq(reply_text(&reply, "verdict"), "open", "%s", reply.body);
        reply_clear(&reply);
    }
    kib = gate_peak_kib(&gate);
    gate_stop(&gate);
    signer_close(server);
    return kib;
}

Test(gate_memory, a_sites_roster_fits_into_32_MiB_and_a_regions_lists_into_64, .timeout = 280)
{
    long roster = peak_with(0), lists = peak_with(LISTS);

    if (!IS_MEASURED)
        return;
    cr_expect(roster <= 32 * 1024, "%ld KiB", roster);
    cr_expect(lists <= 64 * 1024, "%ld KiB", lists);
}
