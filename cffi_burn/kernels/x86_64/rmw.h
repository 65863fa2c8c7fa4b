/*
 * rmw for x86-64, as gcc 12 makes it of the C at -O2.
 *
 *   rdi  words           rcx  checksum       r8   start of the spin
 *   rsi  index           rax  spin           r11  word
 *   rdx  checksum        r9   index of the end
 */
uint64_t burn_rmw_grain(uint64_t *words, uint64_t index, uint64_t checksum);

__asm__(BURN_FUNCTION("burn_rmw_grain", 10)
    "   movq    %rdx, %rcx\n"
    "   movq    %rsi, %rdx\n"
    "   movq    %rdi, %rsi\n"
    "   leaq    4096(%rdx), %rdi\n"
    "   movl    $0xaa55aa55, %r8d\n"
    "1: movq    %r8, %rax\n"
    "   .irp    k, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17\n"
    "   addq    $\\k, %rax\n"
    "   orq     $0x55aa55aa, %rax\n"
    "   .endr\n"
    "   movq    (%rsi,%rdx,8), %r11\n"
    "   addq    %rdx, %r11\n"
    "   xorq    %r11, %rax\n"
    "   movq    %rax, (%rsi,%rdx,8)\n"
    "   addq    $1, %rdx\n"
    "   addq    %rax, %rcx\n"
    "   cmpq    %rdx, %rdi\n"
    "   jne     1b\n"
    "   movq    %rcx, %rax\n"
    "   ret\n"
    BURN_END("burn_rmw_grain"));
