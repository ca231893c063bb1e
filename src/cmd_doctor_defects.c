// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * The known defects of doctor, in words and as JSON. Surprising: it never says that a kernel does
 * not have one. What has not happened yet cannot be seen.
 */
#include "doctor_defects.h"

#include <stdio.h>

#include "cmd.h"
#include "defects.h"
#include "fmt.h"
#include "stuck_words.h"

#define EVIDENCE_LINES 3 /* of each role; there may be hundreds */

void defect_look__run(struct defect_look *seen, const char *btf_path)
{
	stuck_look__run(&seen->look, btf_path, DEFECT_AGE_NS, &seen->failure);
}

void defect_look__fini(struct defect_look *seen)
{
	stuck_look__fini(&seen->look);
}

static enum defect_state state_of(const struct defect_look *seen, const struct defect *defect,
				  const char **reason)
{
	*reason = seen->failure.text;
	return seen->failure.code ? DEFECT_NOT_LOOKED
				  : defect__state(defect, &seen->look.stuck, reason);
}

/* ---- in words ---- */

/* "dl-fault (pid 12) in fault, waits for free_range for 2.30s: db/table, nodeid 3, on /mnt/dax" */
static void print_evidence(const struct defect_look *seen, enum defect_role role,
			   const struct stuck_task *task)
{
	char who[STUCK_WORDS_BYTES], file[STUCK_WORDS_BYTES];
	char text[2 * STUCK_WORDS_BYTES], age[FMT_BYTES];
	bool has_age = task->seen.unrun_ns != TASK_AGE_UNKNOWN;

	snprintf(text, sizeof(text), "%s, waits for %s%s%s: %s",
		 stuck_words__task(task, who, sizeof(who)), stuck__wait_name(task->wait),
		 has_age ? " for " : "",
		 has_age ? fmt__ns(age, sizeof(age), task->seen.unrun_ns) : "",
		 task->details->inode.kind
			 ? stuck_words__file(&seen->look, task, file, sizeof(file))
			 : "file not known");
	print_words(defect_roles[role], text);
}

static void print_role(const struct defect_look *seen, const struct defect *defect,
		       enum defect_role role)
{
	const struct stuck_task *task = NULL;
	unsigned int cnt = 0;
	char more[FMT_BYTES + 16];

	while ((task = defect__evidence(defect, &seen->look.stuck, role, task)))
		if (cnt++ < EVIDENCE_LINES)
			print_evidence(seen, role, task);
	if (cnt <= EVIDENCE_LINES)
		return;
	snprintf(more, sizeof(more), "%u more", cnt - EVIDENCE_LINES);
	print_words("", more);
}

/* "NAME: TEXT" */
static void print_name(const char *heading, const struct defect *defect)
{
	char text[STUCK_WORDS_BYTES];

	snprintf(text, sizeof(text), "%s: %s", defect->name, defect->text);
	print_words(heading, text);
}

static void print_shown(const struct defect_look *seen, const struct defect *defect)
{
	print_name("SHOWN", defect);
	print_words("  do", defect->advice);
	print_words("  on", defect->seen_on);
	for (int role = 0; role < DEFECT_ROLES_NR; role++)
		print_role(seen, defect, role);
}

/* All of a state that is not shown, under why. */
static void print_others(const struct defect_look *seen, enum defect_state state,
			 const char *heading)
{
	bool is_first = true;
	const char *reason;

	for (size_t i = 0; i < defects_cnt; i++) {
		if (state_of(seen, &defects[i], &reason) != state)
			continue;
		if (is_first)
			printf("  %s\n", heading);
		if (is_first && reason)
			print_words("why", reason);
		print_name("     -", &defects[i]);
		is_first = false;
	}
}

void defect_look__print(const struct defect_look *seen)
{
	const char *reason;

	printf("\nKNOWN DEFECTS of kernels, by what tasks do now\n");
	for (size_t i = 0; i < defects_cnt; i++)
		if (state_of(seen, &defects[i], &reason) == DEFECT_SHOWN)
			print_shown(seen, &defects[i]);
	print_others(seen, DEFECT_NOT_SHOWN,
		     "not shown now (what has not happened cannot be seen)");
	print_others(seen, DEFECT_NOT_LOOKED, "not looked for");
}

/* ---- as JSON ---- */

static json_t *task_json(const struct defect_look *seen, enum defect_role role,
			 const struct stuck_task *task)
{
	json_t *o = stuck_words__task_json(task);

	json_object_set_new(o, "role", json_string(defect_roles[role]));
	json_object_set_new(o, "wait", json_string(stuck__wait_name(task->wait)));
	json_object_set_new(o, "unrun_ns", stuck_words__unrun_json(task));
	json_object_set_new(o, "inode", stuck_words__inode_json(&seen->look, task));
	return o;
}

static json_t *evidence_json(const struct defect_look *seen, const struct defect *defect)
{
	const struct stuck_task *task = NULL;
	json_t *all = json_array();

	for (int role = 0; role < DEFECT_ROLES_NR; role++)
		while ((task = defect__evidence(defect, &seen->look.stuck, role, task)))
			json_array_append_new(all, task_json(seen, role, task));
	return all;
}

static json_t *defect_json(const struct defect_look *seen, const struct defect *defect)
{
	json_t *o = json_object();
	const char *reason;
	enum defect_state state = state_of(seen, defect, &reason);

	json_object_set_new(o, "name", json_string(defect->name));
	json_object_set_new(o, "state", json_string(defect_states[state]));
	json_object_set_new(o, "reason", stuck_words__text_json(reason));
	json_object_set_new(o, "sentence", json_string(defect->text));
	json_object_set_new(o, "advice", json_string(defect->advice));
	json_object_set_new(o, "seen_on", json_string(defect->seen_on));
	json_object_set_new(o, "evidence",
			    state == DEFECT_SHOWN ? evidence_json(seen, defect) : json_array());
	return o;
}

json_t *defect_look__json(const struct defect_look *seen)
{
	json_t *all = json_array();

	for (size_t i = 0; i < defects_cnt; i++)
		json_array_append_new(all, defect_json(seen, &defects[i]));
	return all;
}
