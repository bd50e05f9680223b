/* The gate's answer while it is alone: over HTTP, from the scan to the receipt on disk and the answer;
 * beside the same fdatasync, signature and verification by themselves. And how much memory it takes.
 *
 *   bench_gate_agent LISTS SCANS
 *
 * Prints one line of tabs: p50 and p99 of an answer in us, the same of the baseline, peak RSS in KiB
 * without and with the lists. */
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "crypto/ecc.h"
#include "support/code_maker.h"
#include "support/gate_data.h"
#include "support/gate_program.h"

enum { WORKERS = 5000, CODE_BYTES = 2048, RECORD_BYTES = 600 };

static int by_value(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

    return (x > y) - (x < y);
}

static int64_t percentile(int64_t *values, unsigned count, unsigned percent)
{
    qsort(values, count, sizeof *values, by_value);
    return values[(uint64_t)(count - 1) * percent / 100];
}

static int64_t ask(struct gate_program *gate, struct signer *server, unsigned n)
{
    char code[CODE_BYTES];
    struct build out = build_over(code, sizeof code);
    struct http_reply reply;
    int64_t began;

    gate_data_code(server, n, WORKERS, &out);
    began = clock_monotonic_us();
    reply = gate_scan(gate, code, n % 2 == 0 ? "in" : "out");
    began = clock_monotonic_us() - began;
    if (strcmp(reply_text(&reply, "verdict"), "open") != 0 ||
        strcmp(reply_text(&reply, "recorded"), "gate") != 0) {
        fprintf(stderr, "scan %u: %s\n", n, reply.body);
        abort();
    }
    reply_clear(&reply);
    return began;
}

/* One verification, one signature, one record on disk. */
static int64_t least(const struct maker *maker, int fd)
{
    static const char record[RECORD_BYTES];
    unsigned char signature[TOKEN_SIGNATURE_BYTES];
    struct text message = {record, 200};
    int64_t began = clock_monotonic_us();

    if (!ecc_sign(maker->alg, maker->key, message, signature) ||
        !ecc_verify(maker->alg, maker->key, message, signature) ||
        write(fd, record, sizeof record) != (ssize_t)sizeof record || fdatasync(fd) != 0)
        abort();
    return clock_monotonic_us() - began;
}

static void start(struct gate_program *gate, struct signer *server, unsigned lists)
{
    char data[80];

    gate_start(gate, 1, "none", NULL); /* no server listens on port 1 */
    gate_end(gate);
    snprintf(data, sizeof data, "%s/data", gate->dir);
    gate_data_make(data, server, WORKERS, lists);
    gate_start_again(gate);
    gate_wait_is(gate, "can_decide", true);
    gate_wait_int(gate, "lists", lists);
}

int main(int argc, char **argv)
{
    unsigned lists = argc > 1 ? (unsigned)strtoul(argv[1], NULL, 10) : 100;
    unsigned scans = argc > 2 ? (unsigned)strtoul(argv[2], NULL, 10) : 2000;
    int64_t *answers = calloc(scans, sizeof *answers), *baseline = calloc(scans, sizeof *baseline);
    struct signer *server = maker_signer(TOKEN_ES256);
    struct gate_program without, with;
    struct maker maker;
    char file[80];
    int fd;

    if (!clock_set_zone("Asia/Shanghai"))
        return 2;
    maker_init(&maker, TOKEN_ES256, 0);
    start(&without, server, 0);
    start(&with, server, lists);
    snprintf(file, sizeof file, "%s/baseline", with.dir);
    fd = open(file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    for (unsigned i = 0; i < scans; i++) { /* the sides take turns */
        answers[i] = ask(&with, server, i);
        baseline[i] = least(&maker, fd);
        if (i < 200)
            (void)ask(&without, server, i);
    }
    close(fd);
    printf("%" PRId64 "\t%" PRId64 "\t%" PRId64 "\t%" PRId64 "\t%ld\t%ld\n",
           percentile(answers, scans, 50), percentile(answers, scans, 99),
           percentile(baseline, scans, 50), percentile(baseline, scans, 99),
           gate_peak_kib(&without), gate_peak_kib(&with));
    gate_stop(&without);
    gate_stop(&with);
    maker_clear(&maker);
    signer_close(server);
    free(answers);
    free(baseline);
    return 0;
}
