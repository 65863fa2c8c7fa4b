/* A worker: one pinned thread with its own memory, that runs a kernel's grains. */
#define _GNU_SOURCE
#include "worker.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "burn.h"

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/asan_interface.h>
#else
#define ASAN_POISON_MEMORY_REGION(start, bytes) ((void)(start), (void)(bytes))
#define ASAN_UNPOISON_MEMORY_REGION(start, bytes) ((void)(start), (void)(bytes))
#endif

#define HUGE_PAGE ((size_t)2 << 20)
/* include/uapi/linux/mempolicy.h; with an empty set of nodes it means the toucher's own one. */
#define MPOL_PREFERRED 1

const char *burn_compiler(void)
{
#if defined(__clang__)
    return __VERSION__;
#else
    return "gcc " __VERSION__;
#endif
}

const char *burn_flags(void)
{
    return BURN_FLAGS;
}

int64_t burn_now_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

int burn_kernel_count(void)
{
    return burn_kernel_table_size;
}

int burn_describe(int kernel, struct burn_description *description)
{
    const struct burn_kernel *found;

    if (kernel < 0 || kernel >= burn_kernel_table_size)
        return EINVAL;
    found = burn_kernel_table[kernel];
    description->name = found->name;
    description->version = found->version;
    description->unit = found->unit;
    description->operations_per_unit = found->operations_per_unit;
    description->bytes_per_unit = found->bytes_per_unit;
    description->grains_per_unit = found->grains_per_unit;
    description->memory_bytes = found->memory_bytes;
    description->library = found->library;
    description->library_version = found->library_version ? found->library_version() : NULL;
    return 0;
}

/* Of those that were left out when this was built; NULL past the last. */
const char *burn_absent_kernel(int number)
{
    return burn_absence_table[number].name;
}

/* What that kernel needs. */
const char *burn_absent_needs(int number)
{
    return burn_absence_table[number].needs;
}

/* The variant-th of those that this CPU can run, widest first; NULL past the last. */
static const struct burn_variant *usable_variant(int kernel, int variant)
{
    const struct burn_variant *candidate;

    if (kernel < 0 || kernel >= burn_kernel_table_size || variant < 0)
        return NULL;
    for (candidate = burn_kernel_table[kernel]->variants; candidate->run; candidate++)
        if ((!candidate->supported || candidate->supported()) && variant-- == 0)
            return candidate;
    return NULL;
}

const char *burn_instruction_set(int kernel, int variant)
{
    const struct burn_variant *found = usable_variant(kernel, variant);

    return found ? found->instruction_set : NULL;
}

static int pin(int cpu)
{
    cpu_set_t *set = CPU_ALLOC((size_t)cpu + 1);
    size_t size = CPU_ALLOC_SIZE((size_t)cpu + 1);
    int result;

    if (!set)
        return ENOMEM;
    CPU_ZERO_S(size, set);
    CPU_SET_S((size_t)cpu, size, set);
    result = sched_setaffinity(0, size, set) ? errno : 0;
    CPU_FREE(set);
    return result;
}

/* Aligned to huge pages, so that the layout is the same in every run; where the pages are to be the
 * system's own, as any program's allocation is. */
static int map(struct burn_worker *worker, size_t bytes, int huge_pages)
{
    size_t alignment = huge_pages == BURN_PAGES_OF_THE_SYSTEM ? 1 : HUGE_PAGE;

    worker->mapped_bytes = bytes + alignment - 1;
    worker->mapping = mmap(NULL, worker->mapped_bytes, PROT_READ | PROT_WRITE,
                           MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (worker->mapping == MAP_FAILED)
        return errno;
    worker->state.memory =
        (void *)(((uintptr_t)worker->mapping + alignment - 1) & ~(uintptr_t)(alignment - 1));
    worker->state.bytes = bytes;
    /* The address sanitizer knows the heap's ends, but not those within a mapping. */
    ASAN_POISON_MEMORY_REGION(worker->mapping, worker->mapped_bytes);
    ASAN_UNPOISON_MEMORY_REGION(worker->state.memory, bytes);
    /* Also where the process was started with another policy (numactl --interleave); refused without
     * effect where the kernel knows no NUMA. */
    (void)syscall(SYS_mbind, worker->state.memory, bytes, MPOL_PREFERRED, NULL, 0UL, 0U);
    /* An advice may be refused (no such kernel option): the work is the same with small pages. */
    if (huge_pages != BURN_PAGES_OF_THE_SYSTEM)
        (void)madvise(worker->state.memory, bytes, huge_pages ? MADV_HUGEPAGE : MADV_NOHUGEPAGE);
    return 0;
}

int burn_filled(const struct burn_state *state, uint64_t done, uint64_t total)
{
    struct burn_control *control = state->control;

    if (!control)
        return 0;
    __atomic_store_n(&control->filled_ppm, (int32_t)(done * 1000000 / total), __ATOMIC_RELAXED);
    return __atomic_load_n(&control->stop, __ATOMIC_RELAXED) != 0;
}

/*
 * Pin the calling thread to `cpu` (-1: leave it free), and give it `bytes` of memory, touched first
 * by this thread so that it lies on its own NUMA node. That may take long: `control`, unless it is
 * NULL, says how far it is, and ends it (ECANCELED).
 */
struct burn_worker *burn_open(int kernel, int variant, size_t bytes, int cpu,
                              struct burn_control *control, int *error)
{
    const struct burn_variant *chosen = usable_variant(kernel, variant);
    struct burn_worker *worker;

    *error = chosen && bytes >= burn_kernel_table[kernel]->least_bytes ? 0 : EINVAL;
    if (*error || (cpu >= 0 && (*error = pin(cpu))))
        return NULL;
    worker = calloc(1, sizeof(*worker));
    if (!worker) {
        *error = ENOMEM;
        return NULL;
    }
    worker->kernel = burn_kernel_table[kernel];
    worker->run = chosen->run;
    *error = map(worker, bytes, worker->kernel->huge_pages);
    if (*error) {
        free(worker);
        return NULL;
    }
    worker->schedstat = open("/proc/thread-self/schedstat", O_RDONLY | O_CLOEXEC);
    worker->state.control = control;
    worker->kernel->prepare(&worker->state);
    worker->state.control = NULL;
    *error = worker->state.error;
    if (control && __atomic_load_n(&control->stop, __ATOMIC_RELAXED))
        *error = ECANCELED;
    if (*error) {
        burn_close(worker);
        return NULL;
    }
    if (control)
        __atomic_store_n(&control->filled_ppm, 1000000, __ATOMIC_RELAXED);
    return worker;
}

/* Where its memory starts. */
uintptr_t burn_address(const struct burn_worker *worker)
{
    return (uintptr_t)worker->state.memory;
}

/* Run grains now; returns the checksum of all grains since the worker was opened. */
uint64_t burn_run(struct burn_worker *worker, uint64_t grains)
{
    worker->run(&worker->state, grains);
    return worker->state.checksum;
}

void burn_close(struct burn_worker *worker)
{
    if (worker->kernel->finish)
        worker->kernel->finish(&worker->state);
    ASAN_UNPOISON_MEMORY_REGION(worker->mapping, worker->mapped_bytes);
    munmap(worker->mapping, worker->mapped_bytes);
    if (worker->schedstat >= 0)
        close(worker->schedstat);
    free(worker);
}
