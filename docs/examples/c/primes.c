/* The example of README.md: what takes a while to compute is computed once, however many ask. */
/* [program] */
#include <coord/coord.h>

#include <stdio.h>
#include <stdlib.h>

static void count_primes(void* user, coord_request* request) { /* once, however many ask */
    (void)user;
    char text[24];
    long found = 0, limit = strtol(coord_request_key(request, 0, NULL), NULL, 10);
    for (long n = 2, d; n < limit; n++) {
        for (d = 2; d * d <= n && n % d != 0;) d++;
        found += d * d > n;
    }
    int size = snprintf(text, sizeof text, "%ld", found);
    coord_request_succeed(request, text, (size_t)size, NULL);
}

int main(void) {
    coord_group_options options = {.size = sizeof options, .load = count_primes};
    coord_group* primes = NULL;
    coord_bytes* value = NULL;
    coord_status status =
        coord_group_new(coord_runtime_default(), "primes", COORD_NUL, &options, &primes, NULL);
    if (!status) status = coord_group_get(primes, "100000", COORD_NUL, NULL, &value, NULL);
    printf("%.*s\n", (int)coord_bytes_size(value), (const char*)coord_bytes_data(value, NULL));
    coord_bytes_free(value);
    coord_group_free(primes);
    return status;
}
/* [end] */
