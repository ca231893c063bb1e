// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * The fields of each kind of record. One row is one field: a new one gets the next number of its
 * kind, at the end, and no row ever goes or changes its type.
 */
#include "rec_kinds.h"

#define WIDTH(type_, member) sizeof(((type_ *)0)->member)
#define ROW(id_, name_, kind_, unit_, type_, member, width_, cnt_, len_)                    \
	{                                                                                   \
		.id = (id_), .type = REC_T_##kind_, .unit = REC_U_##unit_, .name = (name_), \
		.offset = offsetof(type_, member), .width = (width_), .cnt = (cnt_),        \
		.len_offset = (len_)                                                        \
	}
#define ONE(id, name, kind, unit, type, member) \
	ROW(id, name, kind, unit, type, member, WIDTH(type, member), 1, 0)
#define UINT(id, name, unit, type, member) ONE(id, name, UINT, unit, type, member)
#define TIME(id, name, type, member)	   ONE(id, name, TIME, NS, type, member)
#define TEXT(id, name, type, member)	   ONE(id, name, TEXT, NONE, type, member)
#define INODE(id, name, type, member)	   ONE(id, name, INODE, NONE, type, member)
#define TASK(id, name, type, member)	   ONE(id, name, TASK, NONE, type, member)
#define CHARS(id, name, type, member) \
	ROW(id, name, CHARS, NONE, type, member, 1, WIDTH(type, member), 0)
#define SPARSE(id, name, unit, type, member, cnt) \
	ROW(id, name, SPARSE, unit, type, member, WIDTH(type, member[0]), cnt, 0)
#define COUNTED(id, name, kind, unit, type, member, cnt, len) \
	ROW(id, name, kind, unit, type, member, WIDTH(type, member[0]), cnt, offsetof(type, len))

static const struct rec_field op_fields[] = {
	UINT(1, "op", OP, struct event_op, op),
	UINT(2, "outcome", OUTCOME, struct event_op, outcome),
	UINT(3, "depth", NONE, struct event_op, depth),
	UINT(4, "flags", FLAGS, struct event_op, flags),
	INODE(5, "inode", struct event_op, key),
	TASK(6, "task", struct event_op, task),
	TIME(7, "start_ns", struct event_op, start_ns),
	UINT(8, "dur_ns", NS, struct event_op, dur_ns),
	UINT(9, "units", NONE, struct event_op, units),
	UINT(10, "retries", NONE, struct event_op, retries),
	UINT(11, "err", ERRNO, struct event_op, err),
	SPARSE(12, "wait_ns", NS, struct event_op, wait_ns, WAIT_NR),
	SPARSE(13, "wait_cnt", NONE, struct event_op, wait_cnt, WAIT_NR),
};

static const struct rec_field hits_fields[] = {
	UINT(1, "op", OP, struct event_hits, op),
	INODE(2, "inode", struct event_hits, key),
	TASK(3, "task", struct event_hits, task),
	TIME(4, "base_ns", struct event_hits, base_ns),
	UINT(5, "units", NONE, struct event_hits, units),
	COUNTED(6, "hits", HITS, NS, struct event_hits, hits, HITS_MAX, cnt),
};

static const struct rec_field wait_fields[] = {
	UINT(1, "wait", WAIT, struct event_wait, wait),
	UINT(2, "op", OP, struct event_wait, op),
	UINT(3, "depth", NONE, struct event_wait, depth),
	INODE(4, "inode", struct event_wait, key),
	TASK(5, "task", struct event_wait, task),
	TIME(6, "begin_ns", struct event_wait, begin_ns),
	UINT(7, "ns", NS, struct event_wait, ns),
};

static const struct rec_field blame_fields[] = {
	INODE(1, "inode", struct event_blame, edge.inode),
	TASK(2, "holder", struct event_blame, edge.holder),
	UINT(3, "wait", WAIT, struct event_blame, edge.wait),
	UINT(4, "op", OP, struct event_blame, edge.op),
	UINT(5, "holder_sort", HOLDER, struct event_blame, edge.holder_sort),
	UINT(6, "holder_op", OP, struct event_blame, edge.holder_op),
	UINT(7, "holder_wait", WAIT, struct event_blame, edge.holder_wait),
	UINT(8, "holder_wait_op", OP, struct event_blame, edge.holder_wait_op),
	UINT(9, "opcode", OPCODE, struct event_blame, edge.opcode),
	TASK(10, "task", struct event_blame, task),
	TIME(11, "begin_ns", struct event_blame, begin_ns),
	UINT(12, "ns", NS, struct event_blame, ns),
	UINT(13, "held_ns", NS, struct event_blame, held_ns),
	UINT(14, "waiters", NONE, struct event_blame, waiters),
};

static const struct rec_field window_fields[] = {
	UINT(1, "change", WINDOW_CHANGE, struct event_window, change),
	INODE(2, "inode", struct event_window, key),
	TIME(3, "at_ns", struct event_window, ns),
	UINT(4, "window_offset", BYTES, struct event_window, window_offset),
	UINT(5, "index", NONE, struct event_window, index),
	UINT(6, "size_bytes", BYTES, struct event_window, size_bytes),
	UINT(7, "round_trip_ns", NS, struct event_window, round_trip_ns),
	UINT(8, "range_wait_ns", NS, struct event_window, wait_ns),
	UINT(9, "is_writable", NONE, struct event_window, is_writable),
};

static const struct rec_field self_request_fields[] = {
	UINT(1, "opcode", OPCODE, struct event_self_request, opcode),
	TIME(2, "at_ns", struct event_self_request, ns),
	INODE(3, "inode", struct event_self_request, key),
	TASK(4, "task", struct event_self_request, task),
	TASK(5, "closer", struct event_self_request, closer),
	CHARS(6, "comm", struct event_self_request, comm),
	CHARS(7, "closer_comm", struct event_self_request, closer_comm),
};

static const struct rec_field inode_fields[] = {
	INODE(1, "inode", struct event_inode, key),
	UINT(2, "flags", FLAGS, struct event_inode, flags),
	UINT(3, "ino", NONE, struct event_inode, ino),
	UINT(4, "size_bytes", BYTES, struct event_inode, size_bytes),
	COUNTED(5, "path", BYTES, NONE, struct event_inode, path, PATH_BYTES, path_len),
};

static const struct rec_field task_fields[] = {
	TASK(1, "task", struct rec_task, task),
	CHARS(2, "comm", struct rec_task, comm),
};

static const struct rec_field machine_fields[] = {
	TEXT(1, "host", struct rec_machine, host),
	TEXT(2, "kernel", struct rec_machine, kernel),
	TEXT(3, "machine", struct rec_machine, machine),
	TEXT(4, "boot_id", struct rec_machine, boot_id),
	TEXT(5, "tool_version", struct rec_machine, tool_version),
	TEXT(6, "command", struct rec_machine, command),
	UINT(7, "wall_ns", NS, struct rec_machine, wall_ns),
	UINT(8, "mono_ns", NS, struct rec_machine, mono_ns),
	UINT(9, "start_ns", NS, struct rec_machine, start_ns),
	UINT(10, "page_bytes", BYTES, struct rec_machine, page_bytes),
	UINT(11, "cpus_cnt", NONE, struct rec_machine, cpus_cnt),
	UINT(12, "detail", NONE, struct rec_machine, detail),
	UINT(13, "has_phases", NONE, struct rec_machine, has_phases),
	UINT(14, "part", NONE, struct rec_machine, part),
	UINT(15, "interval_ns", NS, struct rec_machine, interval_ns),
	UINT(16, "ring_ns", NS, struct rec_machine, ring_ns),
};

static const struct rec_field hook_fields[] = {
	TEXT(1, "name", struct rec_hook, name),
	TEXT(2, "how", struct rec_hook, how),
	TEXT(3, "status", struct rec_hook, status),
	TEXT(4, "reason", struct rec_hook, reason),
};

static const struct rec_field filter_fields[] = {
	TEXT(1, "name", struct rec_filter, name),
	TEXT(2, "value", struct rec_filter, value),
};

static const struct rec_field state_fields[] = {
	TIME(1, "ns", struct rec_state, ns),
	UINT(2, "is_last", NONE, struct rec_state, is_last),
	UINT(3, "hooks_attached", NONE, struct rec_state, hooks_attached),
	UINT(4, "hooks_total", NONE, struct rec_state, hooks_total),
	UINT(5, "recursion_misses", NONE, struct rec_state, recursion_misses),
	UINT(6, "kprobe_misses", NONE, struct rec_state, kprobe_misses),
	UINT(7, "names_lost", NONE, struct rec_state, names_lost),
	UINT(8, "own_cpu_ns", NS, struct rec_state, own_cpu_ns),
	UINT(9, "memory_bytes", BYTES, struct rec_state, memory_bytes),
	UINT(10, "steal_ns", NS, struct rec_state, steal_ns),
	SPARSE(11, "scans", NONE, struct rec_state, scans, SCAN_NR),
};

static const struct rec_field mount_fields[] = {
	UINT(1, "dev", DEV, struct rec_mount, dev),
	UINT(2, "flags", FLAGS, struct rec_mount, flags),
	TEXT(3, "mountpoint", struct rec_mount, mountpoint),
	TEXT(4, "tag", struct rec_mount, tag),
	TEXT(5, "fstype", struct rec_mount, fstype),
	TEXT(6, "dax_mode", struct rec_mount, dax_mode),
	TEXT(7, "reason", struct rec_mount, reason),
	UINT(8, "fcd", NONE, struct rec_mount, figures.fcd),
	UINT(9, "total_ranges", RANGES, struct rec_mount, figures.total_ranges),
	UINT(10, "free_ranges", RANGES, struct rec_mount, figures.free_ranges),
	UINT(11, "busy_ranges", RANGES, struct rec_mount, figures.busy_ranges),
	UINT(12, "busy_max", RANGES, struct rec_mount, figures.busy_max),
	UINT(13, "free_min", RANGES, struct rec_mount, figures.free_min),
	UINT(14, "looks_cnt", NONE, struct rec_mount, figures.looks_cnt),
	UINT(15, "taken_cnt", RANGES, struct rec_mount, figures.taken_cnt),
};

static const struct rec_field counter_fields[] = {
	UINT(1, "counter", COUNTER, struct rec_counter, id),
	UINT(2, "cnt", NONE, struct rec_counter, cnt),
};

static const struct rec_field unmeasured_fields[] = {
	TEXT(1, "figure", struct rec_unmeasured, figure),
	TEXT(2, "reason", struct rec_unmeasured, reason),
};

static const struct rec_field page_ins_fields[] = {
	UINT(1, "op", OP, struct rec_page_ins, op),
	UINT(2, "cnt", NONE, struct rec_page_ins, cnt),
	UINT(3, "total_ns", NS, struct rec_page_ins, total_ns),
};

static const struct rec_field share_fields[] = {
	INODE(1, "inode", struct rec_share, inode),
	UINT(2, "ranges_cnt", RANGES, struct rec_share, ranges_cnt),
};

static const struct rec_field in_flight_fields[] = {
	UINT(1, "age_ns", NS, struct rec_in_flight, age_ns),
	UINT(2, "wait_ns", NS, struct rec_in_flight, wait_ns),
	UINT(3, "wait_start_ns", NS, struct rec_in_flight, wait_start_ns),
	TASK(4, "task", struct rec_in_flight, task),
	INODE(5, "inode", struct rec_in_flight, inode),
	CHARS(6, "comm", struct rec_in_flight, comm),
	UINT(7, "op", OP, struct rec_in_flight, op),
	UINT(8, "wait", WAIT, struct rec_in_flight, wait),
	UINT(9, "flags", FLAGS, struct rec_in_flight, flags),
	UINT(10, "opcode", OPCODE, struct rec_in_flight, opcode),
	UINT(11, "holder_sort", HOLDER, struct rec_in_flight, holder_sort),
	UINT(12, "holder_op", OP, struct rec_in_flight, holder_op),
	UINT(13, "holder_held_ns", NS, struct rec_in_flight, holder_held_ns),
	TASK(14, "holder", struct rec_in_flight, holder),
	CHARS(15, "holder_comm", struct rec_in_flight, holder_comm),
	UINT(16, "page_offset", BYTES, struct rec_in_flight, page_offset),
	UINT(17, "page_refs_cnt", NONE, struct rec_in_flight, page_refs_cnt),
	UINT(18, "page_holder_cnt", NONE, struct rec_in_flight, page_holder_cnt),
	UINT(19, "state", NONE, struct rec_in_flight, state),
	UINT(20, "cpu_ns", NS, struct rec_in_flight, cpu_ns),
	TEXT(21, "stack", struct rec_in_flight, stack),
};

static const struct rec_field page_holder_fields[] = {
	UINT(1, "tgid", NONE, struct rec_page_holder, tgid),
	UINT(2, "pid", NONE, struct rec_page_holder, pid),
	UINT(3, "fd", NONE, struct rec_page_holder, fd),
	UINT(4, "is_reader", NONE, struct rec_page_holder, is_reader),
	CHARS(5, "comm", struct rec_page_holder, comm),
};

static const struct rec_field flights_fields[] = {
	UINT(1, "op", OP, struct rec_flights, op),
	UINT(2, "cnt", NONE, struct rec_flights, cnt),
	UINT(3, "oldest_ns", NS, struct rec_flights, oldest_ns),
};

static const struct rec_field repeat_fields[] = {
	TASK(1, "task", struct rec_repeat, task),
	INODE(2, "inode", struct rec_repeat, inode),
	CHARS(3, "comm", struct rec_repeat, comm),
	UINT(4, "op", OP, struct rec_repeat, op),
	UINT(5, "seen_cnt", NONE, struct rec_repeat, seen_cnt),
	UINT(6, "offset", BYTES, struct rec_repeat, offset),
	UINT(7, "span_ns", NS, struct rec_repeat, span_ns),
};

static const struct rec_field release_fields[] = {
	INODE(1, "inode", struct rec_release, inode),
	TASK(2, "task", struct rec_release, task),
	UINT(3, "op", OP, struct rec_release, op),
	UINT(4, "who", RELEASER, struct rec_release, who),
	CHARS(5, "comm", struct rec_release, comm),
	TEXT(6, "stack", struct rec_release, stack),
	UINT(7, "cnt", NONE, struct rec_release, cnt),
	UINT(8, "total_ns", NS, struct rec_release, total_ns),
	UINT(9, "max_ns", NS, struct rec_release, max_ns),
	UINT(10, "offset_first", BYTES, struct rec_release, offset_first),
	UINT(11, "offset_last", BYTES, struct rec_release, offset_last),
};

static const struct rec_field phase_fields[] = {
	UINT(1, "op", OP, struct rec_phase, op),
	UINT(2, "phase", PHASE, struct rec_phase, phase),
	UINT(3, "cnt", NONE, struct rec_phase, figures.cnt),
	UINT(4, "total_ns", NS, struct rec_phase, figures.total_ns),
	UINT(5, "max_ns", NS, struct rec_phase, figures.max_ns),
	UINT(6, "inside", NONE, struct rec_phase, figures.inside),
	UINT(7, "after", NONE, struct rec_phase, figures.after),
	SPARSE(8, "hist", NONE, struct rec_phase, figures.hist, HIST_BUCKETS),
};

#define KIND(id_, name_, event_, type_, fields_)                                          \
	{                                                                                 \
		.id = (id_), .event = (event_), .name = (name_), .bytes = sizeof(type_),  \
		.fields = (fields_), .fields_cnt = sizeof(fields_) / sizeof((fields_)[0]) \
	}

const struct rec_kind_desc rec_kinds[] = {
	KIND(REC_OP, "op", EVENT_OP, struct event_op, op_fields),
	KIND(REC_HITS, "hits", EVENT_HITS, struct event_hits, hits_fields),
	KIND(REC_WAIT, "wait", EVENT_WAIT, struct event_wait, wait_fields),
	KIND(REC_BLAME, "blame", EVENT_BLAME, struct event_blame, blame_fields),
	KIND(REC_WINDOW, "window", EVENT_WINDOW, struct event_window, window_fields),
	KIND(REC_SELF_REQUEST, "self_request", EVENT_SELF_REQUEST, struct event_self_request,
	     self_request_fields),
	KIND(REC_INODE, "inode", EVENT_INODE, struct event_inode, inode_fields),
	KIND(REC_TASK, "task", 0, struct rec_task, task_fields),
	KIND(REC_MACHINE, "machine", 0, struct rec_machine, machine_fields),
	KIND(REC_HOOK, "hook", 0, struct rec_hook, hook_fields),
	KIND(REC_FILTER, "filter", 0, struct rec_filter, filter_fields),
	KIND(REC_STATE, "state", 0, struct rec_state, state_fields),
	KIND(REC_MOUNT, "mount", 0, struct rec_mount, mount_fields),
	KIND(REC_COUNTER, "counter", 0, struct rec_counter, counter_fields),
	KIND(REC_UNMEASURED, "unmeasured", 0, struct rec_unmeasured, unmeasured_fields),
	KIND(REC_PAGE_INS, "page_ins", 0, struct rec_page_ins, page_ins_fields),
	KIND(REC_SHARE, "share", 0, struct rec_share, share_fields),
	KIND(REC_IN_FLIGHT, "in_flight", 0, struct rec_in_flight, in_flight_fields),
	KIND(REC_REPEAT, "repeat", 0, struct rec_repeat, repeat_fields),
	KIND(REC_RELEASE, "release", 0, struct rec_release, release_fields),
	KIND(REC_PHASE, "phase", 0, struct rec_phase, phase_fields),
	KIND(REC_PAGE_HOLDER, "page_holder", 0, struct rec_page_holder, page_holder_fields),
	KIND(REC_FLIGHTS, "flights", 0, struct rec_flights, flights_fields),
};

const size_t rec_kinds_cnt = sizeof(rec_kinds) / sizeof(rec_kinds[0]);

_Static_assert(sizeof(struct rec_phase) <= REC_BYTES_MAX, "any record has room in REC_BYTES_MAX");

const struct rec_kind_desc *rec_kind__find(__u32 id)
{
	for (size_t i = 0; i < rec_kinds_cnt; i++)
		if (rec_kinds[i].id == id)
			return &rec_kinds[i];
	return NULL;
}
