/* A kernel that only a test adds: the sum of the squares of the steps' numbers, modulo 2^64. */
#include "kernel.h"

#define STEPS_PER_GRAIN 1000u

static void prepare(struct burn_state *state)
{
    *(uint64_t *)state->memory = 0;
}

static void run(struct burn_state *state, uint64_t grains)
{
    for (; grains; grains--, state->position++) {
        uint64_t step = state->position * STEPS_PER_GRAIN;
        uint64_t end = step + STEPS_PER_GRAIN;

        for (; step < end; step++) {
            uint64_t square = step * step;

            BURN_OPAQUE(square);
            state->checksum += square;
        }
    }
}

static const struct burn_variant variants[] = {
    {"baseline", NULL, run},
    {NULL, NULL, NULL},
};

const struct burn_kernel burn_toy = {
    .name = "toy",
    .version = BURN_COMPILED_VERSION("1"),
    .unit = "10000 squares, added up",
    .operations_per_unit = 20000,
    .bytes_per_unit = 8,
    .grains_per_unit = 10,
    .memory_bytes = 4096,
    .least_bytes = sizeof(uint64_t),
    .prepare = prepare,
    .variants = variants,
};
