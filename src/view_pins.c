// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * The text view's part on busy pages: the page an operation waits for now, who may hold it, who
 * released those that were waited for, and the pins that nothing waits for.
 */
#include "view_text_priv.h"

#include <string.h>

#include "releases.h"

#define RELEASE_ROWS   10
#define RELEASE_INDENT 29 /* of what belongs to a row */
#define STACK_NAMES    5  /* of a stack's functions, the innermost */

static void release_who(const struct page_release *r, char *buf, size_t bytes)
{
	if (r->who == RELEASER_TASK)
		say__task(r->comm, &r->task, buf, bytes);
	else
		snprintf(buf, bytes, "%s",
			 r->who == RELEASER_INTERRUPT ? "an interrupt" : "not known");
}

/* "0" or "0 to 2.0M", of the first and the last of them. */
static void print_place(const struct text *t, const struct page_release *r)
{
	char label[LINE_BYTES], tail[LINE_BYTES], head[64], offsets[64];
	int room;

	snprintf(head, sizeof(head), "%s of ", op_table[r->op].name);
	snprintf(offsets, sizeof(offsets),
		 r->offset_first == r->offset_last ? " at %s" : " at %s, %s",
		 BYTES(r->offset_first), BYTES(r->offset_last));
	say__inode(t->s, t->n, &r->inode, label, sizeof(label));
	room = t->width - RELEASE_INDENT - strlen(head) - strlen(offsets);
	fprintf(t->f, "%*s%s%s%s\n", RELEASE_INDENT, "", head,
		fmt__tail(tail, sizeof(tail), label, room > 8 ? room : 8), offsets);
}

/* The innermost functions, as many to a line as fit. */
static void print_stack(const struct text *t, const char *names)
{
	unsigned int column = 0;

	for (int i = 0; i < STACK_NAMES && *names; i++) {
		size_t len = strcspn(names, " ");

		if (column && column + 5 + len > t->width) {
			fprintf(t->f, " <\n");
			column = 0;
		}
		column += column ? fprintf(t->f, " < ") : fprintf(t->f, "%*s", RELEASE_INDENT, "");
		column += fprintf(t->f, "%.*s", (int)len, names);
		names += len + (names[len] == ' ');
	}
	if (column)
		fputc('\n', t->f);
}

static void print_release(const struct text *t, const struct page_release *r)
{
	char who[NAME_BYTES * 2];

	release_who(r, who, sizeof(who));
	fprintf(t->f, "  %7s %7s %7s  %s\n", NS(r->total_ns), NS(r->max_ns), COUNT(r->cnt), who);
	print_place(t, r);
	print_stack(t, r->stack);
}

void text__print_releases(const struct text *t)
{
	size_t cnt = summary__release_cnt(t->s);

	if (!cnt || summary__why_unmeasured(t->s, "", "releases"))
		return;
	fprintf(t->f, "\nPINS RELEASED BY, %zu of %zu: who ended waits for a busy page\n",
		cnt < RELEASE_ROWS ? cnt : RELEASE_ROWS, cnt);
	fprintf(t->f, "  %7s %7s %7s  %s\n", "wait", "max", "count",
		"task (pid/tgid), what waited, released in");
	for (size_t i = 0; i < cnt && i < RELEASE_ROWS; i++)
		print_release(t, summary__release(t->s, i));
}

void text__print_scans(const struct text *t)
{
	const __u64 *scans = summary__scans(t->s);

	for (int i = 0; i < SCAN_NR; i++) {
		struct words w = { .t = t, .heading = "pins unseen" };

		if (!scan_table[i].help || !scans[i])
			continue;
		word(&w, "%s: %s of %s searches for busy pages", scan_table[i].name,
		     COUNT(scans[i]),
		     COUNT(scans[SCAN_WHOLE] + scans[SCAN_FIRST] + scans[SCAN_UNMAPPED]));
		words_end(&w);
		fprintf(t->f, "%*s(%s)\n", WORDS_INDENT, "", scan_table[i].help);
	}
}
