/* service.h: the running service: its shared parts, a loop a thread, start and drain.
 *
 * service_open() builds everything and refuses to start on what would lose or lie; service_run()
 * serves until service_stop(), which any thread may call. */
#ifndef SERVICE_H
#define SERVICE_H

#include "base/arena.h"
#include "settings.h"

struct service;

/* Texts of an error live in `arena`. */
MUST_USE struct err service_open(const struct settings *settings, struct arena *arena,
                                 struct service **service);
void service_run(struct service *service);  /* blocks until every loop has drained */
void service_stop(struct service *service); /* stop accepting, finish what is open, end */
void service_close(struct service *service);

#endif
