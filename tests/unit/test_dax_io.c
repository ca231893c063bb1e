// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * Bytes through the window and round it: what each operation adds to which row, and which rows are
 * known at which detail.
 */
#include "../../src/dax_io.h"
#include "check.h"
#include "file_rows.h"

#define BIT(op) (1U << (op))
#define PAGE	4096ULL

static const struct dax_io_desc *row_of(const char *name)
{
	for (unsigned int i = 0; i < DAX_IO_NR; i++)
		if (!strcmp(dax_io_table[i].name, name))
			return &dax_io_table[i];
	return NULL;
}

/* Rows lie in the struct, none twice, and all of it has one. */
static void table(void)
{
	char covered[sizeof(struct dax_io)] = {};

	CHECK_U64(DAX_IO_NR, sizeof(covered) / sizeof(__u64));
	for (unsigned int i = 0; i < DAX_IO_NR; i++) {
		const struct dax_io_desc *desc = &dax_io_table[i];

		CHECK(desc->name && desc->verb && desc->ops);
		CHECK(row_of(desc->name) == desc);
		CHECK(!desc->reason || desc->is_around);
		if (CHECK(desc->offset + sizeof(__u64) <= sizeof(covered)))
			CHECK(!covered[desc->offset]++);
	}
}

/* Ten of one kind of operation and nothing else: in one row, or in none. */
static void operations(void)
{
	static const struct {
		unsigned int op;
		const char *name;
		__u64 want;
	} rows[] = {
		{ OP_DAX_READ, "read_bytes", 12345 },
		{ OP_DAX_WRITE, "written_bytes", 12345 },
		{ OP_FAULT_READ_PTE, "mapped_bytes", 10 * PAGE },
		{ OP_FAULT_WRITE_PTE, "mapped_bytes", 10 * PAGE },
		{ OP_FAULT_READ_PMD, "mapped_bytes", 10 * RANGE_BYTES },
		{ OP_FAULT_WRITE_PMD, "mapped_bytes", 10 * RANGE_BYTES },
		{ OP_FAULT_MKWRITE, NULL, 0 }, /* it was mapped before */
		{ OP_AROUND_READ, "around_read_bytes", 12345 },
		{ OP_AROUND_WRITE, "around_written_bytes", 12345 },
		{ OP_AROUND_EXTEND, "around_extended_bytes", 12345 },
		{ OP_TRUNCATE, NULL, 0 },
		{ OP_SETUP, NULL, 0 },
		{ OP_REMOVAL, NULL, 0 },
	};
	struct summary *s = summary__new();

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct figures ops[OP_NR] = {};
		const struct dax_io_desc *found = rows[i].name ? row_of(rows[i].name) : NULL;
		struct dax_io io;

		ops[rows[i].op].cnt = ops[rows[i].op].outcome[OUTCOME_DONE] = 10;
		ops[rows[i].op].bytes = 12345;
		dax_io__read(&io, s, ops);
		CHECK(!rows[i].name || found);
		for (unsigned int row = 0; row < DAX_IO_NR; row++) {
			const struct dax_io_desc *desc = &dax_io_table[row];

			CHECK_U64(dax_io__get(&io, desc), desc == found ? rows[i].want : 0);
		}
		CHECK_U64(dax_io__through(&io), found && !found->is_around ? rows[i].want : 0);
	}
	summary__free(s);
}

/* A fault that mapped nothing, in each way that there is. */
static void not_done(void)
{
	struct summary *s = summary__new();
	struct figures ops[OP_NR] = {};
	struct dax_io io;

	for (unsigned int op = 0; op < OP_NR; op++)
		for (unsigned int outcome = OUTCOME_DONE + 1; outcome < OUTCOME_NR; outcome++)
			ops[op].outcome[outcome] = 7;
	dax_io__read(&io, s, ops);
	CHECK_U64(dax_io__through(&io), 0);
	summary__free(s);
}

static void pages(void)
{
	static const __u64 page_bytes[] = { 4096, 16384, 65536 };

	for (size_t i = 0; i < sizeof(page_bytes) / sizeof(page_bytes[0]); i++) {
		struct summary *s = summary__new();
		struct figures ops[OP_NR] = {};
		struct dax_io io;

		ops[OP_FAULT_READ_PTE].outcome[OUTCOME_DONE] = 3;
		ops[OP_FAULT_WRITE_PTE].outcome[OUTCOME_DONE] = 4;
		ops[OP_FAULT_READ_PMD].outcome[OUTCOME_DONE] = 5;
		ops[OP_FAULT_WRITE_PMD].outcome[OUTCOME_DONE] = 6;
		summary__set_page_bytes(s, page_bytes[i]);
		dax_io__read(&io, s, ops);
		CHECK_U64(io.mapped, 7 * page_bytes[i] + 11 * RANGE_BYTES);
		summary__free(s);
	}
}

/* Bytes that went round the window are those of the requests, and no part of the write()'s own. */
static void written(void)
{
	static const struct {
		__u64 write, around_write, around_extend;
	} rows[] = {
		{ 1000, 0, 0 }, { 1000, 300, 0 }, { 1000, 0, 300 }, { 0, 0, 5000 }, { 0, 1, 1 },
	};
	struct summary *s = summary__new();

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct figures ops[OP_NR] = {
			[OP_DAX_WRITE] = { .bytes = rows[i].write },
			[OP_AROUND_READ] = { .bytes = 99 }, /* nobody wrote that */
			[OP_AROUND_WRITE] = { .bytes = rows[i].around_write },
			[OP_AROUND_EXTEND] = { .bytes = rows[i].around_extend },
		};
		struct dax_io io;

		dax_io__read(&io, s, ops);
		CHECK_U64(io.written, rows[i].write);
		CHECK_U64(io.around_read, 99);
		CHECK_U64(io.around_written, rows[i].around_write);
		CHECK_U64(io.around_extended, rows[i].around_extend);
		CHECK_U64(dax_io__through(&io), rows[i].write);
	}
	summary__free(s);
}

/* Of one inode: nested operations too, and of no other. */
static void of_inode(void)
{
	const struct inode_key five = row_key(ROWS_DEV, 5), six = row_key(ROWS_DEV, 6);
	struct summary *s = summary__new();
	const struct entity *e = NULL;
	struct dax_io io;

	row_add(s, &five, OP_DAX_READ, OUTCOME_DONE, 2, 100);
	row_add(s, &five, OP_DAX_READ | CELL_NESTED, OUTCOME_DONE, 1, 10);
	row_add(s, &five, OP_DAX_WRITE, OUTCOME_DONE, 2, 500);
	row_add(s, &five, OP_AROUND_EXTEND | CELL_NESTED, OUTCOME_DONE, 1, 200);
	row_add(s, &five, OP_FAULT_WRITE_PTE, OUTCOME_DONE, 2, 0);
	row_add(s, &five, OP_FAULT_WRITE_PTE, OUTCOME_SIGBUS, 2, 0);
	row_add(s, &six, OP_DAX_READ, OUTCOME_DONE, 1, 1 << 20);
	while ((e = summary__next_inode(s, e)) && entity__inode(e)->nodeid != 5)
		;
	if (CHECK(e != NULL)) {
		dax_io__of_inode(&io, s, e);
		CHECK_U64(io.read, 110);
		CHECK_U64(io.written, 500);
		CHECK_U64(io.mapped, 2 * PAGE);
		CHECK_U64(io.around_extended, 200);
		CHECK_U64(dax_io__through(&io), 110 + 500 + 2 * PAGE);
	}
	summary__free(s);
}

/* What must be measured for each row. */
static const struct {
	const char *name;
	__u32 ops;
	bool is_known[DETAIL_NR];
} needs[] = {
	{ "read_bytes", BIT(OP_DAX_READ), { false, true, true } },
	{ "written_bytes",
	  BIT(OP_DAX_WRITE) | BIT(OP_AROUND_WRITE) | BIT(OP_AROUND_EXTEND),
	  { false, false, true } },
	{ "mapped_bytes", OPS_FAULT_KINDS, { false, true, true } },
	{ "around_read_bytes", BIT(OP_AROUND_READ), { false, false, true } },
	{ "around_written_bytes", BIT(OP_AROUND_WRITE), { false, false, true } },
	{ "around_extended_bytes", BIT(OP_AROUND_EXTEND), { false, false, true } },
};

static void details(void)
{
	CHECK_U64(sizeof(needs) / sizeof(needs[0]), DAX_IO_NR);
	for (size_t i = 0; i < DAX_IO_NR; i++) {
		const struct dax_io_desc *desc = row_of(needs[i].name);

		for (int detail = 0; detail < DETAIL_NR && CHECK(desc != NULL); detail++) {
			struct summary *s = summary__new();

			summary__set_detail(s, detail);
			CHECK_U64(dax_io__is_measured(s, desc), needs[i].is_known[detail]);
			summary__free(s);
		}
	}
}

/* A hook that is missing makes unknown what it feeds, and nothing else. */
static void unmeasured(void)
{
	for (unsigned int op = 0; op < OP_NR; op++) {
		struct summary *s = summary__new();
		char figure[64];

		snprintf(figure, sizeof(figure), "op.%s", op_table[op].name);
		CHECK(!summary__add_unmeasured(s, figure, "no hook"));
		for (size_t i = 0; i < DAX_IO_NR; i++)
			if (!CHECK(dax_io__is_measured(s, row_of(needs[i].name)) ==
				   !(needs[i].ops & BIT(op))))
				printf("# %s without %s\n", needs[i].name, figure);
		summary__free(s);
	}
}

int main(void)
{
	table();
	operations();
	not_done();
	pages();
	written();
	of_inode();
	details();
	unmeasured();
	return check_result();
}
