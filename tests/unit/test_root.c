/* `jianan root`: what a root signs offline is what a verifier that pins it accepts. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "clients/cli/code_files.h"
#include "support/code_maker.h"
#include "support/verb.h"

int root_main(int argc, char **argv);

static char folder[] = "/tmp/jianan-root-XXXXXX";
static char root_file[64], sm2_file[64], trust_file[64], signed_file[64], roots_file[64];
static char answer[65536];

static void path_in(char path[64], const char *name)
{
    cr_assert(snprintf(path, 64, "%s/%s", folder, name) < 64);
}

static void set_up(void)
{
    cr_assert(mkdtemp(folder) != NULL);
    path_in(root_file, "root.pem");
    path_in(sm2_file, "sm2.pem");
    path_in(trust_file, "trust.json");
    path_in(signed_file, "trust.cose");
    path_in(roots_file, "roots.json");
}

static void tear_down(void)
{
    unlink(root_file);
    unlink(sm2_file);
    unlink(trust_file);
    unlink(signed_file);
    unlink(roots_file);
    rmdir(folder);
}

TestSuite(root, .init = set_up, .fini = tear_down);

#define ARG(literal) ((char[]){literal})
#define RUN(...)                                                                                   \
    verb_run(root_main, TEXT(""), (char *[]){ARG("root"), __VA_ARGS__, NULL}, answer, sizeof answer)

static void save(const char *path, struct text content)
{
    FILE *out = fopen(path, "wb");

    cr_assert(out != NULL && fwrite(content.at, 1, content.bytes, out) == content.bytes);
    cr_assert_eq(fclose(out), 0);
}

/* The server's list, with one key for these kinds. */
static void save_trust(uint64_t sequence, uint32_t kinds)
{
    struct signer *signer = maker_signer(TOKEN_ES256);
    struct trust_list list = {.sequence = sequence};
    struct trusted_key key = *signer_key(signer);
    char json[4096];
    struct build out = build_over(json, sizeof json);
    struct err e;

    key.kinds = kinds;
    e = trust_list_add(&list, &key);
    cr_assert(!err_is(e));
    trust_list_render(&list, &out);
    save(trust_file, build_done(&out));
    trust_list_clear(&list);
    signer_close(signer);
}

static int sign(char *root, char *after)
{
    return after != NULL ? RUN(ARG("sign"), ARG("--root"), root, ARG("--trust"), trust_file,
                               ARG("--after"), after)
                         : RUN(ARG("sign"), ARG("--root"), root, ARG("--trust"), trust_file);
}

static struct trust_list loaded(const char *file, const struct trust_list *roots, bool *accepted)
{
    struct trust_list list;
    struct err e = trust_load(file, roots, clock_wall_us() / US_PER_SECOND, &list);

    *accepted = !err_is(e);
    return list;
}

/* How long the signed list is, by its own structure: it may hold zero bytes. */
static struct text signed_bytes(void)
{
    for (size_t bytes = 64; bytes < 2048; bytes++) {
        struct envelope envelope;

        if (envelope_read((struct text){answer, bytes}, &envelope))
            return (struct text){answer, bytes};
    }
    return TEXT("");
}

Test(root, two_roots_sign_what_verifiers_that_pin_them_accept)
{
    char *files[] = {root_file, sm2_file};
    struct trust_list roots, list;
    bool accepted;

    cr_expect_eq(RUN(ARG("new"), root_file), 0);
    cr_expect(strncmp(answer, "ES256 ", 6) == 0, "%s", answer);
    cr_expect_eq(RUN(ARG("new"), sm2_file, ARG("--alg"), ARG("SM2")), 0);
    cr_expect(strncmp(answer, "SM2 ", 4) == 0);
    cr_expect_eq(RUN(ARG("public"), root_file, sm2_file), 0);
    save(roots_file, text_of(answer));
    roots = loaded(roots_file, NULL, &accepted);
    cr_assert(accepted && roots.count == 2);
    cr_expect_eq(roots.keys[0].kinds, 1u << TOKEN_TRUST, "for lists and nothing else");
    save_trust(7, 1u << TOKEN_LIVE | 1u << TOKEN_BADGE);
    for (unsigned i = 0; i < 2; i++) {
        cr_expect_eq(sign(files[i], NULL), 0);
        save(signed_file, signed_bytes());
        list = loaded(signed_file, &roots, &accepted);
        cr_assert(accepted, "root %u", i);
        cr_expect(list.sequence == 7 && list.count == 1 && list.exp - list.iat == 30 * 86400);
        trust_list_clear(&list);
    }
    trust_list_clear(&roots);
}

Test(root, the_key_is_its_owner_s_alone_and_never_overwritten)
{
    struct stat info;

    cr_expect_eq(RUN(ARG("new"), root_file), 0);
    cr_assert_eq(stat(root_file, &info), 0);
    cr_expect_eq(info.st_mode & 0777, 0600);
    cr_expect_eq(RUN(ARG("new"), root_file), 3);
    cr_assert_eq(chmod(root_file, 0644), 0);
    save_trust(1, 1u << TOKEN_LIVE);
    cr_expect_eq(sign(root_file, NULL), 3, "a key that others may read signs nothing");
}

Test(root, the_sequence_does_not_go_back)
{
    cr_assert_eq(RUN(ARG("new"), root_file), 0);
    save_trust(7, 1u << TOKEN_LIVE);
    cr_assert_eq(sign(root_file, NULL), 0);
    save(signed_file, signed_bytes());
    cr_expect_eq(sign(root_file, signed_file), 3, "the same once more");
    save_trust(6, 1u << TOKEN_LIVE);
    cr_expect_eq(sign(root_file, signed_file), 3, "an older one");
    save_trust(8, 1u << TOKEN_LIVE);
    cr_expect_eq(sign(root_file, signed_file), 0);
    cr_expect_eq(sign(root_file, root_file), 3, "after what is no list");
}

Test(root, a_list_that_would_make_a_root_or_is_empty_is_not_signed)
{
    cr_assert_eq(RUN(ARG("new"), root_file), 0);
    save_trust(1, 1u << TOKEN_LIVE | 1u << TOKEN_TRUST);
    cr_expect_eq(sign(root_file, NULL), 3);
    save(trust_file, TEXT("{\"seq\":1,\"keys\":[]}"));
    cr_expect_eq(sign(root_file, NULL), 3);
    save(trust_file, TEXT("{\"seq\":1}"));
    cr_expect_eq(sign(root_file, NULL), 3);
}

Test(root, wrong_use_is_status_2)
{
    cr_expect_eq(verb_run(root_main, TEXT(""), (char *[]){ARG("root"), NULL}, answer,
                          sizeof answer), 2);
    cr_expect_eq(RUN(ARG("delete")), 2);
    cr_expect_eq(RUN(ARG("new")), 2);
    cr_expect_eq(RUN(ARG("new"), root_file, ARG("--alg"), ARG("RSA")), 2);
    cr_expect_eq(RUN(ARG("public")), 2);
    cr_expect_eq(RUN(ARG("sign")), 2);
    cr_expect_eq(RUN(ARG("sign"), ARG("--root"), root_file, ARG("--trust"), trust_file,
                     ARG("--days"), ARG("367")), 2);
    cr_expect_eq(RUN(ARG("--help")), 0);
}
