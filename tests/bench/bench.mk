# What tracing costs; included by the top Makefile.
RESULT ?= tests/bench/result.json
BENCH_OUT := $(BUILD)/bench

$(BUILD)/bench-rows: tests/bench/rows.c tests/bench/maps.h bpf/daxtop.h
	$(call say,LD)
	$(Q)$(CC) $(CFLAGS_ALL) -static $(LDFLAGS) $< -lbpf -lelf -lz -o $@

# It takes of the headers what it needs.
$(BPF_BUILD)/tests/bench/flood.bpf.o: BPF_CFLAGS += -Wno-unused-function
$(BPF_BUILD)/tests/bench/flood.bpf.o: $(wildcard bpf/*.h)

$(BPF_BUILD)/flood.skel.h: $(BPF_BUILD)/tests/bench/flood.bpf.o
	$(call say,SKELETON)
	$(Q)$(BPFTOOL) gen object $(@:.skel.h=.bpf.o) $<
	$(Q)$(BPFTOOL) gen skeleton $(@:.skel.h=.bpf.o) name flood_bpf > $@

$(BUILD)/bench-flood: tests/bench/flood.c tests/bench/maps.h $(BPF_BUILD)/flood.skel.h
	$(call say,LD)
	$(Q)$(CC) $(CFLAGS_ALL) -I$(BPF_BUILD) -static -pthread $(LDFLAGS) $< -lbpf -lelf -lz -o $@

WINDOW_BENCH_OBJS := $(patsubst %.c,$(BUILD)/%.o,tests/bench/window.c src/window_sim.c \
	src/window_queue.c src/window_wheel.c src/window_ranges.c src/hist.c)

$(BUILD)/bench-window: $(WINDOW_BENCH_OBJS)
	$(call say,LD)
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) $^ -o $@

bench-window: $(BUILD)/bench-window ## what a setup costs in the simulation of other window sizes
	$(Q)$(BUILD)/bench-window

$(BUILD)/bench-cost: tests/bench/cost.c
	$(call say,LD)
	$(Q)$(CC) $(CFLAGS_ALL) $(LDFLAGS) $< -o $@

STORM_BENCH_OBJS := $(patsubst %.c,$(BUILD)/%.o,tests/bench/storm.c $(REC_SRCS) src/failure.c)

$(BUILD)/bench-storm: $(STORM_BENCH_OBJS)
	$(call say,LD)
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) $^ -lz -o $@

bench-ready:
	$(Q)tests/install-packages
	$(Q)tests/guest/fetch deps
	+$(Q)$(MAKE) --no-print-directory all guest $(BUILD)/bench-rows

bench: bench-ready ## measure what tracing costs, ours and other tools', in guest instructions
	$(Q)BUILD=$(abspath $(BUILD)) tests/bench/run
	$(Q)BUILD=$(abspath $(BUILD)) tests/bench/scale

bench-compare: bench-ready ## fail if tracing got dearer than RESULT (FULL=1: all operations)
	$(Q)BUILD=$(abspath $(BUILD)) tests/bench/run $(if $(FULL),none full counts stalls none-after,--short)
	$(Q)tests/bench/compare $(BENCH_OUT)/result.json $(RESULT)

bench-flood: bench-ready $(BUILD)/bench-flood ## 100 000 operations a second on each processor, recorded: none may be lost
	$(Q)BUILD=$(abspath $(BUILD)) tests/bench/flood

bench-reading: bench-ready $(BUILD)/bench-cost $(BUILD)/bench-storm ## how fast report reads, beside perf script and trace-cmd report, and large files
	$(Q)BUILD=$(abspath $(BUILD)) tests/bench/reading

bench-store: ## keep the last result as what bench-compare compares with
	$(Q)cp $(BENCH_OUT)/result.json tests/bench/result.json

.PHONY: bench-ready bench bench-compare bench-flood bench-reading bench-store bench-window

-include $(WINDOW_BENCH_OBJS:.o=.d) $(STORM_BENCH_OBJS:.o=.d)
