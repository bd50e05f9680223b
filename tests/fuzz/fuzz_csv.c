/* Any bytes as CSV. Rows are numbered upwards, fields lie inside the input, and reading ends. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/csv.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *bytes = malloc(size > 0 ? size : 1);
    struct csv_reader reader;
    struct text fields[CSV_FIELDS_MAX];
    unsigned count, row, row_before = 0;
    struct err e;

    if (bytes == NULL)
        return 0;
    if (size > 0)
        memcpy(bytes, data, size);
    reader = csv_over(bytes, size);
    do {
        e = csv_next_row(&reader, fields, CSV_FIELDS_MAX, &count, &row);
        CHECK(row > row_before && row <= size + 1);
        CHECK(!err_is(e) || (count == 0 && e.expected != NULL));
        row_before = row;
        for (unsigned i = 0; i < count; i++) {
            CHECK(fields[i].at >= bytes && fields[i].at + fields[i].bytes <= bytes + size);
            CHECK(fields[i].bytes <= CSV_FIELD_BYTES_MAX);
            CHECK(fields[i].bytes == 0 || memchr(fields[i].at, '\0', fields[i].bytes) == NULL);
        }
    } while (err_is(e) || count > 0);
    free(bytes);
    return 0;
}
