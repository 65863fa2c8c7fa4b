/* Calls of the C library that Python has no word for. */
#include "system.h"

#include <errno.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/timex.h>
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

_Static_assert(WATCH_MODIFY == IN_MODIFY && WATCH_CREATE == IN_CREATE && WATCH_DELETE == IN_DELETE,
               "the header's bits are the kernel's");

int open_inotify(void)
{
    int descriptor = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
    return descriptor < 0 ? -errno : descriptor;
}

int add_watch(int descriptor, const char *path, uint32_t kinds)
{
    int watch = inotify_add_watch(descriptor, path, kinds);
    return watch < 0 ? -errno : watch;
}

int remove_watch(int descriptor, int watch)
{
    return inotify_rm_watch(descriptor, watch) < 0 ? -errno : 0;
}
