/*
 * Runs kernels without Python, for sanitizers, other compilers and other machines:
 *
 *   checksums NAME BYTES GRAINS...
 *
 * prints, for each instruction set that this CPU has, a line "INSTRUCTION_SET CHECKSUM...": the
 * checksum after each number of grains, counted from the start. BYTES 0: as much memory as the kernel
 * always has. Exit status 1: no such kernel, or memory was refused.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "burn.h"

static int find(const char *name, struct burn_description *description)
{
    int kernel;

    for (kernel = 0; kernel < burn_kernel_count(); kernel++)
        if (burn_describe(kernel, description) == 0 && strcmp(description->name, name) == 0)
            return kernel;
    return -1;
}

static int print_variant(int kernel, int variant, size_t bytes, int count, char **grains)
{
    int error, i;
    uint64_t done = 0;
    struct burn_worker *worker = burn_open(kernel, variant, bytes, -1, NULL, &error);

    if (!worker) {
        fprintf(stderr, "checksums: %s\n", strerror(error));
        return 1;
    }
    printf("%s", burn_instruction_set(kernel, variant));
    for (i = 0; i < count; i++) {
        uint64_t wanted = strtoull(grains[i], NULL, 10);

        printf(" %" PRIu64, burn_run(worker, wanted - done));
        done = wanted;
    }
    printf("\n");
    burn_close(worker);
    return 0;
}

int main(int argc, char **argv)
{
    struct burn_description description;
    int kernel = argc > 3 ? find(argv[1], &description) : -1;
    int variant;

    if (kernel < 0)
        return 1;
    for (variant = 0; burn_instruction_set(kernel, variant); variant++) {
        size_t bytes = strtoull(argv[2], NULL, 10);

        if (print_variant(kernel, variant, bytes ? bytes : description.memory_bytes, argc - 3,
                          argv + 3))
            return 1;
    }
    return 0;
}
