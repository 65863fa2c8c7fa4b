/*
 * What the C side offers to Python. cffi reads this very file, so it holds plain declarations only;
 * lines that start with '#' are for the compiler. Times are nanoseconds of CLOCK_MONOTONIC.
 */
#ifndef BURN_H
#define BURN_H
#include <stddef.h>
#include <stdint.h>

/* What a kernel is, and what one of its units costs. */
struct burn_description {
    const char *name;
    const char *version;
    const char *unit;
    uint64_t operations_per_unit;
    uint64_t bytes_per_unit;
    uint32_t grains_per_unit;
    size_t memory_bytes; /* of one worker; 0: more than the caches hold */
    const char *library; /* whose work it is; NULL: its own */
    const char *library_version;
};

/* What one worker did in one slice of a step. */
struct burn_slice {
    int64_t start_ns;
    int64_t duration_ns;
    int64_t busy_ns;
    int64_t cpu_ns;
    uint64_t grains;
    int64_t involuntary_switches;
    int64_t cpu;
    int64_t waited_ns; /* of a step's first slice: ready to run from its start on, but not let */
};

/* A step: `slices` slices of `slice_ns`, from `start_ns` on, each of whole cycles. */
struct burn_pace {
    int64_t start_ns;
    int64_t slice_ns;
    int64_t cycle_ns;
    int32_t slices;
    uint64_t seed;
};

/*
 * Shared with a running worker. Whoever gives orders writes the first two at any time, the order only
 * while there is none; the worker writes the last two.
 */
struct burn_control {
    int32_t stop;
    int32_t busy_ppm;
    struct burn_pace pace; /* of the order */
    struct burn_slice *slices;
    uint32_t ordered; /* 1: an order stands here, until it is carried out */
    int32_t slices_done;
    int32_t filled_ppm; /* of its memory, while it is opened */
};

/* When a stretch of work ends at the latest; whoever watches writes it at any time. */
struct burn_limit {
    int64_t deadline_ns;
    int32_t stop;
};

struct burn_worker;

int burn_kernel_count(void);
int burn_describe(int kernel, struct burn_description *description);
const char *burn_instruction_set(int kernel, int variant);
const char *burn_absent_kernel(int number);
const char *burn_absent_needs(int number);
const char *burn_compiler(void);
const char *burn_flags(void);
int64_t burn_now_ns(void);

struct burn_worker *burn_open(int kernel, int variant, size_t bytes, int cpu,
                              struct burn_control *control, int *error);
uintptr_t burn_address(const struct burn_worker *worker);
uint64_t burn_run(struct burn_worker *worker, uint64_t grains);
int burn_run_pace(struct burn_worker *worker, const struct burn_pace *pace,
                  struct burn_control *control, struct burn_slice *slices);
int64_t burn_spend(struct burn_worker *worker, int64_t cpu_ns, const struct burn_limit *limit);
void burn_serve(struct burn_worker *worker, struct burn_control *control);
int64_t burn_order(struct burn_control **controls, int count, int64_t lead_ns);
int burn_wait(struct burn_control *control, int64_t timeout_ns);
void burn_stop(struct burn_control **controls, int count);
void burn_close(struct burn_worker *worker);

#endif
