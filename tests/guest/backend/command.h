/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef BACKEND_COMMAND_H
#define BACKEND_COMMAND_H

struct backend;

#define COMMAND_WHY_LEN 256
#define COMMAND_MAX_LEN 1024

/* The extended attribute through which the guest gives commands, on any file of the mount. */
#define COMMAND_XATTR "user.daxctl"

/*
 * Obey one command, and log it. Returns 0, or -errno with the reason in @why; a command
 * that was not understood is -EINVAL and changed nothing.
 */
int command__run(struct backend *b, const char *text, char why[COMMAND_WHY_LEN]);

/* What the help says of the language. */
extern const char command__help[];

#endif
