#include "support/server.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "support/pg_fixture.h"

enum { READY_MS = 20000, STOP_MS = 20000, STEP_MS = 20, ARGUMENTS_MAX = 32, TEXT_MAX = 512,
       LOG_SHOWN = 8192, TREE_DEPTH = 8 };

/* The end of what it logged. */
static void show_log(const struct server *server)
{
    char name[128], bytes[LOG_SHOWN];
    size_t count;
    FILE *log;

    snprintf(name, sizeof name, "%s/log", server->dir);
    log = fopen(name, "r");
    if (log == NULL)
        return;
    if (fseek(log, -LOG_SHOWN, SEEK_END) != 0)
        rewind(log);
    count = fread(bytes, 1, sizeof bytes, log);
    fwrite(bytes, 1, count, stderr);
    fclose(log);
}

static void die(const struct server *server, const char *doing, const char *why)
{
    fprintf(stderr, "server: %s: %s\n", doing, why);
    if (server != NULL)
        show_log(server);
    abort();
}

static void pause_ms(long ms)
{
    nanosleep(&(struct timespec){.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000}, NULL);
}

/* -- the program ------------------------------------------------------------------------------ */

static pid_t start_program(const char *const *arguments, int out, int err)
{
    const char *argv[ARGUMENTS_MAX + 2] = {JIANAN_SERVER};
    pid_t pid;

    for (int i = 0; i < ARGUMENTS_MAX && arguments[i] != NULL; i++)
        argv[i + 1] = arguments[i];
    pid = fork();
    if (pid < 0)
        die(NULL, "fork", strerror(errno));
    if (pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL); /* a test that dies leaves no server behind */
        if (out >= 0)
            dup2(out, STDOUT_FILENO);
        if (err >= 0)
            dup2(err, STDERR_FILENO);
        setenv("LSAN_OPTIONS",
               "suppressions=" JIANAN_SOURCE_DIR "/tests/support/lsan.supp:print_suppressions=0", 0);
        execv(JIANAN_SERVER, (char *const *)argv);
        _exit(127);
    }
    return pid;
}

int server_run_program(const char *const *arguments, char *line, size_t line_bytes)
{
    int ends[2], status;
    size_t count = 0;
    ssize_t got;
    pid_t pid;

    if (pipe(ends) != 0)
        die(NULL, "pipe", strerror(errno));
    pid = start_program(arguments, ends[1], -1);
    close(ends[1]);
    while (count + 1 < line_bytes &&
           (got = read(ends[0], line + count, line_bytes - count - 1)) > 0)
        count += (size_t)got;
    line[count] = '\0';
    line[strcspn(line, "\n")] = '\0';
    close(ends[0]);
    if (waitpid(pid, &status, 0) != pid)
        die(NULL, "waitpid", strerror(errno));
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

__attribute__((format(printf, 2, 3))) static const char *format(char into[TEXT_MAX],
                                                                const char *how, ...)
{
    va_list args;

    va_start(args, how);
    if (vsnprintf(into, TEXT_MAX, how, args) >= TEXT_MAX)
        die(NULL, how, "too long");
    va_end(args);
    return into;
}

static void run_once(const struct server *server, const char *const *arguments, char *line,
                     size_t line_bytes)
{
    if (server_run_program(arguments, line, line_bytes) != 0)
        die(server, arguments[0], line);
}

/* -- keys, policies, the first account -------------------------------------------------------- */

static void make_keys(struct server *server)
{
    char vault[TEXT_MAX], signing[TEXT_MAX], line[TEXT_MAX];

    format(vault, "%s/vault.json", server->dir);
    format(signing, "%s/signing.pem", server->dir);
    run_once(server, (const char *[]){"--new-vault", vault, NULL}, line, sizeof line);
    run_once(server, (const char *[]){"--new-signing-key", signing, NULL}, line, sizeof line);
    snprintf(server->signing_keys, sizeof server->signing_keys, "%s/signing.pem", server->dir);
}

static void prepare_database(struct server *server)
{
    char owner[TEXT_MAX], line[TEXT_MAX];

    format(owner, "--database_owner=%s", fixture_conninfo(FIXTURE_OWNER));
    run_once(server, (const char *[]){"--migrate", owner, NULL}, line, sizeof line);
    run_once(server, (const char *[]){"--new-operator-key", "operator", owner, NULL},
             server->operator_key, sizeof server->operator_key);
}

/* -- running it ------------------------------------------------------------------------------- */

static bool may_bind(unsigned port)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port),
                             .sin_addr = {htonl(INADDR_LOOPBACK)}};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), on = 1;
    bool bound;

    if (fd < 0)
        die(NULL, "socket", strerror(errno));
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on); /* old connections do not count */
    bound = bind(fd, (struct sockaddr *)&at, sizeof at) == 0;
    close(fd);
    return bound;
}

/* A port of this process's own, below those that the kernel draws for clients: the server shares
 * its port between its loops, so two servers that were given the same one would share it, too. */
static unsigned free_port(void)
{
    enum { LOWEST = 20000, PORTS = 12000 };

    for (unsigned tries = 0; tries < 100; tries++) {
        unsigned port = LOWEST + ((unsigned)getpid() + tries * 131) % PORTS;

        if (may_bind(port))
            return port;
    }
    die(NULL, "a free port", "none of a hundred");
    return 0;
}

static void wait_until_ready(struct server *server)
{
    for (int waited = 0; waited < READY_MS; waited += STEP_MS) {
        struct http_reply reply = client_ask(
            &server->client, &(struct http_question){.method = "GET", .path = "/readyz"});
        int status = reply.status;

        reply_clear(&reply);
        if (status == 200)
            return;
        if (waitpid(server->pid, NULL, WNOHANG) == server->pid)
            die(server, "starting", "it ended by itself");
        pause_ms(STEP_MS);
    }
    die(server, "starting", "it did not become ready");
}

void server_start_again(struct server *server)
{
    char text[8][TEXT_MAX];
    const char *arguments[ARGUMENTS_MAX + 1] = {
        format(text[0], "--plain_port=%u", server->port),
        "--listen_port=0",
        "--loops=2",
        format(text[1], "--database=%s", fixture_conninfo(FIXTURE_APP)),
        format(text[2], "--vault_file=%s/vault.json", server->dir),
        format(text[3], "--signing_key=%s", server->signing_keys),
        format(text[4], "--spool_dir=%s/spool", server->dir),
    };
    char log_file[TEXT_MAX];
    int count = 7, log_fd;

    for (int i = 0; i < SERVER_SETTINGS_MAX && server->settings[i] != NULL; i++)
        arguments[count++] = server->settings[i];
    log_fd = open(format(log_file, "%s/log", server->dir),
                  O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    server->pid = start_program(arguments, log_fd, log_fd);
    close(log_fd);
    client_open(&server->client, server->port);
    wait_until_ready(server);
}

void server_start(struct server *server, const char *const *settings)
{
    char spool[TEXT_MAX];

    *server = (struct server){.dir = "/tmp/jianan-server-XXXXXX"};
    for (int i = 0; settings != NULL && settings[i] != NULL; i++) {
        if (i == SERVER_SETTINGS_MAX - 1)
            die(NULL, "settings", "too many");
        server->settings[i] = settings[i];
    }
    if (mkdtemp(server->dir) == NULL || mkdir(format(spool, "%s/spool", server->dir), 0700) != 0)
        die(NULL, "a folder", strerror(errno));
    server->port = free_port();
    make_keys(server);
    prepare_database(server);
    server_start_again(server);
}

static int wait_for_end(struct server *server)
{
    int status;

    for (int waited = 0; waited < STOP_MS; waited += STEP_MS) {
        if (waitpid(server->pid, &status, WNOHANG) == server->pid) {
            server->pid = 0;
            return status;
        }
        pause_ms(STEP_MS);
    }
    kill(server->pid, SIGKILL);
    die(server, "stopping", "it did not end");
    return 0;
}

void server_kill(struct server *server)
{
    client_close(&server->client);
    kill(server->pid, SIGKILL);
    wait_for_end(server);
}

static int remove_one(const char *path, const struct stat *about, int kind, struct FTW *place)
{
    (void)about;
    (void)kind;
    (void)place;
    return remove(path);
}

void server_wait(struct server *server)
{
    int status;

    client_close(&server->client);
    status = wait_for_end(server);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
        die(server, "stopping", "it did not exit 0");
}

void server_stop(struct server *server)
{
    kill(server->pid, SIGTERM);
    server_wait(server);
    if (nftw(server->dir, remove_one, TREE_DEPTH, FTW_DEPTH | FTW_PHYS) != 0)
        die(NULL, server->dir, strerror(errno));
}

/* -- asking it -------------------------------------------------------------------------------- */

struct http_reply server_ask(struct server *server, const char *method, const char *path,
                             const char *key, const char *body)
{
    struct http_reply reply = client_ask(
        &server->client,
        &(struct http_question){.method = method, .path = path, .key = key, .body = body});

    if (reply.status == 0)
        die(server, path, "no answer");
    return reply;
}

struct http_reply server_must(struct server *server, const char *method, const char *path,
                              const char *key, const char *body)
{
    struct http_reply reply = server_ask(server, method, path, key, body);

    if (reply.status < 200 || reply.status > 299)
        die(server, path, reply.body);
    return reply;
}
