/* api/person_seal.h: what is personal in records and people, sealed and opened again. */
#ifndef API_PERSON_SEAL_H
#define API_PERSON_SEAL_H

#include "api/app.h"
#include "domain/record.h"
#include "store/persons.h"

/* Renders the record as it is stored (secrets as salted hashes, which it also sets in *record) and
 * seals its plain secrets under the person's key; *sealed stays .at NULL when there are none. */
MUST_USE struct err person_seal_record(const struct work *work, const struct person *person,
                                       struct record *record, struct text *body,
                                       struct text *sealed);

/* Any words about a person, under his key; the texts lie in the work's arena. */
MUST_USE struct err person_seal_text(const struct work *work, const struct person *person,
                                     struct text plain, struct text *sealed);
MUST_USE struct err person_unseal_text(const struct work *work, const struct person *person,
                                       struct text sealed, struct text *plain);

struct person_details { /* what a person's sealed row holds */
    struct text name, document_number, phone;
};
MUST_USE struct err person_seal_details(const struct work *work, const struct person_key *key,
                                        int64_t worker_id, const struct person_details *details,
                                        struct text *sealed);
/* Opens it again; texts lie in the work's arena. */
MUST_USE struct err person_unseal_details(const struct work *work, const struct person *person,
                                          struct person_details *details);

#endif
