#include "support/gate_program.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { TEXT_MAX = 256, ARGUMENTS_MAX = 32, STEP_MS = 20, WAIT_MS = 30000, TREE_DEPTH = 8,
       LOG_SHOWN = 8192 };

static void show_log(const struct gate_program *gate)
{
    char name[TEXT_MAX], bytes[LOG_SHOWN];
    size_t count;
    FILE *log;

    snprintf(name, sizeof name, "%s/log", gate->dir);
    log = fopen(name, "r");
    if (log == NULL)
        return;
    if (fseek(log, -LOG_SHOWN, SEEK_END) != 0)
        rewind(log);
    count = fread(bytes, 1, sizeof bytes, log);
    fwrite(bytes, 1, count, stderr);
    fclose(log);
}

__attribute__((noreturn)) static void die(const struct gate_program *gate, const char *doing,
                                          const char *why)
{
    fprintf(stderr, "gate: %s: %s\n", doing, why);
    show_log(gate);
    abort();
}

static void pause_ms(long ms)
{
    nanosleep(&(struct timespec){.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000}, NULL);
}

/* -- the program ------------------------------------------------------------------------------ */

static void limit_files(const struct gate_program *gate)
{
    struct rlimit limit = {(rlim_t)gate->file_bytes_max, (rlim_t)gate->file_bytes_max};

    if (gate->file_bytes_max > 0 && setrlimit(RLIMIT_FSIZE, &limit) != 0)
        _exit(126);
}

static pid_t run(const struct gate_program *gate, const char *const *arguments)
{
    const char *argv[ARGUMENTS_MAX + 2] = {JIANAN_GATE};
    char log[TEXT_MAX];
    pid_t pid;
    int fd;

    for (int i = 0; i < ARGUMENTS_MAX && arguments[i] != NULL; i++)
        argv[i + 1] = arguments[i];
    snprintf(log, sizeof log, "%s/log", gate->dir);
    fd = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    pid = fork();
    if (pid < 0 || fd < 0)
        die(gate, "fork", strerror(errno));
    if (pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        dup2(fd, STDOUT_FILENO);
        dup2(fd, STDERR_FILENO);
        limit_files(gate);
        execv(JIANAN_GATE, (char *const *)argv);
        _exit(127);
    }
    close(fd);
    return pid;
}

static void write_file(const struct gate_program *gate, const char *name, const char *content)
{
    char path[TEXT_MAX];
    FILE *file;
    int fd;

    snprintf(path, sizeof path, "%s/%s", gate->dir, name);
    fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    file = fd >= 0 ? fdopen(fd, "w") : NULL;
    if (file == NULL || fputs(content, file) < 0 || fclose(file) != 0)
        die(gate, path, strerror(errno));
}

/* The last "listening" line of the log names the port. */
static unsigned logged_port(const struct gate_program *gate, long from)
{
    char name[TEXT_MAX], line[2048];
    unsigned port = 0;
    FILE *log;

    snprintf(name, sizeof name, "%s/log", gate->dir);
    log = fopen(name, "r");
    if (log == NULL || fseek(log, from, SEEK_SET) != 0)
        die(gate, name, strerror(errno));
    while (fgets(line, sizeof line, log) != NULL) {
        const char *at = strstr(line, "\"listening\"") != NULL ? strstr(line, "\"port\":") : NULL;

        if (at != NULL)
            port = (unsigned)strtoul(at + strlen("\"port\":"), NULL, 10);
    }
    fclose(log);
    return port;
}

static long log_bytes(const struct gate_program *gate)
{
    char name[TEXT_MAX];
    struct stat about;

    snprintf(name, sizeof name, "%s/log", gate->dir);
    return stat(name, &about) == 0 ? (long)about.st_size : 0;
}

void gate_start_again(struct gate_program *gate)
{
    char text[5][TEXT_MAX];
    const char *arguments[ARGUMENTS_MAX] = {text[0], text[1], text[2], text[3], "--listen_port=0",
                                            "--sync_s=2"};
    int count = 6;
    long from = log_bytes(gate);

    snprintf(text[0], TEXT_MAX, "--server=http://127.0.0.1:%u", gate->server_port);
    snprintf(text[1], TEXT_MAX, "--key_file=%s/key", gate->dir);
    snprintf(text[2], TEXT_MAX, "--signing_key=%s/signing.pem", gate->dir);
    snprintf(text[3], TEXT_MAX, "--data_dir=%s/data", gate->dir);
    for (int i = 0; i < GATE_SETTINGS_MAX && gate->settings[i] != NULL; i++)
        arguments[count++] = gate->settings[i];
    gate->pid = run(gate, arguments);
    for (int waited = 0; (gate->port = logged_port(gate, from)) == 0; waited += STEP_MS) {
        if (waited > WAIT_MS || waitpid(gate->pid, NULL, WNOHANG) == gate->pid)
            die(gate, "starting", "it does not listen");
        pause_ms(STEP_MS);
    }
    client_open(&gate->client, gate->port);
}

void gate_start(struct gate_program *gate, unsigned server_port, const char *key,
                const char *const *settings)
{
    char path[TEXT_MAX];
    int status;
    pid_t pid;

    *gate = (struct gate_program){.dir = "/tmp/jianan-gate-XXXXXX", .server_port = server_port};
    for (int i = 0; settings != NULL && settings[i] != NULL && i < GATE_SETTINGS_MAX - 1; i++)
        gate->settings[i] = settings[i];
    if (mkdtemp(gate->dir) == NULL)
        die(gate, "a folder", strerror(errno));
    snprintf(path, sizeof path, "%s/data", gate->dir);
    if (mkdir(path, 0700) != 0)
        die(gate, path, strerror(errno));
    write_file(gate, "key", key);
    snprintf(path, sizeof path, "%s/signing.pem", gate->dir);
    pid = run(gate, (const char *[]){"--new-key", path, NULL});
    if (waitpid(pid, &status, 0) != pid || status != 0)
        die(gate, "--new-key", "it failed");
    gate_start_again(gate);
}

static int wait_for_end(struct gate_program *gate)
{
    int status;

    client_close(&gate->client);
    for (int waited = 0; waited < WAIT_MS; waited += STEP_MS) {
        if (waitpid(gate->pid, &status, WNOHANG) == gate->pid) {
            gate->pid = 0;
            return status;
        }
        pause_ms(STEP_MS);
    }
    kill(gate->pid, SIGKILL);
    die(gate, "stopping", "it did not end");
}

void gate_end(struct gate_program *gate)
{
    int status;

    kill(gate->pid, SIGTERM);
    status = wait_for_end(gate);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
        die(gate, "stopping", "it did not exit 0");
}

void gate_kill(struct gate_program *gate)
{
    kill(gate->pid, SIGKILL);
    (void)wait_for_end(gate);
}

static int remove_one(const char *path, const struct stat *about, int kind, struct FTW *place)
{
    (void)about;
    (void)kind;
    (void)place;
    return remove(path);
}

void gate_stop(struct gate_program *gate)
{
    if (gate->pid != 0)
        gate_end(gate);
    if (nftw(gate->dir, remove_one, TREE_DEPTH, FTW_DEPTH | FTW_PHYS) != 0)
        die(gate, gate->dir, strerror(errno));
}

/* -- asking it -------------------------------------------------------------------------------- */

struct http_reply gate_post(struct gate_program *gate, const char *body)
{
    struct http_reply reply =
        client_ask(&gate->client, &(struct http_question){.method = "POST",
                                                          .path = "/scan",
                                                          .body = body,
                                                          .idempotency = ""});

    if (reply.status == 0)
        die(gate, "POST /scan", "no answer");
    return reply;
}

struct http_reply gate_scan(struct gate_program *gate, const char *code, const char *direction)
{
    char body[2048];

    snprintf(body, sizeof body, "{\"code\":\"%s\",\"direction\":\"%s\"}", code, direction);
    return gate_post(gate, body);
}

struct http_reply gate_get(struct gate_program *gate, const char *path)
{
    struct http_reply reply =
        client_ask(&gate->client, &(struct http_question){.method = "GET", .path = path});

    if (reply.status != 200)
        die(gate, path, reply.body != NULL ? reply.body : "no answer");
    return reply;
}

static json_t *status_member(struct gate_program *gate, const char *member)
{
    struct http_reply reply = gate_get(gate, "/status");
    json_t *value = json_incref(json_object_get(reply.json, member));

    if (value == NULL)
        die(gate, member, "no such member of /status");
    reply_clear(&reply);
    return value;
}

long long gate_status_int(struct gate_program *gate, const char *member)
{
    json_t *value = status_member(gate, member);
    long long number = json_is_integer(value) ? json_integer_value(value) : -1;

    json_decref(value);
    return number;
}

bool gate_status_is(struct gate_program *gate, const char *member)
{
    json_t *value = status_member(gate, member);
    bool is = json_is_true(value);

    json_decref(value);
    return is;
}

static void give_up(struct gate_program *gate, const char *member)
{
    struct http_reply status = gate_get(gate, "/status");

    fprintf(stderr, "%s\n", status.body);
    die(gate, member, "it did not become what was expected");
}

void gate_wait_int(struct gate_program *gate, const char *member, long long value)
{
    for (int waited = 0; gate_status_int(gate, member) != value; waited += STEP_MS) {
        if (waited > WAIT_MS)
            give_up(gate, member);
        pause_ms(STEP_MS);
    }
}

void gate_wait_count(struct gate_program *gate, const char *member, long long least)
{
    for (int waited = 0; gate_status_int(gate, member) < least; waited += STEP_MS) {
        if (waited > WAIT_MS)
            give_up(gate, member);
        pause_ms(STEP_MS);
    }
}

void gate_wait_is(struct gate_program *gate, const char *member, bool value)
{
    for (int waited = 0; gate_status_is(gate, member) != value; waited += STEP_MS) {
        if (waited > WAIT_MS)
            die(gate, member, "it did not become what was expected");
        pause_ms(STEP_MS);
    }
}

long gate_peak_kib(const struct gate_program *gate)
{
    char name[TEXT_MAX], line[256];
    long kib = -1;
    FILE *file;

    snprintf(name, sizeof name, "/proc/%d/status", (int)gate->pid);
    file = fopen(name, "r");
    if (file == NULL)
        die(gate, name, strerror(errno));
    while (fgets(line, sizeof line, file) != NULL) {
        if (strncmp(line, "VmHWM:", 6) == 0)
            kib = strtol(line + 6, NULL, 10);
    }
    fclose(file);
    return kib;
}
