// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * Where a reader's bytes come from: a file, a pipe, or memory. A file is read up to the size that
 * it had when it was opened, so that what looks ahead in it and what reads it see the same blocks.
 */
#include "recfile_priv.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "recfile.h"

bool rec_reader__can_reopen(const char *path)
{
	struct stat st;

	if (!strcmp(path, "-"))
		return false;
	return stat(path, &st) || S_ISREG(st.st_mode) || S_ISDIR(st.st_mode);
}

int rec_source__open_fd(struct rec_source *s, int fd)
{
	struct stat st;

	*s = (struct rec_source){ .fd = fd };
	if (fstat(fd, &st))
		return -errno;
	if (S_ISDIR(st.st_mode))
		return -EISDIR;
	s->is_sized = S_ISREG(st.st_mode) && !lseek(fd, 0, SEEK_CUR);
	s->size_bytes = st.st_size;
	s->buf = malloc(REC_PEEK_MAX);
	return s->buf ? 0 : -ENOMEM;
}

void rec_source__open_memory(struct rec_source *s, const void *bytes, size_t bytes_cnt)
{
	*s = (struct rec_source){
		.fd = -1, .is_sized = true, .size_bytes = bytes_cnt, .memory = bytes
	};
}

void rec_source__close(struct rec_source *s)
{
	free(s->buf);
	if (s->fd > STDIN_FILENO)
		close(s->fd);
}

static __u64 left(const struct rec_source *s, __u64 offset)
{
	return offset < s->size_bytes ? s->size_bytes - offset : 0;
}

/* Some at @offset, which a pipe is at anyway: their count, 0 at the end, or -errno. */
static ssize_t read_some(const struct rec_source *s, __u64 offset, unsigned char *bytes,
			 size_t want)
{
	ssize_t got;

	if (s->is_sized && left(s, offset) < want)
		want = left(s, offset);
	if (!want)
		return 0;
	do {
		got = s->is_sized ? pread(s->fd, bytes, want, offset) : read(s->fd, bytes, want);
	} while (got < 0 && errno == EINTR);
	return got < 0 ? -errno : got;
}

static int fill(struct rec_source *s, size_t want)
{
	ssize_t got;

	memmove(s->buf, s->buf + s->begin, s->end - s->begin);
	s->end -= s->begin;
	s->begin = 0;
	for (; s->end < want; s->end += got) {
		got = read_some(s, s->offset + s->end, s->buf + s->end, REC_PEEK_MAX - s->end);
		if (got <= 0)
			return got;
	}
	return 0;
}

int rec_source__peek(struct rec_source *s, size_t want, const unsigned char **bytes, size_t *have)
{
	int err = 0;

	if (s->memory) {
		*bytes = s->memory + s->offset;
		*have = left(s, s->offset);
		return 0;
	}
	if (s->end - s->begin < want)
		err = fill(s, want);
	*bytes = s->buf + s->begin;
	*have = s->end - s->begin;
	return err;
}

/* Of what is in the buffer, or in memory. */
static size_t take(struct rec_source *s, unsigned char *bytes, __u64 want)
{
	size_t have = s->memory ? left(s, s->offset) : s->end - s->begin;
	size_t cnt = want < have ? want : have;

	if (bytes && cnt)
		memcpy(bytes, s->memory ? s->memory + s->offset : s->buf + s->begin, cnt);
	if (!s->memory)
		s->begin += cnt;
	s->offset += cnt;
	return cnt;
}

int rec_source__read(struct rec_source *s, unsigned char *bytes, size_t want, size_t *got)
{
	size_t cnt = take(s, bytes, want);

	while (!s->memory && cnt < want) {
		ssize_t more = read_some(s, s->offset, bytes + cnt, want - cnt);

		if (more < 0)
			return more;
		if (!more)
			break;
		cnt += more;
		s->offset += more;
	}
	*got = cnt;
	return 0;
}

int rec_source__skip(struct rec_source *s, __u64 want, __u64 *got)
{
	__u64 cnt = take(s, NULL, want);

	if (s->is_sized && !s->memory && cnt < want) {
		__u64 rest = want - cnt < left(s, s->offset) ? want - cnt : left(s, s->offset);

		s->offset += rest;
		cnt += rest;
	}
	while (!s->is_sized && cnt < want) {
		int err = fill(s, 1);

		if (err)
			return err;
		if (s->begin == s->end)
			break;
		cnt += take(s, NULL, want - cnt);
	}
	*got = cnt;
	return 0;
}

int rec_source__read_at(struct rec_source *s, __u64 offset, unsigned char *bytes, size_t cnt)
{
	if (left(s, offset) < cnt)
		return -ENODATA;
	if (s->memory) {
		memcpy(bytes, s->memory + offset, cnt);
		return 0;
	}
	for (size_t done = 0; done < cnt;) {
		ssize_t got = read_some(s, offset + done, bytes + done, cnt - done);

		if (got <= 0)
			return got ? got : -ENODATA;
		done += got;
	}
	return 0;
}
