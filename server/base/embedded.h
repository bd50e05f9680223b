/* base/embedded.h: a file that lies in the program (store/embed_files.cmake). */
#ifndef BASE_EMBEDDED_H
#define BASE_EMBEDDED_H

#include "base/text.h"

struct embedded_file {
    const char *name; /* without its folder; NULL ends a table */
    struct text text;
};

extern const struct embedded_file policies_embedded[];      /* migrations/policies */
extern const struct embedded_file policy_drafts_embedded[]; /* migrations/policies/drafts */
extern const struct embedded_file holidays_embedded[];      /* migrations/reference/holidays */
extern const struct embedded_file openapi_embedded[];       /* server/openapi.yaml */

#endif
