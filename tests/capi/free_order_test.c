/* Handles may be freed in any order, with loads and events under way; what the host gave is freed
 * once, at the end. */
#include <coord/coord.h>

#include "handles.h"
#include "latch.h"

enum { RUNTIME, GROUP, LOADS, ANSWERS, REQUEST, OP, HANDLES };

typedef struct scene {
    void* handle[HANDLES];
    int freed; /* user of the group */
} scene;

/* A get under way: its request is in the host's hands. */
static void open_scene(scene* all) {
    memset(all, 0, sizeof *all);
    coord_runtime* runtime = new_runtime();
    coord_queue* loads = new_queue(runtime);
    coord_queue* answers = new_queue(runtime);
    coord_group* group = NULL;
    coord_op* op = NULL;
    CHECK_OK(coord_group_new(
        runtime,
        "g",
        1,
        COORD_OPTIONS(
            coord_group_options, .requests = loads, .user = &all->freed, .user_free = count_free),
        &group,
        ERR));
    CHECK_OK(coord_group_get_start(group, "key", 3, NULL, answers, 1, &op, ERR));
    all->handle[RUNTIME] = runtime;
    all->handle[GROUP] = group;
    all->handle[LOADS] = loads;
    all->handle[ANSWERS] = answers;
    all->handle[REQUEST] = next_event(loads).value;
    all->handle[OP] = op;
}

static void let_go(scene* all, int what) {
    void* handle = all->handle[what];
    if (what == RUNTIME) coord_runtime_free(handle);
    if (what == GROUP) coord_group_free(handle);
    if (what == LOADS || what == ANSWERS) coord_queue_free(handle);
    if (what == REQUEST) coord_request_succeed(handle, "value", 5, NULL);
    if (what == OP) coord_op_free(handle);
}

static void try_order(const int* order) {
    scene all;
    open_scene(&all);
    coord_request* request = all.handle[REQUEST];
    int answered = 0;
    for (int i = 0; i < HANDLES; i++) {
        let_go(&all, order[i]);
        answered |= order[i] == REQUEST;
        if (!answered) CHECK_TEXT(coord_request_key(request, 0, NULL), "key");
        /* The last load is the last that may use it. */
        if (!answered) CHECK(all.freed == 0);
    }
    CHECK(all.freed == 1);
}

static void permute(int* order, int from, int* tried) {
    if (from == HANDLES) {
        try_order(order);
        ++*tried;
        return;
    }
    for (int i = from; i < HANDLES; i++) {
        int other = order[from];
        order[from] = order[i];
        order[i] = other;
        permute(order, from + 1, tried);
        other = order[from];
        order[from] = order[i];
        order[i] = other;
    }
}

static void every_order_of_freeing_is_fine(void) {
    int order[HANDLES] = {RUNTIME, GROUP, LOADS, ANSWERS, REQUEST, OP};
    int tried = 0;
    permute(order, 0, &tried);
    CHECK(tried == 720);
}

static void values_outlive_everything(void) {
    coord_runtime* runtime = new_runtime();
    coord_group* group = new_group(runtime, "g", load_echo);
    coord_bytes* value = NULL;
    coord_context* context = NULL;
    CHECK_OK(coord_context_new(
        COORD_OPTIONS(coord_context_options, .trace = "t", .trace_len = 1), &context, ERR));
    CHECK_OK(coord_group_get(
        group, "key", 3, COORD_OPTIONS(coord_call_options, .context = context), &value, ERR));
    coord_runtime_free(runtime);
    coord_group_free(group);
    CHECK_TEXT(coord_context_trace(context, NULL), "t");
    coord_context_free(context);
    CHECK(was_text(value, "key"));
}

static void what_keeps_a_runtime_keeps_it_working(void) {
    coord_runtime* runtime = new_runtime();
    coord_queue* queue = new_queue(runtime);
    coord_group* group = new_group(runtime, "g", load_echo);
    coord_runtime_free(runtime);
    coord_bytes* value = NULL;
    CHECK_OK(coord_group_get(group, "a", 1, NULL, &value, ERR));
    CHECK(was_text(value, "a"));
    CHECK_OK(coord_group_get_start(group, "b", 1, NULL, queue, 5, NULL, ERR));
    coord_event event = next_event(queue);
    CHECK(event.status == COORD_OK && is_text(event.value, "b"));
    coord_group_free(group);
    coord_queue_free(queue);
    CHECK(is_text(event.value, "b"));
    coord_event_clear(&event);
}

/* Events nobody drained are cleared with the queue, requests among them. */
static void undrained_events_go_with_their_queue(void) {
    coord_runtime* runtime = new_runtime();
    coord_queue* loads = new_queue(runtime);
    coord_queue* answers = new_queue(runtime);
    coord_group* group = NULL;
    CHECK_OK(coord_group_new(
        runtime, "g", 1, COORD_OPTIONS(coord_group_options, .requests = loads), &group, ERR));
    for (uint64_t i = 0; i < 4; i++) {
        const char key[] = {(char)('a' + i)};
        CHECK_OK(coord_group_get_start(group, key, 1, NULL, answers, i, NULL, ERR));
    }
    coord_queue_close(loads);
    CHECK_OK(coord_group_get_start(group, "later", 5, NULL, answers, 9, NULL, ERR));
    coord_event event = next_event(answers);
    CHECK(event.token == 9 && event.status == COORD_CLOSED && event.value == NULL);
    coord_event_clear(&event);
    coord_queue_free(loads);
    coord_group_free(group);
    for (int i = 0; i < 4; i++) {
        event = next_event(answers);
        CHECK(event.kind == COORD_EVENT_BYTES && event.status == COORD_CANCELLED);
        coord_event_clear(&event);
    }
    CHECK_OK(coord_queue_post(answers, 1, ERR));
    coord_queue_free(answers);
    coord_runtime_free(runtime);
}

static void load_and_close_all(void* user, coord_request* request) {
    void** all = user;
    coord_group_free(all[0]);
    coord_runtime_free(all[1]);
    load_echo(NULL, request);
}

static void a_loader_may_free_its_group_and_runtime(void) {
    coord_runtime* runtime = new_runtime();
    void* all[2] = {NULL, runtime};
    coord_group* group = NULL;
    CHECK_OK(
        coord_group_new(runtime,
                        "g",
                        1,
                        COORD_OPTIONS(coord_group_options, .load = load_and_close_all, .user = all),
                        &group,
                        ERR));
    all[0] = group;
    coord_bytes* value = POISON;
    CHECK_FAILS(COORD_CANCELLED, "closed", coord_group_get(group, "k", 1, NULL, &value, ERR));
    CHECK(value == NULL);
}

int main(void) {
    every_order_of_freeing_is_fine();
    values_outlive_everything();
    what_keeps_a_runtime_keeps_it_working();
    undrained_events_go_with_their_queue();
    a_loader_may_free_its_group_and_runtime();
    return check_result();
}
