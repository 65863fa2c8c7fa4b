#include <stddef.h>
#include <stdint.h>

/* What adjtimex(2) tells of the clock, in the order of exporter/collectors/timex.py; nothing is changed. Returns what the call returns: the clock's state, or the negated errno. */
enum { CLOCK_FIELDS = 16 };
int64_t read_clock(int64_t fields[16]);

/* Let all threads share the first heap of glibc's malloc; and give the kernel what is free in it, and
   those pages of programs and libraries that are as their files have them: what only the start has run and
   read does not come back. Other C libraries have no word for their heap, which stays as it is. */
void keep_one_heap(void);
void give_memory_back(void);

/* Let the kernel count an event on a CPU, for all processes, from now on (perf_event_open(2)). Reading
   the descriptor gives three numbers of 64 bits: the count, and for how many nanoseconds it was to be
   counted and was. Returns the descriptor, or the negated errno. */
int64_t open_event(uint32_t type, uint64_t config, int32_t cpu);

/* inotify(7), without blocking: the new descriptor; the watch of what stands at a path, of the kinds
   of WATCH_ bits; whether a watch was taken off. Each may be the negated errno instead. */
enum { WATCH_MODIFY = 0x2, WATCH_CREATE = 0x100, WATCH_DELETE = 0x200 };
int open_inotify(void);
int add_watch(int descriptor, const char *path, uint32_t kinds);
int remove_watch(int descriptor, int watch);

/* Reads files of one folder into `out`, one behind the other. `names` are `count` names, each with a
   zero byte behind it. The length of each file is put into `lengths`, or its negated errno, which is
   ENOBUFS where there was no room for all of it. Returns 0, or the folder's negated errno. */
int read_files(const char *folder, const char *names, size_t count, char *out, size_t size,
               int64_t *lengths);

/* Whether each of `count` folders has as many links as it had, which tells whether folders have come or gone
   in it. `paths` have a zero byte behind each. */
int links_are(const char *paths, const uint64_t *links, size_t count);
