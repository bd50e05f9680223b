#include "support/policy_edit.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NAMES_MAX = 64 };

json_t *shipped_json(const char *name)
{
    char path[512];
    json_error_t error;
    json_t *json;

    (void)snprintf(path, sizeof path, "%s/migrations/policies/%s", JIANAN_SOURCE_DIR, name);
    json = json_load_file(path, JSON_REJECT_DUPLICATES, &error);
    if (json == NULL)
        fprintf(stderr, "%s: %s\n", path, error.text);
    CHECK(json != NULL);
    return json;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static size_t add_folder(const char *folder, const char **names, size_t count)
{
    char path[512];
    DIR *dir;

    (void)snprintf(path, sizeof path, "%s/migrations/policies/%s", JIANAN_SOURCE_DIR, folder);
    dir = opendir(path);
    CHECK(dir != NULL);
    for (const struct dirent *e; (e = readdir(dir)) != NULL;) {
        size_t bytes = strlen(e->d_name);
        char *name;

        if (bytes < 5 || strcmp(e->d_name + bytes - 5, ".json") != 0)
            continue;
        CHECK(count < NAMES_MAX);
        CHECK(asprintf(&name, "%s%s", folder, e->d_name) > 0);
        names[count++] = name;
    }
    (void)closedir(dir);
    return count;
}

const char *const *shipped_names(void)
{
    static const char *names[NAMES_MAX + 1];
    size_t count;

    if (names[0] == NULL) {
        count = add_folder("drafts/", names, add_folder("", names, 0));
        qsort(names, count, sizeof *names, by_name);
    }
    return names;
}

json_t *policy_rule_of(json_t *document, const char *kind)
{
    size_t i;
    json_t *rule;

    json_array_foreach(json_object_get(document, "rules"), i, rule)
    {
        if (strcmp(json_string_value(json_object_get(rule, "kind")), kind) == 0)
            return rule;
    }
    fprintf(stderr, "no rule of kind %s\n", kind);
    CHECK(false);
    return NULL;
}

static void set_in_array(json_t *array, const char *part, json_t *value)
{
    if (strcmp(part, "-") == 0)
        CHECK(json_array_append_new(array, value) == 0);
    else if (value != NULL)
        CHECK(json_array_set_new(array, strtoul(part, NULL, 10), value) == 0);
    else
        CHECK(json_array_remove(array, strtoul(part, NULL, 10)) == 0);
}

void policy_set(json_t *document, const char *pointer, const char *value)
{
    json_t *at = document, *new = value != NULL ? json_loads(value, JSON_DECODE_ANY, NULL) : NULL;
    char parts[256], *part, *rest = parts;

    CHECK(value == NULL || new != NULL);
    (void)snprintf(parts, sizeof parts, "%s", pointer + 1);
    part = strsep(&rest, "/");
    while (rest != NULL) {
        at = json_is_array(at) ? json_array_get(at, strtoul(part, NULL, 10)) : json_object_get(at, part);
        CHECK(at != NULL);
        part = strsep(&rest, "/");
    }
    if (json_is_array(at))
        set_in_array(at, part, new);
    else if (new != NULL)
        CHECK(json_object_set_new(at, part, new) == 0);
    else
        CHECK(json_object_del(at, part) == 0);
}

struct err policy_compile_json(const json_t *json, struct arena *arena,
                               struct policy_document *document)
{
    char *text = json_dumps(json, 0);
    struct err e = policy_compile(text_of(text), arena, document);

    free(text);
    return e;
}
