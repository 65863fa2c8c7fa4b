/*
 * membw for x86-64, as gcc 12 makes it of the C at -O2: written = read + factor * scaled, in 4096
 * elements; returns the sum of the written bit patterns.
 *
 *   rdi  start of the loop's turn    rsi  from there to `scaled`     xmm2  factor, twice
 *   rax  read                        rcx  from there to `written`    xmm3  sums
 *   r8   its end
 */
uint64_t burn_membw_grain(double *written, const double *read, const double *scaled, double factor);

__asm__(BURN_FUNCTION("burn_membw_grain", 36)
    "   movq    %rdi, %rcx\n"
    "   movq    %rsi, %rax\n"
    "   movq    %rdx, %rsi\n"
    "   subq    %rax, %rsi\n"
    "   subq    %rax, %rcx\n"
    "   xorl    %edi, %edi\n"
    "   leaq    32768(%rax), %r8\n"
    "   movapd  %xmm0, %xmm2\n"
    "   unpcklpd %xmm2, %xmm2\n"
    "   pxor    %xmm3, %xmm3\n"
    "1: movq    %rax, %rdx\n"
    "   addq    $32, %rax\n"
    "   subq    %rdi, %rdx\n"
    "   movapd  (%rdx,%rsi), %xmm0\n"
    "   movapd  16(%rdx,%rsi), %xmm1\n"
    "   mulpd   %xmm2, %xmm0\n"
    "   mulpd   %xmm2, %xmm1\n"
    "   addpd   -32(%rax), %xmm0\n"
    "   addpd   -16(%rax), %xmm1\n"
    "   movaps  %xmm0, (%rdx,%rcx)\n"
    "   paddq   %xmm1, %xmm0\n"
    "   movaps  %xmm1, 16(%rdx,%rcx)\n"
    "   paddq   %xmm0, %xmm3\n"
    "   cmpq    %rax, %r8\n"
    "   jne     1b\n"
    "   movhlps %xmm3, %xmm1\n"
    "   movq    %xmm3, %rax\n"
    "   movq    %xmm1, %rdx\n"
    "   addq    %rdx, %rax\n"
    "   ret\n"
    BURN_END("burn_membw_grain"));
