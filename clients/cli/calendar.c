/* clients/cli/calendar.c: a person's colour from day to day, one line a run, and why. */
#include "base/text.h"
#include "clients/cli/command.h"
#include "clients/cli/exit.h"
#include "clients/cli/show.h"

enum { CELL_BYTES = 256 };

static void show_run(const json_t *run, bool english)
{
    char person[CELL_BYTES], here[CELL_BYTES], policy[CELL_BYTES];
    const json_t *reason;
    size_t i;

    show_value("colour", json_object_get(run, "person_colour"), english, person, sizeof person);
    show_value("colour", json_object_get(run, "colour_here"), english, here, sizeof here);
    show_value("policy", json_object_get(run, "policy"), english, policy, sizeof policy);
    printf(english ? "%s until %s  person %s, at this post %s  (%s)\n"
                   : "%s 起至 %s 前  个人 %s，在此岗位 %s  （%s）\n",
           json_string_at(run, "from"), json_string_at(run, "until"), person, here, policy);
    json_array_foreach(json_object_get(run, "reasons"), i, reason) {
        show_value("colour", json_object_get(reason, "colour"), english, person, sizeof person);
        printf("    [%s] %s\n", person, json_string_at(reason, "what"));
    }
}

int calendar_show(struct session *s, const json_t *answer)
{
    const json_t *run;
    size_t i;

    if (s->as_json)
        return CLI_DONE;
    json_array_foreach(json_object_get(answer, "runs"), i, run) {
        show_run(run, s->reach.english);
    }
    return CLI_DONE;
}
