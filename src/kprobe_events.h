/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * Kernel probes by tracefs' kprobe_events: the only way to say how many calls of a function may be
 * in progress at once (maxactive), and to learn how many went unseen (kprobe_profile). A perf event
 * alone has one per CPU, which a few sleepers use up (kernel/kprobes.c, up to 5.17).
 */
#ifndef DAXTOP_KPROBE_EVENTS_H
#define DAXTOP_KPROBE_EVENTS_H

#include <stdbool.h>
#include <sys/types.h>

#include <linux/types.h>

#define KPROBE_MAXACTIVE 1024 /* of each return probe: tasks asleep in that function at once */

struct kprobe_events {
	int fd;		    /* of kprobe_events, or -1: no tracefs, and none of the rest */
	char dir[64];	    /* where tracefs is */
	pid_t owner;	    /* whose pid the names of its events end in */
	int guard_pipe;	    /* its closing tells the guard that this process has ended, or -1 */
	pid_t guard;	    /* or 0 */
	unsigned int count; /* of events there are */
};

/*
 * Finds tracefs, and takes away what processes that are gone have left. Where there is no tracefs,
 * or it cannot be written, -ENOENT or another -errno, and @events is as good as closed.
 */
int kprobe_events__open(struct kprobe_events *events);

/*
 * Makes an event for @function (its return, if @is_return), disabled, and opens it as a perf event
 * on all CPUs. Returns the descriptor, which belongs to the caller, or -errno.
 *
 * The first one also starts a guard: a child that takes the events away when this process ends
 * without doing so, as after SIGKILL.
 */
int kprobe_events__add(struct kprobe_events *events, const char *name, const char *function,
		       bool is_return);

/* Calls that no program saw, over all events, as the kernel counts them. 0 or -errno. */
int kprobe_events__misses(const struct kprobe_events *events, __u64 *misses);

/* Takes all events away; their descriptors must be closed. */
void kprobe_events__close(struct kprobe_events *events);

#endif
