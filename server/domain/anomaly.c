#include "domain/anomaly.h"

#include <stddef.h>

const struct anomaly_row *anomaly_row(int kind)
{
    static const struct anomaly_row rows[] = {
#define ANOMALY(name, number, code, zh, en) [number] = {code, zh, en},
#include "domain/anomaly.def"
#undef ANOMALY
    };

    if (kind < 0 || (size_t)kind >= sizeof rows / sizeof rows[0] || rows[kind].code == NULL)
        return NULL;
    return &rows[kind];
}
