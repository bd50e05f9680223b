/* store/pg_errors.c: what PostgreSQL refused, as an error of ours. */
#include <string.h>

#include "store/pg_private.h"

/* Constraints whose breach is an answer to the caller and not a bug, by name. */
static const struct {
    const char *name;
    enum err_code code;
} constraints[] = {
#define CONSTRAINT(name, code) {#name, code},
#include "store/constraints.def"
#undef CONSTRAINT
    {NULL, ERR_NONE},
};

/* SQLSTATE by prefix, most particular first (PostgreSQL 15, appendix A). */
static const struct {
    const char *prefix;
    enum err_code code;
} states[] = {
    {"40001", ERR_CONFLICT},         /* serialization failure */
    {"40P01", ERR_CONFLICT},         /* deadlock */
    {"55P03", ERR_BUSY},             /* lock_timeout */
    {"57014", ERR_DATABASE_TIMEOUT}, /* statement_timeout, or somebody cancelled it */
    {"57P", ERR_DATABASE},           /* shut down, crashed, starting up */
    {"08", ERR_DATABASE},            /* connection */
    {"25006", ERR_DATABASE},         /* read-only: it is no longer the primary */
    {"25P03", ERR_DATABASE},         /* idle_in_transaction_session_timeout */
    {"26000", ERR_DATABASE},         /* the prepared statement is gone */
    {"53100", ERR_STORAGE_FULL},     /* disk full */
    {"53", ERR_DATABASE},            /* out of memory, too many connections */
    {"42501", ERR_DATABASE_GRANT},   /* the role lacks a grant */
    {"58030", ERR_DATABASE},         /* I/O error */
    {"22", ERR_DATA_REFUSED},        /* a value that its type does not hold */
    {"23", ERR_DATA_REFUSED},        /* a constraint that is nobody's answer: our bug */
};

static const char *field_of(const PGresult *result, int code)
{
    const char *text = PQresultErrorField(result, code);

    return text != NULL ? text : "";
}

static bool severity_is(const PGresult *result, const char *severity)
{
    return strcmp(field_of(result, PG_DIAG_SEVERITY_NONLOCALIZED), severity) == 0;
}

bool result_is_fatal(const PGresult *result)
{
    return severity_is(result, "FATAL") || severity_is(result, "PANIC");
}

bool result_condemns(const PGresult *result)
{
    const char *state = field_of(result, PG_DIAG_SQLSTATE);

    return strcmp(state, "25006") == 0 || strcmp(state, "26000") == 0 ||
           strcmp(state, "0A000") == 0; /* "cached plan must not change result type" */
}

/* DETAIL and, in class 22 (data exceptions), the message itself quote values: they stay out. */
void result_describe(struct build *out, const PGresult *result)
{
    const char *state = field_of(result, PG_DIAG_SQLSTATE);
    const char *constraint = field_of(result, PG_DIAG_CONSTRAINT_NAME);

    build_string(out, state);
    if (*state == '\0')
        build_string(out, PQresultErrorMessage(result)); /* libpq's own */
    else if (strncmp(state, "22", 2) != 0) {
        build_char(out, ' ');
        build_string(out, field_of(result, PG_DIAG_MESSAGE_PRIMARY));
    }
    if (*constraint != '\0')
        build_format(out, " [%s]", constraint);
}

static enum err_code code_of(const PGresult *result)
{
    const char *state = field_of(result, PG_DIAG_SQLSTATE);
    const char *constraint = field_of(result, PG_DIAG_CONSTRAINT_NAME);
    size_t i;

    for (i = 0; constraints[i].name != NULL; i++) {
        if (strcmp(constraints[i].name, constraint) == 0)
            return constraints[i].code;
    }
    for (i = 0; i < sizeof states / sizeof *states; i++) {
        if (strncmp(states[i].prefix, state, strlen(states[i].prefix)) == 0)
            return states[i].code;
    }
    return *state == '\0' ? ERR_DATABASE : ERR_INTERNAL; /* no state: libpq lost the server */
}

struct err err_from_result(const PGresult *result)
{
    static _Thread_local char detail[512];
    struct build out = build_over(detail, sizeof detail);

    result_describe(&out, result);
    return err_detail(code_of(result), detail);
}
