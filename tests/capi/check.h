/* Checks for C programs: a failed one says where and is counted, the program goes on; main ends
 * with check_result().
 *
 * CHECK_OK and CHECK_FAILS hold every call to the rules of its `err`: NULL on success, else an
 * error of the same status with a one-line message. Within them the call passes ERR. Checks may be
 * made on several threads, those with ERR too. */
#pragma once

#include <coord/error.h>

#include <ctype.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static atomic_int check_failures;
static _Thread_local coord_error* check_error;

#define ERR (&check_error)
/* What an output holds before a call that must set it. */
#define POISON ((void*)(uintptr_t)0x5A5A5A50)

static inline int check_that(int good, const char* file, int line, const char* text) {
    if (!good) {
        atomic_fetch_add(&check_failures, 1);
        fprintf(stderr, "%s:%d: failed: %s\n", file, line, text);
    }
    return good;
}

static inline void check_success(coord_status got, const char* file, int line, const char* text) {
    if (!check_that(got == COORD_OK, file, line, text))
        fprintf(stderr, "    %s: %s\n", coord_status_name(got), coord_error_message(check_error));
    else
        check_that(check_error == NULL, file, line, "no error after COORD_OK");
    if (check_error != POISON) coord_error_free(check_error);
    check_error = NULL;
}

static inline int is_one_line(const char* message) {
    const size_t len = strlen(message);
    if (len == 0 || isupper((unsigned char)message[0]) || message[len - 1] == '.') return 0;
    return strpbrk(message, "\r\n") == NULL;
}

/* `part` is what the message must say, such as the field that is wrong. */
static inline void check_failure(coord_status got,
                                 coord_status expected,
                                 const char* part,
                                 const char* file,
                                 int line,
                                 const char* text) {
    if (!check_that(got == expected, file, line, text))
        fprintf(
            stderr, "    %s instead of %s\n", coord_status_name(got), coord_status_name(expected));
    if (check_that(check_error != NULL && check_error != POISON, file, line, "there is an error")) {
        const char* message = coord_error_message(check_error);
        check_that(coord_error_status(check_error) == got, file, line, "the error has the status");
        if (!check_that(strstr(message, part) != NULL && is_one_line(message), file, line, part))
            fprintf(stderr, "    the message is: %s\n", message);
        check_that(
            coord_error_component(check_error)[0] != '\0', file, line, "it names who speaks");
        coord_error_free(check_error);
    }
    check_error = NULL;
}

#define CHECK(condition) check_that((condition) ? 1 : 0, __FILE__, __LINE__, #condition)
#define CHECK_TEXT(got, expected) CHECK(strcmp((got), (expected)) == 0)
#define CHECK_OK(call)                                                \
    do {                                                              \
        check_error = POISON;                                         \
        check_success((call), __FILE__, __LINE__, #call " gives OK"); \
    } while (0)
#define CHECK_FAILS(expected, part, call)                                              \
    do {                                                                               \
        check_error = POISON;                                                          \
        check_failure((call), (expected), (part), __FILE__, __LINE__, #call " fails"); \
    } while (0)

static inline int check_result(void) {
    const int failures = atomic_load(&check_failures);
    if (failures != 0) fprintf(stderr, "%d checks failed\n", failures);
    return failures == 0 ? 0 : 1;
}
