// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * Leaked locks of doctor --stuck: what only one pair of looks has seen is not told as leaked.
 */
#include "../../src/stuck.h"

#include "check.h"

/* A task that waits for the lock at 0xa0, which 0xb0 seems to have leaked. */
static struct stuck_task waiter(struct task_details *details)
{
	struct stuck_task task = {
		.seen = { .task = 0x10, .start_ns = 5, .voluntary_cnt = 7 },
		.details = details,
		.is_stuck = true,
		.holder = HOLDER_LEAKED,
	};

	*details = (struct task_details){ .sem = 0xa0, .holder = 0xb0 };
	return task;
}

/* What the second pair of looks says when the first one has found @before. */
static __u32 confirmed(struct stuck_task before)
{
	struct task_details details;
	struct stuck_task now = waiter(&details);
	struct stuck first = { .tasks = &before, .cnt = 1 }, second = { .tasks = &now, .cnt = 1 };

	stuck__confirm_leaks(&second, &first);
	return now.holder;
}

static void leaks_are_confirmed(void)
{
	struct task_details details;
	struct stuck_task same = waiter(&details), other = same;

	CHECK_U64(confirmed(same), HOLDER_LEAKED);
	other.holder = HOLDER_OP;
	CHECK_U64(confirmed(other), STUCK_HOLDER_UNKNOWN);
	other = same;
	other.seen.voluntary_cnt--; /* it has run since */
	CHECK_U64(confirmed(other), STUCK_HOLDER_UNKNOWN);
	other = same;
	other.seen.start_ns--; /* another task at that address */
	CHECK_U64(confirmed(other), STUCK_HOLDER_UNKNOWN);
	other = same;
	other.seen.task = 0x20;
	CHECK_U64(confirmed(other), STUCK_HOLDER_UNKNOWN);
	other = same;
	details.holder = 0xc0;
	CHECK_U64(confirmed(other), STUCK_HOLDER_UNKNOWN);
	details.holder = 0xb0;
	details.sem = 0xd0;
	CHECK_U64(confirmed(other), STUCK_HOLDER_UNKNOWN);
}

static void leaks_are_found(void)
{
	struct task_details details;
	struct stuck_task task = waiter(&details);
	struct stuck stuck = { .tasks = &task, .cnt = 1 };

	CHECK(stuck__has_leaks(&stuck));
	task.is_stuck = false;
	CHECK(!stuck__has_leaks(&stuck));
	task.is_stuck = true;
	task.holder = HOLDER_OP;
	CHECK(!stuck__has_leaks(&stuck));
}

int main(void)
{
	leaks_are_confirmed();
	leaks_are_found();
	return check_result();
}
