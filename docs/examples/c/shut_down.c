/* Of docs/how-to/shut-down.md: a program whose threads block in libcoord closes its runtime. */
#include <coord/coord.h>

#include <stdio.h>
#include <stdlib.h>

static void must(coord_status status, coord_error** err) {
    if (status == COORD_OK) return;
    fprintf(stderr, "%s: %s\n", coord_status_name(status), coord_error_message(*err));
    exit(1);
}

/* [loader] */
static void load(void* user, coord_request* request) {
    (void)user;
    coord_context* context = coord_request_context(request);
    for (int step = 0; step < 1000; step++) {
        if (coord_context_is_cancelled(context)) {
            coord_request_fail(request, COORD_CANCELLED, "stopped half-way", COORD_NUL);
            return;
        }
        /* a thousandth of the work */
    }
    coord_request_succeed(request, "done", 4, NULL);
}
/* [end] */

int main(void) {
    coord_error* err = NULL;
    coord_runtime* runtime = NULL;
    coord_group* group = NULL;
    coord_bytes* value = NULL;
    coord_group_options options = {.size = sizeof options, .load = load};
    must(coord_runtime_new(NULL, &runtime, &err), &err);
    must(coord_group_new(runtime, "work", COORD_NUL, &options, &group, &err), &err);
    must(coord_group_get(group, "key", COORD_NUL, NULL, &value, &err), &err);

    /* [close] */
    coord_call_options soon = {.size = sizeof soon, .timeout_ns = 5 * COORD_SECOND};
    coord_status status = coord_runtime_close(runtime, &soon, &err);
    printf("closed: %s\n", coord_status_name(status));
    coord_error_free(err);

    coord_runtime_free(runtime); /* in any order */
    coord_group_free(group);
    coord_bytes_free(value); /* values outlive everything */
    /* [end] */
}
