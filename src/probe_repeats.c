// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * Who faults on one page again and again. Each such fault is short, so none is ever seen to last, and to
 * note the page of all of them would make every hit pay. Instead those who have just had a fault are
 * looked at some times in a row: a task of which all looks find the same page gets nowhere. One that goes
 * on to another page is let go of at once, so a storm of faults costs two looks.
 */
#include "probe_internal.h"

#include <string.h>
#include <time.h>

#define LOOK_GAP_NS    1000000
#define IDLE_NS	       40000000 /* without another fault: it has gone on */
#define RECENT_NS      100000000
#define SEEN_MIN       3 /* a fallback to a PTE makes two faults of one */
#define SEEN_ENOUGH    8
#define CANDIDATES_MAX 64

struct candidate {
	unsigned int slot_index;
	bool is_out;
	__u64 owner;
	__u64 start_ns; /* of its last fault, as first seen at @changed_ns */
	__u64 changed_ns;
	__u64 first_ns, last_ns; /* when the first and the last fault that was seen began */
	struct repeated_fault fault;
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
		candidates[cnt++] = (struct candidate){ .slot_index = at,
							.owner = slot->owner,
							.changed_ns = now };
		if (cnt == CANDIDATES_MAX)
			p->repeats.next_slot = at + 1;
	}
	return cnt;
}

static bool is_elsewhere(const struct candidate *c, const struct inode_key *inode, __u64 offset)
{
	return c->fault.seen_cnt &&
	       (offset != c->fault.offset || !inode_key__is_same(inode, &c->fault.inode));
}

/* Takes in the task's last fault, if that is another one than at the last look. */
static void fault_look(const struct probe *p, struct candidate *c)
{
	const volatile struct task_slot *slot = &p->slots[c->slot_index];
	struct inode_key inode;
	__u64 start_ns, offset;

	if (probe__slot_look(p, c->slot_index))
		return;
	start_ns = slot->fault_start_ns;
	if (!start_ns || start_ns == c->last_ns || slot->frames[0].op > OP_FAULT_MKWRITE)
		return;
	offset = slot->fault_offset;
	inode = *(const struct inode_key *)&slot->seen[0];
	c->is_out = is_elsewhere(c, &inode, offset);
	if (c->is_out)
		return;
	if (!c->fault.seen_cnt++) {
		c->first_ns = start_ns;
		c->fault.task = *(const struct task_key *)&slot->task;
		c->fault.inode = inode;
		c->fault.offset = offset;
		memcpy(c->fault.comm, (const char *)slot->comm, TASK_COMM_LEN_MAX);
	}
	c->fault.op = slot->frames[0].op;
	c->last_ns = start_ns;
}

/* Returns whether it is worth another look. */
static bool candidate_look(const struct probe *p, struct candidate *c, __u64 now)
{
	const volatile struct task_slot *slot = &p->slots[c->slot_index];
	__u64 start_ns = slot->frames[0].start_ns;

	if (c->is_out || c->fault.seen_cnt == SEEN_ENOUGH)
		return false;
	if (start_ns != c->start_ns)
		c->changed_ns = now;
	c->start_ns = start_ns;
	c->is_out = slot->owner != c->owner || now - c->changed_ns > IDLE_NS;
	if (!c->is_out && start_ns != c->last_ns)
		fault_look(p, c);
	return !c->is_out;
}

static void found_take(struct repeats *repeats, struct candidate *c)
{
	if (c->is_out || c->fault.seen_cnt < SEEN_MIN || c->fault.op > OP_FAULT_MKWRITE ||
	    repeats->found_cnt == REPEATS_MAX)
		return;
	c->fault.span_ns = c->last_ns - c->first_ns;
	repeats->found[repeats->found_cnt++] = c->fault;
}

void probe__watch(struct probe *p, __u64 most_ns)
{
	struct timespec gap = { .tv_nsec = LOOK_GAP_NS };
	struct candidate candidates[CANDIDATES_MAX];
	__u64 begin_ns = probe__now_ns(), now = begin_ns;
	unsigned int cnt, left;

	p->repeats.found_cnt = 0;
	if (p->detail != DETAIL_FULL)
		return;
	cnt = left = candidates_find(p, candidates, now);
	for (; left && now - begin_ns < most_ns; now = probe__now_ns()) {
		left = 0;
		for (unsigned int i = 0; i < cnt; i++)
			left += candidate_look(p, &candidates[i], now);
		if (left)
			nanosleep(&gap, NULL);
	}
	for (unsigned int i = 0; i < cnt; i++)
		found_take(&p->repeats, &candidates[i]);
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
