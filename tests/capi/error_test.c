/* error.h: accessors, and the native code behind a failure of the system. */
#include <coord/coord.h>

#include <errno.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "handles.h"

static void accessors_take_anything(void* wrong) {
    CHECK(coord_error_status(wrong) == COORD_OK);
    CHECK_TEXT(coord_error_message(wrong), "");
    CHECK_TEXT(coord_error_component(wrong), "");
    CHECK(coord_error_is_retriable(wrong) == 0);
    CHECK(coord_error_is_fatal(wrong) == 0);
    CHECK_TEXT(coord_error_native_domain(wrong), "");
    CHECK(coord_error_native_code(wrong) == 0);
    CHECK(coord_error_cause(wrong) == NULL);
    size_t len = 9;
    CHECK(coord_error_detail(wrong, "key", COORD_NUL, &len) == NULL && len == 0);
    coord_error_free(wrong);
}

static void an_error_says_who_and_what(void) {
    coord_error* error = NULL;
    coord_group* group = POISON;
    CHECK(coord_group_new(NULL, "g", 1, NULL, &group, &error) == COORD_INVALID_ARGUMENT);
    CHECK(group == NULL);
    CHECK(coord_error_status(error) == COORD_INVALID_ARGUMENT);
    CHECK_TEXT(coord_error_component(error), "runtime");
    CHECK(strstr(coord_error_message(error), "runtime") != NULL);
    CHECK(coord_error_is_retriable(error) == 0 && coord_error_is_fatal(error) == 0);
    CHECK_TEXT(coord_error_native_domain(error), "");
    CHECK(coord_error_native_code(error) == 0);
    CHECK(coord_error_cause(error) == NULL);
    size_t len = 9;
    CHECK(coord_error_detail(error, "group", COORD_NUL, &len) == NULL && len == 0);
    CHECK(coord_error_detail(error, NULL, 0, NULL) == NULL);
    CHECK(coord_error_detail(error, NULL, 3, NULL) == NULL);
    coord_error_free(error);
}

static void an_error_may_be_left_out(void) {
    CHECK(coord_group_get(NULL, "k", 1, NULL, NULL, NULL) == COORD_INVALID_ARGUMENT);
    CHECK(coord_queue_post(NULL, 1, NULL) == COORD_INVALID_ARGUMENT);
    CHECK(coord_runtime_close(NULL, NULL, NULL) == COORD_INVALID_ARGUMENT);
}

static void a_timeout_is_retriable_and_a_closed_handle_is_fatal(void) {
    coord_runtime* runtime = new_runtime();
    coord_queue* queue = new_queue(runtime);
    coord_error* error = NULL;
    coord_event event;
    size_t count = 0;
    CHECK(coord_queue_wait(queue, COORD_OFF, &event, 1, &count, &error) == COORD_TIMED_OUT);
    CHECK(coord_error_is_retriable(error) == 1 && coord_error_is_fatal(error) == 0);
    coord_error_free(error);
    coord_queue_close(queue);
    CHECK(coord_queue_post(queue, 1, &error) == COORD_CLOSED);
    CHECK(coord_error_is_fatal(error) == 1 && coord_error_is_retriable(error) == 0);
    coord_error_free(error);
    coord_queue_free(queue);
    coord_runtime_free(runtime);
}

/* Takes every descriptor below the limit; gives back how many it took. */
static int take_descriptors(int* taken, int room) {
    int count = 0;
    while (count < room) {
        const int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
        if (fd < 0) break;
        taken[count++] = fd;
    }
    return count;
}

static void without_a_descriptor_there_is_an_errno(void) {
    coord_runtime* runtime = new_runtime();
    coord_queue* queue = new_queue(runtime);
    struct rlimit before;
    CHECK(getrlimit(RLIMIT_NOFILE, &before) == 0);
    struct rlimit few = before;
    few.rlim_cur = 64;
    CHECK(setrlimit(RLIMIT_NOFILE, &few) == 0);
    int taken[64];
    const int count = take_descriptors(taken, 64);

    coord_error* error = NULL;
    coord_queue* another = POISON;
    CHECK(coord_queue_new(runtime, &another, &error) == COORD_EXHAUSTED);
    CHECK(another == NULL);
    CHECK_TEXT(coord_error_native_domain(error), "errno");
    CHECK(coord_error_native_code(error) == EMFILE);
    CHECK(coord_error_is_retriable(error) == 1);
    coord_error_free(error);

    int32_t fd = 7;
    CHECK_FAILS(COORD_EXHAUSTED, "descriptor", coord_queue_notify_fd(queue, &fd, ERR));
    CHECK(fd == -1);

    for (int i = 0; i < count; i++) close(taken[i]);
    CHECK(setrlimit(RLIMIT_NOFILE, &before) == 0);
    CHECK_OK(coord_queue_notify_fd(queue, &fd, ERR));
    close(fd);
    coord_queue_free(queue);
    coord_runtime_free(runtime);
}

int main(void) {
    for_wrong_kinds(KIND_ERROR, accessors_take_anything);
    an_error_says_who_and_what();
    an_error_may_be_left_out();
    a_timeout_is_retriable_and_a_closed_handle_is_fatal();
    without_a_descriptor_there_is_an_errno();
    return check_result();
}
