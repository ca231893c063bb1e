# The terminal, in terminals; included by the top Makefile.
TERM_SHOW_OBJS := $(TERM_OBJS) $(BUILD)/tests/term/term_show.o $(BUILD)/src/canvas.o $(BUILD)/src/fmt.o \
	$(BUILD)/src/failure.o

$(BUILD)/term-show: $(TERM_SHOW_OBJS)
	$(call say,LD)
	$(Q)$(CC) $(CFLAGS) -static $(LDFLAGS) $^ $(TERM_LIBS) -o $@

$(BUILD)/term-show-dynamic: $(TERM_SHOW_OBJS)
	$(call say,LD)
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) $^ $(TERM_LIBS) -o $@

check-term: $(BUILD)/term-show $(BUILD)/term-show-dynamic ## the terminal: sizes, kinds, keys, and how it is left
	+$(Q)$(sanitized) $(BUILD)/sanitized/term-show-dynamic
	$(Q)BUILD=$(abspath $(BUILD)) tests/term/check

.PHONY: check-term

-include $(BUILD)/tests/term/term_show.d
