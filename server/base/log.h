/* base/log.h: one JSON line an event on standard error.
 *
 * Fields are codes, numbers and addresses; names, document numbers, phones and tokens never reach
 * a log. Values are escaped, so that nobody can forge a line. */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include <stdint.h>

enum log_level { LOG_ERROR, LOG_WARN, LOG_INFO, LOG_DEBUG };

struct log_field {
    const char *key;
    const char *text; /* NULL: the number counts */
    int64_t number;
};

#define log_text(k, v)   ((struct log_field){.key = (k), .text = (v) ? (v) : ""})
#define log_number(k, v) ((struct log_field){.key = (k), .number = (int64_t)(v)})

/* id is the exchange's, 0 outside one. ERROR: somebody must act. INFO: one line a request. */
#define log_event(level, id, event, ...)                                                           \
    log_write((level), (id), (event), (const struct log_field[]){__VA_ARGS__ __VA_OPT__(, ){0}})

void log_write(enum log_level level, uint64_t id, const char *event,
               const struct log_field *fields);
void log_set_level(enum log_level level);

#endif
