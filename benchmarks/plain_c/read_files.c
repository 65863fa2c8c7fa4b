/*
 * The least that a scrape can cost: `read_files FILE...` opens the files once, and at each line of its
 * standard input reads all of them anew and prints a line.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* A large file is handed over in pieces; one of /proc/sys has one value, and the kernel makes a buffer
   as large as what is asked for. */
#define LARGE 16384
#define SMALL 1024

struct file {
    int descriptor;
    size_t size;
};

static int open_file(struct file *file, const char *path, char *buffer)
{
    file->descriptor = open(path, O_RDONLY | O_CLOEXEC);
    if (file->descriptor < 0)
        return -1;
    file->size = pread(file->descriptor, buffer, LARGE, 0) < SMALL ? SMALL : LARGE;
    return 0;
}

/* Whether it could be read; to its end, which only a read of nothing is for what has more than half a page. */
static int read_file(const struct file *file, char *buffer)
{
    off_t offset = 0;
    ssize_t got;

    while ((got = pread(file->descriptor, buffer, file->size, offset)) > 0) {
        offset += got;
        if (offset < 2048)
            break;
    }
    return got < 0 ? -1 : 0;
}

int main(int argc, char **argv)
{
    static char buffer[LARGE];
    struct file *files = calloc((size_t)argc, sizeof(*files));

    if (argc < 2 || !files)
        return 1;
    for (int i = 1; i < argc; i++)
        if (open_file(&files[i], argv[i], buffer)) {
            perror(argv[i]);
            return 1;
        }
    while (getchar() != EOF) {
        for (int i = 1; i < argc; i++)
            if (read_file(&files[i], buffer)) {
                perror(argv[i]);
                return 1;
            }
        puts("");
        fflush(stdout);
    }
    return 0;
}
