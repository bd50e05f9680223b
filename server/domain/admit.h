/* domain/admit.h: may this record join what is known of the worker?
 *
 * Checks what a table of fields cannot see: dates against today, a rectification against its
 * violation, a correction against what it corrects, a poster against its accreditation. Which
 * colour follows is the policy's business. Nothing here waits or allocates. */
#ifndef DOMAIN_ADMIT_H
#define DOMAIN_ADMIT_H

#include "domain/directory.h"
#include "domain/idnumber.h"
#include "domain/record.h"

/* How far back a record may lie, and how far a promised start (an engagement, a certificate's
 * validity) may lie ahead. */
enum { ADMIT_YEARS_BACK = 60, ADMIT_DAYS_AHEAD = 366 };

/* Who signs an override beside its poster. That it is somebody else is known by the account: one is
 * given to a person, and to one only. */
struct signer {
    enum account_role role;
    bool active;
    bool in_charge; /* the worker is engaged in his region */
};

struct posting { /* who posts */
    enum account_role role;
    int64_t account_id, org_id;
    int64_t site_id;         /* safety officers: the only site they post for */
    uint32_t accreditations; /* training centres: bit 1 << enum training_type */
    const struct signer *second; /* of an override; NULL: no such account */
    uint32_t upheld; /* the record that an appeal he upholds is about: his to take back; 0: none */
};

/* known: the worker's records, by version. One of ERR_DATE_FUTURE, ERR_DATE_TOO_OLD,
 * ERR_DATE_ORDER, ERR_VERSION_UNKNOWN, ERR_ALREADY_SUPERSEDED, ERR_ALREADY_RECTIFIED,
 * ERR_IDENTITY_KEPT, ERR_NOT_YOURS, ERR_NOT_ACCREDITED, ERR_ENGAGEMENT_OPEN, ERR_ENGAGEMENT_ENDED,
 * ERR_SIGNER_FIRST, ERR_SIGNER_INVALID, with the field. */
MUST_USE struct err record_admit(const struct record *record, const struct record *known,
                                 size_t count, const struct posting *posting, day_t today);

/* May this identity stand for somebody who was enrolled with this document? What the number tells
 * (birth date, sex) is not open to correction: whoever has another number is another person, or a
 * merge. ERR_FIELD_CHOICE, ERR_FIELD_RANGE. */
MUST_USE struct err identity_admit(const struct record *record, const struct document *document);

/* The record of this version, unless a later one supersedes it; NULL. */
const struct record *record_standing(const struct record *known, size_t count, uint32_t version);

#endif
