// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * doctor PATH, and the mounts of doctor: the answers of dax_verdict in words and as JSON. A window
 * comes with its price, which is paid whether a range is used or not.
 */
#include "doctor_dax.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "cmd.h"
#include "dax_verdict.h"
#include "fmt.h"

#define TEXT_BYTES 1024

/* A window as far as it is known: by its device, or by BPF. */
struct window {
	__u64 bytes; /* 0: none, or not known */
	bool is_exact;
	bool is_none;
	bool has_gauges;
	__u64 free_ranges, busy_ranges;
};

static void window_by_device(const struct dax_device *device, struct window *window)
{
	window->is_none = device->has_window == TRI_NO;
	window->bytes = dax_device__window(device, &window->is_exact);
}

/* Before Linux 6.9 a mount may be of any device; where these are alike that does not matter. */
static void window_by_any(const struct dax_machine *machine, struct window *window)
{
	for (unsigned int i = 0; i < machine->devices_cnt && i < DAX_DEVICES_MAX; i++) {
		struct window other = {};

		window_by_device(&machine->devices[i], &other);
		if (i && memcmp(&other, window, sizeof(other))) {
			*window = (struct window){};
			return;
		}
		*window = other;
	}
}

/* By BPF where it was asked, else by the mount's device, else by all devices. */
static struct window find_window(const struct dax_facts *facts)
{
	const struct dax_device *device = dax_verdict__device(&facts->machine, facts->mount);
	struct window window = {};

	if (facts->conn.has_window != TRI_UNKNOWN) {
		window.bytes = facts->conn.window_bytes;
		window.is_exact = window.bytes;
		window.is_none = !window.bytes;
	} else if (device) {
		window_by_device(device, &window);
	} else {
		window_by_any(&facts->machine, &window);
	}
	return window;
}

static __u64 page_bytes(void)
{
	return sysconf(_SC_PAGESIZE);
}

/* ---- in words ---- */

static const char *why_no_size(const struct dax_machine *machine)
{
	if (machine->err)
		return "not known: /sys and /proc could not be read";
	if (machine->has_kernel_dax == TRI_NO)
		return "not used, if there is one";
	if (machine->devices_cnt > 1)
		return "not known: Linux before 6.9 does not tell which device this mount is on, "
		       "and they differ";
	return "not known: root sees its size in /proc/iomem";
}

static void window_text(const struct window *window, const struct dax_machine *machine, char *buf,
			size_t bytes)
{
	__u64 ranges = window->bytes / RANGE_BYTES;
	char size[FMT_BYTES], cost[FMT_BYTES];
	int len;

	if (window->is_none) {
		snprintf(buf, bytes, "none");
		return;
	}
	if (!window->bytes) {
		snprintf(buf, bytes, "%s", why_no_size(machine));
		return;
	}
	len = snprintf(
		buf, bytes, "%s%s, %llu range%s of 2MiB, %s of struct pages%s",
		window->is_exact ? "" : "at most ", fmt__bytes(size, sizeof(size), window->bytes),
		(unsigned long long)ranges, ranges == 1 ? "" : "s",
		fmt__bytes(cost, sizeof(cost), window_memory_bytes(window->bytes, page_bytes())),
		window->is_exact ? "" : " (exact for root)");
	if (window->has_gauges && (size_t)len < bytes)
		snprintf(buf + len, bytes - len, "; %llu free, %llu busy",
			 (unsigned long long)window->free_ranges,
			 (unsigned long long)window->busy_ranges);
}

static const char *mode_text(const struct mount_entry *mount, const struct dax_machine *machine)
{
	if (!strcmp(mount->dax_mode, "always"))
		return "dax=always";
	if (!strcmp(mount->dax_mode, "never"))
		return "dax=never";
	if (*mount->dax_mode)
		return "dax=inode: the server decides by file";
	return machine->has_per_file == TRI_YES ? "no dax option: the server decides by file"
						: "no dax option";
}

static void print_mount_line(const struct dax_machine *machine, const struct mount_entry *mount,
			     const char *heading)
{
	char text[TEXT_BYTES];

	snprintf(text, sizeof(text), "%s, tag %s, %s", mount->mountpoint, mount->tag,
		 mode_text(mount, machine));
	print_words(heading, text);
}

static void print_window_line(const struct dax_machine *machine, const struct window *window)
{
	char text[TEXT_BYTES];

	window_text(window, machine, text, sizeof(text));
	print_words("window", text);
}

static void print_causes(const struct dax_facts *facts, const struct dax_verdict *verdict)
{
	char text[TEXT_BYTES];

	for (size_t i = 0; i < verdict->causes_cnt; i++) {
		const struct dax_cause *cause = verdict->causes[i];

		if (*cause->text)
			print_words(i ? "or" : "why",
				    dax_verdict__text(cause->text, facts, text, sizeof(text)));
		if (cause->advice)
			print_words("  do", cause->advice);
	}
	if (verdict->causes_cnt > 1 && geteuid())
		print_words("tell", "which of these it is root may see: run it as root");
}

/* ---- one path ---- */

static const struct {
	const char *text;
	enum exit_code code;
} states[] = {
	[DAX_ON] = { "DAX is on", EXIT_FINE },
	[DAX_OFF] = { "DAX is off", EXIT_NO },
	[DAX_UNTOLD] = { "on or off cannot be told", EXIT_CANNOT_RUN },
};

static enum exit_code print_path(const char *path, const struct dax_facts *facts,
				 const struct dax_verdict *verdict)
{
	char name[PATH_MAX];

	fmt__clean(name, sizeof(name), path, strlen(path));
	printf("%s: %s\n", name, states[verdict->state].text);
	print_causes(facts, verdict);
	if (facts->mount) {
		struct window window = find_window(facts);

		print_mount_line(&facts->machine, facts->mount, "mount");
		print_window_line(&facts->machine, &window);
	}
	if (fflush(stdout) || ferror(stdout))
		return complain(EXIT_CANNOT_RUN, "cannot write: %s", strerror(errno));
	return states[verdict->state].code;
}

/* Nothing was seen of it: one line on standard error. */
static enum exit_code complain_of_path(const char *path, const struct dax_facts *facts,
				       const struct dax_verdict *verdict)
{
	const struct dax_cause *cause = verdict->causes[0];
	char text[TEXT_BYTES];

	dax_verdict__text(cause->text, facts, text, sizeof(text));
	return complain(states[verdict->state].code, "%s: %s%s%s", path, text,
			cause->advice ? "; " : "", cause->advice ?: "");
}

/* ---- as JSON ---- */

static json_t *string_json(const char *text)
{
	char clean[PATH_MAX];

	return text && *text ? json_string(fmt__clean(clean, sizeof(clean), text, strlen(text)))
			     : json_null();
}

static json_t *window_json(const struct window *window)
{
	json_t *o;

	if (!window->bytes && !window->is_none)
		return json_null();
	o = json_object();
	json_object_set_new(o, "bytes",
			    window->is_exact || window->is_none ? json_integer(window->bytes)
								: json_null());
	json_object_set_new(o, "at_most_bytes", json_integer(window->bytes));
	json_object_set_new(o, "struct_page_bytes",
			    json_integer(window_memory_bytes(window->bytes, page_bytes())));
	return o;
}

static json_t *ranges_json(const struct window *window)
{
	if (!window->is_exact && !window->is_none)
		return json_null();
	return json_pack(
		"{s:I, s:o, s:o}", "total", (json_int_t)(window->bytes / RANGE_BYTES), "free",
		window->has_gauges ? json_integer(window->free_ranges) : json_null(), "busy",
		window->has_gauges ? json_integer(window->busy_ranges) : json_null());
}

static json_t *dax_json(enum dax_state state)
{
	return state == DAX_UNTOLD ? json_null() : json_boolean(state == DAX_ON);
}

static json_t *causes_json(const struct dax_facts *facts, const struct dax_verdict *verdict)
{
	json_t *all = json_array();
	char text[TEXT_BYTES];

	for (size_t i = 0; i < verdict->causes_cnt; i++) {
		const struct dax_cause *cause = verdict->causes[i];
		json_t *o = json_object();

		dax_verdict__text(cause->text, facts, text, sizeof(text));
		json_object_set_new(o, "name", json_string(cause->name));
		json_object_set_new(o, "text", string_json(text));
		json_object_set_new(o, "advice", string_json(cause->advice));
		json_array_append_new(all, o);
	}
	return all;
}

static json_t *mount_json(const struct dax_machine *machine, const struct mount_entry *mount,
			  const struct window *window)
{
	const struct dax_device *device = dax_verdict__device(machine, mount);
	json_t *o = json_object();

	json_object_set_new(o, "mountpoint", string_json(mount->mountpoint));
	json_object_set_new(o, "tag", string_json(mount->tag));
	json_object_set_new(o, "dax", string_json(mount->dax_mode));
	json_object_set_new(o, "device", string_json(device ? device->name : NULL));
	json_object_set_new(o, "window", window_json(window));
	json_object_set_new(o, "ranges", ranges_json(window));
	return o;
}

static json_t *tri_json(enum tri value)
{
	return value == TRI_UNKNOWN ? json_null() : json_boolean(value == TRI_YES);
}

static json_t *path_json(const char *path, const struct dax_facts *facts,
			 const struct dax_verdict *verdict)
{
	json_t *root = json_object(), *mount = json_null();
	struct utsname host = {};
	struct window window;

	if (facts->mount) {
		window = find_window(facts);
		mount = mount_json(&facts->machine, facts->mount, &window);
	}
	uname(&host);
	json_object_set_new(root, "schema", json_string("virtiofs-daxtop-dax/1"));
	json_object_set_new(root, "version", json_string(DAXTOP_VERSION));
	json_object_set_new(root, "kernel", json_string(host.release));
	json_object_set_new(root, "machine", json_string(host.machine));
	json_object_set_new(root, "path", string_json(path));
	json_object_set_new(root, "dax", dax_json(verdict->state));
	json_object_set_new(root, "causes", causes_json(facts, verdict));
	json_object_set_new(root, "errno",
			    facts->path.err ? string_json(errno_name(-facts->path.err) ?: "?")
					    : json_null());
	json_object_set_new(root, "filesystem", string_json(facts->path.fstype));
	json_object_set_new(root, "kernel_fuse_dax", tri_json(facts->machine.has_kernel_dax));
	json_object_set_new(root, "mount", mount);
	return root;
}

static enum exit_code print_path_json(const char *path, const struct dax_facts *facts,
				      const struct dax_verdict *verdict)
{
	return print_object(path_json(path, facts, verdict)) ?: states[verdict->state].code;
}

enum exit_code doctor_path(const char *path, bool is_json)
{
	struct mount_list mounts = {};
	struct dax_verdict verdict;
	struct dax_facts facts;
	enum exit_code code;
	int err = mount_list__read(&mounts);

	if (err)
		return complain(EXIT_CANNOT_RUN, "cannot read /proc/self/mountinfo: %s",
				strerror(-err));
	dax_facts__read(&facts, path, &mounts);
	dax_verdict__judge(&facts, &verdict);
	if (is_json)
		code = print_path_json(path, &facts, &verdict);
	else if (verdict.state == DAX_UNTOLD && facts.path.err)
		code = complain_of_path(path, &facts, &verdict);
	else
		code = print_path(path, &facts, &verdict);
	mount_list__fini(&mounts);
	return code;
}

/* ---- all mounts ---- */

struct mount_answer {
	struct dax_facts facts;
	struct dax_verdict verdict;
	struct window window;
};

static struct window live_window(const struct mount_state *live)
{
	return (struct window){
		.bytes = live->figures.total_ranges * RANGE_BYTES,
		.is_exact = true,
		.has_gauges = true,
		.free_ranges = live->figures.free_ranges,
		.busy_ranges = live->figures.busy_ranges,
	};
}

/* @live: what BPF has read of it already; may be NULL. */
static void judge_mount(struct mount_answer *answer, const struct dax_machine *machine,
			const struct mount_entry *mount, const struct mount_state *live)
{
	struct dax_conn *conn = &answer->facts.conn;

	dax_facts__of_mount(&answer->facts, machine, mount);
	if (live && live->has_figures)
		*conn = (struct dax_conn){
			.has_window = TRI_YES,
			.window_bytes = live->figures.total_ranges * RANGE_BYTES,
		};
	else if (!dax_verdict__device(machine, mount))
		dax_conn__read(conn, mount->mountpoint);
	dax_verdict__judge(&answer->facts, &answer->verdict);
	answer->window =
		live && live->has_figures ? live_window(live) : find_window(&answer->facts);
}

static void print_mount(const struct mount_answer *answer)
{
	print_mount_line(&answer->facts.machine, answer->facts.mount, "mount");
	print_window_line(&answer->facts.machine, &answer->window);
	if (answer->verdict.state == DAX_OFF)
		print_causes(&answer->facts, &answer->verdict);
}

/*
 * What BPF has met and mountinfo does not list: its window is all that is known. The next from @i
 * on.
 */
static const struct mount_state *next_elsewhere(const struct summary *s,
						const struct mount_list *mounts, size_t *i)
{
	while (s && *i < summary__mount_cnt(s)) {
		const struct mount_state *live = summary__mount(s, (*i)++);

		if (live->has_figures && !mount_list__by_dev(mounts, live->dev))
			return live;
	}
	return NULL;
}

static void print_elsewhere(const struct dax_machine *machine, const struct mount_state *live)
{
	struct window window = live_window(live);
	char dev[FMT_BYTES], text[TEXT_BYTES];

	snprintf(text, sizeof(text), "in another mount namespace, device %s",
		 fmt__dev(dev, sizeof(dev), live->dev));
	print_words("mount", text);
	print_window_line(machine, &window);
}

static void print_unmounted(const struct dax_machine *machine)
{
	for (unsigned int i = 0; i < machine->devices_cnt && i < DAX_DEVICES_MAX; i++) {
		const struct dax_device *device = &machine->devices[i];
		struct window window = {};
		char text[TEXT_BYTES];

		if (!*device->tag || device->is_mounted)
			continue;
		window_by_device(device, &window);
		snprintf(text, sizeof(text), "%s, tag %s: not mounted here%s", device->name,
			 device->tag,
			 window.is_none ? "; with dax=always it is refused: invalid argument" : "");
		print_words("device", text);
		print_window_line(machine, &window);
	}
}

void doctor_dax__print_mounts(const struct summary *s)
{
	const struct mount_state *live;
	struct mount_list mounts = {};
	struct dax_machine machine;
	size_t next = 0;

	printf("\nMOUNTS\n");
	if (mount_list__read(&mounts))
		return;
	dax_machine__read(&machine, &mounts, true);
	if (!mounts.cnt)
		printf("  no virtiofs mount in this mount namespace; mount one: "
		       "mount -t virtiofs -o dax=always TAG DIR\n");
	for (size_t i = 0; i < mounts.cnt; i++) {
		const struct mount_entry *mount = &mounts.entries[i];
		struct mount_answer answer;

		judge_mount(&answer, &machine, mount,
			    s ? summary__mount_by_dev(s, mount->dev) : NULL);
		print_mount(&answer);
	}
	while ((live = next_elsewhere(s, &mounts, &next)))
		print_elsewhere(&machine, live);
	print_unmounted(&machine);
	if (machine.has_alignment_error)
		print_words("log", "alignment (map_alignment) was refused: all of such a mount "
				   "fails with ECONNREFUSED");
	mount_list__fini(&mounts);
}

static json_t *answer_json(const struct mount_answer *answer, const struct mount_state *live)
{
	const struct dax_verdict *verdict = &answer->verdict;
	json_t *o = mount_json(&answer->facts.machine, answer->facts.mount, &answer->window);
	bool is_off = verdict->state == DAX_OFF;
	char text[TEXT_BYTES];

	dax_verdict__text(verdict->causes[0]->text, &answer->facts, text, sizeof(text));
	json_object_set_new(o, "causes",
			    is_off ? causes_json(&answer->facts, verdict) : json_array());
	json_object_set_new(o, "reason", string_json(is_off ? text : live ? live->reason : NULL));
	return o;
}

static json_t *elsewhere_json(const struct dax_machine *machine, const struct mount_state *live)
{
	const struct mount_entry unknown = { .mountpoint = (char *)"",
					     .tag = (char *)"",
					     .dax_mode = (char *)"" };
	struct window window = live_window(live);
	json_t *o = mount_json(machine, &unknown, &window);

	json_object_set_new(o, "device", json_null());
	json_object_set_new(o, "causes", json_array());
	json_object_set_new(o, "reason", json_null());
	return o;
}

json_t *doctor_dax__mounts_json(const struct summary *s)
{
	const struct mount_state *live;
	json_t *all = json_array();
	struct mount_list mounts = {};
	struct dax_machine machine;
	size_t next = 0;

	if (mount_list__read(&mounts))
		return all;
	dax_machine__read(&machine, &mounts, true);
	for (size_t i = 0; i < mounts.cnt; i++) {
		const struct mount_entry *mount = &mounts.entries[i];
		struct mount_answer answer;

		live = s ? summary__mount_by_dev(s, mount->dev) : NULL;
		judge_mount(&answer, &machine, mount, live);
		json_array_append_new(all, answer_json(&answer, live));
	}
	while ((live = next_elsewhere(s, &mounts, &next)))
		json_array_append_new(all, elsewhere_json(&machine, live));
	mount_list__fini(&mounts);
	return all;
}
