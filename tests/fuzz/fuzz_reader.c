// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * Whatever bytes there are, read as a recording: never a crash, a hang, or a record that cannot be
 * looked at. Checksums are taken as right here (FUZZING_BUILD_MODE_UNSAFE_FOR_PRODUCTION), or next to
 * nothing would come past them.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../../src/recfile_priv.h"

#define MEMORY_MAX (48U << 20) /* two blocks, their keys as they double, and the index */

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t bytes_cnt);

static volatile __u64 looked_at;

static void look_at(const void *bytes, size_t cnt)
{
	const unsigned char *p = bytes;

	for (size_t i = 0; i < cnt; i++)
		looked_at += p[i];
}

/* All that a field says is there. */
static void look_at_field(const struct rec_field *f, const unsigned char *record)
{
	const unsigned char *p = record + f->offset;
	const char *text;
	__u32 cnt = f->cnt;

	if (f->len_offset)
		memcpy(&cnt, record + f->len_offset, sizeof(cnt));
	if (cnt > f->cnt)
		abort();
	if (f->type != REC_T_TEXT) {
		look_at(p, f->width * cnt);
		return;
	}
	memcpy(&text, p, sizeof(text));
	if (text)
		look_at(text, strlen(text) + 1);
}

static void look_at_record(enum rec_kind kind, const void *record)
{
	const struct rec_kind_desc *desc = rec_kind__find(kind);

	if (!desc)
		abort();
	for (size_t i = 0; i < desc->fields_cnt; i++)
		look_at_field(&desc->fields[i], record);
}

static void read_all(struct rec_reader *r)
{
	enum rec_kind kind;
	const void *record;
	__u64 block = 0;

	while (rec_reader__next(r, &kind, &record) > 0) {
		look_at_record(kind, record);
		if (rec_reader__block(r) < block)
			abort();
		block = rec_reader__block(r);
		looked_at += rec_reader__rest_begins_ns(r);
	}
	looked_at += strlen(rec_reader__damage(r)->text) + rec_reader__totals(r).bytes_cnt;
	if (rec_reader__memory_bytes(r) > MEMORY_MAX)
		abort();
}

static int open_file(struct rec_reader **r, const void *bytes, size_t bytes_cnt,
		     struct failure *failure)
{
	int fd = memfd_create("recording", 0), err;
	char path[32];

	if (fd < 0 || write(fd, bytes, bytes_cnt) != (ssize_t)bytes_cnt)
		abort();
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	err = rec_reader__open(r, path, failure);
	close(fd);
	return err;
}

/* In memory, and those of an odd length as a file: the last bits of it choose a range, too. */
int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t bytes_cnt)
{
	struct failure failure = {};
	struct rec_reader *r;
	int err = bytes_cnt % 2 ? open_file(&r, bytes, bytes_cnt, &failure)
				: rec_reader__open_memory(&r, bytes, bytes_cnt, &failure);

	if (err) {
		if (failure.code != EXIT_BAD_INPUT || !failure.text[0])
			abort();
		return 0;
	}
	if (bytes_cnt % 4 >= 2)
		rec_reader__set_range(r, 1000, 1ULL << 40);
	read_all(r);
	rec_reader__free(r);
	return 0;
}
