/* Of docs/how-to/find-what-hangs.md: a loader that forgets its requests, and what a dump says. */
#include "example.h"

/* [loader] */
static coord_request* forgotten;

static void load(void* user, coord_request* request) {
    (void)user;
    forgotten = request; /* for a thread that was never started */
}
/* [end] */

int main(void) {
    coord_error* err = NULL;
    coord_runtime* runtime = NULL;
    coord_queue* queue = NULL;
    coord_group* group = NULL;
    coord_group_options options = {.size = sizeof options, .load = load};
    must(coord_runtime_new(NULL, &runtime, &err), &err);
    must(coord_queue_new(runtime, &queue, &err), &err);
    must(coord_group_new(runtime, "thumbs", COORD_NUL, &options, &group, &err), &err);

    /* The first get runs the loader here, and finds at its deadline that nobody will answer. */
    coord_bytes* value = NULL;
    coord_call_options soon = {.size = sizeof soon, .timeout_ns = 50 * COORD_MILLISECOND};
    coord_status status = coord_group_get(group, "cat.jpg", COORD_NUL, &soon, &value, &err);
    printf("get: %s\n", coord_status_name(status));
    coord_error_free(err);
    err = NULL;
    must(coord_group_get_start(group, "cat.jpg", COORD_NUL, NULL, queue, 1, NULL, &err), &err);

    /* [dump] */
    coord_bytes* text = NULL;
    if (coord_runtime_dump(runtime, &text, NULL) == COORD_OK) {
        size_t len;
        const char* lines = coord_bytes_data(text, &len);
        fwrite(lines, 1, len, stdout);
        coord_bytes_free(text);
    }
    /* [end] */

    coord_request_free(forgotten); /* ends it as abandoned */
    coord_group_free(group);
    coord_queue_free(queue);
    coord_runtime_free(runtime);
}
