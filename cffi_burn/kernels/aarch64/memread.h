/*
 * memread for arm64: lmbench's turn, its loads four at a time as gcc 12 puts them; from `start` to
 * `end`, `passes` times; returns the sum.
 *
 *   x8  start            x4  the turn's start     x2               passes that are left
 *   x1  end              w3  sum of the turn      w5, w6, w7, w9   loaded
 *   w0  sum
 */
uint32_t burn_memread_grain(const void *start, const void *end, uint64_t passes);

__asm__(BURN_FUNCTION("burn_memread_grain", 52)
    "   mov     x8, x0\n"
    "   mov     w0, wzr\n"
    "1: mov     x4, x8\n"
    "2: mov     w3, wzr\n"
    "   .irp    k, 0, 64, 128, 192, 256, 320, 384, 448\n"
    "   ldr     w5, [x4, #\\k]\n"
    "   ldr     w6, [x4, #\\k + 16]\n"
    "   ldr     w7, [x4, #\\k + 32]\n"
    "   ldr     w9, [x4, #\\k + 48]\n"
    "   add     w3, w3, w5\n"
    "   add     w3, w3, w6\n"
    "   add     w3, w3, w7\n"
    "   add     w3, w3, w9\n"
    "   .endr\n"
    "   add     x4, x4, #512\n"
    "   add     w0, w0, w3\n"
    "   cmp     x4, x1\n"
    "   b.ne    2b\n"
    "   subs    x2, x2, #1\n"
    "   b.ne    1b\n"
    "   ret\n"
    BURN_END("burn_memread_grain"));
