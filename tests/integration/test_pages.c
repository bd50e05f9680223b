/* The pages: what is served is what was there at the start, as the browser may have it, and nothing
 * else of this machine. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support/cast.h"
#include "support/pg_fixture.h"
#include "support/raw_client.h"

static struct server server;
static char root[64] = "", setting[96];

static void put(const char *name, const char *text)
{
    char path[256];
    FILE *file;

    snprintf(path, sizeof path, "%s/%s", root, name);
    file = fopen(path, "w");
    cr_assert_not_null(file, "%s", path);
    fputs(text, file);
    fclose(file);
}

enum { LARGE_BYTES = 1024 * 1024 };

static void put_large(const char *name)
{
    char *text = malloc(LARGE_BYTES + 1);

    cr_assert_not_null(text);
    memset(text, 'w', LARGE_BYTES);
    text[LARGE_BYTES] = '\0';
    put(name, text);
    free(text);
}

static void make_pages(void)
{
    char path[256];

    snprintf(root, sizeof root, "/tmp/jianan-pages-XXXXXX");
    cr_assert_not_null(mkdtemp(root));
    snprintf(path, sizeof path, "%s/assets", root);
    cr_assert_eq(mkdir(path, 0755), 0);
    put("index.html", "<!doctype html><title>plain index, longer than packed</title>");
    put("index.html.gz", "gz-index");
    put("index.html.br", "br-ix");
    put("manifest.webmanifest", "{\"name\":\"建安码\"}");
    put("assets/index-Bq3fT9xz.js", "console.log(1)");
    put("assets/logo.svg", "<svg xmlns='http://www.w3.org/2000/svg'/>");
    put("assets/scan-0123abcd.wasm", "wasm");
    put_large("assets/large-0123abcd.wasm");
    put("lonely.gz", "no page of its own");
    put(".hidden", "hidden");
    snprintf(path, sizeof path, "%s/assets/link.txt", root);
    cr_assert_eq(symlink("/etc/passwd", path), 0);
    snprintf(setting, sizeof setting, "--web_root=%s", root);
}

static void set_up(void)
{
    make_pages();
    fixture_open();
    server_start(&server, (const char *[]){setting, NULL});
}

static void remove_pages(void)
{
    char command[128];

    snprintf(command, sizeof command, "rm -r '%s'", root);
    cr_assert_eq(system(command), 0);
}

static void tear_down(void)
{
    server_stop(&server);
    fixture_close();
    remove_pages();
}

TestSuite(pages, .init = set_up, .fini = tear_down, .timeout = 120);

static struct http_reply get(const char *path, const char *lines)
{
    return client_ask(&server.client, &(struct http_question){.method = "GET", .path = path,
                                                              .extra = lines});
}

#define HTML "Accept: text/html,application/xhtml+xml,*/*;q=0.8\r\n"

static void expect_header(const struct http_reply *reply, const char *name, const char *part)
{
    const char *value = reply_header(reply, name);

    cr_expect(value != NULL && strstr(value, part) != NULL, "%s: %s lacks %s", name,
              value != NULL ? value : "nothing", part);
}

Test(pages, a_file_is_given_as_it_lies_there)
{
    static const struct {
        const char *path, *type, *body;
    } cases[] = {
        {"/index.html", "text/html; charset=utf-8",
         "<!doctype html><title>plain index, longer than packed</title>"},
        {"/", "text/html; charset=utf-8",
         "<!doctype html><title>plain index, longer than packed</title>"},
        {"/assets/index-Bq3fT9xz.js", "text/javascript; charset=utf-8", "console.log(1)"},
        {"/assets/scan-0123abcd.wasm", "application/wasm", "wasm"},
        {"/manifest.webmanifest", "application/manifest+json", "{\"name\":\"建安码\"}"},
        {"/lonely.gz", "application/octet-stream", "no page of its own"},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct http_reply reply = get(cases[i].path, NULL);

        cr_expect_eq(reply.status, 200, "%s: %d", cases[i].path, reply.status);
        cr_expect_str_eq(reply.body, cases[i].body, "%s", cases[i].path);
        cr_expect_str_eq(reply_header(&reply, "Content-Type"), cases[i].type, "%s", cases[i].path);
        reply_clear(&reply);
    }
}

Test(pages, a_scanner_of_a_megabyte_arrives_whole)
{
    struct http_reply reply = get("/assets/large-0123abcd.wasm", NULL);

    cr_expect_eq(reply.status, 200);
    cr_expect_eq(reply.body_bytes, LARGE_BYTES);
    cr_expect_eq(reply.body[LARGE_BYTES - 1], 'w');
    reply_clear(&reply);
}

Test(pages, who_asks_for_the_head_is_given_the_head)
{
    struct raw_client client;
    struct raw_answer answer;
    char length[256];

    cr_assert(raw_open(&client, server.port));
    cr_assert(raw_send_text(&client, "HEAD / HTTP/1.1\r\nHost: x\r\n\r\n"));
    answer = raw_read(&client, true);
    cr_expect_eq(answer.status, 200);
    cr_expect_str_eq(raw_header(&answer, "Content-Length", length), "61");
    raw_answer_clear(&answer);
    cr_assert(raw_send_text(&client, "GET /assets/logo.svg HTTP/1.1\r\nHost: x\r\n\r\n"));
    answer = raw_read(&client, false);
    cr_expect_eq(answer.status, 200, "no body stood between");
    raw_answer_clear(&answer);
    raw_close(&client);
}

Test(pages, a_browser_runs_nothing_that_is_not_ours)
{
    struct http_reply reply = get("/", HTML);

    expect_header(&reply, "Content-Security-Policy", "default-src 'self'");
    expect_header(&reply, "Content-Security-Policy", "script-src 'self' 'wasm-unsafe-eval';");
    expect_header(&reply, "Content-Security-Policy", "frame-ancestors 'none'");
    expect_header(&reply, "Content-Security-Policy", "object-src 'none'");
    expect_header(&reply, "Content-Security-Policy", "base-uri 'none'");
    cr_expect_null(strstr(reply_header(&reply, "Content-Security-Policy"), "unsafe-inline"));
    cr_expect_null(strstr(reply_header(&reply, "Content-Security-Policy"), "'unsafe-eval'"));
    expect_header(&reply, "X-Content-Type-Options", "nosniff");
    expect_header(&reply, "Referrer-Policy", "no-referrer");
    expect_header(&reply, "Permissions-Policy", "camera=(self)");
    expect_header(&reply, "Cross-Origin-Opener-Policy", "same-origin");
    reply_clear(&reply);
}

Test(pages, the_smallest_form_that_the_browser_reads_is_given)
{
    static const struct {
        const char *accepts, *body, *coding;
    } cases[] = {
        {"gzip, deflate, br", "br-ix", "br"},
        {"gzip", "gz-index", "gzip"},
        {"GZIP;q=0.5", "gz-index", "gzip"},
        {"br;q=0, gzip", "gz-index", "gzip"},
        {"br;q=0.000,gzip;q=0", NULL, NULL},
        {"identity", NULL, NULL},
        {"xbr, gzipped", NULL, NULL},
    };
    char tags[3][64] = {""};

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct http_reply reply = get("/", say("Accept-Encoding: %s\r\n", cases[i].accepts));
        const char *coding = reply_header(&reply, "Content-Encoding");

        if (cases[i].coding == NULL) {
            cr_expect_null(coding, "%s: %s", cases[i].accepts, coding);
            cr_expect_not_null(strstr(reply.body, "plain index"), "%s", cases[i].accepts);
        } else {
            cr_expect(coding != NULL && strcmp(coding, cases[i].coding) == 0, "%s",
                      cases[i].accepts);
            cr_expect_str_eq(reply.body, cases[i].body, "%s", cases[i].accepts);
        }
        expect_header(&reply, "Vary", "Accept-Encoding");
        if (i < 2 || i == 4)
            snprintf(tags[i < 2 ? i : 2], sizeof tags[0], "%s", reply_header(&reply, "ETag"));
        reply_clear(&reply);
    }
    cr_expect_str_neq(tags[0], tags[1], "a strong tag is of these very bytes");
    cr_expect_str_neq(tags[1], tags[2]);
}

Test(pages, what_the_browser_has_is_not_sent_again)
{
    struct http_reply reply = get("/", NULL);
    char tag[64], ways[4][96];

    snprintf(tag, sizeof tag, "%s", reply_header(&reply, "ETag"));
    cr_expect_eq(strlen(tag), 34);
    expect_header(&reply, "Cache-Control", "no-cache");
    reply_clear(&reply);
    snprintf(ways[0], sizeof ways[0], "%s", tag);
    snprintf(ways[1], sizeof ways[0], "W/%s", tag);
    snprintf(ways[2], sizeof ways[0], "\"other\", %s", tag);
    snprintf(ways[3], sizeof ways[0], "*");
    for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++) {
        reply = get("/", say("If-None-Match: %s\r\n", ways[i]));
        cr_expect_eq(reply.status, 304, "%s: %d", ways[i], reply.status);
        cr_expect_eq(reply.body_bytes, 0);
        expect_header(&reply, "ETag", tag);
        reply_clear(&reply);
    }
    reply = get("/", "If-None-Match: \"other\"\r\n");
    cr_expect_eq(reply.status, 200);
    reply_clear(&reply);
}

Test(pages, only_names_that_change_with_their_content_are_kept_for_ever)
{
    struct http_reply reply = get("/assets/index-Bq3fT9xz.js", NULL);

    cr_expect_str_eq(reply_header(&reply, "Cache-Control"), "public, max-age=31536000, immutable");
    reply_clear(&reply);
    reply = get("/assets/logo.svg", NULL);
    cr_expect_str_eq(reply_header(&reply, "Cache-Control"), "no-cache");
    reply_clear(&reply);
}

Test(pages, a_pages_address_gives_the_page_that_finds_its_own_way)
{
    static const char *const paths[] = {"/workers/12", "/gate", "/welcome", "/v2/x"};

    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        struct http_reply reply = get(paths[i], HTML);

        cr_expect_eq(reply.status, 200, "%s: %d", paths[i], reply.status);
        cr_expect_not_null(strstr(reply.body, "plain index"), "%s", paths[i]);
        reply_clear(&reply);
    }
}

Test(pages, what_is_not_there_is_told_as_such)
{
    static const struct {
        const char *path, *lines;
    } cases[] = {
        {"/v1/nothing", HTML},         /* the API's own */
        {"/v1", HTML},
        {"/assets/gone-12345678.js", HTML}, /* a file's name */
        {"/favicon.ico", HTML},
        {"/workers/12", "Accept: application/json\r\n"}, /* no browser asks so */
        {"/workers/12", NULL},
        {"/.hidden", HTML},
        {"/assets/link.txt", HTML},   /* a link out of the folder */
        {"/index.html.gz", HTML},     /* a form, not a file */
        {"/assets", "Accept: */*\r\n"},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct http_reply reply = get(cases[i].path, cases[i].lines);

        cr_expect_eq(reply.status, 404, "%s: %d", cases[i].path, reply.status);
        cr_expect_str_eq(reply_text(&reply, "code"), "not_found", "%s", cases[i].path);
        reply_clear(&reply);
    }
}

Test(pages, no_path_leads_out_of_the_folder)
{
    static const char *const paths[] = {
        "/../etc/passwd",  "/assets/../index.html", "/%2e%2e/etc/passwd", "/assets/%2e%2e/index.html",
        "//etc/passwd",    "/assets//logo.svg",     "/./index.html",      "/index.html%00.js",
        "/index.html;x=1", "/assets%2flogo.svg",    "/..%2fetc%2fpasswd", "/%c0%ae%c0%ae/etc/passwd",
        "/assets/",        "/INDEX.html",           "/index%2ehtml"};

    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        struct http_reply reply = get(paths[i], HTML);

        cr_expect(reply.status == 400 || reply.status == 404, "%s: %d", paths[i], reply.status);
        cr_expect_null(strstr(reply.body, "root:"), "%s", paths[i]);
        reply_clear(&reply);
    }
}

Test(pages, other_methods_change_nothing_there)
{
    static const char *const methods[] = {"POST", "PUT", "DELETE"};

    for (size_t i = 0; i < sizeof methods / sizeof methods[0]; i++) {
        struct http_reply reply = client_ask(
            &server.client, &(struct http_question){.method = methods[i], .path = "/index.html"});

        cr_expect_eq(reply.status, 404, "%s: %d", methods[i], reply.status);
        reply_clear(&reply);
    }
}

Test(pages, a_file_that_changes_is_read_at_the_next_start_only)
{
    struct http_reply reply;

    put("index.html", "changed");
    put("later.html", "later");
    reply = get("/index.html", NULL);
    cr_expect_not_null(strstr(reply.body, "plain index"));
    reply_clear(&reply);
    reply = get("/later.html", HTML);
    cr_expect_eq(reply.status, 404);
    reply_clear(&reply);
}

Test(pages, the_api_answers_as_without_them)
{
    struct http_reply reply = get("/v1/orgs", HTML);

    cr_expect_eq(reply.status, 401);
    reply_clear(&reply);
    reply = get("/healthz", HTML);
    cr_expect_eq(reply.status, 200);
    reply_clear(&reply);
}

/* -- without -------------------------------------------------------------------------------------- */

static void set_up_bare(void)
{
    fixture_open();
    server_start(&server, NULL);
}

static void tear_down_bare(void)
{
    server_stop(&server);
    fixture_close();
}

TestSuite(no_pages, .init = set_up_bare, .fini = tear_down_bare, .timeout = 60);

Test(no_pages, without_a_folder_there_is_the_api_only)
{
    struct http_reply reply = get("/", HTML);

    cr_expect_eq(reply.status, 404);
    reply_clear(&reply);
}
