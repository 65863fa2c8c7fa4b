/*
 * memread: reads a block of memory over and over, as `bw_mem rd` of lmbench does (L. McVoy, C. Staelin,
 * "lmbench: Portable Tools for Performance Analysis", 1996): of each 16 bytes the first 4 are loaded as
 * an integer, 32 such loads a turn, and all are added up. As there, the whole block counts as read: a
 * line of a cache comes as a whole. One kernel a size of the block. One unit is 128 MiB, a grain 1 MiB:
 * some passes over a small block, a part of a large one. The checksum is the sum of the integers of
 * each grain, modulo 2^32, added up.
 *
 * Pages are those that the system gives to who asks for none (lmbench does not either).
 */
#include "kernel.h"

#define GRAIN_BYTES (UINT64_C(1) << 20)
#define GRAINS_PER_UNIT 128u
#define LOADED_BYTES 16u
#define TURN_BYTES 512u
/* Between two words on how far the filling is. */
#define INTEGERS_A_WORD (1u << 16)

/* All different, and none like its neighbour. */
static void prepare(struct burn_state *state)
{
    uint32_t *integers = state->memory;
    uint64_t count = state->bytes / sizeof(*integers);
    uint64_t i;

    for (i = 0; i < count; i++) {
        if (i % INTEGERS_A_WORD == 0 && burn_filled(state, i, count))
            return;
        integers[i] = (uint32_t)i * UINT32_C(2654435761);
    }
}

#if defined(BURN_X86_64)
#include "x86_64/memread.h"
#elif defined(BURN_AARCH64)
#include "aarch64/memread.h"
#else
static uint32_t burn_memread_grain(const void *start, const void *end, uint64_t passes)
{
    uint32_t sum = 0;

    for (; passes; passes--) {
        const char *place;

        for (place = start; place != (const char *)end; place += LOADED_BYTES) {
            sum += *(const uint32_t *)place;
            BURN_OPAQUE(sum);
        }
    }
    return sum;
}
#endif

static void run(struct burn_state *state, uint64_t grains)
{
    uint64_t bytes = state->bytes < GRAIN_BYTES ? state->bytes : GRAIN_BYTES;
    uint64_t passes = GRAIN_BYTES / bytes;
    uint64_t parts = state->bytes / bytes;

    for (; grains; grains--, state->position++) {
        const char *start = (const char *)state->memory + state->position % parts * bytes;

        state->checksum += burn_memread_grain(start, start + bytes, passes);
    }
}

static const struct burn_variant variants[] = {
    {"baseline", NULL, run},
    {NULL, NULL, NULL},
};

#define MEMREAD(suffix, size, block)                                                          \
    {                                                                                         \
        .name = "memread_" suffix,                                                            \
        .version = BURN_VERSION("1"),                                                         \
        .unit = "128 MiB read from a block of " size ", over and over: of each 16 bytes the " \
                "first 4 are loaded",                                                         \
        .operations_per_unit = GRAINS_PER_UNIT * GRAIN_BYTES / LOADED_BYTES,                  \
        .bytes_per_unit = GRAINS_PER_UNIT * GRAIN_BYTES,                                      \
        .grains_per_unit = GRAINS_PER_UNIT,                                                   \
        .huge_pages = BURN_PAGES_OF_THE_SYSTEM,                                               \
        .memory_bytes = (size_t)(block),                                                      \
        .least_bytes = TURN_BYTES,                                                            \
        .prepare = prepare,                                                                   \
        .variants = variants,                                                                 \
    }

const struct burn_kernel burn_memread_16k = MEMREAD("16k", "16 KiB", 16 << 10);
const struct burn_kernel burn_memread_1m = MEMREAD("1m", "1 MiB", 1 << 20);
const struct burn_kernel burn_memread_8m = MEMREAD("8m", "8 MiB", 8 << 20);
const struct burn_kernel burn_memread_64m = MEMREAD("64m", "64 MiB", 64 << 20);
const struct burn_kernel burn_memread_256m = MEMREAD("256m", "256 MiB", 256 << 20);
