/* api/pages.h: the people's pages, as clients/web was built (setting web_root). */
#ifndef API_PAGES_H
#define API_PAGES_H

#include "net/exchange.h"

/* May this be asked of the pages, when no route has its path? */
bool pages_have(const struct exchange *x);
enum step pages_answer(struct exchange *x);

#endif
