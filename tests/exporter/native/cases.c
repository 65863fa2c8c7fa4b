/* Reads cases from standard input, gives each to numbers_of(), and writes what came of it.

   A case is four blocks, each behind its length: the words, the text that they are spelled in, the
   text of now, and nothing, whose length is that of the output. Every block has memory of its own
   that ends with it, so that a sanitizer sees each byte read or written beyond. */
#include "numbers.h"

#include <stdio.h>
#include <stdlib.h>

struct block {
    char *bytes;
    uint32_t length;
};

static struct block make_block(uint32_t length)
{
    struct block block = {malloc(length), length};
    if (!block.bytes && length)
        abort();
    return block;
}

static struct block read_block(void)
{
    uint32_t length;
    if (fread(&length, sizeof length, 1, stdin) != 1)
        exit(0);
    struct block block = make_block(length);
    if (fread(block.bytes, 1, length, stdin) != length)
        abort();
    return block;
}

int main(void)
{
    for (;;) {
        struct block words = read_block(), spelled = read_block(), text = read_block();
        uint32_t room;
        if (fread(&room, sizeof room, 1, stdin) != 1)
            abort();
        struct block out = make_block(room);
        int64_t written =
            numbers_of((const struct word *)(void *)words.bytes,
                       words.length / sizeof(struct word), spelled.bytes, text.bytes, text.length,
                       out.bytes);
        fwrite(&written, sizeof written, 1, stdout);
        if (written > 0)
            fwrite(out.bytes, 1, (size_t)written, stdout);
        free(words.bytes);
        free(spelled.bytes);
        free(text.bytes);
        free(out.bytes);
    }
}
