/*
 * interpreter for x86-64: a grain from `step` on; returns the accumulator. All handlers have 42 bytes,
 * so that a step is 42 times its handler's number; the last one, behind them, returns.
 *
 *   rdi  table           rcx  accumulator     rax  next handler
 *   rsi  next step       r8   first handler
 */
#define HANDLER_BYTES 42u

uint64_t burn_interpreter_grain(const uint64_t *table, const uint32_t *step, uint64_t accumulator);

#define NEXT                                                        \
    "   movl    (%rsi), %eax\n"                                     \
    "   addq    $4, %rsi\n"                                         \
    "   addq    %r8, %rax\n"                                        \
    "   jmpq    *%rax\n"

__asm__(BURN_FUNCTION("burn_interpreter_grain", 41)
    "   movq    %rdx, %rcx\n"
    "   leaq    1f(%rip), %r8\n"
    NEXT
    "   .byte   0xcc, 0xcc\n"
    "1:\n"
    "   .set    .Lburn_handler, 0\n"
    "   .rept   4096\n"
    "   addq    (((.Lburn_handler * 40503) & 2047) + 16) * 8(%rdi), %rcx\n"
    "   addq    $0x1000000 + .Lburn_handler * 4951, %rcx\n"
    "   movq    %rcx, %rax\n"
    "   shrq    $17 + .Lburn_handler % 31, %rax\n"
    "   xorq    %rax, %rcx\n"
    "   imulq   $0x10000001 + .Lburn_handler * 18626, %rcx, %rcx\n"
    NEXT
    "   .set    .Lburn_handler, .Lburn_handler + 1\n"
    "   .endr\n"
    "   movq    %rcx, %rax\n"
    "   ret\n"
    BURN_END("burn_interpreter_grain"));

#undef NEXT
