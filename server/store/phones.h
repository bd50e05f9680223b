/* store/phones.h: invitations of workers to sign in, and the phones that they did it on. */
#ifndef STORE_PHONES_H
#define STORE_PHONES_H

#include "store/pg.h"

enum { PHONE_POINT_BYTES = 64, INVITATION_HASH_BYTES = 32 };

struct new_invitation {
    int64_t worker_id, account_id, life_s;
    unsigned char link_hash[INVITATION_HASH_BYTES], code_mac[INVITATION_HASH_BYTES];
};
void worker_invite(struct batch *b, const struct new_invitation *invitation);

struct invitation {
    int64_t worker_id; /* 0: there is none, or it has ended */
    int32_t access_version;
    unsigned char link_hash[INVITATION_HASH_BYTES], code_mac[INVITATION_HASH_BYTES];
};
/* By its link, or, link_hash .at NULL, by worker and six digits: that try is counted. */
void worker_invitation_try(struct batch *b, struct text link_hash, int64_t worker_id,
                           struct invitation *into);

/* Uses it: this phone's in place of whatever was before. ERR_CONFLICT when it was used meanwhile. */
void worker_phone_bind(struct batch *b, const struct invitation *invitation,
                       const unsigned char point[PHONE_POINT_BYTES]);
void worker_phone_end(struct batch *b, int64_t worker_id);

struct worker_phone {
    bool found;
    unsigned char point[PHONE_POINT_BYTES];
};
void worker_phone_find(struct batch *b, int64_t worker_id, struct worker_phone *into);

#endif
