/*
 * memlat: dependent loads. The memory is cut into lines of 64 bytes, each of which holds the byte
 * offset of the next one; all lines together form one random cycle (S. Sattolo, "An algorithm to
 * generate a random cyclic permutation", 1986), so that neither a prefetcher nor an out-of-order core
 * can run ahead. One unit is 16,384 loads. The checksum is the sum of all offsets loaded.
 *
 * memlat goes through more memory than the caches hold; the others through blocks of one size each,
 * and the smaller that is, the more loads are a grain.
 */
#include "kernel.h"
#include "splitmix64.h"

#define LINE_BYTES 64u
#define LOADS_PER_CALL 128u
#define LOADS_PER_UNIT 16384u
#define LEAST_LINES 2u
/* Between two words on how far the filling is. */
#define LINES_A_WORD 4096u

static uint64_t *line(const struct burn_state *state, uint64_t number)
{
    return (uint64_t *)((char *)state->memory + number * LINE_BYTES);
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
        uint64_t *other = line(state, splitmix64(&seed) % i);
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

    for (loads = LOADS_PER_CALL; loads; loads--) {
        offset = *(const uint64_t *)((const char *)memory + offset);
        BURN_OPAQUE(offset);
        *checksum += offset;
    }
    return offset;
}
#endif

static void chase(struct burn_state *state, uint64_t grains, unsigned calls_per_grain)
{
    uint64_t calls;

    state->position += grains;
    for (calls = grains * calls_per_grain; calls; calls--)
        state->cursor = burn_memlat_grain(state->memory, state->cursor, &state->checksum);
}

#define BURN_CHASE(block, calls)                                          \
    static void run_##block(struct burn_state *state, uint64_t grains)    \
    {                                                                     \
        chase(state, grains, calls);                                      \
    }                                                                     \
    static const struct burn_variant block##_variants[] = {               \
        {"baseline", NULL, run_##block},                                  \
        {NULL, NULL, NULL},                                               \
    }

BURN_CHASE(beyond, 1);
BURN_CHASE(block_16k, 64);
BURN_CHASE(block_1m, 16);
BURN_CHASE(block_8m, 4);
BURN_CHASE(block_64m, 2);
BURN_CHASE(block_256m, 2);

#define MEMLAT(kernel, where, bytes, block, calls)                                              \
    {                                                                                           \
        .name = kernel,                                                                         \
        .version = BURN_VERSION("2"),                                                           \
        .unit = "16384 dependent loads over a random cycle of 64-byte lines, in " where,        \
        .operations_per_unit = LOADS_PER_UNIT,                                                  \
        .bytes_per_unit = (uint64_t)LOADS_PER_UNIT * LINE_BYTES,                                \
        .grains_per_unit = LOADS_PER_UNIT / (LOADS_PER_CALL * (calls)),                         \
        .huge_pages = 1,                                                                        \
        .memory_bytes = (size_t)(bytes),                                                        \
        .least_bytes = LEAST_LINES * LINE_BYTES,                                                \
        .prepare = prepare,                                                                     \
        .variants = block##_variants,                                                           \
    }

const struct burn_kernel burn_memlat =
    MEMLAT("memlat", "more memory than the caches hold", 0, beyond, 1);
const struct burn_kernel burn_memlat_16k =
    MEMLAT("memlat_16k", "a block of 16 KiB", 16 << 10, block_16k, 64);
const struct burn_kernel burn_memlat_1m =
    MEMLAT("memlat_1m", "a block of 1 MiB", 1 << 20, block_1m, 16);
const struct burn_kernel burn_memlat_8m =
    MEMLAT("memlat_8m", "a block of 8 MiB", 8 << 20, block_8m, 4);
const struct burn_kernel burn_memlat_64m =
    MEMLAT("memlat_64m", "a block of 64 MiB", 64 << 20, block_64m, 2);
const struct burn_kernel burn_memlat_256m =
    MEMLAT("memlat_256m", "a block of 256 MiB", 256 << 20, block_256m, 2);
