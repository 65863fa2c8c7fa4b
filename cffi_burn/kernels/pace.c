/*
 * The paced worker: quanta of work against an absolute clock.
 *
 * Time is cut into ticks of a jittered length (half to one and a half periods), because a kernel
 * without full CPU accounting samples who runs at its own timer tick: a load of constant period
 * would alias with that. Each tick owes its share of work; what a tick did too much or too little is
 * settled in the next, so that errors do not add up.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <time.h>

#include "burn.h"
#include "worker.h"

/* The counters of the calling thread at a slice's start. */
struct usage {
    int64_t cpu_ns;
    int64_t involuntary_switches;
};

static void read_usage(struct usage *usage)
{
    struct timespec cpu;
    struct rusage resources;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &cpu);
    usage->cpu_ns = (int64_t)cpu.tv_sec * 1000000000 + cpu.tv_nsec;
    usage->involuntary_switches = getrusage(RUSAGE_THREAD, &resources) ? 0 : resources.ru_nivcsw;
}

static void sleep_until(int64_t deadline_ns)
{
    struct timespec deadline = {deadline_ns / 1000000000, deadline_ns % 1000000000};

    /* A signal wakes the sleep early; the caller looks at the stop flag in any case. */
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &deadline, NULL) == EINTR)
        ;
}

/* xorshift64 (Marsaglia, "Xorshift RNGs", 2003): cheap, and good enough to break a rhythm. */
static uint64_t next_random(uint64_t *state)
{
    uint64_t x = *state;

    x ^= x << 13;
    x ^= x >> 7;
    x ^= x << 17;
    return *state = x;
}

static int stopped(const struct burn_control *control)
{
    return __atomic_load_n(&control->stop, __ATOMIC_RELAXED);
}

/* Work until `deadline_ns`, to within one grain; returns the time now. */
static int64_t work_until(struct burn_worker *worker, const struct burn_control *control,
                          int64_t now, int64_t deadline_ns, uint64_t *grains)
{
    while (now < deadline_ns && !stopped(control)) {
        worker->run(&worker->state, 1);
        ++*grains;
        now = burn_now_ns();
    }
    return now;
}

/* The end of the tick that starts at `now`: jittered, and never a short rest before the slice's end. */
static int64_t tick_end(int64_t now, int64_t slice_end, int64_t period_ns, uint64_t *random)
{
    int64_t end = now + period_ns / 2 + (int64_t)(next_random(random) % (uint64_t)period_ns);

    return slice_end - end < period_ns / 2 ? slice_end : end;
}

static int64_t run_slice(struct burn_worker *worker, const struct burn_pace *pace,
                         const struct burn_control *control, struct burn_slice *slice,
                         int64_t slice_end, int64_t *owed_ns, uint64_t *random)
{
    int64_t now = slice->start_ns;

    while (now < slice_end && !stopped(control)) {
        int64_t tick_start = now;
        int64_t end = tick_end(now, slice_end, pace->period_ns, random);
        int64_t ppm = __atomic_load_n(&control->busy_ppm, __ATOMIC_RELAXED);

        *owed_ns += (end - tick_start) * ppm / 1000000;
        if (ppm >= 1000000)
            *owed_ns = end - tick_start;
        if (*owed_ns > 0) {
            int64_t deadline = now + *owed_ns < end ? now + *owed_ns : end;

            now = work_until(worker, control, now, deadline, &slice->grains);
            slice->busy_ns += now - tick_start;
            *owed_ns -= now - tick_start;
        }
        if (now < end) {
            sleep_until(end);
            now = burn_now_ns();
            /* Waking late cost time that no tick has accounted for. */
            *owed_ns += (now - end) * ppm / 1000000;
        }
        if (*owed_ns > pace->slice_ns)
            *owed_ns = pace->slice_ns;
        if (*owed_ns < -pace->slice_ns)
            *owed_ns = -pace->slice_ns;
    }
    return now;
}

/*
 * Run one step; fills `slices`, whose number is pace->slices, in order. Slices end at the same
 * moments in all workers, to within one grain. Returns how many slices were completed: fewer than
 * asked when control->stop was set.
 */
int burn_run_pace(struct burn_worker *worker, const struct burn_pace *pace,
                  struct burn_control *control, struct burn_slice *slices)
{
    uint64_t random = pace->seed ? pace->seed : 1;
    int64_t owed_ns = 0;
    int64_t now;
    struct usage before, after;
    int i;

    /* Of this thread only: the default slack of 50 us would make every wake late by as much. */
    prctl(PR_SET_TIMERSLACK, 1UL, 0UL, 0UL, 0UL);
    sleep_until(pace->start_ns);
    now = burn_now_ns();
    read_usage(&before);
    for (i = 0; i < pace->slices && !stopped(control); i++) {
        struct burn_slice *slice = &slices[i];

        *slice = (struct burn_slice){.start_ns = now};
        now = run_slice(worker, pace, control, slice, pace->start_ns + (i + 1) * pace->slice_ns,
                        &owed_ns, &random);
        if (stopped(control))
            break;
        read_usage(&after);
        slice->duration_ns = now - slice->start_ns;
        slice->cpu_ns = after.cpu_ns - before.cpu_ns;
        slice->involuntary_switches = after.involuntary_switches - before.involuntary_switches;
        slice->cpu = sched_getcpu();
        before = after;
        __atomic_store_n(&control->slices_done, i + 1, __ATOMIC_RELEASE);
    }
    return i;
}
