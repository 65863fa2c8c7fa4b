/*
 * One tile of the product C += A B, held in registers; vector.c includes this once for each
 * instruction set. Before each inclusion it defines:
 *
 *   TILE_RUN, TILE_NAME     the names of the kernel's and the tile's function
 *   TILE_TARGET             the target attribute of the latter, or nothing
 *   TILE_VECTOR             the vector type
 *   TILE_VECTORS            vectors in a row of the tile: 2 or 3
 *   TILE_ROWS               rows: 4 or 8
 *   TILE_BROADCAST(x)       a vector of x only
 *   TILE_FMA(a, b, c)       a b + c
 *
 * Sums are variables of their own and not an array, or gcc would keep them in memory at -O2.
 */
#define TILE_COLUMNS (TILE_VECTORS * sizeof(TILE_VECTOR) / sizeof(double))
#define B(vector) ((const TILE_VECTOR *)(b + depth * COLUMNS))[vector]
#define C(row, vector) ((TILE_VECTOR *)(c + (row) * COLUMNS))[vector]
#define ADD(row, vector) sum_##row##_##vector = TILE_FMA(factor, b_##vector, sum_##row##_##vector)
#define LOAD_FACTOR(row) TILE_VECTOR factor = TILE_BROADCAST(a[depth * ROWS + (row)])

#if TILE_VECTORS == 2
#define LOAD_B TILE_VECTOR b_0 = B(0), b_1 = B(1);
#define LOAD(row) TILE_VECTOR sum_##row##_0 = C(row, 0), sum_##row##_1 = C(row, 1);
#define STORE(row) C(row, 0) = sum_##row##_0, C(row, 1) = sum_##row##_1;
#define ADD_ROW(row) { LOAD_FACTOR(row); ADD(row, 0); ADD(row, 1); }
#else
#define LOAD_B TILE_VECTOR b_0 = B(0), b_1 = B(1), b_2 = B(2);
#define LOAD(row) \
    TILE_VECTOR sum_##row##_0 = C(row, 0), sum_##row##_1 = C(row, 1), sum_##row##_2 = C(row, 2);
#define STORE(row) \
    C(row, 0) = sum_##row##_0, C(row, 1) = sum_##row##_1, C(row, 2) = sum_##row##_2;
#define ADD_ROW(row) { LOAD_FACTOR(row); ADD(row, 0); ADD(row, 1); ADD(row, 2); }
#endif

#if TILE_ROWS == 4
#define EACH_ROW(M) M(0) M(1) M(2) M(3)
#else
#define EACH_ROW(M) M(0) M(1) M(2) M(3) M(4) M(5) M(6) M(7)
#endif

/* `a`, `b` and `c` point to the tile's part of each matrix. */
TILE_TARGET static void TILE_NAME(const double *a, const double *b, double *c)
{
    unsigned pass, depth;

    EACH_ROW(LOAD)
    for (pass = 0; pass < PASSES; pass++) {
        /* All passes add the same: the compiler must not know. */
        BURN_OPAQUE(a);
        BURN_OPAQUE(b);
        for (depth = 0; depth < DEPTH; depth++) {
            LOAD_B
            EACH_ROW(ADD_ROW)
        }
    }
    EACH_ROW(STORE)
}

static void TILE_RUN(struct burn_state *state, uint64_t grains)
{
    struct matrices *m = state->memory;
    unsigned row, column;

    for (; grains; grains--, state->position++) {
        start_product(m, state->position);
        for (row = 0; row < ROWS; row += TILE_ROWS)
            for (column = 0; column < COLUMNS; column += TILE_COLUMNS)
                TILE_NAME(&m->a[0][row], &m->b[0][column], &m->c[row][column]);
        state->checksum = add_product(m, state->checksum);
    }
}

#undef TILE_COLUMNS
#undef B
#undef C
#undef ADD
#undef LOAD_FACTOR
#undef LOAD_B
#undef LOAD
#undef STORE
#undef ADD_ROW
#undef EACH_ROW
#undef TILE_RUN
#undef TILE_NAME
#undef TILE_TARGET
#undef TILE_VECTOR
#undef TILE_VECTORS
#undef TILE_ROWS
#undef TILE_BROADCAST
#undef TILE_FMA
