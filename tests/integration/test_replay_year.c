/* A year in small: people, sites, firms, gates and policies change from day to day, gates decide by
 * what is there on each day, and all of it goes into PostgreSQL. Then the past is corrected at
 * random, and `jianan-server --replay` makes every answer of the year again.
 *
 * The deciding side holds everything in memory, as a register would; the replaying side has the
 * database only. SEED=n replays a run. */
#include <criterion/criterion.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "domain/engine.h"
#include "store/passes.h"
#include "support/cases.h"
#include "support/pg_fixture.h"
#include "support/replayer.h"

enum {
    DAYS = 365, WORKERS = 24, SITES = 4, GATES = 8, FIRMS = 3, RECORDS_MAX = 200, CHECKS_A_DAY = 3,
    LAST_DAYS_OFF = 2 /* the year ends before today */
};

/* -- chance ------------------------------------------------------------------------------------- */

static uint64_t state;

/* splitmix64 */
static unsigned below(unsigned n)
{
    uint64_t z = (state += 0x9E3779B97F4A7C15u);

    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
    z = (z ^ z >> 27) * 0x94D049BB133111EBu;
    return (unsigned)((z ^ z >> 31) % n);
}

static bool once_in(unsigned n)
{
    return below(n) == 0;
}

#define ONE_OF(list) ((list)[below(sizeof(list) / sizeof *(list))])

/* -- the city, as a register would hold it ---------------------------------------------------------- */

struct person {
    struct record records[RECORDS_MAX];
    size_t count;
};

static struct {
    struct arena arena;
    struct person people[WORKERS + 1]; /* ids from 1 */
    struct site sites[SITES + 1];
    int64_t rectification[SITES + 1][4];
    struct org firms[FIRMS + 1];
    struct device gates[GATES + 1];
    const struct policy_document *policies[2]; /* of the sites' regions */
    day_t today;
    FILE *sql; /* what becomes of it in the database */
    char *sql_text;
    size_t sql_bytes;
    struct pass passes[DAYS * CHECKS_A_DAY];
    size_t pass_count;
} city;

static const char *date(day_t day)
{
    static char texts[4][DAY_TEXT_BYTES];
    static unsigned turn;

    return day_format(day, texts[turn++ % 4]).at;
}

static void sql(const char *format, ...) __attribute__((format(printf, 1, 2)));
static void sql(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    vfprintf(city.sql, format, args);
    va_end(args);
    fputs(";\n", city.sql);
}

static void flush_sql(void)
{
    fclose(city.sql);
    fixture_exec(city.sql_text);
    free(city.sql_text);
    city.sql = open_memstream(&city.sql_text, &city.sql_bytes);
}

/* -- people ------------------------------------------------------------------------------------- */

static void add_record(unsigned who, enum record_kind kind, const char *body)
{
    struct person *p = &city.people[who];
    struct record *r = &p->records[p->count];
    struct err e;
    json_t *json;

    cr_assert(p->count < RECORDS_MAX);
    cr_assert(!err_is(json_read(text_of(body), &json)), "%s", body);
    e = record_parse_body(kind, json, NULL, &city.arena, r);
    cr_assert(!err_is(e), "%s: %s", body, e.field);
    json_decref(json);
    r->kind = kind;
    r->occurred_on = city.today;
    r->version = (uint32_t)++p->count;
    sql("INSERT INTO record (worker_id, version, kind, occurred_on, account_id, org_id, body) "
        "VALUES (%u, %u, %d, '%s', 1, 1, '%s')", who, r->version, kind, date(city.today), body);
}

static const char *body_of(const char *format, ...) __attribute__((format(printf, 1, 2)));
static const char *body_of(const char *format, ...)
{
    static char text[512];
    va_list args;

    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    return text;
}

static void engage(unsigned who)
{
    static const char *const trades[] = {"020", "030", "130", "390"};

    add_record(who, RECORD_ENGAGEMENT,
               body_of("{\"org\":%u,\"site\":%u,\"trade\":\"%s\",\"role\":\"worker\"}",
                       1 + below(FIRMS), 1 + below(SITES), ONE_OF(trades)));
}

static void train(unsigned who)
{
    static const char *const types[] = {"entry_company", "entry_project", "entry_team",
                                        "site_entry", "annual", "off_job", "pre_shift"};

    add_record(who, RECORD_TRAINING,
               body_of("{\"type\":\"%s\",\"hours\":%u,\"passed\":%s,\"site\":%u}", ONE_OF(types),
                       10 + below(30), once_in(5) ? "false" : "true", 1 + below(SITES)));
}

static void examine(unsigned who)
{
    static const char *const conclusions[] = {"no_abnormality", "no_abnormality", "no_abnormality",
                                              "recheck", "contraindicated", "unfit"};

    add_record(who, RECORD_EXAM, body_of("{\"conclusion\":\"%s\"}", ONE_OF(conclusions)));
}

static void certify(unsigned who)
{
    add_record(who, RECORD_CERTIFICATE,
               body_of("{\"type\":\"special_operation\",\"class\":\"0%u\",\"number_hash\":"
                       "\"%032x\",\"issuer\":\"housing\",\"valid_from\":\"%s\","
                       "\"valid_until\":\"%s\"}", 1 + below(3), who, date(city.today),
                       date((day_t)(city.today + 30 + below(700)))));
}

/* The last record that a supersession may name. */
static void supersede(unsigned who)
{
    struct person *p = &city.people[who];
    size_t of = below((unsigned)p->count);

    if (p->records[of].kind != RECORD_SUPERSEDE && p->records[of].kind != RECORD_IDENTITY &&
        p->records[of].kind != RECORD_ENGAGEMENT)
        add_record(who, RECORD_SUPERSEDE, body_of("{\"of\":%zu}", of + 1));
}

static void something_happens_to(unsigned who)
{
    switch (below(9)) {
    case 0: engage(who); break;
    case 1:
        add_record(who, RECORD_ENGAGEMENT_END, body_of("{\"site\":%u}", 1 + below(SITES)));
        break;
    case 2: examine(who); break;
    case 3: certify(who); break;
    case 4: supersede(who); break;
    case 5:
        add_record(who, RECORD_VIOLATION,
                   body_of("{\"class\":\"operation\",\"category\":\"7.06\",\"severity\":%u,"
                           "\"off_job_training\":%s,\"site\":1}", 1 + below(4),
                           once_in(4) ? "true" : "false"));
        break;
    case 6: add_record(who, RECORD_STUDY, body_of("{\"points\":%u}", 10 + below(90))); break;
    default: train(who); break;
    }
}

/* With what it takes to be green, mostly. */
static void person_open(unsigned who)
{
    static const char *const levels[] = {"entry_company", "entry_project", "entry_team",
                                         "site_entry"};

    add_record(who, RECORD_IDENTITY,
               body_of("{\"birth_date\":\"%s\",\"sex\":\"%s\"}",
                       date((day_t)(city.today - 365 * 30 - below(365 * 34))),
                       once_in(4) ? "F" : "M"));
    engage(who);
    examine(who);
    add_record(who, RECORD_AGREEMENT,
               body_of("{\"type\":\"labour_contract\",\"from\":\"%s\"}", date(city.today)));
    add_record(who, RECORD_STUDY, "{\"points\":100}");
    for (size_t i = 0; i < sizeof levels / sizeof *levels; i++)
        add_record(who, RECORD_TRAINING,
                   body_of("{\"type\":\"%s\",\"hours\":40,\"passed\":true,\"site\":%u}", levels[i],
                           (unsigned)city.people[who].records[1].engagement.site));
}

/* -- places ------------------------------------------------------------------------------------- */

static void change_site(unsigned n)
{
    static const char *const rules[] = {
        "{}", "{\"yellow_gate\":\"allow\"}", "{\"passback\":\"refuse\",\"yellow_gate\":\"allow\"}",
        "{\"yellow_gate\":\"allow_restricted\",\"zones\":[{\"zone\":\"height\",\"trades\":[30]}]}",
        "{\"cannot_tell\":\"open_flagged\",\"late\":\"open_flagged\",\"zones\":["
        "{\"zone\":\"electric\",\"certificates\":[\"01\",\"02\"]},{\"zone\":\"height\"}]}",
        "{\"pre_shift\":\"refuse\"}",
    };
    static const char *const states[] = {"open", "open", "open", "open", "stopped", "closed"};
    const char *rule = ONE_OF(rules), *word = ONE_OF(states);
    unsigned listed = 1 + below(WORKERS);
    struct site *s = &city.sites[n];
    json_t *json;

    cr_assert(!err_is(json_read(text_of(rule), &json)));
    s->rule = site_rule_default;
    cr_assert(!err_is(site_rule_parse(json, &s->rule)));
    json_decref(json);
    s->id = n;
    s->version++;
    s->org_id = 1;
    s->region = n % 2 == 0 ? TEXT("320900") : TEXT("510104");
    s->state = word[0] == 'o' ? SITE_OPEN : word[0] == 's' ? SITE_STOPPED : SITE_CLOSED;
    city.rectification[n][0] = listed;
    s->rectification = city.rectification[n];
    s->rectification_count = 1;
    sql("INSERT INTO site (id, version, name, region, org_id, state, rule, rectification, "
        "account_id) VALUES (%u, %d, 'S', '%s', 1, '%s', '%s', '{%u}', 1)", n, s->version,
        s->region.at, word, rule, listed);
}

static void change_firm(unsigned n)
{
    static const char *const words[] = {"none", "valid", "suspended", "revoked"};
    struct org *o = &city.firms[n];

    o->id = n;
    o->version++;
    o->permit = (enum permit_state)(once_in(3) ? below(4) : PERMIT_VALID);
    o->permit_until = once_in(2) ? (day_t)(city.today + below(200)) : DAY_UNKNOWN;
    sql("INSERT INTO org (id, version, kind, name, region, permit_state, permit_until, account_id)"
        " VALUES (%u, %d, 'contractor', 'O', '320900', '%s', %s%s%s, 1)", n, o->version,
        words[o->permit], o->permit_until != 0 ? "'" : "",
        o->permit_until != 0 ? date(o->permit_until) : "NULL", o->permit_until != 0 ? "'" : "");
}

static void change_gate(unsigned n)
{
    static const char *const zones[] = {"", "", "height", "electric", "tunnel"};
    struct device *d = &city.gates[n];

    d->id = n;
    d->version++;
    d->site_id = 1 + n % SITES;
    d->direction = DIRECTION_BOTH;
    d->zone = text_of(ONE_OF(zones));
    d->active = true;
    sql("INSERT INTO device (id, version, site_id, name, direction, zone, account_id) VALUES "
        "(%u, %d, %lld, 'G', 'both', '%s', 1)", n, d->version, (long long)d->site_id, d->zone.at);
}

/* -- a gate decides ------------------------------------------------------------------------------ */

static const struct engagement *engaged_here(const struct engagements *all, int64_t site_id)
{
    const struct engagement *last = NULL;

    for (size_t i = 0; i < all->count; i++) {
        const struct engagement *e = &all->engagement[i];

        if (e->site == site_id && e->from <= city.today && city.today < e->until)
            last = e; /* in order of version */
    }
    return last;
}

/* Where he works, mostly. */
static unsigned some_gate(const struct engagements *engagements)
{
    if (engagements->count == 0 || once_in(4))
        return 1 + below(GATES);
    for (unsigned n = 1 + below(GATES);; n = 1 + n % GATES) {
        if (city.gates[n].site_id == engagements->engagement[engagements->count - 1].site)
            return n;
    }
}

static void what_the_moment_says(struct gate_case *c)
{
    static const enum why whys[] = {WHY_OK, WHY_OK, WHY_OK, WHY_OK, WHY_OK, WHY_OK, WHY_OK,
                                    WHY_EXPIRED, WHY_VOID, WHY_UNKNOWN_KEY, WHY_STALE};

    c->direction = once_in(5) ? DIRECTION_OUT : DIRECTION_IN;
    c->code_says = ONE_OF(whys);
    c->by_number = c->code_says == WHY_OK && once_in(5);
    c->used_elsewhere = once_in(20);
    c->presence_known = !once_in(6);
    c->inside = c->presence_known && once_in(4);
    c->gate_clock_off = once_in(20);
    c->live_code = !c->by_number;
    c->code_colour = (uint8_t)(c->live_code ? below(3) : 0);
    c->code_policy = c->live_code ? 1 + below(3) : 0;
    c->fresh_ms = once_in(20) ? 40000 : (int32_t)below(1000);
    c->fresh_limit_ms = 30000;
    c->clock_offset_ms = once_in(30) ? -31000 : (int32_t)below(20);
}

static void decide(const struct gate_case *c, struct pass *pass)
{
    const struct engine *engine = engine_now();
    struct gate_after after = {.late = true, .unrecorded = once_in(2)};
    struct gate_outcome outcome;

    engine->decide(c, &outcome);
    gate_case_keep(c, pass);
    gate_outcome_keep(&outcome, pass);
    pass->engine = engine->number;
    if (once_in(10)) {
        engine->tell(c, &after, &outcome.answer);
        gate_after_keep(&after, &outcome.answer, pass);
        pass->told = 1;
    }
    pass_stamp(pass, engine->hash(c));
}

static void somebody_comes(void)
{
    unsigned who = 1 + below(WORKERS), gate;
    struct person *p = &city.people[who];
    struct pass *pass = &city.passes[city.pass_count];
    struct gate_case c = {.today = city.today, .worker_id = who};
    struct engagements engagements;
    struct facts facts;

    cr_assert(!err_is(facts_fold(p->records, p->count, &city.arena, &facts)));
    cr_assert(!err_is(engagements_fold(p->records, p->count, &city.arena, &engagements)));
    gate = some_gate(&engagements);
    what_the_moment_says(&c);
    c.device = &city.gates[gate];
    c.site = &city.sites[city.gates[gate].site_id];
    c.facts = &facts;
    c.engagement = engaged_here(&engagements, c.site->id);
    if (c.engagement != NULL) {
        c.org = &city.firms[c.engagement->org];
        c.policy = &city.policies[c.site->id % 2]->policy;
    }
    *pass = (struct pass){
        .gate_id = gate, .epoch = 1, .seq = (int64_t)++city.pass_count, .day = city.today,
        .site_id = c.site->id, .worker_id = who, .direction = (int16_t)c.direction,
        .source = PASS_ASKED, .at = clock_day_start(city.today) + 7 * 3600 * (int64_t)US_PER_SECOND,
        .token_index = 1000 + who,
    };
    pass->decided_at = pass->at + 250 * US_PER_MS;
    decide(&c, pass);
}

/* -- the year -------------------------------------------------------------------------------------- */

static void put_policy(unsigned place, const char *file)
{
    char path[512], *text = NULL;
    size_t bytes = 0;
    FILE *from;

    city.policies[place] = shipped_policy(file);
    snprintf(path, sizeof path, "%s/migrations/policies/%s", JIANAN_SOURCE_DIR, file);
    from = fopen(path, "r");
    cr_assert(from != NULL && getdelim(&text, &bytes, '\0', from) > 0);
    fclose(from);
    sql("INSERT INTO policy (number, version, state, document, sha256, account_id) SELECT %u, 1, "
        "'in_force', d, sha256(convert_to(d::text, 'UTF8')), 0 FROM (SELECT $json$%s$json$::jsonb "
        "AS d) t ON CONFLICT DO NOTHING", city.policies[place]->policy.number, text);
    free(text);
}

static void city_build(void)
{
    put_policy(0, "yancheng-2023-05.json");
    put_policy(1, "chengdu-2021-10.json");
    for (unsigned n = 1; n <= FIRMS; n++)
        change_firm(n);
    for (unsigned n = 1; n <= SITES; n++)
        change_site(n);
    for (unsigned n = 1; n <= GATES; n++)
        change_gate(n);
    for (unsigned n = 1; n <= WORKERS; n++)
        person_open(n);
}

static void a_day_passes(void)
{
    for (unsigned n = 1; n <= WORKERS; n++)
        if (once_in(20))
            something_happens_to(n);
    for (unsigned n = 1; n <= SITES; n++)
        if (once_in(15))
            change_site(n);
    if (once_in(20))
        change_firm(1 + below(FIRMS));
    if (once_in(20))
        change_gate(1 + below(GATES));
    if (once_in(60)) /* the sites of one region come under another policy */
        put_policy(0, once_in(2) ? "jiangsu-2023-05.json" : "default.json");
    for (int i = 0; i < CHECKS_A_DAY; i++)
        somebody_comes();
    sql("SELECT pass_partition_ensure('%s')", date(city.today));
}

static struct loop *loop;
static struct err written;

static void on_written(void *arg, struct err e)
{
    (void)arg;
    written = e;
    loop_stop(loop);
}

static void write_some(struct pg_pool *pool, const struct pass *passes, size_t count)
{
    static const unsigned char server_id[16];
    static bool were_new[PASSES_PER_BATCH];
    struct passes_inserted inserted = {passes, count, were_new};
    struct pass_batch batch = {passes->seq, server_id, 7};
    struct batch *b = batch_new(pool, &city.arena);

    memset(were_new, 0, sizeof were_new);
    cr_assert(b != NULL && !err_is(passes_insert(b, &city.arena, &batch, &inserted)));
    cr_assert(!err_is(batch_send(b, (struct waiter){on_written, NULL})));
    loop_run(loop);
    cr_assert(!err_is(written), "%s", err_row(written.code)->code);
}

static void write_passes(void)
{
    struct pg_pool *pool;

    loop = loop_new();
    pool = pg_pool_new(loop, &(struct pg_options){.conninfo = fixture_conninfo(FIXTURE_APP),
                                                  .connections = 1, .queue_max = 8,
                                                  .batch_ms = 20000});
    for (size_t from = 0, count; from < city.pass_count; from += count) {
        count = city.pass_count - from < 500 ? city.pass_count - from : 500;
        write_some(pool, &city.passes[from], count);
    }
    pg_pool_free(pool);
    loop_free(loop);
}

static void seed(void)
{
    const char *given = getenv("SEED");
    long long from = given != NULL ? strtoll(given, NULL, 10) : clock_wall_us() & 0x7fffffff;

    state = (uint64_t)from;
    fprintf(stderr, "SEED=%lld\n", from);
}

static void set_up(void)
{
    day_t end = (day_t)(clock_local_day(clock_wall_us()) - LAST_DAYS_OFF);

    fixture_open();
    memset(&city, 0, sizeof city);
    arena_init(&city.arena, 512u << 20);
    city.sql = open_memstream(&city.sql_text, &city.sql_bytes);
    seed();
    city.today = (day_t)(end - DAYS);
    city_build();
    for (; city.today < end; city.today++)
        a_day_passes();
    flush_sql();
    write_passes();
}

static void tear_down(void)
{
    fclose(city.sql);
    free(city.sql_text);
    arena_clear(&city.arena);
    fixture_close();
}

TestSuite(replay_year, .init = set_up, .fini = tear_down, .timeout = 280);

static void expect_equal(const char *when)
{
    struct replayed r = replay_days(replay_span());

    cr_expect_eq(r.status, 0, "%s: %s", when, r.finding);
    cr_expect_eq(r.passes, (long long)city.pass_count);
    cr_expect_eq(r.equal, r.passes, "%s: %s", when, r.finding);
}

/* Each person's records, corrected in the present; the places, changed. */
static void correct_the_past(void)
{
    for (unsigned n = 1; n <= WORKERS; n++) {
        for (int i = 0; i < 6; i++)
            supersede(n);
        add_record(n, RECORD_EXAM, "{\"conclusion\":\"unfit\"}");
        add_record(n, RECORD_ENGAGEMENT_END, "{\"of\":2}");
    }
    for (unsigned n = 1; n <= SITES; n++)
        change_site(n);
    for (unsigned n = 1; n <= FIRMS; n++)
        change_firm(n);
    for (unsigned n = 1; n <= GATES; n++)
        change_gate(n);
    sql("INSERT INTO policy SELECT number, version + 1, 'retired', document, sha256, 1 FROM policy");
    flush_sql();
}

Test(replay_year, a_year_of_answers_is_made_again_to_the_bit)
{
    cr_expect_geq(fixture_query_int("SELECT count(DISTINCT why) FROM pass"), 12);
    cr_expect_geq(fixture_query_int("SELECT count(DISTINCT reasons) FROM pass"), 20);
    expect_equal("as it was");
    correct_the_past();
    expect_equal("after the past was corrected");
}

/* A column of one row each, of those that decide or were decided. */
static const char *const columns[] = {
    "verdict", "why", "person_colour", "colour_here", "reasons", "restrictions", "flags",
    "worker_id", "facts_version", "site_version", "engagement_version", "device_version",
    "org_version", "policy", "fresh_ms", "inputs", "clock_offset_ms", "today", "at", "inputs_hash",
};

Test(replay_year, one_altered_value_in_a_year_is_found)
{
    char alter[256];
    struct replayed r;

    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++) {
        snprintf(alter, sizeof alter, "UPDATE pass SET %s = %s + %s WHERE seq = %zu", columns[i],
                 columns[i], strcmp(columns[i], "at") == 0 ? "interval '1 microsecond'" : "1",
                 17 + 40 * i);
        fixture_exec(alter);
    }
    r = replay_days(replay_span());
    cr_expect_eq(r.different + r.impossible, (long long)(sizeof columns / sizeof *columns), "%s",
                 r.finding);
    cr_expect_eq(r.status, 1);
}
