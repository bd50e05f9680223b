/* clients/cli/policy.c: `jianan policy show` prints a document as the server keeps it. */
#include <stdio.h>

#include "clients/cli/command.h"
#include "clients/cli/exit.h"

int policy_show_run(struct session *s)
{
    struct answer answer;
    int status = session_ask(s, &answer);

    if (status == CLI_DONE) {
        json_dumpf(answer.json, stdout, s->as_json ? JSON_COMPACT : JSON_INDENT(2));
        putchar('\n');
    }
    answer_clear(&answer);
    return status;
}
