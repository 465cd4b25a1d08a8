/* Looks for the demo's input in the places where every Debian has programs and libraries. */
#include "files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

enum { ROOM_FOR_FOUND = 20000 };

typedef struct found_file {
    char* path;
    size_t size;
} found_file;

struct search {
    found_file* found;
    size_t count;
    size_t max_size;
};

static void add(struct search* search, const char* path, const struct stat* what) {
    if (!S_ISREG(what->st_mode) || what->st_size == 0) return;
    const size_t size = (size_t)what->st_size;
    if (size > search->max_size || search->count == ROOM_FOR_FOUND) return;
    if (access(path, R_OK) != 0) return;
    char* copy = strdup(path);
    if (copy != NULL) search->found[search->count++] = (found_file){copy, size};
}

static void look_into(struct search* search, const char* directory, int depth) {
    DIR* entries = opendir(directory);
    if (entries == NULL) return;
    for (struct dirent* entry; (entry = readdir(entries)) != NULL;) {
        if (entry->d_name[0] == '.') continue;
        char path[4096];
        const int n = snprintf(path, sizeof path, "%s/%s", directory, entry->d_name);
        struct stat what;
        if (n < 0 || (size_t)n >= sizeof path || lstat(path, &what) != 0) continue;
        if (S_ISDIR(what.st_mode) && depth > 0) look_into(search, path, depth - 1);
        add(search, path, &what);
    }
    closedir(entries);
}

static int by_path(const void* a, const void* b) {
    return strcmp(((const found_file*)a)->path, ((const found_file*)b)->path);
}

/* Evenly spread over the sorted list, so that libraries, programs and texts are all among them. */
static void take(demo_files* files, const struct search* search, size_t min_size, size_t wanted) {
    size_t fitting = 0;
    for (size_t i = 0; i < search->count; i++) fitting += search->found[i].size >= min_size;
    const size_t count = fitting < wanted ? fitting : wanted;
    size_t seen = 0;
    for (size_t i = 0; i < search->count && files->count < count; i++) {
        if (search->found[i].size < min_size) continue;
        if (seen++ * count / fitting < files->count) continue;
        size_t size;
        unsigned char* content = files_read(search->found[i].path, &size);
        char* path = content != NULL ? strdup(search->found[i].path) : NULL;
        if (path != NULL) {
            demo_file* file = &files->items[files->count++];
            file->path = path;
            file->size = size;
            file->crc = (uint32_t)crc32(0, content, (uInt)size);
            atomic_init(&file->loads, 0);
            files->bytes += size;
        }
        free(content);
    }
}

int files_choose(demo_files* files, size_t wanted, size_t max_size) {
    static const size_t smallest[] = {50 * 1000, 4 * 1000, 1};
    struct search search = {.max_size = max_size};
    search.found = calloc(ROOM_FOR_FOUND, sizeof *search.found);
    *files = (demo_files){.items = calloc(wanted, sizeof *files->items)};
    if (search.found != NULL && files->items != NULL) {
        look_into(&search, "/usr/bin", 0);
        look_into(&search, "/usr/lib", 1);
        look_into(&search, "/usr/share", 1);
        look_into(&search, "/etc", 1);
        qsort(search.found, search.count, sizeof *search.found, by_path);
        for (size_t i = 0; i < 3 && files->count < wanted; i++) {
            for (size_t k = 0; k < files->count; k++) free(files->items[k].path);
            files->count = 0;
            files->bytes = 0;
            take(files, &search, smallest[i], wanted);
        }
    }
    for (size_t i = 0; i < search.count; i++) free(search.found[i].path);
    free(search.found);
    if (files->count > 0) return 0;
    files_free(files);
    return -1;
}

void files_free(demo_files* files) {
    for (size_t i = 0; i < files->count; i++) free(files->items[i].path);
    free(files->items);
    *files = (demo_files){0};
}

demo_file* files_find(const demo_files* files, const char* path) {
    size_t low = 0;
    size_t high = files->count;
    while (low < high) {
        const size_t middle = (low + high) / 2;
        const int order = strcmp(path, files->items[middle].path);
        if (order == 0) return &files->items[middle];
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}

unsigned char* files_read(const char* path, size_t* size) {
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return NULL;
    struct stat what;
    unsigned char* content = NULL;
    *size = 0;
    if (fstat(fd, &what) == 0 && what.st_size >= 0 &&
        (content = malloc((size_t)what.st_size + 1)) != NULL) {
        ssize_t n;
        while (*size < (size_t)what.st_size &&
               ((n = read(fd, content + *size, (size_t)what.st_size - *size)) > 0 ||
                (n < 0 && errno == EINTR)))
            if (n > 0) *size += (size_t)n;
        if (*size < (size_t)what.st_size) {
            free(content);
            content = NULL;
            errno = EIO;
        }
    }
    close(fd);
    return content;
}
