/* The admin endpoint of a runtime: options, its address, and that it lives as long as the runtime.
 * What it serves is tested in tests/admin. */
#include <coord/coord.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "handles.h"

static coord_runtime* new_admin(const char* listen, uint32_t flags) {
    coord_runtime* runtime = NULL;
    CHECK_OK(coord_runtime_new(COORD_OPTIONS(coord_runtime_options,
                                             .flags = flags,
                                             .worker_threads = 1,
                                             .admin_listen = listen,
                                             .admin_listen_len = COORD_NUL),
                               &runtime,
                               ERR));
    return runtime;
}

static int connected_to(const char* address) {
    const char* colon = strrchr(address, ':');
    struct sockaddr_in to = {.sin_family = AF_INET,
                             .sin_port = htons((uint16_t)atoi(colon + 1)),
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    const int fd = socket(AF_INET, SOCK_STREAM, 0);
    if (connect(fd, (const struct sockaddr*)&to, sizeof to) == 0) return fd;
    close(fd);
    return -1;
}

/* All that comes until the other side closes. */
static void ask(
    const char* address, const char* method, const char* path, char* reply, size_t room) {
    char request[256];
    snprintf(request,
             sizeof request,
             "%s %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n",
             method,
             path,
             address);
    const int fd = connected_to(address);
    size_t len = 0;
    CHECK(fd >= 0 && send(fd, request, strlen(request), MSG_NOSIGNAL) == (ssize_t)strlen(request));
    for (ssize_t got = 1; fd >= 0 && got > 0; len += (size_t)got) {
        got = recv(fd, reply + len, room - 1 - len, 0);
        if (got < 0) got = 0;
    }
    reply[len] = '\0';
    if (fd >= 0) close(fd);
}

static void a_group_is_read_and_changed_over_http(void) {
    coord_runtime* runtime = new_admin("127.0.0.1:0", 0);
    size_t len = 0;
    const char* address = coord_runtime_admin_address(runtime, &len);
    CHECK(len == strlen(address) && strncmp(address, "127.0.0.1:", 10) == 0);
    CHECK(strcmp(address + 10, "0") != 0);
    CHECK(coord_runtime_admin_address(runtime, NULL) == address);
    coord_group* group = new_group(runtime, "thumbs", load_echo);
    char reply[4096];
    ask(address, "GET", "/v1/groups", reply, sizeof reply);
    CHECK(strstr(reply, " 200 ") != NULL && strstr(reply, "{\"groups\":[\"thumbs\"]}") != NULL);
    ask(address, "GET", "/v1/groups/thumbs/keys/user:42", reply, sizeof reply);
    CHECK(strstr(reply, " 200 ") != NULL && strstr(reply, "\r\n\r\nuser:42") != NULL);
    coord_bytes* value = NULL;
    CHECK_OK(coord_group_lookup(group, "user:42", COORD_NUL, &value, ERR));
    CHECK(was_text(value, "user:42"));
    ask(address, "DELETE", "/v1/groups/thumbs/keys/user:42", reply, sizeof reply);
    CHECK(strstr(reply, " 204 ") != NULL);
    CHECK_FAILS(COORD_NOT_FOUND,
                "not in memory",
                coord_group_lookup(group, "user:42", COORD_NUL, &value, ERR));
    coord_group_free(group);
    coord_runtime_free(runtime);
}

static void the_port_lives_as_long_as_the_runtime(void) {
    coord_runtime* runtime = new_admin("localhost:0", 0);
    char address[64];
    snprintf(address, sizeof address, "%s", coord_runtime_admin_address(runtime, NULL));
    coord_group* group = new_group(runtime, "g", load_echo);
    coord_runtime_free(runtime);
    int fd = connected_to(address);
    CHECK(fd >= 0); /* the group keeps the runtime */
    if (fd >= 0) close(fd);
    coord_group_free(group);
    CHECK(connected_to(address) < 0);

    runtime = new_admin(address, 0);
    CHECK_TEXT(coord_runtime_admin_address(runtime, NULL), address);
    CHECK_OK(coord_runtime_close(runtime, NULL, ERR));
    CHECK(connected_to(address) < 0);
    CHECK_TEXT(coord_runtime_admin_address(runtime, NULL), address);
    coord_runtime_free(runtime);
}

static void there_is_none_unless_asked_for(void) {
    coord_runtime* runtime = new_runtime();
    size_t len = 9;
    CHECK_TEXT(coord_runtime_admin_address(runtime, &len), "");
    CHECK(len == 0);
    coord_runtime_free(runtime);
    runtime = NULL;
    CHECK_OK(coord_runtime_new(
        COORD_OPTIONS(coord_runtime_options, .flags = COORD_RUNTIME_ALLOW_INSECURE_BIND),
        &runtime,
        ERR));
    CHECK_TEXT(coord_runtime_admin_address(runtime, NULL), "");
    coord_runtime_free(runtime);
    len = 9;
    CHECK_TEXT(coord_runtime_admin_address(NULL, &len), "");
    CHECK(len == 0);
}

static void check_wrong_kind(void* wrong) {
    size_t len = 9;
    CHECK_TEXT(coord_runtime_admin_address(wrong, &len), "");
    CHECK(len == 0);
}

static void refused(coord_status expected, const char* part, const char* listen, size_t len) {
    int freed = 0;
    coord_runtime* runtime = POISON;
    CHECK_FAILS(expected,
                part,
                coord_runtime_new(COORD_OPTIONS(coord_runtime_options,
                                                .worker_threads = 1,
                                                .log_user = &freed,
                                                .log_user_free = count_free,
                                                .admin_listen = listen,
                                                .admin_listen_len = len),
                                  &runtime,
                                  ERR));
    CHECK(runtime == NULL && freed == 1);
}

static void what_cannot_be_listened_on_is_refused_and_nothing_is_left(void) {
    const char* const field = "options.admin_listen:";
    refused(COORD_INVALID_ARGUMENT, field, NULL, 3);
    refused(COORD_INVALID_ARGUMENT, field, "", 0);
    refused(COORD_INVALID_ARGUMENT, field, "nonsense", COORD_NUL);
    refused(COORD_INVALID_ARGUMENT, field, "127.0.0.1:99999", COORD_NUL);
    refused(COORD_INVALID_ARGUMENT, field, "127.0.0.1", COORD_NUL);
    refused(COORD_INVALID_ARGUMENT, "0.0.0.0", "0.0.0.0:0", COORD_NUL);
    refused(COORD_INVALID_ARGUMENT, field, "[::]:0", COORD_NUL);

    coord_runtime* first = new_admin("127.0.0.1:0", 0);
    const char* address = coord_runtime_admin_address(first, NULL);
    refused(COORD_ALREADY_EXISTS, address, address, COORD_NUL);
    int fd = connected_to(address);
    CHECK(fd >= 0); /* the first is undisturbed */
    if (fd >= 0) close(fd);
    coord_runtime_free(first);
}

static void who_insists_may_listen_beyond_loopback(void) {
    coord_runtime* runtime = new_admin("0.0.0.0:0", COORD_RUNTIME_ALLOW_INSECURE_BIND);
    const char* address = coord_runtime_admin_address(runtime, NULL);
    CHECK(strncmp(address, "0.0.0.0:", 8) == 0);
    int fd = connected_to(address);
    CHECK(fd >= 0);
    if (fd >= 0) close(fd);
    coord_runtime_free(runtime);
}

int main(void) {
    there_is_none_unless_asked_for();
    for_wrong_kinds(KIND_RUNTIME, check_wrong_kind);
    a_group_is_read_and_changed_over_http();
    the_port_lives_as_long_as_the_runtime();
    what_cannot_be_listened_on_is_refused_and_nothing_is_left();
    who_insists_may_listen_beyond_loopback();
    return check_result();
}
