#include "domain/policy_rules.h"

#include <string.h>

#include "domain/fold.h"
#include "domain/pointer.h"
#include "domain/record.h"
#include "domain/record_fields.h"

enum { AGE_MAX = 150, POINTS_MAX = 1000, HOURS_MAX = 1000, TABLE_MAX = 64 };

static const char months_expected[] = "1..60 months: facts are kept no longer";

static uint32_t bit(unsigned code)
{
    return code < REASON_COUNT ? 1u << code : 0;
}

static struct outcome outcome(enum reason_code code, enum colour colour)
{
    return (struct outcome){colour == COLOUR_GREEN ? NO_REASON : (uint8_t)code, (uint8_t)colour};
}

static struct outcome read_bad(struct cursor *c, const char *key, enum reason_code code)
{
    return outcome(code, cursor_bad_colour(c, key));
}

static uint16_t read_months(struct cursor *c, const char *key)
{
    return (uint16_t)cursor_int(c, key, 1, FACTS_HORIZON_MONTHS, months_expected);
}

static const char *training_types(void)
{
    return record_choices(RECORD_TRAINING, "type");
}

/* -- age ---------------------------------------------------------------------------------------- */

/* from (that age belongs to the band) or over (it does not): the first completed year of the band. */
static int64_t read_lower(struct cursor *c)
{
    if (json_object_get(c->object, "over") != NULL)
        return cursor_int(c, "over", 0, AGE_MAX, "completed years") + 1;
    return json_object_get(c->object, "from") != NULL
               ? cursor_int(c, "from", 0, AGE_MAX, "completed years") : 0;
}

/* below (that age does not belong to the band) or to (it does): the first year beyond the band. */
static int64_t read_upper(struct cursor *c)
{
    if (json_object_get(c->object, "to") != NULL)
        return cursor_int(c, "to", 0, AGE_MAX, "completed years") + 1;
    return json_object_get(c->object, "below") != NULL
               ? cursor_int(c, "below", 1, AGE_MAX, "completed years") : AGE_MAX + 1;
}

/* Reads one band; *next is where the one before it ended, and must be where this one begins. */
static struct age_band read_band(struct cursor *c, bool by_trade, int64_t *next)
{
    int64_t lower = read_lower(c), upper = read_upper(c);
    enum colour colour = cursor_colour(c, "colour");
    enum reason_code code = REASON_AGE_TRADE;

    if (lower != *next || upper <= lower)
        policy_refuse(c->reader, c->path, "bands without gap or overlap, from 0 upwards");
    *next = upper;
    if (colour != COLOUR_GREEN && !by_trade) {
        static const char reasons[] = "AGE_UNDER|AGE_YELLOW|AGE_RED";
        static const uint8_t codes[] = {REASON_AGE_UNDER, REASON_AGE_YELLOW, REASON_AGE_RED};
        int place = choice_find(reasons, text_of(cursor_string(c, "reason", 32)));

        if (place < 0)
            policy_refuse(c->reader, cursor_path(c, "reason"), reasons);
        code = codes[place < 0 ? 0 : place];
    }
    cursor_close(c);
    return (struct age_band){(uint8_t)(lower <= AGE_MAX ? lower : AGE_MAX), outcome(code, colour)};
}

static uint32_t read_bands(struct cursor *c, const char *key, unsigned sex, struct rule_age *age)
{
    size_t count;
    const json_t *array = cursor_array(c, key, 1, AGE_BANDS_MAX, &count);
    struct age_band *bands = arena_new_array(c->reader->arena, AGE_BANDS_MAX, struct age_band);
    int64_t next = 0;
    uint32_t codes = 0;

    if (bands == NULL)
        return 0;
    for (size_t i = 0; i < count; i++) {
        const char *path = pointer_index(c->reader->arena, cursor_path(c, key), i);
        struct cursor band = cursor_open(c->reader, json_array_get(array, i), path);

        bands[i] = read_band(&band, age->trades.count > 0, &next);
        codes |= bit(bands[i].is.code);
    }
    if (next <= AGE_MAX)
        policy_refuse(c->reader, cursor_path(c, key), "the last band has no upper end");
    age->bands[sex] = bands;
    age->band_count[sex] = (uint8_t)count;
    return codes;
}

static uint32_t read_age(struct cursor *c, struct rule *rule)
{
    struct rule_age *age = &rule->age;
    uint32_t codes;

    age->trades = cursor_trades(c, "trades");
    codes = read_bands(c, "men", 0, age) | read_bands(c, "women", 1, age);
    age->unknown = read_bad(c, "unknown",
                            age->trades.count > 0 ? REASON_AGE_TRADE : REASON_AGE_YELLOW);
    return codes | bit(age->unknown.code);
}

/* -- health ------------------------------------------------------------------------------------- */

static uint16_t read_trade_key(struct cursor *c, const char *key)
{
    uint16_t trade = 0;

    if (err_is(trade_parse(text_of(key), NULL, &trade)))
        policy_refuse(c->reader, cursor_path(c, key), "a trade code like 030");
    return trade;
}

static void read_validity(struct cursor *c, struct rule_exam *exam)
{
    const json_t *object = cursor_find(c, "validity_by_trade");
    struct trade_months *rows = arena_new_array(c->reader->arena, TABLE_MAX, struct trade_months);
    struct cursor table;
    const char *key;
    json_t *value;

    if (object == NULL || rows == NULL)
        return;
    table = cursor_open(c->reader, object, cursor_path(c, "validity_by_trade"));
    json_object_foreach((json_t *)(uintptr_t)object, key, value)
    {
        if (exam->validity_count == TABLE_MAX) {
            policy_refuse(c->reader, table.path, "at most 64 trades");
            return;
        }
        table.taken_count = 0;
        rows[exam->validity_count].trade = read_trade_key(&table, key);
        rows[exam->validity_count++].months = read_months(&table, key);
    }
    exam->validity = rows;
}

static void read_hazards(struct cursor *c, struct rule_exam *exam)
{
    const json_t *object = cursor_get(c, "hazards_by_trade");
    struct trade_hazards *rows = arena_new_array(c->reader->arena, TABLE_MAX, struct trade_hazards);
    struct cursor table;
    const char *key;
    json_t *value;

    if (object == NULL || rows == NULL)
        return;
    table = cursor_open(c->reader, object, cursor_path(c, "hazards_by_trade"));
    json_object_foreach((json_t *)(uintptr_t)object, key, value)
    {
        if (exam->hazard_count == TABLE_MAX) {
            policy_refuse(c->reader, table.path, "at most 64 trades");
            return;
        }
        table.taken_count = 0;
        rows[exam->hazard_count].trade = read_trade_key(&table, key);
        rows[exam->hazard_count++].hazards = (uint8_t)cursor_choices(
            &table, key, record_choices(RECORD_EXAM, "contraindicated_for"), 0);
    }
    exam->hazards = rows;
}

/* One colour for each conclusion but `contraindicated`, which has two of its own. */
static uint32_t read_conclusions(struct cursor *c, struct rule_exam *exam)
{
    static const struct {
        uint8_t conclusion, code;
        const char *key;
    } rows[] = {
        {EXAM_NO_ABNORMALITY, REASON_HEALTH_RECHECK, "no_abnormality"},
        {EXAM_RECHECK, REASON_HEALTH_RECHECK, "recheck"},
        {EXAM_SUSPECTED_OCCUPATIONAL, REASON_HEALTH_UNFIT, "suspected_occupational"},
        {EXAM_UNFIT, REASON_HEALTH_UNFIT, "unfit"},
        {EXAM_OTHER, REASON_HEALTH_RECHECK, "other"},
    };
    struct cursor of = cursor_open(c->reader, cursor_get(c, "conclusions"),
                                   cursor_path(c, "conclusions"));
    uint32_t codes = 0;

    exam->conclusion[EXAM_CONTRAINDICATED] = (struct outcome){NO_REASON, COLOUR_GREEN};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct outcome is = outcome(rows[i].code, cursor_colour(&of, rows[i].key));

        exam->conclusion[rows[i].conclusion] = is;
        codes |= bit(is.code);
    }
    if (exam->conclusion[EXAM_NO_ABNORMALITY].code != NO_REASON)
        policy_refuse(c->reader, cursor_path(&of, "no_abnormality"), "green");
    if (exam->conclusion[EXAM_UNFIT].colour != COLOUR_RED)
        policy_refuse(c->reader, cursor_path(&of, "unfit"), "red");
    cursor_close(&of);
    return codes;
}

static uint32_t read_exam(struct cursor *c, struct rule *rule)
{
    struct rule_exam *exam = &rule->exam;
    uint32_t codes = read_conclusions(c, exam);

    exam->validity_months = read_months(c, "validity_months");
    read_validity(c, exam);
    read_hazards(c, exam);
    exam->none = read_bad(c, "none", REASON_HEALTH_NONE);
    exam->conclusion[0] = exam->none; /* no such conclusion: as if there were no exam */
    exam->expired = read_bad(c, "expired", REASON_HEALTH_EXPIRED);
    exam->contra_trade = read_bad(c, "contraindicated_for_trade", REASON_HEALTH_CONTRA);
    exam->contra_person = read_bad(c, "contraindicated_otherwise", REASON_HEALTH_CONTRA);
    exam->adverse_outlasts = cursor_bool(c, "adverse_outlasts_validity", false);
    return codes | bit(REASON_HEALTH_NONE) | bit(REASON_HEALTH_EXPIRED) |
           bit(REASON_HEALTH_CONTRA);
}

/* -- training ----------------------------------------------------------------------------------- */

static uint32_t read_entry_training(struct cursor *c, struct rule *rule)
{
    struct rule_entry_training *r = &rule->entry_training;
    size_t count;
    const json_t *array = cursor_array(c, "levels", 1, ENTRY_LEVELS_MAX, &count);

    for (size_t i = 0; i < count; i++) {
        const char *path = pointer_index(c->reader->arena, cursor_path(c, "levels"), i);
        struct cursor level = cursor_open(c->reader, json_array_get(array, i), path);
        int place = choice_find("entry_company|entry_project|entry_team",
                                text_of(cursor_string(&level, "type", 32)));

        if (place < 0) /* these alone are kept without end (fold.c) */
            policy_refuse(c->reader, cursor_path(&level, "type"),
                          "entry_company|entry_project|entry_team");
        r->need[i].type = (uint8_t)(TRAINING_ENTRY_COMPANY + (place < 0 ? 0 : place));
        r->need[i].hours = (uint16_t)cursor_int(&level, "hours", 0, HOURS_MAX, "0..1000 hours");
        cursor_close(&level);
    }
    r->need_count = (uint8_t)count;
    r->missing = read_bad(c, "missing", REASON_TRAIN_NONE);
    return bit(REASON_TRAIN_NONE);
}

static uint32_t read_periodic_training(struct cursor *c, struct rule *rule)
{
    struct rule_periodic_training *r = &rule->periodic_training;

    r->types = cursor_choices(c, "types", training_types(), 1);
    r->hours = (uint16_t)cursor_int(c, "hours", 0, HOURS_MAX, "0..1000 hours");
    r->window_months = read_months(c, "window_months");
    r->expired = read_bad(c, "expired", REASON_TRAIN_EXPIRED);
    return bit(REASON_TRAIN_EXPIRED);
}

static uint32_t read_study_points(struct cursor *c, struct rule *rule)
{
    struct rule_study_points *r = &rule->study_points;

    r->points = (uint32_t)cursor_int(c, "points", 1, 100000, "1..100000 points");
    r->window_months = read_months(c, "window_months");
    r->missing = read_bad(c, "missing", REASON_TRAIN_POINTS);
    return bit(REASON_TRAIN_POINTS);
}

static uint32_t read_site_training(struct cursor *c, struct rule *rule)
{
    struct rule_site_training *r = &rule->site_training;

    r->types = cursor_choices(c, "types", training_types(), 1);
    if (json_object_get(c->object, "validity_months") != NULL)
        r->validity_months = read_months(c, "validity_months");
    else if ((r->types & ~(1u << TRAINING_SITE_ENTRY | 1u << TRAINING_ENTRY_PROJECT |
                           1u << TRAINING_ENTRY_TEAM)) != 0)
        policy_refuse(c->reader, cursor_path(c, "validity_months"),
                      "1..60 months; only site_entry, entry_project and entry_team stay for ever");
    r->missing = read_bad(c, "missing", REASON_TRAIN_SITE);
    return bit(REASON_TRAIN_SITE);
}

static uint32_t read_idle(struct cursor *c, struct rule *rule)
{
    struct rule_idle *r = &rule->idle;

    r->months = read_months(c, "months");
    r->retraining_types = cursor_choices(c, "retraining", training_types(), 1);
    r->idle = read_bad(c, "colour", REASON_IDLE_RETRAIN);
    return bit(REASON_IDLE_RETRAIN);
}

/* -- violations --------------------------------------------------------------------------------- */

static uint32_t read_violation_points(struct cursor *c, struct rule *rule)
{
    struct rule_violation_points *r = &rule->violation_points;
    size_t count;
    const json_t *array = cursor_array(c, "points", 4, 4, &count);

    for (size_t i = 0; i < count; i++) {
        const json_t *value = json_array_get(array, i);
        json_int_t points = json_is_integer(value) ? json_integer_value(value) : -1;

        if (points < r->points[i] || points > POINTS_MAX) {
            policy_refuse(c->reader,
                          pointer_index(c->reader->arena, cursor_path(c, "points"), i),
                          "0..1000, never fewer for a graver violation");
            return 0;
        }
        r->points[i + 1] = (uint16_t)points;
    }
    r->window_months = read_months(c, "window_months");
    r->yellow = (uint16_t)cursor_int(c, "yellow", 1, POINTS_MAX, "1..1000 points");
    r->red = (uint16_t)cursor_int(c, "red", 1, POINTS_MAX, "1..1000 points");
    if (r->yellow >= r->red)
        policy_refuse(c->reader, cursor_path(c, "yellow"), "less than red");
    return bit(REASON_VIOL_POINTS);
}

static uint32_t read_off_job(struct cursor *c, struct rule *rule)
{
    rule->off_job.due = read_bad(c, "colour", REASON_VIOL_OFFJOB);
    return bit(REASON_VIOL_OFFJOB);
}

/* -- certificates ------------------------------------------------------------------------------- */

static void read_classes(struct cursor *c, struct certificate_need *need)
{
    size_t count;
    const json_t *array;

    if (json_object_get(c->object, "classes") == NULL) {
        (void)cursor_find(c, "classes");
        need->any_class = true;
        return;
    }
    array = cursor_array(c, "classes", 1, 99, &count);
    for (size_t i = 0; i < count; i++) {
        const json_t *value = json_array_get(array, i);
        int64_t class;

        if (!json_is_string(value) || json_string_length(value) != 2 ||
            !text_to_int(text_of(json_string_value(value)), 1, 99, &class)) {
            policy_refuse(c->reader,
                          pointer_index(c->reader->arena, cursor_path(c, "classes"), i),
                          "two digits like 02");
            return;
        }
        need->classes[class / 64] |= (uint64_t)1 << (class % 64);
    }
}

/* A need in the document names several trades or several roles; compiled, there is one for each. */
struct needs {
    struct certificate_need *need;
    size_t count;
};

static void needs_add(struct cursor *c, struct needs *all, struct certificate_need need)
{
    for (size_t i = 0; i < all->count; i++) {
        if (all->need[i].trade == need.trade && all->need[i].role == need.role) {
            policy_refuse(c->reader, c->path, "each trade and each role once");
            return;
        }
    }
    if (all->count == TABLE_MAX)
        policy_refuse(c->reader, c->path, "at most 64 trades and roles");
    else
        all->need[all->count++] = need;
}

static void read_need(struct cursor *c, struct needs *all)
{
    struct certificate_need need = {0};
    struct trade_list trades = cursor_trades(c, "trades");
    uint32_t roles = 0;

    need.types = (uint16_t)cursor_choices(c, "types", record_choices(RECORD_CERTIFICATE, "type"), 1);
    need.issuers = (uint8_t)cursor_choices(c, "issuers",
                                           record_choices(RECORD_CERTIFICATE, "issuer"), 1);
    read_classes(c, &need);
    if (trades.count == 0)
        roles = cursor_choices(c, "roles", record_choices(RECORD_ENGAGEMENT, "role"), 1);
    cursor_close(c);
    for (unsigned i = 0; i < trades.count; i++) {
        need.trade = trades.trade[i];
        needs_add(c, all, need);
    }
    for (unsigned role = 1; role < 32; role++) {
        need.role = (uint8_t)role;
        if ((roles >> role & 1) != 0)
            needs_add(c, all, need);
    }
}

static uint32_t read_certificate(struct cursor *c, struct rule *rule)
{
    struct rule_certificate *r = &rule->certificate;
    struct needs all = {arena_new_array(c->reader->arena, TABLE_MAX, struct certificate_need), 0};
    size_t count;
    const json_t *array = cursor_array(c, "needs", 1, TABLE_MAX, &count);

    for (size_t i = 0; all.need != NULL && i < count; i++) {
        const char *path = pointer_index(c->reader->arena, cursor_path(c, "needs"), i);
        struct cursor need = cursor_open(c->reader, json_array_get(array, i), path);

        read_need(&need, &all);
    }
    r->needs = all.need;
    r->need_count = (uint16_t)all.count;
    r->none = read_bad(c, "none", REASON_CERT_NONE);
    r->expired = read_bad(c, "expired", REASON_CERT_EXPIRED);
    r->suspended = read_bad(c, "suspended", REASON_CERT_SUSPENDED);
    return bit(REASON_CERT_NONE) | bit(REASON_CERT_EXPIRED) | bit(REASON_CERT_SUSPENDED);
}

/* -- decisions and papers ----------------------------------------------------------------------- */

static uint32_t read_ban(struct cursor *c, struct rule *rule)
{
    rule->ban.banned = read_bad(c, "colour", REASON_POST_BAN);
    return bit(REASON_POST_BAN);
}

static uint32_t read_agreement(struct cursor *c, struct rule *rule)
{
    rule->agreement.missing = read_bad(c, "missing", REASON_NO_CONTRACT);
    return bit(REASON_NO_CONTRACT);
}

static uint32_t read_site_state(struct cursor *c, struct rule *rule)
{
    rule->site_state.stopped = read_bad(c, "stopped", REASON_SITE_STOPPED);
    rule->site_state.closed = read_bad(c, "closed", REASON_SITE_STOPPED);
    return bit(REASON_SITE_STOPPED);
}

static uint32_t read_permit(struct cursor *c, struct rule *rule)
{
    struct outcome *is = rule->permit.is;

    is[PERMIT_NONE] = read_bad(c, "none", REASON_ENT_PERMIT);
    is[PERMIT_VALID] = (struct outcome){NO_REASON, COLOUR_GREEN};
    is[PERMIT_SUSPENDED] = read_bad(c, "suspended", REASON_ENT_PERMIT);
    is[PERMIT_REVOKED] = read_bad(c, "revoked", REASON_ENT_PERMIT);
    is[PERMIT_EXPIRED] = read_bad(c, "expired", REASON_ENT_PERMIT);
    is[PERMIT_UNASKED] = (struct outcome){NO_REASON, COLOUR_GREEN};
    return bit(REASON_ENT_PERMIT);
}

#define REASON(code, class) #code "|"
static const char reason_choices[] =
#include "scoring/reason.def"
    ;
#undef REASON

static uint32_t read_override(struct cursor *c, struct rule *rule)
{
    rule->override.signers = (uint8_t)cursor_int(c, "signers", 1, RECORD_SIGNERS, "1..2 people");
    if (json_object_get(c->object, "never_lifts") != NULL)
        rule->override.never_lifts = cursor_choices(c, "never_lifts", reason_choices, 0);
    if (rule->override.never_lifts >> REASON_COUNT != 0) /* the empty word after the last "|" */
        policy_refuse(c->reader, cursor_path(c, "never_lifts"), "names of reasons");
    return bit(REASON_OVERRIDE);
}

/* -- the table ---------------------------------------------------------------------------------- */

static const struct {
    const char *name;
    uint32_t (*read)(struct cursor *c, struct rule *rule);
} kinds[RULE_KINDS] = {
    [RULE_AGE] = {"age", read_age},
    [RULE_EXAM] = {"exam", read_exam},
    [RULE_ENTRY_TRAINING] = {"entry_training", read_entry_training},
    [RULE_PERIODIC_TRAINING] = {"periodic_training", read_periodic_training},
    [RULE_STUDY_POINTS] = {"study_points", read_study_points},
    [RULE_SITE_TRAINING] = {"site_training", read_site_training},
    [RULE_IDLE] = {"idle", read_idle},
    [RULE_VIOLATION_POINTS] = {"violation_points", read_violation_points},
    [RULE_OFF_JOB] = {"off_job_training", read_off_job},
    [RULE_CERTIFICATE] = {"certificate", read_certificate},
    [RULE_BAN] = {"ban", read_ban},
    [RULE_AGREEMENT] = {"agreement", read_agreement},
    [RULE_SITE_STATE] = {"site_state", read_site_state},
    [RULE_PERMIT] = {"permit", read_permit},
    [RULE_OVERRIDE] = {"override", read_override},
};

uint32_t policy_rule_read(struct cursor *c, struct rule *rule)
{
    const char *kind = cursor_string(c, "kind", 32);

    memset(rule, 0, sizeof *rule);
    for (unsigned i = 0; i < RULE_KINDS; i++) {
        if (strcmp(kind, kinds[i].name) == 0) {
            rule->kind = (uint8_t)i;
            return kinds[i].read(c, rule);
        }
    }
    policy_refuse(c->reader, cursor_path(c, "kind"),
                  "age|exam|entry_training|periodic_training|study_points|site_training|idle|"
                  "violation_points|off_job_training|certificate|ban|agreement|site_state|permit|"
                  "override");
    return 0;
}

void policy_rules_check(struct policy_reader *reader, const struct policy *policy)
{
    unsigned count[RULE_KINDS] = {0};

    for (unsigned i = 0; i < policy->rule_count; i++)
        count[policy->rules[i].kind]++;
    if (count[RULE_EXAM] > 1 || count[RULE_OVERRIDE] > 1)
        policy_refuse(reader, "/rules", "at most one exam rule and one override rule");
    if (count[RULE_PERIODIC_TRAINING] > 0 && count[RULE_ENTRY_TRAINING] == 0)
        policy_refuse(reader, "/rules",
                      "entry_training beside periodic_training, which is silent about beginners");
}
