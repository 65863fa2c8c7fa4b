/* numbers_of() under libFuzzer: any words that keep to the header's contract, and any text. */
#include "numbers.h"

#include <stdlib.h>
#include <string.h>

enum { MOST_WORDS = 16, SPELLED = 32, LONGEST_LINE_OF_OUTPUT = 21, BYTES_A_WORD = 3 };

static const uint64_t FACTORS[] = {1, 2, 1024, 4096, UINT64_MAX, 0};

static char *copy(const uint8_t *from, size_t size)
{
    char *bytes = malloc(size);
    if (size)
        memcpy(bytes, from, size);
    return bytes;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t count = size ? *data % (MOST_WORDS + 1) : 0;
    if (size < 1 + count * BYTES_A_WORD + SPELLED)
        return 0;
    struct word *words = malloc(count * sizeof *words);
    const uint8_t *at = data + 1;
    for (size_t i = 0; i < count; i++, at += BYTES_A_WORD) {
        uint32_t offset = at[0] % SPELLED, length = at[1] % (SPELLED - offset + 1);
        words[i] = (struct word){offset, length, at[2] / 64, at[2] % (ANY_HEX + 1),
                                 FACTORS[at[0] / SPELLED % (sizeof FACTORS / sizeof *FACTORS)]};
    }
    size_t length = size - (size_t)(at - data) - SPELLED;
    char *spelled = copy(at, SPELLED), *text = copy(at + SPELLED, length);
    size_t room = count * LONGEST_LINE_OF_OUTPUT;
    char *out = malloc(room);
    int64_t written = numbers_of(words, count, spelled, text, length, out);
    if (written < -1 || written > (int64_t)room || (written > 0 && out[written - 1] != '\n'))
        abort();
    free(words);
    free(spelled);
    free(text);
    free(out);
    return 0;
}
