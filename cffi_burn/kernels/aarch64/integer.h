/*
 * integer for arm64, as gcc 12 makes it of the C at -O2: a grain from `seed` on.
 *
 *   x7  table            x5  hash            x12, x11, x10  factors of splitmix64
 *   x4  seed             x2  z               x8             prime of FNV
 *   x9  last seed        x6  the word's number
 */
uint64_t burn_integer_grain(uint64_t *table, uint64_t seed, uint64_t hash);

#define LOAD_64(register, high, upper, lower, low)          \
    "   movz    " register ", #" low "\n"                   \
    "   movk    " register ", #" lower ", lsl #16\n"        \
    "   movk    " register ", #" upper ", lsl #32\n"        \
    "   movk    " register ", #" high ", lsl #48\n"

__asm__(BURN_FUNCTION("burn_integer_grain", 36)
    "   mov     x7, x0\n"
    "   mov     x4, x1\n"
    "   mov     x5, x2\n"
    LOAD_64("x12", "0x9e37", "0x79b9", "0x7f4a", "0x7c15")
    LOAD_64("x11", "0xbf58", "0x476d", "0x1ce4", "0xe5b9")
    LOAD_64("x10", "0x94d0", "0x49bb", "0x1331", "0x11eb")
    LOAD_64("x8", "0x0000", "0x0100", "0x0000", "0x01b3")
    "   add     x9, x4, x12, lsl #12\n"
    "   b       2f\n"
    "1: eor     x2, x3, x2\n"
    "   mul     x2, x2, x8\n"
    "   str     x2, [x7, x6, lsl #3]\n"
    "   eor     x5, x2, x5\n"
    "   mul     x5, x5, x8\n"
    "   cmp     x4, x9\n"
    "   b.eq    3f\n"
    "2: add     x4, x4, x12\n"
    "   eor     x2, x4, x4, lsr #30\n"
    "   mul     x2, x2, x11\n"
    "   eor     x2, x2, x2, lsr #27\n"
    "   mul     x2, x2, x10\n"
    "   eor     x2, x2, x2, lsr #31\n"
    "   lsr     x6, x2, #53\n"
    "   ldr     x3, [x7, x6, lsl #3]\n"
    "   tst     x2, #7\n"
    "   b.ne    1b\n"
    "   add     x3, x3, x2\n"
    "   ror     x2, x3, #41\n"
    "   eor     x5, x2, x5\n"
    "   str     x2, [x7, x6, lsl #3]\n"
    "   mul     x5, x5, x8\n"
    "   cmp     x4, x9\n"
    "   b.ne    2b\n"
    "3: mov     x0, x5\n"
    "   ret\n"
    BURN_END("burn_integer_grain"));

#undef LOAD_64
