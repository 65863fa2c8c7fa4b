/*
 * divide for arm64, which has no division of 16 bits: as gcc 12 makes it of stress-ng's C at -O2,
 * but for what cuts 32 bits to 16, which no value here needs. 14 rows of 224 quotients from
 * `dividend` on; returns their sum.
 *
 *   w5  dividend         w0  sum             w6  rows that are left
 *   w1  divisor          w3  quotient        w4  the divisor behind the last one
 */
uint64_t burn_divide_grain(uint32_t dividend);

__asm__(BURN_FUNCTION("burn_divide_grain", 44)
    "   mov     w5, w0\n"
    "   mov     w0, wzr\n"
    "   mov     w6, #14\n"
    "   movz    w4, #65409\n"
    "1: movz    w1, #1\n"
    "2: udiv    w3, w5, w1\n"
    "   add     w1, w1, #292\n"
    "   add     w0, w0, w3\n"
    "   cmp     w1, w4\n"
    "   b.ne    2b\n"
    "   add     w5, w5, #292\n"
    "   subs    w6, w6, #1\n"
    "   b.ne    1b\n"
    "   ret\n"
    BURN_END("burn_divide_grain"));
