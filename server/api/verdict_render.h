/* api/verdict_render.h: a verdict in words: every reason with its basis, since when, until when,
 * what to do and who can help, in the caller's language. */
#ifndef API_VERDICT_RENDER_H
#define API_VERDICT_RENDER_H

#include "api/resource.h"
#include "domain/stars.h"
#include "register/registry.h"
#include "scoring/scoring.h"
#include "store/appeals.h"
#include "store/persons.h"

struct place { /* where, as what, and when the question is asked */
    day_t on;
    struct text region; /* GB/T 2260; "" asks the default policy */
    bool is_post;       /* context counts: the person works somewhere as something */
    int64_t org_id, site_id;
    uint32_t engagement; /* version of the record that says so; 0: none */
    struct context context;
};

enum site_state site_state_of_word(struct text word); /* "open", "stopped", "closed" */
enum permit_state permit_of_row(const struct org_row *org, day_t on);

void json_put_trade(struct json_writer *w, const char *key, uint16_t trade); /* "030" */
void json_put_role(struct json_writer *w, const char *key, uint8_t role);

/* What stands beside a verdict for the person it is about; it has no part in it. */
struct verdict_notes {
    const struct person *person; /* whose records the reasons rest on */
    struct star_sum stars;
    struct appeal_rows appeals; /* that wait for their answer */
};

/* Decides by the policy in force for the place and renders it. ERR_NOT_READY while the register
 * holds no policy for it. */
MUST_USE struct err verdict_render(struct exchange *x, struct build *out, int64_t worker_id,
                                   const struct facts *facts, const struct place *place,
                                   const struct verdict_notes *notes);

/* "post": where and as what; null without one. */
void post_put(struct json_writer *w, const struct place *place);

/* What lets a person follow a reason: the records that it rests on, the points and their limits, and
 * what is not known of him. */
struct verdict_grounds {
    const struct caller *caller; /* other firms' engagements are theirs to see */
    const struct facts *facts;
    const struct person *person;
    const struct place *place;
};

/* Into an open object: colours, reasons in words, next change, policy, day. The document is the one
 * that the verdict was given by. grounds may be NULL: then they are not told. */
void verdict_put(struct json_writer *w, const struct policy_document *document,
                 const struct verdict *v, bool english, const struct verdict_grounds *grounds);

/* For lists: the two colours alone. False when there is no policy for the place; between
 * registry_enter() and registry_leave(). */
MUST_USE bool colours_of(const struct registry_reader *reader, const struct facts *facts,
                         const struct place *place, struct colours *colours);

#endif
