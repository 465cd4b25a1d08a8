/* Escape sequences go to terminals of at least 80 columns only, colours not where NO_COLOR is set.
 */
#include "table.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

static const double line_every = 0.5; /* seconds, where nothing is repainted */

char* with_commas(uint64_t number, char text[32]) {
    char digits[24];
    const int n = snprintf(digits, sizeof digits, "%llu", (unsigned long long)number);
    char* out = text;
    for (int i = 0; i < n; i++) {
        if (i > 0 && (n - i) % 3 == 0) *out++ = ',';
        *out++ = digits[i];
    }
    *out = '\0';
    return text;
}

static void cell(uint64_t number, int width) {
    char text[32];
    printf("%*s", width, with_commas(number, text));
}

static void paint(const struct table* table, const char* code) {
    if (table->colours) fputs(code, stdout);
}

void table_begin(struct table* table) {
    const char* no_colour = getenv("NO_COLOR");
    const char* terminal = getenv("TERM");
    struct winsize window = {0};
    const bool able = isatty(STDOUT_FILENO) && terminal != NULL && strcmp(terminal, "dumb") != 0;
    *table = (struct table){0};
    table->repaints = able && ioctl(STDOUT_FILENO, TIOCGWINSZ, &window) == 0 &&
                      (window.ws_col == 0 || window.ws_col >= 80);
    table->colours = able && (no_colour == NULL || no_colour[0] == '\0');
}

static void show_header(const struct table* table) {
    paint(table, "\033[1m");
    printf("%-30s%7s%8s%7s%8s%9s%9s", "", "calls", "hits", "loads", "waited", "gave up", "waiting");
    paint(table, "\033[0m");
    printf("\n");
}

static void show_row(const struct table* table, const table_row* row, const table_now* now) {
    const bool running = row->begun && !row->over;
    if (table->repaints)
        printf("\033[2K");
    else
        printf("%5.1f s ", now->seconds);
    if (!row->begun) paint(table, "\033[2m");
    printf("%-30s", row->phase);
    if (row->begun) {
        cell(row->calls, 7);
        cell(row->hits, 8);
        cell(row->loads, 7);
        cell(row->waited, 8);
        cell(row->gave_up, 9);
        cell(running ? now->waiting : 0, 9);
    }
    paint(table, "\033[0m");
    printf("\n");
}

static void show_moment(const table_now* now) {
    printf("\033[2K%4.1f s   computing %llu now, %llu callers waiting, %.1f MB in memory\n",
           now->seconds,
           (unsigned long long)now->computing,
           (unsigned long long)now->waiting,
           (double)now->kept_bytes / 1e6);
}

static void repaint(struct table* table, const table_row rows[TABLE_ROWS], const table_now* now) {
    if (table->painted)
        printf("\033[%dA", TABLE_ROWS + 1);
    else
        show_header(table);
    table->painted = true;
    for (unsigned i = 0; i < TABLE_ROWS; i++) show_row(table, &rows[i], now);
    show_moment(now);
}

/* Each phase ends with a line of its own, which says the same every time; in between, one per half
 * second. */
static void append(struct table* table,
                   const table_row rows[TABLE_ROWS],
                   const table_now* now,
                   bool last) {
    if (!table->painted) {
        printf("%8s", "");
        show_header(table);
    }
    table->painted = true;
    while (table->overs_shown < TABLE_ROWS && rows[table->overs_shown].over) {
        show_row(table, &rows[table->overs_shown++], now);
        table->shown_at = now->seconds;
    }
    if (table->overs_shown == TABLE_ROWS) return;
    if (!last && now->seconds - table->shown_at < line_every) return;
    table->shown_at = now->seconds;
    show_row(table, &rows[table->overs_shown], now);
}

void table_show(struct table* table,
                const table_row rows[TABLE_ROWS],
                const table_now* now,
                bool last) {
    if (table->repaints)
        repaint(table, rows, now);
    else
        append(table, rows, now, last);
    fflush(stdout);
}

void table_end(const struct table* table, const char* line, bool good) {
    paint(table, good ? "\033[1;32m" : "\033[1;31m");
    printf("%s", line);
    paint(table, "\033[0m");
    printf("\n");
    fflush(stdout);
}
