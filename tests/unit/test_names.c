// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * Tables are complete and their names unique; paths are built right from what the kernel tells,
 * which is not trusted.
 */
#include <errno.h>
#include <string.h>

#include "check.h"
#include "sample.h"

static const struct inode_key five = { .nodeid = 5, .dev = SAMPLE_DEV, .generation = 1 };

static void tables(void)
{
	for (int i = 0; i < OP_NR; i++) {
		CHECK(op_table[i].name && op_table[i].help);
		if (op_table[i].name)
			CHECK_U64(op_by_name(op_table[i].name), i);
		CHECK(op_table[i].retry_wait == WAIT_NONE || op_table[i].retry_wait < WAIT_NR);
	}
	for (int i = 0; i < WAIT_NR; i++) {
		CHECK(wait_table[i].name && wait_table[i].group && wait_table[i].column &&
		      wait_table[i].help);
		if (wait_table[i].name)
			CHECK_U64(wait_by_name(wait_table[i].name), i);
	}
	for (int i = 0; i < PHASE_NR; i++)
		CHECK(phase_table[i].name && phase_table[i].group && phase_table[i].column &&
		      phase_table[i].help);
	for (int i = 0; i < OUTCOME_NR; i++)
		CHECK(outcome_table[i].name && outcome_table[i].help);
	for (int i = 0; i < COUNTER_NR; i++)
		CHECK(counter_table[i].name && counter_table[i].help);
	CHECK(op_by_name("no such") == -ENOENT);
	CHECK(wait_by_name("") == -ENOENT);
	CHECK_U64(op_by_name("remove"), OP_REMOVAL);
	CHECK_TEXT(unit_name(op_table[OP_DAX_READ].unit), "bytes");
	CHECK_TEXT(unit_name(op_table[OP_SETUP].unit), "ranges");
	CHECK_TEXT(unit_name(op_table[OP_TRUNCATE].unit), NULL);
	CHECK_TEXT(errno_name(28), "ENOSPC");
	CHECK_TEXT(errno_name(512), "ERESTARTSYS");
	CHECK_TEXT(errno_name(4000), NULL);
}

static void details(void)
{
	int seen[DETAIL_NR][MEASURE_NR] = {};

	for (int i = 0; i < MEASURE_NR; i++)
		CHECK(measure_table[i].name && strlen(measure_table[i].help) <= 80 - 19);
	for (int i = 0; i < DETAIL_NR; i++) {
		CHECK(detail_table[i].name && strlen(detail_table[i].help) <= 80 - 19);
		if (detail_table[i].name)
			CHECK_U64(detail_by_name(detail_table[i].name), i);
		for (int op = 0; op < OP_NR; op++) {
			enum op_measure measure = op_measure(i, op);

			seen[i][measure]++;
			CHECK(op == OP_FAULT || op_measure(DETAIL_FULL, op) == MEASURE_ALL);
			/* told as not measured, unless it just does not occur */
			CHECK(!op_unmeasured_reason(i, op) ==
			      (measure != MEASURE_NONE || op == OP_FAULT));
			CHECK(op_is_counted(i, op, false) || !op_is_counted(i, op, true));
		}
	}
	for (int i = 0; detail_notes[i]; i++)
		CHECK(strlen(detail_notes[i]) <= 80 - 2);
	CHECK(detail_by_name("half") == -ENOENT);
	CHECK_U64(seen[DETAIL_FULL][MEASURE_ALL], OP_NR - 1);
	CHECK_U64(seen[DETAIL_COUNTS][MEASURE_WAITED], 7);
	CHECK_U64(seen[DETAIL_STALLS][MEASURE_WAITS], 5);
	CHECK_U64(seen[DETAIL_STALLS][MEASURE_NONE], 9);
	CHECK(op_is_counted(DETAIL_COUNTS, OP_DAX_READ, false));
	CHECK(!op_is_counted(DETAIL_COUNTS, OP_DAX_READ, true));
	CHECK(op_is_counted(DETAIL_COUNTS, OP_TRUNCATE, true));
	CHECK(!op_is_counted(DETAIL_STALLS, OP_EVICT, false));
}

/* The manual's table of levels says what op_measure() says. */
static void manual(void)
{
	static char page[65536];
	FILE *f = fopen("../../man/virtiofs-daxtop.1", "r");
	char row[128];

	if (!CHECK(f != NULL))
		return;
	page[fread(page, 1, sizeof(page) - 1, f)] = '\0';
	fclose(f);
	for (int op = 0; op < OP_NR; op++) {
		snprintf(row, sizeof(row), "\n%s\t%s\t%s\t%s\n", op_table[op].name,
			 measure_table[op_measure(DETAIL_STALLS, op)].name,
			 measure_table[op_measure(DETAIL_COUNTS, op)].name,
			 measure_table[op_measure(DETAIL_FULL, op)].name);
		if (!CHECK(strstr(page, row)))
			printf("# the manual lacks%s", row);
	}
}

static void paths(void)
{
	static const struct {
		const char *leaf_first;
		__u32 len, flags;
		const char *path, *text;
	} rows[] = {
		{ "c\0b\0a", 6, 0, "a/b/c", "a/b/c" },
		{ "", 0, 0, "/", "/" },
		{ "file", 5, 0, "file", "file" },
		{ "file", 4, 0, "file", "file" }, /* the last NUL missing */
		{ "c\0b", 4, INODE_PATH_CUT, ".../b/c", ".../b/c" },
		{ "", 0, INODE_PATH_CUT, "...", "..." },
		{ "c\0b", 4, INODE_UNLINKED, "b/c", "b/c (deleted)" },
		{ "", 0, INODE_NO_DENTRY, NULL, "nodeid 5" },
		{ "", 0, INODE_NO_DENTRY | INODE_UNLINKED, NULL, "nodeid 5 (deleted)" },
		{ "x\ny\033[2J\0d\377", 11, 0, "d?/x?y?[2J", "d?/x?y?[2J" },
	};
	char buf[128];

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct names *n = names__new();
		const struct inode_name *name;

		CHECK(!sample_add_path(n, 5, rows[i].flags, rows[i].leaf_first, rows[i].len));
		name = names__inode(n, &five);
		if (CHECK(name != NULL)) {
			CHECK_TEXT(name->path, rows[i].path);
			CHECK_U64(name->ino, 1005);
		}
		CHECK_TEXT(names__inode_text(n, &five, buf, sizeof(buf)), rows[i].text);
		names__free(n);
	}
}

/* The longest path there is, of one-byte names, and a name that fills the buffer. */
static void path_bounds(void)
{
	struct event_inode ev = {
		.kind = EVENT_INODE, .key = five, .path_len = PATH_BYTES, .flags = INODE_PATH_CUT
	};
	struct names *n = names__new();

	for (int i = 0; i < PATH_BYTES; i += 2)
		ev.path[i] = 'a';
	CHECK(!names__add_inode(n, &ev));
	CHECK_U64(strlen(names__inode(n, &five)->path), PATH_BYTES - 1 + 4);
	memset(ev.path, 'b', PATH_BYTES);
	CHECK(!names__add_inode(n, &ev)); /* told again: replaced */
	CHECK_U64(strlen(names__inode(n, &five)->path), PATH_BYTES + 4);
	memset(ev.path, 0, PATH_BYTES);
	CHECK(!names__add_inode(n, &ev));
	ev.path_len = PATH_BYTES + 1;
	CHECK(names__add_inode(n, &ev) == -EINVAL);
	ev.path_len = 0;
	ev.kind = 2;
	CHECK(names__add_inode(n, &ev) == -EINVAL);
	names__free(n);
}

static void unknown(void)
{
	struct inode_key key = five, other = five;
	struct names *n = names__new();
	char buf[32];

	CHECK(!sample_add_path(n, 5, 0, "f", 2));
	other.generation = 2;
	CHECK(!names__inode(n, &other));
	CHECK(!names__inode(NULL, &key));
	CHECK_TEXT(names__inode_text(NULL, &key, buf, sizeof(buf)), "nodeid 5");
	key.nodeid = 0;
	CHECK_TEXT(names__inode_text(n, &key, buf, sizeof(buf)), "(no inode)");
	key.nodeid = INODE_REST_NODEID;
	CHECK_TEXT(names__inode_text(n, &key, buf, sizeof(buf)), "(rest)");
	names__free(n);
	names__free(NULL);
}

static void tasks(void)
{
	struct task_key key = { .tgid = 1, .pid = 2, .start_ms = 3 }, reused = key;
	struct names *n = names__new();

	CHECK(!names__comm(n, &key));
	CHECK(!names__comm(NULL, &key));
	CHECK(!names__add_task(n, &key, "sixteen-bytes-xy"));
	CHECK_TEXT(names__comm(n, &key), "sixteen-bytes-xy");
	CHECK(!names__add_task(n, &key, "exec\ned\0\0\0\0\0\0\0\0"));
	CHECK_TEXT(names__comm(n, &key), "exec?ed");
	key.pad = 9;
	CHECK_TEXT(names__comm(n, &key), "exec?ed");
	reused.start_ms = 4;
	CHECK(!names__comm(n, &reused));
	names__free(n);
}

int main(void)
{
	tables();
	details();
	manual();
	paths();
	path_bounds();
	unknown();
	tasks();
	return check_result();
}
