#include "support/verb.h"

#include <stdio.h>
#include <unistd.h>

/* Temporary files rather than pipes: what is written may be longer than a pipe holds. */
int verb_run(int (*verb_main)(int argc, char **argv), struct text input, char **argv,
             char *answers, size_t max)
{
    int argc = 0, status, kept_in = dup(STDIN_FILENO), kept_out = dup(STDOUT_FILENO);
    FILE *in = tmpfile(), *out = tmpfile();
    size_t got;

    CHECK(in != NULL && out != NULL && kept_in >= 0 && kept_out >= 0);
    while (argv[argc] != NULL)
        argc++;
    CHECK(fwrite(input.at, 1, input.bytes, in) == input.bytes && fflush(in) == 0);
    rewind(in);
    clearerr(stdin);
    CHECK(fflush(stdout) == 0 && dup2(fileno(in), STDIN_FILENO) >= 0 &&
          dup2(fileno(out), STDOUT_FILENO) >= 0);
    (void)fseek(stdin, 0, SEEK_SET);
    status = verb_main(argc, argv);
    CHECK(fflush(stdout) == 0 && dup2(kept_out, STDOUT_FILENO) >= 0 &&
          dup2(kept_in, STDIN_FILENO) >= 0);
    rewind(out);
    got = fread(answers, 1, max - 1, out);
    answers[got] = '\0';
    CHECK(fclose(in) == 0 && fclose(out) == 0 && close(kept_in) == 0 && close(kept_out) == 0);
    return status;
}
