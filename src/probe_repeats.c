// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * Who faults on one page again and again. Each such fault is short, so none is ever seen to last.
 * Those who have just had one are looked at some times in a row, in the slots themselves, where a
 * fault stays until the next; only meanwhile do hits note their page: a task of which all looks
 * find the same page gets nowhere. One that goes on to another page is let go of at once, so a
 * storm of faults costs two looks.
 */
#include "probe_internal.h"

#include <string.h>
#include <time.h>
#include <unistd.h>

#include "clock.h"

#define LOOK_GAP_NS    1000000
#define RECENT_NS      300000000 /* it may not have had a CPU since */
#define SEEN_MIN       3	 /* a fallback to a PTE makes two faults of one */
#define SEEN_ENOUGH    8
#define CANDIDATES_MAX 64

struct candidate {
	unsigned int slot_index;
	unsigned int seen_cnt; /* faults */
	bool is_out;
	__u32 op;
	__u64 owner;
	__u64 inode; /* address, of the last fault */
	__u64 page;
	__u64 first_ns, last_ns; /* when the first and the last fault that was seen began */
};

/* A task's last fault, if that is what it did last: it stays there when it has ended. */
static bool has_recent_fault(const volatile struct task_slot *slot, __u64 now)
{
	const volatile struct frame *frame = &slot->frames[0];
	__u64 start_ns = frame->start_ns;

	return slot->owner > SLOT_DEAD && frame->op <= OP_FAULT_MKWRITE && start_ns &&
	       !(frame->flags & FRAME_MUTED) && (start_ns > now || now - start_ns < RECENT_NS);
}

/* Begins where the last look has ended, so that all come in turn where there are too many. */
static unsigned int candidates_find(struct probe *p, struct candidate *candidates, __u64 now)
{
	unsigned int cnt = 0;

	for (unsigned int i = 0; i < p->slots_cnt && cnt < CANDIDATES_MAX; i++) {
		unsigned int at = (p->repeats.next_slot + i) % p->slots_cnt;
		const volatile struct task_slot *slot = &p->slots[at];

		if (!has_recent_fault(slot, now))
			continue;
		candidates[cnt++] = (struct candidate){ .slot_index = at, .owner = slot->owner };
		if (cnt == CANDIDATES_MAX)
			p->repeats.next_slot = at + 1;
	}
	return cnt;
}

/*
 * Takes in the task's last fault, if that has a page (began after @begin_ns) and was not seen
 * before.
 */
static void fault_look(const struct probe *p, struct candidate *c, __u64 begin_ns)
{
	const volatile struct task_slot *slot = &p->slots[c->slot_index];
	const volatile struct frame *frame = &slot->frames[0];
	__u64 start_ns = frame->start_ns, inode = frame->inode, page = frame->page;

	if (start_ns < begin_ns || start_ns == c->last_ns || frame->op > OP_FAULT_MKWRITE ||
	    start_ns != frame->start_ns)
		return;
	c->is_out = c->seen_cnt && (inode != c->inode || page != c->page);
	if (!c->seen_cnt++)
		c->first_ns = start_ns;
	c->inode = inode;
	c->page = page;
	c->op = frame->op;
	c->last_ns = start_ns;
}

/* Returns whether it is worth another look. */
static bool candidate_look(const struct probe *p, struct candidate *c, __u64 begin_ns)
{
	if (c->is_out || c->seen_cnt == SEEN_ENOUGH)
		return false;
	c->is_out = p->slots[c->slot_index].owner != c->owner;
	if (!c->is_out)
		fault_look(p, c, begin_ns);
	return !c->is_out;
}

/* The inode has a key where its run of hits, or its last fault that was none, has left one. */
static bool key_find(const volatile struct task_slot *slot, const struct candidate *c,
		     struct inode_key *key)
{
	for (unsigned int i = 0; i < RUNS_PER_TASK; i++) {
		if (slot->runs[i].inode != c->inode)
			continue;
		*key = *(const struct inode_key *)&slot->runs[i].key;
		return true;
	}
	*key = *(const struct inode_key *)&slot->frames[0].key;
	return slot->frames[0].inode == c->inode && slot->frames[0].flags & FRAME_KEYED;
}

static void found_take(struct probe *p, const struct candidate *c)
{
	const volatile struct task_slot *slot = &p->slots[c->slot_index];
	struct repeats *repeats = &p->repeats;
	struct repeated_fault fault = {
		.task = *(const struct task_key *)&slot->task,
		.op = c->op,
		.seen_cnt = c->seen_cnt,
		.offset = c->page * sysconf(_SC_PAGESIZE),
		.span_ns = c->last_ns - c->first_ns,
	};

	if (c->is_out || c->seen_cnt < SEEN_MIN || slot->owner != c->owner ||
	    repeats->found_cnt == REPEATS_MAX || !key_find(slot, c, &fault.inode))
		return;
	memcpy(fault.comm, (const char *)slot->comm, TASK_COMM_LEN_MAX);
	repeats->found[repeats->found_cnt++] = fault;
}

void probe__watch(struct probe *p, __u64 most_ns)
{
	struct timespec gap = { .tv_nsec = LOOK_GAP_NS };
	struct candidate candidates[CANDIDATES_MAX];
	unsigned int cnt, left;
	__u64 begin_ns, now;

	p->repeats.found_cnt = 0;
	if (p->detail != DETAIL_FULL)
		return;
	cnt = left = candidates_find(p, candidates, clock_ns(CLOCK_MONOTONIC));
	if (!cnt)
		return;
	p->skel->bss->pages_wanted = true;
	nanosleep(&gap, NULL); /* so that who has just found it false has begun its fault by then */
	for (begin_ns = now = clock_ns(CLOCK_MONOTONIC); left && now - begin_ns < most_ns;
	     now = clock_ns(CLOCK_MONOTONIC)) {
		left = 0;
		for (unsigned int i = 0; i < cnt; i++)
			left += candidate_look(p, &candidates[i], begin_ns);
		if (left)
			nanosleep(&gap, NULL);
	}
	p->skel->bss->pages_wanted = false;
	for (unsigned int i = 0; i < cnt; i++)
		found_take(p, &candidates[i]);
}

int repeats__read(const struct probe *p, struct summary *s)
{
	int err = 0;

	if (p->detail != DETAIL_FULL)
		return summary__add_unmeasured(s, "repeated_faults",
					       "only --detail full looks at single faults");
	for (unsigned int i = 0; i < p->repeats.found_cnt && !err; i++)
		err = summary__add_repeated_fault(s, &p->repeats.found[i]);
	return err;
}
