/* What the demo shows while it runs: a table repainted in place on a terminal, else a line now and
 * then. */
#ifndef DEMO_TABLE_H
#define DEMO_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The counts of one phase. calls = hits + loads + waited, once it is over. */
typedef struct table_row {
    const char* phase;
    bool begun;
    bool over;
    uint64_t calls;
    uint64_t hits;
    uint64_t loads;
    uint64_t waited;
    uint64_t gave_up;
} table_row;

/* What holds at this moment. */
typedef struct table_now {
    double seconds;
    uint64_t computing;
    uint64_t waiting;
    uint64_t kept_bytes;
} table_now;

enum { TABLE_ROWS = 3 };

/* One thread uses it. */
struct table {
    bool repaints;
    bool colours;
    bool painted;
    unsigned overs_shown;
    double shown_at;
};

void table_begin(struct table* table);
/* `last`: show it whether or not it is time to. */
void table_show(struct table* table,
                const table_row rows[TABLE_ROWS],
                const table_now* now,
                bool last);
/* Prints a line below the table: in green, or in red when it is bad news. */
void table_end(const struct table* table, const char* line, bool good);

/* Writes a number with commas: 1,204. Gives text. */
char* with_commas(uint64_t number, char text[32]);

#endif
