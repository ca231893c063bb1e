# Fuzzing what reads recordings, with clang's libFuzzer; included by the top Makefile. What is found lies in
# FUZZ_OUT, and what has been learned stays in its corpus for the next time; the seeds are committed.
FUZZ_SECONDS ?= 3600
FUZZ_OUT := $(BUILD)/fuzz
FUZZ_SRCS := tests/fuzz/fuzz_reader.c $(REC_SRCS) src/failure.c
FUZZ_CFLAGS := -std=gnu11 -D_GNU_SOURCE $(WARNINGS) -O1 -g -fno-omit-frame-pointer \
	-fsanitize=fuzzer,address,undefined -fno-sanitize-recover=undefined \
	-DFUZZING_BUILD_MODE_UNSAFE_FOR_PRODUCTION
SEEDS_OBJS := $(patsubst %.c,$(BUILD)/%.o,tests/fuzz/make_seeds.c $(REC_SRCS) src/failure.c)

$(BUILD)/fuzz-reader: $(FUZZ_SRCS) $(wildcard src/rec*.h) bpf/daxtop.h
	$(call say,LD)
	@mkdir -p $(@D)
	$(Q)$(CLANG) $(FUZZ_CFLAGS) $(FUZZ_SRCS) -lz -o $@

REPORT_FUZZ_SRCS := tests/fuzz/fuzz_report.c $(MODEL_SRCS) $(VIEW_SRCS) $(REC_SRCS) src/failure.c

$(BUILD)/fuzz-report: $(REPORT_FUZZ_SRCS) $(wildcard src/*.h) bpf/daxtop.h
	$(call say,LD)
	@mkdir -p $(@D)
	$(Q)$(CLANG) $(FUZZ_CFLAGS) $(REPORT_FUZZ_SRCS) -ljansson -lm -lz -o $@

$(BUILD)/make-seeds: $(SEEDS_OBJS)
	$(call say,LD)
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) $^ -lz -o $@

# Nothing here takes longer than a second or 512 MiB, however it is made.
run_fuzz = mkdir -p $(FUZZ_OUT)/$(1) && $(BUILD)/fuzz-$(1) -max_total_time=$(2) -timeout=5 \
	-rss_limit_mb=512 -max_len=16384 -print_final_stats=1 -print_funcs=0 -verbosity=$(if $(V),1,0) \
	-artifact_prefix=$(FUZZ_OUT)/$(1)- $(FUZZ_OUT)/$(1) tests/fuzz/corpus

fuzz: $(BUILD)/fuzz-reader $(BUILD)/fuzz-report ## search for bytes that what reads recordings cannot bear (FUZZ_SECONDS=3600, each)
	$(Q)$(call run_fuzz,reader,$(FUZZ_SECONDS))
	$(Q)$(call run_fuzz,report,$(FUZZ_SECONDS))

check-fuzz: $(BUILD)/fuzz-reader $(BUILD)/fuzz-report ## the same for half a minute each
	$(Q)$(call run_fuzz,reader,30)
	$(Q)$(call run_fuzz,report,30)

fuzz-seeds: $(BUILD)/make-seeds ## make the recordings that fuzzing begins with anew
	$(Q)mkdir -p tests/fuzz/corpus
	$(Q)$(BUILD)/make-seeds tests/fuzz/corpus

.PHONY: fuzz check-fuzz fuzz-seeds

-include $(SEEDS_OBJS:.o=.d)
