#include "bench/people.h"

#include <stdlib.h>

#include "clients/sim/people.h"
#include "domain/fold.h"

enum { RECORDS_MAX = 16, SEED = 1, TRAINER = 2, CLINIC = 3, FIRM = 1 };

struct life {
    struct record records[RECORDS_MAX];
    size_t count;
    day_t today;
};

static struct record *add(struct life *life, enum record_kind kind, int days_ago, int64_t org)
{
    struct record *r = &life->records[life->count++];

    CHECK(life->count <= RECORDS_MAX);
    *r = (struct record){.kind = kind,
                         .version = (uint32_t)life->count,
                         .occurred_on = (day_t)(life->today - days_ago),
                         .by = 1,
                         .org = org};
    return r;
}

static void add_identity(struct life *life, const struct person *p)
{
    struct record *r = add(life, RECORD_IDENTITY, p->entry_days_ago, FIRM);
    struct civil birth = {0};

    /* the document number's own digits: YYYYMMDD from the seventh on */
    for (int i = 0; i < 8; i++) {
        int *part = i < 4 ? &birth.year : i < 6 ? &birth.month : &birth.day;

        *part = *part * 10 + (p->number[6 + i] - '0');
    }
    r->identity.birth_date = day_from_civil(birth);
    r->identity.sex = p->sex == 'F' ? SEX_FEMALE : SEX_MALE;
    r->identity.document_type = 1;
    r = add(life, RECORD_AGREEMENT, p->entry_days_ago, FIRM);
    r->agreement.type = AGREEMENT_LABOUR_CONTRACT;
    r->agreement.from = r->occurred_on;
}

static void add_training(struct life *life, int days_ago, enum training_type type, uint8_t hours,
                         unsigned site)
{
    struct record *r = add(life, RECORD_TRAINING, days_ago, TRAINER);

    r->training.type = (uint8_t)type;
    r->training.hours = hours;
    r->training.passed = true;
    r->training.site = site;
}

static void add_trainings(struct life *life, const struct person *p, unsigned place, unsigned sites)
{
    add_training(life, p->entry_days_ago, TRAINING_ENTRY_COMPANY, 15, 0);
    add_training(life, p->entry_days_ago, TRAINING_ENTRY_PROJECT, 15, 0);
    if (p->flaw != FLAW_TRAINING)
        add_training(life, p->entry_days_ago, TRAINING_ENTRY_TEAM, 20, 0);
    for (unsigned site = 1; site <= sites && p->flaw != FLAW_SITE_ENTRY; site++)
        add_training(life, p->entry_days_ago - 1, TRAINING_SITE_ENTRY, 2, site);
    add(life, RECORD_STUDY, p->entry_days_ago - 1, TRAINER)->study.points =
        p->flaw == FLAW_STUDY ? 35 : 60 + place % 30;
}

static void add_exam(struct life *life, const struct person *p)
{
    int ago = p->flaw == FLAW_EXAM_OLD ? 380 + p->exam_days_ago : p->exam_days_ago;

    if (p->flaw != FLAW_EXAM_NONE)
        add(life, RECORD_EXAM, ago, CLINIC)->exam.conclusion =
            p->flaw == FLAW_EXAM_RECHECK ? EXAM_RECHECK
            : p->flaw == FLAW_UNFIT      ? EXAM_UNFIT
                                         : EXAM_NO_ABNORMALITY;
}

static void add_certificate(struct life *life, const struct person *p, unsigned place)
{
    struct record *r;

    if (p->certificate == NULL || p->flaw == FLAW_CERTIFICATE)
        return;
    r = add(life, RECORD_CERTIFICATE, p->entry_days_ago, FIRM);
    r->certificate.type = CERTIFICATE_SPECIAL_OPERATION;
    r->certificate.class = (uint8_t)strtoul(p->certificate, NULL, 10);
    r->certificate.issuer = ISSUER_HOUSING;
    r->certificate.number.ref = place + 1;
    r->certificate.valid_from = (day_t)(life->today - 300);
    r->certificate.valid_until = (day_t)(life->today + 430);
}

/* Grave enough for the flaw; and, for one in thirty of the others, a word about a helmet. */
static void add_violation(struct life *life, const struct person *p, unsigned place)
{
    int severity = p->flaw == FLAW_VIOLATIONS ? 3 : p->flaw == FLAW_OFF_JOB ? 2 : 1;
    struct record *r;

    if (severity == 1 && place % 30 != 7)
        return;
    r = add(life, RECORD_VIOLATION, p->entry_days_ago / 2, FIRM);
    r->violation.class = VIOLATION_OPERATION;
    r->violation.severity = (uint8_t)severity;
    r->violation.category = severity == 1 ? 711 : 706;
    r->violation.off_job_training = p->flaw == FLAW_OFF_JOB;
    r->violation.site = 1;
}

void bench_worker_make(struct bench_worker *worker, unsigned place, day_t today, unsigned sites,
                       struct arena *arena)
{
    struct life life = {.today = today};
    struct person p;
    struct err e;

    CHECK(sites <= BENCH_SITES_MAX);
    person_make(&p, SEED + place / PEOPLE_MAX, place % PEOPLE_MAX, today);
    add_identity(&life, &p);
    add_trainings(&life, &p, place, sites);
    add_exam(&life, &p);
    add_certificate(&life, &p, place);
    add_violation(&life, &p, place);
    e = facts_fold(life.records, life.count, arena, &worker->facts);
    CHECK(!err_is(e));
    worker->context = (struct context){
        .trade = (uint16_t)p.trade,
        .role = p.is_manager ? ROLE_MANAGER : ROLE_WORKER,
        .site_state = SITE_OPEN,
        .org_permit = PERMIT_VALID,
        .site = 1,
    };
}
