/* clients/gate/guard.c: what the guard sees of people: who was answered last, with the photo of whose
 * code it was, so that a lent phone shows; and who may look.
 *
 * Faces are for the guard alone. Without a key this interface listens on this machine only, and the
 * page answers to this machine's own names, so that no web page elsewhere can get at it by a name of
 * its own (DNS rebinding). With one, the browser asks for it: any user name, the key as password
 * (RFC 7617). */
#include <string.h>

#include "clients/gate/agent.h"
#include "clients/gate/photos.h"
#include "crypto/seal.h"

enum { CREDENTIALS_MAX = 2 * CLIENT_KEY_BYTES_MAX };

/* -- who may look ----------------------------------------------------------------------------------- */

static bool is_this_machine(struct text host)
{
    static const char *const names[] = {"127.0.0.1", "localhost", "[::1]"};

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        struct text name = text_of(names[i]);

        if (text_starts(host, name) && (host.bytes == name.bytes || host.at[name.bytes] == ':'))
            return true;
    }
    return false;
}

static bool is_key(const struct agent *agent, struct text sent)
{
    struct text wanted = text_of(agent->scan_key);

    return sent.bytes == wanted.bytes && bytes_equal(sent.at, wanted.at, wanted.bytes);
}

/* "user:key" in base64. */
static bool is_basic(const struct agent *agent, struct text sent)
{
    char plain[CREDENTIALS_MAX];
    struct build out = build_over(plain, sizeof plain);
    struct text key;
    bool good;

    if (!base64_read(sent, &out))
        return false;
    (void)text_cut(build_done(&out), ':', &key);
    good = key.at != NULL && is_key(agent, key);
    explicit_bzero(plain, sizeof plain);
    return good;
}

enum step guard_permit(struct exchange *x)
{
    const struct agent *agent = agent_of(x);
    struct text sent = http_header(x->request, "authorization");
    struct text bearer = TEXT("Bearer "), basic = TEXT("Basic ");

    if (agent->scan_key[0] == '\0')
        return is_this_machine(http_header(x->request, "host"))
                   ? STEP_NEXT
                   : exchange_fail(x, err_make(ERR_NOT_FOUND));
    if ((text_starts(sent, bearer) &&
         is_key(agent, (struct text){sent.at + bearer.bytes, sent.bytes - bearer.bytes})) ||
        (text_starts(sent, basic) &&
         is_basic(agent, (struct text){sent.at + basic.bytes, sent.bytes - basic.bytes})))
        return STEP_NEXT;
    return exchange_answer(x, 401, "text/plain; charset=utf-8",
                           TEXT("请输入本闸机的密钥 (scan_key_file)\n"),
                           "WWW-Authenticate: Basic realm=\"jianan-gate\", charset=\"UTF-8\"\r\n");
}

/* -- photos ----------------------------------------------------------------------------------------- */

static enum step answer_photo(struct exchange *x)
{
    struct text jpeg = {NULL, 0};
    struct photo_name name;

    if (photo_name_parse(x->params[0], &name))
        jpeg = photos_load(agent_of(x)->settings->data_dir, &name, &x->arena);
    if (jpeg.at == NULL)
        return exchange_fail(x, err_make(ERR_PHOTO_UNKNOWN));
    return exchange_answer(x, 200, "image/jpeg", jpeg,
                           "Cache-Control: no-store\r\n"
                           "Cross-Origin-Resource-Policy: same-origin\r\n");
}

step_fn *const photo_get[] = {guard_permit, answer_photo, NULL};

/* -- the last few ------------------------------------------------------------------------------------ */

struct verdict_words {
    const char *verdict, *class, *sign, *zh, *en;
};
static const struct verdict_words verdicts[] = {
    {"open", "good", "✓", "放行", "Open"},
    {"refuse", "bad", "✕", "不放行", "Refused"},
    {"cannot_tell", "mind", "!", "无法核实", "Cannot tell"},
};

static const struct verdict_words *words_of(const char *verdict)
{
    for (size_t i = 0; i < sizeof verdicts / sizeof verdicts[0]; i++) {
        if (strcmp(verdicts[i].verdict, verdict) == 0)
            return &verdicts[i];
    }
    return &verdicts[2];
}

static void put_face(struct build *out, const struct passing *p, bool english)
{
    if (p->photo[0] != '\0')
        build_format(out, "<img src=\"/photos/%s\" alt=\"%s\">", p->photo,
                     english ? "photo not here yet" : "照片尚未同步");
    else
        build_format(out, "<i>%s</i>", english ? "no photo" : "无照片");
}

static void put_passing(struct build *out, const struct passing *p, time_us now, bool english)
{
    const struct verdict_words *words = words_of(p->verdict);

    build_format(out, "<li class=\"%s\">", words->class);
    put_face(out, p, english);
    build_format(out, "<span><b>%s</b> %s<br>", words->sign, english ? words->en : words->zh);
    put_html(out, text_of(p->name));
    build_string(out, "<br>");
    put_html(out, text_of(p->screen));
    build_format(out, "<br><small>%d %s</small></span></li>\n",
                 (int)((now - p->at) / US_PER_SECOND), english ? "s ago" : "秒前");
}

void put_passings(struct build *out, const struct agent *agent, time_us now, bool english)
{
    const struct passing *p;

    build_string(out, "<ul>\n");
    for (unsigned n = 0; (p = passing_at(&agent->passings, now, n)) != NULL; n++)
        put_passing(out, p, now, english);
    build_string(out, "</ul>\n");
}
