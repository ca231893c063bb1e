// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * Where in a recording the events of a time are, coarser the longer it is. Blocks without events
 * are not in it.
 */
#include "recfile_priv.h"

#include "recfile.h"

static void merge(struct rec_index_entry *into, const struct rec_index_entry *entry)
{
	into->blocks_cnt += entry->blocks_cnt;
	into->records_cnt += entry->records_cnt;
	if (entry->first_ns < into->first_ns)
		into->first_ns = entry->first_ns;
	if (entry->last_ns > into->last_ns)
		into->last_ns = entry->last_ns;
}

void rec_index__init(struct rec_index *index)
{
	index->blocks_per_entry = 1;
	index->cnt = 0;
}

static void make_coarser(struct rec_index *index)
{
	for (size_t i = 0; i < index->cnt / 2; i++) {
		index->entries[i] = index->entries[2 * i];
		merge(&index->entries[i], &index->entries[2 * i + 1]);
	}
	index->cnt /= 2;
	index->blocks_per_entry *= 2;
}

void rec_index__add(struct rec_index *index, const struct rec_index_entry *entry)
{
	struct rec_index_entry *last = index->cnt ? &index->entries[index->cnt - 1] : NULL;

	if (last && last->blocks_cnt < index->blocks_per_entry) {
		merge(last, entry);
		return;
	}
	if (index->cnt == REC_INDEX_MAX)
		make_coarser(index);
	index->entries[index->cnt++] = *entry;
}

unsigned char *rec_index__pack(const struct rec_index *index, unsigned char *out)
{
	struct rec_index_entry before = {};

	out = put_varint(out, index->cnt);
	for (size_t i = 0; i < index->cnt; i++) {
		const struct rec_index_entry *entry = &index->entries[i];

		out = put_varint(out, entry->offset - before.offset);
		out = put_varint(out, entry->blocks_cnt);
		out = put_varint(out, entry->records_cnt);
		out = put_varint(out, zigzag(entry->first_ns - before.first_ns));
		out = put_varint(out, entry->last_ns - entry->first_ns);
		before = *entry;
	}
	return out;
}

static bool unpack_entry(struct rec_cursor *c, struct rec_index_entry *entry)
{
	__u64 offset, first_ns, last_ns;

	if (!get_varint(c, &offset) || !get_varint(c, &entry->blocks_cnt) ||
	    !get_varint(c, &entry->records_cnt) || !get_varint(c, &first_ns) ||
	    !get_varint(c, &last_ns))
		return false;
	entry->offset += offset;
	entry->first_ns += unzigzag(first_ns);
	entry->last_ns = entry->first_ns + last_ns;
	return entry->blocks_cnt;
}

bool rec_index__unpack(struct rec_index *index, const unsigned char *raw, size_t raw_bytes)
{
	struct rec_cursor c = { raw, raw + raw_bytes };
	struct rec_index_entry entry = {};
	__u64 cnt;

	rec_index__init(index);
	if (!get_varint(&c, &cnt) || cnt > REC_INDEX_MAX)
		return false;
	for (; index->cnt < cnt; index->cnt++) {
		if (!unpack_entry(&c, &entry))
			return false;
		index->entries[index->cnt] = entry;
	}
	return c.at == c.end;
}

void rec_index__look_ahead(struct rec_index *index)
{
	__u64 first_ns = ~0ULL;

	for (size_t i = index->cnt; i--;) {
		if (index->entries[i].first_ns < first_ns)
			first_ns = index->entries[i].first_ns;
		index->entries[i].first_ns = first_ns;
	}
}
