// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * Head and block headers as bytes, and what a block's payload is before compression. All numbers
 * are little-endian and of a fixed width, whatever machine this is.
 */
#include "recfile_priv.h"

#include <zlib.h>

#include "recfile.h"

/* Not text in any encoding, and whatever changes line ends in transfer breaks it. */
const unsigned char rec_magic[8] = { 0x89, 'D', 'A', 'X', 'R', '\r', '\n', 0x1a };
const unsigned char rec_block_magic[4] = { 0xda, 'X', 'B', 0x0a };

#define HEAD_CRC_AT   20
#define HEADER_CRC_AT 44

static __u32 crc_of(const void *bytes, size_t cnt)
{
	return crc32(0, bytes, cnt);
}

/* A fuzzer would find no way past a checksum, and never reach what lies behind it. */
static bool is_crc(const void *bytes, size_t cnt, __u32 crc)
{
#ifdef FUZZING_BUILD_MODE_UNSAFE_FOR_PRODUCTION
	(void)bytes, (void)cnt, (void)crc;
	return true;
#else
	return crc_of(bytes, cnt) == crc;
#endif
}

static __u32 head_crc(const unsigned char head[REC_HEAD_BYTES])
{
	unsigned char bytes[REC_HEAD_BYTES];

	memcpy(bytes, head, sizeof(bytes));
	put_le(bytes + HEAD_CRC_AT, 0, 4);
	return crc_of(bytes, sizeof(bytes));
}

void rec_head__pack(unsigned char bytes[REC_HEAD_BYTES], bool is_finished)
{
	memset(bytes, 0, REC_HEAD_BYTES);
	memcpy(bytes, rec_magic, sizeof(rec_magic));
	put_le(bytes + 8, REC_VERSION, 4);
	put_le(bytes + 12, REC_HEAD_BYTES, 4);
	put_le(bytes + 16, is_finished ? 0 : REC_FLAG_UNFINISHED, 4);
	put_le(bytes + HEAD_CRC_AT, head_crc(bytes), 4);
}

bool rec_head__is_whole(const unsigned char bytes[REC_HEAD_BYTES])
{
	return get_le(bytes + HEAD_CRC_AT, 4) == head_crc(bytes);
}

void rec_header__pack(unsigned char bytes[REC_HEADER_BYTES], const struct rec_header *h)
{
	memset(bytes, 0, REC_HEADER_BYTES);
	memcpy(bytes, rec_block_magic, sizeof(rec_block_magic));
	bytes[4] = h->sort;
	bytes[5] = h->flags;
	put_le(bytes + 8, h->stored_bytes, 4);
	put_le(bytes + 12, h->raw_bytes, 4);
	put_le(bytes + 16, h->records_cnt, 4);
	put_le(bytes + 20, h->events_cnt, 4);
	put_le(bytes + 24, h->first_ns, 8);
	put_le(bytes + 32, h->last_ns, 8);
	put_le(bytes + 40, h->payload_crc, 4);
	put_le(bytes + HEADER_CRC_AT, crc_of(bytes, HEADER_CRC_AT), 4);
}

static const char *lengths_wrong(const struct rec_header *h)
{
	if (h->raw_bytes > REC_BLOCK_MAX)
		return "it claims to be longer than a block can be";
	if (h->stored_bytes > h->raw_bytes)
		return "it claims to be stored in more bytes than it has";
	if (!(h->flags & REC_BLOCK_DEFLATED) && h->stored_bytes != h->raw_bytes)
		return "its two lengths differ";
	return NULL;
}

const char *rec_header__unpack(struct rec_header *h, const unsigned char bytes[REC_HEADER_BYTES])
{
	if (memcmp(bytes, rec_block_magic, sizeof(rec_block_magic)))
		return "no block begins there";
	if (!is_crc(bytes, HEADER_CRC_AT, get_le(bytes + HEADER_CRC_AT, 4)))
		return "the checksum of its header is wrong";
	*h = (struct rec_header){
		.sort = bytes[4],
		.flags = bytes[5],
		.stored_bytes = get_le(bytes + 8, 4),
		.raw_bytes = get_le(bytes + 12, 4),
		.records_cnt = get_le(bytes + 16, 4),
		.events_cnt = get_le(bytes + 20, 4),
		.first_ns = get_le(bytes + 24, 8),
		.last_ns = get_le(bytes + 32, 8),
		.payload_crc = get_le(bytes + 40, 4),
	};
	return lengths_wrong(h);
}

static bool inflate_all(const struct rec_header *h, const unsigned char *stored, unsigned char *raw)
{
	z_stream z = {
		.next_in = (unsigned char *)stored,
		.avail_in = h->stored_bytes,
		.next_out = raw,
		.avail_out = h->raw_bytes,
	};
	int err;

	if (inflateInit2(&z, -MAX_WBITS) != Z_OK)
		return false;
	err = inflate(&z, Z_FINISH);
	inflateEnd(&z);
	return err == Z_STREAM_END && !z.avail_out && !z.avail_in;
}

const char *rec_block__unpack(const struct rec_header *h, const unsigned char *stored,
			      unsigned char *raw)
{
	if (!is_crc(stored, h->stored_bytes, h->payload_crc))
		return "its checksum is wrong";
	if (!(h->flags & REC_BLOCK_DEFLATED))
		memcpy(raw, stored, h->raw_bytes);
	else if (!inflate_all(h, stored, raw))
		return "it cannot be decompressed";
	return NULL;
}
