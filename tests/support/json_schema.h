/* support/json_schema.h: whether a JSON value is valid by a JSON Schema (draft 2020-12).
 *
 * As much of it as the schemas of this project use: the table in json_schema.c has a row a keyword.
 * A keyword that is not there is told, never passed over. */
#ifndef SUPPORT_JSON_SCHEMA_H
#define SUPPORT_JSON_SCHEMA_H

#include <jansson.h>
#include <stdbool.h>

/* The first keyword of the schema that is not understood; NULL: all are. */
const char *schema_unknown_keyword(const json_t *schema);

/* $ref is looked up in `schema`, as "#/$defs/NAME". */
bool schema_accepts(const json_t *schema, const json_t *value);

#endif
