# The live view in tmux; included by the top Makefile.
check-live: $(BUILD)/virtiofs-daxtop $(BUILD)/make-recording ## the live view in tmux: keys sent, screens looked at
	$(Q)BUILD=$(abspath $(BUILD)) tests/live/check

.PHONY: check-live
