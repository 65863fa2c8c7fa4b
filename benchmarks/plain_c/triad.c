/*
 * The triad of STREAM: `triad SECONDS BYTES` prints bytes a second (24 an element), over three arrays
 * of together BYTES in 2 MiB pages.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>

#define HUGE_PAGE ((size_t)2 << 20)

/* CPU time of this thread: what others take of the CPU is not ours. */
static double now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

static double *array(size_t elements, double value)
{
    size_t bytes = (elements * sizeof(double) + HUGE_PAGE - 1) / HUGE_PAGE * HUGE_PAGE;
    double *start = aligned_alloc(HUGE_PAGE, bytes);

    if (!start)
        exit(1);
    madvise(start, bytes, MADV_HUGEPAGE);
    for (size_t i = 0; i < elements; i++)
        start[i] = value;
    return start;
}

static void pass(double *restrict a, const double *restrict b, const double *restrict c,
                 double factor, size_t elements)
{
    for (size_t i = 0; i < elements; i++)
        a[i] = b[i] + factor * c[i];
}

int main(int argc, char **argv)
{
    double seconds = argc > 2 ? atof(argv[1]) : 0;
    size_t elements = argc > 2 ? strtoull(argv[2], NULL, 10) / 3 / sizeof(double) : 0;
    double *a, *b, *c, begun, gone;
    long passes = 0;

    if (seconds <= 0 || !elements)
        return 1;
    a = array(elements, 0);
    b = array(elements, 2);
    c = array(elements, 1);
    for (begun = now(); now() - begun < seconds / 4;)
        pass(a, b, c, 3.0, elements);
    begun = now();
    do {
        pass(a, b, c, 3.0, elements);
        passes++;
        gone = now() - begun;
    } while (gone < seconds);
    /* The result goes where nobody reads it, but the compiler must make it. */
    fprintf(stderr, "%g\n", a[elements / 2]);
    printf("%.17g\n", 24.0 * (double)elements * (double)passes / gone);
    return 0;
}
