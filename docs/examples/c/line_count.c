/* The program of docs/tutorial/first-cache.md: how many lines a file has, counted once per file. */
/* [loader] */
#define _POSIX_C_SOURCE 200809L /* mkstemp */
#include <coord/coord.h>

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static void count_lines(void* user, coord_request* request) {
    (void)user;
    FILE* file = fopen(coord_request_key(request, 0, NULL), "r");
    if (file == NULL) {
        coord_request_fail(request, COORD_NOT_FOUND, "no such file", COORD_NUL);
        return;
    }
    long lines = 0;
    for (int c; (c = getc(file)) != EOF;) lines += c == '\n';
    fclose(file);
    char text[32];
    int size = snprintf(text, sizeof text, "%ld", lines);
    coord_request_succeed(request, text, (size_t)size, NULL);
}
/* [end] */

/* [must] */
static void must(coord_status status, coord_error** err) {
    if (status == COORD_OK) return;
    fprintf(stderr, "%s: %s\n", coord_status_name(status), coord_error_message(*err));
    exit(1);
}
/* [end] */

/* [ask] */
static void ask(coord_group* lines, const char* path, const char* remark) {
    coord_error* err = NULL;
    coord_bytes* value = NULL;
    must(coord_group_get(lines, path, COORD_NUL, NULL, &value, &err), &err);
    size_t size = 0;
    const char* text = coord_bytes_data(value, &size);
    printf("%.*s lines, %s\n", (int)size, text, remark);
    coord_bytes_free(value);
}
/* [end] */

/* [thread] */
struct question {
    coord_group* lines;
    const char* path;
};

static void* ask_quietly(void* argument) {
    const struct question* mine = argument;
    coord_bytes* value = NULL;
    coord_error* err = NULL;
    must(coord_group_get(mine->lines, mine->path, COORD_NUL, NULL, &value, &err), &err);
    coord_bytes_free(value);
    return NULL;
}
/* [end] */

/* [file] */
static void append_line(const char* path) {
    FILE* file = fopen(path, "a");
    if (file == NULL || fputs("a line\n", file) == EOF || fclose(file) != 0) {
        perror(path);
        exit(1);
    }
}

int main(void) {
    char path[] = "/tmp/line_count-XXXXXX";
    close(mkstemp(path));
    for (int i = 0; i < 3; i++) append_line(path);
    /* [end] */

    /* [make] */
    coord_error* err = NULL;
    coord_group* lines = NULL;
    coord_group_options options = {.size = sizeof options};
    options.load = count_lines;
    options.max_bytes = 1 << 20;
    options.ttl_ns = 5 * COORD_MINUTE;
    coord_runtime* runtime = coord_runtime_default();
    must(coord_group_new(runtime, "lines", COORD_NUL, &options, &lines, &err), &err);
    ask(lines, path, "counted");
    ask(lines, path, "from memory");
    /* [end] */

    /* [remove] */
    append_line(path);
    ask(lines, path, "from memory still");
    must(coord_group_remove(lines, path, COORD_NUL, NULL, &err), &err);
    ask(lines, path, "counted again");
    /* [end] */

    /* [together] */
    must(coord_group_remove(lines, path, COORD_NUL, NULL, &err), &err);
    coord_group_stats before = {.size = sizeof before};
    must(coord_group_stats_read(lines, &before, &err), &err);

    pthread_t threads[8];
    struct question same = {lines, path};
    for (int i = 0; i < 8; i++) pthread_create(&threads[i], NULL, ask_quietly, &same);
    for (int i = 0; i < 8; i++) pthread_join(threads[i], NULL);

    coord_group_stats after = {.size = sizeof after};
    must(coord_group_stats_read(lines, &after, &err), &err);
    printf("%d threads, %d load\n",
           (int)(after.gets - before.gets),
           (int)(after.local_loads - before.local_loads));
    /* [end] */

    /* [failure] */
    remove(path); /* the file */
    must(coord_group_remove(lines, path, COORD_NUL, NULL, &err), &err);
    coord_bytes* value = NULL;
    coord_status status = coord_group_get(lines, path, COORD_NUL, NULL, &value, &err);
    printf("%s: %s\n", coord_status_name(status), coord_error_message(err));
    coord_error_free(err);

    coord_group_free(lines);
}
/* [end] */
