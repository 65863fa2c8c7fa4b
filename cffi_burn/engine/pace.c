/*
 * The paced worker: quanta of work against an absolute clock.
 *
 * Time is cut into cycles of equal length; each holds one quantum of work, at a random place of the
 * cycle. A kernel without full CPU accounting samples at its timer tick who runs: a quantum that is a
 * whole number of ticks long is then counted right wherever it lies, and the random place keeps the
 * load from locking to the tick. The caller chooses lengths so. What a cycle did too much or too
 * little is settled in the next one, so that errors do not add up. What a worker was held up for is
 * not: the slices after it would do less, or more, than their level's work, and nothing would show it.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <sched.h>
#include <sys/prctl.h>
#include <stdio.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "burn.h"
#include "worker.h"

/* A sleep wakes late by some tens of microseconds, in a virtual machine at times by more. */
#define WAKE_MARGIN_NS 150000
/* Longer than any grain and any wake of a worker that may run at once. */
#define HELD_UP_NS 2000000

/* The present cycle, and what is carried from one to the next. */
struct cycle {
    const struct burn_control *control;
    int64_t start_ns;
    int64_t end_ns;
    int64_t owed_ns; /* work that is still to be done (below 0: too much was done) */
    uint64_t random;
};

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

/* Source: Documentation/scheduler/sched-stats.rst, the second number (CONFIG_SCHEDSTATS). */
int64_t burn_ready_ns(const struct burn_worker *worker)
{
    char text[80];
    ssize_t length = worker->schedstat < 0 ? -1 : pread(worker->schedstat, text, sizeof(text) - 1, 0);
    long long on_cpu, ready;

    if (length <= 0)
        return 0;
    text[length] = '\0';
    return sscanf(text, "%lld %lld", &on_cpu, &ready) == 2 ? ready : 0;
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

/* Where in its cycle a quantum starts: anywhere, but so that a late wake does not push it out. */
static int64_t random_place(int64_t rest_ns, uint64_t *random)
{
    int64_t room = rest_ns - WAKE_MARGIN_NS;

    return room > 0 ? (int64_t)(next_random(random) % (uint64_t)room) : 0;
}

/* What is carried into the next cycle: nothing after a hold-up. */
static int64_t carried(int64_t owed_ns)
{
    return owed_ns > HELD_UP_NS || owed_ns < -HELD_UP_NS ? 0 : owed_ns;
}

/* One cycle, from `start` to `end`; returns the time at its end. */
static int64_t run_cycle(struct burn_worker *worker, struct cycle *cycle, struct burn_slice *slice)
{
    int64_t length = cycle->end_ns - cycle->start_ns;
    int64_t ppm = __atomic_load_n(&cycle->control->busy_ppm, __ATOMIC_RELAXED);
    int64_t now = cycle->start_ns;

    cycle->owed_ns = carried(cycle->owed_ns) + length * ppm / 1000000;
    /* At full load there is no rest in which to make up for anything. */
    if (cycle->owed_ns > length || ppm >= 1000000)
        cycle->owed_ns = length;
    if (ppm < 1000000 && cycle->owed_ns < length) {
        sleep_until(now + random_place(length - cycle->owed_ns, &cycle->random));
        now = burn_now_ns();
    }
    if (cycle->owed_ns > 0) {
        int64_t begin = now;
        int64_t deadline = ppm < 1000000 ? now + cycle->owed_ns : cycle->end_ns;

        now = work_until(worker, cycle->control, now,
                         deadline < cycle->end_ns ? deadline : cycle->end_ns, &slice->grains);
        slice->busy_ns += now - begin;
        cycle->owed_ns -= now - begin;
    }
    if (now < cycle->end_ns && !stopped(cycle->control)) {
        sleep_until(cycle->end_ns);
        now = burn_now_ns();
    }
    return now;
}

/* All cycles of one slice. Slices end at the same moments in all workers, to within one grain. */
static void run_slice(struct burn_worker *worker, const struct burn_pace *pace,
                      struct cycle *cycle, struct burn_slice *slice, int64_t slice_start)
{
    int64_t slice_end = slice_start + pace->slice_ns;
    int64_t start = slice_start;
    int64_t now = slice->start_ns;

    while (start < slice_end && !stopped(cycle->control)) {
        cycle->start_ns = now > start ? now : start;
        cycle->end_ns = start + pace->cycle_ns < slice_end ? start + pace->cycle_ns : slice_end;
        if (cycle->start_ns < cycle->end_ns)
            now = run_cycle(worker, cycle, slice);
        start += pace->cycle_ns;
    }
    slice->duration_ns = now - slice->start_ns;
}

/*
 * Run one step; fills `slices`, whose number is pace->slices, in order. Returns how many slices were
 * completed: fewer than asked when control->stop was set.
 */
int burn_run_pace(struct burn_worker *worker, const struct burn_pace *pace,
                  struct burn_control *control, struct burn_slice *slices)
{
    return burn_run_order(worker, pace, control, slices, burn_ready_ns(worker));
}

int burn_run_order(struct burn_worker *worker, const struct burn_pace *pace,
                   struct burn_control *control, struct burn_slice *slices, int64_t idle_ready_ns)
{
    struct cycle cycle = {.control = control, .random = pace->seed ? pace->seed : 1};
    struct usage before, after;
    int64_t next, ready, late;
    int i;

    /* Of this thread only: the default slack of 50 us would make every wake late by as much. */
    prctl(PR_SET_TIMERSLACK, 1UL, 0UL, 0UL, 0UL);
    /* Where the CPU is not free, the order itself is only seen after the start. */
    ready = burn_now_ns() < pace->start_ns ? burn_ready_ns(worker) : idle_ready_ns;
    sleep_until(pace->start_ns);
    next = burn_now_ns();
    late = next - pace->start_ns;
    ready = burn_ready_ns(worker) - ready;
    read_usage(&before);
    for (i = 0; i < pace->slices && !stopped(control); i++) {
        struct burn_slice *slice = &slices[i];

        *slice = (struct burn_slice){.start_ns = next};
        if (i == 0)
            slice->waited_ns = ready < late ? ready : late;
        run_slice(worker, pace, &cycle, slice, pace->start_ns + i * pace->slice_ns);
        if (stopped(control))
            break;
        next = slice->start_ns + slice->duration_ns;
        read_usage(&after);
        slice->cpu_ns = after.cpu_ns - before.cpu_ns;
        slice->involuntary_switches = after.involuntary_switches - before.involuntary_switches;
        slice->cpu = sched_getcpu();
        before = after;
        __atomic_store_n(&control->slices_done, i + 1, __ATOMIC_RELEASE);
    }
    return i;
}
