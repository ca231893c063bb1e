// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * What files of each size cost the window, at the limits of each class and of each definition.
 */
#include <stdint.h>
#include <stdlib.h>

#include "../../src/dax_io.h"
#include "../../src/file_sizes.h"
#include "check.h"
#include "file_rows.h"

#define KIB    1024ULL
#define MIB    (1024 * KIB)
#define PLAIN  PLAIN_READ_BYTES
#define TIMING 1000

struct guest {
	struct summary *s;
	struct names *n;
	__u64 page_bytes;
};

static struct guest guest_new(void)
{
	return (struct guest){ summary__new(), names__new(), 4096 };
}

static struct file_sizes guest_read(const struct guest *g)
{
	struct file_sizes sizes;

	summary__set_page_bytes(g->s, g->page_bytes);
	memset(&sizes, 0xff, sizeof(sizes));
	file_sizes__read(&sizes, g->s, g->n, ROWS_DEV);
	return sizes;
}

static void guest_free(struct guest *g)
{
	summary__free(g->s);
	names__free(g->n);
}

static void set_size(struct guest *g, __u64 nodeid, __u64 size_bytes)
{
	struct inode_key inode = row_key(ROWS_DEV, nodeid);

	row_size(g->n, &inode, size_bytes);
}

/* ---- classes ---- */

static void limits(void)
{
	static const struct {
		__u64 size_bytes;
		unsigned int class;
	} rows[] = {
		{ 0, 0 },	    { 1, 0 },		{ 4096, 0 },	{ 4097, 1 },
		{ 8192, 1 },	    { 8193, 2 },	{ 32767, 3 },	{ 32768, 3 },
		{ 32769, 4 },	    { 2 * MIB - 1, 9 }, { 2 * MIB, 9 }, { 2 * MIB + 1, 10 },
		{ 1ULL << 40, 10 }, { UINT64_MAX, 10 },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		CHECK_U64(file_class__of(rows[i].size_bytes), rows[i].class);
	CHECK_U64(file_class__bytes(0), 4096);
	CHECK_U64(file_class__bytes(FILE_CLASSES - 2), RANGE_BYTES);
	CHECK_U64(file_class__bytes(FILE_CLASSES - 1), UINT64_MAX);
	for (unsigned int i = 0; i + 1 < FILE_CLASSES; i++) {
		CHECK_U64(file_class__of(file_class__bytes(i)), i);
		CHECK_U64(file_class__of(file_class__bytes(i) + 1), i + 1);
	}
}

/* A file of each of these sizes, all set up once: small are those below 32 KiB. */
static void small_files(void)
{
	static const __u64 sizes_bytes[] = { 0,	    1,	   4096,    4097,	 32767,
					     32768, 32769, 2 * MIB, 2 * MIB + 1, 1ULL << 40 };
	static const __u64 want[FILE_CLASSES] = { 3, 1, 0, 2, 1, 0, 0, 0, 0, 1, 2 };
	struct guest g = guest_new();
	struct file_sizes sizes;

	for (size_t i = 0; i < sizeof(sizes_bytes) / sizeof(sizes_bytes[0]); i++) {
		set_size(&g, i + 2, sizes_bytes[i]);
		row_done(g.s, i + 2, OP_SETUP, 1, 1);
	}
	sizes = guest_read(&g);
	for (unsigned int i = 0; i < FILE_CLASSES; i++) {
		CHECK_U64(sizes.classes[i].files, want[i]);
		CHECK_U64(sizes.classes[i].setups, want[i]);
	}
	CHECK_U64(sizes.small.files, 5);
	CHECK_U64(sizes.small.setups, 5);
	CHECK_U64(sizes.all.files, 10);
	CHECK_U64(sizes.all.setups, 10);
	CHECK_U64(sizes.unknown_setups, 0);
	guest_free(&g);
}

/* ---- which files ---- */

static void unknown(void)
{
	const struct inode_key rest = row_key(ROWS_DEV, INODE_REST_NODEID);
	struct guest g = guest_new();
	struct file_sizes sizes;

	row_done(g.s, 2, OP_SETUP, 3, 3); /* without a name */
	row_add(g.s, &rest, OP_SETUP, OUTCOME_DONE, 40, 40);
	row_done(g.s, 4, OP_DAX_READ, 100, 100 * MIB); /* never set up: hits alone */
	set_size(&g, 4, 10);
	row_done(g.s, 5, OP_SETUP, 2, 2);
	set_size(&g, 5, 10);
	sizes = guest_read(&g);
	CHECK_U64(sizes.unknown_setups, 43);
	CHECK_U64(sizes.all.files, 1);
	CHECK_U64(sizes.all.setups, 2);
	CHECK_U64(sizes.uses, 0);
	CHECK_U64(sizes.used_bytes, 0);
	guest_free(&g);
}

/* The same nodeid of another mount, or of another generation, is another file. */
static void others(void)
{
	const struct inode_key elsewhere = row_key(ROWS_DEV + 1, 2);
	struct inode_key before = row_key(ROWS_DEV, 2);
	struct guest g = guest_new();
	struct file_sizes sizes;

	before.generation = 7;
	set_size(&g, 2, 4096);
	row_size(g.n, &elsewhere, 4096);
	row_done(g.s, 2, OP_SETUP, 1, 1);
	row_add(g.s, &elsewhere, OP_SETUP, OUTCOME_DONE, 50, 50);
	row_add(g.s, &before, OP_SETUP, OUTCOME_DONE, 5, 5);
	sizes = guest_read(&g);
	CHECK_U64(sizes.all.files, 1);
	CHECK_U64(sizes.all.setups, 1);
	CHECK_U64(sizes.unknown_setups, 5);
	guest_free(&g);
}

/* ---- what they did ---- */

static void add_timed(struct guest *g, __u64 nodeid, __u32 op, __u32 cnt)
{
	struct inode_cell_key key = { .inode = row_key(ROWS_DEV, nodeid), .op = op | CELL_NESTED };
	struct cell cell = { .total_ns = (__u64)cnt * TIMING, .units = cnt };

	cell.outcome[OUTCOME_DONE] = cnt;
	CHECK(!summary__add_inode_cell(g->s, &key, &cell));
}

static void requests(void)
{
	struct guest g = guest_new();
	struct file_sizes sizes;

	for (__u64 nodeid = 2; nodeid < 4; nodeid++) {
		add_timed(&g, nodeid, OP_SETUP, 10);
		add_timed(&g, nodeid, OP_UPGRADE, 4);
		add_timed(&g, nodeid, OP_REMOVAL, 7);
		add_timed(&g, nodeid, OP_TRUNCATE, 1000);
	}
	set_size(&g, 2, 100);
	set_size(&g, 3, MIB);
	sizes = guest_read(&g);
	CHECK_U64(sizes.small.setups, 10);
	CHECK_U64(sizes.small.requests, 21);
	CHECK_U64(sizes.small_ns, 21 * TIMING);
	CHECK_U64(sizes.all.requests, 42);
	CHECK_U64(sizes.all_ns, 42 * TIMING);
	CHECK_U64(sizes.classes[0].requests, 21);
	CHECK_U64(sizes.classes[8].requests, 21);
	guest_free(&g);
}

static void uses(void)
{
	struct guest g = guest_new();
	struct file_sizes sizes;

	set_size(&g, 2, 100 * MIB);
	row_done(g.s, 2, OP_SETUP, 4, 4);
	row_done(g.s, 2, OP_DAX_READ, 10, 1000);
	row_done(g.s, 2, OP_DAX_WRITE, 5, 5000);
	row_done(g.s, 2, OP_AROUND_EXTEND, 2, 2000); /* two of the five */
	row_done(g.s, 2, OP_FAULT_READ_PTE, 3, 0);
	row_done(g.s, 2, OP_FAULT_WRITE_PMD, 1, 0);
	row_done(g.s, 2, OP_FAULT_MKWRITE, 1, 0);
	sizes = guest_read(&g);
	CHECK_U64(sizes.uses, 10 + 3 + 3 + 1 + 1);
	CHECK_U64(sizes.used_bytes, 1000 + 5000 + 3 * 4096 + RANGE_BYTES);
	guest_free(&g);
}

/* What failed used nothing, and a fault that fell back is counted as what it became. */
static void failed(void)
{
	const struct inode_key two = row_key(ROWS_DEV, 2);
	struct guest g = guest_new();
	struct file_sizes sizes;

	set_size(&g, 2, 100 * MIB);
	row_done(g.s, 2, OP_SETUP, 4, 4);
	row_add(g.s, &two, OP_SETUP, OUTCOME_ERRNO, 3, 0);
	row_add(g.s, &two, OP_FAULT_READ_PMD, OUTCOME_FALLBACK, 10, 0);
	row_done(g.s, 2, OP_FAULT_READ_PTE, 10, 0);
	row_add(g.s, &two, OP_FAULT_WRITE_PTE, OUTCOME_SIGBUS, 20, 0);
	row_add(g.s, &two, OP_DAX_WRITE, OUTCOME_ERRNO, 30, 0);
	row_add(g.s, &two, OP_AROUND_EXTEND, OUTCOME_ERRNO, 30, 0);
	row_add(g.s, &two, OP_DAX_READ, OUTCOME_INTERRUPTED, 40, 0);
	sizes = guest_read(&g);
	CHECK_U64(sizes.uses, 10);
	CHECK_U64(sizes.used_bytes, 10 * 4096);
	CHECK_U64(sizes.all.setups, 4);
	CHECK_U64(sizes.all.requests, 7); /* the server was asked all the same */
	CHECK_U64(sizes.all.plain_requests, 4);
	CHECK_U64(sizes.once_setups, 4);
	guest_free(&g);
}

/* One file of @size_bytes with @setups mappings, @read bytes of which were read. */
static __u64 plain_requests_of(__u64 size_bytes, __u32 setups, __u64 read)
{
	struct guest g = guest_new();
	struct file_sizes sizes;

	set_size(&g, 2, size_bytes);
	row_done(g.s, 2, OP_SETUP, setups, setups);
	row_done(g.s, 2, OP_DAX_READ, 9, read);
	sizes = guest_read(&g);
	guest_free(&g);
	CHECK_U64(sizes.classes[file_class__of(size_bytes)].plain_requests,
		  sizes.all.plain_requests);
	return sizes.all.plain_requests;
}

static void plain(void)
{
	static const struct {
		__u64 size_bytes;
		__u32 setups;
		__u64 read, want;
	} rows[] = {
		{ 4096, 1, 0, 0 }, /* nothing of it was used */
		{ 4096, 1, 1, 1 },
		{ 4096, 1, 4096, 1 },
		{ 4096, 1, 100 * MIB, 1 }, /* once only, however often it was read */
		{ 4096, 5, 5 * 4096, 5 },  /* the page cache goes when the mapping does */
		{ 4096, 5, 4, 0 },	   /* less than a byte a mapping */
		{ PLAIN, 1, PLAIN, 1 },
		{ PLAIN + 1, 1, PLAIN + 1, 2 },
		{ 2 * MIB, 1, 2 * MIB, 16 },
		{ 2 * MIB, 3, 3 * PLAIN, 3 },
		{ 2 * MIB, 3, 3 * PLAIN + 3, 6 },
		{ 100 * MIB, 50, 100 * MIB, 50 * 16 },
		{ 100 * MIB, 50, 50 * 4096, 50 },
		{ 100 * MIB, 1, 1000 * MIB, 16 }, /* a mapping has 2 MiB, however large the file */
		{ 3 * MIB, 2, 600 * MIB, 32 },
		{ 0, 2, 0, 0 },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		CHECK_U64(plain_requests_of(rows[i].size_bytes, rows[i].setups, rows[i].read),
			  rows[i].want);
}

/*
 * Each write() through the window is a request without DAX too; those that went round it are the
 * same there.
 */
static void plain_writes(void)
{
	struct guest g = guest_new();
	struct file_sizes sizes;

	set_size(&g, 2, 4096);
	row_done(g.s, 2, OP_SETUP, 1, 1);
	row_done(g.s, 2, OP_DAX_WRITE, 10, 10000);
	row_done(g.s, 2, OP_AROUND_EXTEND, 3, 3000);
	row_done(g.s, 2, OP_AROUND_WRITE, 1, 1000);
	row_done(g.s, 2, OP_AROUND_READ, 2, 1000); /* no write() */
	sizes = guest_read(&g);
	CHECK_U64(sizes.all.plain_requests, 6);
	row_done(g.s, 2, OP_AROUND_EXTEND, 100, 1000); /* whose write() has not ended */
	sizes = guest_read(&g);
	CHECK_U64(sizes.all.plain_requests, 0);
	CHECK_U64(sizes.uses, 0);
	guest_free(&g);
}

/* ---- read once ---- */

static void once(void)
{
	static const struct {
		__u64 page_bytes, size_bytes, read;
		__u32 page_faults, range_faults;
		__u64 written;
		bool is_once;
	} rows[] = {
		{ 4096, 5000, 0, 0, 0, 0, true },
		{ 4096, 5000, 5000, 0, 0, 0, true },
		{ 4096, 5000, 5001, 0, 0, 0, false }, /* read() ends with the file */
		{ 4096, 1000, 2000, 0, 0, 0, false },
		{ 4096, 5000, 0, 2, 0, 0, true }, /* what is mapped, with its last page */
		{ 4096, 5000, 0, 3, 0, 0, false },
		{ 4096, 5000, 4096, 1, 0, 0, true },
		{ 4096, 5000, 5000, 1, 0, 0, false }, /* read and mapped as well */
		{ 4096, 8192, 8192, 0, 0, 0, true },
		{ 4096, 8192, 8193, 0, 0, 0, false },
		{ 4096, 5000, 100, 0, 0, 1, false }, /* written, if only a byte */
		{ 4096, 0, 0, 0, 0, 0, true },
		{ 4096, 0, 1, 0, 0, 0, false },
		{ 4096, 4 * MIB, 0, 0, 2, 0, true },
		{ 4096, 4 * MIB, 1, 0, 2, 0, false },
		{ 16384, 5000, 5000, 0, 0, 0, true },
		{ 16384, 5000, 0, 1, 0, 0, true },
		{ 16384, 5000, 1, 1, 0, 0, false },
		{ 65536, 5000, 0, 1, 0, 0, true },
		{ 65536, 5000, 0, 2, 0, 0, false },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct guest g = guest_new();

		g.page_bytes = rows[i].page_bytes;
		set_size(&g, 2, rows[i].size_bytes);
		row_done(g.s, 2, OP_SETUP, 1, 1);
		row_done(g.s, 2, OP_DAX_READ, 1, rows[i].read);
		row_done(g.s, 2, OP_DAX_WRITE, 1, rows[i].written);
		row_done(g.s, 2, OP_FAULT_READ_PTE, rows[i].page_faults, 0);
		row_done(g.s, 2, OP_FAULT_READ_PMD, rows[i].range_faults, 0);
		CHECK_U64(guest_read(&g).once_setups, rows[i].is_once);
		guest_free(&g);
	}
}

/* What went round the window is not of it. */
static void once_extended(void)
{
	struct guest g = guest_new();

	set_size(&g, 2, 4096);
	row_done(g.s, 2, OP_SETUP, 1, 1);
	row_done(g.s, 2, OP_DAX_WRITE, 1, 0);
	row_done(g.s, 2, OP_AROUND_EXTEND, 1, 4096);
	row_done(g.s, 2, OP_DAX_READ, 1, 4096);
	CHECK_U64(guest_read(&g).once_setups, 1);
	guest_free(&g);
}

/* A range that was mapped again was used again, however little of it. */
static void once_again(void)
{
	struct guest g = guest_new();

	set_size(&g, 2, 4 * MIB);
	row_done(g.s, 2, OP_SETUP, 2, 2);
	row_done(g.s, 2, OP_DAX_READ, 3, 4096);
	CHECK_U64(guest_read(&g).once_setups, 2);
	row_done(g.s, 2, OP_SETUP, 1, 1);
	CHECK_U64(guest_read(&g).once_setups, 0);
	guest_free(&g);
}

/* ---- the threshold ---- */

struct threshold_case {
	const char *name;
	struct file_class classes[FILE_CLASSES];
	__u64 bytes, saved;
};

#define CLASS(requests_, plain_)                                 \
	{                                                        \
		.requests = requests_, .plain_requests = plain_, \
	}

static const struct threshold_case threshold_cases[] = {
	{ "no files", {}, 0, 0 },
	{ "none saves", { CLASS(10, 10), CLASS(10, 20), CLASS(0, 5) }, 0, 0 },
	{ "the smallest alone", { CLASS(10, 9), CLASS(10, 20) }, 4096, 1 },
	{ "only small ones", { CLASS(20, 10), CLASS(20, 10), CLASS(20, 21) }, 8192, 20 },
	{ "all save",
	  { CLASS(2, 1), CLASS(2, 1), CLASS(2, 1), CLASS(2, 1), CLASS(2, 1), CLASS(2, 1),
	    CLASS(2, 1), CLASS(2, 1), CLASS(2, 1), CLASS(2, 1), CLASS(2, 1) },
	  2 * MIB,
	  10 }, /* larger ones are never left out */
	{ "larger than 2 MiB only", { [FILE_CLASSES - 1] = CLASS(1000, 0) }, 0, 0 },
	{ "just 2 MiB", { [FILE_CLASSES - 2] = CLASS(1000, 1) }, 2 * MIB, 999 },
	{ "a tie: the smaller", { CLASS(10, 5), CLASS(7, 7), CLASS(1, 2), CLASS(2, 1) }, 4096, 5 },
	{ "a loss that is made up for", { CLASS(10, 5), CLASS(1, 4), CLASS(9, 1) }, 16384, 10 },
	{ "a loss that is not", { CLASS(10, 5), CLASS(1, 9), CLASS(9, 2) }, 4096, 5 },
	{ "a loss first", { CLASS(1, 9), CLASS(20, 1) }, 8192, 11 },
};

static void thresholds(void)
{
	for (size_t i = 0; i < sizeof(threshold_cases) / sizeof(threshold_cases[0]); i++) {
		const struct threshold_case *c = &threshold_cases[i];
		struct file_sizes sizes = {};
		__u64 saved = 77;

		memcpy(sizes.classes, c->classes, sizeof(sizes.classes));
		if (!CHECK(file_sizes__threshold(&sizes, &saved) == c->bytes && saved == c->saved))
			printf("# %s: saved %llu\n", c->name, saved);
	}
}

int main(void)
{
	limits();
	small_files();
	unknown();
	others();
	requests();
	uses();
	failed();
	plain();
	plain_writes();
	once();
	once_extended();
	once_again();
	thresholds();
	return check_result();
}
