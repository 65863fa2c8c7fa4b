/*
 * What lmbench's `bw_mem rd` does: `read_block SECONDS BYTES` prints bytes a second over a block of BYTES
 * of malloc's memory, of each 16 bytes of which the first 4 are loaded.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define TURN 128

static double now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

#define FOUR(i) p[i] + p[(i) + 4] + p[(i) + 8] + p[(i) + 12]

static unsigned pass(const unsigned *p, const unsigned *end, unsigned sum)
{
    for (; p < end; p += TURN)
        sum += FOUR(0) + FOUR(16) + FOUR(32) + FOUR(48) + FOUR(64) + FOUR(80) + FOUR(96) + FOUR(112);
    return sum;
}

int main(int argc, char **argv)
{
    double seconds = argc > 2 ? atof(argv[1]) : 0;
    size_t bytes = argc > 2 ? strtoull(argv[2], NULL, 10) : 0;
    size_t passes = bytes ? (1u << 20) / bytes + 1 : 0, done = 0, i;
    unsigned *block = bytes ? aligned_alloc(4096, bytes) : NULL, sum = 0;
    double begun, gone;

    if (seconds <= 0 || !block)
        return 1;
    memset(block, 1, bytes);
    for (begun = now(); now() - begun < seconds / 4;)
        sum = pass(block, block + bytes / sizeof(*block), sum);
    begun = now();
    do {
        for (i = 0; i < passes; i++) {
            sum = pass(block, block + bytes / sizeof(*block), sum);
            /* Or a compiler could leave all passes but one. */
            __asm__ volatile("" : "+r"(sum) : : "memory");
        }
        done += passes;
        gone = now() - begun;
    } while (gone < seconds);
    fprintf(stderr, "%u\n", sum);
    printf("%.17g\n", (double)bytes * (double)done / gone);
    return 0;
}
