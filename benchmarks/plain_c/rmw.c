/*
 * The work of the kernel rmw, written as anyone would: `rmw SECONDS` prints passes over 524,288 words
 * a second. The spin's first value comes at run time, and is taken for changed at every word, or the
 * compiler would compute the spin once.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define WORDS 524288

/* CPU time of this thread: what others take of the CPU is not ours. */
static double now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

static void pass(uint64_t *words, uint64_t start)
{
    for (uint64_t i = 0; i < WORDS; i++) {
        uint64_t spin = start;

        __asm__ volatile("" : "+r"(spin));
#pragma GCC unroll 17
        for (uint64_t k = 1; k <= 17; k++)
            spin = (spin + k) | 0x55aa55aa;
        words[i] = (words[i] + i) ^ spin;
    }
}

int main(int argc, char **argv)
{
    double seconds = argc > 1 ? atof(argv[1]) : 0;
    uint64_t *words = calloc(WORDS, sizeof(*words));
    uint64_t sum = 0;
    double begun, gone;
    long passes = 0;

    if (!words || seconds <= 0)
        return 1;
    for (begun = now(); now() - begun < seconds / 4;)
        pass(words, 0xaa55aa55);
    begun = now();
    do {
        pass(words, 0xaa55aa55);
        passes++;
        gone = now() - begun;
    } while (gone < seconds);
    for (long i = 0; i < WORDS; i++)
        sum += words[i];
    /* The sum goes where nobody reads it, but the compiler must make it. */
    fprintf(stderr, "%llu\n", (unsigned long long)sum);
    printf("%.17g\n", (double)passes / gone);
    return 0;
}
