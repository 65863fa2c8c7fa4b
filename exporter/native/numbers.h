#include <stddef.h>
#include <stdint.h>

/* One word of a text, as it must be there again: what stands before it, and what it is.
   It begins with `length` bytes of the words at `offset`, and then comes: */
enum { WORD = 0,     /* nothing more */
       NUMBER = 1,   /* an unsigned decimal number, to be handed over times `factor` */
       SIGNED = 2,   /* a decimal number that may be negative, to be handed over as it is */
       AGAIN = 3,    /* no word: the last number once more, times another factor */
       ANY = 4,      /* a number of any kind, that nobody wants */
       REST = 5 };   /* the rest of the line, whatever it is */

struct word {
    uint32_t offset;
    uint32_t length;
    uint32_t lines;  /* how many lines end between the word before and this one */
    uint32_t kind;
    uint64_t factor;
};

/* Writes the wanted numbers of a text to `out`, each with a newline behind it.
   `out` has room for 21 bytes a number. Returns the number of bytes written, or -1 when the text's
   words are not these, or a number is none, is longer than 20 digits, or is too large for its
   factor. */
int64_t numbers_of(const struct word *words, size_t count, const char *spelled, const char *text,
                   size_t length, char *out);
