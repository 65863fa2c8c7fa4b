/*
 * divide: integer division of 16-bit numbers, the divisions of stress-ng's method div16 (its
 * stress-cpu.c): 224 rows of 224 divisions; row r divides 292 r by 1, 293, 585 ... 65117. No division
 * needs the result of another one: what is measured is how many a core finishes, not how long one
 * takes. One unit is one pass over all rows, 50,176 divisions; stress-ng's method makes the first 50,000
 * of them at a call, and its version decides how many calls a bogo operation stands for. The checksum is
 * the sum of all quotients.
 */
#include "kernel.h"

#define ROWS_PER_GRAIN 14u
#define DIVISIONS_PER_ROW 224u
#define GRAINS_PER_UNIT 16u
#define STEP 292u
#define MEMORY_BYTES 4096u

/* All that it works on is in registers. */
static void prepare(struct burn_state *state)
{
    *(uint64_t *)state->memory = 0;
}

#if defined(BURN_X86_64)
#include "x86_64/divide.h"
#elif defined(BURN_AARCH64)
#include "aarch64/divide.h"
#else
static uint64_t burn_divide_grain(uint32_t dividend)
{
    uint64_t sum = 0;
    unsigned row, column;

    for (row = 0; row < ROWS_PER_GRAIN; row++, dividend += STEP) {
        uint32_t divisor = 1;

        for (column = 0; column < DIVISIONS_PER_ROW; column++, divisor += STEP) {
            uint16_t quotient = (uint16_t)((uint16_t)dividend / (uint16_t)divisor);

            BURN_OPAQUE(quotient);
            sum += quotient;
        }
    }
    return sum;
}
#endif

static void run(struct burn_state *state, uint64_t grains)
{
    for (; grains; grains--, state->position++) {
        uint32_t row = (uint32_t)(state->position % GRAINS_PER_UNIT) * ROWS_PER_GRAIN;

        state->checksum += burn_divide_grain(row * STEP);
    }
}

static const struct burn_variant variants[] = {
    {"baseline", NULL, run},
    {NULL, NULL, NULL},
};

const struct burn_kernel burn_divide = {
    .name = "divide",
    .version = BURN_VERSION("1"),
    .unit = "50176 divisions of 16-bit integers: 292 r by 1 + 292 c, for all r and c from 0 to 223",
    .operations_per_unit = (uint64_t)GRAINS_PER_UNIT * ROWS_PER_GRAIN * DIVISIONS_PER_ROW,
    .bytes_per_unit = 0,
    .grains_per_unit = GRAINS_PER_UNIT,
    .memory_bytes = MEMORY_BYTES,
    .least_bytes = sizeof(uint64_t),
    .prepare = prepare,
    .variants = variants,
};
