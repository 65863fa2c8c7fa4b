/* The steady state of a scrape: files that have other numbers than before, and else nothing new. */
#include "numbers.h"
#include "checks.h"
#include "steady.h"

#include <string.h>
#include <time.h>
#include <unistd.h>

/* A number of 64 bits and a newline. */
#define LONGEST_LINE 21

static int64_t nanoseconds(clockid_t clock)
{
    struct timespec now = {0, 0};
    clock_gettime(clock, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

/* The whole of a file; -1 where it cannot be read or is longer than `room`. */
static int64_t read_kept(const struct kept_file *file, char *out, size_t room)
{
    if (file->descriptor < 0)
        return -1;
    size_t held = 0;
    for (;;) {
        size_t wanted = room - held < file->size ? room - held : file->size;
        ssize_t got = wanted ? pread(file->descriptor, out + held, wanted, (off_t)held) : -1;
        if (got < 0)
            return -1;
        if (!got || (!held && got <= file->whole))
            return (int64_t)held + got;
        held += (size_t)got;
    }
}

/* The texts of a part, one behind the other with a newline between; -1 as above. */
static int64_t read_texts(const struct steady_part *part, char *out, size_t room)
{
    size_t held = 0;
    for (size_t i = 0; i < part->file_count; i++) {
        if (i) {
            if (held == room)
                return -1;
            out[held++] = '\n';
        }
        int64_t length = read_kept(part->files[i], out + held, room - held);
        if (length < 0)
            return -1;
        held += (size_t)length;
    }
    return (int64_t)held;
}

/* Whether two parts have the same texts. */
static int same_files(const struct steady_part *one, const struct steady_part *other)
{
    return one && one->file_count == other->file_count &&
           !memcmp(one->files, other->files, one->file_count * sizeof *one->files);
}

/* The value of a number of digits alone; whether it is one of at most 64 bits. */
static int value_of(const struct number *number, uint64_t *value)
{
    *value = 0;
    for (size_t i = 0; i < number->length; i++) {
        char digit = number->text[i];
        if (digit < '0' || digit > '9' || __builtin_mul_overflow(*value, (uint64_t)10, value) ||
            __builtin_add_overflow(*value, (uint64_t)(digit - '0'), value))
            return 0;
    }
    return number->length > 0;
}

/* Writes a value and a newline into room for them. */
static char *write_value(uint64_t value, char *out)
{
    char digits[LONGEST_LINE];
    size_t count = 0;
    do {
        digits[LONGEST_LINE - ++count] = (char)('0' + value % 10);
        value /= 10;
    } while (value);
    memcpy(out, digits + LONGEST_LINE - count, count);
    out[count] = '\n';
    return out + count + 1;
}

/* Writes a value of several numbers, or one that something is taken from; NULL when it is none. */
static char *write_sum(const struct steady_part *part, const struct pick *pick, char *out)
{
    uint64_t sum = 0, value;
    for (uint32_t i = 0; i < pick->count; i++)
        if (!value_of(&part->numbers[part->picked[pick->first + i]], &value) ||
            __builtin_add_overflow(sum, value, &sum))
            return NULL;
    return write_value(sum > pick->less ? sum - pick->less : 0, out);
}

/* Writes the values of a part behind one another; NULL when they are not to be had here. */
static char *write_values(const struct steady_part *part, char *out, const char *out_end)
{
    for (size_t i = 0; i < part->value_count; i++) {
        const struct pick *pick = &part->picks[i];
        if (out_end - out < LONGEST_LINE)
            return NULL;
        if (pick->count == 1 && !pick->less) {
            const struct number *number = &part->numbers[part->picked[pick->first]];
            if (number->length >= LONGEST_LINE)
                return NULL;
            memcpy(out, number->text, number->length);
            out += number->length;
            *out++ = '\n';
        } else if (!(out = write_sum(part, pick, out))) {
            return NULL;
        }
    }
    return out;
}

/* Finds the end of so many lines; NULL when there are fewer. */
static const char *skip_lines(const char *at, const char *end, size_t lines)
{
    for (; lines; lines--) {
        const char *stop = at < end ? memchr(at, '\n', (size_t)(end - at)) : NULL;
        if (!stop)
            return NULL;
        at = stop + 1;
    }
    return at;
}

/* Reads a part; the end of what it writes, NULL when Python has to. `before` moves behind its old values. */
static char *refresh_part(struct steady_plan *plan, const struct steady_part *part, int64_t length,
                          const char **before, const char *before_end, char *out, const char *out_end)
{
    const char *old = *before;
    *before = skip_lines(old, before_end, part->value_count);
    if (!*before || length < 0)
        return NULL;
    size_t old_length = (size_t)(*before - old);
    if (part->same) {
        if ((size_t)length != part->same_length || memcmp(plan->scratch, part->same, part->same_length) ||
            (size_t)(out_end - out) < old_length)
            return NULL;
        memcpy(out, old, old_length);
        return out + old_length;
    }
    if (plan->found_room < part->number_count * LONGEST_LINE)
        return NULL;
    int64_t found = numbers_of(part->words, part->word_count, part->spelled, plan->scratch,
                               (size_t)length, plan->found);
    if (found < 0 || !find_numbers(part->numbers, part->number_count, plan->found, (size_t)found))
        return NULL;
    char *end = write_values(part, out, out_end);
    if (!end || (!part->may_fall && first_fallen(old, old_length, out, (size_t)(end - out)) != -1))
        return NULL;
    return end;
}

/* Whether all rules hold for certain. */
static int holds(const struct steady_collector *one)
{
    const char *old = one->written[!one->now], *new = one->written[one->now];
    size_t old_length = one->lengths[!one->now], new_length = one->lengths[one->now];
    if (one->columns)
        return grow_together(old, old_length, new, new_length, one->columns, one->compared, one->slack);
    return !one->checks || all_hold(one->checks, old, old_length, new, new_length,
                                    (double)(one->end - one->before) * 1e-9);
}

/* Reads one collector; what became of it. `read` is the part whose texts were read last. */
static uint32_t refresh_one(struct steady_plan *plan, struct steady_collector *one, int64_t start,
                            const struct steady_part **read, int64_t *length)
{
    const char *before = one->written[one->now], *before_end = before + one->lengths[one->now];
    char *out = one->written[!one->now], *out_end = out + one->room;
    if (start >= one->until)
        return TO_BE_READ;
    for (size_t i = 0; i < one->part_count; i++) {
        const struct steady_part *part = &one->parts[i];
        if (part->file_count && !same_files(*read, part)) {
            *length = read_texts(part, plan->scratch, plan->scratch_room);
            *read = part;
        }
        out = refresh_part(plan, part, part->file_count ? *length : 0, &before, before_end, out, out_end);
        if (!out)
            return TO_BE_READ;
    }
    one->now = !one->now;
    one->lengths[one->now] = (size_t)(out - one->written[one->now]);
    return WELL;
}

void refresh(struct steady_plan *plan)
{
    const struct steady_part *read = NULL;
    int64_t length = -1;
    int64_t start = nanoseconds(CLOCK_MONOTONIC), used = nanoseconds(CLOCK_THREAD_CPUTIME_ID);
    for (size_t i = 0; i < plan->count; i++) {
        struct steady_collector *one = plan->collectors[i];
        one->outcome = TO_BE_READ;
        if (!one->wanted)
            continue;
        __atomic_store_n(&plan->at, (uint32_t)i, __ATOMIC_RELAXED);
        one->outcome = refresh_one(plan, one, start, &read, &length);
        int64_t end = nanoseconds(CLOCK_MONOTONIC);
        if (one->outcome != TO_BE_READ) {
            one->before = one->end;
            one->end = end;
            if (holds(one))
                one->looks++;
            else
                one->outcome = TO_BE_JUDGED;
        }
        int64_t cpu = nanoseconds(CLOCK_THREAD_CPUTIME_ID);
        one->took = end - start;
        one->cpu = cpu - used;
        start = end;
        used = cpu;
    }
    __atomic_store_n(&plan->at, (uint32_t)plan->count, __ATOMIC_RELAXED);
}

/* Copies `length` bytes and hands on what is behind them; NULL where there is no room. */
static char *copy(char *to, const char *end, const char *from, size_t length)
{
    if (!to || (size_t)(end - to) < length)
        return NULL;
    memcpy(to, from, length);
    return to + length;
}

int64_t write_steady(const struct steady_collector *one, char *out, size_t room)
{
    const char *at = one->written[one->now], *end = at + one->lengths[one->now];
    uint32_t from = 0;
    char *to = out, *out_end = out + room;
    for (size_t i = 0; i < one->value_count; i++) {
        const char *stop = at < end ? memchr(at, '\n', (size_t)(end - at)) : NULL;
        if (!stop)
            return -1;
        to = copy(to, out_end, one->text + from, one->ends[i] - from);
        to = copy(to, out_end, at, (size_t)(stop - at));
        from = one->ends[i];
        at = stop + 1;
    }
    to = copy(to, out_end, one->text + from, one->ends[one->value_count] - from);
    return to && at == end ? to - out : -1;
}
