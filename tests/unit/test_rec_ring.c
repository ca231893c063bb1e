// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * What stays in a ring and what goes, and that a ring that could not be written takes nothing away
 * that was written before.
 */
#include "../../src/rec_ring.h"

#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../../src/recorder.h"
#include "check.h"
#include "rec_chance.h"

#define KEEP (5 * SEC)

/* ---- a ring ---- */

struct ringed {
	struct rec_ring *ring;
	struct rec_writer *w;
};

static struct ringed ringed_new(__u64 keep_ns, size_t bytes_max)
{
	struct ringed r = { .ring = rec_ring__new(keep_ns, bytes_max) };

	r.w = rec_writer__new(rec_ring__store, r.ring);
	rec_ring__keep_all(r.ring);
	return r;
}

static void ringed_free(struct ringed *r)
{
	rec_writer__free(r->w);
	rec_ring__free(r->ring);
}

/* As record does it: what was told until then goes into a chunk, and then the look. */
static void look_at(struct ringed *r, __u64 ns)
{
	struct rec_state state = { .ns = ns };

	CHECK(!rec_writer__add(r->w, REC_STATE, &state));
	CHECK(!rec_writer__flush(r->w));
	rec_ring__age(r->ring, ns);
}

static int nothing_between(void *ctx)
{
	(void)ctx;
	return 0;
}

/* All times there are of a kind, in ms, since REC_START; a text to be freed. */
static char *times_of(const struct recording *rec, enum rec_kind want)
{
	struct failure failure;
	struct rec_reader *r;
	const void *record;
	enum rec_kind kind;
	char *text = NULL;
	size_t bytes;
	FILE *f = open_memstream(&text, &bytes);

	CHECK(!rec_reader__open_memory(&r, rec->bytes, rec->cnt, &failure));
	while (rec_reader__next(r, &kind, &record) == 1) {
		__u64 ns = kind == REC_STATE	? ((const struct rec_state *)record)->ns
			   : kind == REC_OP	? ((const struct event_op *)record)->start_ns
			   : kind == REC_WAIT	? ((const struct event_wait *)record)->begin_ns
			   : kind == REC_BLAME	? ((const struct event_blame *)record)->begin_ns
			   : kind == REC_HITS	? ((const struct event_hits *)record)->base_ns
			   : kind == REC_WINDOW ? ((const struct event_window *)record)->ns
						: REC_START;

		if (kind == want)
			fprintf(f, "%llu ", (ns - REC_START) / MS);
	}
	rec_reader__free(r);
	fclose(f);
	return text;
}

static void check_copy(struct ringed *ringed, enum rec_kind kind, const char *want)
{
	struct recording rec = {};
	struct rec_writer *w = rec_writer__new(recording_store, &rec);
	char *got;

	CHECK(!rec_ring__copy(ringed->ring, w, nothing_between, NULL));
	CHECK(!recording_finish(&rec, w, 1));
	got = times_of(&rec, kind);
	CHECK_TEXT(got, want);
	free(got);
	free(rec.bytes);
}

static void add_op(struct ringed *r, __u64 ns)
{
	struct event_op ev = { .kind = EVENT_OP, .op = OP_DAX_READ, .start_ns = ns, .dur_ns = MS };

	CHECK(!rec_writer__add(r->w, REC_OP, &ev));
}

/* What looks count in the last seconds is the difference to the look before. */
static void test_look_before(void)
{
	struct ringed r = ringed_new(KEEP, 1 << 20);

	for (__u64 s = 1; s <= 20; s++) {
		add_op(&r, REC_START + s * SEC - 10 * MS);
		look_at(&r, REC_START + s * SEC);
	}
	check_copy(&r, REC_OP, "15990 16990 17990 18990 19990 ");
	check_copy(&r, REC_STATE, "14000 15000 16000 17000 18000 19000 20000 ");
	CHECK_U64(rec_ring__since_ns(r.ring), REC_START + 15 * SEC);
	CHECK(!rec_ring__was_short(r.ring));
	ringed_free(&r);
}

/* They are farther apart than what is kept. */
static void test_rare_looks(void)
{
	struct ringed r = ringed_new(KEEP, 1 << 20);

	for (__u64 s = 30; s <= 90; s += 30)
		look_at(&r, REC_START + s * SEC);
	check_copy(&r, REC_STATE, "60000 90000 ");
	ringed_free(&r);
}

/*
 * One that takes several chunks stays as a whole, and what names things has the time that it came.
 */
static void test_long_look(void)
{
	struct ringed r = ringed_new(KEEP, 64 << 20);
	struct rec_state state = { .ns = REC_START + SEC };
	struct recording rec = {};
	struct rec_writer *w = rec_writer__new(recording_store, &rec);
	struct failure failure;
	struct rec_reader *reader;
	const void *record;
	enum rec_kind kind;
	__u32 shares_cnt = 0;

	CHECK(!rec_writer__add(r.w, REC_STATE, &state));
	for (__u32 i = 0; i < 50000; i++) {
		struct rec_share share = { .inode = { .nodeid = i + 2, .dev = SAMPLE_DEV },
					   .ranges_cnt = 1 };

		CHECK(!rec_writer__add(r.w, REC_SHARE, &share));
	}
	CHECK(!rec_writer__flush(r.w));
	rec_ring__age(r.ring, REC_START + SEC);
	for (__u64 s = 10; s <= 12; s++)
		look_at(&r, REC_START + s * SEC);
	CHECK(!rec_ring__copy(r.ring, w, nothing_between, NULL));
	CHECK(!recording_finish(&rec, w, 1));
	CHECK(!rec_reader__open_memory(&reader, rec.bytes, rec.cnt, &failure));
	while (rec_reader__next(reader, &kind, &record) == 1)
		shares_cnt += kind == REC_SHARE;
	CHECK_U64(shares_cnt, 50000);
	rec_reader__free(reader);
	free(rec.bytes);
	ringed_free(&r);
}

/* In a chunk that stays for what is new in it. */
static void test_what_ended_before(void)
{
	struct ringed r = ringed_new(KEEP, 1 << 20);

	for (__u64 s = 3; s <= 6; s++) {
		__u64 ns = REC_START + s * SEC;
		struct event_wait wait = { .kind = EVENT_WAIT, .begin_ns = ns, .ns = 1500 * MS };
		struct event_blame blame = { .kind = EVENT_BLAME, .begin_ns = ns, .ns = 1500 * MS };
		struct event_window window = { .kind = EVENT_WINDOW, .ns = ns };
		struct event_hits hits = { .kind = EVENT_HITS,
					   .op = OP_DAX_READ,
					   .base_ns = ns - 65000,
					   .cnt = 2,
					   .hits = { 10, 4000ULL << HIT_DUR_BITS | 65000 } };

		CHECK(!rec_writer__add(r.w, REC_WAIT, &wait));
		CHECK(!rec_writer__add(r.w, REC_BLAME, &blame));
		CHECK(!rec_writer__add(r.w, REC_WINDOW, &window));
		CHECK(!rec_writer__add(r.w, REC_HITS, &hits));
		add_op(&r, ns);
	}
	look_at(&r, REC_START + 8 * SEC);
	look_at(&r, REC_START + 10 * SEC);
	check_copy(&r, REC_OP, "5000 6000 ");
	check_copy(&r, REC_WAIT, "4000 5000 6000 ");
	check_copy(&r, REC_BLAME, "4000 5000 6000 ");
	check_copy(&r, REC_WINDOW, "5000 6000 ");
	check_copy(&r, REC_HITS, "4999 5999 "); /* the last of them ends beyond the begin */
	ringed_free(&r);
}

/* Less is there than was asked for, and that is told. */
static void test_short(void)
{
	struct ringed r = ringed_new(1000 * SEC, 2048);

	for (__u64 s = 1; s <= 100; s++) {
		add_op(&r, REC_START + s * SEC - 10 * MS);
		look_at(&r, REC_START + s * SEC);
	}
	CHECK(rec_ring__was_short(r.ring));
	CHECK(rec_ring__since_ns(r.ring) > REC_START + 50 * SEC);
	CHECK(rec_ring__since_ns(r.ring) < REC_START + 100 * SEC);
	ringed_free(&r);
}

/* ---- to a file; what is of the kernel is not there ---- */

int probe__take_records(struct probe *p)
{
	(void)p;
	return 0;
}

int probe__take_hits(struct probe *p)
{
	(void)p;
	return 0;
}

const struct hook_state *probe__hooks(const struct probe *p, unsigned int *cnt)
{
	(void)p;
	*cnt = 0;
	return NULL;
}

static char folder[] = "/tmp/test-rec-ring-XXXXXX";

static bool is_there(const char *name)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	return !access(path, F_OK);
}

static bool is_whole(const char *name)
{
	struct failure failure;
	struct rec_reader *r;
	const void *record;
	enum rec_kind kind;
	char path[128];
	bool res;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	if (rec_reader__open(&r, path, &failure))
		return false;
	while (rec_reader__next(r, &kind, &record) == 1)
		;
	res = !rec_reader__damage(r)->is_unfinished;
	rec_reader__free(r);
	return res;
}

static unsigned int open_files(void)
{
	DIR *dir = opendir("/proc/self/fd");
	unsigned int cnt = 0;

	while (readdir(dir))
		cnt++;
	closedir(dir);
	return cnt;
}

/* As on a full disk. */
static int dump_into(struct recorder *r, const struct summary *s, size_t room, char *why)
{
	struct rlimit old, new;
	struct failure failure = {};
	int err;

	getrlimit(RLIMIT_FSIZE, &old);
	new = old;
	new.rlim_cur = room;
	setrlimit(RLIMIT_FSIZE, &new);
	err = recorder__dump(r, s, &failure);
	setrlimit(RLIMIT_FSIZE, &old);
	strcpy(why, failure.text);
	return err;
}

static void test_failing_dumps(void)
{
	char target[128], why[sizeof(((struct failure *)0)->text)];
	struct recorder_opts opts = { .target = target, .keep = 4, .ring_ns = 10 * SEC };
	struct trace trace = { .names = names__new() };
	struct summary *s = summary__new();
	struct recorder *r = NULL;
	struct failure failure;
	unsigned int files_cnt;

	snprintf(target, sizeof(target), "%s/rec", folder);
	summary__set_span(s, REC_START, REC_END);
	CHECK(!recorder__new(&r, &opts, &failure));
	CHECK(!recorder__begin(r, &trace));
	CHECK(!recorder__state(r, s, false));
	files_cnt = open_files();
	CHECK(!recorder__dump(r, s, &failure));
	CHECK(!recorder__dump(r, s, &failure));
	CHECK(is_whole("rec") && is_whole("rec.1") && !is_there("rec.2"));
	for (int i = 0; i < 5; i++) {
		CHECK_U64(dump_into(r, s, i % 2 ? 100 : 10, why), -EFBIG);
		CHECK(strstr(why, "rec: cannot write: File too large"));
	}
	CHECK_U64(open_files(), files_cnt);
	CHECK(is_there("rec") && !is_whole("rec"));
	CHECK(is_whole("rec.1") && is_whole("rec.2") && !is_there("rec.3"));
	CHECK(!recorder__dump(r, s, &failure));
	CHECK(is_whole("rec") && is_whole("rec.1") && is_whole("rec.2") && !is_there("rec.3"));
	recorder__free(r);
	summary__free(s);
	names__free(trace.names);
}

static void test_no_folder(void)
{
	char target[128];
	struct recorder_opts opts = { .target = target };
	struct recorder *r = NULL;
	struct failure failure;

	snprintf(target, sizeof(target), "%s/none/rec", folder);
	CHECK_U64(recorder__new(&r, &opts, &failure), -ENOENT);
	CHECK(!r);
}

/* Others could read it before: what is recorded is not for them. */
static void test_mode(void)
{
	char target[128];
	struct recorder_opts opts = { .target = target };
	struct recorder *r = NULL;
	struct failure failure;
	struct stat st = {};

	snprintf(target, sizeof(target), "%s/public", folder);
	fclose(fopen(target, "w"));
	CHECK(!chmod(target, 0644));
	CHECK(!recorder__new(&r, &opts, &failure));
	CHECK(!stat(target, &st));
	CHECK_U64(st.st_mode & 0777, 0600);
	recorder__free(r);
}

static void folder_remove(void)
{
	static const char *const names[] = { "rec", "rec.1", "rec.2", "rec.3", "rec.4", "public" };
	char path[128];

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		snprintf(path, sizeof(path), "%s/%s", folder, names[i]);
		unlink(path);
	}
	rmdir(folder);
}

int main(void)
{
	test_look_before();
	test_rare_looks();
	test_long_look();
	test_what_ended_before();
	test_short();
	signal(SIGXFSZ, SIG_IGN);
	if (CHECK(mkdtemp(folder))) {
		test_failing_dumps();
		test_no_folder();
		test_mode();
		folder_remove();
	}
	return check_result();
}
