/* api/enrol_parse.c: a row of cells becomes an enrolment. */
#include "api/enrol.h"

#include "base/choice.h"
#include "domain/idnumber.h"

static const struct {
    const char *name;
    bool required;
} columns[ENROL_COLUMNS] = {
#define COLUMN(name, required) {#name, required},
#include "api/enrol.def"
#undef COLUMN
};

const char *enrol_column_name(enum enrol_column column)
{
    return columns[column].name;
}

bool enrol_column_required(enum enrol_column column)
{
    return columns[column].required;
}

static struct err parse_document(const struct work *work, const struct text *cells,
                                 struct enrolment *e)
{
    int64_t type = DOCUMENT_ID_CARD;
    struct document document;
    struct err failed;

    if (cells[ENROL_document_type].at != NULL &&
        (!text_to_int(cells[ENROL_document_type], 1, 99, &type) || !document_type_exists(type)))
        return err_field(ERR_FIELD_CHOICE, "document_type", "1 | 2 | 8 | 10 | 12 | 20 | 23 | 99");
    failed = document_parse((enum document_type)type, cells[ENROL_document_number],
                            "document_number", work->today, &document);
    if (err_is(failed))
        return failed;
    e->document_type = (int16_t)document.type;
    e->sex = document.sex;
    e->birth = document.birth;
    e->number = arena_text(work->arena, (struct text){document.number, document.bytes});
    return e->number.at != NULL ? OK : err_make(ERR_TOO_LARGE);
}

/* Documents that do not tell sex and birth need them said; where both speak they must agree. */
static struct err parse_sex_and_birth(const struct text *cells, struct enrolment *e)
{
    struct text sex = cells[ENROL_sex];
    uint8_t said = text_is(sex, "M") ? SEX_MALE : text_is(sex, "F") ? SEX_FEMALE : SEX_UNKNOWN;
    day_t birth = DAY_UNKNOWN;

    if (sex.at != NULL && said == SEX_UNKNOWN)
        return err_field(ERR_FIELD_CHOICE, "sex", "M | F");
    if (cells[ENROL_birth_date].at != NULL) {
        struct err failed = day_parse(cells[ENROL_birth_date], "birth_date", &birth);

        if (err_is(failed))
            return failed;
    }
    if (e->sex != SEX_UNKNOWN && said != SEX_UNKNOWN && said != e->sex)
        return err_field(ERR_FIELD_RANGE, "sex", "as in document_number");
    if (e->birth != DAY_UNKNOWN && birth != DAY_UNKNOWN && birth != e->birth)
        return err_field(ERR_FIELD_RANGE, "birth_date", "as in document_number");
    if (e->sex == SEX_UNKNOWN)
        e->sex = said;
    if (e->birth == DAY_UNKNOWN)
        e->birth = birth;
    if (e->sex == SEX_UNKNOWN)
        return err_field(ERR_FIELD_MISSING, "sex", "M | F");
    return e->birth != DAY_UNKNOWN ? OK : err_field(ERR_FIELD_MISSING, "birth_date", "YYYY-MM-DD");
}

static struct err parse_person(const struct work *work, const struct text *cells,
                               struct enrolment *e)
{
    struct err failed = name_check(cells[ENROL_name], "name");

    if (!err_is(failed) && cells[ENROL_phone].at != NULL)
        failed = phone_check(cells[ENROL_phone], "phone");
    if (!err_is(failed))
        failed = parse_document(work, cells, e);
    if (!err_is(failed))
        failed = parse_sex_and_birth(cells, e);
    if (err_is(failed))
        return failed;
    e->name = arena_text(work->arena, cells[ENROL_name]);
    e->phone = cells[ENROL_phone].at != NULL ? arena_text(work->arena, cells[ENROL_phone])
                                             : (struct text){NULL, 0};
    return e->name.at != NULL ? OK : err_make(ERR_TOO_LARGE);
}

static bool choice(struct text cell, const char *choices, uint8_t *place)
{
    int found = choice_find(choices, cell);

    if (found >= 0)
        *place = (uint8_t)(found + 1);
    return found >= 0;
}

static struct err parse_engagement(const struct work *work, const struct text *cells,
                                   struct record *r)
{
    static const char roles[] = "worker|manager|project_manager|safety_officer|supervisor|head";
    struct err failed = trade_parse(cells[ENROL_trade], "trade", &r->engagement.trade);

    if (err_is(failed))
        return failed;
    if (!text_to_int(cells[ENROL_site], 1, INT32_MAX, &r->engagement.site))
        return err_field(ERR_FIELD_TYPE, "site", "site id");
    r->engagement.role = ROLE_WORKER;
    if (cells[ENROL_role].at != NULL && !choice(cells[ENROL_role], roles, &r->engagement.role))
        return err_field(ERR_FIELD_CHOICE, "role", roles);
    if (cells[ENROL_team].at != NULL) {
        failed = text_check(cells[ENROL_team], "team", 1, 60);
        if (err_is(failed))
            return failed;
        r->engagement.team.plain = arena_text(work->arena, cells[ENROL_team]);
    }
    r->kind = RECORD_ENGAGEMENT;
    r->engagement.org = work->caller->org_id;
    r->engagement.from = work->today;
    return cells[ENROL_from].at != NULL ? day_parse(cells[ENROL_from], "from", &r->engagement.from)
                                        : OK;
}

static struct err parse_agreement(const struct work *work, const struct text *cells,
                                  struct record *r)
{
    static const char types[] = "labour_contract|written_agreement";
    struct err failed = OK;

    if (cells[ENROL_agreement].at == NULL)
        return OK;
    if (!choice(cells[ENROL_agreement], types, &r->agreement.type))
        return err_field(ERR_FIELD_CHOICE, "agreement", types);
    r->kind = RECORD_AGREEMENT;
    r->agreement.from = work->today;
    if (cells[ENROL_agreement_from].at != NULL)
        failed = day_parse(cells[ENROL_agreement_from], "agreement_from", &r->agreement.from);
    if (!err_is(failed) && cells[ENROL_agreement_until].at != NULL)
        failed = day_parse(cells[ENROL_agreement_until], "agreement_until", &r->agreement.until);
    if (!err_is(failed) && r->agreement.until != DAY_UNKNOWN &&
        r->agreement.until <= r->agreement.from)
        return err_field(ERR_DATE_ORDER, "agreement_until", "> agreement_from");
    return failed;
}

/* What a person is found by: the number, and the name that goes with it. */
static struct err find_by(const struct work *work, struct enrolment *e)
{
    unsigned char *hmacs = arena_alloc(work->arena, 2 * SEAL_HMAC_BYTES);

    if (hmacs == NULL)
        return err_make(ERR_TOO_LARGE);
    vault_lookup(work->app->shared->vault, (unsigned)e->document_type, e->number, hmacs);
    vault_lookup(work->app->shared->vault, 0, e->name, hmacs + SEAL_HMAC_BYTES);
    e->document_hmac = (struct text){(const char *)hmacs, SEAL_HMAC_BYTES};
    e->name_hmac = (struct text){(const char *)hmacs + SEAL_HMAC_BYTES, SEAL_HMAC_BYTES};
    return OK;
}

struct err enrolment_parse(const struct work *work, const struct text cells[ENROL_COLUMNS],
                           struct enrolment *e)
{
    struct err failed = OK;

    for (int i = 0; i < ENROL_COLUMNS; i++) {
        if (columns[i].required && cells[i].at == NULL)
            return err_field(ERR_FIELD_MISSING, columns[i].name, NULL);
    }
    failed = parse_person(work, cells, e);
    if (!err_is(failed))
        failed = parse_engagement(work, cells, &e->engagement);
    if (!err_is(failed))
        failed = parse_agreement(work, cells, &e->agreement);
    return err_is(failed) ? failed : find_by(work, e);
}
