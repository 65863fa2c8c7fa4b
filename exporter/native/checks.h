#include <stddef.h>
#include <stdint.h>

/* What is to hold of a list of numbers, each with a newline behind it, that comes again and again.
   Positions are those of numbers in the list. */

/* The numbers of one side of a comparison, or of a sum: `count` places, from `first` on. */
struct side {
    uint32_t first;
    uint32_t count;
};

/* `left` is at most `right` plus `slack`; with `equal`, neither is above the other by more. */
struct comparison {
    struct side left;
    struct side right;
    double slack;
    uint32_t equal;
};

/* A sum grows by at most `per_second` a second, where the time counts as `slack` seconds longer. */
struct growth {
    struct side sum;
    double per_second;
    double slack;
};

/* A number, and what to multiply it with. */
struct place {
    uint32_t position;
    double scale;
};

struct number {
    const char *text;
    size_t length;
};

/* `counters` may only grow. `stale` are groups, each ended by UINT32_MAX, of which not all may stay the
   same. `before` and `now` are room for `count` numbers each, as many as the lists have. */
struct checks {
    const struct place *places;
    const uint32_t *counters;
    size_t counter_count;
    const struct comparison *comparisons;
    size_t comparison_count;
    const struct growth *growths;
    size_t growth_count;
    const uint32_t *stale;
    size_t stale_count;
    size_t count;
    struct number *before;
    struct number *now;
};

/* Finds the numbers of a list; whether there are as many as there should be. */
int find_numbers(struct number *numbers, size_t count, const char *at, size_t length);

/* Whether all of it holds for certain: 0 also where that cannot be told. `seconds` have passed since
   `before`. */
int all_hold(const struct checks *checks, const char *before, size_t before_length, const char *now,
             size_t now_length, double seconds);

/* Whether, in rows of `columns` numbers each, nothing has fallen since `before`, and the first row grew in
   each of the `compared` first columns as the other rows did together, give or take `slack`. 0 also
   where it cannot be told. */
enum { MOST_COLUMNS = 16 };
int grow_together(const char *before, size_t before_length, const char *now, size_t now_length,
                  size_t columns, size_t compared, int64_t slack);
