#include "domain/record_fields.h"

#include <stddef.h>

/* Site numbers go into facts as 32 bits, and names take the upper half (record_parse). */
#define SITE_MAX INT32_MAX
#define ID_MAX   ((int64_t)1 << 53)
#define VERSION_MAX INT32_MAX
#define PERIOD_MONTHS_MAX 240

#define TRAININGS                                                                                  \
    "entry_company|entry_project|entry_team|site_entry|annual|quarterly|monthly|transfer|idle|"    \
    "continuing|off_job|pre_shift|drill"
#define ROLES "worker|manager|project_manager|safety_officer|supervisor|head"

#define AT(member) (uint16_t)offsetof(struct record, member)

/* kind, type, required, offset, pointer, min, max, choices. Choices stand in their enum's order;
 * min is the first one's value. */
const struct body_field body_fields[] = {
    {RECORD_IDENTITY, BODY_DATE, true, AT(identity.birth_date), "/birth_date", 0, 0, NULL},
    {RECORD_IDENTITY, BODY_CHOICE, true, AT(identity.sex), "/sex", 1, 0, "M|F"},
    /* idCardType of the national platform; the number itself is never in a record */
    {RECORD_IDENTITY, BODY_U8, false, AT(identity.document_type), "/document_type", 1, 99, NULL},

    {RECORD_EXAM, BODY_CHOICE, true, AT(exam.conclusion), "/conclusion", 1, 0,
     "no_abnormality|recheck|suspected_occupational|contraindicated|unfit|other"},
    {RECORD_EXAM, BODY_CHOICES, false, AT(exam.contraindicated_for), "/contraindicated_for", 0, 0,
     "height|electric|heat|noise|dust|confined|heavy|vehicle"},
    {RECORD_EXAM, BODY_DATE, false, AT(exam.valid_until), "/valid_until", 0, 0, NULL},

    {RECORD_TRAINING, BODY_CHOICE, true, AT(training.type), "/type", 1, 0, TRAININGS},
    {RECORD_TRAINING, BODY_U8, true, AT(training.hours), "/hours", 0, 255, NULL},
    {RECORD_TRAINING, BODY_U8, false, AT(training.score), "/score", 0, 100, NULL},
    {RECORD_TRAINING, BODY_BOOL, true, AT(training.passed), "/passed", 0, 0, NULL},
    {RECORD_TRAINING, BODY_ID, false, AT(training.site), "/site", 1, SITE_MAX, NULL},

    {RECORD_STUDY, BODY_U32, true, AT(study.points), "/points", 1, 1000, NULL},

    {RECORD_VIOLATION, BODY_CHOICE, true, AT(violation.class), "/class", 1, 0,
     "command|operation|discipline"},
    {RECORD_VIOLATION, BODY_CATEGORY, true, AT(violation.category), "/category", 701, 713,
     "an unsafe act of GB 6441-1986, A.7: 7.01 to 7.13"},
    {RECORD_VIOLATION, BODY_U8, true, AT(violation.severity), "/severity", 1, 4, NULL},
    {RECORD_VIOLATION, BODY_BOOL, false, AT(violation.off_job_training), "/off_job_training", 0, 0,
     NULL},
    {RECORD_VIOLATION, BODY_ID, false, AT(violation.site), "/site", 1, SITE_MAX, NULL},

    {RECORD_RECTIFICATION, BODY_U32, true, AT(rectification.of), "/of", 1, VERSION_MAX, NULL},

    {RECORD_CERTIFICATE, BODY_CHOICE, true, AT(certificate.type), "/type", 1, 0,
     "special_operation|A|B|C1|C2|C3|other"},
    {RECORD_CERTIFICATE, BODY_CLASS, false, AT(certificate.class), "/class", 1, 99,
     "two digits like 02"},
    {RECORD_CERTIFICATE, BODY_SECRET, true, AT(certificate.number), "/number", 1, 64, NULL},
    {RECORD_CERTIFICATE, BODY_CHOICE, true, AT(certificate.issuer), "/issuer", 1, 0,
     "housing|emergency|other"},
    {RECORD_CERTIFICATE, BODY_DATE, true, AT(certificate.valid_from), "/valid_from", 0, 0, NULL},
    {RECORD_CERTIFICATE, BODY_DATE, true, AT(certificate.valid_until), "/valid_until", 0, 0, NULL},

    {RECORD_CERTIFICATE_STATUS, BODY_SECRET, true, AT(certificate_status.number), "/number", 1, 64,
     NULL},
    {RECORD_CERTIFICATE_STATUS, BODY_CHOICE, true, AT(certificate_status.status), "/status", 1, 0,
     "valid|suspended|revoked"},
    {RECORD_CERTIFICATE_STATUS, BODY_DATE, true, AT(certificate_status.from), "/from", 0, 0, NULL},
    {RECORD_CERTIFICATE_STATUS, BODY_DATE, false, AT(certificate_status.until), "/until", 0, 0,
     NULL},
    {RECORD_CERTIFICATE_STATUS, BODY_U8, false, AT(certificate_status.months), "/months", 1,
     PERIOD_MONTHS_MAX, NULL},

    /* scope stands before subject: what a subject is depends on it */
    {RECORD_BAN, BODY_CHOICE, true, AT(ban.scope), "/scope", 1, 0, "industry|role|trade|site"},
    {RECORD_BAN, BODY_SUBJECT, false, AT(ban.subject), "/subject", 1, SITE_MAX, ROLES},
    {RECORD_BAN, BODY_DATE, true, AT(ban.from), "/from", 0, 0, NULL},
    {RECORD_BAN, BODY_DATE, false, AT(ban.until), "/until", 0, 0, NULL},
    {RECORD_BAN, BODY_U8, false, AT(ban.months), "/months", 1, PERIOD_MONTHS_MAX, NULL},
    {RECORD_BAN, BODY_SECRET, true, AT(ban.basis), "/basis", 1, 500, NULL},

    {RECORD_AGREEMENT, BODY_CHOICE, true, AT(agreement.type), "/type", 1, 0,
     "labour_contract|written_agreement"},
    {RECORD_AGREEMENT, BODY_DATE, true, AT(agreement.from), "/from", 0, 0, NULL},
    {RECORD_AGREEMENT, BODY_DATE, false, AT(agreement.until), "/until", 0, 0, NULL},

    {RECORD_ENGAGEMENT, BODY_ID, true, AT(engagement.org), "/org", 1, ID_MAX, NULL},
    {RECORD_ENGAGEMENT, BODY_ID, true, AT(engagement.site), "/site", 1, SITE_MAX, NULL},
    {RECORD_ENGAGEMENT, BODY_TRADE, true, AT(engagement.trade), "/trade", 0, 0, NULL},
    {RECORD_ENGAGEMENT, BODY_CHOICE, true, AT(engagement.role), "/role", 1, 0, ROLES},
    {RECORD_ENGAGEMENT, BODY_SECRET, false, AT(engagement.team), "/team", 1, 60, NULL},
    {RECORD_ENGAGEMENT, BODY_DATE, false, AT(engagement.from), "/from", 0, 0, NULL},

    {RECORD_ENGAGEMENT_END, BODY_U32, false, AT(engagement_end.of), "/of", 1, VERSION_MAX, NULL},
    {RECORD_ENGAGEMENT_END, BODY_ID, false, AT(engagement_end.org), "/org", 1, ID_MAX, NULL},
    {RECORD_ENGAGEMENT_END, BODY_ID, false, AT(engagement_end.site), "/site", 1, SITE_MAX, NULL},
    {RECORD_ENGAGEMENT_END, BODY_TRADE, false, AT(engagement_end.trade), "/trade", 0, 0, NULL},
    {RECORD_ENGAGEMENT_END, BODY_CHOICE, false, AT(engagement_end.role), "/role", 1, 0, ROLES},
    {RECORD_ENGAGEMENT_END, BODY_DATE, false, AT(engagement_end.until), "/until", 0, 0, NULL},

    {RECORD_OVERRIDE, BODY_CHOICE, true, AT(override.colour), "/colour", COLOUR_GREEN, 0,
     "green|yellow|red"},
    {RECORD_OVERRIDE, BODY_DATE, true, AT(override.from), "/from", 0, 0, NULL},
    {RECORD_OVERRIDE, BODY_DATE, true, AT(override.until), "/until", 0, 0, NULL},
    {RECORD_OVERRIDE, BODY_SECRET, true, AT(override.evidence), "/evidence", 1, 500, NULL},
    {RECORD_OVERRIDE, BODY_SIGNERS, true, AT(override.signed_by), "/signed_by", 1, ID_MAX,
     "two different accounts"},

    {RECORD_STAR, BODY_U32, true, AT(star.points), "/points", 1, 1000, NULL},
    {RECORD_SUPERSEDE, BODY_U32, true, AT(supersede.of), "/of", 1, VERSION_MAX, NULL},
    {RECORD_CONSENT, BODY_CHOICE, true, AT(consent.scope), "/scope", 1, 0,
     "health|biometric|location"},
    {RECORD_CONSENT, BODY_BOOL, true, AT(consent.given), "/given", 0, 0, NULL},
    {RECORD_MERGE, BODY_ID, true, AT(merge.into), "/into", 1, ID_MAX, NULL},
    {.pointer = NULL},
};

static const char *const kind_names[RECORD_KINDS] = {
    [RECORD_IDENTITY] = "identity",
    [RECORD_EXAM] = "exam",
    [RECORD_TRAINING] = "training",
    [RECORD_STUDY] = "study",
    [RECORD_VIOLATION] = "violation",
    [RECORD_RECTIFICATION] = "rectification",
    [RECORD_CERTIFICATE] = "certificate",
    [RECORD_CERTIFICATE_STATUS] = "certificate_status",
    [RECORD_BAN] = "ban",
    [RECORD_AGREEMENT] = "agreement",
    [RECORD_ENGAGEMENT] = "engagement",
    [RECORD_ENGAGEMENT_END] = "engagement_end",
    [RECORD_OVERRIDE] = "override",
    [RECORD_STAR] = "star",
    [RECORD_SUPERSEDE] = "supersede",
    [RECORD_CONSENT] = "consent",
    [RECORD_MERGE] = "merge",
    [RECORD_ERASURE] = "erasure",
};

static const struct trade trades[] = {
#define TRADE(code, zh, en) {code, zh, en},
#include "domain/trade.def"
#undef TRADE
};

const char *record_kind_name(enum record_kind kind)
{
    return kind > 0 && kind < RECORD_KINDS ? kind_names[kind] : "";
}

enum record_kind record_kind_of(struct text name)
{
    for (unsigned kind = 1; kind < RECORD_KINDS; kind++) {
        if (text_is(name, kind_names[kind]))
            return kind;
    }
    return 0;
}

const char *record_choices(enum record_kind kind, const char *field)
{
    for (const struct body_field *f = body_fields; f->pointer != NULL; f++) {
        if (f->kind == kind && (f->type == BODY_CHOICE || f->type == BODY_CHOICES) &&
            text_is(text_of(field), body_key(f)))
            return f->choices;
    }
    return NULL;
}

/* FNV-1a, 32 bits; 0 stands for "not given", so it is never the answer. */
uint32_t fnv1a(struct text text)
{
    uint32_t hash = 2166136261u;

    for (size_t i = 0; i < text.bytes; i++)
        hash = (hash ^ (unsigned char)text.at[i]) * 16777619u;
    return hash != 0 ? hash : 1;
}

const struct trade *trade_find(uint16_t code)
{
    for (size_t i = 0; i < sizeof trades / sizeof trades[0]; i++) {
        if (trades[i].code == code)
            return &trades[i];
    }
    return NULL;
}

struct err trade_parse(struct text from, const char *field, uint16_t *trade)
{
    int64_t code;

    if (!text_to_int(from, 1, TRADE_MAX, &code) || from.bytes != (code >= 1000 ? 4 : 3) ||
        trade_find((uint16_t)code) == NULL)
        return err_field(ERR_FIELD_CHOICE, field, "a trade code like 030");
    *trade = (uint16_t)code;
    return OK;
}
