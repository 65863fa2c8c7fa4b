/*
 * compress_zstd7: zstd at level 7 over a made text of 4 MiB (made_text.h), one frame a pass, in one stream
 * as `zstd -b7` has it, but flushed after every grain of 16 KiB, so that no grain has the work of others:
 * blocks end there, the window does not. The text stays where it is, so that the library needs no copy
 * of it, as when it gets all at once. The checksum adds up, for each grain that the library has
 * taken and written, its 64-bit words (little-endian) and how many bytes it took. The frame stands
 * behind the text.
 */
/* For ZSTD_c_stableInBuffer. */
#define ZSTD_STATIC_LINKING_ONLY
#include <errno.h>
#include <zstd.h>

#define MADE_TEXT_GRAIN 16384u
#include "kernel.h"
#include "made_text.h"

#define LEVEL 7

static void prepare(struct burn_state *state)
{
    ZSTD_CCtx *stream = ZSTD_createCCtx();

    state->own = stream;
    state->error = stream && made_text_fill(state) ? 0 : ENOMEM;
    if (!state->error &&
        (ZSTD_isError(ZSTD_CCtx_setParameter(stream, ZSTD_c_compressionLevel, LEVEL)) ||
         ZSTD_isError(ZSTD_CCtx_setParameter(stream, ZSTD_c_stableInBuffer, 1))))
        state->error = ENOTSUP;
}

static void finish(struct burn_state *state)
{
    ZSTD_freeCCtx(state->own);
}

/* A call that fails adds nothing, and so leaves a checksum that is wrong. */
static uint64_t grain(struct burn_state *state, size_t start, size_t text_bytes)
{
    ZSTD_CCtx *stream = state->own;
    char *text = state->memory;
    ZSTD_inBuffer in = {text, start + MADE_TEXT_GRAIN, start};
    ZSTD_outBuffer out = {text + text_bytes, state->bytes - text_bytes, state->cursor};
    int last = start + MADE_TEXT_GRAIN == text_bytes;

    if (start == 0) {
        out.pos = 0;
        ZSTD_CCtx_reset(stream, ZSTD_reset_session_only);
        ZSTD_CCtx_setPledgedSrcSize(stream, text_bytes);
    }
    if (ZSTD_compressStream2(stream, &out, &in, last ? ZSTD_e_end : ZSTD_e_flush))
        return 0;
    state->cursor = out.pos;
    return made_text_sum(text + start) + in.pos - start;
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

const struct burn_kernel burn_compress_zstd7 = {
    .name = "compress_zstd7",
    .version = "1",
    .unit = "1 MiB of a made text, compressed by zstd at level 7 in one stream, flushed every 16 KiB",
    .bytes_per_unit = MADE_TEXT_UNIT,
    .grains_per_unit = MADE_TEXT_UNIT / MADE_TEXT_GRAIN,
    .memory_bytes = MADE_TEXT_MEMORY,
    .least_bytes = MADE_TEXT_LEAST_MEMORY,
    .library = "zstd",
    .library_version = ZSTD_versionString,
    .prepare = prepare,
    .finish = finish,
    .variants = variants,
};
