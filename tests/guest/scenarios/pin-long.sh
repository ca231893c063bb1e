# A page in a pipe for three seconds, looked at while it lasts: the process that has the pipe is told.
# Early on it is not looked for.
tracer=own
look() {
	kill -USR1 "$tool_pid"
	lines=$((lines + 1))
	wait_until has_lines "/out/$name.json" "$lines"
}
work() {
	lines=0
	daxload pinned --dir /mnt/big --op truncate --pages 1 --delays 6000 >>"/out/$name.load" &
	daxload wait-for 500
	look
	daxload wait-for 1500
	look
	daxload wait-for 500
	look
	wait $!
	daxload pin-hold --dir /mnt/big --by exit --delay 4000 >>"/out/$name.load" &
	daxload wait-for 2000
	look
	wait $!
}
