/* clients/cli/record_words.h: records in words: their kinds, fields and codes as people say them. */
#ifndef CLI_RECORD_WORDS_H
#define CLI_RECORD_WORDS_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

/* A code in words, "operation" of "class" as 违章作业; the code itself when there are none. */
const char *record_word(const char *field, const char *code, bool english);

/* A record's body in a line: "类别 违章作业，不安全行为 7.06 冒险进入危险场所，程度 严重". */
void record_body_show(const json_t *body, bool english, char *into, size_t bytes);

#endif
