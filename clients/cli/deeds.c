/* clients/cli/deeds.c: what the audit calls deeds, in words; who looked at a person. */
#include <string.h>

#include "base/check.h"
#include "clients/cli/command.h"
#include "clients/cli/exit.h"
#include "clients/cli/show.h"

const char *deed_word(const char *deed, bool english)
{
    static const struct {
        const char *name, *zh, *en;
    } deeds[] = {
#define DEED(name, zh, en) {name, zh, en},
#include "domain/deed.def"
#undef DEED
    };

    for (size_t i = 0; i < sizeof deeds / sizeof deeds[0]; i++) {
        if (strcmp(deed, deeds[i].name) == 0)
            return english ? deeds[i].en : deeds[i].zh;
    }
    return deed; /* of a newer server */
}

/* A deed without a role is the worker's own. */
int accesses_show(struct session *s, const json_t *answer)
{
    bool english = s->reach.english;
    json_t *copy, *row;
    size_t i;
    int status;

    if (s->as_json)
        return CLI_DONE;
    copy = json_deep_copy(answer);
    CHECK_ALLOCATED(copy);
    json_array_foreach(json_object_get(copy, "items"), i, row) {
        if (json_is_null(json_object_get(row, "role")))
            json_object_set_new(row, "role", json_string(english ? "the worker" : "本人"));
    }
    status = show_list(s, copy);
    json_decref(copy);
    return status;
}
