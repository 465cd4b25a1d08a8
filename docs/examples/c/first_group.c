/* A group with a callback loader: a load, a hit, a removal, a failure, and the counters. */
#include "example.h"

/* Runs on the thread of the get that missed; never twice at a time for one key. */
static void load_user(void* user, coord_request* request) {
    size_t len;
    const char* key = coord_request_key(request, 0, &len);
    char row[128];
    int n = snprintf(row, sizeof row, "%s/%.*s", (const char*)user, (int)len, key);
    if (len == 0 || key[0] == '-')
        coord_request_fail(request, COORD_NOT_FOUND, "no such user", COORD_NUL);
    else if (n < 0 || (size_t)n >= sizeof row)
        coord_request_fail(request, COORD_INVALID_ARGUMENT, "the name is too long", COORD_NUL);
    else
        coord_request_succeed(request,
                              row,
                              (size_t)n,
                              COORD_OPTIONS(coord_value_options, .ttl_ns = 5 * COORD_MINUTE));
}

int main(void) {
    coord_error* err = NULL;
    coord_group* users = NULL;
    coord_bytes* value = NULL;
    coord_runtime* runtime = coord_runtime_default();
    const coord_group_options options = {
        .size = sizeof options, .max_bytes = 64 << 20, .load = load_user, .user = "row"};
    must(coord_group_new(runtime, "users", COORD_NUL, &options, &users, &err), &err);

    must(coord_group_get(users, "42", COORD_NUL, NULL, &value, &err), &err); /* loads: row/42 */
    show(value);
    coord_bytes_free(value);

    must(coord_group_lookup(users, "42", COORD_NUL, &value, &err), &err); /* in memory: a hit */
    coord_bytes_free(value);
    must(coord_group_remove(users, "42", COORD_NUL, NULL, &err), &err); /* the next get loads */

    if (coord_group_get(users, "-1", COORD_NUL, NULL, &value, &err) == COORD_NOT_FOUND)
        printf("as expected: %s (retriable: %d)\n",
               coord_error_message(err),
               coord_error_is_retriable(err));
    coord_error_free(err);

    coord_group_stats stats = {.size = sizeof stats};
    must(coord_group_stats_read(users, &stats, &err), &err);
    printf(
        "%llu gets, %llu loads\n", (unsigned long long)stats.gets, (unsigned long long)stats.loads);
    coord_group_free(users);
    return 0;
}
