/* tests/support/replay.c: runs a fuzz target over kept inputs, as an ordinary test without libFuzzer.
 *
 * Every file of the given folders goes through LLVMFuzzerTestOneInput once, from heap memory of its
 * exact size, so that the address sanitizer sees one byte too far. A folder without files is a
 * failure: it would prove nothing. */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int replay_file(const char *path)
{
    FILE *file = fopen(path, "rb");
    struct stat info;
    uint8_t *data;
    size_t size, got;

    if (file == NULL || fstat(fileno(file), &info) != 0) {
        perror(path);
        exit(2);
    }
    if (!S_ISREG(info.st_mode)) {
        fclose(file);
        return 0;
    }
    size = (size_t)info.st_size;
    data = malloc(size);
    got = size > 0 ? fread(data, 1, size, file) : 0;
    fclose(file);
    if (got != size) {
        fprintf(stderr, "%s: short read\n", path);
        exit(2);
    }
    LLVMFuzzerTestOneInput(data, size);
    free(data);
    return 1;
}

static int replay_folder(const char *folder)
{
    DIR *dir = opendir(folder);
    struct dirent *entry;
    char path[4096];
    int count = 0;

    if (dir == NULL) {
        perror(folder);
        exit(2);
    }
    while ((entry = readdir(dir)) != NULL) {
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        count += replay_file(path);
    }
    closedir(dir);
    return count;
}

int main(int argc, char **argv)
{
    int count = 0;

    for (int i = 1; i < argc; i++)
        count += replay_folder(argv[i]);
    printf("%d inputs replayed\n", count);
    return count > 0 ? 0 : 1;
}
