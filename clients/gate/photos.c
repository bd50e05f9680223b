#include "clients/gate/photos.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "crypto/seal.h"
#include "domain/photo.h"

#define FOLDER "photos"

enum { PATH_BYTES = 512 };

/* -- names ------------------------------------------------------------------------------------------ */

bool photo_name_is_none(const struct photo_name *name)
{
    static const struct photo_name none;

    return memcmp(name, &none, sizeof none) == 0;
}

void photo_name_format(const struct photo_name *name, char hex[PHOTO_HEX_BYTES])
{
    hex_format(name->hash, sizeof name->hash, hex);
}

bool photo_name_parse(struct text hex, struct photo_name *name)
{
    return hex_parse(hex, name->hash, sizeof name->hash);
}

bool photo_is(const struct photo_name *name, struct text jpeg)
{
    unsigned char digest[32];

    sha256(jpeg, digest);
    return memcmp(digest, name->hash, sizeof name->hash) == 0;
}

int photo_name_order(const void *a, const void *b)
{
    return memcmp(a, b, sizeof(struct photo_name));
}

static void path_of(const char *dir, const struct photo_name *name, const char *ending,
                    char path[PATH_BYTES])
{
    char hex[PHOTO_HEX_BYTES];

    photo_name_format(name, hex);
    snprintf(path, PATH_BYTES, "%s/" FOLDER "/%s%s", dir, hex, ending);
}

/* -- one of them ------------------------------------------------------------------------------------ */

bool photos_has(const char *dir, const struct photo_name *name)
{
    char path[PATH_BYTES];

    path_of(dir, name, ".jpg", path);
    return access(path, R_OK) == 0;
}

static struct err err_of(int number)
{
    if (number == ENOSPC || number == EDQUOT || number == EFBIG)
        return err_make(ERR_STORAGE_FULL);
    return err_detail(ERR_FILE_UNREADABLE, strerror(number));
}

/* On disk when it returns OK, so that the name that follows never names half of it. */
static struct err write_whole(const char *path, struct text bytes)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    int failed = 0;
    ssize_t written;

    if (fd < 0)
        return err_of(errno);
    written = write(fd, bytes.at, bytes.bytes);
    if (written != (ssize_t)bytes.bytes)
        failed = written < 0 ? errno : ENOSPC;
    else if (fsync(fd) != 0)
        failed = errno;
    if (close(fd) != 0 && failed == 0)
        failed = errno;
    return failed != 0 ? err_of(failed) : OK;
}

struct err photos_keep(const char *dir, const struct photo_name *name, struct text jpeg)
{
    char folder[PATH_BYTES], fresh[PATH_BYTES], path[PATH_BYTES];
    struct err e;

    snprintf(folder, sizeof folder, "%s/" FOLDER, dir);
    if (mkdir(folder, 0700) != 0 && errno != EEXIST)
        return err_of(errno);
    path_of(dir, name, ".new", fresh);
    path_of(dir, name, ".jpg", path);
    e = write_whole(fresh, jpeg);
    if (!err_is(e) && rename(fresh, path) != 0)
        e = err_of(errno);
    if (err_is(e))
        (void)unlink(fresh);
    return e;
}

struct text photos_load(const char *dir, const struct photo_name *name, struct arena *arena)
{
    struct text none = {NULL, 0}, jpeg = none;
    char path[PATH_BYTES], *at = arena_alloc(arena, PHOTO_BYTES_MAX);
    ssize_t bytes;
    int fd;

    path_of(dir, name, ".jpg", path);
    fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return none;
    bytes = at != NULL ? read(fd, at, PHOTO_BYTES_MAX) : -1;
    (void)close(fd);
    if (bytes > 0)
        jpeg = (struct text){at, (size_t)bytes};
    return bytes > 0 && photo_is(name, jpeg) ? jpeg : none;
}

/* -- all of them ------------------------------------------------------------------------------------ */

/* A whole photo that somebody in a roster has; anything else in the folder is litter. */
static bool is_wanted(const char *file, const struct photo_name *wanted, size_t count)
{
    struct photo_name name;
    size_t bytes = strlen(file);

    return bytes == PHOTO_HEX_BYTES - 1 + strlen(".jpg") &&
           strcmp(file + PHOTO_HEX_BYTES - 1, ".jpg") == 0 &&
           photo_name_parse((struct text){file, PHOTO_HEX_BYTES - 1}, &name) && count > 0 &&
           bsearch(&name, wanted, count, sizeof *wanted, photo_name_order) != NULL;
}

struct photos_sum photos_prune(const char *dir, const struct photo_name *wanted, size_t count)
{
    struct photos_sum sum = {0};
    char folder[PATH_BYTES];
    struct dirent *entry;
    struct stat about;
    DIR *files;

    snprintf(folder, sizeof folder, "%s/" FOLDER, dir);
    files = opendir(folder);
    if (files == NULL)
        return sum;
    while ((entry = readdir(files)) != NULL) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        if (!is_wanted(entry->d_name, wanted, count)) {
            if (unlinkat(dirfd(files), entry->d_name, 0) != 0)
                log_event(LOG_ERROR, 0, "photo_not_removed", log_text("why", strerror(errno)));
        } else if (fstatat(dirfd(files), entry->d_name, &about, 0) == 0) {
            sum.count++;
            sum.bytes += about.st_size;
        }
    }
    (void)closedir(files);
    return sum;
}
