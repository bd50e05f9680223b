#include "base/err.h"

#include <stddef.h>

static const struct err_row rows[ERR_COUNT] = {
    [ERR_NONE] = {200, "none", "", ""},
#define ERR(name, status, code, en, zh) [ERR_##name] = {status, code, en, zh},
#include "base/err.def"
#undef ERR
};

struct err err_make(enum err_code code)
{
    return (struct err){.code = code};
}

struct err err_field(enum err_code code, const char *field, const char *expected)
{
    return (struct err){.code = code, .field = field, .expected = expected};
}

struct err err_detail(enum err_code code, const char *detail)
{
    return (struct err){.code = code, .detail = detail};
}

const struct err_row *err_row(enum err_code code)
{
    CHECK(code > ERR_NONE && code < ERR_COUNT);
    return &rows[code];
}
