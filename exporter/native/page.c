/* Brings texts that stay and values that change together. */
#include "page.h"

#include <string.h>

int64_t fill_page(const char *text, const uint32_t *ends, size_t count, const char *values,
                  size_t length, char *out)
{
    const char *end = values + length;
    char *to = out;
    uint32_t begin = 0;
    for (size_t i = 0;; i++) {
        memcpy(to, text + begin, ends[i] - begin);
        to += ends[i] - begin;
        begin = ends[i];
        if (i == count)
            return values == end ? to - out : -1;
        const char *stop = values < end ? memchr(values, '\n', (size_t)(end - values)) : NULL;
        if (!stop)
            return -1;
        memcpy(to, values, (size_t)(stop - values));
        to += stop - values;
        values = stop + 1;
    }
}

int put_in_order(const uint32_t *order, size_t count, const char *values, size_t length,
                 uint32_t *spans, char *out)
{
    const char *at = values, *end = values + length;
    for (size_t i = 0; i < count; i++) {
        const char *stop = at < end ? memchr(at, '\n', (size_t)(end - at)) : NULL;
        if (!stop)
            return -1;
        spans[i] = (uint32_t)(at - values);
        at = stop + 1;
    }
    spans[count] = (uint32_t)(at - values);
    if (at != end)
        return -1;
    for (size_t i = 0; i < count; i++) {
        size_t size = spans[order[i] + 1] - spans[order[i]];
        memcpy(out, values + spans[order[i]], size);
        out += size;
    }
    return 0;
}
