/* Loads answered without a copy: the host's memory is what is kept and what callers get, and is
 * released once. */
#include "handles.h"

enum { size = 2000 };

/* Memory of a host that counts how often it was given back. */
typedef struct origin {
    char memory[size];
    int released;
    int loads;
    coord_bytes* bytes; /* what the next load answers with; NULL = its own memory */
    const coord_value_options* terms;
} origin;

static void release_origin(void* user) {
    ((origin*)user)->released++;
}

static void answer_with_bytes(void* user, coord_request* request) {
    origin* from = user;
    coord_bytes* value = coord_bytes_ref(from->bytes);
    from->loads++;
    if (value == NULL)
        CHECK_OK(coord_bytes_new_external(from->memory, size, from, release_origin, &value, ERR));
    CHECK_OK(coord_request_set_bytes(request, 0, value, from->terms, ERR));
    coord_bytes_free(value);
    coord_request_succeed(request, NULL, 0, NULL);
}

static coord_group* new_origin_group(coord_runtime* runtime, origin* from, uint64_t max_bytes) {
    coord_group* group = NULL;
    memset(from, 0, sizeof *from);
    memset(from->memory, 'm', size);
    CHECK_OK(coord_group_new(runtime,
                             "origin",
                             COORD_NUL,
                             COORD_OPTIONS(coord_group_options,
                                           .load = answer_with_bytes,
                                           .user = from,
                                           .policy = COORD_POLICY_LRU,
                                           .max_bytes = max_bytes),
                             &group,
                             ERR));
    return group;
}

static coord_bytes* get(coord_group* group, const char* key) {
    coord_bytes* value = NULL;
    CHECK_OK(coord_group_get(group, key, COORD_NUL, NULL, &value, ERR));
    return value;
}

static coord_cache_stats stats_of(const coord_group* group) {
    coord_cache_stats stats = {.size = sizeof stats};
    CHECK_OK(coord_group_cache_stats_read(group, COORD_CACHE_MAIN, &stats, ERR));
    return stats;
}

static void a_value_that_is_kept_is_the_hosts_memory(coord_runtime* runtime) {
    origin from;
    coord_group* group = new_origin_group(runtime, &from, 0);
    coord_bytes* first = get(group, "k");
    coord_bytes* second = get(group, "k");
    CHECK(coord_bytes_data(first, NULL) == from.memory && coord_bytes_size(first) == size);
    CHECK(coord_bytes_data(second, NULL) == from.memory);
    CHECK(from.loads == 1 && stats_of(group).bytes == size + 1);
    CHECK(stats_of(group).memory_bytes > size);
    coord_bytes_free(first);
    CHECK_OK(coord_group_remove(group, "k", 1, NULL, ERR));
    CHECK(from.released == 0 && stats_of(group).detached_bytes > size);
    coord_bytes* part = NULL;
    CHECK_OK(coord_bytes_slice(second, 10, 5, &part, ERR));
    coord_bytes_free(second);
    CHECK(from.released == 0 && was_text(part, "mmmmm"));
    CHECK(from.released == 1 && stats_of(group).detached_bytes == 0);
    coord_group_free(group);
    CHECK(from.released == 1);
}

static void evicted_while_somebody_holds_it_it_is_released_after_the_last(coord_runtime* runtime) {
    origin from;
    coord_group* group = new_origin_group(runtime, &from, 2 * size + 1000);
    coord_bytes* held = get(group, "first");
    coord_bytes_free(get(group, "second"));
    CHECK(from.released == 0);
    coord_bytes_free(get(group, "third"));
    coord_bytes_free(get(group, "fourth"));
    /* "first" and "second" had to leave; of "first" somebody still reads. */
    CHECK(from.released == 1 && stats_of(group).evicted_full == 2);
    CHECK(stats_of(group).memory_bytes <= 2 * size + 1000);
    CHECK(coord_bytes_data(held, NULL) == from.memory);
    coord_bytes_free(held);
    CHECK(from.released == 2);
    coord_group_free(group);
    CHECK(from.released == 4 && from.loads == 4);
}

static void expiry_and_flags_come_from_the_options(coord_runtime* runtime) {
    origin from;
    coord_group* group = new_origin_group(runtime, &from, 0);
    from.terms = COORD_OPTIONS(coord_value_options, .expire_unix_ns = 4102444800000000000);
    coord_bytes* value = get(group, "k");
    CHECK(coord_bytes_expire_unix_ns(value) == 4102444800000000000);
    coord_bytes_free(value);
    from.terms = COORD_OPTIONS(coord_value_options, .flags = COORD_VALUE_NO_STORE);
    value = get(group, "passing");
    CHECK(coord_bytes_flags(value) == COORD_VALUE_NO_STORE && from.released == 0);
    coord_bytes_free(value);
    CHECK(from.released == 1);
    coord_group_free(group);
}

/* A value that comes back to its loader again and again holds the first one, not those between. */
static void what_was_loaded_before_can_be_the_answer(coord_runtime* runtime) {
    origin from;
    coord_group* group = new_origin_group(runtime, &from, 0);
    from.bytes = get(group, "k");
    for (int i = 0; i < 1000; i++) {
        CHECK_OK(coord_group_remove(group, "k", 1, NULL, ERR));
        coord_bytes* again = get(group, "k");
        CHECK(coord_bytes_data(again, NULL) == from.memory);
        coord_bytes_free(from.bytes);
        from.bytes = again;
        CHECK(stats_of(group).detached_bytes == 0);
    }
    coord_bytes* slice = NULL;
    CHECK_OK(coord_bytes_slice(from.bytes, 1, 3, &slice, ERR));
    coord_bytes_free(from.bytes);
    from.bytes = slice;
    coord_bytes* part = get(group, "part");
    CHECK(is_text(part, "mmm") && coord_bytes_data(part, NULL) == from.memory + 1);
    coord_bytes_free(part);
    coord_bytes_free(slice);
    from.bytes = new_text("of libcoord");
    CHECK(was_text(get(group, "text"), "of libcoord"));
    coord_bytes_free(from.bytes);
    from.bytes = NULL;
    CHECK(from.released == 0);
    coord_group_free(group);
    CHECK(from.released == 1);
}

static coord_peers* new_peers(coord_runtime* runtime, const char* listen, const char* list) {
    coord_peers* peers = NULL;
    CHECK_OK(coord_peers_new(runtime,
                             COORD_OPTIONS(coord_peers_options,
                                           .listen = listen,
                                           .listen_len = listen != NULL ? COORD_NUL : 0,
                                           .list = list,
                                           .list_len = list != NULL ? COORD_NUL : 0),
                             &peers,
                             ERR));
    return peers;
}

/* Over HTTP the memory of the owner's host is read where it lies. */
static void a_peer_gets_it_too(coord_runtime* runtime) {
    origin from;
    coord_runtime* asking = new_runtime();
    memset(&from, 0, sizeof from);
    memset(from.memory, 'p', size);
    coord_peers* owner = new_peers(runtime, "127.0.0.1:0", NULL);
    coord_peers* asker = new_peers(asking, NULL, coord_peers_self_url(owner, NULL));
    coord_group* groups[2] = {NULL, NULL};
    CHECK_OK(coord_group_new(
        runtime,
        "shared",
        COORD_NUL,
        COORD_OPTIONS(
            coord_group_options, .load = answer_with_bytes, .user = &from, .peers = owner),
        &groups[0],
        ERR));
    CHECK_OK(coord_group_new(asking,
                             "shared",
                             COORD_NUL,
                             COORD_OPTIONS(coord_group_options, .peers = asker),
                             &groups[1],
                             ERR));
    coord_bytes* value = get(groups[1], "k");
    CHECK(coord_bytes_equal(value, from.memory, size) && from.loads == 1);
    coord_bytes_free(value);
    value = get(groups[0], "k");
    CHECK(coord_bytes_data(value, NULL) == from.memory && from.loads == 1);
    coord_group_free(groups[1]);
    coord_peers_free(asker);
    coord_runtime_free(asking);
    CHECK_OK(coord_group_remove(groups[0], "k", 1, NULL, ERR));
    CHECK(from.released == 0);
    coord_group_free(groups[0]);
    coord_peers_free(owner);
    coord_bytes_free(value);
    CHECK(from.released == 1);
}

static void set_wrongly(void* user, coord_request* request) {
    int* freed = user;
    coord_bytes* value = new_text("right");
    CHECK_FAILS(
        COORD_INVALID_ARGUMENT, "value:", coord_request_set_bytes(request, 0, NULL, NULL, ERR));
    CHECK_FAILS(COORD_INVALID_ARGUMENT,
                "value:",
                coord_request_set_bytes(request, 0, (coord_bytes*)request, NULL, ERR));
    CHECK_FAILS(
        COORD_INVALID_ARGUMENT, "item", coord_request_set_bytes(request, 1, value, NULL, ERR));
    CHECK_FAILS(COORD_INVALID_ARGUMENT,
                "value.ttl_ns",
                coord_request_set_bytes(
                    request, 0, value, COORD_OPTIONS(coord_value_options, .ttl_ns = -9), ERR));
    CHECK_OK(coord_request_set_bytes(request, 0, value, NULL, ERR));
    coord_bytes_free(value);
    CHECK_FAILS(COORD_UNSUPPORTED, "kind", coord_request_set_user(request, freed, count_free, ERR));
    CHECK(*freed == 1);
    CHECK(coord_request_user(request, 0) == NULL && coord_request_user(request, 7) == NULL);
    CHECK(coord_request_value(request, 0) == NULL && coord_request_value(request, 7) == NULL);
    coord_request_succeed(request, NULL, 0, NULL);
}

static void wrong_arguments_leave_the_answer_as_it_is(coord_runtime* runtime) {
    int freed = 0;
    coord_group* group = NULL;
    CHECK_OK(
        coord_group_new(runtime,
                        "wrongly",
                        COORD_NUL,
                        COORD_OPTIONS(coord_group_options, .load = set_wrongly, .user = &freed),
                        &group,
                        ERR));
    CHECK(was_text(get(group, "k"), "right"));
    coord_group_free(group);
    CHECK(freed == 1);
}

static void a_request_is_wanted(void* wrong) {
    int freed = 0;
    coord_bytes* value = new_text("v");
    CHECK_FAILS(
        COORD_INVALID_ARGUMENT, "request:", coord_request_set_bytes(wrong, 0, value, NULL, ERR));
    CHECK_FAILS(
        COORD_INVALID_ARGUMENT, "request:", coord_request_set_user(wrong, &freed, count_free, ERR));
    CHECK(freed == 1);
    CHECK(coord_request_user(wrong, 0) == NULL && coord_request_value(wrong, 0) == NULL);
    CHECK(was_text(value, "v"));
}

int main(void) {
    coord_runtime* runtime = new_runtime();
    a_value_that_is_kept_is_the_hosts_memory(runtime);
    evicted_while_somebody_holds_it_it_is_released_after_the_last(runtime);
    expiry_and_flags_come_from_the_options(runtime);
    what_was_loaded_before_can_be_the_answer(runtime);
    a_peer_gets_it_too(runtime);
    wrong_arguments_leave_the_answer_as_it_is(runtime);
    for_wrong_kinds(KIND_REQUEST, a_request_is_wanted);
    coord_runtime_free(runtime);
    return check_result();
}
