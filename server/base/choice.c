#include "base/choice.h"

int choice_find(const char *choices, struct text word)
{
    struct text rest = text_of(choices);

    for (int place = 0; rest.at != NULL; place++) {
        if (text_equal(text_cut(rest, '|', &rest), word))
            return place;
    }
    return -1;
}

struct text choice_at(const char *choices, int place)
{
    struct text rest = text_of(choices), word = {NULL, 0};

    for (int at = 0; at <= place; at++) {
        if (rest.at == NULL)
            return (struct text){NULL, 0};
        word = text_cut(rest, '|', &rest);
    }
    return word;
}
