// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * Events of a recording: written as they ended, given out as they began, and shown as text, rows
 * and in the formats that need more than one event. Run from tests/unit.
 */
#include <stdlib.h>
#include <unistd.h>

#include "../../src/export.h"
#include "../../src/rec_events.h"
#include "../../src/rec_feed.h"
#include "../../src/rec_match.h"
#include "../../src/rec_rows.h"
#include "../../src/rec_text.h"
#include "check.h"
#include "golden.h"
#include "rec_events.h"
#include "rec_sample.h"

static char path[] = "/tmp/test-rec-XXXXXX";

static int store(void *ctx, const struct rec_chunk *chunk)
{
	return fwrite(chunk->bytes, 1, chunk->bytes_cnt, ctx) == chunk->bytes_cnt ? 0 : -EIO;
}

/* All of the sample @times over; names come last. */
static void make(unsigned int times)
{
	const struct event_inode inode = sample_inode();
	FILE *f = fopen(path, "w");
	struct rec_writer *w = rec_writer__new(store, f);
	unsigned char head[REC_HEAD_BYTES];

	CHECK(!rec_writer__add(w, REC_MACHINE, &sample_machine));
	for (unsigned int i = 0; i < times; i++) {
		for (size_t k = 0; k < SAMPLE_EVENTS_CNT; k++)
			CHECK(!rec_writer__add(w, sample_events[k].kind, sample_events[k].record));
		CHECK(!rec_writer__flush(w));
	}
	for (size_t i = 0; i < sizeof(sample_tasks) / sizeof(sample_tasks[0]); i++)
		CHECK(!rec_writer__add(w, REC_TASK, &sample_tasks[i]));
	CHECK(!rec_writer__add(w, REC_INODE, &inode));
	CHECK(!rec_writer__add(w, REC_STATE, &(struct rec_state){ .ns = START_NS + 800 * US }));
	CHECK(!rec_writer__add(w, REC_MOUNT, &sample_mount));
	CHECK(!rec_writer__add(w, REC_COUNTER, &sample_counter));
	CHECK(!rec_writer__finish(w, head));
	CHECK(!fseek(f, 0, SEEK_SET) && fwrite(head, 1, sizeof(head), f) == sizeof(head));
	fclose(f);
	rec_writer__free(w);
}

static struct rec_events *open_events(void)
{
	struct rec_events *events = NULL;
	struct failure failure;

	if (!CHECK(!rec_events__open(&events, path, &failure)))
		printf("# %s\n", failure.text);
	return events;
}

/* In the order in which they began, hits one by one, whatever came first. */
static void order(void)
{
	struct rec_events *events = open_events();
	struct rec_event ev;
	__u64 last_ns = 0, cnt = 0;

	for (; rec_events__next(events, &ev) > 0; cnt++) {
		CHECK(ev.begin_ns >= last_ns);
		CHECK(!ev.is_late);
		last_ns = ev.begin_ns;
	}
	CHECK_U64(cnt, SAMPLE_EVENTS_CNT + 1);
	CHECK(!rec_events__damage(events));
	rec_events__free(events);
}

/* Where nothing can be held back, all is given out, and what comes after later ones is marked. */
static void late(void)
{
	struct rec_events *events = open_events();
	__u64 last_ns = 0, cnt = 0, late_cnt = 0;
	struct rec_event ev;

	rec_events__set_room(events, 0);
	for (; rec_events__next(events, &ev) > 0; cnt++) {
		CHECK(ev.is_late == (ev.begin_ns < last_ns));
		late_cnt += ev.is_late;
		if (!ev.is_late)
			last_ns = ev.begin_ns;
	}
	CHECK_U64(cnt, SAMPLE_EVENTS_CNT + 1);
	CHECK(late_cnt > 0);
	rec_events__free(events);
}

static int refuse_looks(void *ctx, const struct rec_origin *origin, enum rec_kind kind,
			const void *record)
{
	(void)ctx, (void)origin, (void)record;
	return kind == REC_STATE ? -EIO : 0;
}

/* What ends reading comes after all that is held back. */
static void error(void)
{
	struct rec_events *events = open_events();
	struct rec_event ev;
	__u64 cnt = 0;
	int res;

	rec_events__on_other(events, refuse_looks, NULL);
	while ((res = rec_events__next(events, &ev)) > 0)
		cnt++;
	CHECK(res == -EIO);
	CHECK_U64(cnt, SAMPLE_EVENTS_CNT + 1);
	CHECK(rec_events__next(events, &ev) == -EIO);
	CHECK_TEXT(rec_events__failure(events)->text, strerror(EIO));
	rec_events__free(events);
}

static void drain(struct rec_events *events)
{
	struct rec_event ev;

	while (rec_events__next(events, &ev) > 0)
		;
}

static void counters(void)
{
	struct rec_events *events = open_events();

	drain(events);
	CHECK_U64(rec_events__counter(events, COUNTER_RECORD_FULL), 5);
	CHECK_U64(rec_events__counter(events, COUNTER_RECORD_WAITS_FULL), 0);
	rec_events__free(events);
}

/* A file may tell of any number of mounts. */
static void mounts_are_limited(void)
{
	FILE *f = fopen(path, "w");
	struct rec_writer *w = rec_writer__new(store, f);
	struct rec_mount mount = sample_mount;
	unsigned char head[REC_HEAD_BYTES];
	struct rec_events *events;

	CHECK(!rec_writer__add(w, REC_STATE, &(struct rec_state){ .ns = START_NS }));
	for (__u32 i = 0; i < 3 * REC_MOUNTS_MAX; i++) {
		mount.dev = 1 + i;
		CHECK(!rec_writer__add(w, REC_MOUNT, &mount));
	}
	CHECK(!rec_writer__finish(w, head));
	fclose(f);
	rec_writer__free(w);
	events = open_events();
	drain(events);
	CHECK_U64(summary__mount_cnt(rec_events__origin(events)->mounts), REC_MOUNTS_MAX);
	rec_events__free(events);
}

static void range(void)
{
	struct rec_events *events = open_events();
	struct rec_event ev;
	__u64 cnt = 0;

	rec_events__set_range(events, 110 * US, 190 * US);
	for (; rec_events__next(events, &ev) > 0; cnt++)
		CHECK(ev.begin_ns >= START_NS + 110 * US && ev.begin_ns <= START_NS + 190 * US);
	CHECK_U64(cnt, 4);
	rec_events__free(events);
}

/* ---- as they are shown ---- */

static void print_as(const char *golden_path, void (*head)(FILE *f),
		     void (*print)(FILE *f, const struct rec_event *ev))
{
	struct rec_events *events = open_events();
	struct rec_event ev;
	char *text = NULL;
	size_t bytes;
	FILE *f = open_memstream(&text, &bytes);

	if (head)
		head(f);
	while (rec_events__next(events, &ev) > 0)
		print(f, &ev);
	fclose(f);
	CHECK(!strchr(text, '\033'));
	golden(golden_path, text);
	rec_events__free(events);
}

struct formatted {
	const struct export_format *format;
	void *ctx;
};

static int give_other(void *ctx, const struct rec_origin *origin, enum rec_kind kind,
		      const void *record)
{
	struct formatted *formatted = ctx;

	(void)origin;
	return formatted->format->other(formatted->ctx, kind, record);
}

static void export_as(const char *golden_path, const struct export_format *format)
{
	struct rec_events *events = open_events();
	static const struct rec_filters all = {};
	struct export_source source = { .cnt = 1,
					.origin = rec_events__origin(events),
					.filters = &all };
	struct rec_event ev;
	char *text = NULL;
	size_t bytes;
	FILE *f = open_memstream(&text, &bytes);
	struct formatted formatted = { format, format->new (f) };

	CHECK(!format->begin(formatted.ctx, &source));
	if (format->other)
		rec_events__on_other(events, give_other, &formatted);
	while (rec_events__next(events, &ev) > 0)
		CHECK(!format->event(formatted.ctx, &ev));
	CHECK(!format->end(formatted.ctx));
	CHECK(!format->finish(formatted.ctx));
	format->free(formatted.ctx);
	fclose(f);
	if (golden_path)
		golden(golden_path, text);
	else
		free(text);
	rec_events__free(events);
}

/* What looks tell is left out where there was none: it is not 0. */
static void totals_without_looks(void)
{
	static const char *const of_looks[] = { "hooks{", "trust_total", "own_cpu_seconds_total",
						"steal_seconds_total" };
	static const struct rec_filters all = {};
	struct names *names = names__new();
	const struct rec_origin origin = { .names = names };
	const struct export_source source = { .cnt = 1, .origin = &origin, .filters = &all };
	const struct rec_state state = { .ns = START_NS, .hooks_total = 1 };
	const struct export_format *format = &export_openmetrics;

	for (int has_look = 0; has_look <= 1; has_look++) {
		char *text = NULL;
		size_t bytes;
		FILE *f = open_memstream(&text, &bytes);
		void *ctx = format->new (f);

		CHECK(!format->begin(ctx, &source));
		CHECK(!format->other(ctx, REC_MACHINE, &sample_machine));
		if (has_look)
			CHECK(!format->other(ctx, REC_STATE, &state));
		CHECK(!format->end(ctx) && !format->finish(ctx));
		format->free(ctx);
		fclose(f);
		for (size_t i = 0; i < sizeof(of_looks) / sizeof(of_looks[0]); i++)
			CHECK(!!strstr(text, of_looks[i]) == has_look);
		free(text);
	}
	names__free(names);
}

/* ---- columns ---- */

/* No two columns of a kind have one name, and each field is one of them, or several. */
static void columns(void)
{
	for (size_t k = 0; rec_event_kinds[k]; k++) {
		const struct rec_columns *all = rec_columns__of_kind(rec_event_kinds[k]);
		const struct rec_kind_desc *desc = rec_event__desc(rec_event_kinds[k]);

		CHECK(all->cnt < REC_COLUMNS_MAX);
		for (size_t i = 0; i < all->cnt; i++)
			CHECK(rec_columns__find(rec_event_kinds[k], all->all[i].name) ==
			      &all->all[i]);
		for (size_t i = 0; i < desc->fields_cnt; i++) {
			size_t cnt = 0;

			for (size_t c = 0; c < all->cnt; c++)
				cnt += all->all[c].field == &desc->fields[i];
			CHECK(cnt > 0);
		}
	}
}

/* The table of all kinds has each name of each of them, once. */
static void csv_has_all(void)
{
	char *text = NULL;
	size_t bytes, cnt = 0, names_cnt = 0;
	FILE *f = open_memstream(&text, &bytes);

	rec_rows__csv_head(f);
	fclose(f);
	for (const char *at = text; at; at = strchr(at + 1, ','))
		cnt++;
	for (size_t k = 0; rec_event_kinds[k]; k++) {
		const struct rec_columns *all = rec_columns__of_kind(rec_event_kinds[k]);

		for (size_t i = 0; i < all->cnt; i++) {
			bool is_new = true;

			for (size_t o = 0; o < k; o++)
				is_new &= !rec_columns__find(rec_event_kinds[o], all->all[i].name);
			names_cnt += is_new;
		}
	}
	CHECK_U64(cnt, names_cnt);
	free(text);
}

/*
 * A name means one thing, whatever the kind: in a table its column has the values of all of them.
 */
static void columns_agree(void)
{
	for (size_t k = 0; rec_event_kinds[k]; k++) {
		const struct rec_columns *all = rec_columns__of_kind(rec_event_kinds[k]);

		for (size_t i = 0; i < all->cnt; i++) {
			const struct rec_field *field = all->all[i].field;

			for (size_t o = 0; field && rec_event_kinds[o]; o++) {
				const struct rec_column *other =
					rec_columns__find(rec_event_kinds[o], all->all[i].name);

				if (!other || other->part != PART_VALUE ||
				    all->all[i].part != PART_VALUE)
					continue;
				CHECK_U64(other->field->unit, field->unit);
				CHECK_U64(other->field->type, field->type);
			}
			for (size_t o = 0; rec_event_kinds[o]; o++)
				if (all->all[i].part == PART_ELEMENT)
					CHECK(!rec_columns__find(rec_event_kinds[o], field->name));
		}
	}
}

static const struct rec_field *first_time(const struct rec_kind_desc *desc)
{
	for (size_t i = 0; i < desc->fields_cnt; i++)
		if (desc->fields[i].type == REC_T_TIME)
			return &desc->fields[i];
	return NULL;
}

/* Events begin at the first time that the table of kinds has for them. */
static void begins(void)
{
	for (size_t i = 0; i < SAMPLE_EVENTS_CNT; i++) {
		enum rec_kind kind = sample_events[i].kind;
		const void *record = kind == REC_HITS ? &fault : sample_events[i].record;
		const struct rec_field *field = first_time(rec_event__desc(kind));

		CHECK_U64(rec_event__begin_ns(kind, record), rec_field__number(field, record, 0));
	}
}

/* Ids of a newer recording are told by number. */
static void unknown_ids(void)
{
	struct event_op op = read_op;
	struct rec_origin origin = { .mounts = summary__new() };
	struct rec_event ev = { .kind = REC_OP, .record = &op, .origin = &origin };
	struct rec_value v;

	op.op = 99;
	op.outcome = 77;
	op.err = 4000;
	rec_column__value(rec_columns__find(REC_OP, "op"), &ev, &v);
	CHECK_TEXT(v.text, "99");
	rec_column__value(rec_columns__find(REC_OP, "outcome"), &ev, &v);
	CHECK_TEXT(v.text, "77");
	rec_column__value(rec_columns__find(REC_OP, "err"), &ev, &v);
	CHECK_TEXT(v.text, "4000");
	summary__free(origin.mounts);
}

static enum rec_value_type type_of(enum rec_kind kind, const void *record, const char *name)
{
	struct rec_origin origin = { .mounts = summary__new() };
	struct rec_event ev = { .kind = kind, .record = record, .origin = &origin };
	struct rec_value v;

	rec_column__value(rec_columns__find(kind, name), &ev, &v);
	summary__free(origin.mounts);
	return v.type;
}

/* What a record has no figure for is not 0. */
static void not_known(void)
{
	static const char *const of_setup[] = { "index", "size_bytes", "round_trip_ns",
						"range_wait_ns", "is_writable" };
	struct event_op op = read_op;
	struct event_window change = window;

	op.dur_ns = 0;
	CHECK(type_of(REC_OP, &op, "dur_ns") == VALUE_NUMBER);
	CHECK(type_of(REC_HITS, &op, "dur_ns") == VALUE_NUMBER);
	op.outcome = OUTCOME_UNSEEN;
	CHECK(type_of(REC_OP, &op, "dur_ns") == VALUE_NONE);
	CHECK(type_of(REC_OP, &op, "start_ns") == VALUE_NONE);
	CHECK(type_of(REC_OP, &op, "time_ns") == VALUE_NUMBER);
	CHECK(type_of(REC_BLAME, &blame, "held_ns") == VALUE_NUMBER);
	CHECK(type_of(REC_BLAME, &no_holder, "held_ns") == VALUE_NONE);
	CHECK(type_of(REC_BLAME, &no_holder, "waiters") == VALUE_NONE);
	for (__u32 kind = 0; kind < WINDOW_CHANGE_NR; kind++) {
		bool is_setup = kind == WINDOW_SETUP || kind == WINDOW_UPGRADE;

		change.change = kind;
		for (size_t i = 0; i < sizeof(of_setup) / sizeof(of_setup[0]); i++)
			CHECK((type_of(REC_WINDOW, &change, of_setup[i]) == VALUE_NUMBER) ==
			      is_setup);
		CHECK((type_of(REC_WINDOW, &change, "window_offset") == VALUE_NUMBER) ==
		      (kind != WINDOW_INODE_GONE));
	}
}

/* ---- what is asked for ---- */

/* Of what was not seen to end, what it waited is what it took. */
static void unseen_latency(void)
{
	struct rec_filters filters = { .min_ns = 100 * US };
	struct rec_match *m = rec_match__new(&filters, NULL);
	struct event_op op = fault;

	CHECK(rec_match__op(m, &op));
	op.dur_ns = 0;
	CHECK(!rec_match__op(m, &op));
	op.outcome = OUTCOME_UNSEEN; /* 230 us of waits */
	CHECK(rec_match__op(m, &op));
	op.wait_ns[WAIT_I_MMAP_SEM_READ] = 60 * US;
	CHECK(!rec_match__op(m, &op));
	op.wait_ns[WAIT_FREE_RANGE] = 20 * US;
	CHECK(rec_match__op(m, &op));
	op.flags = 0;
	CHECK(!rec_match__op(m, &op));
	rec_match__free(m);
}

/* ---- whatever is in it ---- */

#define ANY_RECORDS 3000

static void make_any(__u64 seed)
{
	FILE *f = fopen(path, "w");
	struct rec_writer *w = rec_writer__new(store, f);
	unsigned char head[REC_HEAD_BYTES];
	struct sample sample;

	for (int i = 0; i < ANY_RECORDS; i++) {
		/* events most of the time */
		size_t kind = sample_random(&seed) % (i % 8 ? 7 : rec_kinds_cnt);

		sample_record(&rec_kinds[kind], &sample, &seed);
		CHECK(!rec_writer__add(w, rec_kinds[kind].id, sample.bytes));
	}
	CHECK(!rec_writer__finish(w, head));
	CHECK(!fseek(f, 0, SEEK_SET) && fwrite(head, 1, sizeof(head), f) == sizeof(head));
	fclose(f);
	rec_writer__free(w);
}

static void print_any(void (*print)(FILE *f, const struct rec_event *ev))
{
	struct rec_events *events = open_events();
	FILE *f = fopen("/dev/null", "w");
	struct rec_event ev;
	__u64 cnt = 0;

	for (; rec_events__next(events, &ev) > 0; cnt++)
		print(f, &ev);
	CHECK(cnt > ANY_RECORDS / 2);
	fclose(f);
	rec_events__free(events);
}

/* Numbers, ids, times and texts that no kernel has: nothing is left out, and nothing overflows. */
static void any_records(void)
{
	static const struct export_format *const formats[] = {
		&export_perfetto,
		&export_folded,
		&export_openmetrics,
	};

	for (__u64 seed = 1; seed <= 5; seed++) {
		make_any(seed);
		print_any(rec_text__print);
		print_any(rec_rows__json);
		print_any(rec_rows__csv);
		for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++)
			export_as(NULL, formats[i]);
	}
}

int main(void)
{
	int fd = mkstemp(path);

	CHECK(fd >= 0);
	close(fd);
	columns();
	columns_agree();
	csv_has_all();
	begins();
	unknown_ids();
	not_known();
	unseen_latency();
	make(1);
	order();
	late();
	error();
	counters();
	range();
	print_as("golden/events.txt", rec_text__head, rec_text__print);
	print_as("golden/events.ndjson", NULL, rec_rows__json);
	print_as("golden/events.csv", rec_rows__csv_head, rec_rows__csv);
	export_as("golden/events.perfetto.json", &export_perfetto);
	export_as("golden/events.folded", &export_folded);
	totals_without_looks();
	any_records();
	mounts_are_limited();
	unlink(path);
	return check_result();
}
