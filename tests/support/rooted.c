#include "support/rooted.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "support/code_maker.h"

enum { DAY_S = 86400, JSON_BYTES = 16 * 1024, LIST_BYTES = 16 * 1024 };

static void must(bool good, const char *what)
{
    if (!good) {
        fprintf(stderr, "rooted: %s\n", what);
        abort();
    }
}

void rooted_pin(const struct rooted *rooted, struct signer *const *roots, unsigned count)
{
    static char json[JSON_BYTES];
    struct build out = build_over(json, sizeof json);
    struct trust_list list = {0};
    char other[128];
    FILE *file;

    for (unsigned i = 0; i < count; i++) {
        struct trusted_key key = *signer_key(roots[i]);

        key.kinds = 1u << TOKEN_TRUST;
        must(!err_is(trust_list_add(&list, &key)), "a root");
    }
    trust_list_render(&list, &out);
    trust_list_clear(&list);
    snprintf(other, sizeof other, "%s.new", rooted->file);
    file = fopen(other, "w");
    must(file != NULL && fwrite(json, 1, out.bytes, file) == out.bytes && fclose(file) == 0 &&
             rename(other, rooted->file) == 0,
         "the file of roots");
}

void rooted_open(struct rooted *rooted)
{
    *rooted = (struct rooted){.dir = "/tmp/jianan-roots-XXXXXX"};
    must(mkdtemp(rooted->dir) != NULL, "a folder");
    snprintf(rooted->file, sizeof rooted->file, "%s/roots.json", rooted->dir);
    rooted->roots[0] = maker_signer(TOKEN_ES256);
    rooted->roots[1] = maker_signer(TOKEN_SM2);
    rooted_pin(rooted, rooted->roots, 2);
}

void rooted_close(struct rooted *rooted)
{
    signer_close(rooted->roots[0]);
    signer_close(rooted->roots[1]);
    must(unlink(rooted->file) == 0 && rmdir(rooted->dir) == 0, "removing the folder");
}

struct trust_list rooted_list(struct server *server)
{
    struct http_reply reply = server_must(server, "GET", "/v1/trust", NULL, NULL);
    struct trust_list list;

    must(!err_is(trust_list_parse((struct text){reply.body, reply.body_bytes}, &list)), reply.body);
    reply_clear(&reply);
    return list;
}

struct text rooted_sign(struct signer *root, struct trust_list *list, char *to, size_t max)
{
    struct build out = build_over(to, max);

    if (list->iat == 0)
        list->iat = clock_wall_us() / US_PER_SECOND;
    if (list->exp == 0)
        list->exp = list->iat + DAY_S;
    must(!err_is(trust_list_sign(root, list, &out)), "signing");
    return build_done(&out);
}

struct http_reply rooted_post(struct server *server, struct text list)
{
    return client_ask(&server->client, &(struct http_question){.method = "POST",
                                                               .path = "/v1/trust",
                                                               .key = server->operator_key,
                                                               .body = list.at,
                                                               .body_bytes = list.bytes,
                                                               .media_type = "application/cose"});
}

long long rooted_publish(struct server *server, struct signer *root)
{
    static char bytes[LIST_BYTES];
    struct trust_list list = rooted_list(server);
    struct http_reply reply =
        rooted_post(server, rooted_sign(root, &list, bytes, sizeof bytes));
    long long sequence = (long long)list.sequence;

    must(reply.status == 201, reply.body);
    trust_list_clear(&list);
    reply_clear(&reply);
    return sequence;
}
