#include "net/files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <openssl/evp.h>

#include "base/log.h"

struct files {
    struct file file[FILES_MAX]; /* by path, once read */
    size_t count, bytes;
};

static const struct {
    const char *ending, *content_type;
} types[] = {
    {".html", "text/html; charset=utf-8"},
    {".js", "text/javascript; charset=utf-8"},
    {".mjs", "text/javascript; charset=utf-8"},
    {".css", "text/css; charset=utf-8"},
    {".json", "application/json"},
    {".map", "application/json"},
    {".webmanifest", "application/manifest+json"},
    {".svg", "image/svg+xml"},
    {".png", "image/png"},
    {".jpg", "image/jpeg"},
    {".webp", "image/webp"},
    {".ico", "image/x-icon"},
    {".woff2", "font/woff2"},
    {".wasm", "application/wasm"},
    {".mp3", "audio/mpeg"},
    {".wav", "audio/wav"},
    {".txt", "text/plain; charset=utf-8"},
    {".csv", "text/csv; charset=utf-8"},
    {".xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
    {".pdf", "application/pdf"},
    {"", "application/octet-stream"},
};

static const struct {
    const char *ending, *token;
} codings[CODINGS] = {
    [CODING_PLAIN] = {"", ""},
    [CODING_GZIP] = {".gz", "gzip"},
    [CODING_BROTLI] = {".br", "br"},
};

static bool ends(struct text name, const char *ending)
{
    size_t bytes = strlen(ending);

    return name.bytes >= bytes && memcmp(name.at + name.bytes - bytes, ending, bytes) == 0;
}

static const char *type_of(struct text path)
{
    size_t i = 0;

    while (!ends(path, types[i].ending))
        i++;
    return types[i].content_type;
}

static bool is_name_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           c == '.' || c == '_' || c == '-';
}

static bool is_plain_name(const char *name)
{
    for (const char *at = name; *at != '\0'; at++) {
        if (!is_name_char(*at))
            return false;
    }
    return name[0] != '.' && name[0] != '\0';
}

/* As the bundler names what it has hashed: /assets/NAME-HHHHHHHH.ending. */
static bool is_hashed(const char *path)
{
    static const char folder[] = "/assets/";
    const char *dot = strrchr(path, '.');

    return strncmp(path, folder, sizeof folder - 1) == 0 && dot != NULL &&
           dot - path > (ptrdiff_t)sizeof folder + 8 && dot[-9] == '-';
}

/* -- reading ---------------------------------------------------------------------------------- */

static struct err read_whole(int fd, size_t bytes, char *to)
{
    while (bytes > 0) {
        ssize_t got = read(fd, to, bytes);

        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return err_detail(ERR_FILE_UNREADABLE, "a file ended before its size");
        to += got;
        bytes -= (size_t)got;
    }
    return OK;
}

static void tag(struct file_form *form)
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    struct build out = build_over(form->etag, sizeof form->etag);

    CHECK(EVP_Digest(form->body.at, form->body.bytes, digest, NULL, EVP_sha256(), NULL) == 1);
    build_char(&out, '"');
    for (int i = 0; i < 16; i++)
        build_format(&out, "%02x", digest[i]);
    build_char(&out, '"');
    CHECK(!out.full);
}

static struct err read_form(struct files *files, int folder, const char *name,
                            struct file_form *form)
{
    int fd = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
    struct err e = OK;
    struct stat about;
    char *bytes;

    if (fd < 0)
        return err_detail(ERR_FILE_UNREADABLE, strerror(errno));
    if (fstat(fd, &about) != 0 || !S_ISREG(about.st_mode) || about.st_size < 0 ||
        about.st_size > HTTP_FILE_BYTES_MAX ||
        files->bytes + (size_t)about.st_size > FILES_TOTAL_BYTES_MAX) {
        close(fd);
        return err_detail(ERR_FILE_UNREADABLE, "a page's file is too large, or is no file");
    }
    bytes = malloc((size_t)about.st_size + 1);
    CHECK_ALLOCATED(bytes);
    e = read_whole(fd, (size_t)about.st_size, bytes);
    close(fd);
    form->body = (struct text){bytes, (size_t)about.st_size};
    files->bytes += form->body.bytes;
    if (!err_is(e))
        tag(form);
    return e;
}

/* "index.html.gz" is index.html in another coding, and no file of its own. */
static bool is_coded(int folder, const char *name)
{
    struct text text = text_of(name);
    char plain[FILES_PATH_BYTES];
    struct stat about;

    for (int i = CODING_PLAIN + 1; i < CODINGS; i++) {
        if (!ends(text, codings[i].ending))
            continue;
        snprintf(plain, sizeof plain, "%.*s", (int)(text.bytes - strlen(codings[i].ending)), name);
        return fstatat(folder, plain, &about, AT_SYMLINK_NOFOLLOW) == 0;
    }
    return false;
}

static struct err read_file(struct files *files, int folder, const char *path, const char *name)
{
    struct file *file;
    struct err e = OK;
    struct stat about;

    if (files->count == FILES_MAX)
        return err_detail(ERR_FILE_UNREADABLE, "too many files");
    file = &files->file[files->count++];
    *file = (struct file){0};
    snprintf(file->path, sizeof file->path, "%s/%s", path, name);
    file->content_type = type_of(text_of(file->path));
    file->hashed = is_hashed(file->path);
    for (int i = 0; i < CODINGS && !err_is(e); i++) {
        char coded[FILES_PATH_BYTES + 4];

        snprintf(coded, sizeof coded, "%s%s", name, codings[i].ending);
        if (i == CODING_PLAIN || fstatat(folder, coded, &about, AT_SYMLINK_NOFOLLOW) == 0)
            e = read_form(files, folder, coded, &file->forms[i]);
    }
    return e;
}

static struct err read_folder(struct files *files, int fd, const char *path, int depth);

static struct err read_entry(struct files *files, int folder, const char *path, const char *name,
                             int depth)
{
    char below[FILES_PATH_BYTES];
    struct stat about;
    int fd;

    if (!is_plain_name(name) || fstatat(folder, name, &about, AT_SYMLINK_NOFOLLOW) != 0 ||
        strlen(path) + strlen(name) + 2 > FILES_PATH_BYTES)
        return OK; /* not for the web */
    if (S_ISREG(about.st_mode))
        return is_coded(folder, name) ? OK : read_file(files, folder, path, name);
    if (!S_ISDIR(about.st_mode) || depth == FILES_DEPTH_MAX)
        return OK;
    fd = openat(folder, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0)
        return err_detail(ERR_FILE_UNREADABLE, strerror(errno));
    snprintf(below, sizeof below, "%s/%s", path, name);
    return read_folder(files, fd, below, depth + 1);
}

/* Takes the descriptor over. */
static struct err read_folder(struct files *files, int fd, const char *path, int depth)
{
    DIR *folder = fdopendir(fd);
    struct dirent *entry;
    struct err e = OK;

    if (folder == NULL) {
        close(fd);
        return err_detail(ERR_FILE_UNREADABLE, "a folder of pages");
    }
    while (!err_is(e) && (entry = readdir(folder)) != NULL)
        e = read_entry(files, dirfd(folder), path, entry->d_name, depth);
    closedir(folder);
    return e;
}

static int by_path(const void *a, const void *b)
{
    return strcmp(((const struct file *)a)->path, ((const struct file *)b)->path);
}

struct err files_read(const char *folder, struct files **result)
{
    struct files *files = calloc(1, sizeof *files);
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    struct err e;

    CHECK_ALLOCATED(files);
    *result = files;
    if (fd < 0)
        return err_field(ERR_FILE_UNREADABLE, "web_root", "a folder");
    e = read_folder(files, fd, "", 0);
    qsort(files->file, files->count, sizeof files->file[0], by_path);
    if (!err_is(e) && files_find(files, TEXT("/index.html")) == NULL)
        e = err_field(ERR_FILE_UNREADABLE, "web_root", "a folder with index.html");
    if (!err_is(e))
        log_event(LOG_INFO, 0, "pages_read", log_number("files", files->count),
                  log_number("bytes", files->bytes));
    return e;
}

void files_free(struct files *files)
{
    if (files == NULL)
        return;
    for (size_t i = 0; i < files->count; i++) {
        for (int k = 0; k < CODINGS; k++)
            free((char *)files->file[i].forms[k].body.at);
    }
    free(files);
}

/* -- asking ------------------------------------------------------------------------------------ */

const struct file *files_find(const struct files *files, struct text path)
{
    struct file wanted = {.path = ""};

    if (path.bytes >= sizeof wanted.path || memchr(path.at, '\0', path.bytes) != NULL)
        return NULL;
    memcpy(wanted.path, path.at, path.bytes);
    wanted.path[path.bytes] = '\0';
    return bsearch(&wanted, files->file, files->count, sizeof files->file[0], by_path);
}

/* "q=0", "q=0.000": not at all. */
static bool is_refused(struct text parameters)
{
    struct text value;

    if (parameters.at == NULL ||
        !text_equal_ignoring_case(text_trim(text_cut(parameters, '=', &value)), TEXT("q")))
        return false;
    value = text_trim(value);
    for (size_t i = 0; i < value.bytes; i++) {
        if (value.at[i] != '0' && value.at[i] != '.')
            return false;
    }
    return value.bytes > 0;
}

static bool accepts(struct text accept_encoding, const char *coding)
{
    while (accept_encoding.at != NULL) {
        struct text parameters, item = text_cut(accept_encoding, ',', &accept_encoding);
        struct text name = text_trim(text_cut(item, ';', &parameters));

        if (text_equal_ignoring_case(name, text_of(coding)))
            return !is_refused(parameters);
    }
    return false;
}

enum file_coding file_coding_for(const struct file *file, struct text accept_encoding)
{
    enum file_coding best = CODING_PLAIN;

    for (int i = CODING_PLAIN + 1; i < CODINGS; i++) {
        if (file->forms[i].body.at != NULL &&
            file->forms[i].body.bytes < file->forms[best].body.bytes &&
            accepts(accept_encoding, codings[i].token))
            best = (enum file_coding)i;
    }
    return best;
}

bool etag_matches(struct text if_none_match, const char *etag)
{
    while (if_none_match.at != NULL) {
        struct text one = text_trim(text_cut(if_none_match, ',', &if_none_match));

        if (text_starts(one, TEXT("W/")))
            one = (struct text){one.at + 2, one.bytes - 2};
        if (text_is(one, etag) || text_is(one, "*"))
            return true;
    }
    return false;
}
