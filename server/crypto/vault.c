/* crypto/vault.c: the file of the three keys that stay outside the database. */
#include "crypto/vault.h"

#include <openssl/crypto.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "crypto/hash.h"
#include "crypto/secret_file.h"

static const char *const key_names[] = {"master", "lookup", "access"};
enum { KEY_COUNT = 3 };

struct vault_keys {
    unsigned char bytes[KEY_COUNT][SEAL_KEY_BYTES]; /* in the order of key_names */
};

static struct err read_keys(const json_t *root, struct vault_keys *keys)
{
    if (json_object_size(root) != KEY_COUNT)
        return err_field(ERR_FIELD_UNKNOWN, "", "master, lookup, access");
    for (unsigned i = 0; i < KEY_COUNT; i++) {
        const char *hex = json_string_value(json_object_get(root, key_names[i]));

        if (hex == NULL || !hex_parse(text_of(hex), keys->bytes[i], SEAL_KEY_BYTES))
            return err_field(ERR_FIELD_TYPE, key_names[i], "64 hex digits");
    }
    return OK;
}

static struct err load_keys(const char *file, struct vault_keys *keys)
{
    char content[SECRET_FILE_BYTES_MAX];
    json_t *root;
    size_t bytes;
    struct err e = secret_file_read(file, content, &bytes);

    if (err_is(e))
        return e;
    e = json_read((struct text){content, bytes}, &root);
    OPENSSL_cleanse(content, sizeof content);
    if (err_is(e))
        return e;
    e = read_keys(root, keys);
    json_decref(root);
    return e;
}

struct err vault_open(const char *file, struct vault **vault)
{
    struct vault_keys keys;
    struct err e = load_keys(file, &keys);

    *vault = NULL;
    if (!err_is(e)) {
        *vault = malloc(sizeof **vault);
        CHECK_ALLOCATED(*vault);
        memcpy((*vault)->master.bytes, keys.bytes[0], SEAL_KEY_BYTES);
        (*vault)->lookup = hmac_keyed(keys.bytes[1]);
        (*vault)->access = hmac_keyed(keys.bytes[2]);
    }
    OPENSSL_cleanse(&keys, sizeof keys);
    return e;
}

struct err vault_create(const char *file)
{
    char content[512], hex[2 * SEAL_KEY_BYTES + 1];
    struct build out = build_over(content, sizeof content);
    struct json_writer w = json_writer_over(&out);
    struct vault_keys keys;
    struct err e = random_bytes(&keys, sizeof keys);

    if (err_is(e))
        return e;
    json_open_object(&w, NULL);
    for (unsigned i = 0; i < KEY_COUNT; i++) {
        hex_format(keys.bytes[i], SEAL_KEY_BYTES, hex);
        json_put_string(&w, key_names[i], hex);
    }
    json_close_object(&w);
    build_char(&out, '\n');
    CHECK(!out.full);
    e = secret_file_create(file, build_done(&out));
    OPENSSL_cleanse(&keys, sizeof keys);
    OPENSSL_cleanse(hex, sizeof hex);
    OPENSSL_cleanse(content, sizeof content);
    return e;
}

void vault_close(struct vault *vault)
{
    if (vault == NULL)
        return;
    person_key_forget(&vault->master);
    EVP_MAC_CTX_free(vault->lookup);
    EVP_MAC_CTX_free(vault->access);
    free(vault);
}

void vault_lookup(const struct vault *vault, unsigned document_type, struct text number,
                  unsigned char hmac[SEAL_HMAC_BYTES])
{
    unsigned char type[8];
    const struct text parts[] = {{(const char *)type, sizeof type}, number};

    put_be64(type, document_type);
    hmac_parts(vault->lookup, parts, 2, hmac);
}
