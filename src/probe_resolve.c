// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * The plan held against this kernel, before the load, since one program whose function is missing
 * would fail the whole object: which spelling of a function it has, whether its BTF knows it
 * (fentry, with types) or only its symbol table does (a kprobe, without), and where arguments
 * stand.
 */
#include "probe_internal.h"

#include <bpf/btf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "symbols.h"

#define FENTRY_ARGS_MAX 6 /* of old kernels */

/* Kernel types: vmlinux', and those of the modules that fuse may be in. */
struct kernel_types {
	struct btf *btfs[3];
	unsigned int cnt;
};

static int kernel_types__load(struct kernel_types *types, const char *path)
{
	static const char *const modules[] = { "fuse", "virtiofs" };
	struct btf *vmlinux = path ? btf__parse(path, NULL) : btf__load_vmlinux_btf();

	if (!vmlinux)
		return -errno;
	types->btfs[types->cnt++] = vmlinux;
	for (unsigned int i = 0; !path && i < sizeof(modules) / sizeof(modules[0]); i++) {
		struct btf *btf = btf__load_module_btf(modules[i], vmlinux);

		if (btf)
			types->btfs[types->cnt++] = btf;
	}
	return 0;
}

static void kernel_types__free(struct kernel_types *types)
{
	while (types->cnt)
		btf__free(types->btfs[--types->cnt]);
}

/* The type of this name and kind, or NULL; @btf is where its own types are. */
static const struct btf_type *kernel_types__find(const struct kernel_types *types, const char *name,
						 __u32 kind, const struct btf **btf)
{
	for (unsigned int i = 0; i < types->cnt; i++) {
		int id = btf__find_by_name_kind(types->btfs[i], name, kind);

		if (id < 0)
			continue;
		*btf = types->btfs[i];
		return btf__type_by_id(*btf, id);
	}
	return NULL;
}

static bool kernel_types__have(const struct kernel_types *types, const char *name, __u32 kind)
{
	const struct btf *btf;

	return kernel_types__find(types, name, kind, &btf);
}

static bool kernel_types__have_member(const struct kernel_types *types, const char *structure,
				      const char *member)
{
	const struct btf *btf;
	const struct btf_type *type = kernel_types__find(types, structure, BTF_KIND_STRUCT, &btf);

	for (int i = 0; type && i < btf_vlen(type); i++)
		if (!strcmp(btf__name_by_offset(btf, btf_members(type)[i].name_off), member))
			return true;
	return false;
}

/* Which argument of @function is a pointer to @type; -ENOENT. */
static int argument_of_type(const struct kernel_types *types, const char *function,
			    const char *type)
{
	const struct btf *btf;
	const struct btf_type *proto = kernel_types__find(types, function, BTF_KIND_FUNC, &btf);

	if (proto)
		proto = btf__type_by_id(btf, proto->type);
	for (int i = 0; proto && i < btf_vlen(proto); i++) {
		const struct btf_type *arg = btf__type_by_id(btf, btf_params(proto)[i].type);

		if (!btf_is_ptr(arg))
			continue;
		arg = btf__type_by_id(btf, arg->type);
		if (!strcmp(btf__name_by_offset(btf, arg->name_off), type))
			return i;
	}
	return -ENOENT;
}

/*
 * Can fentry have this function, which BTF knows? Before 6.1 (struct btf_func_model got arg_flags
 * then) it takes no structures by value, nor more than six arguments: dax_insert_entry() has both
 * on 5.10.
 */
static bool fits_fentry(const struct kernel_types *types, const char *function)
{
	const struct btf *btf;
	const struct btf_type *proto = kernel_types__find(types, function, BTF_KIND_FUNC, &btf);

	if (!proto || kernel_types__have_member(types, "btf_func_model", "arg_flags"))
		return proto != NULL;
	proto = btf__type_by_id(btf, proto->type);
	for (int i = 0; i < btf_vlen(proto); i++) {
		int id = btf__resolve_type(btf, btf_params(proto)[i].type);

		if (id < 0 || btf_is_composite(btf__type_by_id(btf, id)))
			return false;
	}
	return btf_vlen(proto) <= FENTRY_ARGS_MAX;
}

/* What a plan is held against. */
struct kernel {
	struct kernel_types types;
	struct symbol *symbols; /* HOOK_NAMES for each row; NULL while nobody asked */
	int symbols_err;	/* why they could not be read */
};

static bool has_tracepoint(const struct kernel *kernel, const char *name)
{
	char type[64];

	snprintf(type, sizeof(type), "btf_trace_%s", name);
	return kernel_types__have(&kernel->types, type, BTF_KIND_TYPEDEF);
}

static int symbols_read(struct kernel *kernel)
{
	kernel->symbols = calloc(hook_table_cnt * HOOK_NAMES, sizeof(*kernel->symbols));
	if (!kernel->symbols)
		return -ENOMEM;
	for (unsigned int i = 0; i < hook_table_cnt * HOOK_NAMES; i++)
		kernel->symbols[i].name = hook_table[i / HOOK_NAMES].names[i % HOOK_NAMES] ?: "";
	return symbols__find(kernel->symbols, hook_table_cnt * HOOK_NAMES);
}

static bool has_symbol(struct kernel *kernel, unsigned int row, int spelling)
{
	if (!kernel->symbols)
		kernel->symbols_err = symbols_read(kernel);
	return kernel->symbols && kernel->symbols[row * HOOK_NAMES + spelling].start;
}

/* How the kernel can hook this spelling of a row's function. */
static enum hook_how how_function(struct probe *p, struct kernel *kernel, unsigned int row,
				  int spelling)
{
	const char *name = hook_table[row].names[spelling];

	if (!name)
		return HOW_NONE;
	if (!p->by_kprobe && fits_fentry(&kernel->types, name) &&
	    (!p->asks_symbols || has_symbol(kernel, row, spelling)))
		return HOW_FENTRY;
	return has_symbol(kernel, row, spelling) ? HOW_KPROBE : HOW_NONE;
}

static void resolve_function(struct probe *p, struct hook_state *state, struct kernel *kernel)
{
	const struct hook *hook = state->hook;

	if (hook->types && !kernel_types__have(&kernel->types, hook->types, BTF_KIND_STRUCT)) {
		state->cause = CAUSE_NO_TYPES;
		return;
	}
	for (int i = 0; i < HOOK_NAMES && state->how == HOW_NONE; i++) {
		state->how = how_function(p, kernel, hook - hook_table, i);
		if (state->how != HOW_NONE)
			state->name = hook->names[i];
	}
	state->cause = kernel->symbols_err ? CAUSE_NO_SYMBOLS : CAUSE_NO_FUNCTION;
}

static void resolve_tracepoint(struct probe *p, struct hook_state *state, struct kernel *kernel)
{
	if (p->by_kprobe)
		state->how = HOW_RAW_TP;
	else if (has_tracepoint(kernel, state->name))
		state->how = HOW_TP_BTF;
	state->cause = CAUSE_NO_TRACEPOINT;
}

static void resolve_iterator(struct probe *p, struct hook_state *state, struct kernel *kernel)
{
	(void)kernel;
	if (!p->by_kprobe)
		state->how = HOW_ITERATOR;
	state->cause = CAUSE_NO_BTF;
}

/* Not all programs are there in both flavours: those that need arguments at an end are not. */
static bool has_programs(const struct probe *p, const struct hook_state *state)
{
	return (!state->hook->begin || probe__program(p, state, false)) &&
	       (!state->hook->end || probe__program(p, state, true));
}

static bool is_wanted(const struct probe *p, const struct hook *hook)
{
	return hook->details & 1U << p->detail &&
	       hook->with != (p->has_phases ? PHASES_NEVER : PHASES_ONLY) &&
	       !(hook->why_not && hook->why_not());
}

static void hook_resolve(struct probe *p, struct hook_state *state, struct kernel *kernel)
{
	static void (*const resolve[])(struct probe *, struct hook_state *, struct kernel *) = {
		[HOOK_FUNCTION] = resolve_function,
		[HOOK_TRACEPOINT] = resolve_tracepoint,
		[HOOK_ITERATOR] = resolve_iterator,
	};

	state->name = state->hook->names[0];
	state->status = HOOK_UNUSED;
	if (!is_wanted(p, state->hook))
		return;
	resolve[state->hook->kind](p, state, kernel);
	if (state->how != HOW_NONE && !has_programs(p, state))
		state->how = HOW_NONE;
	state->status = state->how == HOW_NONE ? HOOK_MISSING : HOOK_UNTRIED;
	if (state->status == HOOK_UNTRIED)
		state->cause = CAUSE_NONE;
}

static bool any_in(const struct probe *p, enum hook_group group, bool is_stand_in,
		   enum hook_status status)
{
	for (unsigned int i = 0; i < hook_table_cnt; i++) {
		const struct hook *hook = p->hooks[i].hook;

		if ((is_stand_in ? hook->stands_in_for : hook->group) == group &&
		    p->hooks[i].status == status)
			return true;
	}
	return false;
}

/* Uses either the rows of a group or those that stand in for it: the group's, if it is complete. */
static void group_resolve(struct probe *p, enum hook_group group)
{
	bool is_own =
		!any_in(p, group, false, HOOK_MISSING) || any_in(p, group, true, HOOK_MISSING);

	for (unsigned int i = 0; i < hook_table_cnt; i++) {
		const struct hook *hook = p->hooks[i].hook;

		if (is_own ? hook->stands_in_for == group : hook->group == group)
			p->hooks[i].status = HOOK_UNUSED;
	}
}

static bool is_of_dax(const struct hook_state *state)
{
	return !strcmp(state->hook->source, "fs/fuse/dax.c");
}

/* A kernel that has none of fuse's DAX functions has no DAX. */
static void causes_tell_dax(struct probe *p)
{
	bool has_dax = false;

	for (unsigned int i = 0; i < hook_table_cnt; i++)
		has_dax |= is_of_dax(&p->hooks[i]) && p->hooks[i].how != HOW_NONE;
	for (unsigned int i = 0; i < hook_table_cnt && !has_dax; i++)
		if (is_of_dax(&p->hooks[i]) && p->hooks[i].cause == CAUSE_NO_FUNCTION)
			p->hooks[i].cause = CAUSE_NO_DAX;
}

static void programs_choose(struct probe *p)
{
	for (unsigned int i = 0; i < hook_table_cnt; i++) {
		const struct hook_state *state = &p->hooks[i];

		for (int is_end = 0; is_end < 2 && state->status == HOOK_UNTRIED; is_end++) {
			struct bpf_program *program = probe__program(p, state, is_end);

			if (!program)
				continue;
			bpf_program__set_autoload(program, true);
			if (state->how == HOW_FENTRY)
				bpf_program__set_attach_target(program, 0, state->name);
		}
	}
}

static __u32 dentry_arg(const struct kernel *kernel, const char *function)
{
	int arg = argument_of_type(&kernel->types, function, "dentry");

	return arg < 0 ? ARG_UNKNOWN : arg;
}

static void kernel_look(struct probe *p, const struct kernel *kernel)
{
	const struct kernel_types *types = &kernel->types;

	p->has_fuse_types = kernel_types__have(types, "fuse_inode", BTF_KIND_STRUCT);
	p->has_mem_alloc = kernel_types__have(types, "bpf_mem_alloc", BTF_KIND_STRUCT);
	p->has_recursion_misses =
		kernel_types__have_member(types, "bpf_prog_info", "recursion_misses");
	p->skel->rodata->page_shift = __builtin_ctzl(sysconf(_SC_PAGESIZE));
	/* It came with the change that searches files which are not mapped. */
	p->skel->rodata->scans_unmapped =
		kernel_types__have(types, "dax_break_layout", BTF_KIND_FUNC);
	p->skel->rodata->do_truncate_dentry_arg = dentry_arg(kernel, "do_truncate");
	p->skel->rodata->fuse_do_setattr_dentry_arg = dentry_arg(kernel, "fuse_do_setattr");
}

int probe__resolve_plan(struct probe *p, const char *btf_path, struct failure *failure)
{
	struct kernel kernel = {};
	int err = kernel_types__load(&kernel.types, btf_path);

	if (err)
		return failure__set(
			failure, err, EXIT_CANNOT_RUN, "cannot read the kernel's types from %s: %s",
			btf_path ?: VMLINUX_BTF,
			err <= -__LIBBPF_ERRNO__START ? "it holds no BTF" : strerror(-err));
	for (unsigned int i = 0; i < hook_table_cnt; i++) {
		p->hooks[i].hook = &hook_table[i];
		hook_resolve(p, &p->hooks[i], &kernel);
	}
	for (enum hook_group group = GROUP_NONE + 1; group < GROUP_NR; group++)
		group_resolve(p, group);
	causes_tell_dax(p);
	programs_choose(p);
	kernel_look(p, &kernel);
	kernel_types__free(&kernel.types);
	free(kernel.symbols);
	return 0;
}

/* Levels below full need more of the kernel than full does. */
int probe__check_detail(const struct probe *p, struct failure *failure)
{
	if (p->detail == DETAIL_FULL)
		return 0;
	if (!p->has_fuse_types)
		return failure__set(failure, -EOPNOTSUPP, EXIT_CANNOT_RUN,
				    "--detail %s needs fuse's types, which this kernel does not "
				    "describe (CONFIG_DEBUG_INFO_BTF_MODULES, since 5.11): use "
				    "--detail full",
				    detail_table[p->detail].name);
	if (p->by_kprobe && p->detail == DETAIL_COUNTS)
		return failure__set(failure, -EOPNOTSUPP, EXIT_CANNOT_RUN,
				    "--detail counts needs fexit, which this kernel has not "
				    "(CONFIG_DEBUG_INFO_BTF, CONFIG_DYNAMIC_FTRACE): use "
				    "--detail stalls or full");
	return 0;
}

/* Below DETAIL_FULL: where the functions are that tell an operation by its stack. */
int probe__resolve_code(struct probe *p, struct failure *failure)
{
	struct daxtop_bpf__rodata *settings = p->skel->rodata;
	struct symbol symbols[CODE_RANGES] = {};
	__u64 low = ~0ULL, high = 0;
	int err;

	if (p->detail == DETAIL_FULL)
		return 0;
	for (unsigned int i = 0; i < code_table_cnt; i++)
		symbols[i].name = code_table[i].name;
	err = symbols__find(symbols, code_table_cnt);
	if (!err && !symbols[0].start)
		err = -ESRCH;
	if (err)
		return failure__set(failure, err, EXIT_CANNOT_RUN,
				    "cannot find %s in /proc/kallsyms: %s; below --detail full "
				    "operations are told by their stacks, which needs "
				    "CONFIG_KALLSYMS and kernel.kptr_restrict below 2",
				    symbols[0].name,
				    err == -EACCES ? "the kernel hides addresses" : strerror(-err));
	for (unsigned int i = 0; i < code_table_cnt; i++) {
		if (!symbols[i].start) {
			p->code_missing |= code_table[i].op < OP_NR ? 1U << code_table[i].op : 0;
			continue;
		}
		settings->code_ranges[i].start = symbols[i].start;
		settings->code_ranges[i].end = symbols[i].end;
		settings->code_ranges[i].op = code_table[i].op;
		low = symbols[i].start < low ? symbols[i].start : low;
		high = symbols[i].end > high ? symbols[i].end : high;
	}
	settings->code_low = low;
	settings->code_high = high;
	return 0;
}
