/* settings.h: what the server's operator may set: settings.def, read as base/setting.h says. */
#ifndef SETTINGS_H
#define SETTINGS_H

#include "base/setting.h"

struct settings {
#define SETTING(name, type, standard, min, max, unit, does)                                        \
    SETTING_TYPE_##type name SETTING_SIZE_##type;
#include "settings.def"
#undef SETTING
};
extern const struct setting_table settings_table;

/* What must be there to serve, and what must fit together. */
MUST_USE bool settings_check_serving(const struct settings *s, struct setting_fault *fault);

#endif
