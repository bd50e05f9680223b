#include "crypto/secret_file.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

/* False at the first error; `*bytes` is what was read up to the file's end or max. */
static bool read_whole(int fd, char *to, size_t max, size_t *bytes)
{
    *bytes = 0;
    while (*bytes < max) {
        ssize_t got = read(fd, to + *bytes, max - *bytes);

        if (got == 0)
            return true;
        if (got < 0 && errno != EINTR)
            return false;
        *bytes += got > 0 ? (size_t)got : 0;
    }
    return true;
}

/* The rights are asked of the open file, so that nobody can put another one in between. */
struct err secret_file_read(const char *path, char *to, size_t *bytes)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    struct stat info;
    struct err e = OK;

    if (fd < 0)
        return err_make(ERR_FILE_UNREADABLE);
    if (fstat(fd, &info) != 0 || !S_ISREG(info.st_mode) || info.st_size > SECRET_FILE_BYTES_MAX)
        e = err_make(ERR_FILE_UNREADABLE);
    else if ((info.st_mode & (S_IRWXG | S_IRWXO)) != 0)
        e = err_make(ERR_FILE_MODE);
    else if (!read_whole(fd, to, SECRET_FILE_BYTES_MAX, bytes))
        e = err_make(ERR_FILE_UNREADABLE);
    close(fd);
    return e;
}

static bool write_whole(int fd, struct text content)
{
    while (content.bytes > 0) {
        ssize_t put = write(fd, content.at, content.bytes);

        if (put < 0 && errno != EINTR)
            return false;
        if (put > 0)
            content = (struct text){content.at + put, content.bytes - (size_t)put};
    }
    return fsync(fd) == 0;
}

/* A new name is on disk only when its folder is. */
static bool sync_folder(const char *path)
{
    char copy[4096];
    int fd;
    bool done;

    if (snprintf(copy, sizeof copy, "%s", path) >= (int)sizeof copy)
        return false;
    fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return false;
    done = fsync(fd) == 0;
    close(fd);
    return done;
}

struct err secret_file_create(const char *path, struct text content)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR);
    bool done;

    if (fd < 0)
        return err_make(errno == EEXIST ? ERR_ALREADY_EXISTS : ERR_FILE_UNREADABLE);
    done = write_whole(fd, content);
    done = close(fd) == 0 && done && sync_folder(path);
    if (done)
        return OK;
    unlink(path); /* half a key is worse than none */
    return err_make(ERR_FILE_UNREADABLE);
}
