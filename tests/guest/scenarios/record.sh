# All kinds of operations and waits, recorded: the tables of that very run, which record prints at its
# end, and the summary that report makes of the events, one line each.
# shellcheck disable=SC2034 # for the runner
tracer=self
record_start() {
	$tool record --json --top 0 --output "/tmp/$name.rec" >"/out/$name.json" 2>"/out/$name.err" &
	tool_pid=$!
	wait_until is_tracing_or_gone "/out/$name.err"
}

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
	trace_stop
	trace_rest
	$tool report --json --top 0 "/tmp/$name.rec" >>"/out/$name.json" || echo "report: exit $?" >>"/out/$name.failed"
	$tool script "/tmp/$name.rec" | wc -l >"/out/$name.lines"
	stat -c %s "/tmp/$name.rec" >"/out/$name.bytes"
}
