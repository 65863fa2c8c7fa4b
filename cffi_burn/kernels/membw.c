/*
 * membw: the triad of STREAM (J. McCalpin, "Memory Bandwidth and Machine Balance in Current High
 * Performance Computers", 1995) over three arrays of doubles far beyond the last cache. One unit is
 * 524,288 elements. Passes over the arrays alternate: a = b + 3 c, then b = a - 2 c.
 *
 * All values are whole numbers below 2^53 (for 2^36 passes, which take years), so that fused and
 * separate arithmetic agree to the bit. The checksum is the sum of the bit patterns of all elements
 * written, modulo 2^64, which no order of summation changes. Stores are ordinary ones, as a compiler
 * makes of a loop; bytes are counted as STREAM does, 24 an element, without what a cache reads before
 * it writes.
 *
 * One width for all CPUs, 128 bits: memory is the limit, not the loop, and where wider ones make a
 * difference it is for the worse: one CPU of an AMD Zen 4 moved 0.9 of it with AVX2 and 0.85 with
 * AVX-512, as plain C does with -march=native.
 */
#include "kernel.h"
#include "simd.h"

#define ELEMENTS_PER_GRAIN 4096u
#define GRAINS_PER_UNIT 128u
#define ARRAYS 3u
#define GRAIN_BYTES (ELEMENTS_PER_GRAIN * sizeof(double))
/* Between the arrays, so that their elements of one index do not share a cache set, and a store does
 * not look like the next load's (whose address is compared by its lower 12 bits). */
#define SKEW_BYTES 1088u
#define SKEWS_BYTES ((ARRAYS - 1) * SKEW_BYTES)

static uint64_t grains_per_pass(const struct burn_state *state)
{
    return (state->bytes - SKEWS_BYTES) / (ARRAYS * GRAIN_BYTES);
}

static double *array(const struct burn_state *state, unsigned number)
{
    size_t stride = grains_per_pass(state) * GRAIN_BYTES + SKEW_BYTES;

    return (double *)((char *)state->memory + number * stride);
}

static void prepare(struct burn_state *state)
{
    uint64_t elements = grains_per_pass(state) * ELEMENTS_PER_GRAIN;
    double *a = array(state, 0), *b = array(state, 1), *c = array(state, 2);
    uint64_t i;

    for (i = 0; i < elements; i++) {
        if (i % ELEMENTS_PER_GRAIN == 0 && burn_filled(state, i, elements))
            return;
        a[i] = 0;
        b[i] = (double)(i & 0xffff);
        c[i] = (double)(i * 40503 & 0xffff);
    }
}

/* Where the next grain lies, and what is done there. */
struct triad {
    double *written;
    const double *read;
    const double *scaled;
    double factor;
};

static struct triad next_triad(const struct burn_state *state)
{
    uint64_t pass = state->position / grains_per_pass(state);
    uint64_t first = state->position % grains_per_pass(state) * ELEMENTS_PER_GRAIN;
    unsigned odd = pass & 1;

    return (struct triad){
        .written = array(state, odd) + first,
        .read = array(state, 1 - odd) + first,
        .scaled = array(state, 2) + first,
        .factor = odd ? -2.0 : 3.0,
    };
}

#if defined(BURN_X86_64)
#include "x86_64/membw.h"
#elif defined(BURN_AARCH64)
#include "aarch64/membw.h"
#else
/* Two vectors a turn: enough for every core to keep its load and store units busy. */
static uint64_t burn_membw_grain(double *written, const double *read, const double *scaled,
                                 double factor)
{
    enum { COUNT = sizeof(f64x2) / sizeof(double) };
    f64x2 factors = factor - (f64x2){0};
    u64x2 sums = {0};
    unsigned i;

    for (i = 0; i < ELEMENTS_PER_GRAIN; i += 2 * COUNT) {
        f64x2 first = *(const f64x2 *)(read + i) + factors * *(const f64x2 *)(scaled + i);
        f64x2 second =
            *(const f64x2 *)(read + i + COUNT) + factors * *(const f64x2 *)(scaled + i + COUNT);

        *(f64x2 *)(written + i) = first;
        *(f64x2 *)(written + i + COUNT) = second;
        sums += (u64x2)first;
        sums += (u64x2)second;
    }
    return sums[0] + sums[1];
}
#endif

static void run(struct burn_state *state, uint64_t grains)
{
    for (; grains; grains--, state->position++) {
        struct triad triad = next_triad(state);

        state->checksum += burn_membw_grain(triad.written, triad.read, triad.scaled, triad.factor);
    }
}

static const struct burn_variant variants[] = {
#if defined(BURN_AARCH64)
    {"neon", NULL, run},
#else
    {"baseline", NULL, run},
#endif
    {NULL, NULL, NULL},
};

const struct burn_kernel burn_membw = {
    .name = "membw",
    .version = BURN_VERSION("3"),
    .unit = "524288 elements of the triad a = b + s c on doubles, in arrays of together more than "
            "the caches hold",
    .operations_per_unit = (uint64_t)GRAINS_PER_UNIT * ELEMENTS_PER_GRAIN * 2,
    .bytes_per_unit = (uint64_t)GRAINS_PER_UNIT * GRAIN_BYTES * ARRAYS,
    .grains_per_unit = GRAINS_PER_UNIT,
    .huge_pages = 1,
    .least_bytes = ARRAYS * GRAIN_BYTES + SKEWS_BYTES,
    .prepare = prepare,
    .variants = variants,
};
