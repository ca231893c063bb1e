// SPDX-License-Identifier: GPL-2.0-only
/*
 * What is mapped in the DAX window. Kept here because the front end refuses to map over a live
 * mapping and unmaps only whole ones, while the kernel sends no removal when it unmounts.
 */
#include "window.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "channel.h"

struct window {
	pthread_mutex_t lock;
	uint64_t size_bytes;
	struct channel *channel;
	struct window_range *live; /* sorted by window_off, none overlaps another */
	size_t live_cnt;
	size_t live_cap;
};

struct window *window__new(uint64_t size_bytes, struct channel *channel)
{
	struct window *w = calloc(1, sizeof(*w));

	if (!w)
		return NULL;
	pthread_mutex_init(&w->lock, NULL);
	w->size_bytes = size_bytes;
	w->channel = channel;
	return w;
}

void window__free(struct window *w)
{
	if (!w)
		return;
	pthread_mutex_destroy(&w->lock);
	free(w->live);
	free(w);
}

static bool is_in_window(const struct window *w, uint64_t off, uint64_t len)
{
	const uint64_t mask = (1ULL << WINDOW_ALIGN_SHIFT) - 1;

	return len && !((off | len) & mask) && off < w->size_bytes && len <= w->size_bytes - off;
}

/* The first mapping that ends after @off. */
static size_t first_after(const struct window *w, uint64_t off)
{
	size_t lo = 0, hi = w->live_cnt;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (w->live[mid].window_off + w->live[mid].len <= off)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

static int insert(struct window *w, const struct window_range *r)
{
	size_t pos = first_after(w, r->window_off);

	if (w->live_cnt == w->live_cap) {
		size_t cap = w->live_cap ? w->live_cap * 2 : 64;
		struct window_range *live = realloc(w->live, cap * sizeof(*live));

		if (!live)
			return -ENOMEM;
		w->live = live;
		w->live_cap = cap;
	}
	memmove(&w->live[pos + 1], &w->live[pos], (w->live_cnt - pos) * sizeof(*w->live));
	w->live[pos] = *r;
	w->live_cnt++;
	return 0;
}

static void erase(struct window *w, size_t pos)
{
	w->live_cnt--;
	memmove(&w->live[pos], &w->live[pos + 1], (w->live_cnt - pos) * sizeof(*w->live));
}

static int unmap_at(struct window *w, size_t pos)
{
	int err = channel__unmap(w->channel, w->live[pos].window_off, w->live[pos].len);

	if (!err)
		erase(w, pos);
	return err;
}

static int clear_range(struct window *w, uint64_t off, uint64_t len)
{
	size_t pos = first_after(w, off);

	while (pos < w->live_cnt && w->live[pos].window_off < off + len) {
		int err = unmap_at(w, pos);

		if (err)
			return err;
	}
	return 0;
}

static bool is_live(const struct window *w, const struct window_range *want)
{
	size_t pos = first_after(w, want->window_off);
	const struct window_range *r = &w->live[pos];

	return pos < w->live_cnt && r->window_off == want->window_off && r->len == want->len &&
	       r->ino == want->ino && r->file_off == want->file_off;
}

static int map_locked(struct window *w, const struct window_range *want, int fd)
{
	int err = clear_range(w, want->window_off, want->len);

	if (!err)
		err = insert(w, want);
	if (err)
		return err;
	err = channel__map(w->channel, fd, want->file_off, want->window_off, want->len);
	if (err)
		erase(w, first_after(w, want->window_off));
	return err;
}

int window__map(struct window *w, const struct window_range *want, int fd, bool *is_upgrade)
{
	bool was_live;
	int err = 0;

	if (!is_in_window(w, want->window_off, want->len))
		return -EINVAL;
	pthread_mutex_lock(&w->lock);
	was_live = is_live(w, want);
	if (!was_live)
		err = map_locked(w, want, fd);
	pthread_mutex_unlock(&w->lock);
	if (!err)
		*is_upgrade = was_live;
	return err;
}

static bool cuts_a_mapping(const struct window *w, uint64_t off, uint64_t len)
{
	for (size_t i = first_after(w, off); i < w->live_cnt; i++) {
		const struct window_range *r = &w->live[i];

		if (r->window_off >= off + len)
			break;
		if (r->window_off < off || r->window_off + r->len > off + len)
			return true;
	}
	return false;
}

int window__unmap(struct window *w, uint64_t window_off, uint64_t len)
{
	int err;

	if (!is_in_window(w, window_off, len))
		return -EINVAL;
	pthread_mutex_lock(&w->lock);
	err = cuts_a_mapping(w, window_off, len) ? -EINVAL : clear_range(w, window_off, len);
	pthread_mutex_unlock(&w->lock);
	return err;
}

void window__reset(struct window *w)
{
	pthread_mutex_lock(&w->lock);
	/* A guest that was reset may have lost its window already: refusals are expected here. */
	while (w->live_cnt) {
		channel__unmap(w->channel, w->live[w->live_cnt - 1].window_off,
			       w->live[w->live_cnt - 1].len);
		w->live_cnt--;
	}
	pthread_mutex_unlock(&w->lock);
}
