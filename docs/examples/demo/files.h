/* The input of the demo: real files of this machine, the same ones each time it runs. */
#ifndef DEMO_FILES_H
#define DEMO_FILES_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

typedef struct demo_file {
    char* path;
    size_t size;
    uint32_t crc;
    atomic_uint loads; /* how often the loader computed it */
} demo_file;

typedef struct demo_files {
    demo_file* items; /* sorted by path */
    size_t count;
    uint64_t bytes;
} demo_files;

/* Chooses at most `wanted` readable files, of 50 KB to `max_size` if there are enough of them, and
 * reads each once for its checksum. Gives 0, or -1 when there are none or memory is short. */
int files_choose(demo_files* files, size_t wanted, size_t max_size);
void files_free(demo_files* files);

demo_file* files_find(const demo_files* files, const char* path);

/* Gives the whole file, to be freed; NULL with errno set. */
unsigned char* files_read(const char* path, size_t* size);

#endif
