/* net/files.h: files that are served as they lie on disk: read whole at start, never again.
 *
 * What can be asked for is the list that was read, so no path leads anywhere else. Of each file
 * there may be siblings that were compressed before (NAME.gz, NAME.br); the one that the asker
 * understands is given. */
#ifndef NET_FILES_H
#define NET_FILES_H

#include "base/err.h"
#include "net/http.h"

enum {
    FILES_MAX = 2000,
    FILES_DEPTH_MAX = 8,
    FILES_PATH_BYTES = 256,
    FILES_TOTAL_BYTES_MAX = 64 * 1024 * 1024
};

enum file_coding { CODING_PLAIN, CODING_GZIP, CODING_BROTLI, CODINGS };

struct file_form {
    struct text body; /* .at NULL: there is none in this coding */
    char etag[40];    /* strong: of these very bytes, quoted */
};

struct file {
    char path[FILES_PATH_BYTES]; /* as asked for: "/assets/index-Bq3fT9xz.js" */
    const char *content_type;
    bool hashed; /* its name changes with what is in it, so that it may be kept for ever */
    struct file_form forms[CODINGS];
};

struct files;
/* Reads every regular file below `folder` whose name is of A-Za-z0-9._- ; links are not followed and
 * names with a leading dot are left out. Fails with ERR_FILE_UNREADABLE (detail says what), also
 * when there is no index.html, when a file is larger than an answer may be, or when there are too
 * many. */
MUST_USE struct err files_read(const char *folder, struct files **files);
void files_free(struct files *files); /* NULL is fine */

const struct file *files_find(const struct files *files, struct text path); /* NULL: none */
/* The smallest form that Accept-Encoding allows (RFC 9110 12.5.3). */
enum file_coding file_coding_for(const struct file *file, struct text accept_encoding);
/* Does If-None-Match name this tag (RFC 9110 13.1.2)? A weak mark does not matter there. */
bool etag_matches(struct text if_none_match, const char *etag);

#endif
