/*
 * Orders: workers wait for them here, in their own threads, and not under the interpreter's lock, which
 * would let one after the other start. All are woken before the start of their step, and then sleep
 * until that moment, each by its own clock.
 */
#define _GNU_SOURCE
#include <limits.h>
#include <linux/futex.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "burn.h"
#include "worker.h"

/* Sleep while the word has this value, at most so long (NULL: for ever), or until a signal comes. */
static void wait_while(uint32_t *word, uint32_t value, const struct timespec *timeout)
{
    syscall(SYS_futex, word, FUTEX_WAIT_PRIVATE, value, timeout, NULL, 0);
}

/* Changes with every order and stop in this process: what all idle workers sleep on. */
static uint32_t news;

static void wake_all(uint32_t *word)
{
    syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, INT_MAX, NULL, NULL, 0);
}

static void spread_news(void)
{
    __atomic_add_fetch(&news, 1, __ATOMIC_RELEASE);
    wake_all(&news);
}

/* Carry out orders until control->stop is set. */
void burn_serve(struct burn_worker *worker, struct burn_control *control)
{
    int64_t ready = burn_ready_ns(worker);

    for (;;) {
        uint32_t seen = __atomic_load_n(&news, __ATOMIC_ACQUIRE);

        if (__atomic_load_n(&control->stop, __ATOMIC_RELAXED))
            return;
        if (!__atomic_load_n(&control->ordered, __ATOMIC_ACQUIRE)) {
            wait_while(&news, seen, NULL);
            continue;
        }
        burn_run_order(worker, &control->pace, control, control->slices, ready);
        /* Before the word that it is done: the next order may come at once. */
        ready = burn_ready_ns(worker);
        __atomic_store_n(&control->ordered, 0, __ATOMIC_RELEASE);
        wake_all(&control->ordered);
    }
}

/*
 * Give each of some idle workers the order that stands in its control, to be begun by all of them so
 * long from now. Returns when that is. The time is taken here, since what the caller did before may
 * have taken any time, and one call of the system wakes all.
 */
int64_t burn_order(struct burn_control **controls, int count, int64_t lead_ns)
{
    int64_t start_ns = burn_now_ns() + lead_ns;
    int i;

    for (i = 0; i < count; i++) {
        controls[i]->pace.start_ns = start_ns;
        __atomic_store_n(&controls[i]->ordered, 1, __ATOMIC_RELEASE);
    }
    spread_news();
    return start_ns;
}

/*
 * Wait until the order is carried out, at most so long, or until a signal comes. Returns whether it
 * is.
 */
int burn_wait(struct burn_control *control, int64_t timeout_ns)
{
    struct timespec timeout = {timeout_ns / 1000000000, timeout_ns % 1000000000};

    if (timeout_ns > 0)
        wait_while(&control->ordered, 1, &timeout);
    return !__atomic_load_n(&control->ordered, __ATOMIC_ACQUIRE);
}

/* End what some workers do, and their waiting for orders; it stays so. */
void burn_stop(struct burn_control **controls, int count)
{
    int i;

    for (i = 0; i < count; i++)
        __atomic_store_n(&controls[i]->stop, 1, __ATOMIC_RELAXED);
    spread_news();
}
