// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * Reading /proc/self/mountinfo (proc_pid_mountinfo(5)): space-separated fields, octal escapes for
 * white space in names, optional fields up to a lone "-", then type, source and the super block's
 * options, where virtiofs shows dax=always, dax=inode or dax=never (5.10 to 5.16: dax).
 */
#include "mounts.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "own_proc.h"

static void unescape(char *s)
{
	char *to = s;

	while (*s) {
		unsigned int c;

		if (s[0] == '\\' && sscanf(s + 1, "%3o", &c) == 1) {
			*to++ = c;
			s += 4;
		} else {
			*to++ = *s++;
		}
	}
	*to = 0;
}

static const char *dax_mode_of(const char *options)
{
	static const char *const modes[][2] = {
		{ "dax=always", "always" },
		{ "dax=inode", "inode" },
		{ "dax=never", "never" },
		{ "dax", "always" },
	};

	while (*options) {
		size_t len = strcspn(options, ",");

		for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++)
			if (strlen(modes[i][0]) == len && !strncmp(options, modes[i][0], len))
				return modes[i][1];
		options += len + (options[len] == ',');
	}
	return "";
}

struct mountinfo_line {
	unsigned int major, minor;
	char *mountpoint, *fstype, *tag, *options;
};

/* Splits @line in place. False for a line that is not of the form. */
static bool line_split(char *line, struct mountinfo_line *res)
{
	char *save, *field;
	int i;

	for (i = 1, field = strtok_r(line, " \n", &save); field && strcmp(field, "-");
	     i++, field = strtok_r(NULL, " \n", &save)) {
		if (i == 3 && sscanf(field, "%u:%u", &res->major, &res->minor) != 2)
			return false;
		if (i == 5)
			res->mountpoint = field;
	}
	if (!field || i < 6)
		return false;
	res->fstype = strtok_r(NULL, " \n", &save);
	res->tag = strtok_r(NULL, " \n", &save);
	res->options = strtok_r(NULL, " \n", &save);
	return res->options != NULL;
}

static void entry_fini(struct mount_entry *entry)
{
	free(entry->mountpoint);
	free(entry->fstype);
	free(entry->tag);
	free(entry->dax_mode);
}

int mount_list__put(struct mount_list *list, const struct mount_entry *from)
{
	struct mount_entry *old = (struct mount_entry *)mount_list__by_dev(list, from->dev);
	struct mount_entry *entries, entry = {
		.dev = from->dev,
		.mountpoint = strdup(from->mountpoint),
		.fstype = strdup(from->fstype),
		.tag = strdup(from->tag),
		.dax_mode = strdup(from->dax_mode),
	};

	if (!entry.mountpoint || !entry.fstype || !entry.tag || !entry.dax_mode)
		goto err;
	if (old) {
		entry_fini(old);
		*old = entry;
		return 0;
	}
	entries = realloc(list->entries, (list->cnt + 1) * sizeof(*entries));
	if (!entries)
		goto err;
	list->entries = entries;
	list->entries[list->cnt++] = entry;
	return 0;
err:
	entry_fini(&entry);
	return -ENOMEM;
}

/* Its names are unescaped in place. */
static int list_add_line(struct mount_list *list, struct mountinfo_line *line)
{
	const struct mount_entry entry = {
		.dev = s_dev_of(line->major, line->minor),
		.mountpoint = line->mountpoint,
		.fstype = line->fstype,
		.tag = line->tag,
		.dax_mode = (char *)dax_mode_of(line->options),
	};

	unescape(line->mountpoint);
	unescape(line->tag);
	return mount_list__put(list, &entry);
}

int mount_list__read(struct mount_list *list)
{
	FILE *f = own_proc__open("mountinfo");
	struct mount_list read = {};
	struct mountinfo_line parts;
	char *line = NULL;
	size_t size = 0;
	int err = 0;

	if (!f)
		return -errno;
	while (!err && getline(&line, &size, f) > 0) {
		if (!line_split(line, &parts) || strcmp(parts.fstype, "virtiofs"))
			continue;
		if (!mount_list__by_dev(&read, s_dev_of(parts.major, parts.minor)))
			err = list_add_line(&read, &parts);
	}
	free(line);
	fclose(f);
	if (err)
		mount_list__fini(&read);
	else
		*list = read;
	return err;
}

void mount_list__fini(struct mount_list *list)
{
	for (size_t i = 0; i < list->cnt; i++)
		entry_fini(&list->entries[i]);
	free(list->entries);
	*list = (struct mount_list){};
}

const struct mount_entry *mount_list__by_dev(const struct mount_list *list, __u32 dev)
{
	for (size_t i = 0; i < list->cnt; i++)
		if (list->entries[i].dev == dev)
			return &list->entries[i];
	return NULL;
}

const struct mount_entry *mount_list__by_name(const struct mount_list *list, const char *name)
{
	for (size_t i = 0; i < list->cnt; i++)
		if (!strcmp(list->entries[i].mountpoint, name) ||
		    !strcmp(list->entries[i].tag, name))
			return &list->entries[i];
	return NULL;
}

const struct mount_entry *mount_list__by_tag(const struct mount_list *list, const char *tag)
{
	for (size_t i = 0; i < list->cnt; i++)
		if (!strcmp(list->entries[i].tag, tag))
			return &list->entries[i];
	return NULL;
}

int filesystem_known(const char *name)
{
	FILE *f = fopen("/proc/filesystems", "re");
	char line[128], known[64];
	int is_known = 0;

	if (!f)
		return -errno;
	while (!is_known && fgets(line, sizeof(line), f)) {
		const char *tab = strchr(line, '\t');

		is_known = tab && sscanf(tab + 1, "%63s", known) == 1 && !strcmp(known, name);
	}
	fclose(f);
	return is_known;
}
