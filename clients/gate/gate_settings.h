/* clients/gate/gate_settings.h: what the gate's operator may set: gate_settings.def, read as
 * base/setting.h says; variables in the environment begin with JIANAN_GATE_. */
#ifndef GATE_SETTINGS_H
#define GATE_SETTINGS_H

#include "base/setting.h"

struct gate_settings {
#define SETTING(name, type, standard, min, max, unit, does)                                        \
    SETTING_TYPE_##type name SETTING_SIZE_##type;
#include "clients/gate/gate_settings.def"
#undef SETTING
};
extern const struct setting_table gate_settings_table;

/* What must be there to serve, and what must fit together. */
MUST_USE bool gate_settings_check(const struct gate_settings *s, struct setting_fault *fault);

#endif
