// SPDX-License-Identifier: GPL-2.0-only
/*
 * Fills the tables of a virtiofs-daxtop that runs with rows of made-up inodes and tasks, since a
 * hundred thousand files would take an emulated guest a quarter of an hour. The keys are of a
 * device that does not exist; to the hash tables and to their reader they are rows like any other.
 *
 * usage: bench-rows INODES TASKS
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <bpf/bpf.h>

#include "../../bpf/daxtop.h"
#include "maps.h"

#define NO_DEV 0xfffff

static void add(int fd, const char *table, const void *key)
{
	struct cell cell = { .total_ns = 3000, .max_ns = 3000 };

	cell.outcome[OUTCOME_DONE] = 1;
	cell.hist[1] = 1;
	if (!bpf_map_update_elem(fd, key, &cell, BPF_ANY))
		return;
	fprintf(stderr, "bench-rows: cannot add to %s: %s\n", table, strerror(errno));
	exit(EXIT_FAILURE);
}

int main(int argc, char **argv)
{
	struct inode_cell_key inode = { .inode.dev = NO_DEV, .op = OP_FAULT_READ_PTE };
	struct task_cell_key task = { .op = OP_FAULT_READ_PTE };
	int inodes = map_by_name("inode_cells"), tasks = map_by_name("task_cells");

	if (argc != 3 || inodes < 0 || tasks < 0) {
		fprintf(stderr, "usage: bench-rows INODES TASKS, while virtiofs-daxtop runs\n");
		return EXIT_FAILURE;
	}
	for (__u64 i = strtoull(argv[1], NULL, 10); i; i--) {
		inode.inode.nodeid = i;
		add(inodes, "inode_cells", &inode);
	}
	for (__u64 i = strtoull(argv[2], NULL, 10); i; i--) {
		task.task.pid = i;
		task.task.tgid = i;
		add(tasks, "task_cells", &task);
	}
	return EXIT_SUCCESS;
}
