/* Calls of the C library that Python has no word for, or not at once. */
#define _GNU_SOURCE /* O_PATH, dl_iterate_phdr */
#include "system.h"

#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <linux/perf_event.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/stat.h>
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

/* Whether the loader has written into parts of an object that are not writable. */
static int has_text_relocations(const struct dl_phdr_info *object)
{
    for (size_t i = 0; i < object->dlpi_phnum; i++) {
        if (object->dlpi_phdr[i].p_type != PT_DYNAMIC)
            continue;
        const ElfW(Dyn) *at = (const ElfW(Dyn) *)(object->dlpi_addr + object->dlpi_phdr[i].p_vaddr);
        for (; at->d_tag != DT_NULL; at++)
            if (at->d_tag == DT_TEXTREL || (at->d_tag == DT_FLAGS && at->d_un.d_val & DF_TEXTREL))
                return 1;
    }
    return 0;
}

/* Unmaps the pages of an object that are as its file has them; who touches one maps it again. */
static int unmap_unchanged(struct dl_phdr_info *object, size_t size, void *page_size)
{
    (void)size;
    uintptr_t mask = *(const uintptr_t *)page_size - 1;
    if (has_text_relocations(object))
        return 0;
    for (size_t i = 0; i < object->dlpi_phnum; i++) {
        const ElfW(Phdr) *part = &object->dlpi_phdr[i];
        if (part->p_type != PT_LOAD || part->p_flags & PF_W)
            continue;
        uintptr_t start = (object->dlpi_addr + part->p_vaddr + mask) & ~mask;
        uintptr_t end = (object->dlpi_addr + part->p_vaddr + part->p_memsz) & ~mask;
        if (start < end)
            madvise((void *)start, end - start, MADV_DONTNEED);
    }
    return 0;
}

void give_memory_back(void)
{
#ifdef __GLIBC__
    malloc_trim(0);
#endif
    uintptr_t page_size = (uintptr_t)sysconf(_SC_PAGESIZE);
    dl_iterate_phdr(unmap_unchanged, &page_size);
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

static int64_t read_file(int folder, const char *name, char *out, size_t size)
{
    int file = openat(folder, name, O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return -errno;
    size_t held = 0;
    ssize_t got = 0;
    while (held < size && (got = read(file, out + held, size - held)) > 0) {
        held += (size_t)got;
        /* The kernel hands over a page at a time, so less than half of one is the whole file. */
        if (held == (size_t)got && held < 2048)
            break;
    }
    int64_t length = got < 0 ? -errno : held == size ? -ENOBUFS : (int64_t)held;
    close(file);
    return length;
}

int read_files(const char *folder, const char *names, size_t count, char *out, size_t size,
               int64_t *lengths)
{
    int opened = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (opened < 0)
        return -errno;
    for (size_t i = 0; i < count; i++) {
        lengths[i] = read_file(opened, names, out, size);
        if (lengths[i] > 0) {
            out += lengths[i];
            size -= (size_t)lengths[i];
        }
        names += strlen(names) + 1;
    }
    close(opened);
    return 0;
}

int links_are(const char *paths, const uint64_t *links, size_t count)
{
    struct stat found;
    for (size_t i = 0; i < count; i++, paths += strlen(paths) + 1)
        if (stat(paths, &found) < 0 || found.st_nlink != links[i])
            return 0;
    return 1;
}
