/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What every workload of daxload shares: its row in the table, its options, its files, its tasks
 * and its summary.
 *
 * A workload is judged by what it counted itself, so whatever cannot be done as asked ends the
 * process at once with a message and status 1 (die()): a figure made under other circumstances
 * than the test believes is worse than none. That is why these helpers return no errors.
 */
#ifndef WORKLOAD_H
#define WORKLOAD_H

/* Every file includes this one first. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#include <limits.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

/* What the kernel sets up at a time: FUSE_DAX_SZ in fs/fuse/dax.c. */
#define RANGE_BYTES   (2ULL << 20)
#define NSEC_PER_MSEC 1000000ULL
#define NSEC_PER_SEC  1000000000ULL
#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

enum exit_code {
	EXIT_FINE = 0,
	EXIT_FAILED = 1,
	EXIT_USAGE = 2
};

/* ---- options (opts.c) ---- */

enum opt_kind {
	OPT_FLAG,
	OPT_STR,
	OPT_COUNT,   /* K, M, G as powers of 1024 */
	OPT_SIZE,    /* bytes, likewise */
	OPT_MS,	     /* a bare number is ms; "ms" and "s" are understood; kept in ns */
	OPT_SECONDS, /* a bare number is seconds; likewise kept in ns */
	OPT_MS_LIST, /* comma-separated, at most OPT_LIST_MAX */
	OPT_CHOICE,  /* one of the words in @choices, separated by | */
};

#define OPT_LIST_MAX 64

/* One option; a table of them ends with a row without a name. */
struct opt {
	const char *name;
	enum opt_kind kind;
	const char *def; /* NULL: no value, 0 or false */
	const char *help;
	const char *choices;
};

struct ctx;

struct workload {
	const char *name;
	int (*run)(struct ctx *c); /* returns an enum exit_code */
	const char *help;
	const struct opt *opts;
	const char *positional; /* a helper's arguments; such a one takes no common options */
};

/* One invocation: the workload chosen and the values of its options. */
struct ctx {
	const struct workload *w;
	struct opt_value *values;
	size_t value_cnt;
	int argc; /* what is left after the options */
	char **argv;
};

/* Returns 0, or -1 after telling stderr what is wrong with the command line. */
int opts_parse(struct ctx *c, int argc, char **argv);
void opts_free(struct ctx *c);
void opts_help(const struct workload *w, FILE *to);

/* Asking for an option that the workload's table does not have is a bug and aborts. */
uint64_t opt_u64(const struct ctx *c, const char *name);
double opt_real(const struct ctx *c, const char *name);
const char *opt_str(const struct ctx *c, const char *name);
bool opt_flag(const struct ctx *c, const char *name);
bool opt_is(const struct ctx *c, const char *name, const char *choice);
bool opt_given(const struct ctx *c, const char *name);
/* Borrowed until opts_free(); *cnt is how many. */
const uint64_t *opt_list(const struct ctx *c, const char *name, size_t *cnt);
__attribute__((noreturn)) void usage(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* Where the files are; all workloads that make one take it. */
#define OPT_FILES                                                                      \
	{ "file", OPT_STR, NULL, "the file to work on", NULL },                        \
	{                                                                              \
		"dir", OPT_STR, NULL, "make a file of our own in this directory", NULL \
	}

/* ---- end of the process (main.c) ---- */

/* Say "daxload NAME: what: strerror(err)" and exit with 1; err 0 leaves the reason out. */
__attribute__((noreturn)) void die(int err, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* ---- files and mappings (files.c) ---- */

struct dfile {
	char path[PATH_MAX];
	int fd;
	uint64_t size_bytes;
	uint64_t ino;
	bool is_dax;
	bool is_ours; /* made by us, so ours to remove */
};

enum map_page {
	MAP_PTE,
	MAP_PMD
};

uint64_t page_bytes(void);

/*
 * Open (with --existing) or make the file that --file or --dir name; @suffix, which may be empty,
 * tells several files of one workload apart. A file that is made grows by one write of a byte at
 * its end: that is one FUSE_WRITE, and neither a truncate nor a range in the window.
 */
void file_open(const struct ctx *c, struct dfile *f, const char *suffix, uint64_t size_bytes);
/* Close it and, unless --keep, remove it if it is ours. Unmap it first. */
void file_close(const struct ctx *c, struct dfile *f);
/* The directory of --file, or --dir. Static storage. */
const char *files_dir(const struct ctx *c);
void file_path(const struct ctx *c, char *path, size_t len, const char *suffix);
void file_create(const char *path, uint64_t size_bytes);
/*
 * Wait until the server has answered the releases of what was closed. Some kernels hang the mount
 * for good when the last reference of a deleted inode with ranges is dropped in the completion
 * worker (fuse_release_end), so: unmap, close, release_barrier(), and only then unlink.
 */
void release_barrier(const struct ctx *c);
void drop_caches(void);

/* A shared mapping at an address aligned to 2 MiB; @off_bytes must be aligned too for MAP_PMD. */
char *map_file(int fd, uint64_t off_bytes, uint64_t len_bytes, enum map_page page);
void unmap_file(char *map, uint64_t len_bytes);
/* Drop the page tables, so that the next touch of each page faults. */
void drop_ptes(char *addr, uint64_t len_bytes);

static inline void touch_read(const void *p)
{
	(void)*(const volatile uint64_t *)p;
}

static inline void touch_write(void *p, uint64_t value)
{
	*(volatile uint64_t *)p = value;
}

/* The same with SIGBUS caught: true when the page was there. Call guard_install() first. */
void guard_install(void);
bool touch_guarded(void *p, bool is_write);

/* ---- tasks (team.c) ---- */

struct team;

/* One thread or process. Lives in shared memory, so what a process saw is seen by its parent. */
struct task {
	struct team *team;
	const char *comm;
	void (*prepare)(struct task *t); /* before the start; may be NULL */
	void (*run)(struct task *t);
	void *arg;
	unsigned int index;
	pthread_t thread;

	/* what it saw itself */
	pid_t tid;
	uint64_t begin_ns, end_ns; /* of run(), CLOCK_MONOTONIC */
	uint64_t ops, ops_ns, slowest_ns, slowest_begin_ns;
	uint64_t sigbus, bytes;
	uint64_t rounds;
	uint64_t minflt, majflt; /* during run() */
};

struct team {
	pthread_barrier_t ready, go;
	bool is_processes;
	atomic_bool stop;
	unsigned int cnt, max;
	uint64_t begin_ns, end_ns;
	struct task task[];
};

struct team *team_new(unsigned int max, bool is_processes);
/* @comm and @arg are borrowed for the team's life. */
struct task *team_add(struct team *team, const char *comm, void (*prepare)(struct task *),
		      void (*run)(struct task *), void *arg);
/* Prepare all, ready file, start file, --inject, let go, wait for all, lift the injection. */
void team_run(const struct ctx *c, struct team *team);
/* The same without the choreography, for further teams of the same run. */
void team_run_again(struct team *team);
void team_free(struct team *team);

static inline bool team_stopped(struct task *t)
{
	return atomic_load_explicit(&t->team->stop, memory_order_relaxed);
}

static inline void team_stop(struct task *t)
{
	atomic_store(&t->team->stop, true);
}

/* For workloads that need no team: what team_run() does around the run. */
void run_begin(const struct ctx *c);
void run_end(const struct ctx *c);
/* Lift the injection, if there is one, on the way out of a failure. */
void run_abandon(void);

uint64_t now_ns(void);
void sleep_ns(uint64_t ns);
void set_comm(const char *comm);
pid_t task_tid(void);
/* Count one operation that began at @begin_ns and ends now; returns its duration. */
uint64_t task_op(struct task *t, uint64_t begin_ns);
/* A task's own reproducible random numbers. */
uint64_t rng_next(uint64_t *state);

/* Set user.daxctl at the root of the mount that @dir lies on. */
void send_ctl(const char *dir, const char *command);

/* ---- the one line on stdout (summary.c) ---- */

struct summary {
	FILE *to;
	char *text;
	size_t len;
	bool is_first;
};

/*
 * The fields that all have: workload, pid, tids (of @team, or ours), and of @f, which may be NULL.
 */
void summary_begin(struct summary *s, const struct ctx *c, const struct team *team,
		   const struct dfile *f);
void summary_u64(struct summary *s, const char *name, uint64_t value);
void summary_bool(struct summary *s, const char *name, bool value);
void summary_str(struct summary *s, const char *name, const char *value);
void summary_u64s(struct summary *s, const char *name, const uint64_t *values, size_t cnt);
/* ROLE_tid, ROLE_begin_ns, ROLE_ns: a task whose run() is the operation. */
void summary_role(struct summary *s, const char *role, const struct task *t);
/* ops, ops_ns, slowest_ns and so on over the tasks, and "tasks" with each one's own. */
void summary_totals(struct summary *s, const struct team *team);
void summary_tasks(struct summary *s, const struct team *team);
/* Print the line, then stay for --hold. */
void summary_end(struct summary *s, const struct ctx *c);

/* ---- the table (main.c lists these) ---- */

extern const struct workload wl_fault, wl_truncate_race, wl_pinned, wl_thrash, wl_manyfiles,
	wl_smallfiles, wl_upgrade, wl_writers, wl_fallocate, wl_setup_race, wl_truncate_block,
	wl_reclaim_block, wl_cross_read, wl_slow, wl_create, wl_inode_spread, wl_ctl, wl_stat,
	wl_wait_for, wl_bench, wl_soak, wl_bench_storm, wl_bench_rotate, wl_reuse, wl_caps,
	wl_blame, wl_pin_window, wl_last_close, wl_pin_hold, wl_mmap_block, wl_same_fault, wl_build,
	wl_vsock_take;

#endif
