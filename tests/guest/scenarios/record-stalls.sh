# Waits alone, recorded.
# shellcheck disable=SC2034 # for the runner
tracer=self
work() {
	record_start --detail stalls
	load thrash --dir /mnt/small --size 32M --order random --seed 7 --iterations 2
	load pinned --dir /mnt/big --op truncate --probe-read --probe-fault
	record_stop
}
