/* No callbacks and no second thread of yours: loads and answers arrive in one poll loop. */
#include <poll.h>

#include "example.h"

enum { TOKEN_LOADS = 1, TOKEN_GET = 2 };

static void handle(coord_event* event) {
    if (event->kind == COORD_EVENT_REQUEST) {
        /* It could as well be kept, and answered later from another thread. */
        size_t len;
        const char* key = coord_request_key(event->value, 0, &len);
        coord_request_succeed(event->value, key, len, NULL);
        event->value = NULL; /* ended, so no longer the event's */
    } else if (event->token == TOKEN_GET && event->status == COORD_OK) {
        show(event->value);
    } else {
        fprintf(stderr, "get: %s\n", coord_error_message(event->error));
    }
}

int main(void) {
    coord_error* err = NULL;
    coord_queue* queue = NULL;
    coord_group* group = NULL;
    coord_runtime* runtime = coord_runtime_default();
    must(coord_queue_new(runtime, &queue, &err), &err);
    const coord_group_options options = {.size = sizeof options,
                                         .max_bytes = 1 << 20,
                                         .requests = queue,
                                         .requests_token = TOKEN_LOADS};
    must(coord_group_new(runtime, "echo", COORD_NUL, &options, &group, &err), &err);
    must(coord_group_get_start(group, "hello", COORD_NUL, NULL, queue, TOKEN_GET, NULL, &err),
         &err);

    /* Your own sockets would stand beside the queue. */
    struct pollfd watched[] = {{.fd = coord_queue_fd(queue), .events = POLLIN}};
    int done = 0;
    while (!done) {
        if (poll(watched, 1, -1) < 0) continue;
        coord_event events[64];
        size_t count;
        must(coord_queue_drain(queue, events, 64, &count, &err), &err);
        for (size_t i = 0; i < count; i++) {
            handle(&events[i]);
            done |= events[i].token == TOKEN_GET;
            coord_event_clear(&events[i]); /* frees what the event still owns */
        }
    }
    coord_group_free(group);
    coord_queue_free(queue);
    return 0;
}
