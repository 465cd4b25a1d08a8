/* A counter to wait for, for tests with threads. */
#pragma once

#include <pthread.h>

typedef struct latch {
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    int count;
} latch;

#define LATCH_INIT \
    { PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, 0 }

static inline void latch_add(latch* on) {
    pthread_mutex_lock(&on->mutex);
    on->count++;
    pthread_cond_broadcast(&on->changed);
    pthread_mutex_unlock(&on->mutex);
}

static inline void latch_wait(latch* on, int until) {
    pthread_mutex_lock(&on->mutex);
    while (on->count < until) pthread_cond_wait(&on->changed, &on->mutex);
    pthread_mutex_unlock(&on->mutex);
}

static inline int latch_count(latch* on) {
    pthread_mutex_lock(&on->mutex);
    const int now = on->count;
    pthread_mutex_unlock(&on->mutex);
    return now;
}
