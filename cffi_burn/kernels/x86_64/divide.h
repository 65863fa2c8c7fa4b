/*
 * divide for x86-64, as gcc 12 makes it of stress-ng's C at -O2, but for additions of 32 bits, which
 * need no prefix: 14 rows of 224 quotients from `dividend` on; returns their sum.
 *
 *   edi  dividend        esi  sum            r8d  rows that are left
 *   ecx  divisor         eax  quotient       edx  upper half of the dividend, remainder
 */
uint64_t burn_divide_grain(uint32_t dividend);

__asm__(BURN_FUNCTION("burn_divide_grain", 51)
    "   xorl    %esi, %esi\n"
    "   movl    $14, %r8d\n"
    "1: movl    $1, %ecx\n"
    "2: movl    %edi, %eax\n"
    "   xorl    %edx, %edx\n"
    "   divw    %cx\n"
    "   addl    $292, %ecx\n"
    "   addl    %eax, %esi\n"
    "   cmpl    $65409, %ecx\n"
    "   jne     2b\n"
    "   addl    $292, %edi\n"
    "   subl    $1, %r8d\n"
    "   jne     1b\n"
    "   movl    %esi, %eax\n"
    "   ret\n"
    BURN_END("burn_divide_grain"));
