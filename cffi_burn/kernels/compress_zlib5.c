/*
 * compress_zlib5: zlib at level 5 over a made text of 4 MiB (made_text.h), one gzip member a pass, in one
 * stream that is never flushed within it: 8 KiB are handed over a grain, and deflate works on what it
 * has. The checksum adds up what the library says after each grain: the CRC-32 of the pass so far. The
 * member stands behind the text.
 */
#include <errno.h>
#include <stdlib.h>
#include <zlib.h>

#define MADE_TEXT_GRAIN 8192u
#include "kernel.h"
#include "made_text.h"

#define LEVEL 5
/* The largest window, and 16 for gzip's head and tail (zlib.h). */
#define GZIP_WINDOW_BITS (15 + 16)
#define USUAL_MEMORY 8

static void prepare(struct burn_state *state)
{
    z_stream *stream = calloc(1, sizeof(*stream));

    if (!stream || !made_text_fill(state) ||
        deflateInit2(stream, LEVEL, Z_DEFLATED, GZIP_WINDOW_BITS, USUAL_MEMORY,
                     Z_DEFAULT_STRATEGY) != Z_OK) {
        free(stream);
        state->error = ENOMEM;
        return;
    }
    state->own = stream;
}

static void finish(struct burn_state *state)
{
    if (state->own)
        deflateEnd(state->own);
    free(state->own);
}

/* A call that fails adds nothing, and so leaves a checksum that is wrong. */
static uint64_t grain(struct burn_state *state, size_t start, size_t text_bytes)
{
    z_stream *stream = state->own;
    unsigned char *text = state->memory;
    int last = start + MADE_TEXT_GRAIN == text_bytes;

    if (start == 0) {
        deflateReset(stream);
        stream->next_out = text + text_bytes;
        stream->avail_out = (uInt)(state->bytes - text_bytes);
    }
    stream->next_in = text + start;
    stream->avail_in = MADE_TEXT_GRAIN;
    if (deflate(stream, last ? Z_FINISH : Z_NO_FLUSH) != (last ? Z_STREAM_END : Z_OK))
        return 0;
    return stream->adler;
}

static void run(struct burn_state *state, uint64_t grains)
{
    size_t text_bytes = made_text_bytes(state);

    for (; grains; grains--, state->position++)
        state->checksum +=
            grain(state, state->position * MADE_TEXT_GRAIN % text_bytes, text_bytes);
}

static const struct burn_variant variants[] = {
    {"library", NULL, run},
    {NULL, NULL, NULL},
};

const struct burn_kernel burn_compress_zlib5 = {
    .name = "compress_zlib5",
    .version = "1",
    .unit = "1 MiB of a made text, compressed by zlib at level 5 in one stream",
    .bytes_per_unit = MADE_TEXT_UNIT,
    .grains_per_unit = MADE_TEXT_UNIT / MADE_TEXT_GRAIN,
    .memory_bytes = MADE_TEXT_MEMORY,
    .least_bytes = MADE_TEXT_LEAST_MEMORY,
    .library = "zlib",
    .library_version = zlibVersion,
    .prepare = prepare,
    .finish = finish,
    .variants = variants,
};
