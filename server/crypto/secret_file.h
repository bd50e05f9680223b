/* crypto/secret_file.h: files with keys: read only when nobody else may, written so that nobody can. */
#ifndef CRYPTO_SECRET_FILE_H
#define CRYPTO_SECRET_FILE_H

#include "base/err.h"
#include "base/text.h"

enum { SECRET_FILE_BYTES_MAX = 4096 };

/* Reads the whole regular file into `to`, which holds SECRET_FILE_BYTES_MAX; the caller cleanses
 * it. ERR_FILE_UNREADABLE (also when it is longer), ERR_FILE_MODE when group or others have any
 * right to it. */
MUST_USE struct err secret_file_read(const char *path, char *to, size_t *bytes);

/* A new file, mode 600, on disk when this returns. ERR_ALREADY_EXISTS rather than overwriting a
 * key; ERR_FILE_UNREADABLE when it cannot be written. */
MUST_USE struct err secret_file_create(const char *path, struct text content);

#endif
