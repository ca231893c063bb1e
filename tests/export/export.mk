# Exports, checked by the programs that they are for; included by the top Makefile.
MAKE_RECORDING_SRCS := tests/export/make_recording.c src/names.c src/fmt.c src/failure.c \
	$(filter-out src/rec_state.c,$(REC_SRCS))

$(BUILD)/make-recording: $(MAKE_RECORDING_SRCS:%.c=$(BUILD)/%.o)
	$(call say,LD)
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) $^ -lz -o $@

check-export: $(BUILD)/virtiofs-daxtop-dynamic $(BUILD)/make-recording ## exports, read by the programs they are for (fetches those by npm)
	$(Q)BUILD=$(abspath $(BUILD)) tests/export/check

.PHONY: check-export

-include $(BUILD)/tests/export/make_recording.d
