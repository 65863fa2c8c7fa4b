/*
 * What `zstd -b7` asks of the library, without the command: `compress_text SECONDS FILE` prints bytes a
 * second of CPU time, of a file compressed by zstd at level 7 in one call a pass.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <zstd.h>

#define LEVEL 7

static double now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

static char *content(const char *path, size_t *bytes)
{
    FILE *file = fopen(path, "rb");
    char *text = NULL;

    if (!file || fseek(file, 0, SEEK_END) != 0 || (*bytes = (size_t)ftell(file)) == 0)
        return NULL;
    rewind(file);
    text = malloc(*bytes);
    if (text && fread(text, 1, *bytes, file) != *bytes)
        return NULL;
    fclose(file);
    return text;
}

int main(int argc, char **argv)
{
    double seconds = argc > 2 ? atof(argv[1]) : 0, begun, gone;
    size_t bytes = 0, room, done = 0;
    char *text = argc > 2 ? content(argv[2], &bytes) : NULL, *out;
    ZSTD_CCtx *context = ZSTD_createCCtx();

    room = ZSTD_compressBound(bytes);
    out = malloc(room);
    if (seconds <= 0 || !text || !out || !context ||
        ZSTD_isError(ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, LEVEL)))
        return 1;
    for (begun = now(); now() - begun < seconds / 4;)
        if (ZSTD_isError(ZSTD_compress2(context, out, room, text, bytes)))
            return 1;
    begun = now();
    do {
        if (ZSTD_isError(ZSTD_compress2(context, out, room, text, bytes)))
            return 1;
        done++;
        gone = now() - begun;
    } while (gone < seconds);
    printf("%.17g\n", (double)bytes * (double)done / gone);
    return 0;
}
