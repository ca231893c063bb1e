# A task faults on one page, unmapped each time, beside one that goes from page to page.
# shellcheck disable=SC2034 # for the runner
tracer=self
work() {
	trace_start
	load same-fault --dir /mnt/big --ms 6000 &
	loader=$!
	daxload wait-for 2000
	told
	trace_stop
	wait "$loader"
}
