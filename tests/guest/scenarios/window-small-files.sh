# Small files, each read once and forgotten; and on another mount files that DAX suits.
# shellcheck disable=SC2034 # for the runner
tracer=self
work() {
	trace_start
	load smallfiles --dir /mnt/big --count 150 --size 8K --passes 1
	load smallfiles --dir /mnt/atomic --count 3 --size 1M
	load fault --dir /mnt/atomic --page pmd --size 32M
	trace_stop
}
