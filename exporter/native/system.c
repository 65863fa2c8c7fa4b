/* Calls of the C library that Python has no word for. */
#include "system.h"

#include <errno.h>
#include <linux/perf_event.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/timex.h>
#include <unistd.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

int64_t read_clock(int64_t fields[CLOCK_FIELDS])
{
    struct timex now;
    memset(&now, 0, sizeof now);
    int state = adjtimex(&now);
    if (state < 0)
        return -errno;
    const int64_t read[CLOCK_FIELDS] = {
        now.offset,  now.freq,  now.maxerror, now.esterror, now.status, now.constant,
        now.tick,    now.ppsfreq, now.jitter, now.shift,    now.stabil, now.jitcnt,
        now.calcnt,  now.errcnt, now.stbcnt,  now.tai,
    };
    memcpy(fields, read, sizeof read);
    return state;
}

void keep_one_heap(void)
{
#ifdef __GLIBC__
    mallopt(M_ARENA_MAX, 1);
#endif
}

void give_memory_back(void)
{
#ifdef __GLIBC__
    malloc_trim(0);
#endif
}

int64_t open_event(uint32_t type, uint64_t config, int32_t cpu)
{
    struct perf_event_attr wanted;
    memset(&wanted, 0, sizeof wanted);
    wanted.type = type;
    wanted.size = sizeof wanted;
    wanted.config = config;
    wanted.exclude_hv = 1;
    wanted.read_format = PERF_FORMAT_TOTAL_TIME_ENABLED | PERF_FORMAT_TOTAL_TIME_RUNNING;
    long descriptor = syscall(SYS_perf_event_open, &wanted, -1, cpu, -1, PERF_FLAG_FD_CLOEXEC);
    return descriptor < 0 ? -errno : descriptor;
}
