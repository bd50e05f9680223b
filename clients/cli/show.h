/* clients/cli/show.h: how answers look on a terminal: Chinese or English, columns that line up. */
#ifndef CLI_SHOW_H
#define CLI_SHOW_H

#include "clients/cli/command.h"

int show_object(struct session *s, const json_t *answer);
int show_list(struct session *s, const json_t *answer);
int show_written(struct session *s, const json_t *answer);
int show_key(struct session *s, const json_t *answer);   /* a key that is told once */
int show_items(struct session *s, const json_t *answer); /* of a post of one or many */
int show_colour(struct session *s, const json_t *answer);
int show_code(struct session *s, const json_t *answer);
int show_raw(struct session *s, const json_t *answer);   /* JSON in both manners */

/* A value as a person reads it: colours and trades by name, null as a dash. */
void show_value(const char *field, const json_t *value, bool english, char *into, size_t bytes);
void show_pair(const char *label, const char *value);
/* What the audit calls a deed, in words (deeds.c). */
const char *deed_word(const char *deed, bool english);
const char *show_label(const char *field, bool english);

#endif
