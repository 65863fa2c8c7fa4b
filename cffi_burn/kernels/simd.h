/*
 * Vector types, and which instruction sets there are. Vectors are compiler extensions of gcc and
 * clang; a function that uses a wider one carries the target attribute, so that no file needs flags
 * of its own.
 */
#ifndef SIMD_H
#define SIMD_H
#include <stdint.h>

typedef double f64x2 __attribute__((vector_size(16), may_alias));
typedef uint64_t u64x2 __attribute__((vector_size(16), may_alias));

#if defined(__x86_64__)
typedef double f64x4 __attribute__((vector_size(32), may_alias));
typedef double f64x8 __attribute__((vector_size(64), may_alias));

#define TARGET_AVX2 __attribute__((target("avx2,fma")))
#define TARGET_AVX512 __attribute__((target("avx512f")))

/* The compiler's own test: it asks the CPU, and whether the system saves the registers. */
static inline int has_avx2(void)
{
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
}

static inline int has_avx512(void)
{
    return __builtin_cpu_supports("avx512f");
}
#endif

#endif
