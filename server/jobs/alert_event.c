#include "jobs/alert_event.h"

#include "base/json.h"
#include "domain/record.h"
#include "domain/site_alert.h"
#include "store/outbox.h"

enum { DATA_BYTES = 512 };

static enum event_kind event_of(struct text event)
{
    if (text_is(event, "opened"))
        return EVENT_ALERT_OPENED;
    return text_is(event, "escalated") ? EVENT_ALERT_ESCALATED : EVENT_ALERT_CLEARED;
}

static struct text data_of(struct arena *arena, const struct untold_alert *alert)
{
    char *at = arena_alloc(arena, DATA_BYTES), deadline[DAY_TEXT_BYTES];
    struct build out;
    struct json_writer w;

    if (at == NULL)
        return (struct text){NULL, 0};
    out = build_over(at, DATA_BYTES);
    w = json_writer_over(&out);
    json_open_object(&w, NULL);
    json_put_int(&w, "alert", alert->alert_id);
    json_put_int(&w, "site", alert->site_id);
    json_put_string(&w, "kind", site_alert_kind_name((enum site_alert_kind)alert->kind));
    json_put_string(&w, "then", alert->then_what == ALERT_STOP_WORK ? "stop_work" : "report");
    json_put_text(&w, "deadline", day_format(alert->deadline, deadline));
    json_put_int(&w, "people", alert->people);
    json_put_int(&w, "yellow", alert->yellow);
    json_put_int(&w, "red", alert->red);
    json_close_object(&w);
    return build_done(&out);
}

struct err alert_event_add(struct batch *b, struct arena *arena, const struct untold_alert *alert)
{
    const char *subject = arena_format(arena, "%lld", (long long)alert->alert_id);
    struct text data = data_of(arena, alert);

    if (subject == NULL || data.at == NULL)
        return err_make(ERR_TOO_LARGE);
    outbox_add(b, &(struct outbox_event){.kind = event_of(alert->event),
                                         .subject = text_of(subject),
                                         .due = alert->due,
                                         .org_id = alert->org_id,
                                         .site_id = alert->site_id,
                                         .data = data},
               NULL);
    return OK;
}
