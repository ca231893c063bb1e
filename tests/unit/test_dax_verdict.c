// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * Every cause for DAX being on or off, from facts as the kernels of the matrix show them, and from
 * facts of which some are missing. The last test is that none of the causes was left out here.
 */
#include "../../src/dax_verdict.h"
#include "../../src/model.h"
#include "check.h"

#include <errno.h>
#include <sys/stat.h>

#define MIB (1ULL << 20)
#define DEV 31

struct row {
	const char *what;
	const char *fstype; /* NULL: of a path that statx() did not see */
	__u32 mode;
	const char *dax_mode; /* of the mount, tag "t"; NULL: not on virtiofs */
	int err, read_err;
	bool is_dax, is_other_dax, has_alignment_error;
	enum tri kernel_dax, per_file, window;
	const char *device_tag; /* "": before Linux 6.9 */
	enum tri
		other_window; /* of a second device, which is not mounted; unknown: there is none */
	enum tri flags, conn_window; /* by BPF */
	enum dax_state state;
	const char *causes; /* names, a space behind each */
};

#define REG_FILE S_IFREG | 0644
#define DIR_FILE S_IFDIR | 0755
#define NEW	 .kernel_dax = TRI_YES, .per_file = TRI_YES, .window = TRI_YES, .device_tag = "t"
#define OLD	 .kernel_dax = TRI_YES, .per_file = TRI_NO, .window = TRI_YES, .device_tag = ""

static const struct row rows[] = {
	{ "no answer", .err = -ETIMEDOUT, NEW, .state = DAX_UNTOLD, .causes = "no_answer " },
	{ "no such file", .err = -ENOENT, NEW, .state = DAX_UNTOLD, .causes = "unseen " },
	{ "not allowed", .err = -EACCES, NEW, .state = DAX_UNTOLD, .causes = "unseen " },
	{ "the log has the alignment", .err = -ECONNREFUSED, .has_alignment_error = true, NEW,
	  .state = DAX_OFF, .causes = "alignment " },
	{ "the log may not be read", .err = -ECONNREFUSED, NEW, .state = DAX_OFF,
	  .causes = "alignment init " },
	{ "another file's alignment", "virtiofs", REG_FILE, "always", .is_dax = true,
	  .has_alignment_error = true, NEW, .state = DAX_ON, .causes = "on " },

	{ "a file", "virtiofs", REG_FILE, "always", .is_dax = true, NEW, .state = DAX_ON,
	  .causes = "on " },
	{ "nothing known but that", "virtiofs", REG_FILE, "", .is_dax = true, .state = DAX_ON,
	  .causes = "on " },
	{ "flagged", "virtiofs", REG_FILE, "inode", .is_dax = true, NEW, .state = DAX_ON,
	  .causes = "on " },
	{ "a server without DAX", "virtiofs", REG_FILE, "always", .is_dax = true,
	  .read_err = -ENOSYS, NEW, .state = DAX_OFF, .causes = "server_no_dax " },
	{ "a server that refuses", "virtiofs", REG_FILE, "always", .is_dax = true,
	  .read_err = -EINVAL, NEW, .state = DAX_OFF, .causes = "server_fails " },
	{ "a server that is late", "virtiofs", REG_FILE, "always", .is_dax = true,
	  .read_err = -ETIMEDOUT, NEW, .state = DAX_UNTOLD, .causes = "read_late " },

	{ "elsewhere", "ext4", REG_FILE, NEW, .state = DAX_OFF, .causes = "not_virtiofs " },
	{ "by ext4's own DAX", "ext4", REG_FILE, .is_dax = true, NEW, .state = DAX_OFF,
	  .causes = "not_virtiofs " },
	{ "elsewhere, and a device would be refused", "ext4", DIR_FILE, NEW, .other_window = TRI_NO,
	  .state = DAX_OFF, .causes = "not_virtiofs_no_window " },
	{ "elsewhere, and the kernel would refuse", "ext4", DIR_FILE, .kernel_dax = TRI_NO,
	  .state = DAX_OFF, .causes = "not_virtiofs_kernel " },
	{ "elsewhere, and a device would do", "ext4", DIR_FILE, NEW, .other_window = TRI_YES,
	  .state = DAX_OFF, .causes = "not_virtiofs " },
	{ "overlayfs with", "overlay", REG_FILE, .is_dax = true, NEW, .state = DAX_ON,
	  .causes = "overlay_on " },
	{ "overlayfs without", "overlay", REG_FILE, NEW, .state = DAX_OFF,
	  .causes = "overlay_off " },
	{ "overlayfs' directory", "overlay", DIR_FILE, NEW, .state = DAX_UNTOLD,
	  .causes = "overlay_directory " },

	{ "a fifo", "virtiofs", S_IFIFO, "always", NEW, .state = DAX_OFF, .causes = "special " },
	{ "the option", "virtiofs", REG_FILE, "never", NEW, .state = DAX_OFF, .causes = "never " },
	{ "the option, of a directory", "virtiofs", DIR_FILE, "never", NEW, .state = DAX_OFF,
	  .causes = "never " },
	{ "the option, when little else is known", "virtiofs", REG_FILE, "never", .state = DAX_OFF,
	  .causes = "never " },
	{ "the kernel", "virtiofs", REG_FILE, "", .kernel_dax = TRI_NO, .per_file = TRI_NO,
	  .device_tag = "t", .state = DAX_OFF, .causes = "kernel " },
	{ "the kernel, of a directory", "virtiofs", DIR_FILE, "", .kernel_dax = TRI_NO,
	  .state = DAX_OFF, .causes = "kernel " },
	{ "no window", "virtiofs", REG_FILE, "", .kernel_dax = TRI_YES, .per_file = TRI_YES,
	  .window = TRI_NO, .device_tag = "t", .state = DAX_OFF, .causes = "no_window " },
	{ "no window, with dax=inode", "virtiofs", REG_FILE, "inode", .kernel_dax = TRI_YES,
	  .per_file = TRI_YES, .window = TRI_NO, .device_tag = "t", .state = DAX_OFF,
	  .causes = "no_window " },
	{ "no window comes before no option", "virtiofs", DIR_FILE, "", .kernel_dax = TRI_YES,
	  .per_file = TRI_NO, .window = TRI_NO, .device_tag = "", .state = DAX_OFF,
	  .causes = "no_window " },
	{ "no option, before 5.17", "virtiofs", REG_FILE, "", OLD, .state = DAX_OFF,
	  .causes = "no_option " },
	{ "which of two devices is it, before 6.9", "virtiofs", REG_FILE, "", OLD,
	  .other_window = TRI_NO, .state = DAX_OFF, .causes = "no_window no_option " },
	{ "they are alike", "virtiofs", REG_FILE, "", OLD, .other_window = TRI_YES,
	  .state = DAX_OFF, .causes = "no_option " },
	{ "all of a mount", "virtiofs", DIR_FILE, "always", NEW, .state = DAX_ON,
	  .causes = "always " },
	{ "all of a mount, which proves the window", "virtiofs", DIR_FILE, "always",
	  .state = DAX_ON, .causes = "always " },
	{ "a directory, by file", "virtiofs", DIR_FILE, "", NEW, .state = DAX_UNTOLD,
	  .causes = "by_file " },
	{ "a directory, and the kernel is not known", "virtiofs", DIR_FILE, "", .state = DAX_UNTOLD,
	  .causes = "kernel no_window no_option by_file " },
	{ "not flagged, as another is", "virtiofs", REG_FILE, "inode", .is_other_dax = true, NEW,
	  .state = DAX_OFF, .causes = "not_flagged " },
	{ "not flagged, and no other is", "virtiofs", REG_FILE, "", NEW, .state = DAX_OFF,
	  .causes = "server_no_flags not_flagged " },
	{ "not flagged, as the server agreed to flag", "virtiofs", REG_FILE, "", NEW,
	  .flags = TRI_YES, .state = DAX_OFF, .causes = "not_flagged " },
	{ "the server did not agree to flag", "virtiofs", REG_FILE, "", NEW, .flags = TRI_NO,
	  .state = DAX_OFF, .causes = "server_no_flags " },
	{ "which of two devices it is BPF tells", "virtiofs", REG_FILE, "", OLD,
	  .other_window = TRI_NO, .conn_window = TRI_YES, .state = DAX_OFF,
	  .causes = "no_option " },
	{ "or the other", "virtiofs", REG_FILE, "", OLD, .other_window = TRI_NO,
	  .conn_window = TRI_NO, .state = DAX_OFF, .causes = "no_window " },
	{ "no symbols, but another is flagged", "virtiofs", REG_FILE, "", .window = TRI_YES,
	  .per_file = TRI_YES, .device_tag = "t", .is_other_dax = true, .state = DAX_OFF,
	  .causes = "not_flagged " },
	{ "off though always", "virtiofs", REG_FILE, "always", NEW, .state = DAX_UNTOLD,
	  .causes = "unexplained " },
};

#define ROWS_CNT (sizeof(rows) / sizeof(rows[0]))

static void make_facts(const struct row *row, struct mount_entry *mount, struct dax_facts *facts)
{
	struct dax_device *devices = facts->machine.devices;

	*mount = (struct mount_entry){ .dev = DEV,
				       .tag = (char *)"t",
				       .dax_mode = (char *)row->dax_mode };
	*facts = (struct dax_facts){
		.machine = { .has_kernel_dax = row->kernel_dax,
			     .has_per_file = row->per_file,
			     .has_alignment_error = row->has_alignment_error,
			     .devices_cnt = 1 + (row->other_window != TRI_UNKNOWN) },
		.path = { .err = row->err,
			  .is_dax = row->is_dax,
			  .mode = row->mode,
			  .read_err = row->read_err,
			  .others_cnt = 3,
			  .is_other_dax = row->is_other_dax },
		.conn = { .has_flags = row->flags, .has_window = row->conn_window },
		.mount = row->dax_mode ? mount : NULL,
	};
	snprintf(facts->path.fstype, sizeof(facts->path.fstype), "%s", row->fstype ?: "");
	devices[0].has_window = row->window;
	devices[0].is_mounted = true;
	devices[1].has_window = row->other_window;
	snprintf(devices[0].name, sizeof(devices[0].name), "virtio0");
	snprintf(devices[0].tag, sizeof(devices[0].tag), "%s", row->device_tag ?: "");
	snprintf(devices[1].name, sizeof(devices[1].name), "virtio1");
	if (*devices[0].tag)
		snprintf(devices[1].tag, sizeof(devices[1].tag), "spare");
}

static char *names_of(const struct dax_verdict *verdict, char *buf, size_t bytes)
{
	size_t used = 0;

	buf[0] = 0;
	for (size_t i = 0; i < verdict->causes_cnt && used < bytes; i++)
		used += snprintf(buf + used, bytes - used, "%s ", verdict->causes[i]->name);
	return buf;
}

static void test_rows(void)
{
	struct dax_verdict verdict;
	struct mount_entry mount;
	struct dax_facts facts;
	char names[256];

	for (size_t i = 0; i < ROWS_CNT; i++) {
		make_facts(&rows[i], &mount, &facts);
		dax_verdict__judge(&facts, &verdict);
		check_text(names_of(&verdict, names, sizeof(names)), rows[i].causes, __FILE__,
			   __LINE__, rows[i].what);
		check_u64(verdict.state, rows[i].state, __FILE__, __LINE__, rows[i].what);
	}
}

/* Each cause of the table is the only one left of some row above, or one of two that cannot be. */
static void test_no_cause_is_left_out(void)
{
	for (size_t i = 0; i < dax_causes_cnt; i++) {
		char name[64];
		bool is_there = false;

		snprintf(name, sizeof(name), "%s ", dax_causes[i].name);
		for (size_t j = 0; j < ROWS_CNT; j++) {
			const char *at = strstr(rows[j].causes, name);

			is_there |= at && (at == rows[j].causes || at[-1] == ' ');
		}
		check_note(is_there, __FILE__, __LINE__, dax_causes[i].name);
	}
}

/* No {word} is left, whatever is known, and no text is cut by a small buffer without its end. */
static void test_texts(void)
{
	struct mount_entry mount;
	struct dax_facts facts;
	char text[512], small[12];

	for (size_t i = 0; i < ROWS_CNT; i++) {
		make_facts(&rows[i], &mount, &facts);
		for (size_t j = 0; j < dax_causes_cnt; j++) {
			dax_verdict__text(dax_causes[j].text, &facts, text, sizeof(text));
			CHECK(!strchr(text, '{') && !strchr(text, '}'));
			CHECK(strlen(text) < sizeof(text) - 1);
			dax_verdict__text(dax_causes[j].text, &facts, small, sizeof(small));
			CHECK(!strncmp(small, text, strlen(small)));
			CHECK(strlen(small) == sizeof(small) - 1 || !strcmp(small, text));
		}
	}
}

static void check_words(const struct row *row, const char *words, const char *want)
{
	struct mount_entry mount;
	struct dax_facts facts;
	char text[256];

	make_facts(row, &mount, &facts);
	CHECK_TEXT(dax_verdict__text(words, &facts, text, sizeof(text)), want);
}

static void test_words(void)
{
	const struct row spare = { .fstype = "ext4", NEW, .other_window = TRI_NO };
	const struct row old_spare = { .fstype = "ext4", OLD, .other_window = TRI_NO };
	const struct row failed = { .err = -ENOENT };
	const struct row broken = { .fstype = "virtiofs", .read_err = -EIO, .dax_mode = "inode" };
	const struct row other = { .fstype = "virtiofs", .dax_mode = "", .is_other_dax = true };

	check_words(&spare, "on {fs}: {spare}.",
		    "on ext4: device virtio1, tag spare has no DAX window.");
	check_words(&old_spare, "{spare}", "device virtio1 has no DAX window");
	check_words(&failed, "{error}, {fs}", "No such file or directory, another file system");
	check_words(&broken, "{error} {option} {seconds}", "Input/output error dax=inode 5");
	check_words(&other, "{option}: {others}", "no dax option: a file here has it");
	check_words(&broken, "{others}", "none of the first 3 here has it");
}

static void test_devices(void)
{
	struct mount_entry mount = { .tag = (char *)"b", .dax_mode = (char *)"always" };
	struct dax_machine machine = { .devices_cnt = 2 };

	CHECK(!dax_verdict__device(&machine, &mount)); /* two without tags */
	strcpy(machine.devices[0].tag, "a");
	CHECK(!dax_verdict__device(&machine, &mount));
	strcpy(machine.devices[1].tag, "b");
	CHECK(dax_verdict__device(&machine, &mount) == &machine.devices[1]);
	machine.devices_cnt = 1;
	CHECK(!dax_verdict__device(&machine, &mount)); /* one, and it is another's */
	machine.devices[0].tag[0] = 0;
	CHECK(dax_verdict__device(&machine, &mount) == &machine.devices[0]);
	machine.devices_cnt = DAX_DEVICES_MAX + 5; /* counted, not kept */
	CHECK(dax_verdict__device(&machine, &mount) == &machine.devices[1]);
}

static void test_window(void)
{
	struct dax_device device = { .has_window = TRI_YES, .room_bytes = 64 * MIB };
	bool is_exact;

	CHECK_U64(dax_device__window(&device, &is_exact), 64 * MIB);
	CHECK(!is_exact);
	device.window_bytes = 48 * MIB;
	CHECK_U64(dax_device__window(&device, &is_exact), 48 * MIB);
	CHECK(is_exact);
	device = (struct dax_device){ .has_window = TRI_NO, .room_bytes = 16384 };
	CHECK_U64(dax_device__window(&device, &is_exact), 0);
	device.has_window = TRI_UNKNOWN;
	CHECK_U64(dax_device__window(&device, &is_exact), 0);
	CHECK_U64(window_memory_bytes(8192 * MIB, 4096), 128 * MIB); /* 1/64 */
	CHECK_U64(window_memory_bytes(2 * MIB, 4096), 32768);
	CHECK_U64(window_memory_bytes(2 * MIB, 65536), 2048);
}

static void test_mounts(void)
{
	struct mount_entry mount = { .tag = (char *)"t", .dax_mode = (char *)"always" };
	struct dax_machine machine = { .devices_cnt = 1 };
	struct dax_verdict verdict;
	struct dax_facts facts;

	dax_facts__of_mount(&facts, &machine, &mount);
	dax_verdict__judge(&facts, &verdict);
	CHECK(verdict.state == DAX_ON && verdict.causes_cnt == 1);
	mount.dax_mode = (char *)"never";
	dax_verdict__judge(&facts, &verdict);
	CHECK(verdict.state == DAX_OFF && !strcmp(verdict.causes[0]->name, "never"));
}

int main(void)
{
	test_rows();
	test_no_cause_is_left_out();
	test_texts();
	test_words();
	test_devices();
	test_window();
	test_mounts();
	return check_result();
}
