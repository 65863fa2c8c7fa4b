/*
 * vector for arm64: a grain of the product with NEON, in tiles of 8 x 6.
 *
 *   x0   A               x4   the tile's columns of B  v0 to v2   a row of B
 *   x5   in A            x6   in B                     v3 to v6   a column of A
 *   x7   the tile of C   x8   passes that are left     v8 to v31  sums
 *   x3   end of A        x9   last tile of C
 *
 * Row r, column c of C lie at 192 r + 8 c of it; A's columns are 64 bytes apart, B's rows 192.
 */
uint64_t burn_vector_neon(struct matrices *m, uint64_t start, uint64_t checksum);

/* One row of a tile: its element of A times the row of B. */
#define ADD_ROW(a, left, middle, right)                 \
    "   fmla    " left ".2d, v0.2d, " a "\n"            \
    "   fmla    " middle ".2d, v1.2d, " a "\n"          \
    "   fmla    " right ".2d, v2.2d, " a "\n"
#define LOAD_ROW(at, left, middle, right)              \
    "   ldr     " left ", [x7, #192*" at "]\n"          \
    "   ldr     " middle ", [x7, #192*" at "+16]\n"     \
    "   ldr     " right ", [x7, #192*" at "+32]\n"
#define STORE_ROW(at, left, middle, right)              \
    "   str     " left ", [x7, #192*" at "]\n"          \
    "   str     " middle ", [x7, #192*" at "+16]\n"     \
    "   str     " right ", [x7, #192*" at "+32]\n"

__asm__(BURN_FUNCTION("burn_vector_neon", 0)
    "   stp     d8, d9, [sp, #-64]!\n"
    "   .cfi_adjust_cfa_offset 64\n"
    "   stp     d10, d11, [sp, #16]\n"
    "   stp     d12, d13, [sp, #32]\n"
    "   stp     d14, d15, [sp, #48]\n"
    "   .cfi_rel_offset d8, 0\n"
    "   .cfi_rel_offset d9, 8\n"
    "   .cfi_rel_offset d10, 16\n"
    "   .cfi_rel_offset d11, 24\n"
    "   .cfi_rel_offset d12, 32\n"
    "   .cfi_rel_offset d13, 40\n"
    "   .cfi_rel_offset d14, 48\n"
    "   .cfi_rel_offset d15, 56\n"
    /* C = start, start + 1, ... */
    "   add     x7, x0, #4, lsl #12\n"
    "   add     x9, x7, #1536\n"
    "   mov     x3, #2\n"
    "   dup     v2.2d, x3\n"
    "   add     x3, x1, #1\n"
    "   fmov    d0, x1\n"
    "   mov     v0.d[1], x3\n"
    "1: scvtf   v1.2d, v0.2d\n"
    "   add     v0.2d, v0.2d, v2.2d\n"
    "   str     q1, [x7], #16\n"
    "   cmp     x7, x9\n"
    "   b.ne    1b\n"
    "   add     x7, x0, #4, lsl #12\n"
    "   add     x9, x7, #192\n"
    "   add     x4, x0, #1, lsl #12\n"
    "   mov     x3, x4\n"
    /* A tile. */
    "1:\n"
    LOAD_ROW("0", "q8", "q9", "q10")
    LOAD_ROW("1", "q11", "q12", "q13")
    LOAD_ROW("2", "q14", "q15", "q16")
    LOAD_ROW("3", "q17", "q18", "q19")
    LOAD_ROW("4", "q20", "q21", "q22")
    LOAD_ROW("5", "q23", "q24", "q25")
    LOAD_ROW("6", "q26", "q27", "q28")
    LOAD_ROW("7", "q29", "q30", "q31")
    "   mov     x8, #16\n"
    "2: mov     x5, x0\n"
    "   mov     x6, x4\n"
    "3: ldp     q0, q1, [x6]\n"
    "   ldp     q3, q4, [x5]\n"
    "   ldr     q2, [x6, #32]\n"
    "   ldp     q5, q6, [x5, #32]\n"
    "   add     x6, x6, #192\n"
    "   add     x5, x5, #64\n"
    ADD_ROW("v3.d[0]", "v8", "v9", "v10")
    ADD_ROW("v3.d[1]", "v11", "v12", "v13")
    ADD_ROW("v4.d[0]", "v14", "v15", "v16")
    ADD_ROW("v4.d[1]", "v17", "v18", "v19")
    ADD_ROW("v5.d[0]", "v20", "v21", "v22")
    ADD_ROW("v5.d[1]", "v23", "v24", "v25")
    ADD_ROW("v6.d[0]", "v26", "v27", "v28")
    ADD_ROW("v6.d[1]", "v29", "v30", "v31")
    "   cmp     x5, x3\n"
    "   b.ne    3b\n"
    "   subs    x8, x8, #1\n"
    "   b.ne    2b\n"
    STORE_ROW("0", "q8", "q9", "q10")
    STORE_ROW("1", "q11", "q12", "q13")
    STORE_ROW("2", "q14", "q15", "q16")
    STORE_ROW("3", "q17", "q18", "q19")
    STORE_ROW("4", "q20", "q21", "q22")
    STORE_ROW("5", "q23", "q24", "q25")
    STORE_ROW("6", "q26", "q27", "q28")
    STORE_ROW("7", "q29", "q30", "q31")
    "   add     x7, x7, #48\n"
    "   add     x4, x4, #48\n"
    "   cmp     x7, x9\n"
    "   b.ne    1b\n"
    /* The elements of C as digits of base 31. */
    "   add     x7, x0, #4, lsl #12\n"
    "   add     x9, x7, #1536\n"
    "   mov     x0, x2\n"
    "1: ldr     d0, [x7], #8\n"
    "   lsl     x1, x0, #5\n"
    "   sub     x0, x1, x0\n"
    "   fcvtzs  x1, d0\n"
    "   add     x0, x1, x0\n"
    "   cmp     x7, x9\n"
    "   b.ne    1b\n"
    "   ldp     d10, d11, [sp, #16]\n"
    "   ldp     d12, d13, [sp, #32]\n"
    "   ldp     d14, d15, [sp, #48]\n"
    "   ldp     d8, d9, [sp], #64\n"
    "   .cfi_adjust_cfa_offset -64\n"
    "   .cfi_restore d8\n"
    "   .cfi_restore d9\n"
    "   .cfi_restore d10\n"
    "   .cfi_restore d11\n"
    "   .cfi_restore d12\n"
    "   .cfi_restore d13\n"
    "   .cfi_restore d14\n"
    "   .cfi_restore d15\n"
    "   ret\n"
    BURN_END("burn_vector_neon"));

#undef ADD_ROW
#undef LOAD_ROW
#undef STORE_ROW
