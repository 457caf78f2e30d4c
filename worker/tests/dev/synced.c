/* Notes each fsync in the file that PINK_TEST_SYNCED names: what it was of, and if that is a folder, the names in
 * it at that moment. Loaded before the C library. */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

int fsync(int fd) {
    static int (*real)(int);
    if (!real)
        real = (int (*)(int))dlsym(RTLD_NEXT, "fsync");
    int result = real(fd);
    const char *notes = getenv("PINK_TEST_SYNCED");
    char link[64], path[4096];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    FILE *out = notes && length > 0 ? fopen(notes, "a") : NULL;
    if (!out)
        return result;
    path[length] = 0;
    struct stat of;
    if (fstat(fd, &of) == 0 && S_ISDIR(of.st_mode)) {
        fprintf(out, "folder %s:", path);
        DIR *folder = opendir(path);
        for (struct dirent *entry; folder && (entry = readdir(folder));)
            fprintf(out, " %s", entry->d_name);
        if (folder)
            closedir(folder);
        fprintf(out, "\n");
    } else {
        fprintf(out, "file %s\n", path);
    }
    fclose(out);
    return result;
}
