/* register/change.h: the kinds of rows in the change table (change.def). */
#ifndef REGISTER_CHANGE_H
#define REGISTER_CHANGE_H

enum change_kind {
#define CHANGE(name, number) CHANGE_##name = number,
#include "register/change.def"
#undef CHANGE
};

#endif
