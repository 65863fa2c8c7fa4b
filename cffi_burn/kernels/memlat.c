/*
 * memlat: dependent loads. The memory is cut into lines of 64 bytes, each of which holds the byte
 * offset of the next one; all lines together form one random cycle (S. Sattolo, "An algorithm to
 * generate a random cyclic permutation", 1986), so that neither a prefetcher nor an out-of-order core
 * can run ahead. One unit is 16,384 loads. The checksum is the sum of all offsets loaded.
 */
#include "kernel.h"

#define LINE_BYTES 64u
#define LOADS_PER_GRAIN 128u
#define GRAINS_PER_UNIT 128u
#define LEAST_LINES 2u
/* Between two words on how far the filling is. */
#define LINES_A_WORD 4096u

static uint64_t *line(const struct burn_state *state, uint64_t number)
{
    return (uint64_t *)((char *)state->memory + number * LINE_BYTES);
}

/* splitmix64, see integer.c. */
static uint64_t next_random(uint64_t *seed)
{
    uint64_t z = *seed += UINT64_C(0x9e3779b97f4a7c15);

    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

/* Every line points to itself; then each, from the last, is exchanged with a random earlier one. */
static void prepare(struct burn_state *state)
{
    uint64_t lines = state->bytes / LINE_BYTES;
    uint64_t seed = 0;
    uint64_t i;

    for (i = 0; i < lines; i++) {
        if (i % LINES_A_WORD == 0 && burn_filled(state, i, 2 * lines))
            return;
        *line(state, i) = i * LINE_BYTES;
    }
    for (i = lines - 1; i > 0; i--) {
        uint64_t *other = line(state, next_random(&seed) % i);
        uint64_t offset = *line(state, i);

        if (i % LINES_A_WORD == 0 && burn_filled(state, 2 * lines - i, 2 * lines))
            return;

        *line(state, i) = *other;
        *other = offset;
    }
    state->cursor = 0;
}

#if defined(BURN_X86_64)
#include "x86_64/memlat.h"
#elif defined(BURN_AARCH64)
#include "aarch64/memlat.h"
#else
static uint64_t burn_memlat_grain(const void *memory, uint64_t offset, uint64_t *checksum)
{
    unsigned loads;

    for (loads = LOADS_PER_GRAIN; loads; loads--) {
        offset = *(const uint64_t *)((const char *)memory + offset);
        BURN_OPAQUE(offset);
        *checksum += offset;
    }
    return offset;
}
#endif

static void run(struct burn_state *state, uint64_t grains)
{
    for (; grains; grains--, state->position++)
        state->cursor = burn_memlat_grain(state->memory, state->cursor, &state->checksum);
}

static const struct burn_variant variants[] = {
    {"baseline", NULL, run},
    {NULL, NULL, NULL},
};

const struct burn_kernel burn_memlat = {
    .name = "memlat",
    .version = BURN_VERSION("2"),
    .unit = "16384 dependent loads over a random cycle of 64-byte lines, in more memory than "
            "the caches hold",
    .operations_per_unit = (uint64_t)GRAINS_PER_UNIT * LOADS_PER_GRAIN,
    .bytes_per_unit = (uint64_t)GRAINS_PER_UNIT * LOADS_PER_GRAIN * LINE_BYTES,
    .grains_per_unit = GRAINS_PER_UNIT,
    .huge_pages = 1,
    .least_bytes = LEAST_LINES * LINE_BYTES,
    .prepare = prepare,
    .variants = variants,
};
