// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * Whatever a recording says, reported: never a crash, a hang, or more memory than what is kept is bounded
 * to. What the reader lets through is not to be trusted further.
 */
#include <stdlib.h>

#include "../../src/rec_feed.h"
#include "../../src/recfile.h"
#include "../../src/view_histogram.h"
#include "../../src/view_json.h"
#include "../../src/view_text.h"
#include "../../src/view_timeline.h"

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t bytes_cnt);

typedef int take_fn(struct rec_feed *feed, enum rec_kind kind, const void *record);

static void read_into(struct rec_feed *feed, const unsigned char *bytes, size_t bytes_cnt,
		      take_fn *take)
{
	struct failure failure;
	struct rec_reader *r;
	enum rec_kind kind;
	const void *record;

	if (rec_reader__open_memory(&r, bytes, bytes_cnt, &failure))
		return;
	while (rec_reader__next(r, &kind, &record) > 0)
		if (take(feed, kind, record))
			abort();
	rec_reader__free(r);
}

static void print_all(const struct rec_feed *feed)
{
	const struct rec_facts *facts = rec_feed__facts(feed);
	const struct summary *s = rec_feed__summary(feed);
	struct view_opts opts = {
		.host = facts->host,
		.filters = facts->filters,
		.filter_cnt = facts->filters_cnt,
		.stuck_ns = 1000000000,
		.width = 150,
	};
	FILE *f = fopen("/dev/null", "w");

	if (!f || view_text__print(f, s, rec_feed__names(feed), &opts) ||
	    view_json__print(f, s, rec_feed__names(feed), &opts))
		abort();
	view_histogram__print(f, s, &opts);
	if (rec_feed__timeline(feed)) /* there is none without a REC_MACHINE */
		view_timeline__print(f, rec_feed__timeline(feed), s, facts->start_ns);
	fclose(f);
}

/* Every other one is asked for something: names are read before then. */
int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t bytes_cnt)
{
	struct rec_feed_opts opts = { .cells_max = 1000, .has_timeline = true };
	struct rec_feed *feed;

	if (bytes_cnt % 2)
		opts.filters = (struct rec_filters){ .from_ns = 5, .path = "/mnt/a", .min_ns = 9 };
	feed = rec_feed__new(&opts);
	if (!feed)
		abort();
	if (rec_feed__wants_names(feed)) {
		read_into(feed, bytes, bytes_cnt, rec_feed__take_name);
		rec_feed__names_end(feed);
	}
	read_into(feed, bytes, bytes_cnt, rec_feed__take);
	if (rec_feed__finish(feed))
		abort();
	print_all(feed);
	rec_feed__free(feed);
	return 0;
}
