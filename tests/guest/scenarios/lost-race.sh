# Three tasks read the same ranges at the same time, and all that find one not yet
# mapped take a free range for it: one is mapped, the others go back. (Faults on one
# page wait for each other before that.)
# shellcheck disable=SC2034 # for the runner
tracer=self
work() {
	ctl delay setup 20
	trace_start
	load thrash --dir /mnt/big --size 64M --by read --threads 3 --iterations 1
	trace_stop
	ctl clear
}
