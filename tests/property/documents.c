#include "property/documents.h"

#include <stdio.h>

#include "base/json.h"
#include "property/any.h"

enum { DOCUMENT_BYTES = 1 << 17 };

static bool one_in(unsigned n)
{
    return any_below(n) == 0;
}

static const char *bad(void)
{
    return one_in(2) ? "red" : "yellow";
}

static int some_months(void)
{
    static const uint8_t months[] = {1, 2, 3, 6, 12, 12, 18, 24, 36, 60};

    return months[any_below(sizeof months)];
}

static int some_hours(void)
{
    return one_in(4) ? 0 : (int)any_below(40);
}

/* At least one word of the list, each once. */
static void put_some(struct json_writer *w, const char *key, const char *const *words,
                     unsigned count)
{
    unsigned kept = any_below(count);

    json_open_array(w, key);
    for (unsigned i = 0; i < count; i++) {
        if (i == kept || one_in(2))
            json_put_string(w, NULL, words[i]);
    }
    json_close_array(w);
}

#define PUT_SOME(w, key, ...)                                                                      \
    put_some(w, key, (const char *const[]){__VA_ARGS__},                                           \
             sizeof((const char *const[]){__VA_ARGS__}) / sizeof(const char *))
#define SOME_TRADES "010", "030", "040", "130", "390"
#define SOME_ROLES  "worker", "manager", "safety_officer", "supervisor", "head"

/* For everybody, for some trades or for some roles. */
static bool put_audience(struct json_writer *w)
{
    switch (any_below(3)) {
    case 0:  PUT_SOME(w, "trades", SOME_TRADES); return true;
    case 1:  PUT_SOME(w, "roles", SOME_ROLES); return true;
    default: return false;
    }
}

/* -- a rule, and the reasons it can give, as a bit per code --------------------------------------- */

typedef uint32_t put_fn(struct json_writer *w);

#define BIT(code) (1u << REASON_##code)

enum boundary { BELOW_FROM, TO_OVER, TO_FROM }; /* how two neighbours name the year they meet at */

static enum boundary some_boundary(bool may_share)
{
    return any_below(may_share ? 3 : 2);
}

static uint32_t put_colour(struct json_writer *w, unsigned band, bool for_everybody)
{
    static const char *const colours[] = {"red", "green", "yellow", "red"};
    static const char *const reasons[] = {"AGE_UNDER", "AGE_YELLOW", "AGE_RED"};
    static const uint32_t bits[] = {BIT(AGE_UNDER), BIT(AGE_YELLOW), BIT(AGE_RED)};
    unsigned reason = any_below(3);

    json_put_string(w, "colour", colours[band]);
    if (band == 1) /* green */
        return 0;
    if (for_everybody)
        json_put_string(w, "reason", reasons[reason]);
    if (one_in(3))
        json_put_int(w, "lifted_by_exam_months", some_months());
    return for_everybody ? bits[reason] : BIT(AGE_TRADE);
}

/* Bands upwards from 0; where the document says what then, neighbours may share a year. */
static uint32_t put_bands(struct json_writer *w, const char *key, bool may_share,
                          bool for_everybody)
{
    static const uint8_t ends[] = {18, 50, 60};
    unsigned bands = 1 + any_below(4), first = bands == 1 ? 1 : 0;
    enum boundary boundary = BELOW_FROM;
    uint32_t codes = 0;
    int end = 0;

    json_open_array(w, key);
    for (unsigned i = 0; i < bands; i++) {
        json_open_object(w, NULL);
        if (i > 0)
            json_put_int(w, boundary == TO_OVER ? "over" : "from", end);
        boundary = some_boundary(may_share);
        if (i + 1 < bands) {
            end = ends[i] + (int)any_below(3);
            json_put_int(w, boundary == BELOW_FROM ? "below" : "to", end);
        }
        codes |= put_colour(w, first + i, for_everybody);
        json_close_object(w);
    }
    json_close_array(w);
    return codes;
}

static uint32_t put_age(struct json_writer *w)
{
    bool may_share = one_in(2), for_everybody = !put_audience(w);
    uint32_t codes;

    if (may_share)
        json_put_string(w, "boundary_mode", one_in(2) ? "worse" : "milder");
    codes = put_bands(w, "men", may_share, for_everybody);
    codes |= put_bands(w, "women", may_share, for_everybody);
    json_put_string(w, "unknown", bad());
    return codes | (for_everybody ? BIT(AGE_YELLOW) : BIT(AGE_TRADE));
}

static uint32_t put_exam(struct json_writer *w)
{
    static const char *const colours[] = {"green", "yellow", "red"};
    unsigned recheck = any_below(3), other = any_below(3);

    json_put_int(w, "validity_months", some_months());
    json_open_object(w, "validity_by_trade");
    json_put_int(w, "130", some_months());
    json_close_object(w);
    json_open_object(w, "hazards_by_trade");
    PUT_SOME(w, "030", "height", "heavy", "noise");
    PUT_SOME(w, "130", "electric", "height");
    json_close_object(w);
    json_open_object(w, "conclusions");
    json_put_string(w, "no_abnormality", "green");
    json_put_string(w, "recheck", colours[recheck]);
    json_put_string(w, "suspected_occupational", bad());
    json_put_string(w, "unfit", "red");
    json_put_string(w, "other", colours[other]);
    json_close_object(w);
    json_put_string(w, "none", bad());
    json_put_string(w, "expired", bad());
    json_put_string(w, "contraindicated_for_trade", bad());
    json_put_string(w, "contraindicated_otherwise", bad());
    json_put_bool(w, "adverse_outlasts_validity", one_in(2));
    return BIT(HEALTH_NONE) | BIT(HEALTH_EXPIRED) | BIT(HEALTH_CONTRA) | BIT(HEALTH_UNFIT) |
           (recheck > 0 || other > 0 ? BIT(HEALTH_RECHECK) : 0);
}

static uint32_t put_entry_training(struct json_writer *w)
{
    static const char *const levels[] = {"entry_company", "entry_project", "entry_team"};

    json_open_array(w, "levels");
    for (unsigned i = 0; i < 3; i++) {
        if (i > 0 && one_in(3))
            continue;
        json_open_object(w, NULL);
        json_put_string(w, "type", levels[i]);
        json_put_int(w, "hours", some_hours());
        json_close_object(w);
    }
    json_close_array(w);
    json_put_string(w, "missing", bad());
    return BIT(TRAIN_NONE);
}

static uint32_t put_periodic_training(struct json_writer *w)
{
    static const char *const periods[] = {"month", "quarter", "year"};

    PUT_SOME(w, "types", "annual", "quarterly", "monthly", "continuing", "entry_team");
    json_put_int(w, "hours", some_hours());
    if (one_in(2))
        json_put_int(w, "window_months", some_months());
    else
        json_put_string(w, "period", periods[any_below(3)]);
    (void)put_audience(w);
    json_put_string(w, "expired", bad());
    return BIT(TRAIN_EXPIRED);
}

static uint32_t put_transfer_training(struct json_writer *w)
{
    PUT_SOME(w, "types", "transfer", "entry_team", "site_entry");
    json_put_int(w, "hours", some_hours());
    json_put_string(w, "missing", bad());
    return BIT(TRAIN_NONE);
}

static uint32_t put_study_points(struct json_writer *w)
{
    json_put_int(w, "points", 1 + any_below(100));
    json_put_int(w, "window_months", some_months());
    json_put_string(w, "missing", bad());
    return BIT(TRAIN_POINTS);
}

static uint32_t put_site_training(struct json_writer *w)
{
    if (one_in(2)) {
        PUT_SOME(w, "types", "site_entry", "entry_project");
    } else {
        PUT_SOME(w, "types", "site_entry", "drill", "quarterly");
        json_put_int(w, "validity_months", some_months());
    }
    json_put_string(w, "missing", bad());
    return BIT(TRAIN_SITE);
}

static uint32_t put_idle(struct json_writer *w)
{
    json_put_int(w, "months", some_months());
    PUT_SOME(w, "retraining", "idle", "transfer", "entry_team", "drill");
    json_put_string(w, "colour", bad());
    return BIT(IDLE_RETRAIN);
}

static void put_numbers(struct json_writer *w, const char *key, unsigned count, int from, int step)
{
    json_open_array(w, key);
    for (unsigned i = 0; i < count; i++) {
        json_put_int(w, NULL, from);
        from += (int)any_below((unsigned)step);
    }
    json_close_array(w);
}

static uint32_t put_violation_points(struct json_writer *w)
{
    int64_t yellow = 1 + any_below(12);

    put_numbers(w, "points", 4, (int)any_below(3), 6);
    switch (any_below(3)) {
    case 0:  json_put_string(w, "period", "year"); break;
    case 1:  json_put_int(w, "window_months", some_months()); break;
    default: put_numbers(w, "months_by_severity", 4, some_months() / 4 + 1, 15); break;
    }
    if (one_in(2))
        PUT_SOME(w, "classes", "command", "operation", "discipline");
    if (one_in(2))
        put_numbers(w, "repeat_percent", 1 + any_below(5), (int)any_below(2) * 100, 75);
    if (one_in(3))
        json_put_int(w, "cap_each", 1 + any_below(12));
    if (one_in(3))
        json_put_int(w, "cap_day", 1 + any_below(12));
    json_put_int(w, "yellow", yellow);
    json_put_int(w, "red", yellow + 1 + any_below(12));
    return BIT(VIOL_POINTS);
}

static uint32_t put_off_job(struct json_writer *w)
{
    json_put_string(w, "colour", bad());
    return BIT(VIOL_OFFJOB);
}

static void put_need(struct json_writer *w)
{
    json_open_object(w, NULL);
    if (one_in(3))
        PUT_SOME(w, "roles", SOME_ROLES);
    else
        PUT_SOME(w, "trades", SOME_TRADES);
    PUT_SOME(w, "types", "special_operation", "A", "B");
    PUT_SOME(w, "issuers", "housing", "emergency");
    if (one_in(2))
        PUT_SOME(w, "classes", "01", "02", "03");
    if (one_in(2))
        json_put_int(w, "months", some_months());
    json_close_object(w);
}

static uint32_t put_certificate(struct json_writer *w)
{
    json_open_array(w, "needs");
    for (unsigned i = 1 + any_below(5); i > 0; i--)
        put_need(w);
    json_close_array(w);
    json_put_string(w, "none", bad());
    json_put_string(w, "expired", bad());
    json_put_string(w, "suspended", "red");
    if (one_in(2)) {
        json_open_object(w, "blocked_by");
        json_put_int(w, "violations", 1 + any_below(4));
        json_put_int(w, "window_months", some_months());
        if (one_in(2)) {
            json_open_array(w, "classes");
            json_put_string(w, NULL, one_in(2) ? "operation" : "command");
            json_put_string(w, NULL, "discipline");
            json_close_array(w);
        }
        json_close_object(w);
    }
    return BIT(CERT_NONE) | BIT(CERT_EXPIRED) | BIT(CERT_SUSPENDED);
}

static uint32_t put_ban(struct json_writer *w)
{
    json_put_string(w, "colour", bad());
    return BIT(POST_BAN);
}

static uint32_t put_agreement(struct json_writer *w)
{
    json_put_string(w, "missing", bad());
    return BIT(NO_CONTRACT);
}

static uint32_t put_site_state(struct json_writer *w)
{
    json_put_string(w, "stopped", bad());
    json_put_string(w, "closed", bad());
    return BIT(SITE_STOPPED);
}

static uint32_t put_permit(struct json_writer *w)
{
    json_put_string(w, "none", bad());
    json_put_string(w, "suspended", bad());
    json_put_string(w, "revoked", bad());
    json_put_string(w, "expired", bad());
    return BIT(ENT_PERMIT);
}

static uint32_t put_override(struct json_writer *w)
{
    json_put_int(w, "signers", 1 + any_below(2));
    if (one_in(2))
        PUT_SOME(w, "never_lifts", "AGE_UNDER", "HEALTH_UNFIT", "VIOL_POINTS", "POST_BAN");
    return BIT(OVERRIDE);
}

static const struct {
    const char *kind;
    put_fn *put;
    uint8_t times; /* at most so many in one policy */
} kinds[] = {
    {"age", put_age, 2},
    {"exam", put_exam, 1},
    {"entry_training", put_entry_training, 1},
    {"periodic_training", put_periodic_training, 2},
    {"transfer_training", put_transfer_training, 1},
    {"study_points", put_study_points, 1},
    {"site_training", put_site_training, 1},
    {"idle", put_idle, 1},
    {"violation_points", put_violation_points, 2},
    {"off_job_training", put_off_job, 1},
    {"certificate", put_certificate, 2},
    {"ban", put_ban, 1},
    {"agreement", put_agreement, 1},
    {"site_state", put_site_state, 1},
    {"permit", put_permit, 1},
    {"override", put_override, 1},
};

/* -- the document --------------------------------------------------------------------------------- */

static void put_texts(struct json_writer *w, uint32_t codes)
{
    static const struct text words =
        TEXT("{\"zh\":{\"what\":\"w\",\"remedy\":\"r\",\"help\":\"h\"},"
             "\"en\":{\"what\":\"w\",\"remedy\":\"r\",\"help\":\"h\"}}");

    json_put_raw(w, "basis", TEXT("[{\"text\":\"b\",\"mark\":\"INF\"}]"));
    json_open_object(w, "texts");
    for (unsigned code = 0; code < REASON_COUNT; code++) {
        if ((codes >> code & 1) != 0)
            json_put_raw(w, reason_name(code), words);
    }
    json_close_object(w);
}

static void put_rule(struct json_writer *w, size_t kind)
{
    json_open_object(w, NULL);
    json_put_string(w, "kind", kinds[kind].kind);
    put_texts(w, kinds[kind].put(w));
    json_close_object(w);
}

/* Few rules half of the time: many together are nearly always red. Entry training is always there,
 * because periodic training must not stand without it. */
static void put_rules(struct json_writer *w)
{
    unsigned often = one_in(2) ? 2 : 6;

    json_open_array(w, "rules");
    for (size_t kind = 0; kind < sizeof kinds / sizeof kinds[0]; kind++) {
        for (unsigned i = 0; i < kinds[kind].times; i++) {
            if (one_in(often) || kinds[kind].put == put_entry_training)
                put_rule(w, kind);
        }
    }
    json_close_array(w);
}

const struct policy_document *some_document(struct arena *arena)
{
    struct policy_document *document = arena_new(arena, struct policy_document);
    char *at = arena_alloc(arena, DOCUMENT_BYTES);
    struct build b = build_over(at, DOCUMENT_BYTES);
    struct json_writer w = json_writer_over(&b);
    struct err e;

    CHECK(document != NULL && at != NULL);
    json_open_object(&w, NULL);
    json_put_int(&w, "format", 1);
    json_put_int(&w, "number", 7);
    json_put_int(&w, "semantics", 1);
    json_put_string(&w, "id", "ANY");
    json_put_string(&w, "region", "");
    json_put_string(&w, "effective", "2000-01-01");
    json_put_raw(&w, "title", TEXT("{\"zh\":\"t\",\"en\":\"t\"}"));
    json_put_string(&w, "yellow_gate", "deny");
    if (one_in(4))
        PUT_SOME(&w, "exempt_trades", "390");
    put_rules(&w);
    json_close_object(&w);
    CHECK(!b.full);
    e = policy_compile(build_done(&b), arena, document);
    if (err_is(e))
        fprintf(stderr, "%s, expected %s in %s\n", e.field, e.expected, at);
    CHECK(!err_is(e));
    return document;
}
