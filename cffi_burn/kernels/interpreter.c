/*
 * interpreter: dispatch over generated code, far more of it than a first-level instruction cache holds.
 * There are 4,096 handlers, each with constants of its own, as code that follows each other; handler k
 * changes an accumulator by
 *
 *     a += table[40503 k mod 2048 + 16];  a += 2^24 + 4951 k;  a ^= a >> (17 + k mod 31);
 *     a *= 2^28 + 1 + 18626 k
 *
 * then loads where the next handler lies, and jumps there. Which ones follow each other says a random
 * program of 16,384 steps (splitmix64 with the seed 0: the table's 2,064 words, then of each number the
 * upper 12 bits). A grain is 1,024 steps of it, a unit 128 grains. All arithmetic is modulo 2^64. The
 * checksum is the accumulator, which starts at 0.
 */
#include "kernel.h"
#include "splitmix64.h"

#define HANDLER_BITS 12u
#define TABLE_WORDS 2064u
#define STEPS_PER_GRAIN 1024u
#define GRAINS_PER_PASS 16u
#define GRAINS_PER_UNIT 128u
#define OPERATIONS_PER_STEP 5u
/* Behind its steps a grain has one that ends it. */
#define GRAIN_STEPS (STEPS_PER_GRAIN + 1)
#define TABLE_BYTES (TABLE_WORDS * sizeof(uint64_t))
#define MEMORY_BYTES (TABLE_BYTES + GRAINS_PER_PASS * GRAIN_STEPS * sizeof(uint32_t))

#if defined(BURN_X86_64)
#include "x86_64/interpreter.h"
#elif defined(BURN_AARCH64)
#include "aarch64/interpreter.h"
#else
/* A step is a handler's number; no code is generated, so that only the arithmetic is the same. */
#define HANDLER_BYTES 1u

static uint64_t burn_interpreter_grain(const uint64_t *table, const uint32_t *step, uint64_t a)
{
    for (; *step >> HANDLER_BITS == 0; step++) {
        uint64_t k = *step;

        a += table[(k * 40503 & 2047) + 16];
        a += (1u << 24) + 4951 * k;
        a ^= a >> (17 + k % 31);
        a *= (1u << 28) + 1 + 18626 * k;
        BURN_OPAQUE(a);
    }
    return a;
}
#endif

static uint32_t *steps(const struct burn_state *state, uint64_t grain)
{
    return (uint32_t *)((char *)state->memory + TABLE_BYTES) + grain * GRAIN_STEPS;
}

static void prepare(struct burn_state *state)
{
    uint64_t *table = state->memory;
    uint64_t seed = 0;
    unsigned grain, i;

    for (i = 0; i < TABLE_WORDS; i++)
        table[i] = splitmix64(&seed);
    for (grain = 0; grain < GRAINS_PER_PASS; grain++) {
        uint32_t *step = steps(state, grain);

        for (i = 0; i < STEPS_PER_GRAIN; i++)
            step[i] = (uint32_t)(splitmix64(&seed) >> (64 - HANDLER_BITS)) * HANDLER_BYTES;
        step[i] = (1u << HANDLER_BITS) * HANDLER_BYTES;
    }
}

static void run(struct burn_state *state, uint64_t grains)
{
    for (; grains; grains--, state->position++) {
        const uint32_t *step = steps(state, state->position % GRAINS_PER_PASS);

        state->checksum = burn_interpreter_grain(state->memory, step, state->checksum);
    }
}

static const struct burn_variant variants[] = {
    {"baseline", NULL, run},
    {NULL, NULL, NULL},
};

const struct burn_kernel burn_interpreter = {
    .name = "interpreter",
    .version = BURN_VERSION("1"),
    .unit = "131072 steps of a random program, each an indirect jump to one of 4096 handlers of 42 to 48 "
            "bytes, which loads, adds twice, shifts, xors and multiplies",
    .operations_per_unit = (uint64_t)GRAINS_PER_UNIT * STEPS_PER_GRAIN * OPERATIONS_PER_STEP,
    .grains_per_unit = GRAINS_PER_UNIT,
    .memory_bytes = MEMORY_BYTES,
    .least_bytes = MEMORY_BYTES,
    .prepare = prepare,
    .variants = variants,
};
