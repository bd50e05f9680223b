#include "net/router.h"

#include <stdlib.h>
#include <string.h>

enum { SEGMENTS_MAX = 12 };

/* A tree of segments: literals in alphabetical order, and at most one {name} beside them. */
struct node {
    struct text literal;
    struct node **literals;
    size_t literal_count;
    struct node *any;
    const struct route *routes[METHODS];
    char *allowed; /* "GET, HEAD, POST" */
};

struct router {
    struct node root;
};

struct segments {
    struct text at[SEGMENTS_MAX];
    size_t count;
};

/* -- building ------------------------------------------------------------------------------------ */

static int compare(struct text a, struct text b)
{
    size_t common = a.bytes < b.bytes ? a.bytes : b.bytes;
    int order = common > 0 ? memcmp(a.at, b.at, common) : 0;

    return order != 0 ? order : (a.bytes > b.bytes) - (a.bytes < b.bytes);
}

/* Where `literal` stands or would stand among the node's children. */
static size_t find_place(const struct node *node, struct text literal, bool *there)
{
    size_t low = 0, high = node->literal_count;

    *there = false;
    while (low < high) {
        size_t middle = (low + high) / 2;
        int order = compare(node->literals[middle]->literal, literal);

        if (order == 0) {
            *there = true;
            return middle;
        }
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static struct node *node_new(struct text literal)
{
    struct node *node = calloc(1, sizeof *node);

    CHECK_ALLOCATED(node);
    node->literal = literal;
    return node;
}

static struct node *add_literal(struct node *node, struct text literal)
{
    bool there;
    size_t place = find_place(node, literal, &there);

    if (there) {
        CHECK(node->literals != NULL);
        return node->literals[place];
    }
    node->literals = realloc(node->literals, (node->literal_count + 1) * sizeof(struct node *));
    CHECK_ALLOCATED(node->literals);
    memmove(node->literals + place + 1, node->literals + place,
            (node->literal_count - place) * sizeof(struct node *));
    node->literal_count++;
    return node->literals[place] = node_new(literal);
}

static bool is_name(struct text segment)
{
    if (segment.bytes < 3 || segment.at[segment.bytes - 1] != '}')
        return false;
    return strcspn(segment.at + 1, "{}/") == segment.bytes - 2;
}

static bool is_literal(struct text segment)
{
    for (size_t i = 0; i < segment.bytes; i++) {
        char c = segment.at[i];

        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || strchr("-_.~", c) != NULL))
            return false;
    }
    return segment.bytes > 0 && !text_is(segment, ".") && !text_is(segment, "..");
}

static void add_route(struct router *router, const struct route *route)
{
    struct text rest = text_of(route->pattern), segment;
    struct node *node = &router->root;
    size_t params = 0, segments = 0;

    CHECK(rest.bytes > 0 && rest.at[0] == '/' && route->method < METHODS);
    CHECK(route->steps != NULL && route->steps[0] != NULL);
    rest = (struct text){rest.at + 1, rest.bytes - 1};
    while (rest.at != NULL && !(segments == 0 && rest.bytes == 0)) {
        segment = text_cut(rest, '/', &rest);
        CHECK(++segments <= SEGMENTS_MAX);
        if (segment.bytes > 0 && segment.at[0] == '{') {
            CHECK(is_name(segment) && ++params <= ROUTE_PARAMS_MAX);
            if (node->any == NULL)
                node->any = node_new((struct text){NULL, 0});
            node = node->any;
        } else {
            CHECK(is_literal(segment));
            node = add_literal(node, segment);
        }
    }
    CHECK(node->routes[route->method] == NULL); /* a method and a pattern have one row */
    node->routes[route->method] = route;
}

static bool has_method(const struct node *node, enum method method)
{
    return node->routes[method] != NULL ||
           (method == METHOD_HEAD && node->routes[METHOD_GET] != NULL);
}

static void name_methods(struct node *node)
{
    char names[64];
    struct build b = build_over(names, sizeof names);

    for (int m = 0; m < METHODS; m++) {
        if (has_method(node, (enum method)m)) {
            build_string(&b, b.bytes > 0 ? ", " : "");
            build_string(&b, method_name((enum method)m));
        }
    }
    CHECK(!b.full);
    if (b.bytes > 0) {
        node->allowed = strdup(names);
        CHECK_ALLOCATED(node->allowed);
    }
    for (size_t i = 0; i < node->literal_count; i++)
        name_methods(node->literals[i]);
    if (node->any != NULL)
        name_methods(node->any);
}

struct router *router_new(const struct route *routes, size_t count)
{
    struct router *router = calloc(1, sizeof *router);

    CHECK_ALLOCATED(router);
    for (size_t i = 0; i < count; i++)
        add_route(router, &routes[i]);
    name_methods(&router->root);
    return router;
}

static void clear_node(struct node *node)
{
    for (size_t i = 0; i < node->literal_count; i++) {
        clear_node(node->literals[i]);
        free(node->literals[i]);
    }
    if (node->any != NULL)
        clear_node(node->any);
    free(node->any);
    free(node->literals);
    free(node->allowed);
}

void router_free(struct router *router)
{
    if (router == NULL)
        return;
    clear_node(&router->root);
    free(router);
}

/* -- finding ------------------------------------------------------------------------------------- */

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* Decodes once; what decodes to a slash or a control character would be another path to somebody
 * behind us, or none at all. */
static bool decode(struct text from, char *to, size_t *bytes)
{
    *bytes = 0;
    for (size_t i = 0; i < from.bytes; i++) {
        int high, low, c = (unsigned char)from.at[i];

        if (c == '%') {
            if (from.bytes - i < 3)
                return false;
            high = hex_digit(from.at[i + 1]);
            low = hex_digit(from.at[i + 2]);
            c = high * 16 + low;
            if (high < 0 || low < 0 || c == '/')
                return false;
            i += 2;
        }
        if (c < 0x20 || c == 0x7F || c == ';')
            return false;
        to[(*bytes)++] = (char)c;
    }
    return true;
}

static struct err take_segment(struct text raw, struct arena *arena, struct text *segment)
{
    char *decoded;

    *segment = raw;
    if (raw.bytes > 0 && memchr(raw.at, '%', raw.bytes) != NULL) {
        decoded = arena_alloc(arena, raw.bytes);
        if (decoded == NULL)
            return err_make(ERR_TOO_LARGE);
        if (!decode(raw, decoded, &segment->bytes))
            return err_make(ERR_HTTP_URI);
        segment->at = decoded;
    }
    if (segment->bytes == 0 || text_is(*segment, ".") || text_is(*segment, "..") ||
        memchr(segment->at, ';', segment->bytes) != NULL || !text_is_utf8(*segment, NULL))
        return err_make(ERR_HTTP_URI);
    return OK;
}

/* The one canonical form of a path: its decoded segments. "/" has none. */
static struct err split(struct text path, struct arena *arena, struct segments *segments)
{
    struct text rest = {path.at + 1, path.bytes - 1};

    segments->count = 0;
    if (rest.bytes == 0)
        return OK;
    while (rest.at != NULL) {
        struct text raw = text_cut(rest, '/', &rest);
        struct err e;

        if (segments->count == SEGMENTS_MAX)
            return err_make(ERR_NOT_FOUND);
        e = take_segment(raw, arena, &segments->at[segments->count++]);
        if (err_is(e))
            return e;
    }
    return OK;
}

/* The node where segments[from..] ends; no deeper than SEGMENTS_MAX. */
static const struct node *walk(const struct node *node, const struct segments *segments,
                               size_t from, struct text *params)
{
    const struct node *end;
    size_t place;
    bool there;

    if (from == segments->count)
        return node->allowed != NULL ? node : NULL;
    place = find_place(node, segments->at[from], &there);
    if (there) {
        end = walk(node->literals[place], segments, from + 1, params);
        if (end != NULL)
            return end;
    }
    if (node->any == NULL)
        return NULL;
    *params = segments->at[from];
    return walk(node->any, segments, from + 1, params + 1);
}

struct err router_find(const struct router *router, enum method method, struct text path,
                       struct arena *arena, struct route_match *match, const char **allowed)
{
    /* One more than any route has: a walk that leads nowhere may pass more names. */
    struct text params[SEGMENTS_MAX + 1] = {{NULL, 0}};
    struct segments segments;
    const struct node *node;
    struct err e;

    *match = (struct route_match){.route = NULL};
    *allowed = NULL;
    if (path.bytes == 0 || path.at[0] != '/')
        return err_make(ERR_HTTP_URI);
    e = split(path, arena, &segments);
    if (err_is(e))
        return e;
    node = walk(&router->root, &segments, 0, params);
    if (node == NULL)
        return err_make(ERR_NOT_FOUND);
    if (!has_method(node, method)) {
        *allowed = node->allowed;
        return err_field(ERR_HTTP_METHOD, NULL, node->allowed);
    }
    match->route = node->routes[method] != NULL ? node->routes[method] : node->routes[METHOD_GET];
    memcpy(match->params, params, sizeof match->params);
    return OK;
}
