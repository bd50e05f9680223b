/* settings.h: what an operator may set: one table, read once, refused whole when anything is wrong.
 *
 * Weakest first: defaults, the file of --config (`name = value`, # comments), the environment
 * (JIANAN_LISTEN_PORT), arguments (--listen_port=8443). Within one of these a setting stands once.
 * A number may carry its unit (`5000 ms`); any other unit is refused, so that nobody's seconds are
 * taken for milliseconds. What is wrong is told with file, line and the nearest name. */
#ifndef SETTINGS_H
#define SETTINGS_H

#include "base/err.h"
#include "base/log.h"
#include "base/text.h"

enum { SETTING_TEXT_BYTES = 1001, SETTINGS_FILE_BYTES_MAX = 64 * 1024 };

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

struct settings {
#define SETTING(name, type, standard, min, max, unit, does)                                        \
    SETTING_TYPE_##type name SETTING_SIZE_##type;
#include "settings.def"
#undef SETTING
};

/* What was wrong, for the one who typed it. code is ERR_SETTING_UNKNOWN, ERR_SETTING_INVALID,
 * ERR_FILE_UNREADABLE or ERR_FILE_MODE; text is a whole sentence that begins with the place. */
struct settings_fault {
    enum err_code code;
    char text[512];
};

void settings_defaults(struct settings *s);

/* Each adds one source over what is there. False: *fault says why; *s is then of no use. */
MUST_USE bool settings_read_file(struct settings *s, const char *file,
                                 struct settings_fault *fault);
MUST_USE bool settings_read_environment(struct settings *s, char *const *environment,
                                        struct settings_fault *fault);
/* Arguments of the form --name=value. */
MUST_USE bool settings_read_arguments(struct settings *s, char *const *arguments, int count,
                                      struct settings_fault *fault);
/* A file's content, already in memory; `secrets_allowed` is false when others may read the file. */
MUST_USE bool settings_read_text(struct settings *s, const char *file, struct text content,
                                 bool secrets_allowed, struct settings_fault *fault);

/* What must be there to serve, and what must fit together. */
MUST_USE bool settings_check_serving(const struct settings *s, struct settings_fault *fault);
/* A file of keys: readable by us, closed to others. `name` is the setting's. */
MUST_USE bool settings_check_key_file(const char *name, const char *file,
                                      struct settings_fault *fault);

void settings_print_help(struct build *out);                       /* the table, with ranges */
void settings_print(const struct settings *s, struct build *out); /* as a file; secrets hidden */
enum { SETTINGS_PRINT_BYTES = 64 * 1024 };

#endif
