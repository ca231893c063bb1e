/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * Looks at all tasks as they are now, and judges them: what doctor --stuck and doctor's known
 * defects are told from. It asks nothing of the mounts and reads no file of another task in /proc:
 * either may hang.
 */
#ifndef DAXTOP_STUCK_LOOK_H
#define DAXTOP_STUCK_LOOK_H

#include "failure.h"
#include "model.h"
#include "mounts.h"
#include "stuck.h"

struct stuck_look {
	struct stuck stuck;
	size_t cnt; /* of those that are stuck; 0 after a failure */
	struct symbol_table *symbols;
	struct mount_list mounts;
	struct names *names; /* of the files that they are at */
};

/*
 * @btf_path as for task_walk__open(), @older_ns as for stuck__judge(). 0, or -errno with @failure.
 * Free with stuck_look__fini(), also after a failure; @look is all zero before.
 */
int stuck_look__run(struct stuck_look *look, const char *btf_path, __u64 older_ns,
		    struct failure *failure);
void stuck_look__fini(struct stuck_look *look);

#endif
