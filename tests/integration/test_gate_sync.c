/* jianan-gate's sync on a wire that a test cuts: killed anywhere, what is kept is old or new; cut
 * anywhere, no receipt is lost and none counts twice. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/city.h"
#include "support/gate_program.h"
#include "support/pg_fixture.h"
#include "support/wire.h"

static struct server server;
static struct city city;
static struct gate_program gate;
static struct wire *wire;

static void done(struct http_reply reply)
{
    reply_clear(&reply);
}

static void set_up(void)
{
    fixture_open();
    server_start(&server, NULL);
    city_open(&server, &city);
    city_make_green(&server, &city, city.own.id);
    wire = wire_open(server.port);
    gate_start(&gate, wire_port(wire), city.cast.gate_account.key, NULL);
    gate_wait_is(&gate, "can_decide", true);
}

static void tear_down(void)
{
    gate_stop(&gate);
    wire_close(wire);
    server_stop(&server);
    fixture_close();
}

TestSuite(gate_sync, .init = set_up, .fini = tear_down, .timeout = 280);

/* The gate's log up to now; to be freed. */
static char *gate_log(void)
{
    FILE *file = fopen(say("%s/log", gate.dir), "r");
    char *text = NULL;
    size_t bytes = 0;

    cr_assert(file != NULL && getdelim(&text, &bytes, '\0', file) >= 0);
    fclose(file);
    return text;
}

/* What a whole round of the sync sends over the wire. */
static long bytes_of_a_round(void)
{
    long bytes;

    gate_end(&gate);
    wire_mend(wire);
    gate_start_again(&gate);
    gate_wait_count(&gate, "sync_rounds", 1);
    bytes = wire_bytes(wire);
    gate_end(&gate);
    cr_assert(bytes > 2000, "%ld", bytes);
    return bytes;
}

static void engage_another(unsigned n)
{
    char number[19];

    (void)cast_worker(&server, city.cast.contractor.key, "测试甲", cast_number(number, "19920101", n),
                      city.cast.site, "020");
}

Test(gate_sync, killed_at_any_byte_of_a_sync_it_knows_the_old_or_the_new)
{
    long round = bytes_of_a_round();
    long long rows = 1;
    char *log;

    for (int i = 0; i < 12; i++) {
        long long now;

        engage_another(100u + (unsigned)i); /* the roster changes */
        wire_arm(wire, round * (i * 8 + 3) / 100, WIRE_SILENT);
        gate_start_again(&gate);
        cr_assert(wire_is_cut(wire, 20000), "round %d", i);
        gate_kill(&gate);
        wire_break(wire);
        gate_start_again(&gate); /* alone */
        cr_expect(gate_status_is(&gate, "can_decide"), "round %d", i);
        now = gate_status_int(&gate, "roster_rows");
        cr_expect(now >= rows && now <= 2 + i, "round %d: %lld rows", i, now);
        rows = now;
        gate_end(&gate);
    }
    wire_mend(wire);
    gate_start_again(&gate);
    gate_wait_int(&gate, "roster_rows", 13);
    log = gate_log();
    cr_expect_null(strstr(log, "kept_refused"), "something was kept by half");
    cr_expect_null(strstr(log, "kept_thrown_away"));
    free(log);
}

Test(gate_sync, cut_at_any_byte_no_receipt_is_lost_and_none_counts_twice)
{
    long long scans = 0, passes;

    for (int i = 0; i < 14; i++) {
        /* The first bytes are the question's, the last the answer's. */
        wire_arm(wire, 150 + i * 130, WIRE_CUT);
        for (int k = 0; k < 3; k++, scans++)
            done(gate_scan(&gate, say("x%lld", scans), "out"));
        (void)wire_is_cut(wire, 3000);
    }
    wire_mend(wire);
    gate_wait_int(&gate, "receipts_waiting", 0);
    cr_expect_eq(gate_status_int(&gate, "receipts_refused"), 0);
    passes = fixture_query_int("SELECT count(*) FROM pass WHERE source = 3");
    cr_expect_eq(passes, scans, "%lld passes of %lld scans", passes, scans);
}

Test(gate_sync, a_gate_that_was_switched_off_forgets_what_it_was_entrusted_with)
{
    done(server_must(&server, "PATCH", say("/v1/devices/%lld", city.cast.gate),
                     server.operator_key, "{\"state\":\"disabled\"}"));
    gate_wait_is(&gate, "can_decide", false);
    gate_wait_int(&gate, "roster_rows", 0);
    gate_wait_int(&gate, "server_refused", 403);
}
