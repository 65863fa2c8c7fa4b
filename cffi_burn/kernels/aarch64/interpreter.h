/*
 * interpreter for arm64: a grain from `step` on; returns the accumulator. All handlers have 48 bytes, so
 * that a step is 48 times its handler's number; the last one, behind them, returns.
 *
 *   x0  table            x2  accumulator     x5, x6, x7  what is loaded and added, constants
 *   x1  next step        x3  first handler   x5          next handler
 */
#define HANDLER_BYTES 48u

uint64_t burn_interpreter_grain(const uint64_t *table, const uint32_t *step, uint64_t accumulator);

#define NEXT                                                        \
    "   ldr     w5, [x1], #4\n"                                     \
    "   add     x5, x5, x3\n"                                       \
    "   br      x5\n"

__asm__(BURN_FUNCTION("burn_interpreter_grain", 48)
    "   adr     x3, 1f\n"
    NEXT
    "1:\n"
    "   .set    .Lburn_handler, 0\n"
    "   .rept   4096\n"
    "   ldr     x5, [x0, #(((.Lburn_handler * 40503) & 2047) + 16) * 8]\n"
    "   add     x2, x2, x5\n"
    "   movz    w6, #(0x1000000 + .Lburn_handler * 4951) & 0xffff\n"
    "   movk    w6, #(0x1000000 + .Lburn_handler * 4951) >> 16, lsl #16\n"
    "   add     x2, x2, x6\n"
    "   eor     x2, x2, x2, lsr #(17 + .Lburn_handler % 31)\n"
    "   movz    w7, #(0x10000001 + .Lburn_handler * 18626) & 0xffff\n"
    "   movk    w7, #(0x10000001 + .Lburn_handler * 18626) >> 16, lsl #16\n"
    "   mul     x2, x2, x7\n"
    NEXT
    "   .set    .Lburn_handler, .Lburn_handler + 1\n"
    "   .endr\n"
    "   mov     x0, x2\n"
    "   ret\n"
    BURN_END("burn_interpreter_grain"));

#undef NEXT
