// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * The table of subcommands. Without one, or with an option first, it is top.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "cmd.h"
#include "dax_verdict.h"
#include "defects.h"
#include "fmt.h"
#include "independence.h"
#include "names.h"
#include "view_json.h"
#include "view_text.h"

#define COLUMNS	   80
#define INDENT	   9 /* of all but a heading */
#define TEXT_BYTES 2048

static enum exit_code cmd_help(int argc, char **argv);
static enum exit_code cmd_version(int argc, char **argv);

static const struct command {
	const char *name;
	enum exit_code (*run)(int argc, char **argv);
	const char *help;
	bool is_tracing; /* must not hang with a mount */
} commands[] = {
	{ "top", cmd_top, "where operations on DAX files wait, now (the default)", true },
	{ "record", cmd_record, "each operation to a file, for report", true },
	{ "report", cmd_report, "what a recording has, as top shows it", false },
	{ "replay", cmd_replay, "a recording in the live view", false },
	{ "doctor", cmd_doctor, "is DAX on, and what this machine offers for tracing", true },
	{ "script", cmd_script, "the events of a recording, a line each", false },
	{ "export", cmd_export, "recordings for other programs: traces, flame graphs, tables",
	  false },
	{ "help", cmd_help, "this text", false },
	{ "version", cmd_version, "the tool's version", false },
};

static void (*complaints)(const char *text);

void complain_by(void (*say)(const char *text))
{
	complaints = say;
}

enum exit_code complain(enum exit_code code, const char *fmt, ...)
{
	char text[1024], clean[1024];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	fmt__clean(clean, sizeof(clean), text, strlen(text));
	if (complaints)
		complaints(clean);
	else
		fprintf(stderr, TOOL_NAME ": %s\n", clean);
	return code;
}

enum exit_code print_object(json_t *root)
{
	int err = json_dumpf(root, stdout, JSON_INDENT(2)) || puts("") < 0 || fflush(stdout);

	json_decref(root);
	return err ? complain(EXIT_CANNOT_RUN, "cannot write: %s", strerror(errno)) : EXIT_FINE;
}

static unsigned int columns(void)
{
	struct winsize size;

	return isatty(STDOUT_FILENO) && !ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) ? size.ws_col : 0;
}

int show_summary(const struct summary *s, const struct names *names, struct view_opts *opts,
		 bool is_json)
{
	int err;

	opts->width = columns();
	err = is_json ? view_json__print(stdout, s, names, opts)
		      : view_text__print(stdout, s, names, opts);
	if (!err && fflush(stdout))
		err = -errno;
	if (err)
		complain(EXIT_CANNOT_RUN, "cannot write the summary: %s", strerror(-err));
	return err;
}

void print_words(const char *heading, const char *text)
{
	char clean[TEXT_BYTES], indented[32];

	snprintf(indented, sizeof(indented), "  %s", heading);
	fmt__print_wrapped(stdout, indented, INDENT, COLUMNS,
			   fmt__clean(clean, sizeof(clean), text, strlen(text)));
}

static void help_operations(void)
{
	for (int op = 0; op < OP_NR; op++)
		printf("  %-16s %s\n", op_table[op].name, op_table[op].help);
}

static void help_waits(void)
{
	for (int wait = 0; wait < WAIT_NR; wait++)
		printf("  %-16s %s\n", wait_table[wait].name, wait_table[wait].help);
}

static void help_phases(void)
{
	for (int phase = 0; phase < PHASE_NR; phase++)
		printf("  %-16s %s\n", phase_table[phase].name, phase_table[phase].help);
}

static void help_outcomes(void)
{
	for (int i = 0; i < OUTCOME_NR; i++)
		printf("  %-16s %s\n", outcome_table[i].name, outcome_table[i].help);
}

/* Why DAX is on or off, as doctor PATH has it; {words} are filled in there. */
static void help_causes(void)
{
	for (size_t i = 0; i < dax_causes_cnt; i++)
		printf("  %-22s %s\n", dax_causes[i].name,
		       *dax_causes[i].text ? dax_causes[i].text : "DAX is on");
}

static void help_defects(void)
{
	for (size_t i = 0; i < defects_cnt; i++)
		printf("  %-22s %s\n", defects[i].name, defects[i].text);
}

static void help_counters(void)
{
	for (int i = 0; i < COUNTER_NR; i++)
		printf("  %-16s %s\n", counter_table[i].name, counter_table[i].help);
}

static void detail_column(int detail, const char *text)
{
	printf(" %-*s", detail < DETAIL_NR - 1 ? 7 : 0, text);
}

/* What each level of detail measures, as op_measure() has it. */
static void help_detail(void)
{
	for (int i = 0; i < DETAIL_NR; i++)
		printf("  %-16s %s\n", detail_table[i].name, detail_table[i].help);
	printf("\n  %-16s", "operation");
	for (int i = 0; i < DETAIL_NR; i++)
		detail_column(i, detail_table[i].name);
	for (int op = 0; op < OP_NR; op++) {
		printf("\n  %-16s", op_table[op].name);
		for (int i = 0; i < DETAIL_NR; i++)
			detail_column(i, measure_table[op_measure(i, op)].name);
	}
	printf("\n\n");
	for (int i = MEASURE_NR - 1; i >= 0; i--)
		printf("  %-16s %s\n", measure_table[i].name, measure_table[i].help);
	putchar('\n');
	for (int i = 0; detail_notes[i]; i++)
		printf("  %s\n", detail_notes[i]);
}

static const struct {
	const char *name;
	void (*print)(void);
} help_topics[] = {
	{ "operations", help_operations }, { "waits", help_waits },
	{ "outcomes", help_outcomes },	   { "counters", help_counters },
	{ "detail", help_detail },	   { "phases", help_phases },
	{ "causes", help_causes },	   { "defects", help_defects },
};

static enum exit_code cmd_help(int argc, char **argv)
{
	for (size_t i = 0; argc > 1 && i < sizeof(help_topics) / sizeof(help_topics[0]); i++) {
		if (strcmp(argv[1], help_topics[i].name))
			continue;
		help_topics[i].print();
		return EXIT_FINE;
	}
	if (argc > 1 && argv[1][0] != '-')
		return complain(EXIT_USAGE, "no help on '%s'; see " TOOL_NAME " help", argv[1]);
	printf("usage: " TOOL_NAME " [COMMAND] [OPTION...]\n\n"
	       "Says where tasks on virtiofs DAX files wait: for i_mmap_sem, i_dmap_sem and the\n"
	       "inode lock, for pinned pages, for a free range of the DAX window, and for the "
	       "host.\n\n");
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
		printf("  %-8s %s\n", commands[i].name, commands[i].help);
	printf("\n" TOOL_NAME " COMMAND --help tells the options of each;\n" TOOL_NAME
	       " help operations, waits, outcomes or counters what each figure means;\n" TOOL_NAME
	       " help detail what each level of detail measures;\n" TOOL_NAME
	       " help phases what --phases splits a fault's time into;\n" TOOL_NAME
	       " help causes what doctor PATH knows of why DAX is on or off;\n" TOOL_NAME
	       " help defects which defects of kernels doctor looks for.\n"
	       "Exit codes: 0 fine, 1 DAX is off (doctor PATH) or something hangs (doctor "
	       "--stuck),\n"
	       "2 usage, 3 could not run (privilege, kernel, machine), 4 a recording that is\n"
	       "damaged, or has no end.\n");
	return EXIT_FINE;
}

static enum exit_code cmd_version(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	printf(TOOL_NAME " %s\n", DAXTOP_VERSION);
	return EXIT_FINE;
}

static const struct command *find_command(const char *name)
{
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
		if (!strcmp(name, commands[i].name))
			return &commands[i];
	return NULL;
}

static enum exit_code run_command(int argc, char **argv)
{
	bool is_default = argc < 2 || argv[1][0] == '-';
	const struct command *command = find_command(is_default ? "top" : argv[1]);
	struct failure failure;

	if (argc > 1 && (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h")))
		return cmd_help(argc, argv);
	if (argc > 1 && (!strcmp(argv[1], "--version") || !strcmp(argv[1], "-V")))
		return cmd_version(argc, argv);
	if (!command)
		return complain(EXIT_USAGE, "no command '%s'; see " TOOL_NAME " --help", argv[1]);
	if (command->is_tracing && leave_mounts(argv, &failure))
		complain(failure.code, "%s", failure.text);
	return command->run(argc - !is_default, argv + !is_default);
}

/* A descriptor opened later must not become the standard output of a caller that closed it. */
static void fill_standard_descriptors(void)
{
	int fd;

	do
		fd = open("/dev/null", O_RDWR);
	while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd >= 0)
		close(fd);
}

int main(int argc, char **argv)
{
	enum exit_code code;

	fill_standard_descriptors();
	code = run_command(argc, argv);
	if ((fflush(stdout) || ferror(stdout)) && code == EXIT_FINE)
		return complain(EXIT_CANNOT_RUN, "cannot write to standard output");
	return code;
}
