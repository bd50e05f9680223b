/* domain/anomaly.h: what passes show that people should look at; no colour depends on it. */
#ifndef DOMAIN_ANOMALY_H
#define DOMAIN_ANOMALY_H

enum anomaly_kind {
#define ANOMALY(name, number, code, zh, en) ANOMALY_##name = number,
#include "domain/anomaly.def"
#undef ANOMALY
};
struct anomaly_row {
    const char *code, *zh, *en;
};
#define ANOMALY_OUTCOMES "harmless|lent|forged|device_fault"

/* NULL for a number that is none. */
const struct anomaly_row *anomaly_row(int kind);

#endif
