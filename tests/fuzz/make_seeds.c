// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * Writes the recordings that fuzzing begins with into a folder: small ones, and most without
 * compression, so that a changed byte is a changed field.
 */
#include <stdio.h>
#include <zlib.h>

#include "../unit/rec_sample.h"

/* A block as it is before compression. */
static int store_plain(void *ctx, const struct rec_chunk *chunk)
{
	static unsigned char bytes[REC_HEADER_BYTES + REC_BLOCK_MAX];
	struct rec_chunk plain = *chunk;
	struct rec_header h;

	if (chunk->bytes_cnt == REC_HEAD_BYTES || rec_header__unpack(&h, chunk->bytes))
		return recording_store(ctx, chunk);
	if (rec_block__unpack(&h, (const unsigned char *)chunk->bytes + REC_HEADER_BYTES,
			      bytes + REC_HEADER_BYTES))
		return recording_store(ctx, chunk);
	h.flags = 0;
	h.stored_bytes = h.raw_bytes;
	h.payload_crc = crc32(0, bytes + REC_HEADER_BYTES, h.raw_bytes);
	rec_header__pack(bytes, &h);
	plain.bytes = bytes;
	plain.bytes_cnt = REC_HEADER_BYTES + h.raw_bytes;
	return recording_store(ctx, &plain);
}

static int save(const char *folder, const char *name, const struct recording *rec, size_t cnt)
{
	char path[512];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	f = fopen(path, "w");
	if (!f || fwrite(rec->bytes, 1, cnt, f) != cnt || fclose(f)) {
		perror(path);
		return 1;
	}
	return 0;
}

/* Records of the kinds from @first to @last, @rounds of each. */
static void add(struct rec_writer *w, __u32 first, __u32 last, int rounds)
{
	__u64 state = first * 100 + last;
	struct sample s;

	for (int i = 0; i < rounds; i++)
		for (size_t kind = 0; kind < rec_kinds_cnt; kind++) {
			if (rec_kinds[kind].id < first || rec_kinds[kind].id > last)
				continue;
			sample_record(&rec_kinds[kind], &s, &state);
			rec_writer__add(w, rec_kinds[kind].id, &s);
		}
}

static int seed(const char *folder, const char *name, rec_store_fn *store, __u32 first, __u32 last)
{
	struct recording rec = {};
	struct rec_writer *w = rec_writer__new(store, &rec);
	int err;

	add(w, first, last, first == last ? 3 : 1);
	rec_writer__flush(w);
	add(w, first, last, 1);
	recording_finish(&rec, w, 0);
	err = save(folder, name, &rec, rec.cnt);
	free(rec.bytes);
	return err;
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		rec_store_fn *store;
		__u32 first;
		__u32 last;
	} seeds[] = {
		{ "none", store_plain, 0, 0 },
		{ "operations", store_plain, REC_OP, REC_OP },
		{ "hits", store_plain, REC_HITS, REC_HITS },
		{ "events", store_plain, REC_WAIT, REC_SELF_REQUEST },
		{ "names", store_plain, REC_INODE, REC_TASK },
		{ "machine", store_plain, REC_MACHINE, REC_FILTER },
		{ "state", store_plain, REC_STATE, REC_RELEASE },
		{ "phases", store_plain, REC_PHASE, REC_PAGE_HOLDER },
		{ "deflated", recording_store, REC_OP, REC_FILTER },
	};

	if (argc != 2) {
		fprintf(stderr, "usage: make_seeds FOLDER\n");
		return 2;
	}
	for (size_t i = 0; i < sizeof(seeds) / sizeof(seeds[0]); i++)
		if (seed(argv[1], seeds[i].name, seeds[i].store, seeds[i].first, seeds[i].last))
			return 1;
	return 0;
}
