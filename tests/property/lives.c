#include "property/lives.h"

#include "property/any.h"

static bool one_in(unsigned n)
{
    return any_below(n) == 0;
}

/* Anywhere; on the edge of a month, a quarter or a year; some months after something else, or a day
 * beside that. */
day_t some_day(const struct record *records, size_t count)
{
    static const uint8_t periods[] = {1, 3, 12}, months[] = {1, 2, 3, 6, 12, 18, 24, 60};
    day_t day = (day_t)(LIFE_FIRST + any_below(LIFE_DAYS));

    switch (any_below(4)) {
    case 0: day = (day_t)(day_of_period(day, periods[any_below(3)], 0) - any_below(2)); break;
    case 1:
        if (count > 0)
            day = (day_t)(day_add_months(records[any_below((unsigned)count)].occurred_on,
                                         months[any_below(sizeof months)]) +
                          any_below(3) - 1);
        break;
    default: break;
    }
    return day < LIFE_FIRST ? LIFE_FIRST : day < LIFE_FIRST + LIFE_DAYS ? day
                                                                        : LIFE_FIRST + LIFE_DAYS;
}

static day_t some_end(day_t from, unsigned none_in)
{
    return one_in(none_in) ? DAY_UNKNOWN : (day_t)(from + 1 + any_below(900));
}

/* The version of some earlier record of the kind (0: of any); 0: there is none. */
static uint32_t some_version(const struct record *records, size_t count, enum record_kind kind)
{
    size_t start = count > 0 ? any_below((unsigned)count) : 0;

    for (size_t i = 0; i < count; i++) {
        const struct record *r = &records[(start + i) % count];

        if (kind == 0 || r->kind == kind)
            return r->version;
    }
    return 0;
}

static void fill_certificate(struct record *r)
{
    r->certificate.type = (uint8_t)(1 + any_below(2));
    r->certificate.class = (uint8_t)(1 + any_below(3));
    r->certificate.issuer = (uint8_t)(1 + one_in(4));
    r->certificate.number.ref = 1 + any_below(2);
    r->certificate.valid_from = r->occurred_on;
    r->certificate.valid_until = (day_t)(r->occurred_on + 1 + any_below(900));
}

static void fill_status(struct record *r)
{
    r->certificate_status.number.ref = 1 + any_below(2);
    r->certificate_status.status = (uint8_t)(1 + any_below(3));
    r->certificate_status.from = r->occurred_on;
    r->certificate_status.until = some_end(r->occurred_on, 3);
}

static void fill_ban(struct record *r)
{
    r->ban.scope = (uint8_t)(1 + any_below(4));
    r->ban.subject = r->ban.scope == BAN_TRADE ? 30 : 1;
    r->ban.from = r->occurred_on;
    r->ban.until = some_end(r->occurred_on, 4);
}

static void fill_training(struct record *r)
{
    r->training.type = (uint8_t)(1 + any_below(TRAINING_DRILL));
    r->training.hours = (uint8_t)(5 + any_below(20));
    r->training.passed = !one_in(5);
    r->training.site = any_below(3);
}

static void fill_violation(struct record *r)
{
    r->violation.class = (uint8_t)(1 + any_below(3));
    r->violation.category = (uint16_t)(706 + any_below(2));
    r->violation.severity = (uint8_t)(1 + any_below(4));
    r->violation.off_job_training = one_in(4);
}

static void fill_engagement(struct record *r)
{
    static const uint16_t trades[] = {30, 40, 130, 390};

    r->engagement.org = 5;
    r->engagement.site = 1 + any_below(2);
    r->engagement.trade = trades[any_below(4)];
    r->engagement.role = (uint8_t)(1 + any_below(ROLE_HEAD));
}

static void fill(struct record *r, const struct record *records, size_t count)
{
    switch (r->kind) {
    case RECORD_EXAM:
        r->exam.conclusion = (uint8_t)(one_in(2) ? EXAM_NO_ABNORMALITY : 1 + any_below(EXAM_OTHER));
        r->exam.contraindicated_for = (uint8_t)(one_in(4) ? 1 << any_below(8) : 0);
        r->exam.valid_until = one_in(2) ? DAY_UNKNOWN : some_end(r->occurred_on, 9);
        break;
    case RECORD_AGREEMENT:
        r->agreement.type = AGREEMENT_LABOUR_CONTRACT;
        r->agreement.from = r->occurred_on;
        r->agreement.until = some_end(r->occurred_on, 3);
        break;
    case RECORD_OVERRIDE:
        r->override.colour = (uint8_t)any_below(3);
        r->override.from = r->occurred_on;
        r->override.until = (day_t)(r->occurred_on + 1 + any_below(200));
        break;
    case RECORD_RECTIFICATION:
        r->rectification.of = some_version(records, count, RECORD_VIOLATION);
        break;
    case RECORD_SUPERSEDE: r->supersede.of = some_version(records, count, 0); break;
    case RECORD_ENGAGEMENT_END:
        r->engagement_end.of = some_version(records, count, RECORD_ENGAGEMENT);
        break;
    case RECORD_TRAINING:           fill_training(r); break;
    case RECORD_VIOLATION:          fill_violation(r); break;
    case RECORD_CERTIFICATE:        fill_certificate(r); break;
    case RECORD_CERTIFICATE_STATUS: fill_status(r); break;
    case RECORD_BAN:                fill_ban(r); break;
    case RECORD_ENGAGEMENT:         fill_engagement(r); break;
    case RECORD_STAR:               r->star.points = 1 + any_below(60); break;
    default:                        r->study.points = 1 + any_below(60); break;
    }
}

/* What it names must be there. */
static bool names_nothing(const struct record *r)
{
    return (r->kind == RECORD_RECTIFICATION && r->rectification.of == 0) ||
           (r->kind == RECORD_SUPERSEDE && r->supersede.of == 0) ||
           (r->kind == RECORD_ENGAGEMENT_END && r->engagement_end.of == 0);
}

struct record some_record(const struct record *records, size_t count, const uint8_t *kinds,
                          size_t kind_count)
{
    struct record r;

    do {
        r = (struct record){.kind = kinds[any_below((unsigned)kind_count)],
                            .version = (uint32_t)count + 1,
                            .recorded_at = (time_us)(count + 1) * US_PER_SECOND,
                            .occurred_on = some_day(records, count)};
        fill(&r, records, count);
    } while (names_nothing(&r));
    return r;
}

static void enrol(struct record *records, size_t *count)
{
    struct record *r = &records[*count];

    *r = (struct record){.kind = RECORD_IDENTITY, .version = (uint32_t)++*count,
                         .recorded_at = (time_us)*count * US_PER_SECOND,
                         .occurred_on = (day_t)(LIFE_FIRST + any_below(LIFE_DAYS / 4))};
    r->identity.birth_date = (day_t)(18000 + any_below(24000));
    r->identity.sex = (uint8_t)(1 + any_below(2));
}

static void induct(struct record *records, size_t *count)
{
    for (uint8_t type = TRAINING_ENTRY_COMPANY; type <= TRAINING_SITE_ENTRY && !one_in(6); type++) {
        struct record *r = &records[*count];

        *r = (struct record){.kind = RECORD_TRAINING, .version = (uint32_t)++*count,
                             .recorded_at = (time_us)*count * US_PER_SECOND,
                             .occurred_on = (day_t)(LIFE_FIRST + any_below(200))};
        r->training.type = type;
        r->training.hours = 40;
        r->training.passed = true;
        r->training.site = 1;
    }
}

size_t some_life(struct record records[LIFE_RECORDS_MAX])
{
    static const uint8_t kinds[] = {
        RECORD_EXAM,       RECORD_EXAM,       RECORD_EXAM,        RECORD_TRAINING,
        RECORD_TRAINING,   RECORD_TRAINING,   RECORD_TRAINING,    RECORD_TRAINING,
        RECORD_STUDY,      RECORD_STUDY,      RECORD_STUDY,       RECORD_VIOLATION,
        RECORD_VIOLATION,  RECORD_CERTIFICATE, RECORD_CERTIFICATE, RECORD_CERTIFICATE_STATUS,
        RECORD_BAN,        RECORD_AGREEMENT,  RECORD_AGREEMENT,   RECORD_OVERRIDE,
        RECORD_STAR,       RECORD_ENGAGEMENT, RECORD_ENGAGEMENT,  RECORD_ENGAGEMENT_END,
        RECORD_SUPERSEDE,  RECORD_RECTIFICATION,
    };
    size_t count = 0, more = any_below(LIFE_RECORDS_MAX - 8);

    if (!one_in(20))
        enrol(records, &count);
    induct(records, &count);
    for (; more > 0; more--, count++)
        records[count] = some_record(records, count, kinds, sizeof kinds);
    return count;
}

struct context some_place(void)
{
    static const uint16_t trades[] = {30, 40, 130, 390};

    return (struct context){trades[any_below(4)], (uint8_t)(1 + any_below(ROLE_HEAD)), SITE_OPEN,
                            PERMIT_VALID, 1};
}
