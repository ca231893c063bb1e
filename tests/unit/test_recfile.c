// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * Recordings: all that is written is read again, by whatever version, from wherever it lies, and in
 * bounded memory. test_recfile_damage.c has those that are not as they should be.
 */
#include <errno.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "../../src/recfile_priv.h"
#include "check.h"
#include "recfile.h"

/* ---- round trip ---- */

/* Events keep their order, and so does all else. */
static void every_kind(void)
{
	static struct hashes want[2];
	struct recording rec;
	struct rec_writer *w = writer_of(&rec);
	struct rec_reader *r;
	enum rec_kind kind;
	const void *record;
	size_t at[2] = { 0, 0 };
	__u64 state = 42, wrong = 0; /* bits of kinds */
	struct sample s;

	for (int round = 0; round < 150; round++)
		for (size_t i = 0; i < rec_kinds_cnt; i++) {
			add_random(w, &rec_kinds[i], &s, &state);
			add_hash(&want[is_event(&rec_kinds[i])], &rec_kinds[i], &s);
		}
	CHECK_U64(recording_finish(&rec, w, 1), 0);
	r = reader_of(&rec);
	while (rec_reader__next(r, &kind, &record) > 0) {
		const struct rec_kind_desc *desc = rec_kind__find(kind);
		struct hashes *h = &want[is_event(desc)];

		if (record_hash(desc, record) != h->hashes[at[is_event(desc)]++])
			wrong |= 1ULL << kind;
	}
	CHECK_U64(wrong, 0);
	CHECK_U64(at[0], want[0].cnt);
	CHECK_U64(at[1], want[1].cnt);
	CHECK_TEXT(rec_reader__damage(r)->text, "");
	CHECK(!rec_reader__damage(r)->is_unfinished && !rec_reader__damage(r)->is_cut);
	CHECK_U64(rec_reader__totals(r).records_cnt, rec.written.records_cnt);
	CHECK_U64(rec_reader__totals(r).events_cnt, rec.written.events_cnt);
	CHECK_U64(rec_reader__totals(r).bytes_cnt, rec.cnt);
	rec_reader__free(r);
	free(rec.bytes);
}

/* The longest and the least that there can be of each field. */
static void extremes(void)
{
	struct recording rec;
	struct rec_writer *w = writer_of(&rec);
	struct rec_reader *r;
	static char text[REC_TEXT_MAX + 100];
	struct rec_machine machine = { .host = text, .kernel = text, .wall_ns = ~0ULL };
	struct event_hits hits = { .kind = EVENT_HITS, .base_ns = 5, .cnt = HITS_MAX };
	const struct rec_machine *m;
	const struct event_hits *h;
	enum rec_kind kind;
	const void *record;

	memset(text, 'x', sizeof(text) - 1);
	memset(hits.hits, 0xff, sizeof(hits.hits));
	CHECK_U64(rec_writer__add(w, REC_MACHINE, &machine), 0);
	CHECK_U64(rec_writer__add(w, REC_HITS, &hits), 0);
	CHECK_U64(rec_writer__add(w, 15, &hits), -EINVAL);
	CHECK_U64(rec_writer__add(w, 100000, &hits), -EINVAL);
	CHECK_U64(recording_finish(&rec, w, 1), 0);
	r = reader_of(&rec);
	CHECK_U64(rec_reader__next(r, &kind, &record), 1);
	m = record;
	CHECK_U64(strlen(m->kernel), REC_TEXT_MAX - 1);
	CHECK_TEXT(m->machine, NULL);
	CHECK_U64(m->wall_ns, ~0ULL);
	CHECK_U64(rec_reader__next(r, &kind, &record), 1);
	h = record;
	CHECK(!memcmp(h, &hits, sizeof(hits)));
	CHECK_U64(rec_reader__next(r, &kind, &record), 0);
	CHECK_U64(rec_reader__next(r, &kind, &record), 0);
	rec_reader__free(r);
	free(rec.bytes);
	for (size_t i = 0; i < rec_kinds_cnt; i++) {
		CHECK(rec_encoder__bound(&rec_kinds[i]) <= REC_RECORD_MAX);
		CHECK(rec_kinds[i].fields_cnt <= REC_FIELDS_MAX);
		CHECK(rec_kinds[i].bytes <= REC_BYTES_MAX);
	}
}

/* A look comes after the events before it, and before those after it, and so do the rows of it. */
static void order(void)
{
	static const enum rec_kind want[] = { REC_TASK,	 REC_WINDOW, REC_STATE,
					      REC_MOUNT, REC_WINDOW, REC_STATE };
	struct rec_task task = { .comm = "cat" };
	struct rec_mount mount = { .dev = 44 };
	struct recording rec;
	struct rec_writer *w = writer_of(&rec);
	struct rec_reader *r;
	enum rec_kind kind;
	const void *record;
	__u64 block = 0;

	add_window(w, 1000);
	rec_writer__add(w, REC_TASK, &task);
	add_state(w, 2000);
	add_window(w, 3000);
	rec_writer__add(w, REC_MOUNT, &mount);
	add_state(w, 4000);
	recording_finish(&rec, w, 1);
	r = reader_of(&rec);
	for (size_t i = 0; i < sizeof(want) / sizeof(want[0]); i++) {
		CHECK_U64(rec_reader__next(r, &kind, &record), 1);
		CHECK_U64(kind, want[i]);
		CHECK(rec_reader__block(r) >= block);
		block = rec_reader__block(r);
	}
	CHECK_U64(rec_reader__next(r, &kind, &record), 0);
	rec_reader__free(r);
	free(rec.bytes);
}

static int store_none(void *ctx, const struct rec_chunk *chunk)
{
	size_t *left = ctx;

	(void)chunk;
	return (*left)-- ? 0 : -ENOSPC;
}

/* A full disk is told at once, and at every call that follows. */
static void store_fails(void)
{
	unsigned char head[REC_HEAD_BYTES];
	struct rec_state state = { .ns = 1 };
	struct rec_writer *w;
	size_t left = 1;

	errno = 0;
	CHECK(rec_writer__new(store_none, &left) == NULL);
	CHECK_U64(errno, ENOSPC);
	left = 2;
	w = rec_writer__new(store_none, &left);
	CHECK_U64(rec_writer__add(w, REC_STATE, &state), 0);
	CHECK_U64(rec_writer__flush(w), -ENOSPC);
	CHECK_U64(rec_writer__add(w, REC_STATE, &state), -ENOSPC);
	CHECK_U64(rec_writer__finish(w, head), -ENOSPC);
	rec_writer__free(w);
	rec_writer__free(NULL);
	rec_reader__free(NULL);
}

/* ---- other versions ---- */

/* A later version's: another kind, and fields in a kind of ours, one of a type not known here. */
struct later_wait {
	struct event_wait wait;
	struct inode_key other;
	__u64 later_ns;
	char blob[4];
	__u64 cnts[3];
};

struct later_kind {
	struct task_key task;
	__u64 ns;
	const char *text;
	__u32 hits_cnt;
	__u64 hits[4];
};

#define FIELD(id_, type_, struct_, member, width_, cnt_, len_)                              \
	{                                                                                   \
		.id = (id_), .type = (type_), .name = #member,                              \
		.offset = offsetof(struct struct_, member), .width = width_, .cnt = (cnt_), \
		.len_offset = (len_)                                                        \
	}

static const struct rec_field later_wait_fields[] = {
	FIELD(8, REC_T_INODE, later_wait, other, 16, 1, 0),
	FIELD(9, REC_T_TIME, later_wait, later_ns, 8, 1, 0),
	FIELD(10, 77, later_wait, blob, 1, 4, 0),
	FIELD(11, REC_T_SPARSE, later_wait, cnts, 8, 3, 0),
	FIELD(1, REC_T_UINT, later_wait, wait.wait, 1, 1, 0),
	FIELD(4, REC_T_INODE, later_wait, wait.key, 16, 1, 0),
	FIELD(6, REC_T_TIME, later_wait, wait.begin_ns, 8, 1, 0),
	FIELD(7, REC_T_TIME, later_wait, wait.ns, 8, 1, 0), /* its type has changed: none of ours */
};

static const struct rec_field later_kind_fields[] = {
	FIELD(1, REC_T_TASK, later_kind, task, 16, 1, 0),
	FIELD(2, REC_T_TIME, later_kind, ns, 8, 1, 0),
	FIELD(3, REC_T_TEXT, later_kind, text, 8, 1, 0),
	FIELD(4, REC_T_HITS, later_kind, hits, 8, 4, offsetof(struct later_kind, hits_cnt)),
};

static const struct rec_kind_desc later_kinds[] = {
	{ 200, 0, "later", sizeof(struct later_kind), later_kind_fields, 4 },
	{ REC_WAIT, EVENT_WAIT, "wait", sizeof(struct later_wait), later_wait_fields, 8 },
};

static const struct later_wait later_wait = {
	.wait = { .kind = EVENT_WAIT, .wait = 3, .key = { 7, 8, 9 }, .begin_ns = 5000, .ns = 6000 },
	.other = { 1, 2, 3 },
	.later_ns = 9000,
	.blob = "abc",
	.cnts = { 0, 5, 6 },
};

static void write_later(struct recording *rec)
{
	const struct later_kind later = {
		.task = { 1, 2, 3, 0 }, .ns = 8000, .text = "text", .hits_cnt = 2, .hits = { 1, 2 }
	};
	struct rec_writer *w;

	*rec = (struct recording){};
	w = rec_writer__new_of(later_kinds, 2, recording_store, rec);
	for (int i = 0; i < 3; i++) {
		CHECK_U64(rec_writer__add(w, 200, &later), 0);
		CHECK_U64(rec_writer__add(w, REC_WAIT, &later_wait), 0);
	}
	recording_finish(rec, w, 1);
}

/* What is not known is left out, and all that refers to it is right nevertheless. */
static void newer_file(void)
{
	struct recording rec;
	struct rec_reader *r;
	enum rec_kind kind;
	const void *record;

	write_later(&rec);
	r = reader_of(&rec);
	for (int i = 0; i < 3; i++) {
		const struct event_wait *wait;

		if (!CHECK(rec_reader__next(r, &kind, &record) == 1))
			break;
		wait = record;
		CHECK_U64(kind, REC_WAIT);
		CHECK_U64(wait->kind, EVENT_WAIT);
		CHECK_U64(wait->wait, 3);
		CHECK_U64(wait->key.nodeid, 7);
		CHECK_U64(wait->key.generation, 9);
		CHECK_U64(wait->begin_ns, 5000);
		CHECK_U64(wait->ns, 0);
		CHECK_U64(wait->task.pid, 0);
	}
	CHECK_U64(rec_reader__next(r, &kind, &record), 0);
	CHECK_TEXT(rec_reader__damage(r)->text, "");
	rec_reader__free(r);
	free(rec.bytes);
}

/* The same by who knows more: what an old file has not is zero. */
static void older_file(void)
{
	const struct event_wait old = {
		.kind = EVENT_WAIT, .wait = 2, .key = { 4, 5, 6 }, .begin_ns = 100, .ns = 200
	};
	struct failure failure = {};
	struct recording rec;
	struct rec_writer *w = writer_of(&rec);
	struct rec_reader *r;
	const struct later_wait *wait;
	enum rec_kind kind;
	const void *record;

	rec_writer__add(w, REC_WAIT, &old);
	recording_finish(&rec, w, 1);
	CHECK_U64(rec_reader__open_memory_as(&r, later_kinds, 2, rec.bytes, rec.cnt, &failure), 0);
	CHECK_U64(rec_reader__next(r, &kind, &record), 1);
	wait = record;
	CHECK_U64(wait->wait.wait, 2);
	CHECK_U64(wait->wait.key.nodeid, 4);
	CHECK_U64(wait->wait.begin_ns, 100);
	CHECK_U64(wait->wait.ns, 0);
	CHECK_U64(wait->other.nodeid, 0);
	CHECK_U64(wait->later_ns, 0);
	CHECK_U64(rec_reader__next(r, &kind, &record), 0);
	rec_reader__free(r);
	free(rec.bytes);
}

/*
 * A number that has no room here is the highest there is: an id that nobody knows, and not another.
 */
static void wider_numbers(void)
{
	static const struct rec_field field[] = {
		{ 1, REC_T_UINT, 0, "op", offsetof(struct event_op, start_ns), 8, 1, 0 }
	};
	static const struct rec_kind_desc kinds[] = { { REC_OP, 0, "op", sizeof(struct event_op),
							field, 1 } };
	struct event_op op = { .flags = EVENT_OP_WAITS, .start_ns = 300 };
	struct recording rec = {};
	struct rec_writer *w = rec_writer__new_of(kinds, 1, recording_store, &rec);
	struct rec_reader *r;
	enum rec_kind kind;
	const void *record;

	rec_writer__add(w, REC_OP, &op);
	recording_finish(&rec, w, 1);
	r = reader_of(&rec);
	CHECK_U64(rec_reader__next(r, &kind, &record), 1);
	CHECK_U64(((const struct event_op *)record)->op, 255);
	rec_reader__free(r);
	free(rec.bytes);
}

/* ---- ranges, index, pipes ---- */

/* Blocks of an event each, at 1, 2, ... ms, but for one late one. */
static void many_blocks(struct recording *rec, unsigned int cnt)
{
	struct rec_writer *w = writer_of(rec);

	for (unsigned int i = 1; i <= cnt; i++) {
		struct event_window e = { .kind = EVENT_WINDOW, .ns = i * 1000000ULL };

		if (i == cnt - 1)
			e.ns = 500000;
		rec_writer__add(w, REC_WINDOW, &e);
		rec_writer__flush(w);
	}
	CHECK_U64(recording_finish(rec, w, 1), 0);
}

static void ranges(void)
{
	struct recording rec;
	struct rec_reader *r;
	enum rec_kind kind;
	const void *record;
	__u64 ns = 3;

	many_blocks(&rec, 10);
	rec.bytes[rec.ends[2] - 1] ^= 1; /* left out, so that nobody minds */
	r = reader_of(&rec);
	rec_reader__set_range(r, 3000000, 5000000);
	for (; rec_reader__next(r, &kind, &record) > 0; ns++)
		CHECK_U64(((const struct event_window *)record)->ns, ns * 1000000);
	CHECK_U64(ns, 6);
	CHECK_TEXT(rec_reader__damage(r)->text, "");
	rec_reader__free(r);
	free(rec.bytes);
}

static void check_rest(const struct recording *rec)
{
	struct rec_reader *r = reader_of(rec);
	enum rec_kind kind;
	const void *record;

	for (__u64 i = 1; i <= 10; i++) {
		CHECK_U64(rec_reader__next(r, &kind, &record), 1);
		CHECK_U64(rec_reader__rest_begins_ns(r), i == 10  ? ~0ULL
							 : i == 9 ? 10000000
								  : 500000);
	}
	CHECK_U64(rec_reader__totals(r).events_cnt, 10);
	rec_reader__free(r);
}

/* By the index; without one by the headers; and where it is wrong, too. */
static void rest_begins(void)
{
	struct recording rec, ring = {};
	struct rec_reader *r;

	many_blocks(&rec, 10);
	check_rest(&rec);
	rec.cnt -= REC_HEADER_BYTES + REC_END_BYTES;
	check_rest(&rec);
	rec.bytes[rec.ends[5] + 4] ^= 1;
	r = reader_of(&rec);
	CHECK_U64(rec_reader__rest_begins_ns(r), 0);
	rec_reader__free(r);
	rec.bytes[rec.ends[5] + 4] ^= 1;
	rec.cnt += REC_HEADER_BYTES + REC_END_BYTES;
	/* as record --ring keeps the last of them */
	recording_store(&ring, &(struct rec_chunk){ rec.bytes, rec.ends[1], 0, 0, 0, 0 });
	recording_store(&ring, &(struct rec_chunk){ rec.bytes + rec.ends[6], rec.cnt - rec.ends[6],
						    0, 0, 0, 0 });
	r = reader_of(&ring);
	CHECK_U64(rec_reader__totals(r).events_cnt, 5);
	CHECK_U64(rec_reader__rest_begins_ns(r), 500000);
	rec_reader__free(r);
	free(ring.bytes);
	free(rec.bytes);
}

/* Of more blocks than it has entries: coarser, and none is missing. */
static void long_index(void)
{
	struct recording rec;
	struct rec_reader *r;
	const struct rec_index *index;
	enum rec_kind kind;
	const void *record;
	__u64 blocks = 0, sorted = 0, cnt = 0;

	many_blocks(&rec, 3 * REC_INDEX_MAX);
	r = reader_of(&rec);
	index = rec_reader__index(r);
	if (!CHECK(index != NULL))
		return;
	for (size_t i = 0; i < index->cnt; i++) {
		blocks += index->entries[i].blocks_cnt;
		sorted += !i || index->entries[i].offset > index->entries[i - 1].offset;
	}
	CHECK_U64(sorted, index->cnt);
	CHECK_U64(blocks, 3 * REC_INDEX_MAX);
	CHECK(index->cnt <= REC_INDEX_MAX && index->cnt > REC_INDEX_MAX / 2);
	while (rec_reader__next(r, &kind, &record) > 0) {
		cnt++;
		if (cnt < 3 * REC_INDEX_MAX - 1 && rec_reader__rest_begins_ns(r) != 500000)
			break;
	}
	CHECK_U64(cnt, 3 * REC_INDEX_MAX);
	rec_reader__free(r);
	free(rec.bytes);
}

static int open_file(struct rec_reader **r, const struct recording *rec, bool is_pipe)
{
	char path[] = "/tmp/recfile-test-XXXXXX", dev[32];
	struct failure failure = {};
	int fds[2], err;

	if (is_pipe ? pipe(fds) : (fds[1] = mkstemp(path)) < 0)
		return -errno;
	CHECK(write(fds[1], rec->bytes, rec->cnt) == (ssize_t)rec->cnt);
	close(fds[1]);
	snprintf(dev, sizeof(dev), "/dev/fd/%d", fds[0]);
	err = rec_reader__open(r, is_pipe ? dev : path, &failure);
	if (is_pipe)
		close(fds[0]);
	else
		unlink(path);
	return err;
}

/* Not patched, as nobody can: the end says that it is complete. */
static void files_and_pipes(void)
{
	static struct hashes want, got;
	struct recording rec;
	struct rec_reader *r;

	small_recording(&rec);
	rec_head__pack(rec.bytes, false);
	r = reader_of(&rec);
	read_hashes(r, &want);
	rec_reader__free(r);
	for (int is_pipe = 0; is_pipe < 2; is_pipe++) {
		if (!CHECK(!open_file(&r, &rec, is_pipe)))
			continue;
		CHECK_U64(!rec_reader__rest_begins_ns(r), is_pipe);
		rec_reader__set_range(r, 0, 2500000000);
		read_hashes(r, &got);
		CHECK(got.cnt < want.cnt);
		CHECK_TEXT(rec_reader__damage(r)->text, "");
		CHECK_U64(rec_reader__totals(r).records_cnt, rec.written.records_cnt);
		CHECK_U64(rec_reader__totals(r).bytes_cnt, rec.cnt);
		rec_reader__free(r);
		if (!CHECK(!open_file(&r, &rec, is_pipe)))
			continue;
		read_hashes(r, &got);
		CHECK(got.cnt == want.cnt && is_part(&got, &want));
		rec_reader__free(r);
	}
	recording_store(&rec, &(struct rec_chunk){ "x", 1, 0, 0, 0, 0 });
	r = reader_of(&rec);
	read_hashes(r, &got);
	CHECK(strstr(rec_reader__damage(r)->text, "goes on behind its end") != NULL);
	rec_reader__free(r);
	free(rec.bytes);
}

/* Cut at the ends of blocks, and inside them, each source tells the same. */
static void cut_files(void)
{
	static struct hashes want, got;
	struct recording rec;
	struct rec_reader *memory, *r;

	small_recording(&rec);
	for (size_t i = 2 * (SCHEMA_CHUNK + 1); i < 2 * rec.chunks_cnt; i++) {
		rec.cnt = rec.ends[i / 2] - i % 2;
		memory = reader_of(&rec);
		read_hashes(memory, &want);
		for (int is_pipe = 0; is_pipe < 2; is_pipe++) {
			if (!CHECK(!open_file(&r, &rec, is_pipe)))
				continue;
			read_hashes(r, &got);
			CHECK(got.cnt == want.cnt && is_part(&got, &want));
			CHECK_TEXT(rec_reader__damage(r)->text, rec_reader__damage(memory)->text);
			rec_reader__free(r);
		}
		rec_reader__free(memory);
	}
	free(rec.bytes);
}

/* ---- long ones ---- */

#define STORM_HITS  (3U << 20)
#define STORM_TASKS 4

/*
 * Of a storm of faults: each a microsecond or so after the one before, now and then a longer one.
 */
static __u64 next_hit(__u64 *state, __u64 *ns)
{
	__u64 dur = 600 + sample_random(state) % 500;

	if (sample_random(state) % 50 == 0)
		dur += sample_random(state) % 20000;
	*ns += 250 + sample_random(state) % 200 + dur;
	return (*ns - dur) << HIT_DUR_BITS | dur;
}

static void add_hits(struct rec_writer *w, __u32 task, __u64 *state, __u64 *ns)
{
	struct event_hits e = {
		.kind = EVENT_HITS,
		.op = OP_FAULT_READ_PTE,
		.key = { 100 + sample_random(state) % 3, 44, 1 },
		.task = { 4000, 4000 + task, 123456, 0 },
		.base_ns = *ns,
		.cnt = HITS_MAX,
	};
	__u64 since_ns = 0;

	for (int i = 0; i < HITS_MAX; i++)
		e.hits[i] = next_hit(state, &since_ns);
	*ns += since_ns;
	rec_writer__add(w, REC_HITS, &e);
}

static void write_storm(struct recording *rec)
{
	__u64 state = 99, ns[STORM_TASKS];
	struct rec_writer *w = writer_of(rec);
	size_t memory = rec_writer__memory_bytes(w);

	for (int i = 0; i < STORM_TASKS; i++)
		ns[i] = 1000000000000 + 300 * i;
	for (unsigned int i = 0; i < STORM_HITS / HITS_MAX; i++)
		add_hits(w, i % STORM_TASKS, &state, &ns[i % STORM_TASKS]);
	CHECK_U64(rec_writer__memory_bytes(w), memory);
	CHECK(memory < 3 << 20);
	CHECK_U64(recording_finish(rec, w, 1), 0);
}

static double seconds_now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec + ts.tv_nsec / 1e9;
}

/* Days of it need no more memory than this, to write and to read. */
static void storm(void)
{
	struct recording rec;
	struct rec_reader *r;
	enum rec_kind kind;
	const void *record;
	__u64 hits = 0, sum = 0;
	double begin = seconds_now(), written;

	write_storm(&rec);
	written = seconds_now();
	r = reader_of(&rec);
	while (rec_reader__next(r, &kind, &record) > 0) {
		const struct event_hits *e = record;

		hits += e->cnt;
		sum += e->hits[e->cnt - 1];
	}
	CHECK_U64(hits, rec.written.events_cnt);
	CHECK(sum);
	CHECK(rec_reader__memory_bytes(r) < 2 << 20);
	CHECK(rec.cnt < 6 * hits);
	printf("# hits: %.2f bytes each, %.1f million/s written, %.1f million/s read\n",
	       (double)rec.cnt / hits, hits / 1e6 / (written - begin),
	       hits / 1e6 / (seconds_now() - written));
	rec_reader__free(r);
	free(rec.bytes);
}

static void add_op(struct rec_writer *w, __u64 *state, __u64 ns)
{
	struct event_op e = {
		.kind = EVENT_OP,
		.op = OP_SETUP,
		.depth = 1,
		.flags = sample_random(state) % 4 ? 0 : EVENT_OP_WAITS,
		.key = { 100 + sample_random(state) % 50, 44, 1 },
		.task = { 4000, 4000 + sample_random(state) % 16, 123456, 0 },
		.start_ns = ns,
		.dur_ns = 20000 + sample_random(state) % 30000,
		.units = 1,
	};

	if (e.flags) {
		e.wait_ns[WAIT_REQUEST_HOST] = e.dur_ns - 2000;
		e.wait_cnt[WAIT_REQUEST_HOST] = 1;
	}
	rec_writer__add(w, REC_OP, &e);
}

static void operations(void)
{
	struct recording rec;
	struct rec_writer *w = writer_of(&rec);
	struct rec_reader *r;
	enum rec_kind kind;
	const void *record;
	__u64 state = 11, ns = 1000000000000, cnt = 0;
	double begin;

	for (unsigned int i = 0; i < 300000; i++)
		add_op(w, &state, ns += sample_random(&state) % 20000);
	recording_finish(&rec, w, 1);
	begin = seconds_now();
	r = reader_of(&rec);
	while (rec_reader__next(r, &kind, &record) > 0)
		cnt++;
	CHECK_U64(cnt, 300000);
	CHECK(rec.cnt < 16 * cnt);
	CHECK(rec.written.raw_bytes_cnt < 18 * cnt);
	printf("# operations: %.2f bytes each, %.2f before compression, %.1f million/s read\n",
	       (double)rec.cnt / cnt, (double)rec.written.raw_bytes_cnt / cnt,
	       cnt / 1e6 / (seconds_now() - begin));
	rec_reader__free(r);
	free(rec.bytes);
}

/* More files than a block names. */
static void many_inodes(void)
{
	struct recording rec;
	struct rec_writer *w = writer_of(&rec);
	struct rec_reader *r;
	enum rec_kind kind;
	const void *record;
	__u64 i = 0;

	for (; i < 5 * REC_DICT_MAX; i++) {
		struct event_window e = { .kind = EVENT_WINDOW, .key = { i, 44, i / 7 }, .ns = i };

		rec_writer__add(w, REC_WINDOW, &e);
	}
	recording_finish(&rec, w, 1);
	CHECK(rec.chunks_cnt > 8);
	r = reader_of(&rec);
	for (i = 0; rec_reader__next(r, &kind, &record) > 0; i++) {
		const struct event_window *e = record;

		if (e->key.nodeid != i || e->key.generation != i / 7 || e->ns != i)
			break;
	}
	CHECK_U64(i, 5 * REC_DICT_MAX);
	rec_reader__free(r);
	free(rec.bytes);
}

/* ---- the manual ---- */

static const char *const type_names[REC_T_NR] = { NULL,	   "uint",  "time", "text",   "chars",
						  "bytes", "inode", "task", "sparse", "hits" };
static const char *const unit_names[REC_U_NR] = {
	"\\-",	  "ns",	 "bytes", "op",	    "wait",   "outcome", "errno", "holder",
	"opcode", "dev", "flags", "ranges", "change", "counter", "phase", "releaser",
};

static char *read_manual(void)
{
	FILE *f = fopen("../../man/virtiofs-daxtop-recording.5", "r");
	char *text = calloc(1, 1 << 20);

	if (f) {
		CHECK(fread(text, 1, (1 << 20) - 1, f) > 0);
		fclose(f);
	}
	return text;
}

/* Each kind has its heading, and each of its fields a row that says the same as the table. */
static void manual(void)
{
	char *text = read_manual(), want[128];

	for (size_t i = 0; i < rec_kinds_cnt; i++) {
		const char *at;

		snprintf(want, sizeof(want), ".SS \"%u %s\"", rec_kinds[i].id, rec_kinds[i].name);
		at = strstr(text, want);
		for (size_t j = 0; at && j < rec_kinds[i].fields_cnt; j++) {
			const struct rec_field *f = &rec_kinds[i].fields[j];

			snprintf(want, sizeof(want), "\n%u\t%s\t%s\t%s\t", f->id, f->name,
				 type_names[f->type], unit_names[f->unit]);
			at = strstr(at, want);
		}
		if (!CHECK(at != NULL))
			printf("#   not in the manual: %s\n", want);
	}
	free(text);
}

int main(void)
{
	every_kind();
	extremes();
	order();
	store_fails();
	newer_file();
	older_file();
	wider_numbers();
	ranges();
	rest_begins();
	long_index();
	files_and_pipes();
	cut_files();
	storm();
	operations();
	many_inodes();
	manual();
	return check_result();
}
