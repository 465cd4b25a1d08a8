/* Memory of the host that a group kept is given back without a lock: release may free whatever it
 * likes, also what belongs to the same group. */
#include <coord/coord.h>

#include "handles.h"

enum { PENDING = 400 };

typedef struct scene {
    coord_queue* loads;
    coord_queue* answers;
    coord_group* group;
    coord_request* pending[PENDING];
    int released;
} scene;

static void free_what_is_pending(void* user) {
    scene* is = user;
    for (int i = 0; i < PENDING; i++) {
        coord_request_free(is->pending[i]);
        is->pending[i] = NULL;
    }
    is->released++;
}

static void begin(scene* is, coord_runtime* runtime, uint64_t max_bytes) {
    *is = (scene){.loads = new_queue(runtime), .answers = new_queue(runtime)};
    CHECK_OK(coord_group_new(
        runtime,
        "kept",
        COORD_NUL,
        COORD_OPTIONS(coord_group_options, .requests = is->loads, .max_bytes = max_bytes),
        &is->group,
        ERR));
}

static coord_request* start(scene* is, const char* key) {
    CHECK_OK(coord_group_get_start(is->group, key, COORD_NUL, NULL, is->answers, 0, NULL, ERR));
    return next_event(is->loads).value;
}

/* Loads of 400 other keys, so that every lock of the group guards some of them. */
static void keep_and_begin_others(scene* is) {
    static const char memory[] = "memory of the host";
    coord_bytes* value = NULL;
    coord_request* load = start(is, "kept");
    CHECK_OK(
        coord_bytes_new_external(memory, sizeof memory, is, free_what_is_pending, &value, ERR));
    CHECK_OK(coord_request_set_bytes(load, 0, value, NULL, ERR));
    coord_bytes_free(value);
    coord_request_succeed(load, NULL, 0, NULL);
    coord_event event = next_event(is->answers);
    coord_event_clear(&event);
    for (int i = 0; i < PENDING; i++) {
        char key[32];
        snprintf(key, sizeof key, "pending %d", i);
        is->pending[i] = start(is, key);
    }
    CHECK(is->released == 0);
}

static void end(scene* is) {
    CHECK(is->released == 1);
    for (int i = 0; i < PENDING; i++) {
        coord_event event = next_event(is->answers);
        CHECK(event.status == COORD_ABANDONED);
        coord_event_clear(&event);
    }
    CHECK_OK(coord_group_close(is->group, NULL, ERR));
    coord_group_free(is->group);
    coord_queue_free(is->answers);
    coord_queue_free(is->loads);
}

static void when_a_key_is_removed(coord_runtime* runtime) {
    scene is;
    begin(&is, runtime, 0);
    keep_and_begin_others(&is);
    CHECK_OK(coord_group_remove(is.group, "kept", COORD_NUL, NULL, ERR));
    end(&is);
}

static void when_a_key_is_set(coord_runtime* runtime) {
    scene is;
    begin(&is, runtime, 0);
    keep_and_begin_others(&is);
    CHECK_OK(coord_group_set(is.group, "kept", COORD_NUL, "new", 3, NULL, NULL, ERR));
    end(&is);
}

static void when_a_load_needs_the_room(coord_runtime* runtime) {
    scene is;
    begin(&is, runtime, 1000);
    keep_and_begin_others(&is);
    char large[750];
    memset(large, 'x', sizeof large);
    coord_request_succeed(start(&is, "large"), large, sizeof large, NULL);
    CHECK(is.released == 1);
    int large_seen = 0;
    for (int i = 0; i <= PENDING; i++) {
        coord_event event = next_event(is.answers);
        large_seen += event.status == COORD_OK;
        coord_event_clear(&event);
    }
    CHECK(large_seen == 1);
    CHECK_OK(coord_group_close(is.group, NULL, ERR));
    coord_group_free(is.group);
    coord_queue_free(is.answers);
    coord_queue_free(is.loads);
}

int main(void) {
    coord_runtime* runtime = new_runtime();
    when_a_key_is_removed(runtime);
    when_a_key_is_set(runtime);
    when_a_load_needs_the_room(runtime);
    coord_runtime_free(runtime);
    return check_result();
}
