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

#if defined(__x86_64__)
#include <immintrin.h>
#elif defined(__aarch64__)
#include <arm_neon.h>
#endif

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

static size_t memory_bytes(size_t last_cache_bytes)
{
    (void)last_cache_bytes;
    return sizeof(struct matrices);
}

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

static void start_product(struct matrices *m, uint64_t grain)
{
    uint64_t start = grain & 0xfffff;
    unsigned row, column;

    for (row = 0; row < ROWS; row++)
        for (column = 0; column < COLUMNS; column++)
            m->c[row][column] = (double)(start + row * COLUMNS + column);
}

static uint64_t add_product(const struct matrices *m, uint64_t checksum)
{
    unsigned row, column;

    for (row = 0; row < ROWS; row++)
        for (column = 0; column < COLUMNS; column++)
            checksum = checksum * 31 + (uint64_t)(int64_t)m->c[row][column];
    return checksum;
}

#if defined(__x86_64__)
#define TILE_RUN run_avx512
#define TILE_NAME tile_avx512
#define TILE_TARGET TARGET_AVX512
#define TILE_VECTOR f64x8
#define TILE_VECTORS 3
#define TILE_ROWS 4
#define TILE_BROADCAST(x) _mm512_set1_pd(x)
#define TILE_FMA(a, b, c) _mm512_fmadd_pd(a, b, c)
#include "vector_tile.h"

#define TILE_RUN run_avx2
#define TILE_NAME tile_avx2
#define TILE_TARGET TARGET_AVX2
#define TILE_VECTOR f64x4
#define TILE_VECTORS 3
#define TILE_ROWS 4
#define TILE_BROADCAST(x) _mm256_set1_pd(x)
#define TILE_FMA(a, b, c) _mm256_fmadd_pd(a, b, c)
#include "vector_tile.h"
#endif

#if defined(__aarch64__)
#define TILE_RUN run_neon
#define TILE_NAME tile_neon
#define TILE_TARGET
#define TILE_VECTOR f64x2
#define TILE_VECTORS 3
#define TILE_ROWS 8
#define TILE_BROADCAST(x) vdupq_n_f64(x)
#define TILE_FMA(a, b, c) vfmaq_f64(c, a, b)
#include "vector_tile.h"
#else
#define TILE_RUN run_baseline
#define TILE_NAME tile_baseline
#define TILE_TARGET
#define TILE_VECTOR f64x2
#define TILE_VECTORS 2
#define TILE_ROWS 4
#define TILE_BROADCAST(x) ((f64x2){(x), (x)})
#define TILE_FMA(a, b, c) ((a) * (b) + (c))
#include "vector_tile.h"
#endif

static const struct burn_variant variants[] = {
#if defined(__x86_64__)
    {"avx512", has_avx512, run_avx512},
    {"avx2", has_avx2, run_avx2},
#endif
#if defined(__aarch64__)
    {"neon", NULL, run_neon},
#else
    {"baseline", NULL, run_baseline},
#endif
    {NULL, NULL, NULL},
};

#define MULTIPLY_ADDS ((uint64_t)GRAINS_PER_UNIT * PASSES * ROWS * COLUMNS * DEPTH)
#define READ_BYTES (PASSES * sizeof(double) * (ROWS + COLUMNS) * DEPTH)
#define WRITTEN_BYTES (sizeof(double) * ROWS * COLUMNS)

const struct burn_kernel burn_vector = {
    .name = "vector",
    .version = "1",
    .unit = "25165824 fused multiply-adds of doubles: 128 times 16 passes of a product of 8 x 64 and "
            "64 x 24 matrices in the first-level cache",
    .operations_per_unit = 2 * MULTIPLY_ADDS,
    .bytes_per_unit = GRAINS_PER_UNIT * (READ_BYTES + WRITTEN_BYTES),
    .grains_per_unit = GRAINS_PER_UNIT,
    .memory_bytes = memory_bytes,
    .least_bytes = sizeof(struct matrices),
    .prepare = prepare,
    .variants = variants,
};
