/* clients/gate/status.c: how the gate is: a page for the guard and the operator, the same for
 * programs. Plain HTML that needs no script; it asks for itself again every few seconds. */
#include <stdarg.h>
#include <stdio.h>

#include "base/json.h"
#include "clients/gate/agent.h"
#include "domain/gate.h"

enum { PAGE_BYTES = 16 * 1024, STATUS_BYTES = 4 * 1024, AGE_BYTES = 48 };

/* All of it, read at one moment. */
struct picture {
    time_us now;
    struct line_state line;
    int64_t line_for_s; /* up or down since so long */
    struct sync_state sync;
    struct book_counts book;
    bool book_good, clock_good;
    int64_t clock_offset_ms;
    int64_t place_age_s, roster_age_s; /* -1: not known */
    int64_t lists_age_s;               /* of the oldest; -1: none */
    bool data_good;                    /* the gate could decide by itself now */
};

static int64_t age_s(time_us now, time_us then)
{
    return then > 0 ? (now - then) / US_PER_SECOND : -1;
}

static int64_t oldest_list_s(const struct known *known, time_us now)
{
    int64_t oldest = -1;

    for (unsigned i = 0; i < known->list_count; i++) {
        int64_t age = age_s(now, known->lists[i].checked_at);

        oldest = age > oldest ? age : oldest;
    }
    return oldest;
}

static void take_picture(struct agent *agent, struct picture *p)
{
    struct gate_clocks clocks = gate_clocks_now();
    const struct known *known = &agent->known;
    int64_t limit_s;

    *p = (struct picture){.now = gate_time_at(&agent->time, clocks)};
    known_turn_to(&agent->known, p->now);
    p->line = line_state(agent->line);
    p->line_for_s = p->line.since_us > 0 ? (clocks.mono_us - p->line.since_us) / US_PER_SECOND : -1;
    sync_state(agent->sync, &p->sync);
    p->book_good = !err_is(book_count(&agent->book, &p->book)) && !agent->unrecorded;
    p->clock_good = gate_time_is_good(&agent->time, clocks, known->skew_s * US_PER_SECOND);
    p->clock_offset_ms = gate_time_offset_us(&agent->time, clocks) / US_PER_MS;
    p->place_age_s = known->has_place ? age_s(p->now, known->place_checked) : -1;
    p->roster_age_s = known->has_roster ? age_s(p->now, known->roster_checked) : -1;
    p->lists_age_s = oldest_list_s(known, p->now);
    limit_s = known->has_place ? known->place.site.rule.offline_hours * 3600ll : 0;
    p->data_good = p->clock_good && known->has_place && known->has_roster &&
                   p->place_age_s <= limit_s && p->roster_age_s <= limit_s;
}

/* -- for programs ---------------------------------------------------------------------------------- */

static void put_age(struct json_writer *w, const char *key, int64_t age)
{
    if (age >= 0)
        json_put_int(w, key, age);
    else
        json_put_null(w, key);
}

static void put_time(struct json_writer *w, const char *key, time_us at)
{
    char text[CLOCK_RFC3339_BYTES];

    if (at > 0)
        json_put_text(w, key, clock_format(at, text));
    else
        json_put_null(w, key);
}

static void put_status(struct json_writer *w, const struct agent *agent, const struct picture *p)
{
    const struct known *known = &agent->known;

    json_open_object(w, NULL);
    put_time(w, "now", p->now);
    json_put_int(w, "gate", known->has_place ? known->place.device.id : 0);
    json_put_int(w, "site", known->has_place ? known->place.site.id : 0);
    json_put_bool(w, "online", p->line.up);
    put_age(w, "online_for_s", p->line_for_s);
    json_put_int(w, "server_refused", p->line.refused);
    json_put_bool(w, "can_decide", p->data_good);
    put_age(w, "site_age_s", p->place_age_s);
    put_age(w, "roster_age_s", p->roster_age_s);
    json_put_int(w, "roster_rows", known->has_roster ? known->roster.count : 0);
    put_age(w, "lists_age_s", p->lists_age_s);
    json_put_int(w, "lists", known->list_count);
    json_put_int(w, "trust_seq", known->has_trust ? (int64_t)known->trust.sequence : -1);
    json_put_int(w, "photos", p->sync.photos);
    json_put_int(w, "photos_missing", p->sync.photos_missing);
    json_put_int(w, "photo_bytes", p->sync.photo_bytes);
    put_time(w, "synced_at", p->sync.done_at);
    json_put_int(w, "sync_rounds", p->sync.rounds);
    put_time(w, "sync_tried_at", p->sync.tried_at);
    json_put_string(w, "sync_failed_at", p->sync.step);
    json_put_string(w, "sync_trouble", p->sync.trouble);
    json_put_int(w, "epoch", agent->book.epoch);
    json_put_int(w, "seq", (int64_t)agent->book.seq);
    json_put_int(w, "receipts_waiting", p->book.waiting);
    json_put_int(w, "receipts_refused", p->book.refused);
    json_put_int(w, "receipts_kept", p->book.kept);
    put_time(w, "oldest_waiting_at", p->book.oldest_waiting);
    json_put_bool(w, "can_record", p->book_good);
    json_put_bool(w, "receipts_put_aside", agent->put_aside);
    json_put_bool(w, "clock_good", p->clock_good);
    json_put_int(w, "clock_offset_ms", p->clock_offset_ms);
    json_close_object(w);
}

static enum step answer_status(struct exchange *x)
{
    char *at = arena_alloc(&x->arena, STATUS_BYTES);
    struct picture picture;
    struct json_writer w;
    struct build out;

    if (at == NULL)
        return exchange_fail(x, err_make(ERR_TOO_LARGE));
    take_picture(agent_of(x), &picture);
    out = build_over(at, STATUS_BYTES);
    w = json_writer_over(&out);
    put_status(&w, agent_of(x), &picture);
    CHECK(!out.full);
    return exchange_answer(x, 200, "application/json", build_done(&out),
                           "Cache-Control: no-store\r\n");
}

step_fn *const status_get[] = {answer_status, NULL};

/* -- for people ------------------------------------------------------------------------------------ */

void put_html(struct build *out, struct text text)
{
    for (size_t i = 0; i < text.bytes; i++) {
        switch (text.at[i]) {
        case '<':  build_string(out, "&lt;"); break;
        case '>':  build_string(out, "&gt;"); break;
        case '&':  build_string(out, "&amp;"); break;
        case '"':  build_string(out, "&quot;"); break;
        default:   build_char(out, text.at[i]); break;
        }
    }
}

/* "3 天 4 小时", "5 分钟", "刚刚" */
static const char *age_words(int64_t s, bool english, char buffer[AGE_BYTES])
{
    struct build b = build_over(buffer, AGE_BYTES);

    if (s < 0)
        build_string(&b, english ? "never" : "从未");
    else if (s < 60)
        build_format(&b, english ? "%d s" : "%d 秒", (int)s);
    else if (s < 3600)
        build_format(&b, english ? "%d min" : "%d 分钟", (int)(s / 60));
    else if (s < 86400)
        build_format(&b, english ? "%d h %d min" : "%d 小时 %d 分钟", (int)(s / 3600),
                     (int)(s % 3600 / 60));
    else
        build_format(&b, english ? "%d d %d h" : "%d 天 %d 小时", (int)(s / 86400),
                     (int)(s % 86400 / 3600));
    return buffer;
}

enum mood { MOOD_GOOD, MOOD_MIND, MOOD_BAD };

/* One fact: what it is about, how it is, in words and by a sign that does not need its colour. */
static void put_row(struct build *out, enum mood mood, const char *about, const char *says)
{
    static const char *const signs[] = {"✓", "!", "✕"}, *const classes[] = {"good", "mind", "bad"};

    build_format(out, "<tr class=\"%s\"><th scope=\"row\">%s</th><td><b>%s</b> ", classes[mood],
                 about, signs[mood]);
    put_html(out, text_of(says));
    build_string(out, "</td></tr>\n");
}

static void put_row_text(struct build *out, enum mood mood, const char *about,
                         const char *format, ...) __attribute__((format(printf, 4, 5)));

static void put_row_text(struct build *out, enum mood mood, const char *about,
                         const char *format, ...)
{
    char says[512];
    va_list args;

    va_start(args, format);
    (void)vsnprintf(says, sizeof says, format, args);
    va_end(args);
    put_row(out, mood, about, says);
}

static void put_line(struct build *out, const struct picture *p, bool english)
{
    const char *about = english ? "Network" : "网络";
    char age[AGE_BYTES];

    if (p->line.refused != 0)
        put_row(out, MOOD_BAD, about,
                english ? "The server refuses this gate: its key is wrong, or it was switched off"
                        : "服务器拒绝本闸机：密钥有误，或已被停用，请联系平台运维");
    else
        put_row_text(out, p->line.up ? MOOD_GOOD : MOOD_MIND, about,
                     p->line.up ? (english ? "Online for %s" : "在线，已持续 %s")
                                : (english ? "Offline for %s; the gate decides by itself"
                                           : "离线，已持续 %s；闸机自行判定"),
                     age_words(p->line_for_s, english, age));
}

static void put_data(struct build *out, const struct agent *agent, const struct picture *p,
                     bool english)
{
    const struct known *known = &agent->known;
    char age[AGE_BYTES];

    if (!known->has_roster)
        put_row(out, p->line.up ? MOOD_MIND : MOOD_BAD, english ? "Roster" : "名册",
                english ? "No roster for today: alone, the gate cannot tell"
                        : "没有今天的名册：断网时将无法核实");
    else
        put_row_text(out, p->data_good ? MOOD_GOOD : MOOD_BAD, english ? "Roster" : "名册",
                     english ? "%u rows, compared %s ago" : "%u 条，%s前核对",
                     (unsigned)known->roster.count, age_words(p->roster_age_s, english, age));
    put_row_text(out, MOOD_GOOD, english ? "Status lists" : "状态列表",
                 english ? "%u, the oldest compared %s ago" : "%u 份，最早的一份 %s前核对",
                 known->list_count, age_words(p->lists_age_s, english, age));
}

static void put_photos(struct build *out, const struct picture *p, bool english)
{
    put_row_text(out, p->sync.photos_missing > 0 ? MOOD_MIND : MOOD_GOOD,
                 english ? "Photos" : "照片",
                 english ? "%lld here, %lld not yet" : "已有 %lld 张，尚缺 %lld 张",
                 (long long)p->sync.photos, (long long)p->sync.photos_missing);
}

static void put_queue(struct build *out, const struct agent *agent, const struct picture *p,
                      bool english)
{
    const char *about = english ? "Receipts" : "通行凭据";

    if (!p->book_good)
        put_row(out, MOOD_BAD, about,
                english ? "Cannot be written (is the disk full?): the site's rule for that holds"
                        : "无法写入（磁盘已满？），按工地书面规则处理");
    put_row_text(out, p->book.waiting == 0 || p->line.up ? MOOD_GOOD : MOOD_MIND, about,
                 english ? "%lld wait to be handed in" : "%lld 条等待上传",
                 (long long)p->book.waiting);
    if (p->book.refused > 0)
        put_row_text(out, MOOD_BAD, about,
                     english ? "%lld were refused by the server; somebody must look at them"
                             : "%lld 条被服务器拒收，请人工查看",
                     (long long)p->book.refused);
    if (agent->put_aside)
        put_row(out, MOOD_BAD, about,
                english ? "The file was damaged and put aside: receipts.db.broken-…"
                        : "文件损坏，已另存为 receipts.db.broken-…，请联系运维");
}

static void put_sync(struct build *out, const struct picture *p, bool english)
{
    char age[AGE_BYTES];

    put_row_text(out, p->sync.step[0] == '\0' ? MOOD_GOOD : MOOD_MIND,
                 english ? "Last sync" : "上次同步", english ? "%s ago%s%s" : "%s前%s%s",
                 age_words(age_s(p->now, p->sync.done_at), english, age),
                 p->sync.trouble[0] != '\0' ? (english ? "; then: " : "；此后：") : "",
                 p->sync.trouble);
    if (!p->clock_good)
        put_row(out, MOOD_BAD, english ? "Clock" : "时钟",
                english ? "Not to be trusted: alone, the gate cannot tell"
                        : "本机时间不可信：断网时无法核实二维码");
    else
        put_row_text(out,
                     p->clock_offset_ms > GATE_CLOCK_MS_MAX ||
                             p->clock_offset_ms < -GATE_CLOCK_MS_MAX
                         ? MOOD_MIND
                         : MOOD_GOOD,
                     english ? "Clock" : "时钟",
                     english ? "%lld ms ahead of the server's" : "比服务器快 %lld 毫秒",
                     (long long)p->clock_offset_ms);
}

static const char page_head[] =
    "<meta charset=\"utf-8\"><meta http-equiv=\"refresh\" content=\"2\">"
    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">"
    "<style>body{font:18px/1.6 sans-serif;max-width:42rem;margin:1.5rem auto;padding:0 1rem;"
    "color:#222;background:#fff}h1{font-size:1.4rem;margin:0}p{margin:.2rem 0 1rem;color:#555}"
    "table{border-collapse:collapse;width:100%}th{text-align:left;font-weight:normal;color:#555;"
    "width:8rem;vertical-align:top}th,td{padding:.5rem .4rem;border-bottom:1px solid #ddd}"
    "b{display:inline-block;width:1.4rem;text-align:center}.good b{color:#166534}"
    ".mind b{color:#92400e}.bad td,.bad b{color:#991b1b}ul{list-style:none;margin:0 0 1rem;padding:0;"
    "display:flex;gap:.8rem;flex-wrap:wrap}li{flex:1 1 8rem;border:1px solid #ddd;border-top:6px solid "
    "#92400e;padding:.4rem}li.good{border-top-color:#166534}li.bad{border-top-color:#991b1b}"
    "li:first-child{flex-basis:100%;display:flex;gap:1rem;font-size:1.3rem}img,i{display:block;"
    "width:6rem;height:8rem;object-fit:cover;background:#eee;color:#555;font-size:.9rem}"
    "li:first-child>img,li:first-child>i{width:12rem;height:15rem}</style>";

static void put_page(struct build *out, const struct agent *agent, const struct picture *p,
                     bool english)
{
    char now[CLOCK_RFC3339_BYTES];
    const struct known *known = &agent->known;

    build_format(out, "<!doctype html><html lang=\"%s\">%s<title>%s</title><h1>",
                 english ? "en" : "zh-CN", page_head, english ? "Gate" : "闸机状态");
    put_html(out, known->has_place ? known->place.site.name
                                      : text_of(english ? "Not connected yet" : "尚未连接平台"));
    build_format(out, "</h1><p>%s %lld · ", english ? "Gate" : "闸机",
                 known->has_place ? (long long)known->place.device.id : 0ll);
    put_html(out, (struct text){clock_format(p->now, now).at, 19});
    build_string(out, "</p>");
    put_passings(out, agent, p->now, english);
    build_string(out, "<table>\n");
    put_line(out, p, english);
    put_data(out, agent, p, english);
    put_photos(out, p, english);
    put_queue(out, agent, p, english);
    put_sync(out, p, english);
    build_string(out, "</table></html>\n");
}

static enum step answer_page(struct exchange *x)
{
    char *at = arena_alloc(&x->arena, PAGE_BYTES);
    struct picture picture;
    struct build out;

    if (at == NULL)
        return exchange_fail(x, err_make(ERR_TOO_LARGE));
    take_picture(agent_of(x), &picture);
    out = build_over(at, PAGE_BYTES);
    put_page(&out, agent_of(x), &picture, x->english);
    CHECK(!out.full);
    return exchange_answer(x, 200, "text/html; charset=utf-8", build_done(&out),
                           "Cache-Control: no-store\r\n"
                           "Content-Security-Policy: default-src 'none'; "
                           "style-src 'unsafe-inline'; img-src 'self'; "
                           "frame-ancestors 'none'\r\n");
}

step_fn *const status_page[] = {guard_permit, answer_page, NULL};
