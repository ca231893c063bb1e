# What the summary is made of, what shows it, what records it, and the tests of all three: each test is
# one program, built from its own file, MODEL_SRCS, VIEW_SRCS, LIVE_SRCS and REC_SRCS, and run from this folder.

MODEL_SRCS := src/names.c src/hist.c src/fmt.c src/entity.c src/summary.c src/delta.c \
	src/namestore.c src/edge.c src/chain.c src/releases.c src/kstack.c src/stack_class.c \
	src/window_ranges.c src/window_wheel.c src/window_queue.c src/window_sim.c \
	src/window_advice.c src/window_feed.c src/dax_io.c src/file_sizes.c src/dax_verdict.c \
	src/event.c src/timeline.c src/rec_match.c src/rec_look.c src/rec_feed.c \
	src/rec_state.c
VIEW_SRCS := $(sort $(wildcard src/view_*.c))
# The live view, but for the terminal.
LIVE_SRCS := src/canvas.c src/recent.c $(sort $(wildcard src/verdict*.c)) $(sort $(wildcard src/live*.c))
REC_SRCS := src/rec_kinds.c $(sort $(wildcard src/recfile_*.c))
# Recordings as text, rows and in the formats of other programs.
EXPORT_SRCS := src/rec_column.c src/rec_rows.c src/rec_text.c src/rec_events.c src/rec_tracks.c \
	$(sort $(wildcard src/export_*.c))
UNIT_TESTS := tests/unit/test_hist.c tests/unit/test_fmt.c tests/unit/test_names.c \
	tests/unit/test_model.c tests/unit/test_top.c tests/unit/test_blame.c tests/unit/test_json.c \
	tests/unit/test_text.c tests/unit/test_phases.c tests/unit/test_pins.c \
	tests/unit/test_stack_class.c tests/unit/test_stuck.c tests/unit/test_defects.c \
	tests/unit/test_window_sim.c tests/unit/test_window_events.c \
	tests/unit/test_window_advice.c tests/unit/test_dax_verdict.c tests/unit/test_deadline.c \
	tests/unit/test_dax_io.c tests/unit/test_file_sizes.c tests/unit/test_window_feed.c \
	tests/unit/test_window_view.c tests/unit/test_recfile.c \
	tests/unit/test_recfile_damage.c tests/unit/test_rec_feed.c tests/unit/test_rec_views.c \
	tests/unit/test_rec_events.c tests/unit/test_rec_ring.c tests/unit/test_canvas.c \
	tests/unit/test_live_keys.c tests/unit/test_live.c tests/unit/test_live_views.c \
	tests/unit/test_verdict.c tests/unit/test_recent.c tests/unit/test_settings.c \
	tests/unit/test_term_info.c
# What single tests need besides.
UNIT_COMMON_SRCS := src/stuck.c src/defects.c src/symbol_table.c src/deadline.c src/failure.c \
	src/settings.c
# And what test_rec_ring alone does, which has its own probe.
RING_TEST_SRCS := src/recorder.c src/rec_ring.c src/rec_out.c src/rec_names.c src/probe_plan.c \
	src/host.c
