/* A worker's own things; Python sees it as an opaque pointer. */
#ifndef WORKER_H
#define WORKER_H
#include "kernel.h"

struct burn_pace;
struct burn_control;
struct burn_slice;

struct burn_worker {
    const struct burn_kernel *kernel;
    void (*run)(struct burn_state *state, uint64_t grains);
    struct burn_state state;
    void *mapping;
    size_t mapped_bytes;
    int schedstat; /* /proc/thread-self/schedstat of the thread that opened it; below 0: none */
};

/* How long the worker's thread has been ready to run without being let; 0 where nobody counts it. */
int64_t burn_ready_ns(const struct burn_worker *worker);
/* burn_run_pace; `idle_ready_ns` is what burn_ready_ns said when the order had not yet come. */
int burn_run_order(struct burn_worker *worker, const struct burn_pace *pace,
                   struct burn_control *control, struct burn_slice *slices, int64_t idle_ready_ns);

#endif
