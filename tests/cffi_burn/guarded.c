/*
 * Runs a kernel in memory that lies between two pages which must not be touched; the address
 * sanitizer sees nothing of assembly:
 *
 *   guarded NAME BYTES GRAINS
 *
 * prints a line "INSTRUCTION_SET CHECKSUM CHECKSUM" for each one of this CPU: with the memory at the
 * end of its pages, and at their start. A kernel that goes past either side ends it by a signal.
 */
#define _GNU_SOURCE
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "kernel.h"

static const struct burn_kernel *find(const char *name)
{
    int i;

    for (i = 0; i < burn_kernel_table_size; i++)
        if (strcmp(burn_kernel_table[i]->name, name) == 0)
            return burn_kernel_table[i];
    return NULL;
}

static uint64_t checksum(const struct burn_kernel *kernel, const struct burn_variant *variant,
                         void *memory, size_t bytes, uint64_t grains)
{
    struct burn_state state = {.memory = memory, .bytes = bytes};

    kernel->prepare(&state);
    variant->run(&state, grains);
    return state.checksum;
}

int main(int argc, char **argv)
{
    const struct burn_kernel *kernel = argc == 4 ? find(argv[1]) : NULL;
    const struct burn_variant *variant;
    size_t page = (size_t)sysconf(_SC_PAGESIZE), bytes, whole;
    char *pages;

    if (!kernel)
        return 1;
    bytes = strtoull(argv[2], NULL, 10);
    whole = (bytes + page - 1) / page * page;
    pages = mmap(NULL, whole + 2 * page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (pages == MAP_FAILED || mprotect(pages + page, whole, PROT_READ | PROT_WRITE))
        return 1;
    for (variant = kernel->variants; variant->run; variant++) {
        uint64_t grains = strtoull(argv[3], NULL, 10);

        if (variant->supported && !variant->supported())
            continue;
        printf("%s %" PRIu64, variant->instruction_set,
               checksum(kernel, variant, pages + page + whole - bytes, bytes, grains));
        printf(" %" PRIu64 "\n", checksum(kernel, variant, pages + page, bytes, grains));
    }
    return 0;
}
