# All kinds of operations and waits, recorded.
# shellcheck disable=SC2034 # for the runner
tracer=self
work() {
	record_start
	load thrash --dir /mnt/big --size 128M --order random --seed 7 --iterations 2
	load thrash --dir /mnt/big --size 128M --order random --seed 7 --iterations 2 --by map
	ctl delay setattr 40
	load blame --file /mnt/big/by-fault --rounds 20
	ctl clear
	ctl delay setup 40
	load blame --file /mnt/big/readers --hold setup --by truncate --rounds 10
	ctl clear
	load pinned --dir /mnt/big --op truncate --probe-read --probe-fault
	load manyfiles --dir /mnt/big
	load fault --file /mnt/big/storm --page pte --size 16M --seconds 2
	record_stop
}
