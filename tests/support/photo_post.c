#include "support/photo_post.h"

#include <stdio.h>
#include <stdlib.h>

#include "support/photo_maker.h"

void photo_post(struct server *server, long long worker, const char *key, const char *tells,
                struct posted_photo *photo)
{
    struct build out = build_over(photo->bytes, sizeof photo->bytes);
    struct http_reply reply;
    char path[64];

    photo_make(96, 120, tells, 0, &out);
    photo->count = build_done(&out).bytes;
    photo_hex(build_done(&out), photo->hex);
    snprintf(path, sizeof path, "/v1/workers/%lld/photo", worker);
    reply = client_ask(&server->client,
                       &(struct http_question){.method = "POST", .path = path, .key = key,
                                               .media_type = "image/jpeg", .body = photo->bytes,
                                               .body_bytes = photo->count});
    if (reply.status != 201) {
        fprintf(stderr, "a photo was not taken: %d %s\n", reply.status, reply.body);
        abort();
    }
    reply_clear(&reply);
}
