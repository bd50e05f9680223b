/* support/policy_edit.h: shipped policy documents as JSON, to be changed in one place. */
#ifndef SUPPORT_POLICY_EDIT_H
#define SUPPORT_POLICY_EDIT_H

#include <jansson.h>

#include "domain/policy.h"

/* A document that ships with the product, "default.json" or "drafts/zhengzhou-draft.json"; the
 * caller's to decref. */
json_t *shipped_json(const char *name);

/* The files' names, in order; NULL ends the list. Lives as long as the process. */
const char *const *shipped_names(void);

/* Its first rule of that kind. Aborts the test when there is none. */
json_t *policy_rule_of(json_t *document, const char *kind);

/* Sets what a JSON pointer names to `value` (JSON text; NULL removes it); "-" as the last part of an
 * array appends. What leads there must exist. */
void policy_set(json_t *document, const char *pointer, const char *value);

struct err policy_compile_json(const json_t *json, struct arena *arena,
                               struct policy_document *document);

#endif
