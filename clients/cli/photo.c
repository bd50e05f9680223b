/* clients/cli/photo.c: `jianan photo`: a person's photo goes to the server, and comes back as a file. */
#include <stdio.h>
#include <string.h>

#include "clients/cli/command.h"
#include "clients/cli/exit.h"

int photo_post_run(struct session *s)
{
    struct answer answer;
    int status;

    s->media_type = "image/jpeg";
    status = session_ask(s, &answer);
    if (status == CLI_DONE && s->as_json)
        puts(answer.body);
    else if (status == CLI_DONE)
        printf(s->reach.english ? "the photo of worker %lld is there, %lld bytes\n"
                                : "工人 %lld 的照片已存，%lld 字节\n",
               (long long)json_int_at(answer.json, "worker"),
               (long long)json_int_at(answer.json, "bytes"));
    answer_clear(&answer);
    return status;
}

/* A face goes where --save says, and nowhere by itself. */
int photo_show_run(struct session *s)
{
    struct answer answer;
    int status;

    if (s->save == NULL) {
        fputs(s->reach.english ? "say where it goes: --save FILE.jpg\n"
                               : "请用 --save 文件.jpg 指定保存位置\n", stderr);
        return CLI_USAGE;
    }
    status = session_ask(s, &answer);
    if (status == CLI_DONE && !file_write(s->save, answer.body, answer.body_bytes))
        status = CLI_INPUT;
    answer_clear(&answer);
    return status;
}
