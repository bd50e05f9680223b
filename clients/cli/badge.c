/* clients/cli/badge.c: `jianan badge sheet`: stickers for helmets, as a PDF to be printed. */
#include <stdio.h>
#include <string.h>

#include "clients/cli/command.h"
#include "clients/cli/exit.h"
#include "clients/cli/show.h"

/* Names are in it: it goes where --save says, and nowhere by itself. */
int badge_sheet_run(struct session *s)
{
    struct answer answer;
    int status;

    if (s->save == NULL) {
        fputs(s->reach.english ? "say where it goes: --save FILE.pdf\n"
                               : "请用 --save 文件.pdf 指定保存位置\n", stderr);
        return CLI_USAGE;
    }
    status = session_ask(s, &answer);
    if (status == CLI_DONE && !file_write(s->save, answer.body, answer.body_bytes))
        status = CLI_INPUT;
    if (status == CLI_DONE && !s->as_json && strcmp(s->save, "-") != 0)
        printf(s->reach.english ? "the stickers are in %s: print at 100 %%, on A4\n"
                                : "帽贴已存入 %s，请按 A4、100%% 比例打印\n", s->save);
    answer_clear(&answer);
    return status;
}

/* The badge, and its code to be put on a sticker. */
int show_badge(struct session *s, const json_t *answer)
{
    if (s->as_json)
        return CLI_DONE;
    printf(s->reach.english ? "badge %lld of worker %lld, until %s\n"
                            : "第 %lld 枚帽贴已发给工人 %lld，有效期至 %s\n",
           (long long)json_int_at(answer, "badge"), (long long)json_int_at(answer, "worker"),
           json_string_at(answer, "expires_at"));
    printf("%s\n", json_string_at(answer, "code"));
    return CLI_DONE;
}
