/* api/enrol.h: people join the register of real names (实名制): one, many, or a CSV of thousands.
 *
 * A number that is known under the same name is the same person, who gets one more engagement. A
 * known number under another name becomes a provisional person of his own and a review is opened;
 * the enroller is answered exactly as for somebody new, so that numbers cannot be probed. */
#ifndef API_ENROL_H
#define API_ENROL_H

#include "api/append.h"
#include "store/enrol.h"
#include "store/posting.h"

/* COLUMN(name, required): the columns of the CSV, and the fields of the JSON. */
enum enrol_column {
#define COLUMN(name, required) ENROL_##name,
#include "api/enrol.def"
#undef COLUMN
    ENROL_COLUMNS
};
const char *enrol_column_name(enum enrol_column column);
bool enrol_column_required(enum enrol_column column);

enum enrol_outcome { ENROL_REFUSED, ENROL_NEW, ENROL_ENGAGED, ENROL_UNCHANGED };

struct enrolment {
    /* what was given, checked */
    struct text name, phone, number, document_hmac, name_hmac;
    int16_t document_type;
    uint8_t sex;
    day_t birth;
    struct record engagement, agreement; /* agreement.kind 0: none was given */
    /* what came of it */
    struct err error;
    enum enrol_outcome outcome;
    struct resolved who;
    struct person person;      /* as loaded, or as newly made */
    struct record joining[3];  /* identity, engagement, agreement */
    struct text bodies[3], secrets[3];
    size_t joining_count;
    uint32_t version, engagement_version; /* after it */
};

struct enrolling { /* a chunk on its way */
    struct enrolment *item;
    size_t count; /* at most PERSONS_MAX */
    struct resolved *resolved; /* of the items that stand, in order */
    struct person *loaded;     /* of those among them who are known */
    struct open_lists lists;
    struct posting_rows posting;
};

/* Fills e from texts by column; .at NULL is a cell that was not given. The error's field is the
 * column's name. */
MUST_USE struct err enrolment_parse(const struct work *work,
                                    const struct text cells[ENROL_COLUMNS], struct enrolment *e);
/* Steps, in this order: resolving and loading add to a batch that the caller sends; deciding
 * settles every item; writing adds the rows of all that join to the last batch. */
MUST_USE struct err enrol_resolving(const struct work *work, struct enrolling *all,
                                    struct batch *b);
MUST_USE struct err enrol_loading(const struct work *work, struct enrolling *all,
                                  struct batch *b);
MUST_USE struct err enrol_deciding(const struct work *work, struct enrolling *all);
MUST_USE struct err enrol_writing(const struct work *work, struct enrolling *all,
                                  struct batch *b);

#endif
