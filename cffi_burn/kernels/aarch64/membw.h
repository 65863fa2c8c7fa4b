/*
 * membw for arm64, as gcc 12 makes it of the C at -O2: written = read + factor * scaled, in 4096
 * elements; returns the sum of the written bit patterns.
 *
 *   x2  start of the loop's turn     x5, x7  from there to `scaled`     v2  factor, twice
 *   x0  read                         x3, x6  from there to `written`    v3  sums
 *   x4  its end
 */
uint64_t burn_membw_grain(double *written, const double *read, const double *scaled, double factor);

__asm__(BURN_FUNCTION("burn_membw_grain", 16)
    "   sub     x3, x0, x1\n"
    "   sub     x5, x2, x1\n"
    "   mov     x0, x1\n"
    "   mov     x2, xzr\n"
    "   add     x7, x5, #16\n"
    "   add     x6, x3, #16\n"
    "   add     x4, x0, #8, lsl #12\n"
    "   dup     v2.2d, v0.d[0]\n"
    "   movi    v3.4s, #0\n"
    "1: sub     x1, x0, x2\n"
    "   ldp     q0, q1, [x0]\n"
    "   add     x0, x0, #32\n"
    "   ldr     q5, [x1, x5]\n"
    "   ldr     q4, [x1, x7]\n"
    "   fmla    v0.2d, v2.2d, v5.2d\n"
    "   fmla    v1.2d, v2.2d, v4.2d\n"
    "   str     q0, [x1, x3]\n"
    "   add     v0.2d, v0.2d, v1.2d\n"
    "   str     q1, [x1, x6]\n"
    "   add     v3.2d, v3.2d, v0.2d\n"
    "   cmp     x4, x0\n"
    "   b.ne    1b\n"
    "   addp    d3, v3.2d\n"
    "   fmov    x0, d3\n"
    "   ret\n"
    BURN_END("burn_membw_grain"));
