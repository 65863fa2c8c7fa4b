/*
 * vector: fused multiply-add, as the inner loop of a matrix product does it. One grain computes
 * C = S + 16 A B with A of 8 x 64, B of 64 x 24 and C of 8 x 24 doubles, by 16 passes that each add
 * A B once: 196,608 multiply-adds. S is s, s + 1, s + 2, ... row by row, with s the grain's number
 * modulo 2^20. All of it (18 KiB) fits into a first-level cache.
 *
 * The elements of A and B are whole numbers from -2^19 to 2^19 - 1 (splitmix64, upper 20 bits, A
 * first, in the order of memory): random bits in all multipliers, but products and sums stay below
 * 2^53. So every order, fused or not, gives the same bits, and Python integers reproduce it. For each
 * element of C, row by row: checksum = checksum * 31 + element, modulo 2^64.
 *
 * Tiles: 12 sums in registers for AVX (16 registers: 3 of B, 1 of A), 8 for SSE2, whose product needs
 * a register of its own, 24 for NEON, which has 32 registers and up to four units.
 */
#include "kernel.h"
#include "simd.h"

#define ROWS 8u
#define COLUMNS 24u
#define DEPTH 64u
#define PASSES 16u
#define GRAINS_PER_UNIT 128u

/* A by columns and B by rows, in the order in which they are read. */
struct matrices {
    double a[DEPTH][ROWS];
    double b[DEPTH][COLUMNS];
    double c[ROWS][COLUMNS];
};

static void prepare(struct burn_state *state)
{
    struct matrices *m = state->memory;
    double *element;
    uint64_t seed = 0;

    for (element = &m->a[0][0]; element < &m->c[0][0]; element++) {
        uint64_t z = seed += UINT64_C(0x9e3779b97f4a7c15);

        z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
        z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
        z ^= z >> 31;
        *element = (double)((int64_t)(z >> 44) - (1 << 19));
    }
}

/* What runs a grain: all of C, from `start` on; returns the checksum with C's elements in it. */
typedef uint64_t (*grain_function)(struct matrices *m, uint64_t start, uint64_t checksum);

static inline void run_grains(struct burn_state *state, uint64_t grains, grain_function grain)
{
    for (; grains; grains--, state->position++)
        state->checksum = grain(state->memory, state->position & 0xfffff, state->checksum);
}

#define RUN(name, grain)                                          \
    static void name(struct burn_state *state, uint64_t grains)   \
    {                                                             \
        run_grains(state, grains, grain);                         \
    }

#if defined(BURN_X86_64)
#include "x86_64/vector.h"
RUN(run_avx512, burn_vector_avx512)
RUN(run_avx2, burn_vector_avx2)
RUN(run_sse2, burn_vector_sse2)

static const struct burn_variant variants[] = {
    {"avx512", has_avx512, run_avx512},
    {"avx2", has_avx2, run_avx2},
    {"baseline", NULL, run_sse2},
    {NULL, NULL, NULL},
};
#elif defined(BURN_AARCH64)
#include "aarch64/vector.h"
RUN(run_neon, burn_vector_neon)

static const struct burn_variant variants[] = {
    {"neon", NULL, run_neon},
    {NULL, NULL, NULL},
};
#else
/* A tile of 4 x 4, in the vectors that every CPU can be given. */
static void add_tile(const double *a, const double *b, double *c)
{
    f64x2 sums[4][2];
    unsigned pass, depth, row;

    for (row = 0; row < 4; row++) {
        sums[row][0] = *(const f64x2 *)(c + row * COLUMNS);
        sums[row][1] = *(const f64x2 *)(c + row * COLUMNS + 2);
    }
    for (pass = 0; pass < PASSES; pass++) {
        /* All passes add the same: the compiler must not know. */
        BURN_OPAQUE(a);
        BURN_OPAQUE(b);
        for (depth = 0; depth < DEPTH; depth++) {
            for (row = 0; row < 4; row++) {
                f64x2 factor = a[depth * ROWS + row] - (f64x2){0};

                sums[row][0] += factor * *(const f64x2 *)(b + depth * COLUMNS);
                sums[row][1] += factor * *(const f64x2 *)(b + depth * COLUMNS + 2);
            }
        }
    }
    for (row = 0; row < 4; row++) {
        *(f64x2 *)(c + row * COLUMNS) = sums[row][0];
        *(f64x2 *)(c + row * COLUMNS + 2) = sums[row][1];
    }
}

static uint64_t burn_vector_grain(struct matrices *m, uint64_t start, uint64_t checksum)
{
    double *c = &m->c[0][0];
    unsigned i, row, column;

    for (i = 0; i < ROWS * COLUMNS; i++)
        c[i] = (double)(start + i);
    for (row = 0; row < ROWS; row += 4)
        for (column = 0; column < COLUMNS; column += 4)
            add_tile(&m->a[0][row], &m->b[0][column], &m->c[row][column]);
    for (i = 0; i < ROWS * COLUMNS; i++)
        checksum = checksum * 31 + (uint64_t)(int64_t)c[i];
    return checksum;
}

RUN(run_portable, burn_vector_grain)

static const struct burn_variant variants[] = {
    {"baseline", NULL, run_portable},
    {NULL, NULL, NULL},
};
#endif

#define MULTIPLY_ADDS ((uint64_t)GRAINS_PER_UNIT * PASSES * ROWS * COLUMNS * DEPTH)
#define READ_BYTES (PASSES * sizeof(double) * (ROWS + COLUMNS) * DEPTH)
#define WRITTEN_BYTES (sizeof(double) * ROWS * COLUMNS)

const struct burn_kernel burn_vector = {
    .name = "vector",
    .version = BURN_VERSION("2"),
    .unit = "25165824 fused multiply-adds of doubles: 128 times 16 passes of a product of 8 x 64 and "
            "64 x 24 matrices in the first-level cache",
    .operations_per_unit = 2 * MULTIPLY_ADDS,
    .bytes_per_unit = GRAINS_PER_UNIT * (READ_BYTES + WRITTEN_BYTES),
    .grains_per_unit = GRAINS_PER_UNIT,
    .memory_bytes = sizeof(struct matrices),
    .least_bytes = sizeof(struct matrices),
    .prepare = prepare,
    .variants = variants,
};
