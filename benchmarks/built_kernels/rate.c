/*
 * Rates of one kernel in one build of it, on request:
 *
 *   rate KERNEL INSTRUCTION_SET BYTES
 *
 * fills BYTES of memory (0: as much as the kernel always has), then answers each line of standard input,
 * a number of seconds, by the units a second of CPU time that it did in about so long. Exit status 1:
 * no such kernel or instruction set, or memory was refused.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "burn.h"

/* Between two looks at the clock. */
#define STRETCH_NS 1000000

static int64_t cpu_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static struct burn_worker *open_worker(char **arguments, uint32_t *grains_per_unit)
{
    struct burn_description description;
    size_t bytes = strtoull(arguments[2], NULL, 10);
    const char *set;
    int kernel, variant, error;

    for (kernel = 0; burn_describe(kernel, &description) == 0; kernel++) {
        if (strcmp(description.name, arguments[0]))
            continue;
        *grains_per_unit = description.grains_per_unit;
        for (variant = 0; (set = burn_instruction_set(kernel, variant)); variant++)
            if (strcmp(set, arguments[1]) == 0)
                return burn_open(kernel, variant, bytes ? bytes : description.memory_bytes, -1,
                                 NULL, &error);
    }
    return NULL;
}

int main(int argc, char **argv)
{
    uint32_t grains_per_unit = 1;
    struct burn_worker *worker = argc == 4 ? open_worker(argv + 1, &grains_per_unit) : NULL;
    uint64_t stretch = 1;
    double seconds;

    if (!worker)
        return 1;
    for (;; stretch *= 2) {
        int64_t begin = cpu_ns();

        burn_run(worker, stretch);
        if (cpu_ns() - begin >= STRETCH_NS)
            break;
    }
    printf("ready\n");
    fflush(stdout);
    while (scanf("%lf", &seconds) == 1) {
        int64_t begin = cpu_ns(), gone;
        uint64_t done = 0;

        do {
            burn_run(worker, stretch);
            done += stretch;
            gone = cpu_ns() - begin;
        } while ((double)gone < seconds * 1e9);
        printf("%.9g\n", (double)done / grains_per_unit / ((double)gone / 1e9));
        fflush(stdout);
    }
    burn_close(worker);
    return 0;
}
