/*
 * rmw for arm64, as gcc 12 makes it of the C at -O2.
 *
 *   x0  words, then spin     x3  checksum            x5  index of the end    x11  word
 *   x2  index                x4  words               x6  start of the spin
 *                            x1  what is or-ed
 */
uint64_t burn_rmw_grain(uint64_t *words, uint64_t index, uint64_t checksum);

__asm__(BURN_FUNCTION("burn_rmw_grain", 32)
    "   mov     x4, x0\n"
    "   mov     x3, x2\n"
    "   mov     x2, x1\n"
    "   add     x5, x2, #4096\n"
    "   movz    x6, #0xaa55\n"
    "   movk    x6, #0xaa55, lsl #16\n"
    "   movz    x1, #0x55aa\n"
    "   movk    x1, #0x55aa, lsl #16\n"
    "1: mov     x0, x6\n"
    "   .irp    k, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17\n"
    "   add     x0, x0, #\\k\n"
    "   orr     x0, x0, x1\n"
    "   .endr\n"
    "   ldr     x11, [x4, x2, lsl #3]\n"
    "   add     x11, x2, x11\n"
    "   eor     x0, x11, x0\n"
    "   str     x0, [x4, x2, lsl #3]\n"
    "   add     x2, x2, #1\n"
    "   add     x3, x3, x0\n"
    "   cmp     x2, x5\n"
    "   b.ne    1b\n"
    "   mov     x0, x3\n"
    "   ret\n"
    BURN_END("burn_rmw_grain"));
