/* api/photos.h: people's photos: POST and GET /v1/workers/{id}/photo, GET /v1/gate/photos/{hash}.
 *
 * The contractor that engages somebody posts his photo; never he himself, or a lent phone would show
 * the borrower's. Whoever may see the person may look at it, and that is written down first. A gate
 * gets the photos of its own site's people and no others, by the hash that its roster and the
 * answers to its checks name them by. */
#ifndef API_PHOTOS_H
#define API_PHOTOS_H

#include "domain/photo.h"
#include "net/exchange.h"

#define PHOTO_MEDIA_TYPE "image/jpeg"

extern step_fn *const photo_post[], *const photo_get[], *const gate_photo_get[];
extern const size_t photo_state_bytes;

#endif
