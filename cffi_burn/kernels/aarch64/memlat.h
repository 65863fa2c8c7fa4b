/*
 * memlat for arm64, as gcc 12 makes it of the C at -O2; returns the last offset.
 *
 *   x5  memory           x4  checksum
 *   x2  offset           x3  loads that are left
 */
uint64_t burn_memlat_grain(const void *memory, uint64_t offset, uint64_t *checksum);

__asm__(BURN_FUNCTION("burn_memlat_grain", 44)
    "   mov     x5, x0\n"
    "   mov     x0, x2\n"
    "   mov     x2, x1\n"
    "   ldr     x4, [x0]\n"
    "   mov     x3, #128\n"
    "1: ldr     x2, [x5, x2]\n"
    "   add     x4, x4, x2\n"
    "   subs    x3, x3, #1\n"
    "   b.ne    1b\n"
    "   str     x4, [x0]\n"
    "   mov     x0, x2\n"
    "   ret\n"
    BURN_END("burn_memlat_grain"));
