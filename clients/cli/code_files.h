/* clients/cli/code_files.h: the signed files that codes are verified by, read from disk. */
#ifndef CLI_CODE_FILES_H
#define CLI_CODE_FILES_H

#include "crypto/code.h"
#include "crypto/statuslist.h"

/* A whole file, "-" for standard input. ERR_FILE_UNREADABLE, ERR_TOO_LARGE. */
MUST_USE struct err signed_file_read(const char *name, char *to, size_t max, struct text *content);

/* Says what is wrong with a file on standard error; always CLI_INPUT. */
int file_complain(const char *verb, const char *file, struct err e);

/* The signed list, or JSON. With roots (JSON) it must be signed by one of them and in force; without,
 * whoever names the file vouches for it. */
MUST_USE struct err trust_load(const char *file, const struct trust_list *roots, int64_t now_s,
                               struct trust_list *trust);

enum { LISTS_MAX = 256 };
struct list_file {
    int64_t iat, exp;
    uint32_t number;
    bool is_today;
    size_t packed_bytes;
    unsigned char *packed;
};
/* What was read of --list and --roster; a file that is refused is none, and is not forgotten: what
 * should have been judged by it cannot be told. */
struct signed_files {
    unsigned list_count;
    struct list_file lists[LISTS_MAX];
    struct code_lists code_lists;
    struct roster roster;
    struct code_roster code_roster;
};
/* Each complains on standard error and returns CLI_INPUT when the file is refused: not what it says
 * it is, or not signed by a key that may. One that is over, or another day's, is read: its codes are
 * `stale`. */
int list_load(struct signed_files *files, const char *file, const struct code_gate *gate);
int roster_load(struct signed_files *files, const char *file, const struct code_gate *gate);
void signed_files_clear(struct signed_files *files);

#endif
