/* gate_city: what gate_check.sh needs: people, sites and gates for a fresh database; codes; questions.
 *
 *     gate_city sql WORKERS SITES      a script for psql (as the superuser): one firm, SITES sites with a
 *                                      gate each, WORKERS people who work on all of them
 *     gate_city codes WORKERS COUNT PEM
 *                                      live codes by the server's own signing key: "worker code"; of
 *                                      somebody's several, each was made a second before the last
 *     gate_city ask code|number SITE in|out EPOCH SEQ < codes
 *                                      a question a line, as gate_load takes them
 *
 * Everything here is made up, keys included: nothing of it must ever stand in a database in use. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "bench/people.h"
#include "crypto/seal.h"
#include "crypto/token.h"
#include "domain/facts_pack.h"

enum { CODE_SECONDS_MAX = 25, LINE_BYTES = 1200, ARENA_BYTES = 1024 * 1024, KEY_BYTES = 80 };

static const char *gate_key(unsigned site, char into[KEY_BYTES])
{
    CHECK(snprintf(into, KEY_BYTES, "jk_%012x_%040x", site, site) < KEY_BYTES);
    return into;
}

/* -- the database ------------------------------------------------------------------------------------ */

static void print_hex(const unsigned char *at, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++)
        printf("%02x", at[i]);
}

static void print_site(unsigned site)
{
    unsigned char hash[32];
    char key[KEY_BYTES];

    printf("INSERT INTO site (id, version, name, region, org_id, rule, account_id)"
           " VALUES (%u, 1, 'site %u', '320900', 1, '{}', 0);\n"
           "INSERT INTO device (id, version, site_id, name, direction, account_id)"
           " VALUES (%u, 1, %u, 'gate %u', 'both', 0);\n",
           site, site, site, site, site);
    sha256(text_of(gate_key(site, key)), hash);
    printf("INSERT INTO account (id, version, role, device_id, label, key_prefix, key_hash,"
           " account_id) VALUES (%u, 1, 'gate', %u, 'gate %u', '%012x', '\\x",
           site + 1000, site, site, site);
    print_hex(hash, sizeof hash);
    puts("', 0);");
}

static void print_facts(unsigned workers, unsigned sites, day_t today)
{
    puts("COPY facts (worker_id, version, packed) FROM stdin;");
    for (unsigned i = 0; i < workers; i++) {
        unsigned char packed[1024];
        struct bench_worker worker;
        struct arena arena;

        arena_init(&arena, ARENA_BYTES);
        bench_worker_make(&worker, i, today, sites, &arena);
        CHECK(facts_pack_bytes(&worker.facts) <= sizeof packed);
        printf("%u\t%u\t\\\\x", i + 1, worker.facts.version);
        print_hex(packed, facts_pack(&worker.facts, packed));
        putchar('\n');
        arena_clear(&arena);
    }
    puts("\\.");
}

static void print_engagements(unsigned workers, unsigned sites, day_t today)
{
    puts(
        "COPY engagement (worker_id, version, org_id, site_id, trade, role, from_day) FROM stdin;");
    for (unsigned i = 0; i < workers; i++) {
        struct bench_worker worker;
        struct arena arena;

        arena_init(&arena, ARENA_BYTES);
        bench_worker_make(&worker, i, today, 1, &arena);
        for (unsigned site = 1; site <= sites; site++)
            printf("%u\t%u\t1\t%u\t%u\t%u\t2026-01-01\n", i + 1, site, site, worker.context.trade,
                   worker.context.role);
        arena_clear(&arena);
    }
    puts("\\.");
}

static int print_sql(unsigned workers, unsigned sites)
{
    day_t today = clock_local_day(clock_wall_us());

    puts("\\set ON_ERROR_STOP on\nBEGIN;\n"
         "INSERT INTO org (id, version, kind, name, region, permit_state, account_id)"
         " VALUES (1, 1, 'contractor', 'firm 1', '320900', 'valid', 0);");
    for (unsigned site = 1; site <= sites; site++)
        print_site(site);
    printf("INSERT INTO person (worker_id, document_type, document_hmac, name_hmac, name_masked,"
           " sealed) SELECT w, 1, sha256(w::text::bytea), sha256('n'::bytea), '张*', '\\x00'"
           " FROM generate_series(1, %u) AS w;\n"
           "INSERT INTO slot (index, worker_id) SELECT w, w FROM generate_series(1, %u) AS w;\n",
           workers, workers);
    print_facts(workers, sites, today);
    print_engagements(workers, sites, today);
    puts("COMMIT;\nANALYZE;");
    return 0;
}

/* -- codes and questions ----------------------------------------------------------------------------- */

static int print_codes(unsigned workers, unsigned count, const char *pem)
{
    int64_t now_s = clock_wall_us() / US_PER_SECOND;
    struct signer *signer;
    struct err e = signer_open_file(pem, &signer);

    if (err_is(e) || count > workers * CODE_SECONDS_MAX) {
        fprintf(stderr, "gate_city: %s\n", err_is(e) ? pem : "too many codes for so few people");
        return 1;
    }
    for (unsigned i = 0; i < count && !err_is(e); i++) {
        char code[TOKEN_TEXT_MAX];
        struct build out = build_over(code, sizeof code);
        int64_t iat = now_s - i / workers;
        struct live_claims claims = {
            .iat = iat, .exp = iat + TOKEN_LIVE_S, .index = 1 + i % workers, .policy = 1};

        e = token_issue_live(signer, &claims, &out, NULL);
        printf("%u %.*s\n", 1 + i % workers, (int)out.bytes, code);
    }
    signer_close(signer);
    return err_is(e) ? 1 : 0;
}

static int print_questions(bool by_code, unsigned site, const char *direction, unsigned epoch,
                           unsigned long seq)
{
    char line[LINE_BYTES], key[KEY_BYTES], at[CLOCK_RFC3339_BYTES];

    gate_key(site, key);
    while (fgets(line, sizeof line, stdin) != NULL) {
        struct text code, number = text_cut(text_trim(text_of(line)), ' ', &code);
        struct text said = by_code ? code : number;
        struct text now = clock_format(clock_wall_us(), at);

        printf("%s\t{\"%s\":\"%.*s\",\"direction\":\"%s\",\"at\":\"%.*s\",\"epoch\":%u,"
               "\"seq\":%lu}\n",
               key, by_code ? "code" : "worker_no", (int)said.bytes, said.at, direction,
               (int)now.bytes, now.at, epoch, seq++);
    }
    return 0;
}

static unsigned number(const char *text)
{
    return (unsigned)strtoul(text, NULL, 10);
}

int main(int argc, char **argv)
{
    if (!clock_set_zone("Asia/Shanghai"))
        return 1;
    if (argc == 4 && strcmp(argv[1], "sql") == 0)
        return print_sql(number(argv[2]), number(argv[3]));
    if (argc == 5 && strcmp(argv[1], "codes") == 0)
        return print_codes(number(argv[2]), number(argv[3]), argv[4]);
    if (argc == 7 && strcmp(argv[1], "ask") == 0)
        return print_questions(strcmp(argv[2], "code") == 0, number(argv[3]), argv[4],
                               number(argv[5]), strtoul(argv[6], NULL, 10));
    fprintf(stderr, "gate_city sql | codes | ask: see the head of gate_city.c\n");
    return 2;
}
