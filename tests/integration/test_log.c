/* The log over the real server: everything that is kept is sealed, and whatever is changed behind
 * its back afterwards is found, with its place. */
#include <criterion/criterion.h>
#include <libpq-fe.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "support/city.h"
#include "support/log_checker.h"
#include "support/pg_fixture.h"

static struct server server;
static struct cast cast;
static long long worker;

/* The same code in the same direction would be the same pass. */
static void pass_through(int seq)
{
    struct http_reply code = server_must(&server, "POST", say("/v1/workers/%lld/code", worker),
                                         cast.contractor.key, "{}");
    struct http_reply reply =
        server_must(&server, "POST", "/v1/gate/check", cast.gate_account.key,
                    say("{\"code\":\"%s\",\"direction\":\"%s\",\"at\":\"%s\",\"epoch\":1,\"seq\":%d}",
                        reply_text(&code, "code"), seq % 2 == 0 ? "out" : "in", city_now(), seq));

    cr_assert_str_eq(reply_text(&reply, "recorded"), "db");
    reply_clear(&code);
    reply_clear(&reply);
}

/* Something of each kind that is sealed. A badge is issued by its row. */
static void make_world(void)
{
    char number[19];

    cast_open(&server, &cast);
    worker = cast_worker(&server, cast.contractor.key, "周敏", cast_number(number, "19900101", 1),
                         cast.site, "020");
    for (int seq = 1; seq <= 4; seq++) {
        if (seq == 3)
            nanosleep(&(struct timespec){1, 100000000}, NULL); /* another second, another code */
        pass_through(seq);
    }
    fixture_exec(say("INSERT INTO slot (index, worker_id, badge) VALUES (77, %lld, 1);"
                     " INSERT INTO badge (worker_id, number, index, org_id, account_id, issued_at, expires_at)"
                     " VALUES (%lld, 1, 77, 1, 1, '2026-01-01', '2029-01-01');"
                     " INSERT INTO badge_void (worker_id, number, reason, account_id) VALUES (%lld, 1, 'lost', 1)",
                     worker, worker, worker));
    fixture_exec("INSERT INTO trust_list (sequence, signed, root, kids, issued_at, expires_at, account_id)"
                 " VALUES (1, '\\xd284', '\\x01020304', '{}', '2026-01-01', '2026-02-01', 1)");
    log_wait_sealed();
}

static void set_up(void)
{
    fixture_open();
    server_start(&server, (const char *[]){"--seal_s=1", NULL});
    make_world();
}

static void tear_down(void)
{
    if (server.pid == 0)
        server_start_again(&server); /* its folder goes when it ends well */
    server_stop(&server);
    fixture_close();
}

TestSuite(log, .init = set_up, .fini = tear_down, .timeout = 200);

static void expect_well(const char *when)
{
    struct log_checked found = log_check(&server);

    cr_expect_eq(found.status, 0, "%s: %s", when, found.said);
    cr_expect_eq(found.findings, 0, "%s: %s", when, found.said);
    cr_expect_eq(found.other_keys, 0);
}

Test(log, everything_that_is_kept_is_sealed_and_holds)
{
    static const char *const kept[] = {
        "SELECT count(*) FROM record",     "SELECT count(*) FROM audit",
        "SELECT count(*) FROM policy",     "SELECT count(*) FROM badge",
        "SELECT count(*) FROM pass_batch", "SELECT count(*) FROM org",
        "SELECT count(*) FROM site",       "SELECT count(*) FROM device",
        "SELECT count(*) FROM account",    "SELECT count(*) FROM badge_void",
        "SELECT count(*) FROM signing_key", "SELECT count(*) FROM trust_list",
    };
    struct log_checked found;
    long long rows = 0;

    server_kill(&server);
    for (unsigned i = 0; i < sizeof kept / sizeof *kept; i++) {
        int64_t count = fixture_query_int(kept[i]);

        cr_expect_gt(count, 0, "%s", kept[i]);
        rows += count;
    }
    found = log_check(&server);
    cr_expect_eq(found.status, 0, "%s", found.said);
    cr_expect_eq(found.leaves, rows);
    cr_expect_eq(found.leaves, fixture_query_int("SELECT size FROM log_head ORDER BY sequence DESC LIMIT 1"));
    cr_expect_eq(found.heads, fixture_query_int("SELECT count(*) FROM log_head"));
}

/* -- M1: whatever a hand in the database changes ------------------------------------------------- */

#define AUDIT_OF(n)  "(SELECT id FROM audit ORDER BY id OFFSET " #n " LIMIT 1)"
#define BADGE_LEAF   "SELECT index FROM log_leaf WHERE kind = 5"
#define LEAF_OF(kind, subject) "SELECT index FROM log_leaf WHERE kind = " #kind " AND subject = " subject

static const struct {
    const char *name, *table; /* restored afterwards */
    const char *place;        /* asked before: the leaf that must be named; NULL: none has one */
    const char *change;
    const char *finding;
} hands[] = {
    {"an audit row is edited", "audit", LEAF_OF(2, AUDIT_OF(3)),
     "UPDATE audit SET account_id = 4711 WHERE id = " AUDIT_OF(3), "row_changed"},
    {"an audit row's time is moved", "audit", LEAF_OF(2, AUDIT_OF(3)),
     "UPDATE audit SET at = at + interval '1 microsecond' WHERE id = " AUDIT_OF(3), "row_changed"},
    {"an audit row is deleted", "audit", LEAF_OF(2, AUDIT_OF(2)),
     "DELETE FROM audit WHERE id = " AUDIT_OF(2), "row_missing"},
    {"two audit rows change places", "audit", LEAF_OF(2, AUDIT_OF(1)),
     "UPDATE audit a SET at = b.at, account_id = b.account_id, action = b.action, worker_id = b.worker_id,"
     " worker_ids = b.worker_ids, detail = b.detail, request_id = b.request_id FROM audit b WHERE"
     " (a.id = " AUDIT_OF(1) " AND b.id = " AUDIT_OF(4) ") OR (a.id = " AUDIT_OF(4) " AND b.id = " AUDIT_OF(1) ")",
     "row_changed"},
    {"an audit row is inserted past the triggers", "audit", NULL,
     "SET session_replication_role = replica; INSERT INTO audit (account_id, action, request_id) VALUES (1, 'x', 1)",
     "row_unsealed"},
    {"a record's body is edited", "record", "SELECT min(index) FROM log_leaf WHERE kind = 1",
     "UPDATE record r SET body = body || '{\"x\":1}' FROM log_leaf l WHERE l.kind = 1 AND r.worker_id = l.subject"
     " AND r.version = l.number AND l.index = (SELECT min(index) FROM log_leaf WHERE kind = 1)", "row_changed"},
    {"a record is deleted", "record", "SELECT max(index) FROM log_leaf WHERE kind = 1",
     "DELETE FROM record r USING log_leaf l WHERE l.kind = 1 AND r.worker_id = l.subject"
     " AND r.version = l.number AND l.index = (SELECT max(index) FROM log_leaf WHERE kind = 1)", "row_missing"},
    {"a policy's document is edited", "policy", LEAF_OF(3, "1"),
     "UPDATE policy SET document = document || '{\"x\":1}' WHERE number = 1", "row_changed"},
    {"a policy's state is edited", "policy", LEAF_OF(3, "1"),
     "UPDATE policy SET state = 'draft' WHERE number = 1", "row_changed"},
    {"a firm's permit is edited", "org", LEAF_OF(8, "1"),
     "UPDATE org SET permit_state = 'valid' WHERE id = 1", "row_changed"},
    {"a site's rule is edited", "site", LEAF_OF(9, "1"),
     "UPDATE site SET rule = rule || '{\"offline_hours\": 999}' WHERE id = 1 AND version = 1", "row_changed"},
    {"a gate is edited", "device", LEAF_OF(10, "1"),
     "UPDATE device SET site_id = 2 WHERE id = 1", "row_changed"},
    {"an account gets another key", "account", LEAF_OF(11, "2"),
     "UPDATE account SET key_hash = sha256('x') WHERE id = 2", "row_changed"},
    {"a badge's issue disappears", "badge", BADGE_LEAF,
     "SET session_replication_role = replica; DELETE FROM badge WHERE index = 77", "row_missing"},
    {"a badge gets a longer life", "badge", BADGE_LEAF,
     "UPDATE badge SET expires_at = '2039-01-01' WHERE index = 77", "row_changed"},
    {"a badge is moved to somebody else", "slot", BADGE_LEAF,
     "UPDATE slot SET worker_id = 999 WHERE index = 77", "row_changed"},
    {"a key is let sign more", "signing_key", LEAF_OF(4, "1"),
     "UPDATE signing_key SET kinds = 64", "row_changed"},
    {"a key's removal is undone", "signing_key", LEAF_OF(4, "1"), "DELETE FROM signing_key", "row_missing"},
    {"a list of keys is exchanged", "trust_list", LEAF_OF(13, "1"),
     "UPDATE trust_list SET signed = '\\xd285'", "row_changed"},
    {"a void badge comes to life", "badge_void", "SELECT index FROM log_leaf WHERE kind = 12",
     "DELETE FROM badge_void", "row_missing"},
    {"a pass is edited", "pass", LEAF_OF(6, "(SELECT batch_id FROM pass WHERE seq = 2)"),
     "UPDATE pass SET verdict = 1, why = 0 WHERE seq = 2", "row_changed"},
    {"a pass is deleted", "pass", LEAF_OF(6, "(SELECT batch_id FROM pass WHERE seq = 3)"),
     "DELETE FROM pass WHERE seq = 3", "row_changed"},
    {"a pass is added to a sealed batch", "pass", LEAF_OF(6, "(SELECT batch_id FROM pass WHERE seq = 3)"),
     "CREATE TEMP TABLE one AS SELECT * FROM pass WHERE seq = 3; UPDATE one SET seq = 99;"
     " INSERT INTO pass SELECT * FROM one", "row_changed"},
    {"a batch is deleted", "pass_batch", "SELECT min(index) FROM log_leaf WHERE kind = 6",
     "DELETE FROM pass_batch WHERE id = (SELECT subject FROM log_leaf WHERE kind = 6 ORDER BY index LIMIT 1)",
     "row_missing"},
    {"a leaf is deleted", "log_leaf", "SELECT 9::bigint", "DELETE FROM log_leaf WHERE index = 9", "leaf_missing"},
    {"a leaf and its row are deleted", "log_leaf", "SELECT 20::bigint",
     "DELETE FROM log_leaf WHERE index = 20", "leaf_missing"},
    {"two leaves change places", "log_leaf", "SELECT 0::bigint", /* the subtree of 16 is named */
     "CREATE TEMP TABLE two AS SELECT * FROM log_leaf WHERE index IN (3, 5); DELETE FROM log_leaf WHERE index IN (3, 5);"
     " INSERT INTO log_leaf SELECT 8 - index, kind, subject, number, salt, commitment FROM two", "node_changed"},
    {"a stored hash is edited", "log_node", "SELECT 16::bigint",
     "UPDATE log_node SET hash = sha256('x') WHERE level = 4 AND index = 1", "node_changed"},
    {"a head is deleted", "log_head", NULL,
     "DELETE FROM log_head WHERE sequence = 2", "head_order"},
    {"a head's root is edited", "log_head", NULL,
     "UPDATE log_head SET root = sha256('x') WHERE sequence = 2", "head_signature"},
    {"a head's signature is edited", "log_head", NULL,
     "UPDATE log_head SET signed = set_byte(signed, length(signed) - 1, get_byte(signed, length(signed) - 1) # 1)"
     " WHERE sequence = 2", "head_signature"},
    {"the newest heads are deleted", "log_head", NULL,
     "DELETE FROM log_head WHERE size = (SELECT max(size) FROM log_head)", "head_missing"},
};

static void keep(const char *table)
{
    fixture_exec(say("CREATE TABLE kept AS SELECT * FROM %s", table));
}

static void restore(const char *table)
{
    fixture_exec(say("SET session_replication_role = replica; DELETE FROM %s;"
                     " INSERT INTO %s OVERRIDING SYSTEM VALUE SELECT * FROM kept; DROP TABLE kept",
                     table, table));
}

Test(log, whatever_a_hand_in_the_database_changes_is_found_with_its_place)
{
    server_kill(&server);
    expect_well("before");
    for (unsigned i = 0; i < sizeof hands / sizeof *hands; i++) {
        int64_t place = hands[i].place != NULL ? fixture_query_int(hands[i].place) : -1;
        struct log_checked found;

        keep(hands[i].table);
        fixture_exec(hands[i].change);
        found = log_check(&server);
        restore(hands[i].table);
        cr_expect_eq(found.status, 1, "%s", hands[i].name);
        cr_expect_not_null(strstr(found.said, say("\"%s\"", hands[i].finding)), "%s: %s", hands[i].name,
                           found.said);
        if (place >= 0)
            cr_expect_eq(found.first_bad, place, "%s: %lld, not %lld\n%s", hands[i].name,
                         found.first_bad, (long long)place, found.said);
    }
    expect_well("after");
}

/* He knows the log, and makes leaf and salt fit the row he changed: only the root gives him away. */
Test(log, who_mends_the_leaf_as_well_is_given_away_by_the_root)
{
    struct log_checked found;
    int64_t place;

    server_kill(&server);
    place = fixture_query_int("SELECT index FROM log_leaf WHERE kind = 12");
    fixture_exec("UPDATE badge_void SET reason = 'other'");
    fixture_exec("UPDATE log_leaf SET commitment = sha256(salt || convert_to("
                 "(SELECT jsonb_build_array(1, worker_id, number, reason, account_id,"
                 " (extract(epoch FROM at) * 1000000)::bigint)::text FROM badge_void), 'UTF8')) WHERE kind = 12");
    found = log_check(&server);
    cr_expect_eq(found.status, 1);
    cr_expect_null(strstr(found.said, "row_changed"), "the leaf was mended badly: %s", found.said);
    cr_expect(strstr(found.said, "head_root") != NULL || strstr(found.said, "node_changed") != NULL,
              "%s", found.said);
    cr_expect_leq(found.first_bad, place);
}

/* -- what commits late ------------------------------------------------------------------------------ */

static void wait_a_little(void)
{
    nanosleep(&(struct timespec){2, 500000000}, NULL); /* two rounds of the sealer and more */
}

Test(log, a_row_that_commits_late_is_sealed_late_and_not_missed)
{
    PGconn *slow = PQconnectdb(fixture_conninfo(FIXTURE_APP));
    int64_t id;

    PQclear(PQexec(slow, "BEGIN"));
    PQclear(PQexec(slow, "INSERT INTO audit (account_id, action, request_id) VALUES (1, 'slow.deed', 1)"));
    pass_through(10); /* rows with later numbers commit and are sealed first */
    log_wait_sealed();
    wait_a_little();
    PQclear(PQexec(slow, "COMMIT"));
    PQfinish(slow);
    log_wait_sealed();
    id = fixture_query_int("SELECT id FROM audit WHERE action = 'slow.deed'");
    cr_expect_eq(fixture_query_int(say("SELECT count(*) FROM log_leaf WHERE kind = 2 AND subject = %lld",
                                       (long long)id)), 1);
    cr_expect_gt(fixture_query_int(say("SELECT (SELECT index FROM log_leaf WHERE kind = 2 AND subject = %lld)"
                                       " - (SELECT index FROM log_leaf WHERE kind = 6 ORDER BY index DESC LIMIT 1)",
                                       (long long)id)), 0);
    expect_well("with a late row");
}

Test(log, a_row_that_is_written_into_the_past_is_told_apart)
{
    struct log_checked found;

    fixture_exec("INSERT INTO audit (at, account_id, action, request_id)"
                 " VALUES (clock_timestamp() - interval '1 hour', 1, 'forged.deed', 1)");
    log_wait_sealed();
    found = log_check(&server);
    cr_expect_eq(found.status, 1);
    cr_expect_not_null(strstr(found.said, "row_late"), "%s", found.said);
    cr_expect_eq(found.first_bad,
                 fixture_query_int("SELECT l.index FROM log_leaf l JOIN audit a ON l.kind = 2 AND l.subject = a.id"
                                   " WHERE a.action = 'forged.deed'"));
}

/* -- a server that goes on --------------------------------------------------------------------------- */

static bool metric_is(const char *line)
{
    struct http_reply reply = server_must(&server, "GET", "/metrics", NULL, NULL);
    bool is = strstr(reply.body, line) != NULL;

    reply_clear(&reply);
    return is;
}

static void wait_for_metric(const char *line)
{
    for (int i = 0; i < 1000 && !metric_is(line); i++)
        nanosleep(&(struct timespec){0, 20000000}, NULL);
    cr_assert(metric_is(line), "%s", line);
}

Test(log, another_server_takes_over_and_goes_on_from_what_is_stored)
{
    int64_t size = fixture_query_int("SELECT max(size) FROM log_head");

    server_kill(&server);
    server_start_again(&server);
    pass_through(20);
    log_wait_sealed();
    cr_expect_gt(fixture_query_int("SELECT max(size) FROM log_head"), size);
    cr_expect(metric_is("jianan_log_broken 0\n"));
    expect_well("after another server");
}

Test(log, a_server_does_not_seal_on_top_of_a_damaged_log)
{
    int64_t sequence;

    server_kill(&server);
    fixture_exec("UPDATE log_node SET hash = sha256('x') WHERE level = 4 AND index = 0");
    fixture_exec("DELETE FROM log_node WHERE level > 4");
    sequence = fixture_query_int("SELECT max(sequence) FROM log_head");
    server_start_again(&server);
    wait_for_metric("jianan_log_broken 1\n");
    pass_through(30); /* and gates go on */
    cr_expect_eq(fixture_query_int("SELECT max(sequence) FROM log_head"), sequence);
    cr_expect_gt(fixture_query_int("SELECT count(*) FROM log_pending"), 0);
}
