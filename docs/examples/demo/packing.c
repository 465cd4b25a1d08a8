/* zlib at its best level, with one set of inner parameters after the other. */
#include "packing.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <zlib.h>

/* So much between two looks at *stop: a few milliseconds. */
enum { STEP = 64 * 1024 };

enum { TRIED_WAYS = 2 };

/* Gives the packed size, 0 when stopped or out of memory. */
static size_t pack_one_way(const unsigned char* content,
                           size_t size,
                           unsigned way,
                           const atomic_bool* stop,
                           unsigned char* out,
                           size_t room) {
    z_stream stream = {0};
    const int memory = 9 - (int)(way / 2 % 9);
    const int strategy = way % 2 == 0 ? Z_DEFAULT_STRATEGY : Z_FILTERED;
    const int window = 15 - (int)(way / 18 % 3);
    if (deflateInit2(&stream, 9, Z_DEFLATED, window, memory, strategy) != Z_OK) return 0;
    stream.next_out = out;
    stream.avail_out = (uInt)room;
    int status = Z_OK;
    for (size_t done = 0; status == Z_OK && !atomic_load(stop);) {
        const size_t step = size - done < STEP ? size - done : STEP;
        stream.next_in = (Bytef*)(uintptr_t)(content + done);
        stream.avail_in = (uInt)step;
        done += step;
        status = deflate(&stream, done == size ? Z_FINISH : Z_NO_FLUSH);
    }
    const size_t packed = room - stream.avail_out;
    deflateEnd(&stream);
    return status == Z_STREAM_END ? packed : 0;
}

unsigned char* pack(const unsigned char* content,
                    size_t size,
                    unsigned ways,
                    const atomic_bool* stop,
                    size_t* value_size) {
    const size_t room = size + size / 8 + 1024;
    unsigned char* best = malloc(sizeof(packed_header) + room);
    unsigned char* next = malloc(sizeof(packed_header) + room);
    size_t smallest = SIZE_MAX;
    for (unsigned way = 0; way < ways && best != NULL && next != NULL; way++) {
        const size_t packed =
            pack_one_way(content, size, way, stop, next + sizeof(packed_header), room);
        if (atomic_load(stop)) {
            smallest = SIZE_MAX;
            break;
        }
        if (packed == 0 || packed >= smallest) continue;
        unsigned char* const former = best;
        best = next;
        next = former;
        smallest = packed;
    }
    free(next);
    if (smallest == SIZE_MAX) {
        free(best);
        return NULL;
    }
    const packed_header header = {
        .size = size,
        .crc = (uint32_t)crc32(0, content, (uInt)size),
        .packed_crc = (uint32_t)crc32(0, best + sizeof(packed_header), (uInt)smallest)};
    memcpy(best, &header, sizeof header);
    *value_size = sizeof header + smallest;
    return best;
}

bool packed_is_of(const unsigned char* value, size_t value_size, const demo_file* file) {
    packed_header header;
    if (value_size <= sizeof header) return false;
    memcpy(&header, value, sizeof header);
    return header.size == file->size && header.crc == file->crc &&
           header.packed_crc == crc32(0, value + sizeof header, (uInt)(value_size - sizeof header));
}

bool unpacks_to(const unsigned char* value, size_t value_size, const demo_file* file) {
    if (!packed_is_of(value, value_size, file)) return false;
    unsigned char* content = malloc(file->size);
    uLongf size = file->size;
    const bool same = content != NULL &&
                      uncompress(content,
                                 &size,
                                 value + sizeof(packed_header),
                                 (uLong)(value_size - sizeof(packed_header))) == Z_OK &&
                      size == file->size && crc32(0, content, (uInt)size) == file->crc;
    free(content);
    return same;
}

static double seconds_now(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

unsigned ways_for(const demo_files* files, double seconds) {
    const atomic_bool never = false;
    uint64_t tried_bytes = 0;
    const double begin = seconds_now();
    for (size_t i = files->count / 2 % 6; i < files->count; i += 6) {
        size_t size;
        size_t value_size;
        unsigned char* content = files_read(files->items[i].path, &size);
        if (content == NULL) continue;
        free(pack(content, size, TRIED_WAYS, &never, &value_size));
        free(content);
        tried_bytes += size;
    }
    if (tried_bytes == 0) return 1;
    const double one_way =
        (seconds_now() - begin) / TRIED_WAYS * (double)files->bytes / (double)tried_bytes;
    const double ways = one_way > 0 ? seconds / one_way : MAX_WAYS;
    return ways < 1 ? 1 : ways > MAX_WAYS ? MAX_WAYS : (unsigned)ways;
}
