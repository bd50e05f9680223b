/* support/photo_post.h: a made photo (photo_maker.h) goes to the real server. */
#ifndef SUPPORT_PHOTO_POST_H
#define SUPPORT_PHOTO_POST_H

#include "support/server.h"

enum { PHOTO_POST_BYTES = 4096, PHOTO_POST_HEX = 33 };

struct posted_photo {
    char bytes[PHOTO_POST_BYTES], hex[PHOTO_POST_HEX]; /* hex: as gates name it */
    size_t count;
};
/* Dies unless it is taken. `tells` makes it another photo. */
void photo_post(struct server *server, long long worker, const char *key, const char *tells,
                struct posted_photo *photo);

#endif
