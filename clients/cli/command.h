/* clients/cli/command.h: one row a command: what is asked of the server, by which options, and how
 * the answer is shown. commands.c is the table; remote.c does what a row says. */
#ifndef CLI_COMMAND_H
#define CLI_COMMAND_H

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

#include "base/text.h"
#include "clients/http/reach.h"

enum option_type {
    OPTION_TEXT,  /* "-": a line of standard input, for what should not stand on a command line */
    OPTION_INT,
    OPTION_ANY,   /* a number when it is written as one */
    OPTION_BOOL,  /* true | false */
    OPTION_WORDS, /* a,b,c */
    OPTION_IDS,   /* 1,2,3 */
    OPTION_JSON   /* a file that holds JSON */
};

/* "--permit-until" becomes the field permit_until of the body, or of the query. */
struct option_row {
    const char *name; /* NULL ends the list */
    const char *value;
    enum option_type type;
    bool required;
    const char *zh, *en;
};

struct column {
    const char *field; /* NULL ends the list */
    const char *zh, *en;
};

/* Arguments of a path that are no numbers. A pass, as the gate was told. */
#define PASS_ARGUMENT "{通行号}"
/* The last one, when it names a file: its bytes are the body. */
#define FILE_ARGUMENT "{文件}"

struct session;
struct command {
    const char *verb, *sub; /* sub NULL: the verb alone */
    const char *method, *path; /* {…} in the path are arguments, in this order */
    bool writes;               /* has an Idempotency-Key */
    bool body_is_file;         /* the argument is a file (or "-"): the body, as it stands */
    bool for_good;             /* cannot be undone: wants --yes, or the number once more */
    const char *fixed;         /* JSON members that the body always has; or NULL */
    const struct option_row *options; /* may be NULL */
    const struct column *columns;     /* of a list; NULL: no list */
    /* How a good answer is shown, and the exit status it gives. */
    int (*show)(struct session *s, const json_t *answer);
    /* Tells in its own words why it was refused; false: the server's will do. May be NULL. */
    bool (*refused)(const struct session *s, const struct answer *answer);
    void (*prepare)(struct session *s); /* may be NULL: fills in what was not said */
    int (*run)(struct session *s);      /* instead of asking once; may be NULL */
    /* Without a server: reads all that follows the command's name by itself. May be NULL. */
    int (*alone)(const struct command *command, int argc, char **argv, bool english);
    const char *zh, *en;
};
extern const struct command commands[]; /* .verb NULL ends it */

/* A command on its way. */
struct session {
    const struct command *command;
    struct reach reach;
    struct client *client;
    char path[1024];
    json_t *body;       /* NULL: none */
    const char *argument; /* the file, when the command takes one */
    const char *media_type;
    const char *idempotency; /* --key; or the one made for this write */
    char made[IDEMPOTENCY_BYTES];
    const char *save;   /* --save: where a key that is shown once goes */
    int save_fd;        /* its file, new and empty, from before the request */
    bool kept;          /* the key is in it */
    bool yes;           /* --yes */
    const char *file;   /* --body */
    bool as_json, all;
};

/* -- remote.c ------------------------------------------------------------------------------------ */

int remote_main(int argc, char **argv); /* argv[0] is the verb */
/* Asks what the session holds now and complains if it must; CLI_DONE when the answer is good. */
int session_ask(struct session *s, struct answer *answer);
/* -- follow.c: asking on behalf of the session while something goes on ---------------------------- */

/* False after complaining; clear the answer either way. */
bool session_get(struct session *s, const char *path, struct answer *answer);
/* Until {"state":…} is no longer "running", with a bar of "done" against total. The last look is
 * the caller's to json_decref; NULL: the server cannot be asked. */
json_t *session_follow(struct session *s, const char *path, const char *label, uint64_t total);

/* What an answer that is not good makes of us. */
int exit_of(const struct answer *answer);

/* -- arguments.c ----------------------------------------------------------------------------------- */

/* Fills the session from what follows verb and command. Else the exit status, after saying why. */
int session_read(struct session *s, int argc, char **argv);
/* Adds ?name=value, or &name=value, to the address in `out`. */
void query_put(struct build *out, const char *name, const json_t *value);
bool was_given(int argc, char **argv, const char *name);
/* Reads a whole file ("-": standard input); NULL after saying why. The caller's to free. */
char *file_read(const char *file, size_t *bytes);
/* Writes one ("-": standard output); false after saying why. */
bool file_write(const char *file, const char *bytes, size_t count);

/* -- help.c -------------------------------------------------------------------------------------- */

/* argv: "help", the verb, perhaps a command. False: the verb has no rows and tells its usage itself. */
bool help_main(int argc, char **argv);
void help_command(FILE *to, const struct command *command, bool english);
/* The commands of one verb; false when there are none. */
bool help_verb(FILE *to, const char *verb, bool english);

/* -- commands that do more than ask once ---------------------------------------------------------- */

int import_run(struct session *s);      /* import.c */
int badge_sheet_run(struct session *s); /* badge.c */
int show_badge(struct session *s, const json_t *answer); /* likewise */
int photo_post_run(struct session *s);  /* photo.c */
int photo_show_run(struct session *s);  /* likewise */
int policy_trial_run(struct session *s); /* trial.c */
int policy_show_run(struct session *s); /* policy.c */
int draft_show(struct session *s, const json_t *answer);
int findings_show(struct session *s, const json_t *answer);
const char *finding_class_word(const char *class, bool english); /* policy_check.c */
int policy_check_main(const struct command *command, int argc, char **argv,
                      bool english); /* policy_check.c */
int doctor_run(struct session *s);      /* doctor.c */
int forecast_show(struct session *s, const json_t *answer); /* forecast.c */
int trust_signed_run(struct session *s); /* trust.c */
void trust_post_prepare(struct session *s);
void gate_prepare(struct session *s);   /* gate.c */
int gate_show(struct session *s, const json_t *answer);
int handed_show(struct session *s, const json_t *answer);
int pass_show(struct session *s, const json_t *answer); /* pass.c */
int calendar_show(struct session *s, const json_t *answer); /* calendar.c */
int accesses_show(struct session *s, const json_t *answer); /* deeds.c */
bool policy_refused(const struct session *s, const struct answer *answer); /* policy.c */

#endif
