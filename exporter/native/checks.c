/* Tells whether numbers are as they must be; what is wrong with those that are not, Python says. */
#include "checks.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* So many digits fit into 64 bits, whatever they are. */
#define FITTING 19

int find_numbers(struct number *numbers, size_t count, const char *at, size_t length)
{
    const char *end = at + length;
    for (size_t i = 0; i < count; i++) {
        const char *stop = at < end ? memchr(at, '\n', (size_t)(end - at)) : NULL;
        if (!stop)
            return 0;
        numbers[i] = (struct number){at, (size_t)(stop - at)};
        at = stop + 1;
    }
    return at == end;
}

/* The value of a number of digits alone; whether it is one. */
static int whole(const struct number *number, uint64_t *value)
{
    *value = 0;
    if (!number->length || number->length > FITTING)
        return 0;
    for (size_t i = 0; i < number->length; i++) {
        if (number->text[i] < '0' || number->text[i] > '9')
            return 0;
        *value = *value * 10 + (uint64_t)(number->text[i] - '0');
    }
    return 1;
}

/* The value of any decimal number; NAN of anything else, with which nothing holds. */
static double value_of(const struct number *number)
{
    uint64_t value;
    char *end;
    if (whole(number, &value))
        return (double)value;
    if (!number->length || strspn(number->text, "0123456789.eE+-") != number->length)
        return NAN;
    double found = strtod(number->text, &end);
    return end == number->text + number->length ? found : NAN;
}

static int same(const struct number *one, const struct number *other)
{
    return one->length == other->length && !memcmp(one->text, other->text, one->length);
}

static int not_less(const struct number *before, const struct number *now)
{
    uint64_t old, new;
    if (same(before, now))
        return 1;
    if (whole(before, &old) && whole(now, &new))
        return old <= new;
    return value_of(before) <= value_of(now);
}

static int none_fell(const struct checks *checks)
{
    for (size_t i = 0; i < checks->counter_count; i++)
        if (!not_less(&checks->before[checks->counters[i]], &checks->now[checks->counters[i]]))
            return 0;
    return 1;
}

static double sum(const struct checks *checks, const struct number *numbers, struct side side)
{
    double total = 0;
    for (uint32_t i = side.first; i < side.first + side.count; i++)
        total += value_of(&numbers[checks->places[i].position]) * checks->places[i].scale;
    return total;
}

static int comparisons_hold(const struct checks *checks)
{
    for (size_t i = 0; i < checks->comparison_count; i++) {
        const struct comparison *wanted = &checks->comparisons[i];
        double less = sum(checks, checks->now, wanted->left);
        double more = sum(checks, checks->now, wanted->right);
        double above = wanted->equal ? fabs(less - more) : less - more;
        if (!(above <= wanted->slack + 1e-9 * fabs(more)))
            return 0;
    }
    return 1;
}

static int growths_hold(const struct checks *checks, double seconds)
{
    for (size_t i = 0; i < checks->growth_count; i++) {
        const struct growth *wanted = &checks->growths[i];
        double grown = sum(checks, checks->now, wanted->sum) - sum(checks, checks->before, wanted->sum);
        if (!(grown <= wanted->per_second * (seconds + wanted->slack)))
            return 0;
    }
    return 1;
}

static int none_is_stale(const struct checks *checks)
{
    int changed = 0;
    for (size_t i = 0; i < checks->stale_count; i++) {
        uint32_t position = checks->stale[i];
        if (position == UINT32_MAX) {
            if (!changed)
                return 0;
            changed = 0;
        } else if (!changed) {
            changed = !same(&checks->before[position], &checks->now[position]);
        }
    }
    return 1;
}

int all_hold(const struct checks *checks, const char *before, size_t before_length, const char *now,
             size_t now_length, double seconds)
{
    return find_numbers(checks->before, checks->count, before, before_length) &&
           find_numbers(checks->now, checks->count, now, now_length) && none_fell(checks) &&
           comparisons_hold(checks) && growths_hold(checks, seconds) && none_is_stale(checks);
}

/* Reads a number of digits alone that ends with a newline; NULL when there is none. */
static const char *read_ticks(const char *at, const char *end, int64_t *ticks)
{
    struct number number = {at, 0};
    uint64_t value;
    const char *stop = at < end ? memchr(at, '\n', (size_t)(end - at)) : NULL;
    if (!stop)
        return NULL;
    number.length = (size_t)(stop - at);
    if (!whole(&number, &value) || value > INT64_MAX / 2)
        return NULL;
    *ticks = (int64_t)value;
    return stop + 1;
}

int grow_together(const char *before, size_t before_length, const char *now, size_t now_length,
                  size_t columns, size_t compared, int64_t slack)
{
    int64_t apart[MOST_COLUMNS] = {0}, old, new;
    const char *before_end = before + before_length, *now_end = now + now_length;
    if (!columns || compared > columns || columns > MOST_COLUMNS)
        return 0;
    for (size_t row = 0; before < before_end && now < now_end; row++)
        for (size_t column = 0; column < columns; column++) {
            before = read_ticks(before, before_end, &old);
            now = before ? read_ticks(now, now_end, &new) : NULL;
            if (!now || new < old)
                return 0;
            apart[column] += row ? old - new : new - old;
        }
    for (size_t column = 0; column < compared; column++)
        if (apart[column] > slack || -apart[column] > slack)
            return 0;
    return before == before_end && now == now_end;
}
