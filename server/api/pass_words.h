/* api/pass_words.h: a stored pass as people read it, who may see codes of reasons. */
#ifndef API_PASS_WORDS_H
#define API_PASS_WORDS_H

#include "base/json.h"
#include "domain/pass.h"
#include "domain/site_rule.h"

const char *pass_source_name(int16_t source); /* "asked" */

/* verdict, why, person_colour, colour_here; then arrays of names. */
void pass_put_answer(struct json_writer *w, const struct pass *pass);
/* The zones that stay shut, by their names in the site's rule of then; NULL: not known. */
void pass_put_restrictions(struct json_writer *w, int32_t restrictions,
                           const struct site_rule *rule);
void pass_put_reasons(struct json_writer *w, int64_t reasons);
void pass_put_flags(struct json_writer *w, int32_t flags);

#endif
