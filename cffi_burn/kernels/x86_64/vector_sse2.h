/*
 * vector with SSE2, which every x86-64 has: a multiplication and an addition instead of one fused.
 * Tiles of 4 x 4, in 8 sums (xmm3 to xmm10); xmm0 and xmm1 hold a row of B, xmm2 an element of A,
 * xmm11 a product.
 */
__asm__(BURN_FUNCTION("burn_vector_tile_sse2", 1)
    "   movapd  (%rdx), %xmm10\n"
    "   movapd  16(%rdx), %xmm9\n"
    "   movapd  192(%rdx), %xmm8\n"
    "   movapd  208(%rdx), %xmm7\n"
    "   movapd  384(%rdx), %xmm6\n"
    "   movapd  400(%rdx), %xmm5\n"
    "   movapd  576(%rdx), %xmm4\n"
    "   movapd  592(%rdx), %xmm3\n"
    "   movl    $16, %r8d\n"
    "1: movq    %rsi, %r9\n"
    "   movq    %rdi, %rax\n"
    "   leaq    4096(%rdi), %rcx\n"
    "2: movapd  (%r9), %xmm1\n"
    "   movsd   (%rax), %xmm2\n"
    "   addq    $64, %rax\n"
    "   addq    $192, %r9\n"
    "   movapd  -176(%r9), %xmm0\n"
    "   unpcklpd %xmm2, %xmm2\n"
    "   movapd  %xmm1, %xmm11\n"
    "   mulpd   %xmm2, %xmm11\n"
    "   mulpd   %xmm0, %xmm2\n"
    "   addpd   %xmm11, %xmm10\n"
    "   movapd  %xmm1, %xmm11\n"
    "   addpd   %xmm2, %xmm9\n"
    "   movsd   -56(%rax), %xmm2\n"
    "   unpcklpd %xmm2, %xmm2\n"
    "   mulpd   %xmm2, %xmm11\n"
    "   mulpd   %xmm0, %xmm2\n"
    "   addpd   %xmm11, %xmm8\n"
    "   movapd  %xmm1, %xmm11\n"
    "   addpd   %xmm2, %xmm7\n"
    "   movsd   -48(%rax), %xmm2\n"
    "   unpcklpd %xmm2, %xmm2\n"
    "   mulpd   %xmm2, %xmm11\n"
    "   mulpd   %xmm0, %xmm2\n"
    "   addpd   %xmm11, %xmm6\n"
    "   addpd   %xmm2, %xmm5\n"
    "   movsd   -40(%rax), %xmm2\n"
    "   unpcklpd %xmm2, %xmm2\n"
    "   mulpd   %xmm2, %xmm1\n"
    "   mulpd   %xmm2, %xmm0\n"
    "   addpd   %xmm1, %xmm4\n"
    "   addpd   %xmm0, %xmm3\n"
    "   cmpq    %rax, %rcx\n"
    "   jne     2b\n"
    "   subl    $1, %r8d\n"
    "   jne     1b\n"
    "   movaps  %xmm10, (%rdx)\n"
    "   movaps  %xmm9, 16(%rdx)\n"
    "   movaps  %xmm8, 192(%rdx)\n"
    "   movaps  %xmm7, 208(%rdx)\n"
    "   movaps  %xmm6, 384(%rdx)\n"
    "   movaps  %xmm5, 400(%rdx)\n"
    "   movaps  %xmm4, 576(%rdx)\n"
    "   movaps  %xmm3, 592(%rdx)\n"
    "   ret\n"
    BURN_END("burn_vector_tile_sse2"));

__asm__(BURN_FUNCTION("burn_vector_sse2", 0)
    START_PRODUCT
    CALL_TILE("burn_vector_tile_sse2", 0, 0)
    CALL_TILE("burn_vector_tile_sse2", 0, 4)
    CALL_TILE("burn_vector_tile_sse2", 0, 8)
    CALL_TILE("burn_vector_tile_sse2", 0, 12)
    CALL_TILE("burn_vector_tile_sse2", 0, 16)
    CALL_TILE("burn_vector_tile_sse2", 0, 20)
    CALL_TILE("burn_vector_tile_sse2", 4, 0)
    CALL_TILE("burn_vector_tile_sse2", 4, 4)
    CALL_TILE("burn_vector_tile_sse2", 4, 8)
    CALL_TILE("burn_vector_tile_sse2", 4, 12)
    CALL_TILE("burn_vector_tile_sse2", 4, 16)
    CALL_TILE("burn_vector_tile_sse2", 4, 20)
    ADD_PRODUCT
    BURN_END("burn_vector_sse2"));
