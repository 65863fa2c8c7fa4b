/*
 * vector with AVX2 with FMA: tiles of 4 x 12, in 12 sums (ymm4 to ymm15); ymm0 to ymm2 hold a row of B,
 * ymm3 an element of A.
 */
__asm__(BURN_FUNCTION("burn_vector_tile_avx2", 20)
    "   vmovapd (%rdx), %ymm15\n"
    "   vmovapd 32(%rdx), %ymm14\n"
    "   movq    %rdx, %r9\n"
    "   movl    $16, %r8d\n"
    "   vmovapd 64(%rdx), %ymm13\n"
    "   vmovapd 192(%rdx), %ymm12\n"
    "   vmovapd 224(%rdx), %ymm11\n"
    "   vmovapd 256(%rdx), %ymm10\n"
    "   vmovapd 384(%rdx), %ymm9\n"
    "   vmovapd 416(%rdx), %ymm8\n"
    "   vmovapd 448(%rdx), %ymm7\n"
    "   vmovapd 576(%rdx), %ymm6\n"
    "   vmovapd 608(%rdx), %ymm5\n"
    "   vmovapd 640(%rdx), %ymm4\n"
    "1: movq    %rdi, %rax\n"
    "   movq    %rsi, %rdx\n"
    "   leaq    12288(%rsi), %rcx\n"
    "2: vmovapd (%rdx), %ymm2\n"
    "   vmovapd 32(%rdx), %ymm1\n"
    "   addq    $64, %rax\n"
    "   addq    $192, %rdx\n"
    "   vmovapd -128(%rdx), %ymm0\n"
    "   vbroadcastsd -64(%rax), %ymm3\n"
    "   vfmadd231pd %ymm2, %ymm3, %ymm15\n"
    "   vfmadd231pd %ymm1, %ymm3, %ymm14\n"
    "   vfmadd231pd %ymm0, %ymm3, %ymm13\n"
    "   vbroadcastsd -56(%rax), %ymm3\n"
    "   vfmadd231pd %ymm2, %ymm3, %ymm12\n"
    "   vfmadd231pd %ymm1, %ymm3, %ymm11\n"
    "   vfmadd231pd %ymm0, %ymm3, %ymm10\n"
    "   vbroadcastsd -48(%rax), %ymm3\n"
    "   vfmadd231pd %ymm2, %ymm3, %ymm9\n"
    "   vfmadd231pd %ymm1, %ymm3, %ymm8\n"
    "   vfmadd231pd %ymm0, %ymm3, %ymm7\n"
    "   vbroadcastsd -40(%rax), %ymm3\n"
    "   vfmadd231pd %ymm2, %ymm3, %ymm6\n"
    "   vfmadd231pd %ymm1, %ymm3, %ymm5\n"
    "   vfmadd231pd %ymm0, %ymm3, %ymm4\n"
    "   cmpq    %rdx, %rcx\n"
    "   jne     2b\n"
    "   subl    $1, %r8d\n"
    "   jne     1b\n"
    "   vmovapd %ymm15, (%r9)\n"
    "   vmovapd %ymm14, 32(%r9)\n"
    "   vmovapd %ymm13, 64(%r9)\n"
    "   vmovapd %ymm12, 192(%r9)\n"
    "   vmovapd %ymm11, 224(%r9)\n"
    "   vmovapd %ymm10, 256(%r9)\n"
    "   vmovapd %ymm9, 384(%r9)\n"
    "   vmovapd %ymm8, 416(%r9)\n"
    "   vmovapd %ymm7, 448(%r9)\n"
    "   vmovapd %ymm6, 576(%r9)\n"
    "   vmovapd %ymm5, 608(%r9)\n"
    "   vmovapd %ymm4, 640(%r9)\n"
    "   vzeroupper\n"
    "   ret\n"
    BURN_END("burn_vector_tile_avx2"));

__asm__(BURN_FUNCTION("burn_vector_avx2", 0)
    START_PRODUCT
    CALL_TILE("burn_vector_tile_avx2", 0, 0)
    CALL_TILE("burn_vector_tile_avx2", 0, 12)
    CALL_TILE("burn_vector_tile_avx2", 4, 0)
    CALL_TILE("burn_vector_tile_avx2", 4, 12)
    ADD_PRODUCT
    BURN_END("burn_vector_avx2"));
