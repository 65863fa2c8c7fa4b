/*
 * system: what programs ask of the operating system's kernel.
 *
 * system_call: a grain is 64 rounds of three system calls: getppid, which does next to nothing but enter
 * and leave, and 8 bytes written to an eventfd and read from it. The checksum adds up what was read: the
 * number of each round, from 1 on.
 *
 * system_fault: a grain gives 32 pages of memory back, and writes to each of them, for which the system
 * has to find and clear a new one. The checksum adds up what was written: the number of each page, from
 * 1 on. Pages are small ones, of whatever size the system has.
 */
#include <errno.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "kernel.h"

#define ROUNDS_PER_GRAIN 64u
#define CALLS_PER_ROUND 3u
#define PAGES_PER_GRAIN 32u
#define GRAINS_PER_UNIT 128u
#define LARGEST_PAGE 65536u
#define CALL_MEMORY 4096u

static void prepare_call(struct burn_state *state)
{
    int events = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);

    *(uint64_t *)state->memory = 0;
    state->cursor = (uint64_t)events;
    if (events < 0)
        state->error = errno;
}

static void finish_call(struct burn_state *state)
{
    if ((int)state->cursor >= 0)
        close((int)state->cursor);
}

/* A call that fails adds nothing, and so leaves a checksum that is wrong. */
static void run_call(struct burn_state *state, uint64_t grains)
{
    int events = (int)state->cursor;
    uint64_t number = state->position * ROUNDS_PER_GRAIN;
    uint64_t end = number + grains * ROUNDS_PER_GRAIN;

    while (number < end) {
        uint64_t read_back = 0;

        number++;
        /* Not the library's function: it might know the answer. */
        (void)syscall(SYS_getppid);
        if (write(events, &number, sizeof(number)) == sizeof(number) &&
            read(events, &read_back, sizeof(read_back)) == sizeof(read_back))
            state->checksum += read_back;
    }
    state->position += grains;
}

static void prepare_fault(struct burn_state *state)
{
    long page = sysconf(_SC_PAGESIZE);

    if (page <= 0 || PAGES_PER_GRAIN * (size_t)page > state->bytes)
        state->error = ENOTSUP;
    state->cursor = (uint64_t)page;
}

static void run_fault(struct burn_state *state, uint64_t grains)
{
    size_t page = (size_t)state->cursor;
    unsigned i;

    for (; grains; grains--, state->position++) {
        if (madvise(state->memory, PAGES_PER_GRAIN * page, MADV_DONTNEED))
            continue;
        for (i = 0; i < PAGES_PER_GRAIN; i++) {
            volatile uint64_t *word = (uint64_t *)((char *)state->memory + i * page);

            *word = state->position * PAGES_PER_GRAIN + i + 1;
            state->checksum += *word;
        }
    }
}

/* Always the same text, whoever writes it. */
static const char *version(void)
{
    static struct utsname name;

    return uname(&name) ? "unknown" : name.release;
}

static const struct burn_variant call_variants[] = {
    {"system", NULL, run_call},
    {NULL, NULL, NULL},
};

static const struct burn_variant fault_variants[] = {
    {"system", NULL, run_fault},
    {NULL, NULL, NULL},
};

const struct burn_kernel burn_system_call = {
    .name = "system_call",
    .version = "1",
    .unit = "24576 system calls: a third each of getppid, a write to an eventfd, and a read from it",
    .operations_per_unit = (uint64_t)GRAINS_PER_UNIT * ROUNDS_PER_GRAIN * CALLS_PER_ROUND,
    .grains_per_unit = GRAINS_PER_UNIT,
    .memory_bytes = CALL_MEMORY,
    .least_bytes = sizeof(uint64_t),
    .library = "linux",
    .library_version = version,
    .prepare = prepare_call,
    .finish = finish_call,
    .variants = call_variants,
};

const struct burn_kernel burn_system_fault = {
    .name = "system_fault",
    .version = "1",
    .unit = "4096 page faults: 128 times 32 pages given back, and written to",
    .operations_per_unit = (uint64_t)GRAINS_PER_UNIT * PAGES_PER_GRAIN,
    .grains_per_unit = GRAINS_PER_UNIT,
    .memory_bytes = (size_t)PAGES_PER_GRAIN * LARGEST_PAGE,
    .least_bytes = (size_t)PAGES_PER_GRAIN * LARGEST_PAGE,
    .library = "linux",
    .library_version = version,
    .prepare = prepare_fault,
    .variants = fault_variants,
};
