#include <stddef.h>
#include <stdint.h>

/* Collectors whose files keep their words: read, looked at and written without Python.
   Includes numbers.h and checks.h. All that is pointed to belongs to exporter/page/steady_plan.py. */

/* A file that Python keeps open; -1 when it has closed it. A read of at most `whole` bytes was all of it;
   of a longer one only the end is. */
struct kept_file {
    int32_t descriptor;
    uint32_t size;
    int64_t whole;
};

/* A value: the sum of `count` of the text's wanted numbers, from `first` on in `picked`, without `less`
   where it is more than that, or else 0. */
struct pick {
    uint32_t first;
    uint32_t count;
    uint64_t less;
};

/* The values of files that are read one behind the other, with a newline between.
   With `same`, the text has to be this one, and the values stay. `may_fall` is 0 where a value below what
   it was is for Python to judge. */
struct steady_part {
    struct kept_file *const *files;
    size_t file_count;
    const char *same;
    size_t same_length;
    const struct word *words;
    size_t word_count;
    const char *spelled;
    struct number *numbers;
    size_t number_count;
    const struct pick *picks;
    const uint32_t *picked;
    size_t value_count;
    uint32_t may_fall;
};

/* What became of a collector: Python has to read it; all is well; its values are good, and the rules
   about them have to be evaluated by Python. */
enum { TO_BE_READ = 0, WELL = 1, TO_BE_JUDGED = 2 };

/* `written` are the values of the look before and of this one, each with a newline behind it; `now` says
   which is the last that was good. Both have `room` bytes. `text` is what stands around the values on the
   page: what is before the first one ends at `ends[0]`, and so on, one more than there are values.
   `checks` may be NULL. With `columns`, its values are those of `grow_together`.
   Nanoseconds of the monotonic clock: `until` when it holds, `before` and `end` when it was read before
   and now; `took` and `cpu` are how long, and how much of the thread's time. `looks` have found all well. */
struct steady_collector {
    struct steady_part *parts;
    size_t part_count;
    const struct checks *checks;
    size_t columns;
    size_t compared;
    int64_t slack;
    char *written[2];
    size_t lengths[2];
    uint32_t now;
    size_t room;
    const char *text;
    const uint32_t *ends;
    size_t value_count;
    int64_t until;
    uint32_t wanted;
    uint32_t outcome;
    int64_t before;
    int64_t end;
    int64_t took;
    int64_t cpu;
    uint64_t looks;
};

/* `at` is the collector whose turn it is, for who looks from another thread; `count` behind the last. */
struct steady_plan {
    struct steady_collector *const *collectors;
    size_t count;
    char *scratch;
    size_t scratch_room;
    char *found;
    size_t found_room;
    uint32_t at;
};

/* Reads all wanted collectors; each has its `outcome` then. */
void refresh(struct steady_plan *plan);

/* Writes what a page has of a collector to `out`; how much, or -1 when there is no room for it. */
int64_t write_steady(const struct steady_collector *collector, char *out, size_t room);
