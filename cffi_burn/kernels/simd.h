/* Vector types, which are extensions of gcc and clang, and which instruction sets there are. */
#ifndef SIMD_H
#define SIMD_H
#include <stdint.h>

#include "machine_code.h"

typedef double f64x2 __attribute__((vector_size(16), may_alias));
typedef uint64_t u64x2 __attribute__((vector_size(16), may_alias));

#if defined(BURN_X86_64)
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
