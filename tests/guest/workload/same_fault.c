// SPDX-License-Identifier: GPL-2.0-only
/*
 * same-fault: a task that touches one page, which another unmaps each time, so that it faults there
 * again and again, and beside them one with as many faults that goes from page to page.
 */
#include "workload.h"

struct same_run {
	struct dfile file;
	char *map;
	char *page; /* the last one, by a mapping of its own */
	uint64_t end_ns;
};

static void fault_here(struct task *t)
{
	struct same_run *r = t->arg;

	while (now_ns() < r->end_ns) {
		uint64_t begin = now_ns();

		touch_read(r->page);
		task_op(t, begin);
	}
}

static void unmap_here(struct task *t)
{
	struct same_run *r = t->arg;

	while (now_ns() < r->end_ns) {
		uint64_t begin = now_ns();

		drop_ptes(r->page, page_bytes());
		task_op(t, begin);
	}
}

static void fault_everywhere(struct task *t)
{
	struct same_run *r = t->arg;

	while (now_ns() < r->end_ns) {
		drop_ptes(r->map, r->file.size_bytes);
		for (uint64_t off = 0; off < r->file.size_bytes; off += page_bytes()) {
			uint64_t begin = now_ns();

			touch_read(r->map + off);
			task_op(t, begin);
		}
	}
}

static int same_fault(struct ctx *c)
{
	struct same_run r = { .end_ns = now_ns() + opt_u64(c, "ms") };
	struct team *team = team_new(3, false);
	struct task *same, *everywhere;
	uint64_t page_off;
	struct summary s;

	file_open(c, &r.file, "", 4 * RANGE_BYTES);
	r.map = map_file(r.file.fd, 0, r.file.size_bytes, MAP_PTE);
	page_off = r.file.size_bytes - page_bytes();
	r.page = map_file(r.file.fd, page_off, page_bytes(), MAP_PTE);
	same = team_add(team, "dl-same", NULL, fault_here, &r);
	team_add(team, "dl-unmap", NULL, unmap_here, &r);
	everywhere = team_add(team, "dl-everywhere", NULL, fault_everywhere, &r);
	team_run(c, team);
	summary_begin(&s, c, team, &r.file);
	summary_role(&s, "same", same);
	summary_u64(&s, "same_offset", page_off);
	summary_role(&s, "everywhere", everywhere);
	summary_end(&s, c);
	team_free(team);
	unmap_file(r.page, page_bytes());
	unmap_file(r.map, r.file.size_bytes);
	file_close(c, &r.file);
	return EXIT_FINE;
}

static const struct opt opts[] = {
	OPT_FILES,
	{ "ms", OPT_MS, "3000", "how long", NULL },
	{ 0 },
};

const struct workload wl_same_fault = {
	.name = "same-fault",
	.run = same_fault,
	.help = "one task faults on one page all the time, another on page after page",
	.opts = opts,
};
