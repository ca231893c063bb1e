// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * The kernel's side of each row, fs/fuse/ from 5.10 on: fuse_should_enable_dax() (dax.c; before
 * 5.17 fuse_dax_inode_init(), which knows only the mount option), virtio_fs_setup_dax() and
 * virtio_fs_get_tree() (virtio_fs.c), process_init_reply() (inode.c).
 *
 * Surprising: FUSE_MAP_ALIGNMENT is only looked at when the server sends it. A server that does not
 * know DAX at all still gets it with dax=always, and each access fails.
 */
#include "dax_verdict.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#define BIT(fact) (1U << (fact))
#define HERE	  (BIT(FACT_SEEN) | BIT(FACT_VIRTIOFS))
#define USABLE	  (BIT(FACT_KERNEL_DAX) | BIT(FACT_WINDOW))
#define BY_FILE	  (HERE | USABLE | BIT(FACT_PER_FILE))

/* Which of two holds is for the earlier one; else no two of them may be true at once. */
const struct dax_cause dax_causes[] = {
	{ "no_answer", DAX_UNTOLD, 0, BIT(FACT_ANSWERS),
	  "the mount does not answer: nothing in {seconds} s",
	  "virtiofs-daxtop doctor --stuck tells who hangs there, and on what" },
	{ "alignment", DAX_OFF, BIT(FACT_BAD_ALIGN), BIT(FACT_CONNECTED),
	  "alignment: the server wants mappings aligned to more than a DAX range's 2 MiB "
	  "(map_alignment), so the kernel refuses the whole mount",
	  "lower it in the server, or mount with -o dax=never" },
	{ "init", DAX_OFF, 0, BIT(FACT_CONNECTED) | BIT(FACT_BAD_ALIGN),
	  "the kernel did not accept the server's answer to FUSE_INIT, so all fails with "
	  "ECONNREFUSED",
	  "as root look for fuse in dmesg: map_alignment there means alignment" },
	{ "unseen", DAX_UNTOLD, BIT(FACT_ANSWERS) | BIT(FACT_CONNECTED), BIT(FACT_SEEN), "{error}",
	  NULL },
	{ "overlay_on", DAX_ON, BIT(FACT_SEEN) | BIT(FACT_OVERLAY) | BIT(FACT_DAX), 0,
	  "overlayfs shows a file of a layer that has DAX; which file system that is, it does not "
	  "tell",
	  NULL },
	{ "overlay_off", DAX_OFF, BIT(FACT_SEEN) | BIT(FACT_OVERLAY) | BIT(FACT_REGULAR),
	  BIT(FACT_DAX), "overlayfs shows a file of a layer that has no DAX",
	  "to see why, ask for the file in its layer" },
	{ "overlay_directory", DAX_UNTOLD, BIT(FACT_SEEN) | BIT(FACT_OVERLAY),
	  BIT(FACT_DAX) | BIT(FACT_REGULAR), "overlayfs tells it only of files", "name a file" },
	{ "not_virtiofs", DAX_OFF, BIT(FACT_SEEN),
	  BIT(FACT_VIRTIOFS) | BIT(FACT_OVERLAY) | BIT(FACT_DAXLESS) | BIT(FACT_SPARE),
	  "it is on {fs}, not on virtiofs", "mount -t virtiofs -o dax=always TAG DIR" },
	{ "not_virtiofs_kernel", DAX_OFF, BIT(FACT_SEEN) | BIT(FACT_DAXLESS),
	  BIT(FACT_VIRTIOFS) | BIT(FACT_OVERLAY),
	  "it is on {fs}, not on virtiofs; this kernel is built without CONFIG_FUSE_DAX, so that "
	  "a mount with dax=always is refused (invalid argument)",
	  "use a kernel with CONFIG_FUSE_DAX=y, or mount without a dax option" },
	{ "not_virtiofs_no_window", DAX_OFF, BIT(FACT_SEEN) | BIT(FACT_SPARE),
	  BIT(FACT_VIRTIOFS) | BIT(FACT_OVERLAY) | BIT(FACT_DAXLESS),
	  "it is on {fs}, not on virtiofs; {spare}, so that a mount with dax=always is refused "
	  "(invalid argument)",
	  "set the VMM's DAX window (or cache) size, or mount without a dax option" },
	{ "server_no_dax", DAX_OFF, BIT(FACT_SEEN) | BIT(FACT_DAX) | BIT(FACT_READ_ENOSYS), 0,
	  "the kernel has it on, but each access fails ({error}): this server knows no DAX (no "
	  "FUSE_SETUPMAPPING; FUSE_MAP_ALIGNMENT not negotiated)",
	  "mount with -o dax=never, or use a server that can" },
	{ "server_fails", DAX_OFF, BIT(FACT_SEEN) | BIT(FACT_DAX) | BIT(FACT_READ_FAILS), 0,
	  "the kernel has it on, but reading through the window fails: {error}",
	  "look at the server's log: it refuses FUSE_SETUPMAPPING" },
	{ "read_late", DAX_UNTOLD, BIT(FACT_SEEN) | BIT(FACT_DAX) | BIT(FACT_READ_LATE), 0,
	  "the kernel has it on, but reading through the window did not end in {seconds} s",
	  "virtiofs-daxtop doctor --stuck tells who hangs there, and on what" },
	{ "on", DAX_ON, HERE | BIT(FACT_DAX), 0, "", NULL },
	{ "special", DAX_OFF, HERE, BIT(FACT_DAX) | BIT(FACT_REGULAR) | BIT(FACT_DIRECTORY),
	  "it is no regular file, and only those have DAX", NULL },
	{ "kernel", DAX_OFF, HERE, BIT(FACT_DAX) | BIT(FACT_KERNEL_DAX),
	  "this kernel is built without CONFIG_FUSE_DAX: it refuses dax=always, and all other "
	  "mounts silently do without DAX",
	  "use a kernel with CONFIG_FUSE_DAX=y" },
	{ "never", DAX_OFF, HERE | BIT(FACT_NEVER), BIT(FACT_DAX), "it is mounted with dax=never",
	  "mount with -o dax=always, or dax=inode" },
	{ "no_window", DAX_OFF, HERE | BIT(FACT_KERNEL_DAX),
	  BIT(FACT_DAX) | BIT(FACT_NEVER) | BIT(FACT_WINDOW),
	  "the device has no DAX window: dax=always refuses it, all other mounts silently do "
	  "without DAX",
	  "set the VMM's DAX window (or cache) size" },
	{ "no_option", DAX_OFF, HERE | USABLE,
	  BIT(FACT_DAX) | BIT(FACT_NEVER) | BIT(FACT_OPTION) | BIT(FACT_PER_FILE),
	  "it is mounted without the dax option, which this kernel (before 5.17) needs",
	  "mount with -o dax; a device without a window refuses that" },
	{ "always", DAX_ON, HERE | USABLE | BIT(FACT_DIRECTORY) | BIT(FACT_ALWAYS), BIT(FACT_DAX),
	  "dax=always: on for every file", NULL },
	{ "by_file", DAX_UNTOLD, BY_FILE | BIT(FACT_DIRECTORY),
	  BIT(FACT_DAX) | BIT(FACT_ALWAYS) | BIT(FACT_NEVER),
	  "the server decides file by file; {others}",
	  "name a file, or mount with -o dax=always to have it for all" },
	{ "server_no_flags", DAX_OFF, BY_FILE | BIT(FACT_REGULAR),
	  BIT(FACT_DAX) | BIT(FACT_ALWAYS) | BIT(FACT_NEVER) | BIT(FACT_SERVER_FLAGS),
	  "the server cannot flag files for DAX (FUSE_HAS_INODE_DAX not negotiated)",
	  "mount with -o dax=always" },
	{ "not_flagged", DAX_OFF, BY_FILE | BIT(FACT_REGULAR) | BIT(FACT_SERVER_FLAGS),
	  BIT(FACT_DAX) | BIT(FACT_ALWAYS) | BIT(FACT_NEVER),
	  "the server did not flag this file (FUSE_ATTR_DAX): with {option} it decides file by "
	  "file",
	  "flag it at the server, or mount with -o dax=always" },
};

const size_t dax_causes_cnt = sizeof(dax_causes) / sizeof(dax_causes[0]);

static const struct dax_cause unexplained = {
	"unexplained",
	DAX_UNTOLD,
	0,
	0,
	"what the kernel shows does not fit together",
	"please report this with the output of doctor --json",
};

struct facts_known {
	__u32 yes, no;
};

static void know(struct facts_known *known, enum dax_fact fact, bool is_true)
{
	if (is_true)
		known->yes |= BIT(fact);
	else
		known->no |= BIT(fact);
}

static void know_tri(struct facts_known *known, enum dax_fact fact, enum tri value)
{
	if (value != TRI_UNKNOWN)
		know(known, fact, value == TRI_YES);
}

/* ---- what the facts say ---- */

const struct dax_device *dax_verdict__device(const struct dax_machine *machine,
					     const struct mount_entry *mount)
{
	for (unsigned int i = 0; i < machine->devices_cnt && i < DAX_DEVICES_MAX; i++)
		if (!strcmp(machine->devices[i].tag, mount->tag))
			return &machine->devices[i];
	if (machine->devices_cnt == 1 && !*machine->devices[0].tag)
		return &machine->devices[0];
	return NULL;
}

/* What all devices have in common. */
static enum tri windows_of_all(const struct dax_machine *machine)
{
	enum tri all = machine->devices_cnt ? machine->devices[0].has_window : TRI_UNKNOWN;

	if (machine->devices_cnt > DAX_DEVICES_MAX)
		return TRI_UNKNOWN;
	for (unsigned int i = 0; i < machine->devices_cnt; i++)
		if (machine->devices[i].has_window != all)
			return TRI_UNKNOWN;
	return all;
}

static const struct dax_device *find_spare(const struct dax_machine *machine)
{
	for (unsigned int i = 0; i < machine->devices_cnt && i < DAX_DEVICES_MAX; i++)
		if (machine->devices[i].has_window == TRI_NO && !machine->devices[i].is_mounted)
			return &machine->devices[i];
	return NULL;
}

/* The window of the mount's own connection, else of its device, else of all devices. */
static enum tri window_of(const struct dax_facts *facts)
{
	const struct dax_device *device = dax_verdict__device(&facts->machine, facts->mount);

	if (facts->conn.has_window)
		return facts->conn.has_window;
	return device ? device->has_window : windows_of_all(&facts->machine);
}

static void know_mount(struct facts_known *known, const struct dax_facts *facts)
{
	const struct mount_entry *mount = facts->mount;
	bool has_dax = facts->path.is_dax || facts->path.is_other_dax;
	bool is_always = !strcmp(mount->dax_mode, "always");

	know(known, FACT_ALWAYS, is_always);
	know(known, FACT_NEVER, !strcmp(mount->dax_mode, "never"));
	know(known, FACT_OPTION, *mount->dax_mode);
	/* dax=always is refused without a window; no kernel without DAX shows an option. */
	if (is_always || has_dax)
		know(known, FACT_WINDOW, true);
	else
		know_tri(known, FACT_WINDOW, window_of(facts));
	if (*mount->dax_mode || has_dax)
		know(known, FACT_KERNEL_DAX, true);
	else
		know_tri(known, FACT_KERNEL_DAX, facts->machine.has_kernel_dax);
	if (!strcmp(mount->dax_mode, "inode") || facts->path.is_other_dax)
		know(known, FACT_PER_FILE, true);
	else
		know_tri(known, FACT_PER_FILE, facts->machine.has_per_file);
	if (facts->path.is_other_dax)
		know(known, FACT_SERVER_FLAGS, true);
	else
		know_tri(known, FACT_SERVER_FLAGS, facts->conn.has_flags);
}

static void know_path(struct facts_known *known, const struct dax_path *path)
{
	bool is_virtiofs = !strcmp(path->fstype, "virtiofs");

	know(known, FACT_ANSWERS, path->err != -ETIMEDOUT);
	know(known, FACT_CONNECTED, path->err != -ECONNREFUSED);
	know(known, FACT_SEEN, !path->err);
	if (path->err)
		return;
	know(known, FACT_DAX, path->is_dax);
	know(known, FACT_VIRTIOFS, is_virtiofs);
	know(known, FACT_OVERLAY, !strcmp(path->fstype, "overlay"));
	know(known, FACT_REGULAR, S_ISREG(path->mode));
	know(known, FACT_DIRECTORY, S_ISDIR(path->mode));
	know(known, FACT_READ_LATE, path->read_err == -ETIMEDOUT);
	know(known, FACT_READ_ENOSYS, path->read_err == -ENOSYS);
	know(known, FACT_READ_FAILS,
	     path->read_err && path->read_err != -ETIMEDOUT && path->read_err != -ENOSYS);
}

static struct facts_known all_known(const struct dax_facts *facts)
{
	struct facts_known known = {};

	know_path(&known, &facts->path);
	know(&known, FACT_SPARE, find_spare(&facts->machine));
	know(&known, FACT_DAXLESS, facts->machine.has_kernel_dax == TRI_NO);
	if (facts->machine.has_alignment_error)
		know(&known, FACT_BAD_ALIGN, true);
	if (facts->mount)
		know_mount(&known, facts);
	return known;
}

/* ---- which rows are left ---- */

static bool is_certain(const struct dax_cause *cause, const struct facts_known *known)
{
	return !(cause->yes & ~known->yes) && !(cause->no & ~known->no);
}

static bool is_possible(const struct dax_cause *cause, const struct facts_known *known)
{
	return !(cause->yes & known->no) && !(cause->no & known->yes);
}

static void add_candidate(struct dax_verdict *verdict, const struct dax_cause *cause)
{
	if (verdict->causes_cnt && verdict->state != cause->state)
		verdict->state = DAX_UNTOLD;
	else
		verdict->state = cause->state;
	if (verdict->causes_cnt < DAX_CANDIDATES_MAX)
		verdict->causes[verdict->causes_cnt++] = cause;
}

static void judge(const struct facts_known *known, struct dax_verdict *verdict)
{
	*verdict = (struct dax_verdict){};
	for (size_t i = 0; i < dax_causes_cnt; i++) {
		if (!is_possible(&dax_causes[i], known))
			continue;
		add_candidate(verdict, &dax_causes[i]);
		if (is_certain(&dax_causes[i], known))
			return;
	}
	if (!verdict->causes_cnt)
		add_candidate(verdict, &unexplained);
}

void dax_verdict__judge(const struct dax_facts *facts, struct dax_verdict *verdict)
{
	struct facts_known known = all_known(facts);

	judge(&known, verdict);
}

void dax_facts__of_mount(struct dax_facts *facts, const struct dax_machine *machine,
			 const struct mount_entry *mount)
{
	*facts = (struct dax_facts){
		.machine = *machine,
		.path = { .mode = S_IFDIR, .fstype = "virtiofs" },
		.mount = mount,
	};
}

/* ---- in words ---- */

static int others_text(const struct dax_path *path, char *buf, size_t bytes)
{
	if (path->is_other_dax)
		return snprintf(buf, bytes, "a file here has it");
	if (path->others_cnt)
		return snprintf(buf, bytes, "none of the first %u here has it", path->others_cnt);
	return snprintf(buf, bytes, "no file here tells");
}

static int spare_text(const struct dax_machine *machine, char *buf, size_t bytes)
{
	const struct dax_device *device = find_spare(machine);

	if (!device)
		return 0;
	return snprintf(buf, bytes, "device %s%s%s has no DAX window", device->name,
			*device->tag ? ", tag " : "", device->tag);
}

static int word_text(const char *word, size_t len, const struct dax_facts *facts, char *buf,
		     size_t bytes)
{
	const struct dax_path *path = &facts->path;
	int err = path->err ?: path->read_err;

	if (!strncmp(word, "error", len))
		return snprintf(buf, bytes, "%s", strerror(-err));
	if (!strncmp(word, "seconds", len))
		return snprintf(buf, bytes, "%d", DAX_DEADLINE_MS / 1000);
	if (!strncmp(word, "fs", len))
		return snprintf(buf, bytes, "%s",
				*path->fstype ? path->fstype : "another file system");
	if (!strncmp(word, "option", len))
		return snprintf(buf, bytes, "%s",
				facts->mount && *facts->mount->dax_mode ? "dax=inode"
									: "no dax option");
	if (!strncmp(word, "others", len))
		return others_text(path, buf, bytes);
	return spare_text(&facts->machine, buf, bytes);
}

char *dax_verdict__text(const char *text, const struct dax_facts *facts, char *buf, size_t bytes)
{
	size_t used = 0;

	while (*text && used < bytes - 1) {
		size_t len = strcspn(text + 1, "}");
		int done;

		if (*text != '{') {
			buf[used++] = *text++;
			continue;
		}
		done = word_text(text + 1, len, facts, buf + used, bytes - used);
		used += (size_t)done < bytes - used ? (size_t)done : bytes - used - 1;
		text += len + 2;
	}
	buf[used] = 0;
	return buf;
}

__u64 dax_device__window(const struct dax_device *device, bool *is_exact)
{
	*is_exact = device->window_bytes;
	if (device->has_window != TRI_YES)
		return 0;
	return device->window_bytes ?: device->room_bytes;
}
