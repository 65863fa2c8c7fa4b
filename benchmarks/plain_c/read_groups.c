/*
 * The least that reading control groups can cost: `read_groups LIST` has the lines of a file, of which those that end
 * in a slash are folders and the others names in the last of them; at each line of its standard input it opens the
 * folders, and opens, reads and closes the files in them, and prints a line. They are too many to be held open.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SIZE 16384
/* The kernel hands over a page at a time, so less than half of one is the whole file. */
#define SURE 2048

static char *read_list(const char *path)
{
    struct stat found;
    int list = open(path, O_RDONLY | O_CLOEXEC);
    char *text;

    if (list < 0 || fstat(list, &found) < 0 || !(text = calloc(1, (size_t)found.st_size + 1)))
        return NULL;
    if (read(list, text, (size_t)found.st_size) != found.st_size)
        return NULL;
    close(list);
    return text;
}

static int read_file(int folder, const char *name)
{
    static char buffer[SIZE];
    ssize_t got;
    int file = openat(folder, name, O_RDONLY | O_CLOEXEC);

    if (file < 0)
        return -1;
    while ((got = read(file, buffer, SIZE)) > 0)
        if (got < SURE)
            break;
    close(file);
    return got < 0 ? -1 : 0;
}

static int read_all(const char *lines)
{
    int folder = -1;

    for (const char *line = lines; *line; line += strlen(line) + 1) {
        if (line[strlen(line) - 1] == '/') {
            if (folder >= 0)
                close(folder);
            folder = open(line, O_PATH | O_DIRECTORY | O_CLOEXEC);
        }
        if (folder < 0 || (line[strlen(line) - 1] != '/' && read_file(folder, line))) {
            perror(line);
            return -1;
        }
    }
    return close(folder);
}

int main(int argc, char **argv)
{
    char *lines = argc == 2 ? read_list(argv[1]) : NULL;

    if (!lines)
        return 1;
    for (char *end = lines; *end; end++)
        if (*end == '\n')
            *end = '\0';
    while (getchar() != EOF) {
        if (read_all(lines))
            return 1;
        puts("");
        fflush(stdout);
    }
    return 0;
}
