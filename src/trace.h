/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * Tracing as a command does it: options that say what to trace, a mount to wait for, the start,
 * reading what has happened, the end. Complains itself of what goes wrong.
 */
#ifndef DAXTOP_TRACE_H
#define DAXTOP_TRACE_H

#include <sys/utsname.h>
#include <time.h>

#include "options.h"
#include "probe.h"
#include "task_look.h"
#include "view.h"

#define NS_PER_S 1000000000ULL

#define FILTERS_MAX 5

struct trace_opts {
	double stuck_s;
	bool is_forced;	 /* output may go to a traced mount */
	bool is_no_wait; /* a mount must be there */
	const char *mount;
	const char *path;
	enum dax_detail detail;
	bool has_phases;
	unsigned int inodes_max, tasks_max; /* 0: by memory */
	const char *btf_path;
	struct probe_filter filter;
	struct view_filter shown[FILTERS_MAX];
	size_t shown_cnt;
};

#define TRACE_OPTS_DEFAULT                            \
	{                                             \
		.stuck_s = 1.0, .detail = DETAIL_FULL \
	}

/* Their rows in a table of options. */
#define TRACE_OPTION_ROWS                                                                         \
	{ { "detail", required_argument, NULL, 'D' },                                             \
	  "LEVEL",                                                                                \
	  "full, counts or stalls (full): see " TOOL_NAME " help detail" },                       \
		{ { "phases", no_argument, NULL, 'P' },                                           \
		  "",                                                                             \
		  "also the inside of faults; see " TOOL_NAME " help phases" },                   \
		{ { "mount", required_argument, NULL, 'm' },                                      \
		  "DIR",                                                                          \
		  "only this mount: mount point or tag" },                                        \
		{ { "pid", required_argument, NULL, 'p' }, "PID", "only this process" },          \
		{ { "comm", required_argument, NULL, 'c' }, "NAME", "only tasks of this name" },  \
		{ { "path", required_argument, NULL, 'f' },                                       \
		  "PATH",                                                                         \
		  "only this file, or files below this folder" },                                 \
		{ { "inodes-max", required_argument, NULL, 'I' },                                 \
		  "COUNT",                                                                        \
		  "rows by inode and operation" },                                                \
		{ { "tasks-max", required_argument, NULL, 'T' },                                  \
		  "COUNT",                                                                        \
		  "rows by task and operation" },                                                 \
		{ { "btf", required_argument, NULL, 'B' },                                        \
		  "FILE",                                                                         \
		  "kernel types, for a kernel built without" },                                   \
		{ { "stuck", required_argument, NULL, 'S' },                                      \
		  "SECONDS",                                                                      \
		  "tell by itself what is in flight for so long (1)" },                           \
		{ { "no-wait", no_argument, NULL, 'W' },                                          \
		  "",                                                                             \
		  "end if there is no such mount yet" },                                          \
	{                                                                                         \
		{ "force", no_argument, NULL, 'F' }, "", "write even to a file on a traced mount" \
	}

/*
 * One of them, with its value, into @opts. False when the value is none, or the option is not one
 * of them.
 */
bool trace_opts__take(struct trace_opts *opts, int option, char *value);

/* EXIT_USAGE, having complained, where they do not go together. */
enum exit_code trace_opts__check(const struct trace_opts *opts);

struct trace {
	struct trace_opts opts;
	struct probe *probe;
	struct names *names;
	struct mount_list mounts;
	struct utsname host;
	bool is_ended; /* before it began */
	__u64 start_ns;
	__u64 end_ns; /* when tracing ended; 0: it goes on */
	unsigned int self_requests_told;
	struct window_feed *feed;
	struct task_walk *walk;
	struct task_look *look;
	struct failure no_look; /* why there is none */
};

/* A descriptor that is to be written to while tracing, and what it is called. */
struct trace_output {
	int fd;
	const char *name;
};

/*
 * Waits for a mount where there is none yet (a signal then leaves is_ended set), and finds what the
 * filters name. @outputs (cnt of them) may not lie on what is traced.
 */
enum exit_code trace__prepare(struct trace *t, const struct trace_output *outputs, size_t cnt);

/*
 * Begins to trace, and gives up capabilities. @recorder may be NULL, and is borrowed; @buffer_bytes
 * 0: by memory. Ends with EXIT_CANNOT_RUN where the only mounts have no DAX.
 */
enum exit_code trace__start(struct trace *t, const struct probe_recorder *recorder,
			    unsigned int buffer_bytes);
/*
 * EXIT_USAGE, having complained, where @name lies on the mount of that number and that is to be
 * traced.
 */
enum exit_code trace__check_output(const struct trace *t, const char *name, __u32 dev);

/*
 * What a view is to be told of tracing; its wall clock is that of the end of @s. Strings are
 * borrowed of @t.
 */
struct view_opts trace__view_opts(const struct trace *t, const struct summary *s);

/* One line on stderr: what is traced. */
void trace__say(const struct trace *t);

/* Takes events that wait. 0 or -errno. */
int trace__take_events(struct trace *t);

/* All since the start, or (@is_state) what events do not tell of it. NULL with errno. */
struct summary *trace__read(struct trace *t, bool is_state);

/* Looks for repeated faults, for a part of an interval: see probe__watch(). */
void trace__watch(struct trace *t, double interval_s);

void trace__stop(struct trace *t);
void trace__fini(struct trace *t);

/* A timer that fires every so often (0: never). A descriptor that does not block, or -errno. */
int timer_new(double interval_s);
/* Every so often from now on. 0 or -errno. */
int timer_set(int timer, double interval_s);

/*
 * Blocks the signals that end a command, SIGUSR1 and @more (0: none); they come through this
 * descriptor.
 */
int signals_new(int more);
/* Lets them through again. */
void signals_let(void);

#endif
