/*
 * rmw: read, modify, write. One unit is one pass over 524,288 64-bit words (4 MiB). Per word, a spin
 * of 17 steps starts at 0xaa55aa55; step k (1..17) adds k and then ors 0x55aa55aa. Then
 * word = (word + index) XOR spin. All arithmetic is modulo 2^64.
 */
#include <string.h>

#include "kernel.h"

#define WORDS 524288u
#define GRAINS_PER_UNIT 128u
#define WORDS_PER_GRAIN (WORDS / GRAINS_PER_UNIT)
#define SPIN_STEPS 17u

#if defined(BURN_X86_64)
#include "x86_64/rmw.h"
#elif defined(BURN_AARCH64)
#include "aarch64/rmw.h"
#else
/* The barrier after each step keeps all 34 operations, in every compiler. */
#define STEP(k)                                    \
    do {                                           \
        spin = (spin + (k)) | UINT64_C(0x55aa55aa); \
        BURN_OPAQUE(spin);                         \
    } while (0)

static uint64_t spin_17(void)
{
    uint64_t spin = UINT64_C(0xaa55aa55);

    BURN_OPAQUE(spin);
    STEP(1); STEP(2); STEP(3); STEP(4); STEP(5); STEP(6); STEP(7); STEP(8); STEP(9);
    STEP(10); STEP(11); STEP(12); STEP(13); STEP(14); STEP(15); STEP(16); STEP(17);
    return spin;
}

static uint64_t burn_rmw_grain(uint64_t *words, uint64_t index, uint64_t checksum)
{
    uint64_t end = index + WORDS_PER_GRAIN;

    for (; index < end; index++) {
        uint64_t word = (words[index] + index) ^ spin_17();

        words[index] = word;
        checksum += word;
    }
    return checksum;
}
#endif

static void prepare(struct burn_state *state)
{
    memset(state->memory, 0, WORDS * sizeof(uint64_t));
}

static void run(struct burn_state *state, uint64_t grains)
{
    for (; grains; grains--, state->position++) {
        uint64_t first = state->position % GRAINS_PER_UNIT * WORDS_PER_GRAIN;

        state->checksum = burn_rmw_grain(state->memory, first, state->checksum);
    }
}

static const struct burn_variant variants[] = {
    {"baseline", NULL, run},
    {NULL, NULL, NULL},
};

const struct burn_kernel burn_rmw = {
    .name = "rmw",
    .version = BURN_VERSION("2"),
    .unit = "one pass over 524288 64-bit words (4 MiB): per word 17 add and or steps, "
            "then word = (word + index) xor spin",
    .operations_per_unit = (uint64_t)WORDS * (2 * SPIN_STEPS + 2),
    .bytes_per_unit = (uint64_t)WORDS * sizeof(uint64_t) * 2,
    .grains_per_unit = GRAINS_PER_UNIT,
    .huge_pages = 1,
    .memory_bytes = WORDS * sizeof(uint64_t),
    .least_bytes = WORDS * sizeof(uint64_t),
    .prepare = prepare,
    .variants = variants,
};
