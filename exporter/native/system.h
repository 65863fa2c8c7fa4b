#include <stdint.h>

/* What adjtimex(2) tells of the clock, in the order of exporter/collectors/timex.py; nothing is changed. Returns what the call returns: the clock's state, or the negated errno. */
enum { CLOCK_FIELDS = 16 };
int64_t read_clock(int64_t fields[16]);

/* Let all threads share the first heap of glibc's malloc, and give the kernel what is free in it;
   other C libraries have neither word, and nothing happens. */
void keep_one_heap(void);
void give_memory_back(void);

/* Let the kernel count an event on a CPU, for all processes, from now on (perf_event_open(2)). Reading
   the descriptor gives three numbers of 64 bits: the count, and for how many nanoseconds it was to be
   counted and was. Returns the descriptor, or the negated errno. */
int64_t open_event(uint32_t type, uint64_t config, int32_t cpu);
