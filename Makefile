# virtiofs-daxtop. `make help` tells the targets; V=1 shows the commands.

VERSION := 0.1.0
PREFIX ?= /usr/local
BUILD ?= build

# ARCH is uname -m's word; Debian's are understood too. What is built for another machine than this
# one lies in a folder of its own under BUILD.
MACHINE := $(shell uname -m)
ARCH ?= $(MACHINE)
ARCH_arm64 := aarch64
ARCH_amd64 := x86_64
override ARCH := $(or $(ARCH_$(ARCH)),$(ARCH))
ifneq ($(ARCH),$(MACHINE))
CROSS := $(ARCH)-linux-gnu-
override BUILD := $(BUILD)/$(ARCH)
endif

ifeq ($(origin CC),default)
CC := $(CROSS)gcc
endif
OBJCOPY ?= $(CROSS)objcopy
CLANG ?= clang
BPFTOOL ?= $(firstword $(wildcard /usr/sbin/bpftool) bpftool)
PKG_CONFIG ?= pkg-config

BPF_ARCH_x86_64 := x86
BPF_ARCH_aarch64 := arm64
BPF_ARCH := $(BPF_ARCH_$(ARCH))

WARNINGS := -Wall -Wextra
ifdef CI
WARNINGS += -Werror
endif
CFLAGS ?= -O2 -g
CFLAGS_ALL := -std=gnu11 -D_GNU_SOURCE $(WARNINGS) -DDAXTOP_VERSION='"$(VERSION)"' $(CFLAGS)
BPF_CFLAGS := -g -O2 -target bpf -mcpu=v3 -D__TARGET_ARCH_$(BPF_ARCH) $(WARNINGS) \
	-Wno-unused-parameter -Ivmlinux/$(ARCH) -Ibpf -isystem /usr/include/$(ARCH)-linux-gnu

ifndef V
Q := @
say = @printf '  %-8s %s\n' $(1) $(patsubst $(BUILD)/%,%,$@)
endif

include tests/guest/backend/backend.mk
include tests/guest/workload/workload.mk
-include tests/unit/unit.mk

# Each iterator is an object of its own, which loads fast and hooks nothing.
ITERATORS := task_walk conn_look
BPF_SRCS := $(filter-out $(ITERATORS:%=bpf/%.bpf.c),$(sort $(wildcard bpf/*.bpf.c)))
# Each is compiled for both ways to hook: see bpf/hook.bpf.h
# BPF_BUILD: where another build, with other flags for the program, finds them too
BPF_BUILD ?= $(BUILD)
ITERATOR_OBJS := $(ITERATORS:%=$(BPF_BUILD)/bpf/%.bpf.o)
BPF_OBJS := $(BPF_SRCS:%.bpf.c=$(BPF_BUILD)/%.bpf.o) $(BPF_SRCS:%.bpf.c=$(BPF_BUILD)/%.kprobe.bpf.o)
SKELETON := $(BPF_BUILD)/daxtop.skel.h

# What knows nothing of libbpf, and what does.
PURE_SRCS := $(MODEL_SRCS) $(VIEW_SRCS) $(LIVE_SRCS) $(REC_SRCS) $(EXPORT_SRCS) src/event_filter.c \
	src/mounts.c src/failure.c src/probe_plan.c src/host.c \
	src/own_proc.c src/independence.c src/privilege.c src/mount_wait.c src/deadline.c src/stuck.c \
	src/stuck_words.c src/defects.c src/task_look.c src/dax_facts.c src/settings.c
PROBE_SRCS := src/probe.c src/probe_resolve.c src/probe_attach.c src/probe_read.c src/symbols.c \
	src/kprobe_events.c src/probe_pins.c src/probe_repeats.c src/task_walk.c src/symbol_table.c \
	src/stuck_look.c src/conn_look.c src/probe_record.c
CMD_SRCS := src/main.c src/options.c src/rec_options.c src/trace.c src/recorder.c src/rec_out.c \
	src/rec_ring.c src/rec_names.c src/child.c src/screen.c $(sort $(wildcard src/cmd_*.c))
# The terminal, which alone knows curses.
TERM_SRCS := src/term.c src/term_restore.c src/term_size.c src/term_look.c src/term_keys.c src/term_info.c
TERM_OBJS := $(TERM_SRCS:%.c=$(BUILD)/%.o) $(BUILD)/term_entries.o
TERM_LIBS := -lncursesw -ltinfo
TOOL_OBJS := $(patsubst %.c,$(BUILD)/%.o,$(PURE_SRCS) $(PROBE_SRCS) $(CMD_SRCS)) $(TERM_OBJS)
TOOL_LIBS := -lbpf -lelf -lz -ljansson -lm $(TERM_LIBS)

BACKEND_OBJS := $(BACKEND_SRCS:%.c=$(BUILD)/%.o)
WORKLOAD_OBJS := $(WORKLOAD_SRCS:%.c=$(BUILD)/%.o)

MAN_PAGES := $(sort $(wildcard man/*.[1-8]))

all: $(BUILD)/virtiofs-daxtop $(BUILD)/virtiofs-daxtop-dynamic ## the tool, static and dynamic; ARCH=arm64: for arm64, with the workloads, in build/aarch64

guest: $(BUILD)/daxload ## what the test guest is made of

# The backend runs on this machine, whatever the guest is.
ifdef CROSS
all: $(BUILD)/daxload
$(TOOL_OBJS) $(WORKLOAD_OBJS) $(BPF_OBJS) $(ITERATOR_OBJS): | cross-tools
else
guest: $(BUILD)/virtiofs-dax-backend
endif

cross-tools:
	@command -v $(CC) >/dev/null && [ -e /usr/lib/$(ARCH)-linux-gnu/libbpf.a ] || \
		{ echo "cannot build for $(ARCH) yet; as root: make ARCH=$(ARCH) deps" >&2; exit 1; }

help: ## this text
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

$(BPF_BUILD)/%.bpf.o: %.bpf.c
	$(call say,BPF)
	@mkdir -p $(@D)
	$(Q)$(CLANG) $(BPF_CFLAGS) -MMD -MP -c $< -o $@

$(BPF_BUILD)/%.kprobe.bpf.o: %.bpf.c
	$(call say,BPF)
	@mkdir -p $(@D)
	$(Q)$(CLANG) $(BPF_CFLAGS) -DBY_KPROBE -MMD -MP -c $< -o $@

$(BPF_BUILD)/daxtop.bpf.o: $(BPF_OBJS)
	$(call say,LINK)
	$(Q)$(BPFTOOL) gen object $@ $^

$(SKELETON): $(BPF_BUILD)/daxtop.bpf.o
	$(call say,SKELETON)
	$(Q)$(BPFTOOL) gen skeleton $< name daxtop_bpf > $@

# Alone, too, it is linked: that leaves DWARF out, which is most of an object.
$(ITERATORS:%=$(BPF_BUILD)/%.bpf.o): $(BPF_BUILD)/%.bpf.o: $(BPF_BUILD)/bpf/%.bpf.o
	$(call say,LINK)
	$(Q)$(BPFTOOL) gen object $@ $<

$(ITERATORS:%=$(BPF_BUILD)/%.skel.h): $(BPF_BUILD)/%.skel.h: $(BPF_BUILD)/%.bpf.o
	$(call say,SKELETON)
	$(Q)$(BPFTOOL) gen skeleton $< name $*_bpf > $@

$(PROBE_SRCS:%.c=$(BUILD)/%.o): $(SKELETON) $(ITERATORS:%=$(BPF_BUILD)/%.skel.h)

$(BUILD)/%.o: %.c
	$(call say,CC)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS_ALL) -I$(BPF_BUILD) -pthread -MMD -MP -c $< -o $@

# Descriptions of terminals for machines that have none, from those of this one (not from its user's).
TERM_ENTRIES := linux xterm xterm-256color screen screen-256color tmux-256color \
	rxvt-unicode-256color vt100 vt220 ansi

$(BUILD)/term_entries.c: Makefile
	$(call say,TERMINFO)
	@mkdir -p $(@D)
	$(Q){ echo '#include "src/term_info.h"' && echo 'const struct term_entry term_entries[] = {' && \
		for term in $(TERM_ENTRIES); do \
			entry=$$(env -u TERMINFO -u TERMINFO_DIRS HOME=/nonexistent infocmp -x -Q2 $$term) && \
			printf '\t{ "%s",\n' $$term && \
			echo "$$entry" | sed -e '/^#/d' -e 's/.*/\t  "&"/' -e '$$s/$$/ },/' || exit 1; \
		done && echo '};' && \
		echo 'const size_t term_entries_cnt = sizeof(term_entries) / sizeof(term_entries[0]);'; } >$@

$(BUILD)/term_entries.o: $(BUILD)/term_entries.c
	$(call say,CC)
	$(Q)$(CC) $(CFLAGS_ALL) -I. -MMD -MP -c $< -o $@

$(BUILD)/virtiofs-daxtop: $(TOOL_OBJS)
	$(call say,LD)
	$(Q)$(CC) $(CFLAGS) -static $(LDFLAGS) $^ $(TOOL_LIBS) -o $@.debug
	$(Q)$(OBJCOPY) --strip-debug $@.debug $@

$(BUILD)/virtiofs-daxtop-dynamic: $(TOOL_OBJS)
	$(call say,LD)
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) $^ $(TOOL_LIBS) -o $@

$(BUILD)/virtiofs-dax-backend: $(BACKEND_OBJS)
	$(call say,LD)
	$(Q)$(CC) $(CFLAGS) -pthread $(LDFLAGS) $^ -o $@

$(BUILD)/daxload: $(WORKLOAD_OBJS)
	$(call say,LD)
	$(Q)$(CC) $(CFLAGS) -static -pthread $(LDFLAGS) $^ -o $@

install: all ## into DESTDIR and PREFIX
	install -D -m 755 $(BUILD)/virtiofs-daxtop $(DESTDIR)$(PREFIX)/bin/virtiofs-daxtop
	$(foreach page,$(MAN_PAGES),install -D -m 644 $(page) \
		$(DESTDIR)$(PREFIX)/share/man/man$(subst .,,$(suffix $(page)))/$(notdir $(page));)

demo: ## install what is needed, boot a contended guest, and show the tool's view of it
	@tests/run-demo

check: ## install what is needed, and run all tests
	@tests/run-check

check-arm64: ## install what is needed, and run the scenarios that matter in guests of arm64
	@tests/check-arm64

check-microvm: ## build a kernel without kprobes and modules (10 minutes, kept), and test the tool on it
	@tests/guest/check-microvm

check-matrix: all guest ## the core set of scenarios on all kernels (KERNELS="6.1 7.3": on these)
	@tests/guest/check-matrix

deps: ## install what the build needs (as root)
	@tests/install-packages $(ARCH)

# ---- what tests/run-check calls ----

SANITIZE := -O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=undefined
sanitized = $(MAKE) --no-print-directory BUILD=$(BUILD)/sanitized BPF_BUILD=$(BPF_BUILD) CFLAGS='$(SANITIZE)'

BACKEND_TEST_OBJS := $(BACKEND_TEST_SRCS:%.c=$(BUILD)/%.o)

$(BUILD)/backend-selftest: $(BACKEND_TEST_OBJS)
	$(call say,LD)
	$(Q)$(CC) $(CFLAGS) -pthread $(LDFLAGS) $^ -o $@

check-backend: ## the backend's own test, under sanitizers
	+$(Q)$(sanitized) $(BUILD)/sanitized/backend-selftest
	$(Q)$(BUILD)/sanitized/backend-selftest

UNIT_PROGRAMS := $(UNIT_TESTS:%.c=$(BUILD)/%)

$(UNIT_PROGRAMS): $(BUILD)/%: $(BUILD)/%.o $(UNIT_COMMON_SRCS:%.c=$(BUILD)/%.o) \
		$(MODEL_SRCS:%.c=$(BUILD)/%.o) $(VIEW_SRCS:%.c=$(BUILD)/%.o) $(LIVE_SRCS:%.c=$(BUILD)/%.o) \
		$(REC_SRCS:%.c=$(BUILD)/%.o) $(EXPORT_SRCS:%.c=$(BUILD)/%.o)
	$(call say,LD)
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) $^ -lz -ljansson -lm -o $@

$(BUILD)/tests/unit/test_rec_ring: $(RING_TEST_SRCS:%.c=$(BUILD)/%.o)
# With the descriptions of the test's own.
$(BUILD)/tests/unit/test_term_info: $(BUILD)/src/term_info.o

unit-programs: $(UNIT_PROGRAMS)

check-unit: ## unit tests, under sanitizers
	+$(Q)$(sanitized) unit-programs
	$(Q)cd tests/unit && for test in $(UNIT_TESTS:tests/unit/%.c=%); do \
		$(abspath $(BUILD))/sanitized/tests/unit/$$test || bad=1; done; exit $${bad:-0}

check-cli-asan: ## the command line, under sanitizers
	+$(Q)$(sanitized) $(BUILD)/sanitized/virtiofs-daxtop-dynamic
	$(Q)tests/cli/run $(BUILD)/sanitized/virtiofs-daxtop-dynamic

check-robust: all guest ## failing, hanging and dying hosts, CPU hotplug, little memory, signals
	@BUILD=$(BUILD) tests/guest/check-robust

check-culprits: all guest ## who is to blame, a hundred times each (KERNELS="5.10 6.1 7.2": on these; 10 minutes each)
	@bad=0; for kernel in $(or $(KERNELS),6.12); do \
		BUILD=$(BUILD) tests/guest/check-culprits --kernel $$kernel || bad=1; done; exit $$bad

check-window: all guest ## forecasts of other window sizes against windows of those sizes (10 minutes)
	@BUILD=$(BUILD) tests/guest/check-window

include tests/bench/bench.mk
include tests/fuzz/fuzz.mk
include tests/export/export.mk
include tests/term/term.mk
include tests/live/live.mk

format: ## format the C code
	clang-format -i $(filter-out vmlinux/%,$(shell git ls-files '*.c' '*.h'))

vmlinux: ## kernel types anew, from the 6.12 kernel that the guest tests use
	@vmlinux/generate $(ARCH)

clean: ## remove what was built, not what was downloaded
	rm -rf $(BUILD)

-include $(TOOL_OBJS:.o=.d) $(UNIT_PROGRAMS:=.d) $(BPF_OBJS:.o=.d) $(ITERATOR_OBJS:.o=.d) $(BACKEND_OBJS:.o=.d) $(WORKLOAD_OBJS:.o=.d)

.DELETE_ON_ERROR:
.PHONY: all guest cross-tools help install demo check check-arm64 check-matrix check-microvm deps check-backend check-unit unit-programs \
	check-cli-asan check-robust check-culprits check-window format vmlinux clean
