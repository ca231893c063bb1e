// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * Reading what bpf/release.bpf.c knows of busy pages: who released them and, while they are waited
 * for, the pipes they are in. Addresses become names here; the model knows none.
 */
#include "probe_internal.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kstack.h"
#include "releases.h"

#define LOOK_AFTER_NS 1000000000ULL /* searching all pipes is not for each short wait */
#define STACK_BYTES   2048

/* ---- while it lasts ---- */

static __u64 page_of(const struct probe *p, unsigned int slot_index)
{
	const volatile struct task_slot *slot = &p->slots[slot_index];

	return slot->owner && slot->outer_kind == WAIT_BUSY_PAGE ? slot->busy.page : 0;
}

static void sought_add(struct pins *pins, const volatile struct busy_wait *busy)
{
	struct sought *sought = &pins->sought[pins->sought_cnt++];

	sought->page = busy->page;
	sought->end = sought->page + busy->span_bytes;
}

static void sought_fill(struct probe *p, __u64 now)
{
	p->pins.sought_cnt = 0;
	for (unsigned int i = 0; i < p->slots_cnt && p->pins.sought_cnt < SOUGHT_MAX; i++) {
		const volatile struct task_slot *slot = &p->slots[i];

		if (page_of(p, i) && slot->outer_start_ns + LOOK_AFTER_NS <= now)
			sought_add(&p->pins, &slot->busy);
	}
}

static bool is_sought(const struct pins *pins, __u64 page)
{
	for (unsigned int i = 0; i < pins->sought_cnt; i++)
		if (pins->sought[i].page == page)
			return true;
	return false;
}

/* The kernel writes whole ones, but a read may end in the middle of one. 0 or -errno. */
static int holders_take(struct pins *pins, int iter)
{
	char *to = (char *)pins->holders;
	size_t used = 0;
	ssize_t got = 1;

	while (used < sizeof(pins->holders) && got) {
		got = read(iter, to + used, sizeof(pins->holders) - used);
		if (got < 0 && errno != EINTR && errno != EAGAIN)
			return -errno;
		used += got > 0 ? got : 0;
	}
	pins->holder_cnt = used / sizeof(pins->holders[0]);
	pins->is_full = got != 0;
	return 0;
}

void pins__look(struct probe *p, __u64 now)
{
	struct bpf_link *link = p->skel->links.pipe_look;
	int iter;

	p->pins.holder_cnt = 0;
	p->pins.is_full = false;
	sought_fill(p, now);
	if (!link)
		p->pins.sought_cnt = 0;
	if (!p->pins.sought_cnt)
		return;
	memcpy((void *)p->skel->bss->sought, p->pins.sought, sizeof(p->pins.sought));
	p->skel->bss->sought_cnt = p->pins.sought_cnt;
	iter = bpf_iter_create(bpf_link__fd(link));
	if (iter < 0 || holders_take(&p->pins, iter))
		p->pins.sought_cnt = 0; /* not searched */
	if (iter >= 0)
		close(iter);
}

struct in_flight_page pins__page(struct probe *p, unsigned int slot_index)
{
	const volatile struct busy_wait *busy = &p->slots[slot_index].busy;
	struct in_flight_page res = { .offset = busy->offset };
	__u64 page = page_of(p, slot_index);

	/*
	 * Counts its references once more. Not once tracing has ended: the slot is as it was then.
	 */
	if (!p->stop_ns)
		probe__look_at_slot(p->skel->progs.busy_page_look, slot_index);
	res.refs_cnt = busy->refs_cnt;
	res.is_searched = is_sought(&p->pins, page);
	res.is_cut = res.is_searched && p->pins.is_full;
	for (unsigned int i = 0; i < p->pins.holder_cnt; i++) {
		if (p->pins.holders[i].page != page)
			continue;
		if (res.holder_cnt < PAGE_HOLDERS)
			res.holders[res.holder_cnt] = p->pins.holders[i];
		res.holder_cnt++;
	}
	return res;
}

/* ---- when it is over ---- */

/* A stack's functions, all zeroes where it has none. */
struct stack_names {
	const char *names[RELEASE_STACK_DEPTH];
	size_t cnt;
};

/* False: it has none that could be told. */
static bool addresses_read(struct probe *p, const struct release_key *release,
			   __u64 ips[RELEASE_STACK_DEPTH])
{
	__u32 key = release->stack;

	memset(ips, 0, RELEASE_STACK_DEPTH * sizeof(*ips));
	return release->is_known && release->stack >= 0 && p->pins.symbols &&
	       !bpf_map_lookup_elem(bpf_map__fd(p->skel->maps.release_stacks), &key, ips);
}

/* The table as it was at one moment: what is told of it takes longer. */
struct release_list {
	struct entry {
		struct release_key key;
		struct release release;
	} * entries;
	size_t cnt;
};

/* 0 or -ENOMEM. */
static int release_list__read(struct release_list *list, int fd)
{
	struct release_key key, *prev = NULL;

	list->entries = calloc(RELEASES_MAX, sizeof(*list->entries));
	if (!list->entries)
		return -ENOMEM;
	while (list->cnt < RELEASES_MAX && !bpf_map_get_next_key(fd, prev, &key)) {
		struct entry *entry = &list->entries[list->cnt];

		prev = &key;
		entry->key = key;
		if (!bpf_map_lookup_elem(fd, &key, &entry->release))
			list->cnt++;
	}
	return 0;
}

/* The names of all of them at once: each time the kernel prints its whole table. 0 or -ENOMEM. */
static int names_learn(struct probe *p, const struct release_list *list)
{
	__u64 *all = calloc(list->cnt + 1, RELEASE_STACK_DEPTH * sizeof(*all));
	size_t cnt = 0;

	if (!all)
		return -ENOMEM;
	for (size_t i = 0; i < list->cnt; i++)
		if (addresses_read(p, &list->entries[i].key, all + cnt))
			cnt += RELEASE_STACK_DEPTH;
	if (cnt)
		symbols__learn(p->pins.symbols, all, cnt); /* what fails is told without a name */
	free(all);
	return 0;
}

static void stack_read(struct probe *p, const struct release_key *key, struct stack_names *res)
{
	__u64 ips[RELEASE_STACK_DEPTH];

	memset(res, 0, sizeof(*res));
	if (!addresses_read(p, key, ips))
		return;
	while (res->cnt < RELEASE_STACK_DEPTH && ips[res->cnt]) {
		res->names[res->cnt] = symbols__name(p->pins.symbols, ips[res->cnt]);
		res->cnt++;
	}
}

/* Those of them that tell, with a space between; "?" for one that has no name. */
static void stack_text(const struct stack_names *names, const struct kstack *stack,
		       char buf[STACK_BYTES])
{
	size_t used = 0;

	buf[0] = '\0';
	for (size_t i = 0; i < stack->cnt && used < STACK_BYTES; i++)
		used += snprintf(buf + used, STACK_BYTES - used, "%s%s", i ? " " : "",
				 names->names[stack->first + i] ?: "?");
}

static int release_add(struct probe *p, struct summary *s, const struct release_key *key,
		       const struct release *release)
{
	struct page_release row = {
		.inode = key->inode,
		.op = key->op,
		.cnt = release->cnt,
		.total_ns = release->total_ns,
		.max_ns = release->max_ns,
		.offset_first = release->offset_first,
		.offset_last = release->offset_last,
	};
	struct stack_names names;
	char text[STACK_BYTES];
	struct kstack stack;

	stack_read(p, key, &names);
	stack = kstack__read(names.names, names.cnt);
	stack_text(&names, &stack, text);
	row.stack = text;
	if (key->is_known && names.cnt) /* without its stack it may have been an interrupt */
		row.who = stack.in_interrupt ? RELEASER_INTERRUPT : RELEASER_TASK;
	if (row.who == RELEASER_TASK) {
		row.task = key->releaser;
		memcpy(row.comm, release->comm, TASK_COMM_LEN_MAX);
	}
	return summary__add_release(s, &row);
}

int pins__read(struct probe *p, struct summary *s)
{
	struct release_list list = {};
	int err = release_list__read(&list, bpf_map__fd(p->skel->maps.releases));
	__u64 scans[SCAN_NR];

	for (int i = 0; i < SCAN_NR; i++)
		scans[i] = p->skel->bss->scans[i];
	summary__set_scans(s, scans);
	if (!err)
		err = names_learn(p, &list);
	for (size_t i = 0; i < list.cnt && !err; i++)
		err = release_add(p, s, &list.entries[i].key, &list.entries[i].release);
	if (!err && !p->pins.symbols) /* else an interrupt's work would be a task's */
		err = summary__add_unmeasured(s, "releases", hook_causes[CAUSE_NO_SYMBOLS].text);
	free(list.entries);
	return err;
}
