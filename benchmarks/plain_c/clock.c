/*
 * `clock SECONDS` prints the CPU's clock in Hz, by a chain of additions of two registers, each of
 * which needs the one before: one takes one cycle on every CPU that is known here. Unlike a rate of
 * many units, a chain does not suffer from what the core's other thread does.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#if defined(__x86_64__)
#define ADD "add %1, %0\n"
#elif defined(__aarch64__)
#define ADD "add %0, %0, %1\n"
#endif
#define ADD_10 ADD ADD ADD ADD ADD ADD ADD ADD ADD ADD
#define ADDS_A_TURN 100
#define TURNS 1000
#define MOST_STRETCHES 100000

static double now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

static void turns(void)
{
    uint64_t value = 1, step = 3;

    for (int i = 0; i < TURNS; i++)
        __asm__ volatile(ADD_10 ADD_10 ADD_10 ADD_10 ADD_10 ADD_10 ADD_10 ADD_10 ADD_10 ADD_10
                         : "+r"(value)
                         : "r"(step)
                         : "cc");
}

static int ascending(const void *left, const void *right)
{
    double a = *(const double *)left, b = *(const double *)right;

    return (a > b) - (a < b);
}

int main(int argc, char **argv)
{
    static double lengths[MOST_STRETCHES];
    double seconds = argc > 1 ? atof(argv[1]) : 0;
    double begun = now();
    size_t count = 0;

    if (seconds <= 0)
        return 1;
    while (count < MOST_STRETCHES && now() - begun < seconds) {
        double start = now();

        turns();
        lengths[count++] = now() - start;
    }
    /* The median of many short stretches: what interrupts some of them is no clock. */
    qsort(lengths, count, sizeof(lengths[0]), ascending);
    printf("%.17g\n", ADDS_A_TURN * TURNS / lengths[count / 2]);
    return 0;
}
