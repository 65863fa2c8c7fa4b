/*
 * A neighbour that leaves nothing of others in the caches: `walk_memory SECONDS BYTES` walks over BYTES
 * of memory at each line of its standard input, SECONDS altogether and as long on one of its CPUs as on
 * the other, and prints a line when it has.
 */
#define _GNU_SOURCE
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define LINE 64

static double now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

static void walk(unsigned char *block, size_t bytes, double seconds)
{
    double end = now() + seconds;

    do
        for (size_t at = 0; at < bytes; at += LINE)
            block[at]++;
    while (now() < end);
}

int main(int argc, char **argv)
{
    double seconds = argc > 2 ? atof(argv[1]) : 0;
    size_t bytes = argc > 2 ? strtoull(argv[2], NULL, 10) : 0;
    unsigned char *block = bytes ? aligned_alloc(4096, bytes) : NULL;
    cpu_set_t allowed;

    if (seconds <= 0 || !block || sched_getaffinity(0, sizeof(allowed), &allowed))
        return 1;
    memset(block, 1, bytes);
    while (getchar() != EOF) {
        for (int cpu = 0; cpu < CPU_SETSIZE; cpu++) {
            cpu_set_t one;

            if (!CPU_ISSET(cpu, &allowed))
                continue;
            CPU_ZERO(&one);
            CPU_SET(cpu, &one);
            if (sched_setaffinity(0, sizeof(one), &one))
                return 1;
            walk(block, bytes, seconds / CPU_COUNT(&allowed));
        }
        puts("");
        fflush(stdout);
    }
    return 0;
}
