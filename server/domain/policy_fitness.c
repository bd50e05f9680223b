/* domain/policy_fitness.c: the rules of age and health, as documents write them. */
#include "domain/pointer.h"
#include "domain/policy_rules.h"
#include "domain/record.h"

enum { AGE_MAX = 150 };

/* -- age ---------------------------------------------------------------------------------------- */

enum boundary_mode { BOUNDARY_STRICT, BOUNDARY_WORSE, BOUNDARY_MILDER };

/* [lower, upper) in completed years. */
struct band {
    int64_t lower, upper;
    uint8_t lifted_by_exam_months;
    struct outcome is;
};

/* from (that age belongs to the band) or over (it does not): the first completed year of the band. */
static int64_t read_lower(struct cursor *c)
{
    if (cursor_has(c, "over"))
        return cursor_int(c, "over", 0, AGE_MAX, "completed years") + 1;
    return cursor_has(c, "from") ? cursor_int(c, "from", 0, AGE_MAX, "completed years") : 0;
}

/* below (that age does not belong to the band) or to (it does): the first year beyond the band. */
static int64_t read_upper(struct cursor *c)
{
    if (cursor_has(c, "to"))
        return cursor_int(c, "to", 0, AGE_MAX, "completed years") + 1;
    return cursor_has(c, "below") ? cursor_int(c, "below", 1, AGE_MAX, "completed years")
                                  : AGE_MAX + 1;
}

static enum reason_code read_age_reason(struct cursor *c)
{
    static const uint8_t codes[] = {REASON_AGE_UNDER, REASON_AGE_YELLOW, REASON_AGE_RED};

    return codes[cursor_choice(c, "reason", "AGE_UNDER|AGE_YELLOW|AGE_RED", -1)];
}

static struct band read_band(struct cursor *c, bool for_everybody)
{
    struct band band = {.lower = read_lower(c), .upper = read_upper(c)};
    enum colour colour = cursor_colour(c, "colour");
    enum reason_code code = REASON_AGE_TRADE;

    if (colour != COLOUR_GREEN && for_everybody)
        code = read_age_reason(c);
    if (colour != COLOUR_GREEN && cursor_has(c, "lifted_by_exam_months"))
        band.lifted_by_exam_months = (uint8_t)cursor_months(c, "lifted_by_exam_months");
    band.is = outcome_of(code, colour);
    cursor_close(c);
    return band;
}

/* A year that two neighbours claim goes to one of them. */
static void part(enum boundary_mode mode, struct band *below, struct band *above)
{
    bool above_is_worse = above->is.colour > below->is.colour;

    if (mode == BOUNDARY_STRICT || above->lower + 1 != below->upper ||
        above->is.colour == below->is.colour)
        return;
    if (above_is_worse == (mode == BOUNDARY_WORSE))
        below->upper = above->lower;
    else
        above->lower = below->upper;
}

static bool is_everybody(const struct audience *whom)
{
    return whom->trades.count == 0 && whom->roles == 0;
}

static uint32_t read_bands(struct cursor *c, const char *key, unsigned sex,
                           enum boundary_mode mode, struct rule_age *age)
{
    size_t count;
    const json_t *array = cursor_array(c, key, 1, AGE_BANDS_MAX, &count);
    struct age_band *bands = arena_new_array(c->reader->arena, AGE_BANDS_MAX, struct age_band);
    struct band before = {0};
    uint32_t codes = 0;

    if (bands == NULL)
        return 0;
    for (size_t i = 0; i < count; i++) {
        const char *path = pointer_index(c->reader->arena, cursor_path(c, key), i);
        struct cursor at = cursor_open(c->reader, json_array_get(array, i), path);
        struct band band = read_band(&at, is_everybody(&age->audience));

        if (i > 0)
            part(mode, &before, &band);
        if (band.lower != before.upper || band.upper <= band.lower ||
            (i > 0 && before.upper <= before.lower))
            policy_refuse(c->reader, path, "bands without gap or overlap, from 0 upwards");
        bands[i] = (struct age_band){(uint8_t)(band.lower <= AGE_MAX ? band.lower : AGE_MAX),
                                     band.lifted_by_exam_months, band.is};
        codes |= reason_bit(band.is.code);
        before = band;
    }
    if (before.upper <= AGE_MAX)
        policy_refuse(c->reader, cursor_path(c, key), "the last band has no upper end");
    age->bands[sex] = bands;
    age->band_count[sex] = (uint8_t)count;
    return codes;
}

uint32_t rule_read_age(struct cursor *c, struct rule *rule)
{
    struct rule_age *age = &rule->age;
    enum boundary_mode mode = BOUNDARY_STRICT;
    uint32_t codes;

    if (cursor_has(c, "boundary_mode"))
        mode = BOUNDARY_WORSE + cursor_choice(c, "boundary_mode", "worse|milder", -1);
    age->audience = cursor_audience(c);
    codes = read_bands(c, "men", 0, mode, age) | read_bands(c, "women", 1, mode, age);
    age->unknown = cursor_bad(c, "unknown", is_everybody(&age->audience) ? REASON_AGE_YELLOW
                                                                         : REASON_AGE_TRADE);
    return codes | reason_bit(age->unknown.code);
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
    struct trade_months *rows = arena_new_array(c->reader->arena, POLICY_TABLE_MAX,
                                                struct trade_months);
    struct cursor table;
    const char *key;
    json_t *value;

    if (object == NULL || rows == NULL)
        return;
    table = cursor_open(c->reader, object, cursor_path(c, "validity_by_trade"));
    json_object_foreach((json_t *)(uintptr_t)object, key, value)
    {
        if (exam->validity_count == POLICY_TABLE_MAX) {
            policy_refuse(c->reader, table.path, "at most 64 trades");
            return;
        }
        table.taken_count = 0;
        rows[exam->validity_count].trade = read_trade_key(&table, key);
        rows[exam->validity_count++].months = cursor_months(&table, key);
    }
    exam->validity = rows;
}

static void read_hazards(struct cursor *c, struct rule_exam *exam)
{
    const json_t *object = cursor_get(c, "hazards_by_trade");
    struct trade_hazards *rows = arena_new_array(c->reader->arena, POLICY_TABLE_MAX,
                                                 struct trade_hazards);
    struct cursor table;
    const char *key;
    json_t *value;

    if (object == NULL || rows == NULL)
        return;
    table = cursor_open(c->reader, object, cursor_path(c, "hazards_by_trade"));
    json_object_foreach((json_t *)(uintptr_t)object, key, value)
    {
        if (exam->hazard_count == POLICY_TABLE_MAX) {
            policy_refuse(c->reader, table.path, "at most 64 trades");
            return;
        }
        table.taken_count = 0;
        rows[exam->hazard_count].trade = read_trade_key(&table, key);
        if (json_array_size(value) > 0 || !json_is_array(value)) /* [] is a trade without hazards */
            rows[exam->hazard_count].hazards = (uint8_t)cursor_choices(
                &table, key, record_choices(RECORD_EXAM, "contraindicated_for"), 0);
        exam->hazard_count++;
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
        struct outcome is = outcome_of(rows[i].code, cursor_colour(&of, rows[i].key));

        exam->conclusion[rows[i].conclusion] = is;
        codes |= reason_bit(is.code);
    }
    if (exam->conclusion[EXAM_NO_ABNORMALITY].code != NO_REASON)
        policy_refuse(c->reader, cursor_path(&of, "no_abnormality"), "green");
    if (exam->conclusion[EXAM_UNFIT].colour != COLOUR_RED)
        policy_refuse(c->reader, cursor_path(&of, "unfit"), "red");
    cursor_close(&of);
    return codes;
}

uint32_t rule_read_exam(struct cursor *c, struct rule *rule)
{
    struct rule_exam *exam = &rule->exam;
    uint32_t codes = read_conclusions(c, exam);

    exam->validity_months = cursor_months(c, "validity_months");
    read_validity(c, exam);
    read_hazards(c, exam);
    exam->none = cursor_bad(c, "none", REASON_HEALTH_NONE);
    exam->conclusion[0] = exam->none; /* no such conclusion: as if there were no exam */
    exam->expired = cursor_bad(c, "expired", REASON_HEALTH_EXPIRED);
    exam->contra_trade = cursor_bad(c, "contraindicated_for_trade", REASON_HEALTH_CONTRA);
    exam->contra_person = cursor_bad(c, "contraindicated_otherwise", REASON_HEALTH_CONTRA);
    exam->adverse_outlasts = cursor_bool(c, "adverse_outlasts_validity", false);
    return codes | reason_bit(REASON_HEALTH_NONE) | reason_bit(REASON_HEALTH_EXPIRED) |
           reason_bit(REASON_HEALTH_CONTRA);
}
