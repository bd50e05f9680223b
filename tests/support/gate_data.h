/* support/gate_data.h: what a gate would have fetched, made here: site, keys, a roster of so many
 * workers, so many status lists; kept in its folder as the sync keeps them. So that a gate alone can
 * be measured without a server. */
#ifndef SUPPORT_GATE_DATA_H
#define SUPPORT_GATE_DATA_H

#include "base/text.h"
#include "crypto/signer.h"

/* Signs everything with `server`. Dies when it cannot. The gate's clock counts as measured. */
void gate_data_make(const char *dir, struct signer *server, unsigned workers, unsigned lists);
/* A live code of the n-th worker of the roster, issued now; n counts on over and over. */
void gate_data_code(struct signer *server, unsigned n, unsigned workers, struct build *out);

#endif
