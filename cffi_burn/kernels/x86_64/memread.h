/*
 * memread for x86-64, as gcc 12 makes it of lmbench's C at -O2: from `start` to `end`, `passes` times;
 * returns the sum.
 *
 *   rdi  start           rcx  the turn's start    rdx  passes that are left
 *   rsi  end             eax  sum of the turn     r8d  sum
 */
uint32_t burn_memread_grain(const void *start, const void *end, uint64_t passes);

__asm__(BURN_FUNCTION("burn_memread_grain", 58)
    "   xorl    %r8d, %r8d\n"
    "1: movq    %rdi, %rcx\n"
    "2: movl    16(%rcx), %eax\n"
    "   addl    (%rcx), %eax\n"
    "   .irp    k, 32, 48, 64, 80, 96, 112, 128, 144, 160, 176, 192, 208, 224, 240, 256, 272\n"
    "   addl    \\k(%rcx), %eax\n"
    "   .endr\n"
    "   .irp    k, 288, 304, 320, 336, 352, 368, 384, 400, 416, 432, 448, 464, 480, 496\n"
    "   addl    \\k(%rcx), %eax\n"
    "   .endr\n"
    "   addl    %eax, %r8d\n"
    "   addq    $512, %rcx\n"
    "   cmpq    %rcx, %rsi\n"
    "   jne     2b\n"
    "   subq    $1, %rdx\n"
    "   jne     1b\n"
    "   movl    %r8d, %eax\n"
    "   ret\n"
    BURN_END("burn_memread_grain"));
