/* Findings as JSON: the same from the command line and from the server. */
#include "domain/policy_check.h"

void policy_findings_put(struct json_writer *w, const char *key, const struct policy_report *report)
{
    json_open_array(w, key);
    for (unsigned i = 0; i < report->finding_count; i++) {
        const struct policy_finding *f = &report->findings[i];

        json_open_object(w, NULL);
        json_put_string(w, "kind", finding_name(f->kind));
        json_put_string(w, "class", finding_class(f->kind));
        json_put_string(w, "at", f->at);
        json_put_string(w, "zh", f->zh);
        json_put_string(w, "en", f->en);
        json_put_raw(w, "example", f->person);
        json_close_object(w);
    }
    json_close_array(w);
}
