/* support/wire.h: the wire between a client and a server on this machine, which a test cuts.
 *
 * Everything is passed on both ways until, counted from wire_arm(), so many bytes have gone over it;
 * then it falls silent (nothing is passed on, nothing is closed) or is cut. A thread does it. */
#ifndef SUPPORT_WIRE_H
#define SUPPORT_WIRE_H

#include <stdbool.h>

struct wire;
enum wire_fate { WIRE_SILENT, WIRE_CUT };

struct wire *wire_open(unsigned server_port);
void wire_close(struct wire *wire);
unsigned wire_port(const struct wire *wire);

/* After so many bytes, both ways together, of all connections. */
void wire_arm(struct wire *wire, long after_bytes, enum wire_fate fate);
/* Falls silent when a client asks for this ("GET /v1/trust"): the question is not passed on. The text
 * must outlive it. */
void wire_arm_before(struct wire *wire, const char *question);
/* Connections that fell silent are closed; new ones pass. */
void wire_mend(struct wire *wire);
/* Nobody gets through; connections there are closed. */
void wire_break(struct wire *wire);
/* Has it fallen silent, or been cut? Waits up to wait_ms for it. */
bool wire_is_cut(struct wire *wire, int wait_ms);
/* Bytes since wire_arm() or wire_mend(). */
long wire_bytes(struct wire *wire);

#endif
