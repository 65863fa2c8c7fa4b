/*
 * A text to compress, made of nothing but splitmix64 with the seed 0: 4,095 words, of which the one of
 * rank r stands there about as often as 1 / r (G. K. Zipf's law, in steps of powers of two), with commas,
 * full stops and lines.
 */
#ifndef MADE_TEXT_H
#define MADE_TEXT_H
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "kernel.h"
#include "splitmix64.h"

/* MADE_TEXT_GRAIN is what is handed to a library at once: well below a millisecond of work for most
 * CPUs. Whoever includes this says it. */
#define MADE_TEXT_UNIT (UINT64_C(1) << 20)
/* Of a worker's memory 4 parts of 9 are text, and the rest is more than its compressed form can take. */
#define MADE_TEXT_PARTS 9u
#define MADE_TEXT_OF_PARTS 4u
#define MADE_TEXT_MEMORY ((size_t)MADE_TEXT_PARTS << 20)
#define MADE_TEXT_LEAST_MEMORY ((size_t)MADE_TEXT_PARTS * MADE_TEXT_GRAIN)

#define MADE_TEXT_RANK_BITS 12u
#define MADE_TEXT_WORDS ((1u << MADE_TEXT_RANK_BITS) - 1)
#define MADE_TEXT_LONGEST 12u
#define MADE_TEXT_LINE 72u

struct made_words {
    unsigned char lengths[MADE_TEXT_WORDS];
    char letters[MADE_TEXT_WORDS][MADE_TEXT_LONGEST];
};

/* One of some letters, those at the front more often. */
static inline char made_text_letter(const char *letters, uint64_t count, uint64_t random)
{
    return letters[(random & 0xff) * (random >> 8 & 0xff) * count >> 16];
}

/* The words: consonants and vowels in turns, the more frequent the shorter. */
static inline void made_text_words(struct made_words *words, uint64_t *seed)
{
    unsigned bits, rank = 0, letter;

    for (bits = 0; bits < MADE_TEXT_RANK_BITS; bits++) {
        for (; rank + 1 < 2u << bits; rank++) {
            uint64_t random = splitmix64(seed);

            words->lengths[rank] = (unsigned char)(2 + bits / 2 + random % 4);
            for (letter = 0; letter < words->lengths[rank]; letter++) {
                random = splitmix64(seed);
                words->letters[rank][letter] =
                    (random >> 16 & 1) == (letter & 1)
                        ? made_text_letter("tnshrdlcmwfgypbvkjxqz", 21, random)
                        : made_text_letter("eaoiu", 5, random);
            }
        }
    }
}

/* Fill `bytes` with it; the last word is cut off. */
static inline void made_text_write(char *text, size_t bytes, struct made_words *words)
{
    uint64_t seed = 0;
    size_t place = 0, line = 0;
    int capital = 1;

    made_text_words(words, &seed);
    while (place < bytes) {
        uint64_t random = splitmix64(&seed);
        unsigned bits = (unsigned)(random % MADE_TEXT_RANK_BITS);
        unsigned rank = (1u << bits) - 1 + (unsigned)(random >> 32 & ((1u << bits) - 1));
        size_t length = words->lengths[rank];
        char word[MADE_TEXT_LONGEST + 2];

        memcpy(word, words->letters[rank], length);
        if (capital)
            word[0] = (char)(word[0] - 'a' + 'A');
        capital = (random >> 8 & 15) == 0;
        if (capital)
            word[length++] = '.';
        else if ((random >> 8 & 15) == 1)
            word[length++] = ',';
        if (place - line + length > MADE_TEXT_LINE) {
            word[length++] = '\n';
            line = place + length;
        } else {
            word[length++] = ' ';
        }
        if (length > bytes - place)
            length = bytes - place;
        memcpy(text + place, word, length);
        place += length;
    }
}

/* How long the text is in a worker's memory: whole grains. */
static inline size_t made_text_bytes(const struct burn_state *state)
{
    return state->bytes / MADE_TEXT_PARTS * MADE_TEXT_OF_PARTS / MADE_TEXT_GRAIN * MADE_TEXT_GRAIN;
}

/* Write the text to the start of a worker's memory, and touch the rest; 0: there is not enough. */
static inline int made_text_fill(struct burn_state *state)
{
    struct made_words *words = malloc(sizeof(*words));
    size_t bytes = made_text_bytes(state);

    if (!words)
        return 0;
    made_text_write(state->memory, bytes, words);
    memset((char *)state->memory + bytes, 0, state->bytes - bytes);
    free(words);
    return 1;
}

/* The sum of a grain's 64-bit words, little-endian, modulo 2^64. */
static inline uint64_t made_text_sum(const char *grain)
{
    uint64_t sum = 0, word;
    unsigned i;

    for (i = 0; i < MADE_TEXT_GRAIN; i += sizeof(word)) {
        memcpy(&word, grain + i, sizeof(word));
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
        word = __builtin_bswap64(word);
#endif
        sum += word;
    }
    return sum;
}

#endif
