/*
 * integer: hashing, table look-ups and branches. One unit is 524,288 steps. Step n (from 0, counted
 * over all units) makes the n-th number z of splitmix64 (Steele, Lea, Flood, "Fast Splittable
 * Pseudorandom Number Generators", 2014) with the seed 0, picks a word of a table of 2,048 by z's
 * upper 11 bits, and changes it in one of two ways, as z's lower 3 bits say:
 *
 *     all zero:  word = rotate_left(word + z, 23)
 *     else:      word = (word xor z) * 0x100000001b3
 *
 * Then hash = (hash xor word) * 0x100000001b3, the FNV-1a step over words, from 0xcbf29ce484222325.
 * No predictor can foresee one branch in eight, as in ordinary code about five of a thousand
 * instructions are. The table (16 KiB) fits into every first-level cache. All arithmetic is modulo
 * 2^64. The checksum is the hash.
 */
#include <string.h>

#include "kernel.h"

#define WORDS 2048u
#define STEPS_PER_GRAIN 4096u
#define GRAINS_PER_UNIT 128u
/* splitmix64 9, choice of word 1, change 2, hash 2; the comparison that branches 2 */
#define OPERATIONS_PER_STEP 16u
#define GOLDEN UINT64_C(0x9e3779b97f4a7c15)
#define FNV_PRIME UINT64_C(0x100000001b3)
#define FNV_BASIS UINT64_C(0xcbf29ce484222325)

static void prepare(struct burn_state *state)
{
    memset(state->memory, 0, WORDS * sizeof(uint64_t));
    state->checksum = FNV_BASIS;
}

#if defined(BURN_X86_64)
#include "x86_64/integer.h"
#elif defined(BURN_AARCH64)
#include "aarch64/integer.h"
#else
/* The barriers make each way a place of its own, so that the branch stays one: the compiler may
 * otherwise compute both and select. */
static inline uint64_t change(uint64_t word, uint64_t z)
{
    if ((z & 7) == 0) {
        word += z;
        BURN_OPAQUE(word);
        return word << 23 | word >> 41;
    }
    word ^= z;
    BURN_OPAQUE(word);
    return word * FNV_PRIME;
}

static uint64_t burn_integer_grain(uint64_t *table, uint64_t seed, uint64_t hash)
{
    unsigned steps;

    for (steps = STEPS_PER_GRAIN; steps; steps--) {
        uint64_t z = seed += GOLDEN;
        uint64_t *word;

        z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
        z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
        z ^= z >> 31;
        word = &table[z >> 53];
        *word = change(*word, z);
        hash = (hash ^ *word) * FNV_PRIME;
    }
    return hash;
}
#endif

static void run(struct burn_state *state, uint64_t grains)
{
    for (; grains; grains--, state->position++) {
        uint64_t seed = state->position * STEPS_PER_GRAIN * GOLDEN;

        state->checksum = burn_integer_grain(state->memory, seed, state->checksum);
    }
}

static const struct burn_variant variants[] = {
    {"baseline", NULL, run},
    {NULL, NULL, NULL},
};

const struct burn_kernel burn_integer = {
    .name = "integer",
    .version = BURN_VERSION("2"),
    .unit = "524288 steps: a splitmix64 number picks a word of a 16 KiB table, changes it in one of "
            "two ways (7 to 1, by a branch), and the word is hashed (FNV-1a)",
    .operations_per_unit = (uint64_t)GRAINS_PER_UNIT * STEPS_PER_GRAIN * OPERATIONS_PER_STEP,
    .bytes_per_unit = (uint64_t)GRAINS_PER_UNIT * STEPS_PER_GRAIN * sizeof(uint64_t) * 2,
    .grains_per_unit = GRAINS_PER_UNIT,
    .memory_bytes = WORDS * sizeof(uint64_t),
    .least_bytes = WORDS * sizeof(uint64_t),
    .prepare = prepare,
    .variants = variants,
};
