#include "clients/http/reach.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"

enum { LINE_BYTES = 1024 };

/* -- where from ------------------------------------------------------------------------------------ */

bool speaks_english(void)
{
    static const char *const names[] = {"LC_ALL", "LC_MESSAGES", "LANG"};

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const char *value = getenv(names[i]);

        if (value != NULL && value[0] != '\0')
            return strncmp(value, "en", 2) == 0;
    }
    return false;
}

static void take(char *into, size_t bytes, struct text value)
{
    if (into[0] == '\0' && value.bytes > 0 && value.bytes < bytes)
        snprintf(into, bytes, "%.*s", (int)value.bytes, value.at);
}

static void take_line(struct reach *reach, struct text line)
{
    struct text value, name = text_trim(text_cut(line, '=', &value));

    if (value.at == NULL || text_starts(name, TEXT("#")))
        return;
    value = text_trim(value);
    if (text_is(name, "server"))
        take(reach->server, sizeof reach->server, value);
    else if (text_is(name, "key_file"))
        take(reach->key_file, sizeof reach->key_file, value);
    else if (text_is(name, "ca"))
        take(reach->ca, sizeof reach->ca, value);
}

static void read_config(struct reach *reach)
{
    const char *base = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
    char file[512], line[LINE_BYTES];
    FILE *in;

    if (base != NULL && base[0] == '/')
        snprintf(file, sizeof file, "%s/jianan/config", base);
    else
        snprintf(file, sizeof file, "%s/.config/jianan/config", home != NULL ? home : "");
    in = fopen(file, "r");
    if (in == NULL)
        return;
    while (fgets(line, sizeof line, in) != NULL) {
        line[strcspn(line, "\r\n")] = '\0';
        take_line(reach, text_of(line));
    }
    (void)fclose(in); /* it was only read */
}

void reach_complete(struct reach *reach)
{
    reach->english = speaks_english();
    take(reach->server, sizeof reach->server, text_of(getenv("JIANAN_SERVER")));
    take(reach->key_file, sizeof reach->key_file, text_of(getenv("JIANAN_KEY_FILE")));
    take(reach->ca, sizeof reach->ca, text_of(getenv("JIANAN_CA")));
    read_config(reach);
}

/* -- keys -------------------------------------------------------------------------------------------- */

static bool complain(const char *file, const char *zh, const char *en, bool english)
{
    fprintf(stderr, english ? "%s: %s\n" : "%s：%s\n", file, english ? en : zh);
    return false;
}

static bool is_private(FILE *in)
{
    struct stat status;

    return fstat(fileno(in), &status) == 0 && (status.st_mode & (S_IRWXG | S_IRWXO)) == 0;
}

bool key_read(const char *file, bool english, char key[CLIENT_KEY_BYTES_MAX + 1])
{
    FILE *in = fopen(file, "r");
    char line[LINE_BYTES] = "";
    bool read;

    if (in == NULL)
        return complain(file, strerror(errno), strerror(errno), english);
    if (!is_private(in)) {
        (void)fclose(in);
        return complain(file, "其他用户也能读取此密钥，请先执行 chmod 600",
                        "others may read this key; run chmod 600 on it first", english);
    }
    read = fgets(line, sizeof line, in) != NULL;
    (void)fclose(in);
    line[strcspn(line, " \t\r\n")] = '\0';
    if (!read || line[0] == '\0' || strlen(line) > CLIENT_KEY_BYTES_MAX)
        return complain(file, "没有密钥", "holds no key", english);
    memcpy(key, line, strlen(line) + 1);
    explicit_bzero(line, sizeof line);
    return true;
}

bool reach_key(struct reach *reach)
{
    if (reach->key_file[0] == '\0') {
        fputs(reach->english
                  ? "As whom? Give --key-file FILE, or set JIANAN_KEY_FILE.\n"
                  : "需要密钥：请用 --key-file 文件，或设置环境变量 JIANAN_KEY_FILE。\n",
              stderr);
        return false;
    }
    return key_read(reach->key_file, reach->english, reach->key);
}

bool key_write(const char *file, const char *key)
{
    char beside[600];
    int fd;
    FILE *out;
    bool good;

    if (snprintf(beside, sizeof beside, "%s.new", file) >= (int)sizeof beside)
        return false;
    (void)unlink(beside);
    fd = open(beside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    out = fd >= 0 ? fdopen(fd, "w") : NULL;
    if (out == NULL) {
        if (fd >= 0)
            close(fd);
        return false;
    }
    good = fprintf(out, "%s\n", key) > 0;
    good = fclose(out) == 0 && good;
    return good && rename(beside, file) == 0;
}

struct client *reach_client(const struct reach *reach)
{
    const char *why = "没有服务器地址：请用 --server，或设置 JIANAN_SERVER / "
                      "which server? Give --server, or set JIANAN_SERVER";
    struct client *client = NULL;

    if (reach->server[0] != '\0')
        client = client_new(&(struct client_options){.server = reach->server,
                                                     .ca = reach->ca[0] != '\0' ? reach->ca : NULL,
                                                     .english = reach->english},
                            &why);
    if (client == NULL)
        fprintf(stderr, "%s\n", why);
    return client;
}

/* -- what went wrong ---------------------------------------------------------------------------------- */

static void complain_of_network(const struct answer *answer, bool english, const char *key)
{
    bool unknown = answer->end == ANSWER_LOST && key != NULL;

    if (unknown)
        fprintf(stderr,
                english ? "The outcome is unknown: %s\n"
                          "Repeat the same command with --key %s to learn it.\n"
                        : "结果未知：%s\n请用 --key %s 重复同一命令，即可得知结果，不会重复生效。\n",
                answer->trouble, key);
    else
        fprintf(stderr, english ? "The server cannot be reached: %s\n" : "无法连接服务器：%s\n",
                answer->trouble);
}

static void complain_of_fields(const json_t *errors, bool english)
{
    size_t i;
    const json_t *one;

    json_array_foreach(errors, i, one) {
        const char *expected = json_string_at(one, "expected");

        fprintf(stderr, english ? "  field %s" : "  字段 %s", json_string_at(one, "pointer"));
        if (expected[0] != '\0')
            fprintf(stderr, english ? ", expected: %s" : "，应为：%s", expected);
        fputc('\n', stderr);
    }
}

void answer_complain(const struct answer *answer, bool english, const char *key)
{
    const char *title = json_string_at(answer->json, "title");
    const char *instance = strrchr(json_string_at(answer->json, "instance"), ':');

    if (answer->end != ANSWER_CAME) {
        complain_of_network(answer, english, key);
        return;
    }
    if (title[0] == '\0') {
        fprintf(stderr, english ? "The server answered %d.\n" : "服务器回答 %d。\n",
                answer->status);
        return;
    }
    fprintf(stderr, english ? "%s (%s)\n" : "%s（%s）\n", title,
            json_string_at(answer->json, "code"));
    complain_of_fields(json_object_get(answer->json, "errors"), english);
    if (answer->status >= 500 && instance != NULL)
        fprintf(stderr, english ? "  request number %s\n" : "  请求编号 %s\n", instance + 1);
    if (answer->status == 503 && key != NULL)
        fprintf(stderr, english ? "  Repeat the same command with --key %s.\n"
                                : "  请用 --key %s 重复同一命令。\n",
                key);
}
