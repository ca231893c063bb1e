// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * The JSON view's part on busy pages: the page an operation waits for now, who may hold it, and who
 * released those that were waited for.
 */
#include "view_json_priv.h"

#include <string.h>

#include "releases.h"

static json_t *holder(struct ctx *c, const struct page_holder *h)
{
	json_t *o = json_object();

	put(c, o, "pid", num(h->pid));
	put(c, o, "tgid", num(h->tgid));
	put(c, o, "comm", text_or_null(h->comm));
	put(c, o, "fd", num(h->fd));
	put(c, o, "end", json_string(h->is_reader ? "read" : "write"));
	return o;
}

static json_t *holders(struct ctx *c, const struct in_flight_page *page)
{
	json_t *a = json_array();

	for (__u32 i = 0; i < page->holder_cnt && i < PAGE_HOLDERS; i++)
		append(c, a, holder(c, &page->holders[i]));
	return a;
}

void put_page(struct ctx *c, json_t *o, const struct in_flight_row *row)
{
	bool is_page = row->wait == WAIT_BUSY_PAGE;

	put(c, o, "page_offset", num_or_null(is_page, row->page.offset));
	put(c, o, "page_references", num_or_null(is_page, row->page.refs_cnt));
	put(c, o, "holders",
	    is_page && row->page.is_searched ? holders(c, &row->page) : json_null());
	put(c, o, "holders_total",
	    num_or_null(is_page && row->page.is_searched && !row->page.is_cut,
			row->page.holder_cnt));
}

static json_t *stack(struct ctx *c, const char *names)
{
	json_t *a = json_array();

	while (*names) {
		size_t len = strcspn(names, " ");

		append(c, a, json_stringn(names, len));
		names += len + (names[len] == ' ');
	}
	return a;
}

static json_t *release(struct ctx *c, const struct page_release *r)
{
	bool is_task = r->who == RELEASER_TASK;
	json_t *o = json_object();

	put(c, o, "op", json_string(op_table[r->op].name));
	put_inode(c, o, &r->inode);
	put(c, o, "releaser", json_string(releaser_names[r->who]));
	put(c, o, "in_interrupt",
	    r->who ? json_boolean(r->who == RELEASER_INTERRUPT) : json_null());
	put(c, o, "pid", num_or_null(is_task, r->task.pid));
	put(c, o, "tgid", num_or_null(is_task, r->task.tgid));
	put(c, o, "comm", text_or_null(is_task ? r->comm : NULL));
	put(c, o, "stack", stack(c, r->stack));
	put(c, o, "count", num(r->cnt));
	put(c, o, "total_ns", num(r->total_ns));
	put(c, o, "max_ns", num(r->max_ns));
	put(c, o, "offset_first", num(r->offset_first));
	put(c, o, "offset_last", num(r->offset_last));
	return o;
}

json_t *releases_json(struct ctx *c)
{
	json_t *a;

	if (summary__why_unmeasured(c->s, "", "releases"))
		return json_null();
	a = json_array();
	for (size_t i = 0; i < summary__release_cnt(c->s); i++)
		append(c, a, release(c, summary__release(c->s, i)));
	return a;
}

json_t *scans_json(struct ctx *c)
{
	const char *wait = wait_table[WAIT_BUSY_PAGE].name;
	json_t *o;

	if (summary__why_unmeasured(c->s, "wait.", wait) ||
	    summary__why_unmeasured(c->s, "", "busy_page_scans"))
		return json_null();
	o = json_object();
	for (int i = 0; i < SCAN_NR; i++)
		put(c, o, scan_table[i].name, num(summary__scans(c->s)[i]));
	return o;
}
