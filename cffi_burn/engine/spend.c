/*
 * A stretch of work that is measured in CPU time: for those who owe a CPU so many nanoseconds and not a
 * share of some seconds.
 */
#define _GNU_SOURCE
#include <time.h>

#include "burn.h"
#include "worker.h"

static int64_t thread_cpu_ns(void)
{
    struct timespec cpu;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &cpu);
    return (int64_t)cpu.tv_sec * 1000000000 + cpu.tv_nsec;
}

static int over(const struct burn_limit *limit)
{
    return __atomic_load_n(&limit->stop, __ATOMIC_RELAXED) ||
           burn_now_ns() >= __atomic_load_n(&limit->deadline_ns, __ATOMIC_RELAXED);
}

/*
 * Run grains until the calling thread has used that much CPU time, to within one grain, or its limit is
 * reached. Returns the CPU time that it used.
 */
int64_t burn_spend(struct burn_worker *worker, int64_t cpu_ns, const struct burn_limit *limit)
{
    int64_t begin = thread_cpu_ns();
    int64_t used = 0;

    while (used < cpu_ns && !over(limit)) {
        worker->run(&worker->state, 1);
        used = thread_cpu_ns() - begin;
    }
    return used;
}
