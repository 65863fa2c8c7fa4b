/*
 * memlat for x86-64, as gcc 12 makes it of the C at -O2; returns the last offset.
 *
 *   r8   memory          rcx  checksum
 *   rax  offset          rdx  loads that are left
 */
uint64_t burn_memlat_grain(const void *memory, uint64_t offset, uint64_t *checksum);

__asm__(BURN_FUNCTION("burn_memlat_grain", 55)
    "   movq    %rdi, %r8\n"
    "   movq    %rsi, %rax\n"
    "   movq    %rdx, %rdi\n"
    "   movq    (%rdi), %rcx\n"
    "   movl    $128, %edx\n"
    "1: movq    (%r8,%rax), %rax\n"
    "   addq    %rax, %rcx\n"
    "   subq    $1, %rdx\n"
    "   jne     1b\n"
    "   movq    %rcx, (%rdi)\n"
    "   ret\n"
    BURN_END("burn_memlat_grain"));
