/* A worker's own things; Python sees it as an opaque pointer. */
#ifndef WORKER_H
#define WORKER_H
#include "kernel.h"

struct burn_worker {
    const struct burn_kernel *kernel;
    void (*run)(struct burn_state *state, uint64_t grains);
    struct burn_state state;
    void *mapping;
    size_t mapped_bytes;
};

#endif
