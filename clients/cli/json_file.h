/* clients/cli/json_file.h: why a file that should hold JSON does not, for whoever wrote it: the
 * server's words speak of a request, and the usual fault is what an editor saved. */
#ifndef CLI_JSON_FILE_H
#define CLI_JSON_FILE_H

#include <stdbool.h>

#include "base/text.h"

/* A sentence with its remedy, about a file that json_read() refused. Static. */
const char *json_file_fault(struct text file, bool english);

#endif
