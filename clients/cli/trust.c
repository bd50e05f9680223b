/* clients/cli/trust.c: the list of keys in its signed form, which is not JSON. */
#include "clients/cli/command.h"
#include "clients/cli/exit.h"

#define MEDIA_TYPE "application/cose"

void trust_post_prepare(struct session *s)
{
    s->media_type = MEDIA_TYPE;
}

int trust_signed_run(struct session *s)
{
    struct answer answer;
    int status = CLI_DONE;

    client_ask(s->client, &(struct question){.path = s->path, .accept = MEDIA_TYPE}, &answer);
    if (!answer_is_good(&answer)) {
        answer_complain(&answer, s->reach.english, NULL);
        status = exit_of(&answer);
    } else if (fwrite(answer.body, 1, answer.body_bytes, stdout) != answer.body_bytes) {
        status = CLI_INPUT;
    }
    answer_clear(&answer);
    return status;
}
