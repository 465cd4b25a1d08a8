/* Of docs/how-to/shut-down.md: an event loop closes its runtime without ever blocking in it. */
#include <coord/coord.h>

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>

enum { TOKEN_GET = 1, TOKEN_LOAD, TOKEN_CLOSE };

static void must(coord_status status, coord_error** err) {
    if (status == COORD_OK) return;
    fprintf(stderr, "%s: %s\n", coord_status_name(status), coord_error_message(*err));
    exit(1);
}

int main(void) {
    coord_error* err = NULL;
    coord_runtime* runtime = NULL;
    coord_queue* queue = NULL;
    coord_group* group = NULL;
    must(coord_runtime_new(NULL, &runtime, &err), &err);
    must(coord_queue_new(runtime, &queue, &err), &err);
    coord_group_options options = {.size = sizeof options};
    options.requests = queue;
    options.requests_token = TOKEN_LOAD;
    must(coord_group_new(runtime, "work", COORD_NUL, &options, &group, &err), &err);
    must(coord_group_get_start(group, "key", COORD_NUL, NULL, queue, TOKEN_GET, NULL, &err), &err);

    /* [close] */
    coord_call_options at_once = {.size = sizeof at_once, .timeout_ns = COORD_OFF};
    must(coord_runtime_close_start(runtime, &at_once, queue, TOKEN_CLOSE, NULL, &err), &err);

    struct pollfd fds[] = {{.fd = coord_queue_fd(queue), .events = POLLIN}};
    coord_request* kept = NULL;
    for (int closed = 0; !closed;) {
        poll(fds, 1, -1);
        coord_event event;
        size_t count = 0;
        must(coord_queue_drain(queue, &event, 1, &count, &err), &err);
        if (count == 0) continue;
        if (event.kind == COORD_EVENT_REQUEST) { /* a load that nobody will end in time */
            kept = event.value;
            event.value = NULL;
        } else {
            printf("%s: %s\n",
                   event.token == TOKEN_GET ? "get" : "close",
                   coord_status_name(event.status));
        }
        closed = event.token == TOKEN_CLOSE;
        coord_event_clear(&event);
    }
    coord_request_free(kept); /* its answer would be refused by now */
    coord_queue_free(queue);
    coord_group_free(group);
    coord_runtime_free(runtime);
    /* [end] */
}
