/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef BACKEND_POPULATE_H
#define BACKEND_POPULATE_H

struct store;

/*
 * Copy a directory of the host into the root of the store: directories, regular files and
 * symlinks, with their permissions and owned by root; others are passed over. Stops at the first
 * error with a message.
 */
int populate__copy(struct store *s, const char *dir);

#endif
