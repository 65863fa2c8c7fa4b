/* first_fallen() under libFuzzer: any two lists, and what plain arithmetic says of them. */
#include "numbers.h"

#include <stdlib.h>
#include <string.h>

/* Large enough for 20 digits. */
typedef unsigned __int128 number;

enum { MOST_NUMBERS = 400, LONGEST = 20 };

/* Reads a list of numbers, each with a newline behind it; -1 when it is none. */
static int read_list(const char *text, size_t length, number *numbers)
{
    int count = 0;
    for (const char *at = text, *end = text + length; at < end; at++) {
        number value = 0;
        int digits = 0, significant = 0;
        for (; at < end && *at >= '0' && *at <= '9'; at++, digits++) {
            significant += significant || *at != '0';
            if (significant <= LONGEST)
                value = value * 10 + (number)(*at - '0');
        }
        if (!digits || significant > LONGEST || at == end || *at != '\n')
            return -1;
        numbers[count++] = value;
    }
    return count;
}

/* What must be said; it may stop at the end of the shorter list, but then it is no such pair. */
static int64_t expected(const char *before, size_t before_length, const char *now,
                        size_t now_length)
{
    static number old[MOST_NUMBERS], new[MOST_NUMBERS];
    int olds = read_list(before, before_length, old), news = read_list(now, now_length, new);
    if (olds < 0 || olds != news)
        return -2;
    for (int i = 0; i < olds; i++)
        if (new[i] < old[i])
            return i;
    return -1;
}

static char *copy(const uint8_t *from, size_t size)
{
    char *bytes = malloc(size);
    if (size)
        memcpy(bytes, from, size);
    return bytes;
}

/* Most bytes are digits of a list, so that the fuzzer need not find out what one is. */
static uint8_t spelled(uint8_t byte)
{
    static const char WORDS[] = "0123456789\n\n01\n";
    return byte < 240 ? (uint8_t)WORDS[byte % (sizeof WORDS - 1)] : byte;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (!size || size > MOST_NUMBERS)
        return 0;
    size_t first = *data % size, second = size - 1 - first;
    char *before = copy(data + 1, first), *now = copy(data + 1 + first, second);
    for (size_t i = 0; i < first; i++)
        before[i] = (char)spelled((uint8_t)before[i]);
    for (size_t i = 0; i < second; i++)
        now[i] = (char)spelled((uint8_t)now[i]);
    if (first_fallen(before, first, now, second) != expected(before, first, now, second))
        abort();
    free(before);
    free(now);
    return 0;
}
