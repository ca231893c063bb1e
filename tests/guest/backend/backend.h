/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef BACKEND_BACKEND_H
#define BACKEND_BACKEND_H

#include <stdbool.h>
#include <stdint.h>

#define BACKEND_TAG_LEN	    36
#define BACKEND_MAX_QUEUES  32
#define BACKEND_MAX_INJECTS 32

struct backend_opts {
	const char *socket_path;
	const char *control_path;
	const char *log_path;
	const char *populate_dir;
	const char *tag;
	uint64_t window_bytes; /* 0: a device without a window */
	unsigned int request_queues;
	bool atomic_o_trunc;
	bool dax_default;
	bool no_map_alignment;	    /* a server that knows nothing of DAX */
	bool no_inode_dax;	    /* one that flags no file */
	unsigned int map_alignment; /* log2 of bytes; 0: the window's own */
	const char *injects[BACKEND_MAX_INJECTS];
	unsigned int inject_cnt;
};

/* Everything a handler may need. All members live as long as the backend. */
struct backend {
	const struct backend_opts *opts;
	struct jsonlog *log;
	struct store *store;
	struct guest_mem *mem;
	struct channel *channel;
	struct window *window;
	struct inject *inject;
	struct pool *pool;
	struct virtq *queues[BACKEND_MAX_QUEUES + 1]; /* 0 is the queue of FORGETs */
	unsigned int queue_cnt;
	int quit_fd; /* readable once somebody said quit */
};

/* @opts is borrowed. NULL after a message that says why. */
struct backend *backend__new(const struct backend_opts *opts);
void backend__free(struct backend *b);

/* Make the server return; any thread may call it. */
void backend__quit(struct backend *b);

/* Take what waits on a queue and hand it to the pool. */
void backend__serve_queue(struct backend *b, unsigned int index);

#endif
