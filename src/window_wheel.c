// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * A slot is a chain through the links that the ranges do not use, not being on that list.
 * Surprising: what comes first in it has the slot itself for a predecessor, marked by the top bit.
 */
#include "window_wheel.h"

#define IS_SLOT	  0x80000000U
#define LIST_BITS 5
_Static_assert(WINDOW_LISTS == 1 << LIST_BITS, "a place on the wheel is a range and a list");

static __u32 place_of(const struct window_ranges *t, const struct window_range *r,
		      unsigned int list)
{
	return window_ranges__id(t, r) << LIST_BITS | list;
}

static struct window_link *link_at(struct window_ranges *t, __u32 place)
{
	return &window_ranges__at(t, place >> LIST_BITS)->links[place % WINDOW_LISTS];
}

void window_wheel__removed(struct window_ranges *t, struct window_range *r)
{
	r->removed_at = t->wheel.clock;
}

void window_wheel__returned(struct window_ranges *t, struct window_range *r)
{
	__u32 gap = t->wheel.clock - r->removed_at;

	r->gap = gap ? gap : 1;
}

void window_wheel__lost(struct window_ranges *t, struct window_range *r, unsigned int list)
{
	__u32 slot = (t->wheel.clock + r->gap) % WHEEL_SLOTS, next = t->wheel.slots[slot];

	if (!r->gap || r->gap >= WHEEL_SLOTS)
		return;
	r->links[list] = (struct window_link){ .prev = slot | IS_SLOT, .next = next };
	t->wheel.slots[slot] = place_of(t, r, list);
	if (next)
		link_at(t, next)->prev = place_of(t, r, list);
	r->due |= 1U << list;
}

static void take_off(struct window_ranges *t, struct window_range *r, unsigned int list)
{
	struct window_link link = r->links[list];

	if (link.prev & IS_SLOT)
		t->wheel.slots[link.prev & ~IS_SLOT] = link.next;
	else
		link_at(t, link.prev)->next = link.next;
	if (link.next)
		link_at(t, link.next)->prev = link.prev;
	r->due &= ~(1U << list);
}

void window_wheel__cancel(struct window_ranges *t, struct window_range *r)
{
	while (r->due)
		take_off(t, r, __builtin_ctz(r->due));
}

void window_wheel__tick(struct window_ranges *t)
{
	t->wheel.clock++;
}

struct window_range *window_wheel__next(struct window_ranges *t, unsigned int *list)
{
	__u32 place = t->wheel.slots[t->wheel.clock % WHEEL_SLOTS];
	struct window_range *r;

	if (!place)
		return NULL;
	r = window_ranges__at(t, place >> LIST_BITS);
	*list = place % WINDOW_LISTS;
	take_off(t, r, *list);
	return r;
}
