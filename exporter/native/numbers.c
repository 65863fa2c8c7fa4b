/* Finds the numbers in a text of the kernel whose words are known. */
#include "numbers.h"

#include <string.h>

/* 2^64 - 1 has 20 digits. */
#define LONGEST 20

/* As Python's bytes.split() has it. */
static int is_space(char byte)
{
    return byte == ' ' || (byte >= '\t' && byte <= '\r');
}

static int is_digit(char byte)
{
    return byte >= '0' && byte <= '9';
}

static const char *skip_digits(const char *at, const char *end)
{
    while (at < end && is_digit(*at))
        at++;
    return at;
}

/* Writes a number times a factor; NULL when that needs more than 64 bits. */
static char *write_product(const char *from, const char *end, uint64_t factor, char *out)
{
    uint64_t value = 0;
    for (; from < end; from++)
        if (__builtin_mul_overflow(value, (uint64_t)10, &value) ||
            __builtin_add_overflow(value, (uint64_t)(*from - '0'), &value))
            return NULL;
    if (__builtin_mul_overflow(value, factor, &value))
        return NULL;
    char digits[LONGEST];
    size_t count = 0;
    do {
        digits[LONGEST - ++count] = (char)('0' + value % 10);
        value /= 10;
    } while (value);
    memcpy(out, digits + LONGEST - count, count);
    return out + count;
}

static char *write_number(const char *from, const char *end, uint64_t factor, char *out)
{
    if (factor != 1) {
        out = write_product(from, end, factor, out);
        if (!out)
            return NULL;
    } else {
        memcpy(out, from, (size_t)(end - from));
        out += end - from;
    }
    *out++ = '\n';
    return out;
}

int64_t numbers_of(const struct word *words, size_t count, const char *spelled, const char *text,
                   size_t length, char *out)
{
    const char *at = text, *end = text + length, *number = text, *number_end = text;
    char *to = out;
    for (const struct word *word = words; word < words + count; word++) {
        if (word->kind == AGAIN) {
            if (!(to = write_number(number, number_end, word->factor, to)))
                return -1;
            continue;
        }
        uint32_t lines = 0;
        for (; at < end && is_space(*at); at++)
            lines += *at == '\n';
        if (lines != word->lines || (size_t)(end - at) < word->length ||
            memcmp(at, spelled + word->offset, word->length))
            return -1;
        at += word->length;
        if (word->kind == REST) {
            const char *line_end = memchr(at, '\n', (size_t)(end - at));
            at = line_end ? line_end : end;
            continue;
        }
        if (word->kind == ANY) {
            while (at < end && (is_digit(*at) || *at == '.' || *at == '-'))
                at++;
        } else if (word->kind != WORD) {
            number = at;
            const char *digits = at + (word->kind == SIGNED && at < end && *at == '-');
            at = number_end = skip_digits(digits, end);
            if (at == digits || at - digits > LONGEST || number_end - number > LONGEST ||
                !(to = write_number(number, number_end, word->factor, to)))
                return -1;
        }
        if (at < end && !is_space(*at))
            return -1;
    }
    while (at < end && is_space(*at))
        at++;
    return at == end ? to - out : -1;
}
