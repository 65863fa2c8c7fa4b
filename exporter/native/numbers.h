#include <stddef.h>
#include <stdint.h>

/* One word of a text, as it must be there again: what stands before it, and what it is.
   It begins with `length` bytes of the words at `offset`, and then comes: */
enum { WORD = 0,     /* nothing more */
       NUMBER = 1,   /* an unsigned decimal number, to be handed over times `factor` */
       SIGNED = 2,   /* a decimal number that may be negative, to be handed over as it is */
       AGAIN = 3,    /* no word: the last decimal number once more, times another factor */
       ANY = 4,      /* a number of any kind, that nobody wants */
       REST = 5,     /* the rest of the line, whatever it is */
       HEX = 6,      /* a hexadecimal number, to be handed over as a decimal one times `factor` */
       ANY_HEX = 7 }; /* a hexadecimal number, that nobody wants */

struct word {
    uint32_t offset;
    uint32_t length;
    uint32_t lines;  /* how many lines end between the word before and this one */
    uint32_t kind;
    uint64_t factor;
};

/* Writes the wanted numbers of a text to `out`, each with a newline behind it.
   `out` has room for 21 bytes a number. Returns the number of bytes written, or -1 when the text's
   words are not these, or a number is none, is longer than 20 digits (16 hexadecimal ones), or is
   too large for its factor. */
int64_t numbers_of(const struct word *words, size_t count, const char *spelled, const char *text,
                   size_t length, char *out);

/* Compares two lists of unsigned decimal numbers, each number with a newline behind it.
   Returns the index of the first number of `now` that is below its counterpart in `before`, -1 when
   there is none, and -2 when one of them is no such list, or they are not of the same length. */
int64_t first_fallen(const char *before, size_t before_length, const char *now, size_t now_length);
