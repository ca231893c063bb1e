// SPDX-License-Identifier: GPL-2.0-only
/*
 * fault: each touch is one fault. A task walks its own mapping one word per page (or per 2 MiB),
 * drops the page tables and goes round again. DAX files map no neighbours along with a page
 * (fuse_dax_vm_ops has no map_pages), so touches = faults, and the kernel's count of the task's
 * faults is reported beside the touches as the proof.
 *
 * The mapping is of one kind for good: an entry made by a PTE fault in the file's page cache turns
 * later PMD faults on that range into fallbacks (grab_mapping_entry), so PMD wants a fresh file.
 */
#include "workload.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

struct fault_run {
	struct dfile file;
	enum map_page page;
	uint64_t step_bytes, slots;
	uint64_t touches, run_ns;
	const char *until_file;
	bool is_write, is_remap, is_warm, is_each;
	unsigned int task_cnt;
};

/* By task, in the main thread's memory: threads leave their mappings for --hold and the end. */
static char **maps;
static __thread char *map;

static void remap(const struct fault_run *r)
{
	if (mmap(map, r->file.size_bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED,
		 r->file.fd, 0) == MAP_FAILED)
		die(errno, "mmap again");
	if (r->page == MAP_PTE && madvise(map, r->file.size_bytes, MADV_NOHUGEPAGE) &&
	    errno != EINVAL)
		die(errno, "madvise(MADV_NOHUGEPAGE)");
}

static void drop(const struct fault_run *r)
{
	if (r->is_remap)
		remap(r);
	else
		drop_ptes(map, r->file.size_bytes);
}

/* Out of line: the rehearsal is to fault in the very code that the run will use. */
__attribute__((noinline)) static void touch_slots(struct task *t, char *base, uint64_t first,
						  uint64_t cnt)
{
	const struct fault_run *r = t->arg;
	uint64_t slot = first % r->slots;

	for (uint64_t i = 0; i < cnt; i++) {
		char *p = base + slot * r->step_bytes;

		if (r->is_write)
			touch_write(p, i);
		else
			touch_read(p);
		if (++slot == r->slots)
			slot = 0;
	}
}

__attribute__((noinline)) static void touch_slots_each(struct task *t, char *base, uint64_t first,
						       uint64_t cnt)
{
	for (uint64_t i = 0; i < cnt; i++) {
		uint64_t begin = now_ns();

		touch_slots(t, base, first + i, 1);
		task_op(t, begin);
	}
}

static void touch_round(struct task *t, char *base, uint64_t first, uint64_t cnt)
{
	const struct fault_run *r = t->arg;
	uint64_t begin = now_ns();

	if (r->is_each) {
		touch_slots_each(t, base, first, cnt);
		return;
	}
	touch_slots(t, base, first, cnt);
	t->ops += cnt;
	t->ops_ns += now_ns() - begin;
}

/* Once through the same code on memory of no file. */
static void rehearse(struct task *t)
{
	static __thread uint64_t dummy[2];

	touch_round(t, (char *)dummy, 0, 1);
	t->ops = 0;
	t->ops_ns = 0;
	t->slowest_ns = 0;
}

static void prepare(struct task *t)
{
	const struct fault_run *r = t->arg;

	map = map_file(r->file.fd, 0, r->file.size_bytes, r->page);
	maps[t->index] = map;
	rehearse(t);
	drop(r);
	if (!r->is_warm)
		return;
	touch_slots(t, map, 0, r->slots);
	/* A range set up by a PMD fault that fell back leaves a page table: start without. */
	remap(r);
}

static bool is_over(const struct fault_run *r, const struct task *t)
{
	return (r->run_ns && now_ns() - t->begin_ns >= r->run_ns) ||
	       (r->until_file && !access(r->until_file, F_OK));
}

static void run(struct task *t)
{
	const struct fault_run *r = t->arg;
	uint64_t first = r->slots * t->index / r->task_cnt;
	uint64_t left = r->touches ? r->touches : UINT64_MAX;

	while (left && !is_over(r, t)) {
		uint64_t cnt = left < r->slots ? left : r->slots;

		touch_round(t, map, first, cnt);
		drop(r);
		t->rounds++;
		left -= cnt;
	}
}

static void summarize(const struct ctx *c, const struct fault_run *r, const struct team *team)
{
	uint64_t touches = 0, touch_ns = 0, faults = 0, rounds = 0;
	struct summary s;

	for (unsigned int i = 0; i < team->cnt; i++) {
		touches += team->task[i].ops;
		touch_ns += team->task[i].ops_ns;
		faults += team->task[i].minflt + team->task[i].majflt;
		rounds += team->task[i].rounds;
	}
	summary_begin(&s, c, team, &r->file);
	summary_str(&s, "page", opt_str(c, "page"));
	summary_str(&s, "access", r->is_write ? "write" : "read");
	summary_u64(&s, "touches", touches);
	summary_u64(&s, "touch_ns", touch_ns);
	summary_u64(&s, "faults", faults);
	summary_u64(&s, "rounds", rounds);
	summary_u64(&s, "ranges", r->file.size_bytes / RANGE_BYTES);
	summary_totals(&s, team);
	summary_tasks(&s, team);
	summary_end(&s, c);
}

static void configure(const struct ctx *c, struct fault_run *r)
{
	r->page = opt_is(c, "page", "pmd") ? MAP_PMD : MAP_PTE;
	r->step_bytes = r->page == MAP_PMD ? RANGE_BYTES : page_bytes();
	r->is_write = opt_flag(c, "write");
	r->is_warm = opt_flag(c, "warm");
	r->is_each = opt_flag(c, "each");
	r->is_remap = opt_is(c, "drop", "remap");
	r->touches = opt_u64(c, "touches");
	r->run_ns = opt_u64(c, "seconds");
	r->until_file = opt_str(c, "until-file");
	if (r->is_write && opt_flag(c, "read"))
		usage("--read or --write, not both");
	if (opt_given(c, "threads") && opt_given(c, "processes"))
		usage("--threads or --processes, not both");
	r->task_cnt = (unsigned int)opt_u64(c, opt_given(c, "processes") ? "processes" : "threads");
	if (!r->task_cnt || opt_u64(c, "size") % RANGE_BYTES || !opt_u64(c, "size"))
		usage("at least one task, and a --size of whole 2 MiB");
}

static int fault(struct ctx *c)
{
	struct fault_run r = { 0 };
	struct team *team;

	configure(c, &r);
	file_open(c, &r.file, "", opt_u64(c, "size"));
	r.slots = r.file.size_bytes / r.step_bytes;
	if (!r.touches && !r.run_ns && !r.until_file)
		r.touches = r.slots;
	team = team_new(r.task_cnt, opt_given(c, "processes"));
	for (unsigned int i = 0; i < r.task_cnt; i++)
		team_add(team, "dl-fault", prepare, run, &r);
	maps = calloc(r.task_cnt, sizeof(*maps));
	if (!maps)
		die(ENOMEM, "mappings");
	team_run(c, team);
	summarize(c, &r, team);
	/* Not in the processes' case: theirs went with them, and maps is a copy they filled. */
	for (unsigned int i = 0; i < r.task_cnt; i++)
		if (maps[i])
			unmap_file(maps[i], r.file.size_bytes);
	free(maps);
	team_free(team);
	file_close(c, &r.file);
	return EXIT_FINE;
}

static const struct opt opts[] = {
	OPT_FILES,
	{ "size", OPT_SIZE, "8M", "of the file and of each task's mapping", NULL },
	{ "page", OPT_CHOICE, "pte", "what a fault maps", "pte|pmd" },
	{ "read", OPT_FLAG, NULL, "read the word touched (so without --write)", NULL },
	{ "write", OPT_FLAG, NULL, "write it", NULL },
	{ "threads", OPT_COUNT, "1", "tasks, each with a mapping of its own", NULL },
	{ "processes", OPT_COUNT, "0", "processes instead of threads", NULL },
	{ "touches", OPT_COUNT, "0", "by each task; 0 without an end is once round", NULL },
	{ "seconds", OPT_SECONDS, "0", "go round for this long; a round is finished", NULL },
	{ "until-file", OPT_STR, NULL, "go round until this file is there, at most --seconds",
	  NULL },
	{ "drop", OPT_CHOICE, "dontneed", "how page tables go between rounds", "dontneed|remap" },
	{ "warm", OPT_FLAG, NULL, "touch all once before the start, uncounted", NULL },
	{ "each", OPT_FLAG, NULL, "time each touch for slowest_ns, at the cost of a clock", NULL },
	{ 0 },
};

const struct workload wl_fault = {
	.name = "fault",
	.run = fault,
	.help = "fault storm on mapped ranges with an exact count",
	.opts = opts,
};
