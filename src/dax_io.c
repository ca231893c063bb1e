// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * Surprising: a write that ends past the end of the file goes round the window as a whole, also its
 * part inside. Its bytes are those of its requests (OPS_AROUND), and none of its own; without
 * --detail full it is not told apart.
 */
#include "dax_io.h"

#include <string.h>

#define BIT(op) (1U << (op))

#define IO(name_, field_, ops_, verb_)                                                 \
	{                                                                              \
		.name = name_, .offset = offsetof(struct dax_io, field_), .ops = ops_, \
		.verb = verb_                                                          \
	}
#define IO_AROUND(name_, field_, ops_, verb_, reason_)                                 \
	{                                                                              \
		.name = name_, .offset = offsetof(struct dax_io, field_), .ops = ops_, \
		.verb = verb_, .is_around = true, .reason = reason_                    \
	}

const struct dax_io_desc dax_io_table[DAX_IO_NR] = {
	IO("read_bytes", read, BIT(OP_DAX_READ), "read"),
	IO("written_bytes", written, BIT(OP_DAX_WRITE) | OPS_AROUND_WRITTEN, "written"),
	IO("mapped_bytes", mapped, OPS_FAULT_KINDS, "mapped by faults"),
	IO_AROUND("around_read_bytes", around_read, BIT(OP_AROUND_READ), "read", NULL),
	IO_AROUND("around_extended_bytes", around_extended, BIT(OP_AROUND_EXTEND), "written",
		  "past the end of the file"),
	IO_AROUND("around_written_bytes", around_written, BIT(OP_AROUND_WRITE), "written",
		  "inside it by such writes"),
};

__u64 dax_io__get(const struct dax_io *io, const struct dax_io_desc *desc)
{
	__u64 value;

	memcpy(&value, (const char *)io + desc->offset, sizeof(value));
	return value;
}

static __u64 mapped_bytes(const struct figures ops[OP_NR], __u64 page_bytes)
{
	return (ops[OP_FAULT_READ_PTE].outcome[OUTCOME_DONE] +
		ops[OP_FAULT_WRITE_PTE].outcome[OUTCOME_DONE]) *
		       page_bytes +
	       (ops[OP_FAULT_READ_PMD].outcome[OUTCOME_DONE] +
		ops[OP_FAULT_WRITE_PMD].outcome[OUTCOME_DONE]) *
		       RANGE_BYTES;
}

void dax_io__read(struct dax_io *io, const struct summary *s, const struct figures ops[OP_NR])
{
	*io = (struct dax_io){
		.read = ops[OP_DAX_READ].bytes,
		.written = ops[OP_DAX_WRITE].bytes,
		.mapped = mapped_bytes(ops, summary__page_bytes(s)),
		.around_read = ops[OP_AROUND_READ].bytes,
		.around_written = ops[OP_AROUND_WRITE].bytes,
		.around_extended = ops[OP_AROUND_EXTEND].bytes,
	};
}

void dax_io__of_inode(struct dax_io *io, const struct summary *s, const struct entity *inode)
{
	static const __u32 used =
		OPS_FAULT_KINDS | BIT(OP_DAX_READ) | BIT(OP_DAX_WRITE) | OPS_AROUND;
	struct figures ops[OP_NR];

	memset(ops, 0, sizeof(ops));
	for (unsigned int op = 0; op < OP_NR; op++)
		if (used & BIT(op))
			entity__op(inode, op, &ops[op]);
	dax_io__read(io, s, ops);
}

__u64 dax_io__through(const struct dax_io *io)
{
	return io->read + io->written + io->mapped;
}

bool dax_io__is_measured(const struct summary *s, const struct dax_io_desc *desc)
{
	for (unsigned int op = 0; op < OP_NR; op++) {
		enum op_measure measure = summary__measure(s, op);

		if (desc->ops & BIT(op) && measure != MEASURE_ALL && measure != MEASURE_WAITED)
			return false;
	}
	return true;
}
