/*
 * The interface of a kernel. A new one is one C file NAME.c in this folder that defines a `struct
 * burn_kernel burn_NAME`; the build finds it, and makes the table of all kernels.
 *
 * A unit is cut into equal grains of some microseconds, so that a worker can stop near any moment.
 * A grain's work must not depend on what it computes, and must stay the same whatever the compiler
 * and its optimisation: see machine_code.h, and for what is compiled BURN_OPAQUE.
 */
#ifndef KERNEL_H
#define KERNEL_H
#include <stddef.h>
#include <stdint.h>

#include "machine_code.h"

/* One worker's own memory, and where in its work it stands. `prepare` fills the memory. */
struct burn_state {
    void *memory;
    size_t bytes;
    uint64_t position; /* grains done since `prepare`; `run` moves it on */
    uint64_t checksum; /* of all grains since `prepare`; `run` carries it on */
    uint64_t cursor;   /* what else a kernel must carry from grain to grain */
    void *own;         /* what else `prepare` has made, and `finish` takes away */
    int error;         /* errno of a `prepare` that could not; the worker is refused */
    struct burn_control *control; /* for burn_filled; may be NULL */
};

/* The same work for one instruction set: every variant of a kernel yields the same checksum. */
struct burn_variant {
    const char *instruction_set; /* "baseline", "avx2", "avx512", "neon" */
    int (*supported)(void);      /* NULL: wherever this is compiled */
    void (*run)(struct burn_state *state, uint64_t grains);
};

/* Of huge_pages: no advice, so that there are the pages that any program gets. */
#define BURN_PAGES_OF_THE_SYSTEM (-1)

struct burn_kernel {
    const char *name;
    const char *version; /* changes whenever the compiled work changes */
    const char *unit;    /* one unit, in words */
    uint64_t operations_per_unit;
    uint64_t bytes_per_unit; /* read and written */
    uint32_t grains_per_unit;
    int huge_pages; /* advise 2 MiB pages; 0: advise against them, or BURN_PAGES_OF_THE_SYSTEM */
    size_t memory_bytes;                       /* of one worker; 0: more than the caches hold */
    size_t least_bytes;                        /* less memory is refused */
    const char *library; /* whose work it is: "openssl", "linux"; NULL: its own */
    const char *(*library_version)(void);
    void (*prepare)(struct burn_state *state); /* first touch, by the pinned worker */
    void (*finish)(struct burn_state *state);  /* also after a `prepare` that could not; may be NULL */
    const struct burn_variant *variants;       /* widest first; ends with a NULL `run` */
};

/* The compiler must take the variable for changed here: it may neither fold nor drop what led to it,
 * nor widen the loop around it. It costs no instruction. */
#define BURN_OPAQUE(variable) __asm__ volatile("" : "+r"(variable))

/*
 * A `prepare` that fills more memory than a cache holds says now and then, at least each millisecond,
 * how far it is: `done` of `total`. It must return at once when this returns 1: nobody waits for it
 * any more.
 */
int burn_filled(const struct burn_state *state, uint64_t done, uint64_t total);

extern const struct burn_kernel *const burn_kernel_table[];
extern const int burn_kernel_table_size;

/* A kernel that this build has not, for what it needs was not there; ends with a NULL name. */
struct burn_absence {
    const char *name;
    const char *needs; /* in words */
};

extern const struct burn_absence burn_absence_table[];

#endif
