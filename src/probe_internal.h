/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * What probe.c (loading, attaching) and probe_read.c (reading) share; nobody else includes it.
 */
#ifndef DAXTOP_PROBE_INTERNAL_H
#define DAXTOP_PROBE_INTERNAL_H

#include <bpf/libbpf.h>

#include "kprobe_events.h"
#include "probe.h"
#include "symbols.h"
#include "daxtop.skel.h" /* after the types that its data has */

#define VMLINUX_BTF "/sys/kernel/btf/vmlinux"
#define KNOWN_MAX   256

#define HOLDERS_MAX 64

/* Busy pages: src/probe_pins.c. */
struct pins {
	struct symbol_names *symbols; /* NULL: the kernel has none to read */
	struct page_holder holders[HOLDERS_MAX];
	unsigned int holder_cnt;
	bool is_full;			  /* there may be more */
	struct sought sought[SOUGHT_MAX]; /* at the last look */
	unsigned int sought_cnt;
};

/* Faults on one page again and again: src/probe_repeats.c. */
struct repeats {
	struct repeated_fault found[REPEATS_MAX]; /* at the last look */
	unsigned int found_cnt;
	unsigned int next_slot; /* where the next look begins */
};

struct probe {
	struct daxtop_bpf *skel;
	struct ring_buffer *events;
	struct window_feed *feed;	       /* borrowed; NULL: changes of windows are dropped */
	struct names *names;		       /* borrowed, while probe__take_events() runs */
	const struct probe_recorder *recorder; /* borrowed; NULL: nothing is recorded */
	struct ring_buffer *records;
	size_t taken_bytes;	     /* of it, by the probe__take_records() that runs */
	struct event_hits *hit_logs; /* the map itself; taking what is left empties it */
	struct hook_state *hooks;
	const struct task_slot *slots; /* the map itself, read-only */
	size_t slots_bytes;
	unsigned int slots_cnt;
	unsigned int cpus_cnt;
	enum dax_detail detail;
	bool by_kprobe;	   /* nothing that needs the kernel's own BTF */
	bool asks_symbols; /* a function must be in /proc/kallsyms, too */
	bool has_fuse_types, has_mem_alloc, has_recursion_misses; /* of the kernel */
	struct kprobe_events kprobes;
	int kprobes_err; /* why there are none, though some were wanted */
	bool has_phases;
	bool has_path_filter;
	bool has_full_run;	 /* a run that must go to the tables before it wraps */
	__u32 code_missing;	 /* bits of enum dax_op: no such function in code_table was found */
	__u32 filter_dev;	 /* s_dev of the only mount to show, or 0 */
	struct mount_list known; /* mounts that mountinfo has listed once, at most KNOWN_MAX */
	bool is_gone[KNOWN_MAX]; /* one of these is unmounted, and a summary has said so */
	struct event_self_request self_requests[SELF_REQUESTS_MAX];
	unsigned int self_requests_cnt;
	__u64 stop_ns;	     /* when tracing ended; 0: it goes on */
	__u64 cpu_base_ns;   /* own CPU time when tracing began */
	__u64 steal_base_ns; /* likewise what the host had taken */
	__u64 names_failed;  /* names that the store had no room for */
	struct pins pins;
	struct repeats repeats;
};

/* The program at a row's begin or end, in the flavour that it is hooked by; NULL: none. */
struct bpf_program *probe__program(const struct probe *p, const struct hook_state *state,
				   bool is_end);

/* What of the plan this kernel can do: fills in hooks, and settings that follow. 0 or -errno. */
int probe__resolve_plan(struct probe *p, const char *btf_path, struct failure *failure);

/* Whether its level of detail can be had here. 0 or -errno. */
int probe__check_detail(const struct probe *p, struct failure *failure);

/* Below DETAIL_FULL: where the functions are that tell an operation by its stack. 0 or -errno. */
int probe__resolve_code(struct probe *p, struct failure *failure);

/*
 * Attaches what the plan has and this kernel offers, exits before entries, and begins tracing.
 * -errno with @failure filled when a required hook cannot be had. States are filled either way.
 */
int probe__start(struct probe *p, const struct mount_list *mounts, struct failure *failure);

/* Looks at the windows of mounts; @mounts leads to the first of them. */
void probe__mounts_look(struct probe *p, const struct mount_list *mounts);

/*
 * Searches all pipes for the pages that tasks have waited for a while; before in_flight_read(),
 * whose rows are then told by pins__page().
 */
void pins__look(struct probe *p, __u64 now);
struct in_flight_page pins__page(struct probe *p, unsigned int slot_index);

/* Who released pages, and what was searched for them. 0 or -errno. */
int pins__read(struct probe *p, struct summary *s);

/*
 * Runs a program of the kernel side that looks at a slot, and is attached to nothing. 0 or -errno.
 */
int probe__look_at_slot(const struct bpf_program *program, unsigned int slot_index);

/* What the last probe__watch() has found, into @s. 0 or -errno. */
int repeats__read(const struct probe *p, struct summary *s);

/* Recording: the sizes of its tables, and what is there when they are. 0 or -errno. */
int record__size(struct probe *p, const struct probe_opts *opts, unsigned long long memory_bytes);
int record__open(struct probe *p);
void record__close(struct probe *p);
/* To the recorder, if there is one. 0 or -errno. */
int record__event(const struct probe *p, const void *event, size_t bytes);
int record__task(const struct probe *p, const struct names *names, const struct task_key *task,
		 const char comm[TASK_COMM_LEN_MAX]);

/* CPU time of this process so far, in ns. */
__u64 probe__cpu_ns(void);

/* Keeps hits where they are, from its return until it is called with false. */
void probe__hold_runs(struct probe *p, bool hold);

#endif
