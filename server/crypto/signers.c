#include "crypto/signers.h"

#include <stdio.h>
#include <string.h>

enum { PATH_BYTES = 1024 };

struct signer *signers_find(const struct signers *signers,
                            const unsigned char kid[TOKEN_KID_BYTES])
{
    for (unsigned i = 0; i < signers->count; i++) {
        if (memcmp(signer_key(signers->at[i])->kid, kid, TOKEN_KID_BYTES) == 0)
            return signers->at[i];
    }
    return NULL;
}

static struct err open_one(struct text file, struct signers *signers)
{
    char path[PATH_BYTES];
    struct signer *signer;
    struct err e;

    if (signers->count == SIGNERS_MAX || file.bytes >= sizeof path)
        return err_detail(ERR_TOO_LARGE, "at most 8 signing keys");
    snprintf(path, sizeof path, "%.*s", (int)file.bytes, file.at);
    e = signer_open_file(path, &signer);
    if (err_is(e))
        return e;
    if (signers_find(signers, signer_key(signer)->kid) != NULL) {
        signer_close(signer);
        return err_detail(ERR_ALREADY_EXISTS, "this signing key is named twice");
    }
    signers->at[signers->count++] = signer;
    return OK;
}

struct err signers_open(struct text files, struct signers *signers, struct text *wrong)
{
    struct err e = OK;

    *signers = (struct signers){0};
    while (files.at != NULL && !err_is(e)) {
        struct text file = text_cut(files, ' ', &files);

        if (file.bytes == 0)
            continue;
        e = open_one(file, signers);
        if (err_is(e) && wrong != NULL)
            *wrong = file;
    }
    if (err_is(e))
        signers_close(signers);
    return e;
}

void signers_close(struct signers *signers)
{
    for (unsigned i = 0; i < signers->count; i++)
        signer_close(signers->at[i]);
    *signers = (struct signers){0};
}
