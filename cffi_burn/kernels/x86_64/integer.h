/*
 * integer for x86-64, as gcc 12 makes it of the C at -O2: a grain from `seed` on.
 *
 *   rdi  table           r12  hash           r10, r9, r8  factors of splitmix64
 *   rdx  seed            r13  z              rsi          prime of FNV
 *   r11  last seed       rcx  the word's address
 */
uint64_t burn_integer_grain(uint64_t *table, uint64_t seed, uint64_t hash);

__asm__(BURN_FUNCTION("burn_integer_grain", 31)
    "   pushq   %r12\n"
    "   .cfi_adjust_cfa_offset 8\n"
    "   .cfi_rel_offset %r12, 0\n"
    "   pushq   %r13\n"
    "   .cfi_adjust_cfa_offset 8\n"
    "   .cfi_rel_offset %r13, 0\n"
    "   movq    %rdx, %r12\n"
    "   movq    %rsi, %rdx\n"
    "   movabsq $0x9e3779b97f4a7c15, %r10\n"
    "   movabsq $0xbf58476d1ce4e5b9, %r9\n"
    "   movabsq $0x94d049bb133111eb, %r8\n"
    "   movabsq $0x100000001b3, %rsi\n"
    /* 4096 times the first factor. */
    "   movabsq $0x779b97f4a7c15000, %r11\n"
    "   addq    %rdx, %r11\n"
    "   jmp     3f\n"
    "1: xorq    %r13, %rax\n"
    "   imulq   %rsi, %rax\n"
    "2: movq    %rax, (%rcx)\n"
    "   xorq    %r12, %rax\n"
    "   imulq   %rsi, %rax\n"
    "   movq    %rax, %r12\n"
    "   cmpq    %r11, %rdx\n"
    "   je      4f\n"
    "3: addq    %r10, %rdx\n"
    "   movq    %rdx, %rcx\n"
    "   shrq    $30, %rcx\n"
    "   xorq    %rdx, %rcx\n"
    "   imulq   %r9, %rcx\n"
    "   movq    %rcx, %rax\n"
    "   shrq    $27, %rax\n"
    "   xorq    %rcx, %rax\n"
    "   imulq   %r8, %rax\n"
    "   movq    %rax, %r13\n"
    "   shrq    $31, %r13\n"
    "   xorq    %rax, %r13\n"
    "   movq    %r13, %rax\n"
    "   shrq    $53, %rax\n"
    "   leaq    (%rdi,%rax,8), %rcx\n"
    "   movq    (%rcx), %rax\n"
    "   testb   $7, %r13b\n"
    "   jne     1b\n"
    "   addq    %r13, %rax\n"
    "   rolq    $23, %rax\n"
    "   jmp     2b\n"
    "4: movq    %r12, %rax\n"
    "   popq    %r13\n"
    "   .cfi_adjust_cfa_offset -8\n"
    "   .cfi_restore %r13\n"
    "   popq    %r12\n"
    "   .cfi_adjust_cfa_offset -8\n"
    "   .cfi_restore %r12\n"
    "   ret\n"
    BURN_END("burn_integer_grain"));
