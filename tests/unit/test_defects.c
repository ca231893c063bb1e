// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * Known defects: each shows by tasks like those that have shown it, and by none that lacks a part
 * of it.
 */
#include "../../src/defects.h"

#include "check.h"

#define OLD	  (2 * DEFECT_AGE_NS)
#define YOUNG	  (DEFECT_AGE_NS / 2)
#define TASKS_CNT 3

/* Two tasks of one mount and a bystander, each stuck for long. */
struct scene {
	struct task_details details[TASKS_CNT];
	struct stuck_task tasks[TASKS_CNT];
	struct stuck stuck;
};

static void scene_begin(struct scene *s)
{
	*s = (struct scene){ .stuck = { .cnt = TASKS_CNT, .tasks = s->tasks } };
	for (int i = 0; i < TASKS_CNT; i++) {
		s->details[i].inode = (struct event_inode){ .kind = EVENT_INODE, .key.dev = 38 };
		s->tasks[i] = (struct stuck_task){
			.seen = { .task = 0x10 + i, .unrun_ns = OLD },
			.details = &s->details[i],
			.class = { .op = OP_NR },
			.is_stuck = true,
			.op = OP_NR,
			.wait = STUCK_WAIT_OTHER,
			.holder = STUCK_HOLDER_UNKNOWN,
		};
	}
}

static void self_wait(struct scene *s)
{
	scene_begin(s);
	s->tasks[0].is_for_good = true;
	s->tasks[0].op = OP_EVICT;
	s->tasks[0].wait = s->tasks[1].wait = WAIT_REQUEST_HOST;
	s->tasks[1].dead_worker = &s->tasks[0];
}

static void leak(struct scene *s)
{
	scene_begin(s);
	s->tasks[1].wait = WAIT_I_MMAP_SEM_READ;
	s->tasks[1].holder = HOLDER_LEAKED;
}

static void pinned_reclaim(struct scene *s)
{
	scene_begin(s);
	s->tasks[0].op = OP_RECLAIM_RANGE;
	s->tasks[0].wait = WAIT_BUSY_PAGE;
	s->tasks[1].op = OP_FAULT;
	s->tasks[1].wait = WAIT_FREE_RANGE;
}

static void mmap_lock(struct scene *s)
{
	scene_begin(s);
	s->tasks[0].op = s->tasks[0].class.op = OP_FAULT;
	s->tasks[0].wait = WAIT_REQUEST_HOST;
	s->tasks[1].wait = STUCK_WAIT_MMAP_WRITE;
	s->tasks[1].holder = HOLDER_READER;
	s->tasks[1].holder_task = &s->tasks[0];
}

static const struct {
	const char *name;
	void (*make)(struct scene *s);
	bool has_cause; /* task 0; task 1 is behind it */
} shown[] = {
	{ "completion_self_wait", self_wait, true },
	{ "i_mmap_sem_leaked", leak, false },
	{ "reclaim_behind_pin", pinned_reclaim, true },
	{ "mmap_lock_in_fault", mmap_lock, true },
};

/* The names of all that show, with a space behind each. */
static const char *all_shown(const struct scene *s)
{
	static char names[256];
	const char *reason;

	*names = 0;
	for (size_t i = 0; i < defects_cnt; i++) {
		if (defect__state(&defects[i], &s->stuck, &reason) != DEFECT_SHOWN)
			continue;
		strcat(names, defects[i].name);
		strcat(names, " ");
	}
	return names;
}

static const struct defect *defect_of(const char *name)
{
	for (size_t i = 0; i < defects_cnt; i++)
		if (!strcmp(defects[i].name, name))
			return &defects[i];
	return NULL;
}

static void each_shows_alone(void)
{
	CHECK_U64(defects_cnt, sizeof(shown) / sizeof(shown[0]));
	for (size_t i = 0; i < defects_cnt; i++) {
		const struct defect *defect = defect_of(shown[i].name);
		const struct stuck_task *none = NULL;
		char want[64];
		struct scene s;

		if (!CHECK(defect))
			continue;
		shown[i].make(&s);
		snprintf(want, sizeof(want), "%s ", shown[i].name);
		CHECK_TEXT(all_shown(&s), want);
		CHECK(defect__evidence(defect, &s.stuck, DEFECT_CAUSE, NULL) ==
		      (shown[i].has_cause ? &s.tasks[0] : none));
		CHECK(defect__evidence(defect, &s.stuck, DEFECT_BEHIND, NULL) == &s.tasks[1]);
		CHECK(defect__evidence(defect, &s.stuck, DEFECT_BEHIND, &s.tasks[1]) == none);
	}
}

/* What has just begun may pass. */
static void what_is_young_shows_nothing(void)
{
	for (size_t i = 0; i < defects_cnt; i++) {
		struct scene s;

		shown[i].make(&s);
		s.tasks[0].seen.unrun_ns = s.tasks[1].seen.unrun_ns = YOUNG;
		CHECK_TEXT(all_shown(&s), "");
		shown[i].make(&s);
		s.tasks[0].is_stuck = s.tasks[1].is_stuck = false;
		CHECK_TEXT(all_shown(&s), "");
	}
}

static void a_worker_that_waits_is_enough(void)
{
	struct scene s;

	self_wait(&s);
	s.tasks[1].dead_worker = NULL;
	CHECK_TEXT(all_shown(&s), "completion_self_wait ");
	self_wait(&s);
	s.tasks[0].is_for_good = false;
	CHECK_TEXT(all_shown(&s), "");
}

/* Who holds a lock, and which. */
static void only_i_mmap_sem_is_leaked(void)
{
	struct scene s;

	leak(&s);
	s.tasks[1].wait = WAIT_I_MMAP_SEM_WRITE;
	CHECK_TEXT(all_shown(&s), "i_mmap_sem_leaked ");
	s.tasks[1].wait = STUCK_WAIT_MMAP_READ;
	CHECK_TEXT(all_shown(&s), "");
	leak(&s);
	s.tasks[1].holder = HOLDER_OP;
	CHECK_TEXT(all_shown(&s), "");
	s.tasks[1].holder = HOLDER_READERS;
	CHECK_TEXT(all_shown(&s), "");
}

static void reclaim_needs_a_pin_and_somebody_behind(void)
{
	struct scene s;

	pinned_reclaim(&s);
	s.tasks[0].wait = WAIT_REQUEST_HOST; /* the host's part */
	CHECK_TEXT(all_shown(&s), "");
	pinned_reclaim(&s);
	s.tasks[0].op = OP_TRUNCATE;
	CHECK_TEXT(all_shown(&s), "");
	pinned_reclaim(&s);
	s.tasks[1].wait = WAIT_I_DMAP_SEM_READ;
	CHECK_TEXT(all_shown(&s), "");
	pinned_reclaim(&s);
	s.details[1].inode.key.dev = 39; /* another mount */
	CHECK_TEXT(all_shown(&s), "");
	pinned_reclaim(&s);
	s.details[0].inode.kind = s.details[1].inode.kind = 0;
	CHECK_TEXT(all_shown(&s), "");
}

static void mmap_lock_needs_a_fault_that_has_it(void)
{
	struct scene s;

	mmap_lock(&s);
	s.tasks[1].wait = STUCK_WAIT_MMAP_READ;
	CHECK_TEXT(all_shown(&s), "mmap_lock_in_fault ");
	s.tasks[1].holder = HOLDER_OP;
	CHECK_TEXT(all_shown(&s), "");
	mmap_lock(&s);
	s.tasks[0].class.op = OP_NR;
	CHECK_TEXT(all_shown(&s), "");
	mmap_lock(&s);
	s.tasks[0].seen.unrun_ns = YOUNG; /* it goes on */
	CHECK_TEXT(all_shown(&s), "");
}

/* What lasts for good needs no clock; of what else there is, waits that pass look the same. */
static void without_a_clock(void)
{
	for (size_t i = 0; i < defects_cnt; i++) {
		const struct defect *defect = defect_of(shown[i].name);
		const char *reason;
		struct scene s;

		shown[i].make(&s);
		for (int j = 0; j < TASKS_CNT; j++)
			s.tasks[j].seen.unrun_ns = TASK_AGE_UNKNOWN;
		CHECK_U64(defect__state(defect, &s.stuck, &reason),
			  defect->needs_ages ? DEFECT_NOT_LOOKED : DEFECT_SHOWN);
		CHECK(!reason == !defect->needs_ages);
	}
}

static void what_was_not_seen_is_told(void)
{
	const char *reason = NULL;
	struct scene s;

	scene_begin(&s);
	CHECK_U64(defect__state(&defects[0], &s.stuck, &reason), DEFECT_NOT_SHOWN);
	CHECK(!reason);
	s.stuck.is_cut = true;
	CHECK_U64(defect__state(&defects[0], &s.stuck, &reason), DEFECT_NOT_SHOWN);
	CHECK(reason);
	self_wait(&s);
	s.stuck.is_cut = true;
	CHECK_U64(defect__state(&defects[0], &s.stuck, &reason), DEFECT_SHOWN);
	CHECK(!reason);
}

int main(void)
{
	each_shows_alone();
	what_is_young_shows_nothing();
	a_worker_that_waits_is_enough();
	only_i_mmap_sem_is_leaked();
	reclaim_needs_a_pin_and_somebody_behind();
	mmap_lock_needs_a_fault_that_has_it();
	without_a_clock();
	what_was_not_seen_is_told();
	return check_result();
}
