/* Finds the numbers in a text of the kernel whose words are known. */
#include "numbers.h"

#include <string.h>

/* 2^64 - 1 has 20 digits, 16 of them when they are hexadecimal. */
#define LONGEST 20
#define LONGEST_HEX 16

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

/* The value of a hexadecimal digit, -1 of anything else. */
static int hex_value(char byte)
{
    if (is_digit(byte))
        return byte - '0';
    int letter = byte | 0x20;
    return letter >= 'a' && letter <= 'f' ? letter - 'a' + 10 : -1;
}

static const char *skip_hex(const char *at, const char *end)
{
    while (at < end && hex_value(*at) >= 0)
        at++;
    return at;
}

/* Writes a value times a factor; NULL when that needs more than 64 bits. */
static char *write_times(uint64_t value, uint64_t factor, char *out)
{
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

/* Writes a number times a factor; NULL when that needs more than 64 bits. */
static char *write_product(const char *from, const char *end, uint64_t factor, char *out)
{
    uint64_t value = 0;
    for (; from < end; from++)
        if (__builtin_mul_overflow(value, (uint64_t)10, &value) ||
            __builtin_add_overflow(value, (uint64_t)(*from - '0'), &value))
            return NULL;
    return write_times(value, factor, out);
}

/* Writes a hexadecimal number of at most LONGEST_HEX digits; NULL as above. */
static char *write_hex(const char *from, const char *end, uint64_t factor, char *out)
{
    uint64_t value = 0;
    for (; from < end; from++)
        value = value << 4 | (uint64_t)hex_value(*from);
    if (!(out = write_times(value, factor, out)))
        return NULL;
    *out++ = '\n';
    return out;
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
    const char *at = text, *end = text + length, *number = NULL, *number_stop = NULL;
    char *to = out;
    for (const struct word *word = words; word < words + count; word++) {
        if (word->kind == AGAIN) {
            if (!number || !(to = write_number(number, number_stop, word->factor, to)))
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
        } else if (word->kind == ANY_HEX) {
            at = skip_hex(at, end);
        } else if (word->kind == HEX) {
            const char *digits = at;
            number = NULL;
            at = skip_hex(at, end);
            if (at == digits || at - digits > LONGEST_HEX ||
                !(to = write_hex(digits, at, word->factor, to)))
                return -1;
        } else if (word->kind != WORD) {
            number = at;
            const char *digits = at + (word->kind == SIGNED && at < end && *at == '-');
            at = number_stop = skip_digits(digits, end);
            if (at == digits || at - digits > LONGEST || number_stop - number > LONGEST ||
                !(to = write_number(number, number_stop, word->factor, to)))
                return -1;
        }
        if (at < end && !is_space(*at))
            return -1;
    }
    while (at < end && is_space(*at))
        at++;
    return at == end ? to - out : -1;
}

/* The end of the number that begins here; NULL when there is none of at most LONGEST digits with a
   newline behind it. Moves the beginning behind leading zeros. */
static const char *number_end(const char **begin, const char *end)
{
    const char *stop = skip_digits(*begin, end);
    if (stop == *begin || stop == end || *stop != '\n')
        return NULL;
    while (stop - *begin > 1 && **begin == '0')
        ++*begin;
    return stop - *begin <= LONGEST ? stop : NULL;
}

int64_t first_fallen(const char *before, size_t before_length, const char *now, size_t now_length)
{
    const char *before_end = before + before_length, *now_end = now + now_length;
    int64_t found = -1;
    for (int64_t index = 0; before < before_end && now < now_end; index++) {
        const char *old_end = number_end(&before, before_end), *new_end = number_end(&now, now_end);
        if (!old_end || !new_end)
            return -2;
        size_t old_length = (size_t)(old_end - before), new_length = (size_t)(new_end - now);
        int fell = new_length < old_length ||
                   (new_length == old_length && memcmp(now, before, new_length) < 0);
        if (fell && found < 0)
            found = index;
        before = old_end + 1;
        now = new_end + 1;
    }
    return before == before_end && now == now_end ? found : -2;
}
