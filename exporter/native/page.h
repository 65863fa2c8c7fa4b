#include <stddef.h>
#include <stdint.h>

/* Puts values, each with a newline behind it, between pieces of a text: a piece, a value, a piece, and so on. The
   pieces stand one behind the other in `text`, and `ends` has where each of the `count` + 1 ends. `out` has
   room for text and values. Returns the number of bytes written, or -1 when the values are not as many. */
int64_t fill_page(const char *text, const uint32_t *ends, size_t count, const char *values,
                  size_t length, char *out);

/* Writes values, each with a newline behind it, in another order: `order` has the place of each. `spans` is
   room for `count` + 1 offsets, and `out` for as many bytes as there are. Returns 0, or -1 as above. */
int put_in_order(const uint32_t *order, size_t count, const char *values, size_t length,
                 uint32_t *spans, char *out);
