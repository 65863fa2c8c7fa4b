/*
 * vector for x86-64: a grain of the product, in three widths. The tiles are as gcc 12 makes them of
 * intrinsics at -O2, one file for each instruction set.
 *
 * A tile takes rdi (its part of A), rsi (of B) and rdx (of C), and leaves r10 and r11 alone. Row r,
 * column c of C lie at 192 r + 8 c of it; A's columns are 64 bytes apart, B's rows 192.
 */
uint64_t burn_vector_avx512(struct matrices *m, uint64_t start, uint64_t checksum);
uint64_t burn_vector_avx2(struct matrices *m, uint64_t start, uint64_t checksum);
uint64_t burn_vector_sse2(struct matrices *m, uint64_t start, uint64_t checksum);

/* C = start, start + 1, ... */
#define START_PRODUCT                           \
    "   movq    %rdi, %r10\n"                   \
    "   movq    %rdx, %r11\n"                   \
    "   leaq    16384(%rdi), %rdx\n"            \
    "   leaq    17920(%rdi), %rcx\n"            \
    "1: pxor    %xmm0, %xmm0\n"                 \
    "   cvtsi2sdq %rsi, %xmm0\n"                \
    "   movsd   %xmm0, (%rdx)\n"                \
    "   addq    $1, %rsi\n"                     \
    "   addq    $8, %rdx\n"                     \
    "   cmpq    %rcx, %rdx\n"                   \
    "   jne     1b\n"

/* The tile at a row and a column. */
#define CALL_TILE(tile, row, column)                            \
    "   leaq    8*" #row "(%r10), %rdi\n"                       \
    "   leaq    4096+8*" #column "(%r10), %rsi\n"               \
    "   leaq    16384+192*" #row "+8*" #column "(%r10), %rdx\n" \
    "   call    " tile "\n"

/* The elements of C as digits of base 31. */
#define ADD_PRODUCT                             \
    "   movq    %r11, %rax\n"                   \
    "   leaq    16384(%r10), %rdx\n"            \
    "   leaq    17920(%r10), %rsi\n"            \
    "1: movq    %rax, %rcx\n"                   \
    "   addq    $8, %rdx\n"                     \
    "   salq    $5, %rcx\n"                     \
    "   subq    %rax, %rcx\n"                   \
    "   cvttsd2siq -8(%rdx), %rax\n"            \
    "   addq    %rcx, %rax\n"                   \
    "   cmpq    %rdx, %rsi\n"                   \
    "   jne     1b\n"                           \
    "   ret\n"

#include "x86_64/vector_avx512.h"
#include "x86_64/vector_avx2.h"
#include "x86_64/vector_sse2.h"

#undef START_PRODUCT
#undef CALL_TILE
#undef ADD_PRODUCT
