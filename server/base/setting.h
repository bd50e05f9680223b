/* base/setting.h: what an operator may set: one table a program, read once, refused whole when
 * anything is wrong.
 *
 * Weakest first: defaults, the file of --config (`name = value`, # comments), the environment
 * (JIANAN_LISTEN_PORT), arguments (--listen_port=8443). Within one of these a setting stands once.
 * A number may carry its unit (`5000 ms`); any other unit is refused, so that nobody's seconds are
 * taken for milliseconds. What is wrong is told with file, line and the nearest name.
 *
 * A program has a settings.def with rows SETTING(name, type, default, min, max, unit, "what it
 * does"), and includes it twice: for its struct, by SETTING_TYPE_… and SETTING_SIZE_…, and for the
 * rows of its table (settings.h and settings.c of the server are the example). */
#ifndef BASE_SETTING_H
#define BASE_SETTING_H

#include "base/err.h"
#include "base/log.h"
#include "base/text.h"

enum {
    SETTING_TEXT_BYTES = 1001,
    SETTING_FILE_BYTES_MAX = 64 * 1024,
    SETTING_NAME_BYTES_MAX = 32,
    SETTING_ROWS_MAX = 128,
    SETTING_PRINT_BYTES = 64 * 1024 /* enough for setting_print() and its help */
};

#define SETTING_TYPE_TEXT   char
#define SETTING_TYPE_SECRET char
#define SETTING_TYPE_NUMBER int64_t
#define SETTING_TYPE_FLAG   bool
#define SETTING_TYPE_LEVEL  enum log_level
#define SETTING_SIZE_TEXT   [SETTING_TEXT_BYTES]
#define SETTING_SIZE_SECRET [SETTING_TEXT_BYTES]
#define SETTING_SIZE_NUMBER
#define SETTING_SIZE_FLAG
#define SETTING_SIZE_LEVEL

enum setting_kind { KIND_TEXT, KIND_SECRET, KIND_NUMBER, KIND_FLAG, KIND_LEVEL };

struct setting_row {
    const char *name;
    enum setting_kind kind;
    const char *standard;
    int64_t min, max; /* bytes of a text */
    const char *unit, *does;
    size_t at; /* in the program's struct */
};

struct setting_table {
    const struct setting_row *rows;
    size_t count;
    size_t bytes;       /* of the program's struct */
    const char *prefix; /* of its variables in the environment */
};

/* What was wrong, for the one who typed it. code is ERR_SETTING_UNKNOWN, ERR_SETTING_INVALID,
 * ERR_FILE_UNREADABLE or ERR_FILE_MODE; text is a whole sentence that begins with the place. */
struct setting_fault {
    enum err_code code;
    char text[512];
};

void setting_defaults(const struct setting_table *table, void *s);

/* Each adds one source over what is there. False: *fault says why; *s is then of no use. */
MUST_USE bool setting_read_file(const struct setting_table *table, void *s, const char *file,
                                struct setting_fault *fault);
MUST_USE bool setting_read_environment(const struct setting_table *table, void *s,
                                       char *const *environment, struct setting_fault *fault);
/* Arguments of the form --name=value. */
MUST_USE bool setting_read_arguments(const struct setting_table *table, void *s,
                                     char *const *arguments, int count,
                                     struct setting_fault *fault);
/* A file's content, already in memory; `secrets_allowed` is false when others may read the file. */
MUST_USE bool setting_read_text(const struct setting_table *table, void *s, const char *file,
                                struct text content, bool secrets_allowed,
                                struct setting_fault *fault);

/* For checks of what must fit together: fills *fault, gives false. */
bool setting_refuse(struct setting_fault *fault, enum err_code code, const char *name,
                    const char *why);
/* A file of keys: readable by us, closed to others. `name` is the setting's. */
MUST_USE bool setting_check_key_file(const char *name, const char *file,
                                     struct setting_fault *fault);

void setting_print_help(const struct setting_table *table, struct build *out); /* with ranges */
/* As a file; secrets hidden. */
void setting_print(const struct setting_table *table, const void *s, struct build *out);

#endif
