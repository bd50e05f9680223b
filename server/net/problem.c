/* net/problem.c: errors as problem details (RFC 9457), in the caller's language. */
#include "net/exchange.h"

#include "base/json.h"

static void put_detail(struct json_writer *w, struct err e, const char *title, bool english)
{
    char detail[512];
    struct build b = build_over(detail, sizeof detail);

    build_string(&b, title);
    if (e.expected != NULL && !b.full)
        build_format(&b, english ? " (expected: %s)" : "（应为：%s）", e.expected);
    if (b.full) /* rather the title alone than half a character */
        json_put_string(w, "detail", title);
    else
        json_put_text(w, "detail", build_done(&b));
}

static void put_errors(struct json_writer *w, struct err e, const char *title)
{
    json_open_array(w, "errors");
    json_open_object(w, NULL);
    json_put_string(w, "pointer", e.field);
    json_put_string(w, "code", err_row(e.code)->code);
    json_put_string(w, "message", title);
    if (e.expected != NULL)
        json_put_string(w, "expected", e.expected);
    json_close_object(w);
    json_close_array(w);
}

void problem_render(struct build *out, struct err e, uint64_t id, bool english)
{
    const struct err_row *row = err_row(e.code);
    const char *title = english ? row->en : row->zh;
    struct json_writer w = json_writer_over(out);
    char name[96];
    struct build b = build_over(name, sizeof name);

    json_open_object(&w, NULL);
    build_format(&b, "urn:jianan:error:%s", row->code);
    json_put_text(&w, "type", build_done(&b));
    json_put_string(&w, "title", title);
    json_put_int(&w, "status", row->status);
    put_detail(&w, e, title, english);
    b = build_over(name, sizeof name);
    build_format(&b, "urn:jianan:request:%llu", (unsigned long long)id);
    json_put_text(&w, "instance", build_done(&b));
    json_put_string(&w, "code", row->code);
    if (e.field != NULL)
        put_errors(&w, e, title);
    json_close_object(&w);
}

/* "q=0.8" in thousandths; 1000 when there is none, 0 when it cannot be read. */
static int quality(struct text parameters)
{
    struct text value;
    int thousandths = 0, unit = 100;

    if (parameters.at == NULL)
        return 1000;
    parameters = text_trim(parameters);
    if (!text_equal_ignoring_case(text_cut(parameters, '=', &value), TEXT("q")) ||
        value.bytes == 0 || value.bytes > 5 || (value.at[0] != '0' && value.at[0] != '1') ||
        (value.bytes > 1 && value.at[1] != '.'))
        return 0;
    thousandths = (value.at[0] - '0') * 1000;
    for (size_t i = 2; i < value.bytes; i++, unit /= 10) {
        if (value.at[i] < '0' || value.at[i] > '9')
            return 0;
        thousandths += (value.at[i] - '0') * unit;
    }
    return thousandths > 1000 ? 0 : thousandths;
}

/* Is this range the language itself or one of its regions: zh, zh-CN, zh-Hans-CN? */
static bool is_language(struct text range, struct text language)
{
    struct text rest;

    return text_equal_ignoring_case(text_cut(range, '-', &rest), language);
}

bool problem_prefers_english(struct text accept_language)
{
    int en = 0, zh = 0;

    while (accept_language.at != NULL) {
        struct text item = text_cut(accept_language, ',', &accept_language), parameters;
        struct text range = text_trim(text_cut(text_trim(item), ';', &parameters));
        int q = quality(parameters);

        if (is_language(range, TEXT("en")) && q > en)
            en = q;
        if ((is_language(range, TEXT("zh")) || text_is(range, "*")) && q > zh)
            zh = q;
    }
    return en > zh;
}
