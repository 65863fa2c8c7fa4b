/* refresh() and write_steady() under libFuzzer: a file with any text, then with any other one. */
#define _GNU_SOURCE
#include "numbers.h"
#include "checks.h"
#include "steady.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { MOST_WORDS = 8, SPELLED = 16, LONGEST_LINE = 21, BYTES_A_WORD = 3, VALUES = 4, TEXT = 9 };

static const uint64_t FACTORS[] = {1, 2, 1024, UINT64_MAX};

static int32_t file_of(const uint8_t *text, size_t length)
{
    static int descriptor = -1;
    if (descriptor < 0)
        descriptor = memfd_create("fuzzed", MFD_CLOEXEC);
    if (descriptor < 0 || ftruncate(descriptor, 0) || pwrite(descriptor, text, length, 0) != (ssize_t)length)
        abort();
    return descriptor;
}

static uint32_t wanted_in(const struct word *words, size_t count)
{
    uint32_t wanted = 0;
    for (size_t i = 0; i < count; i++)
        wanted += words[i].kind == NUMBER || words[i].kind == SIGNED || words[i].kind == AGAIN ||
                  words[i].kind == HEX;
    return wanted;
}

static void *room_for(size_t size)
{
    return memset(malloc(size ? size : 1), 0, size ? size : 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t head = 3, count = size > head ? data[0] % (MOST_WORDS + 1) : 0;
    if (size < head + count * BYTES_A_WORD + SPELLED)
        return 0;
    const uint8_t *at = data + head;
    struct word *words = room_for(count * sizeof *words);
    for (size_t i = 0; i < count; i++, at += BYTES_A_WORD) {
        uint32_t offset = at[0] % SPELLED, length = at[1] % (SPELLED - offset + 1);
        words[i] = (struct word){offset, length, at[2] / 64, at[2] % (ANY_HEX + 1), FACTORS[at[0] / 64]};
    }
    char *spelled = memcpy(room_for(SPELLED), at, SPELLED);
    at += SPELLED;
    size_t rest = size - (size_t)(at - data), first = rest ? data[1] % (rest + 1) : 0;
    uint32_t wanted = wanted_in(words, count);
    size_t values = wanted ? VALUES : 0;
    struct pick *picks = room_for(values * sizeof *picks);
    uint32_t *picked = room_for(2 * values * sizeof *picked);
    for (uint32_t i = 0; i < values; i++) {
        picks[i] = (struct pick){2 * i, 1 + (data[2] >> i) % 2, i == 3 ? data[1] : 0};
        picked[2 * i] = i % wanted;
        picked[2 * i + 1] = (i + 1) % wanted;
    }
    struct kept_file kept = {file_of(at, first), 1 + data[0], data[2] % 2 ? data[1] : -1};
    struct kept_file *files[] = {&kept, &kept};
    struct steady_part parts[] = {
        {files, 1 + data[2] / 128, NULL, 0, words, count, spelled, room_for(wanted * sizeof(struct number)),
         wanted, picks, picked, values, data[2] / 64 % 2},
        {files, data[2] / 32 % 2, spelled, data[2] / 32 % 2 ? first % SPELLED : 0, NULL, 0, NULL, NULL, 0,
         NULL, NULL, 1, 1},
    };
    size_t room = LONGEST_LINE * (values + 1);
    char *seen = room_for(room);
    for (size_t i = 0; i <= values; i++)
        memcpy(seen + 2 * i, "0\n", 2);
    uint32_t *ends = room_for((values + 2) * sizeof *ends);
    for (uint32_t i = 0; i < values + 2; i++)
        ends[i] = i < TEXT ? i : TEXT;
    struct steady_collector one = {.parts = parts, .part_count = 2, .written = {seen, room_for(room)},
        .lengths = {2 * (values + 1), 0}, .room = room, .text = "page text", .ends = ends,
        .value_count = values + 1, .until = INT64_MAX, .wanted = 1};
    struct steady_collector *collectors[] = {&one};
    size_t scratch = 1 + data[1], found = LONGEST_LINE * wanted;
    struct steady_plan plan = {collectors, 1, room_for(scratch), scratch, room_for(found), found, 0};
    for (int round = 0; round < 2; round++) {
        refresh(&plan);
        size_t page_room = TEXT + data[1];
        char *page = room_for(page_room);
        int64_t written = write_steady(&one, page, page_room);
        if (plan.at != 1 || one.lengths[one.now] > room || written < -1 || written > (int64_t)page_room ||
            (one.outcome == WELL && one.written[one.now][one.lengths[one.now] - 1] != '\n'))
            abort();
        free(page);
        file_of(at + first, rest - first);
    }
    free(words), free(spelled), free(picks), free(picked), free(parts[0].numbers), free(ends);
    free(one.written[0]), free(one.written[1]), free(plan.scratch), free(plan.found);
    return 0;
}
