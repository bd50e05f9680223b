#include "base/err.h"

static const struct err_row rows[ERR_COUNT] = {
    [ERR_NONE] = {200, "none", "", ""},
#define ERR(name, status, code, en, zh) [ERR_##name] = {status, code, en, zh},
#include "base/err.def"
#undef ERR
};

const struct err_row *err_row(enum err_code code)
{
    CHECK(code > ERR_NONE && code < ERR_COUNT);
    return &rows[code];
}
