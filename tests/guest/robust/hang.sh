# The host does not answer: what waits for it is in flight until it does, or
# until the tool is told to end.
fs=small
tracer=self
# shellcheck source=end-by.sh
. /scenarios/end-by.sh
work() {
	load create --file /mnt/small/hang-truncate --size 2M
	tool_opts='--delay 0.5'
	trace_start
	ctl hang setup
	ctl hang setattr
	load slow --op read --file /mnt/small/hang-read &
	read=$!
	load slow --op fault --file /mnt/small/hang-fault &
	fault=$!
	load slow --op truncate --file /mnt/small/hang-truncate --existing --size 2M &
	truncate=$!
	daxload wait-for 3000
	ctl release
	wait $read $fault $truncate
	daxload wait-for 1000
	ctl hang setup
	load slow --op fault --file /mnt/small/hang-on &
	fault=$!
	daxload wait-for 1500
	end_by TERM
	ctl release
	wait $fault
}
