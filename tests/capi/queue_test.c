/* queue.h: posts, waiting, descriptors, closing, callbacks, events and operations. */
#include <coord/coord.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include "handles.h"
#include "latch.h"

static void ignore_event(void* user, coord_event* event) {
    (void)user;
    (void)event;
}

static void a_queue_is_wanted(void* wrong) {
    coord_event event;
    size_t count = 9;
    int32_t fd = 9;
    CHECK(coord_queue_ref(wrong) == NULL);
    CHECK(coord_queue_fd(wrong) == -1);
    CHECK_FAILS(COORD_INVALID_ARGUMENT, "queue:", coord_queue_notify_fd(wrong, &fd, ERR));
    CHECK(fd == -1);
    CHECK_FAILS(COORD_INVALID_ARGUMENT, "queue:", coord_queue_drain(wrong, &event, 1, &count, ERR));
    CHECK(count == 0);
    count = 9;
    CHECK_FAILS(COORD_INVALID_ARGUMENT,
                "queue:",
                coord_queue_wait(wrong, COORD_OFF, &event, 1, &count, ERR));
    CHECK(count == 0);
    CHECK_FAILS(COORD_INVALID_ARGUMENT, "queue:", coord_queue_post(wrong, 1, ERR));
    coord_queue_close(wrong);
    coord_queue_free(wrong);
}

static void an_operation_is_wanted(void* wrong) {
    coord_op_cancel(wrong);
    coord_op_free(wrong);
}

static void wrong_room_is_refused(void) {
    coord_runtime* runtime = new_runtime();
    coord_queue* queue = new_queue(runtime);
    coord_event event;
    size_t count = 9;
    CHECK_FAILS(COORD_INVALID_ARGUMENT, "queue:", coord_queue_new(runtime, NULL, ERR));
    CHECK_FAILS(COORD_INVALID_ARGUMENT, "count", coord_queue_drain(queue, &event, 1, NULL, ERR));
    CHECK_FAILS(COORD_INVALID_ARGUMENT, "events", coord_queue_drain(queue, NULL, 1, &count, ERR));
    CHECK(count == 0);
    CHECK_OK(coord_queue_drain(queue, NULL, 0, &count, ERR));
    CHECK_FAILS(
        COORD_INVALID_ARGUMENT, "count", coord_queue_wait(queue, COORD_OFF, &event, 1, NULL, ERR));
    CHECK_FAILS(
        COORD_INVALID_ARGUMENT, "events", coord_queue_wait(queue, COORD_OFF, NULL, 1, &count, ERR));
    CHECK_FAILS(
        COORD_INVALID_ARGUMENT, "cap", coord_queue_wait(queue, COORD_OFF, &event, 0, &count, ERR));
    CHECK_FAILS(
        COORD_INVALID_ARGUMENT, "timeout_ns", coord_queue_wait(queue, -2, &event, 1, &count, ERR));
    CHECK_FAILS(COORD_INVALID_ARGUMENT, "fd", coord_queue_notify_fd(queue, NULL, ERR));
    CHECK_FAILS(
        COORD_TIMED_OUT, "in time", coord_queue_wait(queue, COORD_OFF, &event, 1, &count, ERR));
    CHECK_FAILS(COORD_TIMED_OUT,
                "in time",
                coord_queue_wait(queue, COORD_MILLISECOND, &event, 1, &count, ERR));
    CHECK(count == 0);
    coord_queue_free(queue);
    coord_runtime_free(runtime);
}

static void posts_arrive_in_order(void) {
    coord_runtime* runtime = new_runtime();
    coord_queue* queue = new_queue(runtime);
    coord_event events[4];
    size_t count = 0;
    for (uint64_t token = 0; token < 6; token++) CHECK_OK(coord_queue_post(queue, token, ERR));
    CHECK_OK(coord_queue_drain(queue, events, 4, &count, ERR));
    CHECK(count == 4);
    for (uint64_t i = 0; i < count; i++) {
        CHECK(events[i].kind == COORD_EVENT_POST && events[i].token == i &&
              events[i].status == COORD_OK);
        CHECK(events[i].value == NULL && events[i].error == NULL);
        for (int j = 0; j < 4; j++) CHECK(events[i].reserved[j] == 0);
    }
    CHECK_OK(coord_queue_wait(queue, COORD_OFF, events, 4, &count, ERR));
    CHECK(count == 2 && events[1].token == 5);
    CHECK_OK(coord_queue_drain(queue, events, 4, &count, ERR));
    CHECK(count == 0);
    coord_queue_free(queue);
    coord_runtime_free(runtime);
}

static int is_readable(int fd) {
    struct pollfd one = {.fd = fd, .events = POLLIN};
    return poll(&one, 1, 0) == 1 && (one.revents & POLLIN) != 0;
}

static void the_descriptor_is_readable_while_there_are_events(void) {
    coord_runtime* runtime = new_runtime();
    coord_queue* queue = new_queue(runtime);
    coord_event events[2];
    size_t count = 0;
    const int fd = coord_queue_fd(queue);
    CHECK(fd >= 0 && (fcntl(fd, F_GETFD) & FD_CLOEXEC) != 0);
    CHECK(!is_readable(fd));
    for (uint64_t token = 0; token < 3; token++) CHECK_OK(coord_queue_post(queue, token, ERR));
    CHECK(is_readable(fd));
    CHECK_OK(coord_queue_drain(queue, events, 2, &count, ERR));
    CHECK(is_readable(fd));
    CHECK_OK(coord_queue_drain(queue, events, 2, &count, ERR));
    CHECK(count == 1 && !is_readable(fd));
    coord_queue_close(queue);
    CHECK(is_readable(fd));
    coord_queue_free(queue);
    coord_runtime_free(runtime);
}

/* What is there to read: a count of bytes, 0 for nothing, -1 for the end. */
static int read_all(int fd) {
    char bytes[64];
    const ssize_t got = read(fd, bytes, sizeof bytes);
    if (got == 0) return -1;
    return got < 0 ? 0 : (int)got;
}

static void the_notify_descriptor_gets_bytes_and_an_end(void) {
    coord_runtime* runtime = new_runtime();
    coord_queue* queue = new_queue(runtime);
    coord_event events[2];
    size_t count = 0;
    int32_t fd = -1;
    int32_t second = 9;
    CHECK_OK(coord_queue_post(queue, 0, ERR));
    CHECK_OK(coord_queue_notify_fd(queue, &fd, ERR));
    CHECK((fcntl(fd, F_GETFL) & O_NONBLOCK) != 0 && (fcntl(fd, F_GETFD) & FD_CLOEXEC) != 0);
    CHECK_FAILS(COORD_ALREADY_EXISTS, "notify", coord_queue_notify_fd(queue, &second, ERR));
    CHECK(second == -1);
    CHECK(read_all(fd) == 1); /* it was not empty */
    CHECK_OK(coord_queue_post(queue, 1, ERR));
    CHECK_OK(coord_queue_post(queue, 2, ERR));
    CHECK(read_all(fd) == 0); /* it did not become non-empty */
    CHECK_OK(coord_queue_drain(queue, events, 2, &count, ERR));
    CHECK(read_all(fd) == 1); /* one event was left */
    CHECK_OK(coord_queue_drain(queue, events, 2, &count, ERR));
    CHECK(count == 1 && read_all(fd) == 0);
    CHECK_OK(coord_queue_post(queue, 3, ERR));
    CHECK(read_all(fd) == 1);
    coord_queue_free(queue);
    int end = read_all(fd);
    while (end > 0) end = read_all(fd);
    CHECK(end == -1);
    close(fd);
    coord_runtime_free(runtime);
}

static void a_notify_descriptor_may_be_closed_first(void) {
    coord_runtime* runtime = new_runtime();
    coord_queue* queue = new_queue(runtime);
    int32_t fd = -1;
    coord_event event;
    size_t count = 0;
    CHECK_OK(coord_queue_notify_fd(queue, &fd, ERR));
    close(fd);
    for (uint64_t token = 0; token < 3; token++) {
        CHECK_OK(coord_queue_post(queue, token, ERR)); /* and no SIGPIPE */
        CHECK_OK(coord_queue_drain(queue, &event, 1, &count, ERR));
        CHECK(count == 1 && event.token == token);
    }
    coord_queue_free(queue);
    coord_runtime_free(runtime);
}

static void a_closed_queue_is_drained_to_its_end(void) {
    coord_runtime* runtime = new_runtime();
    coord_queue* queue = new_queue(runtime);
    coord_group* group = new_group(runtime, "g", load_echo);
    coord_event event;
    coord_op* op = POISON;
    size_t count = 0;
    CHECK_OK(coord_queue_post(queue, 5, ERR));
    coord_queue_close(queue);
    coord_queue_close(queue);
    CHECK_FAILS(COORD_CLOSED, "queue", coord_queue_post(queue, 6, ERR));
    CHECK_FAILS(
        COORD_CLOSED, "queue", coord_group_get_start(group, "k", 1, NULL, queue, 1, &op, ERR));
    CHECK(op == NULL);
    op = POISON;
    CHECK_FAILS(
        COORD_CLOSED, "queue", coord_group_remove_start(group, "k", 1, NULL, queue, 1, &op, ERR));
    CHECK(op == NULL);
    coord_group* fed = POISON;
    CHECK_FAILS(
        COORD_CLOSED,
        "requests",
        coord_group_new(
            runtime, "f", 1, COORD_OPTIONS(coord_group_options, .requests = queue), &fed, ERR));
    CHECK(fed == NULL);
    CHECK_OK(coord_queue_drain(queue, &event, 1, &count, ERR));
    CHECK(count == 1 && event.token == 5);
    CHECK_FAILS(COORD_CLOSED, "empty", coord_queue_drain(queue, &event, 1, &count, ERR));
    CHECK_FAILS(COORD_CLOSED, "empty", coord_queue_wait(queue, 0, &event, 1, &count, ERR));
    CHECK(count == 0);
    coord_group_free(group);
    coord_queue_free(queue);
    coord_runtime_free(runtime);
}

static void* wait_for_the_end(void* queue) {
    coord_event event;
    size_t count = 0;
    return (void*)(intptr_t)coord_queue_wait(queue, 0, &event, 1, &count, NULL);
}

static void closing_wakes_who_waits(void) {
    coord_runtime* runtime = new_runtime();
    coord_queue* queue = new_queue(runtime);
    pthread_t waiters[3];
    for (int i = 0; i < 3; i++) pthread_create(&waiters[i], NULL, wait_for_the_end, queue);
    coord_queue_close(queue);
    for (int i = 0; i < 3; i++) {
        void* status = NULL;
        pthread_join(waiters[i], &status);
        CHECK((intptr_t)status == COORD_CLOSED);
    }
    coord_queue_free(queue);
    coord_runtime_free(runtime);
}

typedef struct heard {
    latch events;
    latch frees;
    atomic_ullong tokens;
} heard;

static void hear(void* user, coord_event* event) {
    heard* to = user;
    CHECK(event->kind == COORD_EVENT_POST || event->kind == COORD_EVENT_BYTES);
    if (event->kind == COORD_EVENT_BYTES) CHECK(is_text(event->value, "key"));
    atomic_fetch_add(&to->tokens, event->token);
    latch_add(&to->events);
}

static void hear_the_end(void* user) {
    latch_add(&((heard*)user)->frees);
}

static void a_callback_queue_delivers_by_itself(void) {
    coord_runtime* runtime = new_runtime();
    coord_group* group = new_group(runtime, "g", load_echo);
    heard to = {LATCH_INIT, LATCH_INIT, 0};
    coord_queue* queue = NULL;
    coord_event event;
    size_t count = 0;
    int32_t fd = 9;
    CHECK_OK(coord_queue_new_callback(runtime, hear, &to, hear_the_end, &queue, ERR));
    CHECK(coord_queue_fd(queue) == -1);
    CHECK_FAILS(COORD_UNSUPPORTED, "callback", coord_queue_notify_fd(queue, &fd, ERR));
    CHECK(fd == -1);
    CHECK_FAILS(COORD_UNSUPPORTED, "callback", coord_queue_drain(queue, &event, 1, &count, ERR));
    CHECK_FAILS(
        COORD_UNSUPPORTED, "callback", coord_queue_wait(queue, COORD_OFF, &event, 1, &count, ERR));
    CHECK_OK(coord_queue_post(queue, 1, ERR));
    CHECK_OK(coord_group_get_start(group, "key", 3, NULL, queue, 10, NULL, ERR)); /* loads */
    latch_wait(&to.events, 2);
    CHECK_OK(coord_group_get_start(group, "key", 3, NULL, queue, 100, NULL, ERR)); /* hits */
    latch_wait(&to.events, 3);
    CHECK(atomic_load(&to.tokens) == 111 && latch_count(&to.frees) == 0);
    coord_queue_free(queue);
    coord_group_free(group);
    coord_runtime_free(runtime);
    latch_wait(&to.frees, 1);
    CHECK(latch_count(&to.frees) == 1 && latch_count(&to.events) == 3);
}

static void a_refused_callback_queue_frees_its_user(void) {
    coord_runtime* runtime = new_runtime();
    coord_queue* queue = POISON;
    int freed = 0;
    CHECK_FAILS(COORD_INVALID_ARGUMENT,
                "fn",
                coord_queue_new_callback(runtime, NULL, &freed, count_free, &queue, ERR));
    CHECK(queue == NULL && freed == 1);
    CHECK_FAILS(COORD_INVALID_ARGUMENT,
                "queue:",
                coord_queue_new_callback(runtime, ignore_event, &freed, count_free, NULL, ERR));
    CHECK(freed == 2);
    CHECK_FAILS(COORD_INVALID_ARGUMENT,
                "runtime:",
                coord_queue_new_callback(NULL, ignore_event, &freed, count_free, &queue, ERR));
    CHECK(freed == 3);
    CHECK_OK(coord_runtime_close(runtime, NULL, ERR));
    CHECK_FAILS(COORD_CLOSED,
                "runtime",
                coord_queue_new_callback(runtime, ignore_event, &freed, count_free, &queue, ERR));
    CHECK(queue == NULL && freed == 4);
    coord_runtime_free(runtime);
}

static void clearing_an_event_twice_is_fine(void) {
    coord_event event;
    memset(&event, 0, sizeof event);
    coord_event_clear(NULL);
    coord_event_clear(&event);
    event.kind = COORD_EVENT_BYTES;
    event.token = 4;
    event.value = new_text("value");
    CHECK(coord_ring_new(NULL, NULL, &event.error) == COORD_INVALID_ARGUMENT);
    coord_event_clear(&event);
    CHECK(event.kind == 0 && event.token == 0 && event.value == NULL && event.error == NULL);
    coord_event_clear(&event);
}

int main(void) {
    for_wrong_kinds(KIND_QUEUE, a_queue_is_wanted);
    for_wrong_kinds(KIND_OP, an_operation_is_wanted);
    wrong_room_is_refused();
    posts_arrive_in_order();
    the_descriptor_is_readable_while_there_are_events();
    the_notify_descriptor_gets_bytes_and_an_end();
    a_notify_descriptor_may_be_closed_first();
    a_closed_queue_is_drained_to_its_end();
    closing_wakes_who_waits();
    a_callback_queue_delivers_by_itself();
    a_refused_callback_queue_frees_its_user();
    clearing_an_event_twice_is_fine();
    return check_result();
}
